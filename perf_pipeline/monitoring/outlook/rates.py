"""What a year's rate comes to: a Beta-Binomial forecast of the cases still to come.

The rate of the rest of the year is expected as in past years at the same season, moved by the
part of this year's surprise so far that lasts (on the log-odds scale, partially pooled over
subjects); how many cases are still to come follows from the usual share by now. Of the rest's
cases those that succeed vary like a Binomial whose probability is itself uncertain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from perf_pipeline.monitoring.outlook.beta_binomial import successes
from perf_pipeline.monitoring.outlook.distribution import Floats, at_level
from perf_pipeline.monitoring.outlook.pooling import pooled_before
from perf_pipeline.monitoring.outlook.surprise import Learner, Prior

RECENT = 0.5  # levels of rates drift: last year says most
DRIFT = 0.3  # usual true surprise on the log-odds scale, against which chance is weighed
APART = 1.0  # the same for a subject without a past, against all others this year
PRIOR = Prior(kept=0.95, spread=0.3)
EXACT_BELOW = 300  # cases to come that are counted one by one


@dataclass(frozen=True)
class Rates:
    """Numerators and denominators so far and at year end, as in Totals."""

    numerator: Floats
    denominator: Floats
    final_numerator: Floats
    final_denominator: Floats
    open_cases: Floats  # of the denominator so far, those that may still succeed
    time: float


class RatesOutlook:
    """Forecasts of any year of a panel of rates; each reads nothing later than its own moment."""

    def __init__(self, rates: Rates) -> None:
        """Work out usual rates, by season, and surprises, each from earlier columns alone."""
        self.rates = rates
        now = _log_odds(rates.numerator, rates.denominator)
        rest_cases = rates.final_denominator - rates.denominator + rates.open_cases
        rest_won = np.clip(
            rates.final_numerator - rates.numerator, 0.0, np.maximum(rest_cases, 0.0)
        )
        rest = _log_odds(rest_won, rest_cases)
        peers = _peers(now)
        usual_now, usual_rest = pooled_before(now, RECENT), pooled_before(rest, RECENT)
        past = np.isfinite(usual_now) & np.isfinite(usual_rest)
        usual_now = np.where(past, usual_now, peers)
        self.from_past = past
        self.usual = np.where(past, usual_rest, peers)
        told = _told(rates.denominator, usual_now, past)
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = pooled_before(np.clip(rates.denominator / rates.final_denominator, 0.0, 1.0))
            share = np.clip(np.where(np.isfinite(usual), usual, rates.time), 0.001, 1.0)
            self.whole_year = rates.denominator / share
            self.to_come = self.whole_year - rates.denominator + rates.open_cases
        counting = _chance(np.maximum(self.to_come, 1.0), expit(self.usual))
        self.learner = Learner((now - usual_now) * told, rest - self.usual, counting, PRIOR)

    def forecast(self, year: int) -> Floats:
        """Return the quantiles of the year's rate, a row a subject, NaN where nothing is known."""
        learned = self.learner.at(year)
        middle = self.usual[:, year] + learned.location
        so_far, to_come = self.rates.numerator[:, year], self.to_come[:, year]
        rest = to_come[:, None] * expit(middle[:, None] + learned.offsets)
        few = np.isfinite(middle) & (to_come < EXACT_BELOW)
        if few.any():
            reach = at_level(learned.standard[None, :], 0.9) / 1.2816  # as of a Normal
            uncertain = learned.process[few] * reach
            rest[few] = successes(to_come[few], expit(middle[few]), uncertain)
        with np.errstate(invalid="ignore"):
            quantiles: Floats = (so_far[:, None] + rest) / self.whole_year[:, year][:, None]
        return quantiles


def _log_odds(numerator: Floats, denominator: Floats) -> Floats:
    """Return log odds with half a case added to each side; NaN where there was no case."""
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log((numerator + 0.5) / (denominator - numerator + 0.5))
    return np.where(denominator > 0, odds, np.nan)


def _chance(cases: Floats, probability: Floats) -> Floats:
    """Return the variance of log odds that chance brings to so many cases."""
    chance: Floats = 1 / np.maximum(cases * probability * (1 - probability), 0.25)
    return chance


def _told(cases: Floats, usual: Floats, past: NDArray[np.bool_]) -> Floats:
    """Return the part of a surprise that is not chance: of few cases little, of many all.

    With a Beta prior for the rate this is its posterior mean, on the log-odds scale.
    """
    drift = np.where(past, DRIFT, APART) ** 2
    told: Floats = drift / (drift + _chance(cases, np.where(past, expit(usual), 0.5)))
    return told


def _peers(now: Floats) -> Floats:
    """Return what all subjects show this year so far, where no past year is known."""
    known = np.isfinite(now).sum(axis=0)
    mean = np.nan_to_num(now).sum(axis=0) / np.maximum(known, 1)
    return np.broadcast_to(np.where(known > 0, mean, np.nan), now.shape)
