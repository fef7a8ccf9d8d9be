"""Checking promises (承诺核对): what the registers say on the day by which something was promised.

A promise of money is checked by the project's payments, one of an indicator by its measure, up to
that very day; what staff report is checked by the last checkpoint's judgement up to it. All with
what is known now: registers of a day come some days after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, select

from perf_pipeline.domain.calendar import Checkpoint, OnDay
from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.domain.unit import Unit
from perf_pipeline.items.facts import Promise
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.points import Cause, Point
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.warehouse.budgets import budget_in_force

PAID = "paid_fen"  # the measure of a project's payments
_DOWNWARDS = (Operator.LE, Operator.LT)
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
    return DayOfYear(day.year, day.month, (day.month,), None, day)


def value_promised(text: str, kind: ItemKind, unit: str | None) -> Fraction | None:
    """Read a promised value: fen of money, a share as a fraction, or things; None if unreadable.

    A bare number is in the indicator's unit, of a project in yuan.
    """
    said = parse_target(text)
    if said.kind is not TargetKind.NUMBER or said.value is None:
        return None
    own = (said.unit or "元") if kind is ItemKind.PROJECT else said.unit or unit
    if kind is ItemKind.PROJECT and not is_percent(own) and "元" not in (own or ""):
        return None
    if kind is ItemKind.INDICATOR and is_percent(own) != is_percent(unit):
        return None
    value = Fraction(said.value) * multiple(own) / (100 if is_percent(own) else 1)
    return value * 100 if kind is ItemKind.PROJECT and not is_percent(own) else value


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
    for cause, promise in asked:
        code = _measure_of(points.get(cause, []))
        if code is not None and code in known_codes() and code != REPORTED:
            wanted[code, min(promise.by, day)] = None
    figures = {key: _figures(connection, *key) for key in wanted}
    shares = {on: _budgets(connection, on) for _, on in wanted} if wanted else {}
    checked = {}
    for cause, promise in asked:
        some = points.get(cause, [])
        on = min(promise.by, day)
        checked[cause, promise] = _check(cause, promise, some, on, figures, shares.get(on, {}))
    return checked


def _check(
    cause: Cause,
    promise: Promise,
    points: list[Point],
    on: date,
    figures: Mapping[tuple[str, date], Mapping[tuple[int, str | None], Figure]],
    budgets: Mapping[tuple[int, str], int],
) -> Promise:
    if not points:
        return promise
    row, code = points[-1].row, _measure_of(points)
    kind = ItemKind(cause[1])
    unit = row.unit if isinstance(row, IndicatorOf) else None
    value = value_promised(promise.words, kind, unit)
    if value is None:
        return promise
    if code == REPORTED or code is None:
        figure = _reported(points, on)
    else:
        of = figures.get((code, on), {})
        figure = of.get((cause[0], row.project_name)) or of.get((cause[0], None))
    if figure is None:
        return replace(promise, reached=False)
    actual = Fraction(*figure)
    if isinstance(row, SpendingOf):
        said = Unit.FEN.write(figure[0])
        if is_percent(parse_target(promise.words).unit):
            budget = budgets.get((cause[0], row.project_name))
            if not budget:
                return promise
            actual = actual / budget
        return replace(promise, reached=actual >= value, actual=said)
    downwards = row.operator in _DOWNWARDS or row.target_micro == 0
    said = write_actual(*figure, unit)
    reached = actual <= value if downwards else actual >= value
    return replace(promise, reached=reached, actual=said)


def _measure_of(points: list[Point]) -> str | None:
    if not points:
        return None
    row = points[-1].row
    return PAID if isinstance(row, SpendingOf) else row.measure


def _reported(points: list[Point], on: date) -> Figure | None:
    """Return what the last checkpoint up to a day was judged with, where that has a number."""
    ended = [each for each in points if each.ends_on <= on]
    row = ended[-1].row if ended else None
    if not isinstance(row, IndicatorOf) or row.numerator is None or not row.denominator:
        return None
    return row.numerator, row.denominator


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
