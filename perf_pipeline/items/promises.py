"""Checking promises (承诺核对): what the registers say on the day by which something was promised.

A promise of money is checked by the project's payments, one of an indicator by its measure or by
what staff reported, up to that very day, with what is known now: registers of a day come some days
after it. What was reached before it was promised is no promise: a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, select

from perf_pipeline.domain.calendar import Checkpoint, OnDay
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.target import CEILINGS, FLOORS, MICRO, Operator
from perf_pipeline.domain.unit import Unit
from perf_pipeline.items.facts import Promise
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.points import Cause, Point
from perf_pipeline.items.promise_words import read_promise
from perf_pipeline.items.reported import Named, Report, read_reports, reported_by
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.actuals import Limits, write_actual
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.warehouse.budgets import budget_in_force

PAID = "paid_fen"  # the measure of a project's payments
_MULTIPLE = re.compile("^[十百千]?[万亿千百]")
_THINGS = frozenset({"个", "项", "处", "件", "起", "次", "场", "期"})  # things counted one by one
Figure = tuple[int, int]  # numerator, denominator


@dataclass(frozen=True)
class DayOfYear(Checkpoint):
    """A day looked at as if it were its year's only checkpoint: all of the year so far counts."""

    day: date = date.max

    @property
    def ends_on(self) -> date:
        """Last day that counts."""
        return self.day


def day_of_year(day: date) -> DayOfYear:
    """Return a day of the fiscal year that it lies in."""
    return DayOfYear(day.year, day.month, (day.month,), day=day)


def value_promised(text: str, kind: ItemKind, unit: str | None, by: date) -> Fraction | None:
    """Read a value promised by a day: fen of money, a share as a fraction, or things.

    None where it could mean something else: another day, another unit than the indicator's, a
    number of a project without its unit, a share written as 0.95.
    """
    said = read_promise(text, by.year)
    if said is None or (said.by is not None and said.by != by):
        return None
    target = said.target
    assert target.value is not None
    own = target.unit or (None if kind is ItemKind.PROJECT else unit)
    if kind is ItemKind.PROJECT and not is_percent(own) and "元" not in (own or ""):
        return None
    if kind is ItemKind.INDICATOR and not _same_thing(target.unit, unit):
        return None
    if target.unit is None and is_percent(unit) and 0 < Fraction(target.value) <= 1:
        return None
    value = Fraction(target.value) * multiple(own) / (100 if is_percent(own) else 1)
    return value * 100 if kind is ItemKind.PROJECT and not is_percent(own) else value


def _same_thing(unit: str | None, wanted: str | None) -> bool:
    """Tell whether two units count the same: 万份 and 份, 处 and 个; not 户 and 人."""
    if unit is None or wanted is None:
        return unit is None or not (is_percent(unit) or "元" in unit)
    bare = [_MULTIPLE.sub("", each) for each in (unit, wanted)]
    if bare[0] == bare[1]:
        return True
    if is_percent(unit) or is_percent(wanted):
        return is_percent(unit) and is_percent(wanted) and "点" not in unit
    return set(bare) <= _THINGS


def check_promises(
    connection: Connection,
    promised: Iterable[tuple[Cause, Promise]],
    points: Mapping[Cause, list[Point]],
    day: date,
) -> dict[tuple[Cause, Promise], Promise]:
    """Return each promise with what the registers of a day say of it, one query a figure and day.

    `promised` are promises as they were written, by their item's cause.
    """
    asked = list(promised)
    wanted: dict[tuple[str, date], None] = {}
    reporting: dict[int, set[int]] = {}
    for cause, promise in asked:
        code = _measure_of(points.get(cause, []))
        if code == REPORTED:
            reporting.setdefault(promise.by.year, set()).add(cause[0])
        elif code is not None and code in known_codes():
            wanted[code, min(promise.by, day)] = None
    figures = {key: _figures(connection, *key) for key in wanted}
    shares = {on: _budgets(connection, on) for _, on in wanted} if wanted else {}
    reports = {
        year: read_reports(connection, year, departments) for year, departments in reporting.items()
    }
    checked = {}
    for cause, promise in asked:
        some = points.get(cause, [])
        on = min(promise.by, day)
        known = _Known(figures, shares.get(on, {}), reports.get(promise.by.year, {}))
        found = _check(cause, promise, some, on, known)
        if found.reached and on < promise.by and _downwards(some[-1].row):
            found = replace(found, reached=None)  # a limit is kept once its day is over
        checked[cause, promise] = found
    return checked


@dataclass(frozen=True)
class _Known:
    """What the registers say: figures by measure and day, budgets of a day, reports of a year."""

    figures: Mapping[tuple[str, date], Mapping[tuple[int, str | None], Figure]]
    budgets: Mapping[tuple[int, str], int]
    reports: Mapping[Named, list[Report]]


def _check(cause: Cause, promise: Promise, points: list[Point], on: date, known: _Known) -> Promise:
    """Return a promise with what is known of it, or with why a person has to look."""
    code = _measure_of(points)
    if code is None:
        return replace(promise, doubt="没有可由台账核对的数字")
    row, kind = points[-1].row, ItemKind(cause[1])
    if promise.by.year != points[-1].ends_on.year:
        return replace(promise, doubt=f"{promise.by}不在{points[-1].ends_on.year}年度内")
    if promise.made_on is not None and promise.by < promise.made_on:
        return replace(promise, doubt=f"{promise.made_on}交来时，{promise.by}已经过去")
    unit = row.unit if isinstance(row, IndicatorOf) else None
    value = value_promised(promise.words, kind, unit, promise.by)
    if value is None:
        return replace(promise, doubt=f"看不懂“{promise.words}”")
    if _bound_of(promise) in (FLOORS if _downwards(row) else CEILINGS):
        return replace(promise, doubt=f"“{promise.words}”与应有的方向相反")
    share = isinstance(row, SpendingOf) and is_percent(_unit_of(promise))
    holds = _Bound(value, _downwards(row), share)
    if _already(points, promise, holds):
        return replace(promise, doubt=f"作出承诺时已为{_then(points, promise, holds)}")
    if isinstance(row, IndicatorOf) and code == REPORTED:
        return _reported(cause, promise, points, row, on, holds, known.reports)
    of = known.figures.get((code, on), {})
    figure = of.get((cause[0], row.project_name)) or of.get((cause[0], None))
    if figure is None:
        return replace(promise, reached=False)
    actual = Fraction(*figure)
    if isinstance(row, SpendingOf):
        budget = known.budgets.get((cause[0], row.project_name))
        if share and not budget:
            return replace(promise, doubt="没有预算数，算不出执行率")
        said = holds.write_money(figure[0], budget)
        return replace(promise, reached=holds.by(actual, budget), actual=said)
    return replace(promise, reached=holds.by(actual), actual=write_actual(*figure, unit))


@dataclass(frozen=True)
class _Bound:
    """What was promised: a value, whether it is to stay below it, whether it is of the budget."""

    value: Fraction
    downwards: bool
    share: bool = False

    def by(self, actual: Fraction, budget: int | None = None) -> bool:
        """Tell whether a figure keeps it."""
        now = actual / budget if self.share and budget else actual
        return now <= self.value if self.downwards else now >= self.value

    def write_money(self, fen: int, budget: int | None) -> str:
        """Write what was paid as it was promised: in yuan, or as a share of the budget."""
        if not (self.share and budget):
            return Unit.FEN.write(fen)
        share = write_beside(Fraction(fen * 100, budget), [self.value * 100])
        return f"{share}%（{Unit.FEN.write(fen)}）"


def _downwards(row: SpendingOf | IndicatorOf) -> bool:
    return isinstance(row, IndicatorOf) and (row.operator in CEILINGS or row.target_micro == 0)


def _unit_of(promise: Promise) -> str | None:
    said = read_promise(promise.words, promise.by.year)
    return said.target.unit if said else None


def _bound_of(promise: Promise) -> Operator | None:
    said = read_promise(promise.words, promise.by.year)
    return said.target.operator if said else None


def _already(points: list[Point], promise: Promise, holds: _Bound) -> bool:
    """Tell whether what was promised had been reached before: then it meant something else."""
    then = _point_then(points, promise)
    if then is None or holds.downwards:
        return False
    row = then.row
    if isinstance(row, SpendingOf):
        return row.paid_fen is not None and holds.by(Fraction(row.paid_fen), row.budget_fen)
    known = row.numerator is not None and row.denominator
    return bool(known) and holds.by(Fraction(row.numerator or 0, row.denominator or 1))


def _point_then(points: list[Point], promise: Promise) -> Point | None:
    made_on = promise.made_on
    ended = [each for each in points if made_on is not None and each.ends_on <= made_on]
    return ended[-1] if ended else None


def _then(points: list[Point], promise: Promise, holds: _Bound) -> str:
    then = _point_then(points, promise)
    if then is None:
        return ""
    row = then.row
    if isinstance(row, SpendingOf):
        return holds.write_money(row.paid_fen or 0, row.budget_fen)
    return then.actual


def _reported(
    cause: Cause,
    promise: Promise,
    points: list[Point],
    row: IndicatorOf,
    on: date,
    holds: _Bound,
    reports: Mapping[Named, list[Report]],
) -> Promise:
    """Hold a promise against what was reported by its own day."""
    times = 100 if is_percent(row.unit) else 1
    operator = Operator.LE if holds.downwards else Operator.GE
    wanted = Limits.of(
        row.name,
        row.raw_target or "",
        row.unit,
        operator=str(operator),
        target_micro=int(holds.value * times * MICRO),
    )
    mine = reports.get((cause[0], row.project_name or "", row.name), [])
    found = reported_by(mine, row, on, [each.ends_on for each in points], wanted)
    if found is None:
        return replace(promise, reached=False)
    said = write_actual(found.value.numerator, found.value.denominator, row.unit)
    words = f"{said}（{found.on}填报）"
    return replace(promise, reached=holds.by(found.value), actual=words)


def _measure_of(points: list[Point]) -> str | None:
    if not points:
        return None
    row = points[-1].row
    return PAID if isinstance(row, SpendingOf) else row.measure


def _figures(connection: Connection, code: str, on: date) -> dict[tuple[int, str | None], Figure]:
    rows = connection.execute(figure_query(measure(code), day_of_year(on)))
    return {
        (row.department_id, row.project_name): (row.year_numerator, row.year_denominator)
        for row in rows
    }


def _budgets(connection: Connection, on: date) -> dict[tuple[int, str], int]:
    budget = budget_in_force(OnDay(on))
    rows = connection.execute(
        select(budget.c.department_id, budget.c.project_name, budget.c.total_fen)
    )
    return {(row.department_id, row.project_name): row.total_fen for row in rows}
