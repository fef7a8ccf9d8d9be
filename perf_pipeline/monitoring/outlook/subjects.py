"""The outlook of many subjects at one checkpoint: from frames to what is known, and back.

A subject is a project's spending or an indicator, its past the same in earlier years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.deliverables import on_target, with_target
from perf_pipeline.monitoring.outlook.distribution import Floats, at_level
from perf_pipeline.monitoring.outlook.forecast import Forecast, Kind, forecast
from perf_pipeline.monitoring.outlook.known import QUARTER, Known, in_bp
from perf_pipeline.monitoring.outlook.similar import Case
from perf_pipeline.monitoring.outlook.waiting import Waiting

INTERVALS = {"low95": 0.025, "low80": 0.1, "point": 0.5, "high80": 0.9, "high95": 0.975}
EARLIEST, LATEST = 1 / 12, 11 / 12  # how far a plan may move a first year


class Measured(StrEnum):
    """What a subject's value is, and so in which unit its forecast is stored."""

    SPENDING = "fen"  # whole fen, within a budget
    RATE = "bp"  # a part of cases, in basis points
    COUNT = "count"  # whole things
    AMOUNT = "unit"  # whole units of the target, not counted one by one


class Method(StrEnum):
    """How a forecast was made; each can be told in a sentence (wording.py)."""

    FACT = "fact"
    PAST_YEARS = "past_years"
    FIRST_YEAR = "first_year"


@dataclass(frozen=True)
class Panel:
    """Of each subject the figures at this month and at the year's end (n × years), NaN if unknown.

    The newest year is foretold and comes first. `base` is a denominator, `limit` the budget or the
    target in force; `planned` is the part of the budget planned by now, `pace` what a year as
    the last quarter of one would bring.
    """

    years: NDArray[np.int64]
    value: Floats
    pace: Floats
    base: Floats
    limit: Floats
    planned: Floats
    final_value: Floats
    final_base: Floats
    final_limit: Floats

    @classmethod
    def of(cls, subjects: pd.DataFrame, rows: pd.DataFrame, checkpoint: Checkpoint) -> Panel:
        """Return the panel of subjects, from a row a subject, year and month."""
        key = ["department_id", "subject_key"]
        rows = rows.merge(subjects[key].assign(subject=np.arange(len(subjects))), on=key)
        year = checkpoint.fiscal_year - rows["fiscal_year"].to_numpy(dtype=int)
        now = (rows["month"] == checkpoint.month).to_numpy() & (year >= 0)
        end = (rows["month"] == 12).to_numpy() & (year > 0)
        earlier = (rows["month"] <= checkpoint.month - QUARTER * 12).to_numpy()

        def at(when: NDArray[np.bool_], name: str) -> Floats:
            values = np.full((len(subjects), int(year.max()) + 1), np.nan)
            values[rows["subject"][when], year[when]] = pd.to_numeric(rows[name][when])
            return values

        value, then, month = at(now, "value"), at(earlier, "value"), at(earlier, "month")
        if checkpoint.month <= QUARTER * 12:
            then, month = np.zeros_like(then), np.zeros_like(month)
        return cls(
            checkpoint.fiscal_year - np.arange(int(year.max()) + 1),
            value,
            (value - then) / (checkpoint.month - month) * 12,
            *(at(now, name) for name in ("base", "limit", "planned")),
            *(at(end, name) for name in ("value", "base", "limit")),
        )

    def own_years(self, measured: Measured) -> list[list[Case]]:
        """Return the past years of each subject as similar cases, the newest first."""
        then, end = self.value, self.final_value
        if measured is Measured.RATE:
            then, end = in_bp(then, self.base), in_bp(end, self.final_base)
        elif measured is not Measured.COUNT:
            then, end = in_bp(then, self.limit), in_bp(end, self.limit)
        found: list[list[Case]] = [[] for _ in self.value]
        for subject, year in np.argwhere(np.isfinite(self.value) & np.isfinite(self.final_value)):
            case = self.years[year], then[subject, year], end[subject, year]
            found[subject].append(Case(None, *map(int, case)))
        return found


def tell(panel: Panel, measured: Measured, time: float, waiting: Waiting | None = None) -> Forecast:
    """Foretell each subject's year end, when such a part of the year has gone by."""
    rate, now, limit = measured is Measured.RATE, panel.value[:, 0], panel.limit[:, 0]
    base = panel.base if rate else panel.limit
    past = panel.value, base, panel.final_value, panel.final_base if rate else panel.final_limit
    whole = (each[:, 1:] for each in past)
    known = Known(np.full(len(now), time), now, base[:, 0], panel.pace[:, 0], *whole)
    if rate:
        return forecast(Kind.RATES, known, waiting)
    if measured is Measured.COUNT:
        made = forecast(Kind.COUNTS, _with_target_as_past(known, limit))
        habit = on_target(panel.final_value, panel.final_limit)
        target = np.where(limit > now, limit, np.nan)
        # who will hardly come half of what is left of the way does not end on target by habit
        habit = np.minimum(habit, made.reaching(np.nan_to_num((now + target) / 2)))
        return with_target(replace(made, years=known.years), target, habit)
    planned = panel.planned[:, 0]
    # a plan moves a first year: what is planned late is not late; own past years know their season
    moves = np.isfinite(planned) & (known.years == 0)
    moved = np.where(moves, np.clip((time + planned) / 2, EARLIEST, LATEST), time)
    return forecast(Kind.SPENDING, replace(known, time=moved))


def _with_target_as_past(known: Known, target: Floats) -> Known:
    """Let the target stand for a past year where there is neither a past nor anything yet.

    It is what is expected; that much is the office's own word. When it comes the calendar says, by
    half: much is counted late. A target of nothing always stands for a year.
    """
    stands = np.zeros(known.past_final.shape, dtype=bool)
    stands[:, 0] = (known.years == 0) & ((known.so_far == 0) | (target == 0)) & np.isfinite(target)
    return replace(
        known,
        past_so_far=np.where(stands, (target * known.time / 2)[:, None], known.past_so_far),
        past_final=np.where(stands, target[:, None], known.past_final),
    )


def stored(quantiles: Floats, measured: Measured) -> pd.DataFrame:
    """Return point and intervals in whole units, each interval within the wider one."""
    scale = 10_000 if measured is Measured.RATE else 1
    return pd.DataFrame(
        {name: np.rint(at_level(quantiles, level) * scale) for name, level in INTERVALS.items()}
    )
