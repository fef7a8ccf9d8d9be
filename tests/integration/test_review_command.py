"""`perf-pipeline review` as people and scripts call it."""

import json
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.integration.test_command_line import DOCUMENT, call
from tests.year import DATA

HERE = dict(os.environ)


def test_the_shipped_document_has_the_faults_that_a_reviewer_flags() -> None:
    told = call(HERE, "review", str(DOCUMENT), "--json")
    assert told.returncode == 0, told.stderr
    findings = json.loads(told.stdout)
    parts = {"severity", "code", "message", "where", "rule", "proposal", "project"}
    assert all(set(each) == parts and each["message"] and each["where"] for each in findings)

    def about(code: str) -> list[tuple[str, str]]:
        return [(f["project"], f["message"]) for f in findings if f["code"] == code]

    three = ["雪亮工程二期尾款及维修保养项目", "综治重点工作经费", "社会治安保险"]
    assert [project for project, _ in about("project_code_missing")] == three
    assert [project for project, _ in about("budget_missing")] == three
    assert "不断提高" in about("target_unmeasurable")[0][1]
    misfiled = " ".join(message for _, message in about("misfiled"))
    assert all(name in misfiled for name in ("工程质量完好率", "设备在线率", "活动次数"))
    ((project, message),) = about("project_below_department")
    assert project == "社会治安保险"
    assert "100%" in message
    assert "≥95%" in message
    ((project, message),) = about("nearly_repeated")
    assert project == "信访维稳经费"
    assert "信访事项按期受理情况" in message
    assert "按期受理率" in message
    assert len(findings) == len({json.dumps(each, sort_keys=True) for each in findings}) == 16


def test_extract_tells_the_same_findings() -> None:
    read = json.loads(call(HERE, "extract", str(DOCUMENT), "--json").stdout)
    reviewed = json.loads(call(HERE, "review", str(DOCUMENT), "--json").stdout)
    told = [(f["code"], f["where"]) for f in read["findings"]]
    assert told == [(f["code"], f["where"]) for f in reviewed]


def test_people_get_a_table_a_project() -> None:
    said = call(HERE, "review", str(DOCUMENT)).stdout
    assert all(word in said for word in ("信访维稳经费", "设备在线率", "改列“质量指标”", "合计"))
    assert "…" not in said  # nothing is cut


@pytest.mark.parametrize(("limit", "code"), [("error", 0), ("warning", 1)])
def test_scripts_can_fail_on_a_severity(limit: str, code: int) -> None:
    told = call(HERE, "review", str(DOCUMENT), "--json", "--fail-on", limit)
    assert told.returncode == code
    assert json.loads(told.stdout)


def test_a_calendar_asks_for_its_checkpoints(tmp_path: Path) -> None:
    def missing(calendar: Path) -> list[str]:
        told = call(HERE, "review", str(DOCUMENT), "--json", "--calendar", str(calendar))
        found = json.loads(told.stdout)
        return [f["message"] for f in found if f["code"] == "plan_checkpoint_missing"]

    other = tmp_path / "calendar.yaml"
    other.write_text("checkpoint_months: [3, 6, 9, 12]\nfirst_year: 2024\n", "utf-8")
    assert missing(DATA / "calendar.yaml") == []
    assert len(missing(other)) == 4
    assert "9月底" in missing(other)[0]


def test_the_workbook_is_written_once_and_never_over_a_filled_one(tmp_path: Path) -> None:
    path = tmp_path / "绩效目标更正表.xlsx"
    told = call(HERE, "review", str(DOCUMENT), "--workbook", str(path))
    assert told.returncode == 0, told.stderr
    assert load_workbook(path).sheetnames == ["说明", "更正", "审核意见"]
    before = path.read_bytes()
    again = call(HERE, "review", str(DOCUMENT), "--workbook", str(path))
    assert again.returncode == 2
    assert "已经存在" in again.stderr
    assert path.read_bytes() == before
    elsewhere = call(HERE, "review", str(DOCUMENT), "--workbook", str(tmp_path / "a.docx"))
    assert elsewhere.returncode == 2
    nowhere = call(HERE, "review", str(DOCUMENT), "--workbook", str(tmp_path / "no" / "a.xlsx"))
    assert nowhere.returncode == 2
    assert "Traceback" not in nowhere.stderr
    unnamed = call(HERE, "review", str(DOCUMENT), "--workbook", str(tmp_path / "a.xlsx"))
    assert "更正表" in unnamed.stderr
