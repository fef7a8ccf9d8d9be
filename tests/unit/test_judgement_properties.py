"""What must hold of the judgement whatever the figures are."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.target import MICRO
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.pace import pace_of_spending
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.monitoring.spending_lines import spending_lines
from tests.one_indicator import NOTHING

QUARTERS = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)
WORST_FIRST = ("missed", "behind", "on_track", "met")
BIG = 10**19  # beyond 64 bits

numbers = st.integers(-BIG, BIG)
fen = st.integers(0, 10**17)
shares = st.integers(0, 10_000)
operators = st.sampled_from((">=", ">", "="))


def indicators(*rows: dict[str, object]) -> pd.DataFrame:
    """Make a frame of indicators: a rate of at least 90 % unless a row says otherwise."""
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
    frame = [{**NOTHING, **usual, **row} for row in rows]
    return pd.DataFrame(frame, dtype=object)


def statuses(quarter: int, *rows: dict[str, object]) -> list[str]:
    return list(judge_indicators(indicators(*rows), QUARTERS[quarter])["status"])


def projects(*rows: tuple[int | None, int | None, int | None]) -> pd.DataFrame:
    """Make a frame of judged projects of one department from budgets, payments and plans."""
    frame = pd.DataFrame(rows, columns=["budget_fen", "paid_fen", "planned_bp"], dtype=object)
    frame["coming_label"] = frame["coming_bp"] = pd.Series([None] * len(frame), dtype=object)
    frame["department_id"], frame["planned_due_on"] = 1, date(2024, 6, 30)
    frame["project_name"] = [f"项目{n}" for n in range(len(frame))]
    frame["planned_label"], frame["next_planned_bp"] = "6月底", 10_000
    for name in ("fiscal_fen", "other_fen", "carry_over_fen", "line_of_work"):
        frame[name] = pd.Series([None] * len(frame), dtype=object)
    return judge_spending(frame, Limits())


@given(budget=st.integers(1, 10**17), paid=st.integers(-(10**17), 10**17), more=fen, plan=shares)
def test_more_spending_never_makes_the_deviation_smaller(
    budget: int, paid: int, more: int, plan: int
) -> None:
    judged = projects((budget, paid, plan), (budget, paid + more, plan))
    before, after = judged["deviation_bp"]
    assert after >= before


@given(budget=st.integers(1, 10**12), paid=st.integers(1, 10**12), more=fen, plan=shares)
def test_more_spending_is_never_later_nor_asks_for_more(
    budget: int, paid: int, more: int, plan: int
) -> None:
    judged = projects((budget, paid, plan), (budget, paid + more, plan))
    paced = pace_of_spending(judged, QUARTERS[1])
    before, after = paced["days_behind"]
    assert before is None or after <= before
    asked_before, asked_after = paced["due_next_fen"]
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
    judged = projects(*rows)
    judged["line_of_work"] = pd.Series(
        [("普法", "维稳", None)[n % 3] for n in range(len(rows))], dtype=object
    )
    nothing = pd.DataFrame(columns=["department_id", "project_name", "source", "paid_fen"])
    lines = spending_lines(judged, nothing.astype(object))
    known = [row for row in rows if None not in row]
    whole = lines[lines["level"] == "department"].iloc[0]
    sections = lines[lines["level"] == "section"]
    assert whole["projects"] == len(known) == sections["projects"].sum()
    assert whole["left_out"] == len(rows) - len(known)
    for name, number in (("budget_fen", 0), ("paid_fen", 1)):
        expected = sum(each[number] for each in known)
        assert (whole[name] or 0) == expected
        assert sum(value or 0 for value in sections[name]) == expected


def test_one_row_beyond_64_bits_leaves_the_others_as_they_are() -> None:
    rows = [
        {"numerator": 9 * 10**20, "denominator": 10**21},
        {"numerator": 9 * 10**20 - 1, "denominator": 10**21},
        {"numerator": 9, "denominator": 10},
    ]
    assert statuses(1, *rows) == ["met", "missed", "met"]
    judged = projects((10**21, 10**21 + 1, 5000), (100, 50, 5000))
    assert list(judged["light"]) == ["red", "green"]


@pytest.mark.parametrize("forgotten", ["mapped_direction", "reported_on", "year_denominator"])
def test_a_column_that_a_select_forgets_is_not_taken_for_nothing(forgotten: str) -> None:
    with pytest.raises(KeyError, match=forgotten):
        judge_indicators(indicators({}).drop(columns=forgotten), QUARTERS[1])
