"""`perf-pipeline review` as people and scripts call it."""

import json
import os
from pathlib import Path

import pytest
from docx import Document
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
    assert any("不断提高" in message for _, message in about("target_unmeasurable"))
    assert any("大规模群体性上访" in message for _, message in about("target_unmeasurable"))
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
    assert len(findings) == len({json.dumps(each, sort_keys=True) for each in findings}) == 17


def test_extract_tells_the_same_findings() -> None:
    read = json.loads(call(HERE, "extract", str(DOCUMENT), "--json").stdout)
    reviewed = json.loads(call(HERE, "review", str(DOCUMENT), "--json").stdout)
    told = [(f["code"], f["where"]) for f in read["findings"]]
    assert told == [(f["code"], f["where"]) for f in reviewed]


FORM = (
    ("项目编码", "530112200001", "项目名称", "农村公路养护"),
    ("预算规模及资金用途", "预算数", "100万元", "其中：财政资金", "80万元", "其他资金", "20万元"),
    ("", "用于乡道、村道日常养护。"),
    ("资金支出计划（%）", "3月底", "6月底", "9月底", "12月底"),
    ("", "20%", "50%", "80%", "100%"),
    ("绩效目标", "目标1", "完成乡道、村道日常养护，路况保持良好。"),
    ("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"),
    ("产出指标", "数量指标", "养护里程", "全年养护的里程", "≥120公里", "工作计划"),
    ("", "质量指标", "路面验收合格率", "验收合格里程占比", "100%", "行业标准"),
    ("", "时效指标", "完工时间", "养护工程完工", "11月底前", "工作计划"),
    ("", "成本指标", "每公里养护成本", "养护支出除以里程", "≤8000元/公里", "定额"),
    ("效益指标", "社会效益指标", "通车村庄覆盖率", "通车村庄占比", "≥98%", "历史数据"),
    ("满意度指标", "服务对象满意度指标", "沿线群众满意度", "问卷调查", "≥90%", "历史数据"),
)


def write_form(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    document = Document()
    document.add_paragraph("某区交通局编制")
    document.add_paragraph("2025年部门整体绩效目标")
    table = document.add_table(0, max(len(row) for row in rows))
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = text
        if len(row) < len(cells):
            cells[len(row) - 1].merge(cells[-1])
    document.save(str(path))


def test_a_clean_word_document_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "2025.docx"
    write_form(path, FORM)
    told = call(HERE, "review", str(path), "--json")
    assert json.loads(told.stdout) == []
    assert call(HERE, "review", str(path), "--fail-on", "warning").returncode == 0
    assert "没有发现问题" in call(HERE, "review", str(path)).stdout


def test_one_fault_in_a_word_document_is_the_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "2025.docx"
    write_form(path, (*FORM[:-1], (*FORM[-1][:4], "≤90%", FORM[-1][5])))
    (found,) = json.loads(call(HERE, "review", str(path), "--json").stdout)
    assert (found["code"], found["project"]) == ("sign_against_direction", "农村公路养护")
    assert found["where"] == "表1第13行"
    assert call(HERE, "review", str(path), "--json", "--fail-on", "error").returncode == 1


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
