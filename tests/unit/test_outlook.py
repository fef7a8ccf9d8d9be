"""What the outlook promises: it never contradicts the facts, and says how sure it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.outlook import Likelihood, OutlookLimits
from perf_pipeline.measures.catalogue import most_possible
from perf_pipeline.monitoring.outlook.distribution import LEVELS, Places
from perf_pipeline.monitoring.outlook.forecast import Forecast, Kind, fact, forecast
from perf_pipeline.monitoring.outlook.forest import prior
from perf_pipeline.monitoring.outlook.known import Known
from perf_pipeline.monitoring.outlook.rates import RatesScale
from perf_pipeline.monitoring.outlook.subjects import on_target, subjects_of, tell
from perf_pipeline.monitoring.outlook.told import Measured, Tells, card
from perf_pipeline.monitoring.outlook.waiting import Waiting
from tests.unit.ordinary_histories import HISTORIES, History, Past

NAN = np.nan
MOST_YEARS = 9
amounts = st.integers(0, 10**12)
times = st.sampled_from([0.25, 0.5, 10 / 12])


def known(
    now: tuple[float, float], past: list[Past], time: float = 0.5, pace: float = NAN
) -> Known:
    years = np.full((4, 1, MOST_YEARS), NAN)
    for number, year in enumerate(past):
        years[:, 0, number] = year
    time_, so_far, base = (np.array([float(each)]) for each in (time, *now))
    return Known(time_, so_far, base, np.array([float(pace)]), *years)


def together(*subjects: dict[str, list[float]]) -> Known:
    """Return subjects in June with their years, the newest first; what is not given is unknown."""
    years = 1 + max(len(each) for subject in subjects for each in subject.values())
    value, base, final, final_base = (
        np.array([(each.get(name, []) + [NAN] * years)[:years] for each in subjects])
        for name in ("value", "base", "final_value", "final_base")
    )
    past = (each[:, 1:] for each in (value, base, final, final_base))
    half, nothing = np.full(len(subjects), 0.5), np.full(len(subjects), NAN)
    return Known(half, value[:, 0], base[:, 0], nothing, *past)


def chance(made: Forecast, wanted: float) -> float:
    return float(made.reaching(np.array([wanted]))[0])


@pytest.mark.parametrize("history", HISTORIES, ids=lambda each: each.name)
def test_an_ordinary_history_gives_an_ordinary_outlook(history: History) -> None:
    now = known(history.now, history.past, history.time, history.pace)
    made = forecast(history.kind, now)
    low, high = history.chance
    assert low <= chance(made, history.wanted) <= high
    low, high = history.middle
    assert low <= made.quantiles[0, 39] <= high


@given(
    st.sampled_from([Kind.SPENDING, Kind.COUNTS]),
    amounts,
    st.one_of(st.just(NAN), st.integers(-(10**6), 10**12)),
    st.lists(st.tuples(amounts, amounts, amounts), max_size=4),
    times,
)
def test_a_total_is_foretold_in_order_and_counts_never_fall(
    kind: Kind, so_far: int, budget: float, years: list[tuple[int, int, int]], time: float
) -> None:
    past = [(float(a), float(b), float(a + more), float(b)) for a, b, more in years]
    base = budget if kind is Kind.SPENDING else NAN
    made = forecast(kind, known((so_far, base), past, time))
    if kind is Kind.COUNTS:
        assert (made.quantiles >= so_far).all()
        assert (made.quantiles == np.rint(made.quantiles)).all()
    if np.isfinite(made.quantiles).all():
        assert (np.diff(made.quantiles) >= 0).all()
        chances = [chance(made, each) for each in (so_far * 0.5, so_far * 1.1 + 1, so_far * 9 + 9)]
        assert all(0 <= each <= 1 for each in chances)
        assert chances == sorted(chances, reverse=True)


@given(
    st.integers(0, 300), st.integers(0, 300), st.lists(st.tuples(*[st.integers(0, 99)] * 4)), times
)
def test_a_rate_is_a_part_of_whole_cases_that_what_is_lost_allows(
    won: int, lost: int, years: list[tuple[int, int, int, int]], time: float
) -> None:
    past: list[Past] = [(a, a + b, a + c, a + b + c + d) for a, b, c, d in years[:MOST_YEARS]]
    made = forecast(Kind.RATES, known((won, won + lost), past, time))
    if not np.isfinite(made.quantiles).all():
        assert won + lost == 0
        return
    assert ((made.quantiles >= 0) & (made.quantiles <= 1)).all()
    if lost:
        assert made.quantiles[0, -1] < 1
        assert chance(made, 1.0) == 0


def test_perfect_records_of_about_as_many_cases_say_about_the_same() -> None:
    said = [
        chance(forecast(Kind.RATES, known((n, n), [(n, n, 2 * n, 2 * n)] * 3)), 1.0)
        for n in (95, 99, 100, 101, 105)
    ]
    assert max(said) - min(said) < 0.1


def test_the_quantiles_and_the_chances_are_of_one_distribution() -> None:
    for history in HISTORIES:
        made = forecast(history.kind, known(history.now, history.past, history.time))
        for number in (7, 39, 71):
            at = float(made.quantiles[0, number])
            assert chance(made, at) >= 1 - LEVELS[number] - 0.02, history.name


def test_a_rate_is_told_the_sharper_the_later_and_sharper_without_a_past() -> None:
    with_past = [(90.0, 100.0, 180.0, 200.0)]
    first, early, late = (
        RatesScale(known((90, 100), past, time)).sharpness[0]
        for past, time in (([], 0.25), (with_past, 0.25), (with_past, 0.75))
    )
    assert 1 < early < min(first, late)


def test_an_office_is_foretold_the_same_whoever_else_is_there() -> None:
    """An erratic neighbour moves nothing: a row's forecast reads that row alone."""
    now = {"value": [98.0, 100, 99], "base": [100.0, 100, 100]}
    end = {"final_value": [NAN, 199.0, 198], "final_base": [NAN, 200.0, 200]}
    other = {"value": [1.0, 0, 5], "base": [2.0, 80, 90]}
    other |= {"final_value": [NAN, 200.0, 6], "final_base": [NAN, 200.0, 300]}
    beside = tell(together(now | end, other), Measured.RATE).quantiles[0]
    alone = tell(together(now | end), Measured.RATE).quantiles[0]
    assert np.array_equal(beside, alone)


def test_nothing_known_gives_no_forecast() -> None:
    assert np.isnan(forecast(Kind.SPENDING, known((0, NAN), [])).quantiles).all()
    assert np.isnan(forecast(Kind.SPENDING, known((NAN, 100), [])).quantiles).all()
    assert np.isnan(forecast(Kind.RATES, known((0, 0), [])).quantiles).all()


def test_a_late_plan_makes_a_first_year_without_payment_no_worse() -> None:
    now = together({"value": [0.0], "base": [1000.0]})
    plans = [
        chance(tell(now, Measured.SPENDING, planned=np.array([plan])), 900) for plan in (0.0, 1.0)
    ]
    assert plans[0] >= plans[1]


def test_the_pace_of_late_is_told_by_the_checkpoint_before() -> None:
    subjects = pd.DataFrame({"department_id": 1, "subject_key": ["a", "b", "c"]})
    row = {"base": 1, "limit": 900.0, "planned": NAN}
    paid = [("a", 3, 100), ("a", 6, 100), ("b", 3, 0), ("b", 6, 60), ("c", 6, 80), ("b", 10, 90)]
    rows = pd.DataFrame(
        [
            row
            | {"department_id": 1, "subject_key": of, "fiscal_year": 2024}
            | {"month": month}
            | {"value": value}
            for of, month, value in paid
        ]
    )
    march, june, october, _ = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)
    found = {
        at.month: subjects_of(subjects, rows[rows["month"] <= at.month], at, Measured.SPENDING)[
            0
        ].pace
        for at in (march, june, october)
    }
    assert np.array_equal(found[3], [400, 0, NAN], equal_nan=True)
    assert np.array_equal(found[6], [0, 240, 160])  # of c nothing before is told: an even pace
    assert found[10][1] == pytest.approx(30 * 12 / 4)


def test_a_target_says_what_a_first_count_may_come_to_while_there_is_nothing() -> None:
    """None may come, or about all: which is likelier hangs on a few cases, how far does not."""
    none, few, many = (
        tell(known((0, target), [], time=0.25), Measured.COUNT).quantiles[0, [39, 71]]
        for target in (0.0, 3.0, 100.0)
    )
    assert none[0] == 0
    assert 1 <= few[0] <= 3 < many[0] <= 100
    assert few[1] <= 6
    assert 60 <= many[1] <= 200


def test_a_record_with_late_cases_is_not_read_as_a_perfect_one() -> None:
    cases = np.array([[0.0, 0.0, 0.0, 0.0, 5.0]])
    waiting = Waiting(cases, np.zeros((1, 5)), np.zeros((1, 5)), np.array([60.0]))
    late = forecast(Kind.RATES, known((45, 50), []), waiting)
    assert 0 < chance(late, 1.0) < 0.2
    assert chance(forecast(Kind.RATES, known((50, 50), [])), 1.0) > 0.5


def test_of_few_cases_none_may_come_any_more_and_the_rate_stays() -> None:
    once_a_year = [(1, 1, 1, 1)] * 3
    made = forecast(Kind.RATES, known((1, 1), once_a_year, 11 / 12))
    assert chance(made, 1.0) > 0.85
    missed = forecast(Kind.RATES, known((0, 1), once_a_year, 11 / 12))
    assert missed.quantiles[0, 39] == 0
    assert RatesScale(known((95, 100), [])).ended[0] < 1e-9


def test_who_always_ends_on_target_is_foretold_to_do_so_again() -> None:
    quantiles = np.arange(1.0, 80.0)[None, :]
    habit = on_target(np.full((1, 9), 50.0), np.full((1, 9), 50.0))
    made = replace(fact(np.array([50.0])), quantiles=quantiles)
    mixed = made.with_atom(np.array([50.0]), habit).quantiles
    assert (mixed == 50).mean() == pytest.approx(habit[0], abs=0.03)
    assert (np.diff(mixed) >= 0).all()
    assert np.array_equal(made.with_atom(np.array([NAN]), habit).quantiles, quantiles)


def test_the_habit_of_ending_on_target_is_told_by_years_of_which_only_the_end_is_known() -> None:
    subjects = pd.DataFrame({"department_id": 1, "subject_key": ["a"]})
    row = {"department_id": 1, "subject_key": "a", "limit": 50.0}
    ends = [{"fiscal_year": year, "month": 12, "value": 50} for year in (2021, 2022, 2023)]
    rows = pd.DataFrame([row | each for each in ends])
    rows.loc[3] = row | {"fiscal_year": 2024, "month": 6, "value": 30}
    june = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)[1]
    known_, habit, cases = subjects_of(subjects, rows, june, Measured.COUNT)
    assert known_.years[0] == len(cases[0]) == 0
    assert habit[0] > 0.6


def test_no_more_kinds_are_foretold_than_there_are() -> None:
    assert most_possible()["publicity_forms"] == 4
    made = forecast(Kind.COUNTS, known((3, NAN), [(3, NAN, 12, NAN), (4, NAN, 16, NAN)]))
    limited = made.at_most(np.array([4.0]))
    assert limited.quantiles.max() == 4
    assert chance(limited, 5) == 0
    assert chance(limited, 4) == chance(made, 4)


def test_places_hold_stretches_and_atoms() -> None:
    places = Places.between((-1, 0), (0, 0.5, 1), (1, 2))
    assert list(places.of(np.array([-0.5, 0, 0.2, 0.7, 1, 1.5, 9]))) == [0, 1, 2, 3, 4, 5, 5]
    weights = np.array([[0.0, 0.5, 0.1, 0.1, 0.3, 0.0]])
    quantiles = places.quantiles(weights)[0]
    assert (quantiles == 0).mean() == pytest.approx(0.5, abs=0.02)
    assert (quantiles == 1).mean() == pytest.approx(0.3, abs=0.02)
    points = np.array([0.0, 0.25, 1.0, 1.001])
    reached = places.reaching(np.repeat(weights, 4, axis=0), points)
    assert reached == pytest.approx([1.0, 0.45, 0.3, 0.0])


def test_the_prior_ships_with_its_card() -> None:
    assert card()["version"]
    assert card()["not_good_for"]
    for kind in Tells:
        forest = prior(kind)
        weights, leaves = forest.weights(np.zeros((2, 40), dtype=np.float32))
        assert weights.sum(axis=1) == pytest.approx([1, 1])
        assert (forest.cases[leaves] >= 1).all()
        assert (forest.told[:, 0] < len(card()["sources"])).all()


def test_probabilities_are_read_by_the_limits() -> None:
    limits = OutlookLimits()
    assert limits.likelihood(9900) is Likelihood.CERTAIN
    assert limits.likelihood(9899) is Likelihood.POSSIBLE
    assert limits.likelihood(100) is Likelihood.IMPOSSIBLE
    with pytest.raises(ValidationError):
        OutlookLimits(certain_bp=300, impossible_bp=400)
