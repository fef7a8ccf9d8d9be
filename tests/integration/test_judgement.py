"""The judgement through real files: what changed during the year, and why there is a deviation."""

import csv
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import Engine, insert, select

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import (
    indicator_result,
    measure_value,
    project,
    spending_line,
    spending_result,
)
from tests.year import DATA, DEPARTMENT, QUARTERS, judge, take_everything_in

pytestmark = pytest.mark.long(30)

FAR_BEHIND, ON_PLAN = "综治重点工作经费", "信访维稳经费"
UNPAID = "雪亮工程二期尾款及维修保养项目"  # until the last quarter
Q1, Q2, Q3, Q4 = QUARTERS


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "inbox"))


def hand_in(
    inbox: Path, label: str, header: Sequence[str], *rows: Sequence[object], year: int = 2024
) -> None:
    """Put a register's file into the department's inbox."""
    folder = inbox / str(year) / DEPARTMENT / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{label}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def take_in(engine: Engine, inbox: Path, *quarters: str) -> None:
    outcomes = take_everything_in(engine, inbox)
    assert {each.outcome for each in outcomes} == {"loaded"}
    assert sum(each.rows_quarantined for each in outcomes) == 0
    judge(engine, *quarters)


def rows(engine: Engine, table: Any, quarter: str, kind: str = "monitoring") -> list[Any]:
    with engine.connect() as connection:
        newest = latest_snapshots(kind, checkpoint_id_of(connection, quarter)).subquery()
        query = select(table).join(newest, newest.c.id == table.c.snapshot_id)
        return list(connection.execute(query))


def spending(engine: Engine, name: str, quarter: str) -> Any:
    return next(r for r in rows(engine, spending_result, quarter) if r.project_name == name)


def named(engine: Engine, name: str, quarter: str, project: str | None = None) -> Any:
    found = [r for r in rows(engine, indicator_result, quarter) if r.name == name]
    return next(r for r in found if project in (None, r.project_name))


@pytest.mark.on_sqlite
def test_each_checkpoint_is_judged_by_the_budget_in_force(engine: Engine, inbox: Path) -> None:
    hand_in(
        inbox,
        "预算调整表",
        ("项目名称", "生效日期", "调整后预算数（元）", "批复文号"),
        (ON_PLAN, "2024-07-01", "1,600,000.00", "高财预〔2024〕9号"),
        (ON_PLAN, "2024-11-01", "1,000,000.00", "高财预〔2024〕20号"),
    )
    take_in(engine, inbox)
    budgets = [spending(engine, ON_PLAN, each.name).budget_fen for each in QUARTERS]
    assert budgets == [80_000_000, 80_000_000, 160_000_000, 100_000_000]
    changed = spending(engine, ON_PLAN, "2024-10")
    assert changed.initial_budget_fen == 80_000_000
    assert changed.actual_bp == (changed.paid_fen * 20_000 + 160_000_000) // 320_000_000
    said = "年初预算80.00万元，2024年7月1日经高财预〔2024〕9号调整为160.00万元"
    assert said in changed.note
    (rate,) = [
        row
        for row in rows(engine, measure_value, "2024-10", "measures")
        if (row.measure, row.project_name) == ("execution_rate", ON_PLAN)
    ]
    assert (rate.numerator, rate.denominator) == (changed.paid_fen, 160_000_000)


@pytest.mark.on_sqlite
def test_the_form_keeps_the_years_first_budget(engine: Engine, inbox: Path, tmp_path: Path) -> None:
    header = ("项目名称", "生效日期", "调整后预算数（元）")
    hand_in(inbox, "预算调整表", header, (ON_PLAN, "2024-05-01", "1600000"))
    take_in(engine, inbox, "2024-06")
    (written,) = write_quarter(engine, Q2, tmp_path / "out")
    form = next(path for path in written.forms if ON_PLAN in path.name)
    values = [cell.value for row in load_workbook(form).active.iter_rows() for cell in row]
    assert 80 in values
    assert 160 not in values
    paid = spending(engine, ON_PLAN, "2024-06").paid_fen
    assert float(round(paid / 160_000_000, 4)) in values


@pytest.mark.on_sqlite
def test_the_pace_is_told_and_what_is_due_next(engine: Engine, inbox: Path) -> None:
    take_in(engine, inbox, "2024-06", "2024-10")
    behind = spending(engine, FAR_BEHIND, "2024-06")
    # 67.8 of 105 万元 in 182 days: 282 days, which is 8 October
    assert (behind.paid_fen, behind.reaches_on) == (67_800_000, date(2024, 10, 8))
    assert (behind.days_behind, behind.due_next_fen) == (100, 67_200_000)
    assert "按目前进度预计于2024年10月8日达到计划，晚100天" in behind.note
    assert "10月底前还应支付67.20万元" in behind.note
    nothing = spending(engine, UNPAID, "2024-10")
    assert (nothing.days_behind, nothing.reaches_on) == (None, None)
    assert "尚无支付，无法按进度推算" in nothing.note
    assert nothing.hint == "截至10月底，本年没有任何支付"


@pytest.mark.on_sqlite
def test_bound_money_is_shown_beside_payments(engine: Engine, inbox: Path) -> None:
    (inbox / "2024" / DEPARTMENT / "registers" / "合同台账.xlsx").unlink()
    hand_in(
        inbox,
        "合同台账",
        ("合同号", "项目名称", "供应商", "签订日期", "合同金额（元）"),
        ("2023-7", UNPAID, "某科技公司", "2023-09-01", "1,000,000.00"),
        ("2024-9", UNPAID, "某监理公司", "2024-11-05", "50,000.00"),
    )
    take_in(engine, inbox, "2024-10")
    bound = spending(engine, UNPAID, "2024-10")
    assert (bound.contracts_fen, bound.committed_fen) == (100_000_000, 100_000_000)
    assert "另有已签合同未付100.00万元，与已支付合计占预算79.37%" in bound.note
    assert bound.light == "red"  # the light stays that of payments
    assert spending(engine, ON_PLAN, "2024-10").committed_fen == 0


@pytest.mark.on_sqlite
def test_a_payment_after_the_years_end_is_shown_and_not_counted(
    engine: Engine, inbox: Path
) -> None:
    hand_in(
        inbox,
        "支付台账",
        ("凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源", "所属年度"),
        ("补-1", "2025-01-10", ON_PLAN, "5000", "财政资金", "2024"),
        ("本-1", "2025-01-11", ON_PLAN, "7000", "财政资金", ""),
        year=2025,
    )
    take_everything_in(engine, DATA)
    judge(engine, "2024-12")
    before = spending(engine, ON_PLAN, "2024-12")
    with write_transaction(engine) as connection:  # the next year's targets name the project
        known = connection.execute(select(project).where(project.c.name == ON_PLAN))
        of = {**known.mappings().one(), "fiscal_year": 2025}
        of.pop("id")
        connection.execute(insert(project), of)
    take_everything_in(engine, inbox)
    judge(engine, "2024-10", "2024-12")
    after = spending(engine, ON_PLAN, "2024-12")
    assert after.paid_fen == before.paid_fen
    assert (before.late_paid_fen, after.late_paid_fen) == (None, 500_000)
    assert "年度终了后支付属于本年的0.50万元，未计入" in after.note
    assert spending(engine, ON_PLAN, "2024-10").late_paid_fen is None


@pytest.mark.on_sqlite
def test_lines_of_work_are_as_the_budget_file_groups_them(engine: Engine, inbox: Path) -> None:
    folder = inbox / "2024" / DEPARTMENT / "registers"
    (folder / "项目预算表.xlsx").unlink()
    hand_in(
        inbox,
        "项目预算表",
        ("项目名称", "预算数（元）", "财政资金（元）", "上年结转（元）", "分项工作"),
        (FAR_BEHIND, "1500000", "1200000", "200000", "综治维稳"),
        (ON_PLAN, "800000", "800000", "", "综治维稳"),
        ("社会治安保险", "520000", "520000", "", ""),
    )
    take_in(engine, inbox, "2024-06")
    lines = rows(engine, spending_line, "2024-06")
    sections = {row.name: row for row in lines if row.level == "section"}
    assert set(sections) == {"综治维稳", "未分"}
    assert sections["综治维稳"].budget_fen == 230_000_000
    # the fourth project has no budget any more
    assert (sections["未分"].projects, sections["未分"].left_out) == (1, 1)
    mine = {row.name: row for row in lines if row.project_name == FAR_BEHIND}
    assert {name: row.budget_fen for name, row in mine.items()} == {
        "财政资金": 140_000_000,  # with what was carried over
        "其他资金": 10_000_000,
    }
    assert "预算含上年结转20.00万元" in spending(engine, FAR_BEHIND, "2024-06").note


@pytest.mark.on_sqlite
def test_each_checkpoint_is_judged_by_the_target_in_force(engine: Engine, inbox: Path) -> None:
    take_in(engine, inbox)
    before = [named(engine, "矛盾纠纷化解率", each.name).status for each in QUARTERS]
    first = named(engine, "矛盾纠纷化解率", "2024-03")
    hand_in(
        inbox,
        "绩效目标调整表",
        ("项目名称", "分项工作", "三级指标", "生效日期", "调整后指标值", "批复文号"),
        (
            first.project_name or "",
            first.section or "",
            "矛盾纠纷化解率",
            "2024-07-01",
            "≥1%",
            "高政法〔2024〕3号",
        ),
    )
    take_everything_in(engine, inbox)
    judge(engine)
    after = [named(engine, "矛盾纠纷化解率", each.name) for each in QUARTERS]
    assert [row.status for row in after[:2]] == before[:2]
    assert [row.status for row in after[2:]] == ["met", "met"]
    assert after[1].initial_target is None
    assert (after[2].initial_target, after[2].raw_target) == (first.raw_target, "≥1%")
    assert after[2].reason.endswith(f"；目标经高政法〔2024〕3号由“{first.raw_target}”调整")


@pytest.mark.on_sqlite
def test_a_phase_target_takes_the_place_of_the_share_of_the_year(
    engine: Engine, inbox: Path
) -> None:
    take_in(engine, inbox, "2024-06")
    counted = next(
        row
        for row in rows(engine, indicator_result, "2024-06")
        if row.behaviour == "累计" and row.status in ("on_track", "behind") and row.project_name
    )
    wanted = counted.numerator + (1 if counted.status == "on_track" else -1)
    hand_in(
        inbox,
        "阶段目标表",
        ("项目名称", "三级指标", "截至日期", "阶段目标值"),
        (counted.project_name, counted.name, "2024-06-30", f"{wanted}{counted.unit or ''}"),
    )
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    phased = named(engine, counted.name, "2024-06", counted.project_name)
    if counted.denominator == 1:
        assert {counted.status, phased.status} == {"on_track", "behind"}
    assert "阶段目标（截至6月30日" in phased.reason


def test_reasons_are_kept_with_the_result_and_asked_for_where_missing(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    take_in(engine, inbox, "2024-06")
    with engine.connect() as connection:
        (asked,) = load_reports(connection, Q2)
    assert FAR_BEHIND in {line.project_name for line in asked.unexplained}
    missed = next(line for line in asked.indicators if line.status == "missed" and line.hint)
    hand_in(
        inbox,
        "偏差原因说明",
        ("项目名称", "分项工作", "事项", "截至日期", "原因类别", "原因说明", "改进措施"),
        (FAR_BEHIND, "", "预算执行", "2024-06-30", "经费保障", "拨款晚到", "七月补付"),
        (
            missed.project_name or "",
            missed.section or "",
            missed.name,
            "2024-06-30",
            "人员保障",
            "=1+1",
            "",
        ),
    )
    take_everything_in(engine, inbox)
    judge(engine, "2024-06", "2024-10")
    with engine.connect() as connection:
        (told,) = load_reports(connection, Q2)
        (later,) = load_reports(connection, Q3)
    assert len(told.unexplained) == len(asked.unexplained) - 2
    line = next(line for line in told.spending if line.project_name == FAR_BEHIND)
    assert line.said == "经费保障：拨款晚到。改进措施：七月补付"
    assert all(line.cause is None for line in later.spending)  # of that quarter only
    page = render_page(told)
    text = html.fromstring(page).text_content()
    assert f"{len(told.unexplained)}项偏差还要说明原因" in text
    assert "经费保障：拨款晚到。改进措施：七月补付" in text
    assert f"系统提示：{missed.hint}" in text
    judgement = read_status(engine, Q2)[0]
    assert {each["cause"] for each in judgement["spending"]} == {"经费保障", None}
    if missed.project_name is None:
        return
    (written,) = write_quarter(engine, Q2, tmp_path / "out")
    form = next(path for path in written.forms if missed.project_name in path.name)
    sheet = load_workbook(form).active
    (row,) = [cell.row for cell in sheet["D"] if cell.value == missed.name]
    texts = {cell.column: cell.value for cell in sheet[row]}
    assert (texts[8], texts[10]) == (None, "√")  # 人员保障 is the third cause
    assert texts[13] == "=1+1"
    assert sheet.cell(row, 13).data_type == "s"


@pytest.mark.on_sqlite
def test_departments_of_their_own_limits_keep_them_with_the_result(
    engine: Engine, inbox: Path
) -> None:
    take_in(engine, inbox, "2024-06")
    own = {DEPARTMENT: Limits(yellow_bp=-2500, red_bp=-3000)}
    compute_measures(engine, Q2)
    evaluate_quarter(engine, Q2, Limits(), own)
    judged = spending(engine, FAR_BEHIND, "2024-06")
    assert (judged.deviation_bp, judged.light) == (-2480, "green")
    assert (judged.yellow_bp, judged.red_bp) == (-2500, -3000)
