"""The kept lines of a report, and the words and numbers that they are written in."""

from dataclasses import replace
from datetime import date

import pytest

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.share import percent
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.noted import Noted
from perf_pipeline.items.state import State
from perf_pipeline.reports.amounts import (
    exact_wan,
    months_so_far,
    rate,
    short_percent,
    signed,
    wan,
)
from perf_pipeline.reports.charts import spending_chart
from perf_pipeline.reports.files import form_names, safe_name
from perf_pipeline.reports.lines import report_lines
from perf_pipeline.reports.matters import answers, matters
from perf_pipeline.reports.model import (
    Funding,
    IndicatorLine,
    PaidPoint,
    PlanPoint,
    QuarterReport,
    SpendingLine,
)
from tests.result_rows import row_of

UNKNOWN = Funding(None, None)
Q2 = FiscalCalendar((3, 6, 10, 12)).checkpoint("2024-06")


def spending(project: str = "信访维稳经费", **changes: object) -> SpendingLine:
    values: dict[str, object] = {
        "project_name": project,
        "budget_fen": 80_000_000,
        "budget_by_source": UNKNOWN,
        "paid_fen": 38_150_000,
        "paid_by_source": UNKNOWN,
        "planned_label": "6月底",
        "planned_bp": 5000,
        "actual_bp": 4769,
        "deviation_bp": -231,
        "light": Light.GREEN,
        "reason": "低于计划2.31个百分点",
        "id": 4,
        "plan": (PlanPoint("6月底", Q2.ends_on, 5000),),
        "paid": (PaidPoint(date(2024, 5, 16), 38_150_000),),
        "history": (Light.GREEN,),
    }
    return row_of(SpendingLine, **{**values, **changes})


def indicator(**changes: object) -> IndicatorLine:
    values: dict[str, object] = {
        "indicator_key": "k",
        "project_name": "信访维稳经费",
        "section": None,
        "level1": "产出指标",
        "level2": "质量指标",
        "name": "结案率",
        "raw_target": "≥80%",
        "actual_text": "93.10%",
        "status": Status.MET,
        "reason": "达到目标",
        "measure": "closing_rate",
        "id": 9,
        "history": (Status.MET,),
    }
    return row_of(IndicatorLine, **{**values, **changes})


def report(*lines: SpendingLine | IndicatorLine) -> QuarterReport:
    return QuarterReport(
        department_id=1,
        department_code="a",
        department="某单位",
        checkpoint=Q2,
        monitoring_version=1,
        version=None,
        notice=None,
        history_labels=("6月底",),
        projects=(),
        spending=tuple(line for line in lines if isinstance(line, SpendingLine)),
        indicators=tuple(line for line in lines if isinstance(line, IndicatorLine)),
        alerts=(),
        files=(),
        quarantine=(),
    )


def test_a_project_gives_a_line_and_each_indicator_gives_a_line() -> None:
    lines = report_lines(report(spending(), indicator()))
    assert [(line["ordinal"], line["part"], line["figure"]) for line in lines] == [
        (1, "spending", "S4"),
        (2, "indicator", "I9"),
    ]
    assert lines[0]["target_text"] == "6月底 50.00%"
    assert lines[0]["actual_text"] == "38.15万元（47.69%）"
    assert lines[0]["judgement"] == "green"
    assert lines[1]["target_text"] == "≥80%"
    assert lines[1]["actual_text"] == "93.10%"


def test_what_is_missing_is_said_and_is_never_a_zero() -> None:
    bare = spending(
        paid_fen=None, actual_bp=None, deviation_bp=None, planned_bp=None, planned_label=None
    )
    later = spending(planned_bp=0, planned_label=None)
    first, second, third = report_lines(report(bare, later, indicator(actual_text=None)))
    assert (first["target_text"], first["actual_text"]) == ("没有支出计划", "没有支付台账")
    assert second["target_text"] == "尚未安排支出"
    assert third["actual_text"] == ""


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "0.00"),
        (38_150_000, "38.15"),
        (4_999, "0.005"),
        (5_000, "0.01"),
        (-4_999, "-0.005"),
        (-5_000, "-0.01"),
        (123_456_780_000, "123,456.78"),
    ],
)
def test_fen_are_written_in_wan_yuan_with_halves_away_from_zero(fen: int, written: str) -> None:
    assert wan(fen) == written


def test_a_number_cell_keeps_every_fen() -> None:
    assert str(exact_wan(63_495_678)) == "63.495678"


def test_shares_are_written_from_whole_numbers() -> None:
    assert percent(10_005) == "100.05%"
    assert signed("-17.09") == "−17.09"
    assert signed("17.09") == "+17.09"
    assert signed("0.00") == "0.00"
    assert (short_percent(10_000), short_percent(3350), short_percent(0)) == ("100%", "33.5%", "0%")


def test_a_rate_needs_a_whole() -> None:
    assert rate(1, 0) is None
    assert str(rate(1, 3)) == "0.3333"
    assert str(rate(2, 3)) == "0.6667"


def test_the_form_counts_months_from_january() -> None:
    assert (months_so_far(1), months_so_far(10)) == ("1月", "1—10月")


def test_a_file_name_cannot_leave_its_folder() -> None:
    for text in ("../../etc/passwd", "..", "a/b\\c", "C:\\x", ".hidden", "x\x00y", "长" * 300):
        name = safe_name(text)
        assert name
        assert not name.startswith(".")
        assert not set("/\\:\x00") & set(name)
        assert len(name.encode()) <= 255


def test_projects_whose_names_are_alike_on_disk_get_files_of_their_own() -> None:
    names = form_names("项目支出绩效目标执行监控表", ["经费/一", "经费:一", "经费_一"])
    assert len(set(names.values())) == 3


def test_the_same_figures_draw_the_same_curve_and_labels_stay_text() -> None:
    line = spending(plan=(PlanPoint("<script>$x$", Q2.ends_on, 5000),))
    first, second = (spending_chart(line, Q2) for _ in range(2))
    assert first == second
    assert "<script>" not in first
    assert "&lt;script&gt;$x$" in first
    assert "实际 47.69%" in first


def test_a_ledger_that_moved_after_the_judgement_is_noticed() -> None:
    assert not spending().ledger_moved_on
    assert spending(paid=(PaidPoint(date(2024, 5, 16), 1),)).ledger_moved_on


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((State.WATCHED, State.OPENED), "还没有承诺；没有超过期限的事项。"),
        (
            (State.PROMISED, State.ESCALATED),
            "已承诺1项，最早2024-06-30到期（编号1）；超过期限1项（编号2）。",
        ),
    ],
)
def test_the_first_screen_says_what_is_promised_and_what_is_late(
    states: tuple[State, State], said: str
) -> None:
    names = ("甲项目", "乙项目")
    items = tuple(
        Noted(
            *(number, ItemKind.PROJECT, name, "预算执行", name, "3月底", state),
            *(date(2024, 6, 30), "", "比计划少支付", "spending"),
        )
        for number, (name, state) in enumerate(zip(names, states, strict=True), 1)
    )
    told = replace(report(*(spending(name, light=Light.RED) for name in names)), items=items)
    first = answers(told, matters(told))
    assert first is not None
    assert first.promised == said
