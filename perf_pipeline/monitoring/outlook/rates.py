"""Rates: how many of the cases still to come will succeed, whole cases at any number of them.

The outermost stretch is none of them, the atom at the other end all of them. Between, the scale is
how far the rate of the rest lies from the expected one, in usual errors (chance, and drift).
"""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import BELOW, Floats, Places
from perf_pipeline.monitoring.outlook.known import FADING, Known, columns, in_bp, recent_mean
from perf_pipeline.monitoring.outlook.told import Tells
from perf_pipeline.monitoring.outlook.waiting import Waiting

NONE, ALL = -13.0, 13.0
_RIGHT = (
    *(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.3, 2.6, 3, 3.5, 4),
    *(5, 6, 8, 12),
)
PLACES = Places.between(
    (NONE, *(-each for each in reversed(_RIGHT[:-1])), 0, *_RIGHT[:-1], ALL), (ALL,)
)
DRIFT = 0.004  # variance of a rate beyond chance, as part of one case's; weighs like an own year
DRIFTS = DRIFT / 20, DRIFT * 20  # how little and how much an own one may be
LEAST_SPREAD = 0.01  # variance of one case, where nearly all or none succeed
SAID = 60.0  # cases of past years that the cases of this year are weighed against, at most
SHARPNESS = 0.8  # power of densities beyond 1 at the year's end: leaves blur what is nearly told
FIRST_SHARPNESS = 0.4  # and more without a past, the more cases are decided
MANY = 30.0  # cases at which half of that is due
NONE_COMES = 0.4  # each case to come makes it so much less likely that none comes
USUAL = 0.85  # rate expected where nothing is known; past years count as one case more of it


class RatesScale:
    """Where a rate may end, seen from past years' rates and cases and this year's so far.

    `ended` is the chance (n) that no case comes any more, so that the rate stays.
    """

    places = PLACES
    tells = Tells.RATE

    def __init__(self, known: Known, waiting: Waiting | None = None) -> None:
        """Work out the cases still to come, and the rate expected of them.

        Of those that wait it is known how many there are and how old; what counts as missed and may
        still be made good counts as still to come.
        """
        self.known = known
        n, k, time = np.nan_to_num(known.base), np.nan_to_num(known.so_far), known.time
        still = np.zeros(len(n)) if waiting is None else waiting.cases[:, -1]
        final_n, past_n = known.past_final_base, known.past_base
        weight = (FADING ** np.arange(final_n.shape[1])).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.now = np.where(n > 0, k / n, np.nan)
            final_n = np.where(final_n > 0, final_n, np.nan)
            self.rates = known.past_final / final_n
            said = np.nan_to_num(np.minimum(final_n, 200.0)) * weight
            strength = said.sum(axis=1)
            self.usual = (said * np.nan_to_num(self.rates)).sum(axis=1) + USUAL
            self.usual /= strength + 1.0
            years = np.isfinite(self.rates).sum(axis=1)
            share = np.nan_to_num(recent_mean(past_n / final_n))
            share = np.clip((share * years + time) / (years + 1.0), 0.02, 0.98)
            paced = n * (1 - share) / share
            volume = recent_mean(final_n) * (1 - share)
            to_come = np.sqrt((paced + 0.5) * (volume + 0.5))
            rest_n = final_n - past_n
            differ = (known.past_final - known.past_so_far) / rest_n - known.past_so_far / past_n
            heavy = np.where(np.isfinite(differ), np.minimum(past_n, rest_n), 0.0) * weight
            season = (np.nan_to_num(differ) * heavy).sum(axis=1) / (heavy.sum(axis=1) + 30.0)
            season = season * years / (years + 1.0)
            one = np.maximum(self.usual * (1 - self.usual), LEAST_SPREAD)[:, None]
            # how far the rest of past years lay from their begin, beyond what chance alone does
            drifted = (differ - season[:, None]) ** 2 / one - 1 / past_n - 1 / rest_n
        seen = np.where(np.isfinite(drifted), weight, 0.0)
        own = DRIFT + (np.nan_to_num(drifted) * seen).sum(axis=1)
        self.drift = np.clip(own / (1.0 + seen.sum(axis=1)), *DRIFTS)
        self.to_come = np.maximum(np.where(np.isfinite(volume), to_come, paced), 0.5) + still
        self.ended = np.where(n > 0, np.exp(-NONE_COMES * self.to_come), 0.0)
        before = np.minimum(strength, SAID) / 2 + 1.0
        seen_n = np.minimum(n, 400.0)
        expected = (seen_n * np.nan_to_num(self.now) + self.usual * before) / (seen_n + before)
        self.season = season
        self.expected = np.clip(expected + season, 0.001, 0.999)
        self.lost = np.maximum(n - k - still, 0.0)
        if waiting is not None:
            of = waiting.cases.sum(axis=1)
            self.ended[of > 0] = 0.0
            well = waiting.hits(self.expected)
            self.to_come = np.maximum(self.to_come, of)
            self.lost += still - well[:, -1]  # of what is late few are made good
            more = well.sum(axis=1) - of * self.expected
            self.expected = np.clip(self.expected + more / self.to_come, 0.001, 0.999)
        chance = self.expected * (1 - self.expected)
        self.error = np.sqrt(chance * (1 / np.maximum(self.to_come, 1.0) + self.drift))
        self.decided, self.years = n - still, years
        first = FIRST_SHARPNESS * (years == 0) * n / (n + MANY)
        self.sharpness = 1.0 + SHARPNESS * time + first
        # where the row's own past years ended, as rates of their rest (n × years)
        self.own = self._points((known.past_final - known.past_so_far).T, rest_n.T).T

    def told(self, final: Floats, final_base: Floats) -> tuple[Floats, Floats]:
        """Return what is told of cases: the rate then and at the end, in bp."""
        return in_bp(self.known.so_far, self.known.base), in_bp(final, final_base)

    def points(self, won: Floats, cases: Floats) -> Floats:
        """Return where the year's end lies, of so many cases (n); NaN where none came."""
        return self._points(won - self.known.so_far, cases - self.decided)

    def _points(self, more: Floats, rest: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.clip((more / rest - self.expected) / self.error, NONE + 1, ALL - 1)
        point = np.where(more >= rest, ALL, np.where(more <= 0, NONE, off))
        return np.where(rest > 0, point, np.nan)

    def alike(self) -> Floats:
        """Return how alike this year each past one began: a half where a usual error apart."""
        known = self.known
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = (self.now[:, None] - known.past_so_far / known.past_base) / self.error[:, None]
        alike: Floats = 1 / (1 + np.nan_to_num(apart) ** 2)
        return alike

    def amounts(self, points: Floats) -> Floats:
        """Return the year's rates at points (n × m)."""
        rest = np.maximum(np.rint(self.to_come), 1.0)[:, None]
        part = np.clip(self.expected[:, None] + points * self.error[:, None], 0.0, 1.0)
        more = np.rint(part * rest)
        more = np.where(points >= ALL, rest, np.where(points <= NONE, 0.0, more))
        won = np.nan_to_num(self.known.so_far)[:, None] + more
        rates: Floats = won / (self.decided[:, None] + rest)
        return rates

    def at_least(self, rates: Floats) -> Floats:
        """Return from which point on a year ends with at least such a rate (n).

        How many cases will come is not certain, so only none and, where one is lost, all are. Where
        of those expected all would not be enough, or none too many, more may come than expected.
        """
        from scipy.special import gammainc  # slow to import: only who foretells pays for it

        rest, won = np.maximum(np.rint(self.to_come), 1.0), np.nan_to_num(self.known.so_far)
        whole = np.ceil(rates * (self.decided + rest) - won - 1e-9)
        reached = (whole - 0.5) / rest
        point = np.clip((reached - self.expected) / self.error, NONE + BELOW, ALL)
        with np.errstate(divide="ignore", invalid="ignore"):
            more = np.ceil((rates * self.decided - won) / (1 - rates) - 1e-9)
            fewer = np.floor(won / rates - self.decided + 1e-9) + 1
        enough, dilute = (
            np.nan_to_num(gammainc(np.maximum(np.nan_to_num(each), 1.0), self.to_come))
            for each in (more, fewer)
        )
        beyond = ALL + BELOW * (1 - enough)
        first = np.clip((0.5 / rest - self.expected) / self.error, NONE, PLACES.upper[0])
        none = NONE + dilute * (first - NONE)
        point = np.where(whole <= 0, none, np.where(whole > rest, beyond, point))
        never = (rates > 1) | ((rates == 1) & (self.decided > won))
        return np.where(rates <= 0, -np.inf, np.where(never, np.inf, point))

    def features(self) -> np.ndarray:
        """Return what the forest reads, a column each."""
        from scipy.special import betaln  # slow to import: only who foretells pays for it

        n, k = np.nan_to_num(self.known.base), np.nan_to_num(self.known.so_far)
        error, rates, lost = self.error, self.rates, self.lost + 0.5
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.fmax.reduce(rates, axis=1) - np.fmin.reduce(rates, axis=1)
            steps = np.abs(np.diff(rates, axis=1))
            known = np.isfinite(rates)
            return columns(
                self.known.time,
                self.expected,
                np.log(self.to_come),
                np.log1p(n),
                np.minimum(self.years, 5),
                (self.now - self.expected) / error,
                (rates[:, 0] - self.expected) / error,
                (self.usual - self.expected) / error,
                self.season / error,
                np.where(self.years > 1, reach, np.nan) / error,
                recent_mean(steps) / error,
                recent_mean(np.where(known, rates >= 1, np.nan)),
                recent_mean(np.where(known, rates <= 0, np.nan)),
                np.log(self.drift),
                np.log(error),
                np.log1p(self.lost),
                np.log1p(k),
                np.exp(betaln(k + 1 + self.to_come, lost) - betaln(k + 1, lost)),
            )
