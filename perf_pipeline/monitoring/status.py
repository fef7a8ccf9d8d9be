"""Lights and statuses as they stand in the warehouse, for the command line and scripts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.results import read_adjustments, read_results
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult, SpendingSum
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.locks import is_closed
from perf_pipeline.warehouse.result import JudgedRow
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department, snapshot

PARTS: dict[str, type[SpendingResult] | type[SpendingSum] | type[IndicatorResult]] = {
    "spending": SpendingResult,
    "sums": SpendingSum,
    "indicators": IndicatorResult,
}


def read_status(engine: Engine, checkpoint: Checkpoint | None = None) -> list[dict[str, Any]]:
    """Read the newest judgements, of one quarter or of all.

    A list with a dict for each department and quarter: department, department_code, quarter,
    version, closed (已关账), history (judged under a calendar that is no longer in force), lists of
    dicts, spending, sums and indicators (the columns of their result; of spending and indicators
    also figure, which is what `trace` takes), columns (what each of those is called, and its unit
    as stored), and adjustments (what late data would change in closed quarters before).
    """
    newest = latest_snapshots("monitoring").subquery()
    judgements = (
        select(
            snapshot.c.id,
            DEPARTMENT_NAME.label("department"),
            department.c.code.label("department_code"),
            checkpoint_table.c.name.label("quarter"),
            snapshot.c.version,
            checkpoint_table.c.ordinal.is_(None).label("history"),
            is_closed(snapshot).label("closed"),
        )
        .join(newest, newest.c.id == snapshot.c.id)
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .order_by(department.c.code, checkpoint_table.c.ends_on)
    )
    if checkpoint is not None:
        judgements = judgements.where(checkpoint_table.c.name == checkpoint.name)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(judgements).mappings()]
        by_id = {judgement.pop("id"): judgement for judgement in found}
        for judgement in found:
            judgement |= {part: [] for part in PARTS}
        for part, result in PARTS.items():
            for line in read_results(connection, result, list(by_id)):
                figure = {} if isinstance(line, SpendingSum) else {"figure": line.figure}
                by_id[line.snapshot_id][part].append(figure | line.stored())
        adjustments = read_adjustments(connection, list(by_id))
        for snapshot_id, judgement in by_id.items():
            judgement["closed"] = bool(judgement["closed"])
            judgement["history"] = bool(judgement["history"])
            kept = adjustments.get(snapshot_id, [])
            judgement["adjustments"] = [each.to_dict() for each in kept]
            judgement["columns"] = {part: _described(result) for part, result in PARTS.items()}
    return found


def _described(result: type[JudgedRow]) -> dict[str, dict[str, str]]:
    """Return what each column of a result is called, and the unit that it is stored in."""
    return {
        name: {"label": of.label, "english": of.english, "unit": of.unit.value.stored_as}
        for name, of in result.columns.items()
    }
