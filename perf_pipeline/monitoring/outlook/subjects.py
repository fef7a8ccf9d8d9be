"""The outlook of many subjects at one checkpoint: from frames to what is known, and back.

A subject is a project's spending or an indicator, its past the same in earlier years.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.columns import Columns
from perf_pipeline.monitoring.outlook.distribution import Floats, at_level
from perf_pipeline.monitoring.outlook.forecast import Forecast, Kind, forecast
from perf_pipeline.monitoring.outlook.known import Known, in_bp
from perf_pipeline.monitoring.outlook.told import Case, Measured
from perf_pipeline.monitoring.outlook.waiting import Waiting
from perf_pipeline.monitoring.outlook.years import Years

INTERVALS = {"low95": 0.025, "low80": 0.1, "point": 0.5, "high80": 0.9, "high95": 0.975}
ON_TARGET = 0.2  # of counted indicators that a city publishes, those that end exactly on target
ON_TARGET_YEARS = 2.0  # own years that this weighs like
EARLIEST, LATEST = 1 / 12, 11 / 12  # how far a plan may move a first year


def subjects_of(
    mine: Columns, rows: Columns, checkpoint: Checkpoint, measured: Measured
) -> tuple[Known, Floats, list[list[Case]]]:
    """Return what is known of the subjects of this year, their habit, and their past years.

    The habit is to end exactly on target, also in years of which no more than the end is known.

    `rows` has a row a subject, year and month. The base of a rate is its denominator, else the
    `limit` in force: a budget or a target.
    """
    number = {of: at for at, of in enumerate(_subjects(mine))}
    n = np.arange(len(number))
    subject = np.array([number.get(of, -1) for of in _subjects(rows)])
    year, period = (np.asarray(rows[of], int) for of in ("fiscal_year", "month"))
    until = (year == checkpoint.fiscal_year) & (period <= checkpoint.month)
    seen = (subject >= 0) & ((year < checkpoint.fiscal_year) | until)
    base = "base" if measured is Measured.RATE else "limit"
    values = {of: np.asarray(rows[of]) for of in ("value", base)}
    of_subjects = {"subject": subject, "year": year, "period": period} | values
    told = {name: column[seen] for name, column in of_subjects.items()}
    years = Years.of(len(n), told, "value", base, 12)
    moment = years.moment(checkpoint.month / 12)
    known = years.known(n, np.full(len(n), checkpoint.fiscal_year - years.first), moment)
    then, end = years.value[:, :, moment], years.value[:, :, -1]
    habit = on_target(end, years.base[:, :, -1])
    past = np.isfinite(then) & np.isfinite(end)
    if measured is not Measured.COUNT:
        end = in_bp(end, years.base[:, :, -1 if measured is Measured.RATE else moment])
        then = in_bp(then, years.base[:, :, moment])
    cases: list[list[Case]] = [[] for _ in n]
    for nth in reversed(range(past.shape[1])):
        for at in np.flatnonzero(past[:, nth]):
            went = years.first + nth, then[at, nth], end[at, nth]
            cases[at].append(Case(None, *map(int, went)))
    return known, habit, cases


def _subjects(rows: Columns) -> Iterator[tuple[object, object]]:
    return zip(rows["department_id"], rows["subject_key"], strict=True)


def on_target(final: Floats, targets: Floats) -> Floats:
    """Return how often past years (n × years) ended exactly on target, drawn to ON_TARGET.

    Many do: people stop when it is reached.
    """
    known = np.isfinite(final) & np.isfinite(targets)
    hits = (known & (final == targets)).sum(axis=1)
    habit: Floats = (hits + ON_TARGET * ON_TARGET_YEARS) / (known.sum(axis=1) + ON_TARGET_YEARS)
    return habit


def tell(
    known: Known,
    measured: Measured,
    planned: Floats | float = np.nan,
    waiting: Waiting | None = None,
    habit: Floats | float = ON_TARGET,
) -> Forecast:
    """Foretell each subject's year end."""
    if measured is Measured.RATE:
        return forecast(Kind.RATES, known, waiting)
    if measured is Measured.COUNT:
        now, wanted = known.so_far, known.base
        made = forecast(Kind.COUNTS, _with_target_as_past(known))
        target = np.where(wanted > now, wanted, np.nan)
        # who will hardly come half of what is left of the way does not end on target by habit
        habit = np.minimum(habit, made.reaching(np.nan_to_num((now + target) / 2)))
        return replace(made, years=known.years).with_atom(target, habit)
    # a plan moves a first year: what is planned late is not late; own past years know their season
    moved = np.clip((known.time + planned) / 2, EARLIEST, LATEST)
    moves = np.isfinite(moved) & (known.years == 0)
    return forecast(Kind.SPENDING, replace(known, time=np.where(moves, moved, known.time)))


def _with_target_as_past(known: Known) -> Known:
    """Let the target stand for a past year where there is neither a past nor anything yet.

    It is what is expected; that much is the office's own word. When it comes the calendar says, by
    half: much is counted late. Where only so many are allowed none is expected.
    """
    target = known.base
    stands = np.zeros(known.past_final.shape, dtype=bool)
    stands[:, 0] = (known.years == 0) & (known.so_far == 0) & np.isfinite(target)
    return replace(
        known,
        past_so_far=np.where(stands, (target * known.time / 2)[:, None], known.past_so_far),
        past_final=np.where(stands, target[:, None], known.past_final),
    )


def stored(quantiles: Floats, measured: Measured) -> dict[str, Floats]:
    """Return point and intervals in whole units, each interval within the wider one."""
    scale = 10_000 if measured is Measured.RATE else 1
    return {name: np.rint(at_level(quantiles, level) * scale) for name, level in INTERVALS.items()}
