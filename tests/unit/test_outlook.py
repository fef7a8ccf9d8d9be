"""What the outlook promises: it never contradicts the facts, and says how sure it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from perf_pipeline.domain.outlook import Likelihood, OutlookLimits
from perf_pipeline.monitoring.outlook.beta_binomial import successes
from perf_pipeline.monitoring.outlook.distribution import LEVELS, at_level, probability_at_least
from perf_pipeline.monitoring.outlook.first_year import first_year_counts, first_year_spending
from perf_pipeline.monitoring.outlook.rates import Rates, RatesOutlook
from perf_pipeline.monitoring.outlook.totals import Totals, TotalsOutlook

NAN = np.nan
amounts = st.integers(0, 10**12)
times = st.sampled_from([0.25, 0.5, 10 / 12])


def totals(so_far: np.ndarray, final: np.ndarray, time: float, **more: object) -> TotalsOutlook:
    unknown = np.full_like(so_far, NAN)
    values = {"budget": unknown, "planned": unknown, "counted": False, **more}
    return TotalsOutlook(Totals(so_far, final, time=time, **values))  # type: ignore[arg-type]


def rates(n: np.ndarray, d: np.ndarray, fn: np.ndarray, fd: np.ndarray) -> RatesOutlook:
    return RatesOutlook(Rates(n, d, fn, fd, np.zeros_like(n), 0.5))


@st.composite
def panels(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    subjects, years = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    final = np.array(
        draw(st.lists(amounts, min_size=subjects * years, max_size=subjects * years)), dtype=float
    ).reshape(subjects, years)
    parts = draw(st.lists(st.floats(0, 1), min_size=subjects * years, max_size=subjects * years))
    return np.floor(final * np.reshape(parts, final.shape)), final


@given(panels(), times, st.booleans())
def test_intervals_are_nested_and_never_below_what_is_already_there(
    panel: tuple[np.ndarray, np.ndarray], time: float, counted: bool
) -> None:
    so_far, final = panel
    made = totals(so_far, final, time, counted=counted)
    for year in range(final.shape[1]):
        quantiles = made.forecast(year)
        known = np.isfinite(quantiles).all(axis=1)
        assert (np.diff(quantiles[known], axis=1) >= 0).all()
        assert (quantiles[known] >= so_far[known, year][:, None]).all()


@given(panels(), times, amounts)
def test_a_probability_lies_between_nought_and_one(
    panel: tuple[np.ndarray, np.ndarray], time: float, wanted: int
) -> None:
    so_far, final = panel
    quantiles = totals(so_far, final, time).forecast(final.shape[1] - 1)
    quantiles = quantiles[np.isfinite(quantiles).all(axis=1)]
    chance = probability_at_least(quantiles, np.full(len(quantiles), float(wanted)))
    more = probability_at_least(quantiles, np.full(len(quantiles), float(wanted) + 1e6))
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (more <= chance + 1e-12).all()


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=4),
    st.integers(0, 499),
)
def test_one_more_success_never_lowers_the_rate_foretold(
    years: list[tuple[int, int]], won: int
) -> None:
    past = np.array(years, dtype=float)
    half = np.floor(past / 2)
    lost, now = 500.0, float(won)

    def point(numerator: float) -> float:
        n = np.append(half[:, 0], numerator)[None, :]
        d = np.append(half.sum(axis=1), lost)[None, :]
        fn = np.append(past[:, 0], NAN)[None, :]
        fd = np.append(past.sum(axis=1), NAN)[None, :]
        return float(at_level(rates(n, d, fn, fd).forecast(len(past)), 0.5)[0])

    lower, higher = point(now), point(now + 1)
    assert np.isnan(lower) or higher >= lower - 1e-12
    assert np.isnan(lower) or 0 <= lower <= 1


def test_nothing_known_gives_no_forecast() -> None:
    empty = np.full((2, 3), NAN)
    assert np.isnan(totals(empty, empty, 0.5).forecast(2)).all()
    assert np.isnan(rates(empty, empty, empty, empty).forecast(2)).all()


def test_a_rate_of_no_cases_is_not_foretold_from_others() -> None:
    n, d = np.array([[0.0], [30.0]]), np.array([[0.0], [40.0]])
    unknown = np.full((2, 1), NAN)
    quantiles = rates(n, d, unknown, unknown).forecast(0)
    assert np.isnan(quantiles[0]).all()
    assert np.isfinite(quantiles[1]).all()


def test_what_comes_later_moves_no_forecast() -> None:
    random = np.random.default_rng(3)
    final = np.exp(random.normal(10, 1, (6, 7)))
    so_far = final * random.uniform(0.3, 0.6, final.shape)
    before = totals(so_far, final, 0.5).forecast(4)
    final[:, 4:] *= 9
    so_far[:, 5:] *= 7
    assert np.array_equal(totals(so_far, final, 0.5).forecast(4), before)


def test_a_first_year_keeps_within_its_budget_and_knows_that_late_money_may_come() -> None:
    paid, budget = np.array([0.0, 50.0, 120.0]), np.array([100.0, 100.0, 100.0])
    quantiles = first_year_spending(paid, budget, np.array([1.0, 0.5, 1.0]))
    assert (quantiles <= np.maximum(budget, paid)[:, None]).all()
    assert (quantiles[2] == 120).all()
    late = probability_at_least(quantiles[:1], np.array([90.0]))[0]
    assert 0.05 < late < 0.5


def test_a_count_of_nothing_so_far_may_still_grow_and_less_so_late_in_the_year() -> None:
    early, late = (first_year_counts(np.array([0.0]), time) for time in (0.25, 10 / 12))
    assert 1 - probability_at_least(early, np.array([1.0]))[0] < 0.7
    assert 1 - probability_at_least(late, np.array([1.0]))[0] > 0.85


@given(st.integers(1, 200), st.floats(0.02, 0.98), st.floats(0.05, 1.0))
def test_beta_binomial_quantiles_agree_with_scipy(
    cases: int, rate: float, uncertain: float
) -> None:
    from scipy import stats

    found = successes(np.array([float(cases)]), np.array([rate]), np.array([uncertain]))[0]
    strength = max(1 / (rate * (1 - rate) * uncertain**2) - 1, 0.5)
    told = stats.betabinom.ppf(LEVELS, cases, rate * strength, (1 - rate) * strength)
    assert np.abs(found - told).max() <= 1  # a level on the edge of two counts may fall either way
    assert (found != told).mean() < 0.1


@pytest.mark.parametrize("counted", [False, True])
def test_intervals_hit_as_often_as_they_say_on_years_made_otherwise_than_assumed(
    counted: bool,
) -> None:
    """Levels walk at random, each month is Gamma-uneven with a year-end rush: no log-normal."""
    random = np.random.default_rng(11)
    subjects, years = 80, 9
    level = 500 * np.exp(np.cumsum(random.normal(0.03, 0.1, (subjects, years)), axis=1))
    month = random.gamma(3, 1 / 3, (subjects, years, 12)) * np.linspace(0.7, 1.6, 12)
    paid = np.cumsum(level[:, :, None] * month / 12, axis=2)
    paid = np.floor(paid) if counted else paid
    hits = []
    for period in (3, 6, 9):
        made = totals(paid[:, :, period - 1], paid[:, :, 11], period / 12, counted=counted)
        for year in range(3, years):
            q, y = made.forecast(year), paid[:, year, 11]
            hits.append((y >= at_level(q, 0.1)) & (y <= at_level(q, 0.9)))
    assert 0.75 <= np.mean(hits) <= 0.85


def test_rates_of_few_cases_hit_as_often_as_they_say() -> None:
    random = np.random.default_rng(12)
    subjects, years = 150, 8
    odds = random.normal(1.5, 0.6, (subjects, 1)) + np.cumsum(
        random.normal(0, 0.15, (subjects, years)), axis=1
    )
    cases = random.poisson(12, (subjects, years, 2)).astype(float)
    won = random.binomial(cases.astype(int), 1 / (1 + np.exp(-odds))[:, :, None]).astype(float)
    n, d, fn, fd = won[..., 0], cases[..., 0], won.sum(axis=2), cases.sum(axis=2)
    made, hits = rates(n, d, fn, fd), []
    for year in range(3, years):
        q, y = made.forecast(year), fn[:, year] / fd[:, year]
        known = np.isfinite(q).all(axis=1)
        hits.append(((y >= at_level(q, 0.1) - 1e-9) & (y <= at_level(q, 0.9) + 1e-9))[known])
    assert 0.75 <= np.concatenate(hits).mean() <= 0.88  # whole cases hit somewhat more often


def test_probabilities_are_read_by_the_limits() -> None:
    limits = OutlookLimits()
    assert limits.likelihood(9500) is Likelihood.CERTAIN
    assert limits.likelihood(9499) is Likelihood.POSSIBLE
    assert limits.likelihood(500) is Likelihood.IMPOSSIBLE
    with pytest.raises(ValidationError):
        OutlookLimits(certain_bp=300, impossible_bp=400)
