"""Forecasts of many subjects at once: the shipped prior, and each one's own past years.

A row's forecast depends on that row alone: what other offices hand in moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.domain.words import Word
from perf_pipeline.monitoring.outlook.amounts import BudgetScale, TotalsScale
from perf_pipeline.monitoring.outlook.distribution import BELOW, LEVELS, Floats
from perf_pipeline.monitoring.outlook.forest import Forest, prior
from perf_pipeline.monitoring.outlook.known import FADING, Known
from perf_pipeline.monitoring.outlook.rates import RatesScale
from perf_pipeline.monitoring.outlook.similar import Found
from perf_pipeline.monitoring.outlook.told import Tells
from perf_pipeline.monitoring.outlook.waiting import Waiting

Scale = BudgetScale | TotalsScale | RatesScale
OWN_AFTER = 1.0  # own years that say nothing beyond what the forest reads of them
OWN_HALF = 3.0  # own years beyond those, that began alike, after which they say half
UNLIKELY = 1e-4  # the least chance of what arithmetic leaves open
DOUBT = 0.1  # chance that a subject without a past is like none of the similar ones


class Kind(Word):
    """What is foretold."""

    SPENDING = "spending", "支出"
    COUNTS = "counts", "数量"
    RATES = "rates", "比率"


@dataclass(frozen=True)
class Forecast:
    """Quantiles at the LEVELS (n × levels), NaN where nothing can be said.

    Beside them how many public cases were `similar`, and how many own `years` count too (n).
    """

    quantiles: Floats
    similar: Floats
    years: Floats
    reaching: Callable[[Floats], Floats]  # the chance of at least so much, of each row
    found: tuple[Found, ...] = ()  # the similar cases themselves; of a fact there are none

    def with_atom(self, value: Floats, part: Floats) -> Forecast:
        """Return it with a chance of `part` (n) to end exactly at `value` (n, NaN for none)."""
        part, value, made = np.where(np.isfinite(value), part, 0.0), value[:, None], self.quantiles
        before = ((1 - part) * (made < value).mean(axis=1))[:, None]
        beyond = before + part[:, None]
        level = np.where(before > LEVELS, LEVELS, LEVELS - part[:, None]) / (1 - part)[:, None]
        place = np.clip(np.rint(level * 80).astype(int) - 1, 0, len(LEVELS) - 1)
        at = np.take_along_axis(made, place, axis=1)
        inside = (before <= LEVELS) & (beyond > LEVELS)
        return replace(
            self,
            quantiles=np.sort(np.where(inside, value, at), axis=1),
            reaching=lambda least: (
                (1 - part) * self.reaching(least) + part * (value[:, 0] >= least)
            ),
        )

    def at_most(self, most: Floats) -> Forecast:
        """Return it so that it never passes what there can be at most (n, NaN for no limit)."""
        return replace(
            self,
            quantiles=np.fmin(self.quantiles, most[:, None]),
            reaching=lambda least: np.where(least > most, 0.0, self.reaching(least)),
        )


def forecast(
    kind: Kind,
    known: Known,
    waiting: Waiting | None = None,
    learned: Callable[[str], Forest] = prior,
) -> Forecast:
    """Foretell the year's end of each row."""
    parts: list[tuple[NDArray[np.bool_], Scale, Floats]] = []
    found: list[Found] = []
    similar, stays, ended = np.full((3, len(known.time)), np.nan)
    quantiles = np.full((len(known.time), len(LEVELS)), np.nan)
    for rows, scale in scales(kind, known, waiting):
        if not rows.any():
            continue
        forest = learned(scale.tells)
        weights, leaves = forest.weights(scale.features())
        weights = scale.places.sharpened(weights, scale.sharpness)
        similar[rows] = forest.cases[leaves].mean(axis=1)
        # money without a budget does what no year before did, however many there were
        telling = known.years[rows] * (scale.tells is not Tells.USUAL)
        doubt = (DOUBT / (1.0 + telling))[:, None]
        weights = (1 - doubt) * weights + doubt * forest.anywhere
        if isinstance(scale, TotalsScale):
            weights = _with_silence(_with_something(weights, scale), scale)
        elif isinstance(scale, RatesScale):
            stays[rows], ended[rows] = scale.now, scale.ended
        weights = _with_own(weights, scale)
        quantiles[rows] = np.sort(scale.amounts(scale.places.quantiles(weights)), axis=1)
        parts.append((rows, scale, weights))
        found.append(Found(rows, scale.tells, forest.told, leaves))

    def reaching(threshold: Floats) -> Floats:
        chance = np.full(len(threshold), np.nan)
        for rows, scale, weights in parts:
            at = scale.at_least(threshold[rows])
            open_ = np.clip(scale.places.reaching(weights, at), UNLIKELY, 1 - UNLIKELY)
            chance[rows] = np.where(np.isfinite(at), open_, at < 0)
        return chance

    made = Forecast(quantiles, similar, known.years, reaching, tuple(found))
    return made.with_atom(stays, ended) if kind is Kind.RATES else made


def scales(
    kind: Kind, known: Known, waiting: Waiting | None = None
) -> Iterator[tuple[NDArray[np.bool_], Scale]]:
    """Return which rows can be foretold, with their scales: of spending those with a budget."""
    if kind is Kind.RATES:
        rows = (np.nan_to_num(known.base) > 0) | (known.years > 0)
        yield rows, RatesScale(known.rows(rows), waiting and waiting.rows(rows))
        return
    rows = np.isfinite(known.so_far)
    if kind is Kind.SPENDING:
        budgeted = rows & BudgetScale.fits(known)
        yield budgeted, BudgetScale(known.rows(budgeted))
        rows &= ~budgeted
        # money never paid before has no usual rest
        rows[rows] = TotalsScale(known.rows(rows), counted=False).left > 0
    yield rows, TotalsScale(known.rows(rows), counted=kind is Kind.COUNTS)


def fact(value: Floats) -> Forecast:
    """Return the year's end itself: the fact, whatever the level."""
    quantiles, nothing = np.repeat(value[:, None], len(LEVELS), axis=1), np.full(len(value), np.nan)
    return Forecast(quantiles, nothing, nothing, lambda wanted: (value >= wanted).astype(float))


def _with_something(weights: Floats, scale: TotalsScale) -> Floats:
    """Let a count without a past, of which there is nothing yet, end with something.

    It is looked at because something is expected. It ends with n or more with a chance of n to the
    power of −(1 + the part of the year gone by), so between first years in New York, Gateshead and
    Darlington. A doubt remains.
    """
    known = scale.known
    rows = np.flatnonzero((known.years == 0) & (known.so_far == 0) & scale.counted)
    whole = np.floor(np.maximum(scale.places.upper, 0.0) * scale.left[rows, None] + BELOW)
    below = 1.0 - (whole + 1.0) ** -(1.0 + known.time[rows, None])
    below[:, -1] = 1.0
    nothing = scale.places.upper == 0.0
    weights[rows] = DOUBT * nothing + (1 - DOUBT) * np.diff(below, axis=1, prepend=0.0)
    return weights


def _with_silence(weights: Floats, scale: TotalsScale) -> Floats:
    """Let a silence of a year and more last, with the chance that a silence of its length does.

    That is its length against it and the rest of the year, as of anything of which only its age is
    known: places differ more in this than their cases can tell. Similar ones say what may come.
    """
    known, nothing = scale.known, scale.places.upper == 0.0
    idle = np.cumprod(known.past_final == 0, axis=1).sum(axis=1)  # years
    silent = np.where((idle > 0) & (known.so_far == 0), idle + known.time, 0.0)[:, None]
    part = silent / (silent + 1.0 - known.time[:, None])
    something = np.where(nothing, 0.0, weights)
    something /= something.sum(axis=1, keepdims=True)
    found: Floats = np.where(silent > 0, part * nothing + (1 - part) * something, weights)
    return found


def _with_own(weights: Floats, scale: Scale) -> Floats:
    """Mix in where the row's own past years ended: the more of them began alike, the heavier."""
    own = scale.own
    weight = np.isfinite(own) * FADING ** np.arange(own.shape[1]) * scale.alike()
    total = weight.sum(axis=1)
    heavy = np.maximum(total - OWN_AFTER, 0.0)
    part = heavy / (heavy + OWN_HALF)
    mixed: Floats = weights * (1 - part)[:, None]
    each = weight * (part / np.maximum(total, 1e-12))[:, None]
    row, year = np.nonzero(each)
    np.add.at(mixed, (row, scale.places.of(own[row, year])), each[row, year])
    return mixed
