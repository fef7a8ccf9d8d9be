"""An item's trend (走势): what each checkpoint's newest judgement says of it, and the gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import Connection, select

from perf_pipeline.domain.status import DEVIATIONS, Status
from perf_pipeline.domain.words import Word
from perf_pipeline.items.gap import Gap, gap_of_indicator, gap_of_spending
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf, read_results
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import checkpoint, snapshot

Cause = tuple[int, str, str]  # department, kind, key


@dataclass(frozen=True)
class Point:
    """What one checkpoint says of an item; `row` is the result that says it."""

    ordinal: int
    label: str
    ends_on: date
    judgement: Word
    row: SpendingOf | IndicatorOf

    @cached_property
    def actual(self) -> str:
        """What is reached, as it is told beside its limits; empty where nothing is known."""
        if isinstance(self.row, SpendingOf):
            return self.row.told("actual_bp")
        return self.row.actual_text or ""

    @cached_property
    def gap(self) -> Gap | None:
        """How far it is from its plan or target; None where that is not a number."""
        return gap_of(self.row)

    @property
    def broken_zero(self) -> bool:
        """Tell whether a target of zero is broken (零容忍)."""
        return breaks_zero(self.row)

    def __str__(self) -> str:
        """Write it short: 3月底 偏慢 12.30%."""
        return " ".join(filter(None, (self.label, self.judgement.label, self.actual)))


def breaks_zero(row: SpendingResult | IndicatorResult) -> bool:
    """Tell whether a result says that a target of zero is broken (零容忍)."""
    return (
        isinstance(row, IndicatorResult)
        and row.target_micro == 0
        and row.status is Status.MISSED
        and bool(row.numerator)
    )


def gap_of(row: SpendingResult | IndicatorResult) -> Gap | None:
    """Return how far a result is from its plan or target; None where that is not a number.

    Of spending only where it deviates: a project is warned of for other reasons too.
    """
    if isinstance(row, SpendingResult):
        if row.light not in DEVIATIONS:
            return None
        return gap_of_spending(row.budget_fen, row.paid_fen, row.planned_bp)
    return gap_of_indicator(
        row.numerator,
        row.denominator,
        operator=row.operator,
        target_micro=row.target_micro,
        unit=row.unit,
        measure=row.measure,
        counts=row.measure != REPORTED,
    )


def read_points(
    connection: Connection, fiscal_year: int, departments: Collection[int]
) -> Mapping[Cause, list[Point]]:
    """Read the points of every project and indicator of some departments, by checkpoint."""
    newest = latest_snapshots("monitoring", departments=departments).subquery("newest")
    at: dict[int, tuple[int, str, date]] = {
        row.id: (row.ordinal, row.label, row.ends_on)
        for row in connection.execute(
            select(newest.c.id, checkpoint.c.ordinal, checkpoint.c.label, checkpoint.c.ends_on)
            .join(snapshot, snapshot.c.id == newest.c.id)
            .join(checkpoint, checkpoint.c.id == newest.c.checkpoint_id)
            .where(checkpoint.c.fiscal_year == fiscal_year, checkpoint.c.ordinal.is_not(None))
        )
    }
    found: dict[Cause, list[Point]] = defaultdict(list)
    for spent in read_results(connection, SpendingOf, list(at)):
        cause = (spent.department_id, str(ItemKind.PROJECT), spent.project_name)
        found[cause].append(Point(*at[spent.snapshot_id], spent.light, spent))
    for line in read_results(connection, IndicatorOf, list(at)):
        cause = (line.department_id, str(ItemKind.INDICATOR), line.indicator_key)
        found[cause].append(Point(*at[line.snapshot_id], line.status, line))
    for points in found.values():
        points.sort(key=lambda point: point.ordinal)
    return found
