"""The third light (资金与目标偏离): a project's money and its goals are far apart, either way.

Money is what was paid of the budget. Goals are the mean of what the project's indicators that add
up over the year (累计, 累计数) have reached of their targets, each at most all of it. What stands,
as on a day or in fact (38 reservoirs kept, from March on), says nothing of pace and is left out;
where nothing else is there, there is no light.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, select

from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.target import FLOORS, MICRO
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.points import Cause, Point, read_points
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.warehouse.dimensions import shown_names
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

APART = "apart"
MONEY_AHEAD, GOALS_AHEAD = "money_ahead", "goals_ahead"
_STANDS = Fraction(1, 10)  # of a target: so near it from the first, and no further since


def attained(row: IndicatorOf) -> Fraction | None:
    """Return what part of a total of the year is reached; None where that is not what is judged."""
    adds_up = row.behaviour == Behaviour.CUMULATIVE and row.year_rule == YearRule.TOTAL
    grows = adds_up and row.operator in FLOORS
    if not grows or row.numerator is None or not row.denominator or not row.target_micro:
        return None
    wanted = Fraction(row.target_micro, MICRO) / (100 if is_percent(row.unit) else 1)
    return Fraction(row.numerator, row.denominator) / wanted


def _growing(points: Sequence[Point]) -> Iterator[tuple[Point, Fraction]]:
    """Give the checkpoints at which an indicator is seen to grow, with what is reached, at most 1.

    What was all but reached when the year first told of it, and is no further, may just stand.
    """
    first = None
    for point in points:
        part = attained(point.row) if isinstance(point.row, IndicatorOf) else None
        if part is None:
            continue
        first = part if first is None else first
        if first < 1 - _STANDS or part >= first + _STANDS:
            yield point, min(part, Fraction(1))


def select_apart(
    connection: Connection,
    fiscal_year: int,
    configuration: AlertConfiguration,
    departments: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """Return where money and goals of a project are too far apart, in a year, as misses.

    Of some departments (row numbers); None: of all.
    """
    names = shown_names(connection)
    of_year = checkpoint_table.c.fiscal_year == fiscal_year
    at = {
        row.ordinal: row.id for row in connection.execute(select(checkpoint_table).where(of_year))
    }
    points = read_points(
        connection, fiscal_year, list(names) if departments is None else departments
    )
    found = apart(points, configuration.apart_points, configuration.rules[APART].levels)
    return [
        {
            **miss,
            "checkpoint_id": at[miss["ordinal"]],
            "place": f"{names[miss['department_id']]}／{miss['subject_key']}",
        }
        for miss in found
    ]


def apart(
    points: Mapping[Cause, Sequence[Point]], most_points: int, levels: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Give, in an alert's words, each checkpoint at which money and goals are too far apart.

    Without the numbers of checkpoint and item, which the warehouse knows.
    """
    goals: dict[tuple[int, str, int], list[Fraction]] = defaultdict(list)
    for (whose, kind, _), some in points.items():
        for point, part in _growing(some) if kind == ItemKind.INDICATOR else ():
            if point.row.project_name:
                goals[whose, point.row.project_name, point.ordinal].append(part)
    for (whose, _, _), some in points.items():
        for point in some:
            row = point.row
            reached = goals.get((whose, row.project_name or "", point.ordinal))
            if not isinstance(row, SpendingOf) or not reached:
                continue
            if row.paid_fen is None or not row.budget_fen:
                continue
            money = Fraction(row.paid_fen, row.budget_fen)
            mean = sum(reached, Fraction(0)) / len(reached)
            level = MONEY_AHEAD if money > mean else GOALS_AHEAD
            if abs(money - mean) * 100 > most_points and level in levels:
                yield _miss(whose, point, level, money, mean, len(reached))


def _miss(
    whose: int, point: Point, level: str, money: Fraction, goals: Fraction, indicators: int
) -> dict[str, object]:
    row = point.row
    said = f"资金执行{write_beside(money * 100)}%，目标平均完成{write_beside(goals * 100)}%"
    apart_by = write_beside(abs(money - goals) * 100)
    return {
        "department_id": whose,
        "ordinal": point.ordinal,
        "label": point.label,
        "snapshot_id": row.snapshot_id,
        "rule": APART,
        "subject_key": row.project_name,
        "level": level,
        "subject": "资金与目标",
        "gap": f"{said}（{indicators}项累计指标），相差{apart_by}个百分点",
        "evidence": f"追溯号 {row.figure}",
        "about": str(ItemKind.PROJECT),
        "about_key": row.project_name,
    }
