"""What must hold of the judgement whatever the figures are."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.target import MICRO
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.pace import pace_of_spending
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.rows import rows_as
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.warehouse.typed import Query
from tests.one_indicator import NOTHING
from tests.one_money import money

QUARTERS = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)
WORST_FIRST = ("missed", "behind", "on_track", "met")
BIG = 10**19  # beyond 64 bits

numbers = st.integers(-BIG, BIG)
fen = st.integers(0, 10**17)
shares = st.integers(0, 10_000)
operators = st.sampled_from((">=", ">", "="))


def indicator(row: dict[str, object]) -> dict[str, Any]:
    """Make an indicator's columns: a rate of at least 90 % unless a row says otherwise."""
    usual: dict[str, object] = {
        "name": "指标",
        "raw_target": "≥90%",
        "target_kind": "number",
        "operator": ">=",
        "value_text": "90",
        "target_micro": 90 * MICRO,
        "unit": "%",
        "measure": "some_measure",
    }
    return {**NOTHING, **usual, **row}


def statuses(quarter: int, *rows: dict[str, object]) -> list[str]:
    read = [Indicator(**indicator(row)) for row in rows]
    return [row.status for row in judge_indicators(read, QUARTERS[quarter])]


def projects(*rows: tuple[int | None, int | None, int | None]) -> list[ProjectMoney]:
    """Make judged projects of one department from budgets, payments and plans."""
    shared = {"planned_due_on": date(2024, 6, 30), "planned_label": "6月底"}
    return [
        judge_spending(
            money(
                project_name=f"项目{n}",
                budget_fen=budget,
                paid_fen=paid,
                planned_bp=planned,
                next_planned_bp=10_000,
                **shared,
            ),
            Limits(),
        )
        for n, (budget, paid, planned) in enumerate(rows)
    ]


@given(budget=st.integers(1, 10**17), paid=st.integers(-(10**17), 10**17), more=fen, plan=shares)
def test_more_spending_never_makes_the_deviation_smaller(
    budget: int, paid: int, more: int, plan: int
) -> None:
    judged = projects((budget, paid, plan), (budget, paid + more, plan))
    before, after = (each.deviation_bp for each in judged)
    assert before is not None
    assert after is not None
    assert after >= before


@given(budget=st.integers(1, 10**12), paid=st.integers(1, 10**12), more=fen, plan=shares)
def test_more_spending_is_never_later_nor_asks_for_more(
    budget: int, paid: int, more: int, plan: int
) -> None:
    judged = projects((budget, paid, plan), (budget, paid + more, plan))
    paced = [pace_of_spending(each, QUARTERS[1]) for each in judged]
    before, after = (each.days_behind for each in paced)
    assert before is None or (after is not None and after <= before)
    asked_before, asked_after = (each.due_next_fen for each in paced)
    assert asked_before is not None
    assert asked_after is not None
    assert asked_after <= asked_before


@given(
    target=st.integers(0, 10**6),
    count=st.integers(0, 10**7),
    more=st.lists(st.integers(0, 100), min_size=3, max_size=3),
    operator=operators,
)
def test_a_met_cumulative_target_stays_met_at_later_checkpoints(
    target: int, count: int, more: list[int], operator: str
) -> None:
    row = {"unit": "次", "target_micro": target * MICRO, "operator": operator, "denominator": 1}
    row |= {"name": "建成数", "mapped_behaviour": "累计", "value_text": str(target)}
    met = False
    for quarter, added in enumerate((0, *more)):
        count += added
        (status,) = statuses(quarter, {**row, "numerator": count})
        assert status == "met" or not met or target == 0
        met = met or status == "met"


@given(
    numerator=st.integers(0, 10**12),
    denominator=st.integers(1, 10**12),
    target=st.integers(0, 100 * MICRO),
    operator=operators,
    quarter=st.integers(0, 3),
    behaviour=st.sampled_from((None, "持续", "累计")),
    phase=st.none() | st.integers(0, 100 * MICRO),
)
def test_an_added_unit_of_numerator_never_lowers_a_rate(
    numerator: int,
    denominator: int,
    target: int,
    operator: str,
    quarter: int,
    behaviour: str | None,
    phase: int | None,
) -> None:
    row = {"denominator": denominator, "mapped_behaviour": behaviour, "operator": operator}
    row |= {"target_micro": max(target, 1), "phase_micro": phase}
    before, after = statuses(
        quarter, {**row, "numerator": numerator}, {**row, "numerator": numerator + 1}
    )
    if operator == "=":  # of a small bare share nobody knows whether it is a floor
        assert {before, after} <= {*WORST_FIRST, "no_data"}
        assert after != "no_data" or before in ("met", "no_data")
        return
    assert WORST_FIRST.index(after) >= WORST_FIRST.index(before)


@given(
    kind=st.sampled_from(("number", "range", "yes_no", "direction", "date", "grade", "text")),
    behaviour=st.sampled_from((None, "持续", "累计", "一次性", "是否", "趋势", "成本")),
    operator=st.sampled_from((None, ">=", "<=", "=", ">", "<", "between")),
    measure=st.sampled_from((None, "reported", "some_measure")),
    micro=st.none() | st.integers(0, 10**12),
    denominator=st.sampled_from((None, 0)),
    numerator=st.none() | st.integers(0, 10),
    quarter=st.integers(0, 3),
    phase=st.none() | st.just(0),
)
def test_no_data_is_never_met(
    kind: str,
    behaviour: str | None,
    operator: str | None,
    measure: str | None,
    micro: int | None,
    denominator: int | None,
    numerator: int | None,
    quarter: int,
    phase: int | None,
) -> None:
    row = {"target_kind": kind, "mapped_behaviour": behaviour, "operator": operator}
    row |= {"measure": measure, "target_micro": micro, "numerator": numerator}
    row |= {"value_text": "2024-10-31"} if kind == "date" else {}
    (status,) = statuses(quarter, {**row, "denominator": denominator, "phase_micro": phase})
    assert status in ("no_data", "not_due")


@settings(max_examples=40)  # each of up to twelve projects
@given(
    st.lists(
        st.tuples(st.none() | fen, st.none() | fen, st.none() | shares), min_size=1, max_size=12
    )
)
def test_the_department_is_the_sum_of_its_projects(
    rows: list[tuple[int | None, int | None, int | None]],
) -> None:
    judged = [
        each._replace(line_of_work=("普法", "维稳", None)[n % 3])
        for n, each in enumerate(projects(*rows))
    ]
    lines = spending_lines(judged, {})
    # of a budget of nothing nothing is to be planned
    known = [row for row in rows if None not in row[:2] and (row[0] == 0 or row[2] is not None)]
    [whole] = (line for line in lines if line.level == "department")
    sections = [line for line in lines if line.level == "section"]
    assert whole.projects == len(known) == sum(line.projects for line in sections)
    assert whole.left_out == len(rows) - len(known)
    assert (whole.budget_fen or 0) == sum(each[0] or 0 for each in known)
    assert (whole.paid_fen or 0) == sum(each[1] or 0 for each in known)
    assert sum(line.budget_fen or 0 for line in sections) == (whole.budget_fen or 0)
    assert sum(line.paid_fen or 0 for line in sections) == (whole.paid_fen or 0)


def test_one_row_beyond_64_bits_leaves_the_others_as_they_are() -> None:
    rows = [
        {"numerator": 9 * 10**20, "denominator": 10**21},
        {"numerator": 9 * 10**20 - 1, "denominator": 10**21},
        {"numerator": 9, "denominator": 10},
    ]
    assert statuses(1, *rows) == ["met", "missed", "met"]
    judged = projects((10**21, 10**21 + 1, 5000), (100, 50, 5000))
    assert [each.light for each in judged] == ["red", "green"]


@pytest.mark.parametrize(
    ("of", "query"),
    [(ProjectMoney, projects_to_judge), (Indicator, indicators_to_judge)],
)
def test_what_is_judged_is_read_and_no_step_adds_what_is_read(
    of: type[ProjectMoney | Indicator], query: Callable[[Checkpoint, int], Query]
) -> None:
    read = query(QUARTERS[0], 1).selected_columns.keys()
    assert sorted(read) == sorted({*of._fields} - {*of._field_defaults})


@pytest.mark.parametrize("forgotten", ["mapped_direction", "reported_on", "year_denominator"])
def test_a_column_that_a_select_forgets_is_not_taken_for_nothing(forgotten: str) -> None:
    row = indicator({})
    del row[forgotten]
    with pytest.raises(KeyError, match=forgotten):
        rows_as(Indicator, row.keys(), [(*row.values(),)])
