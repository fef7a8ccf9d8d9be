"""Lights and statuses as they stand in the warehouse, for the command line and scripts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Table, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.adjustments import read_adjustments
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.locks import is_closed
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    snapshot,
    spending_result,
)

SPENDING_COLUMNS = (
    "project_name",
    "light",
    "budget_fen",
    "paid_fen",
    "planned_bp",
    "actual_bp",
    "deviation_bp",
    "reason",
    "note",
    "days_behind",
    "due_next_fen",
    "committed_fen",
    "cause",
    "cause_words",
    "hint",
)
INDICATOR_COLUMNS = (
    "project_name",
    "section",
    "name",
    "raw_target",
    "actual_text",
    "status",
    "reason",
    "cause",
    "cause_words",
    "hint",
)


def read_status(engine: Engine, checkpoint: Checkpoint | None = None) -> list[dict[str, Any]]:
    """Read the newest judgements, of one quarter or of all.

    A list with a dict for each department and quarter: department, quarter, version, closed
    (已关账), history (judged under a calendar that is no longer in force), and three lists of
    dicts: spending (SPENDING_COLUMNS and figure) and indicators (INDICATOR_COLUMNS and figure),
    where figure is what `trace` takes, and adjustments (what late data would change in closed
    quarters before).
    """
    newest = latest_snapshots("monitoring").subquery()
    judgements = (
        select(
            snapshot.c.id,
            func.coalesce(department.c.name, department.c.code).label("department"),
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
        for table, part, prefix in (
            (spending_result, "spending", "S"),
            (indicator_result, "indicators", "I"),
        ):
            for judgement in found:
                judgement[part] = []
            for row in connection.execute(_results(table, list(by_id))).mappings():
                line = dict(row)
                line["figure"] = f"{prefix}{line.pop('id')}"
                by_id[line.pop("snapshot_id")][part].append(line)
        adjustments = read_adjustments(connection, list(by_id))
        for snapshot_id, judgement in by_id.items():
            judgement["closed"] = bool(judgement["closed"])
            judgement["history"] = bool(judgement["history"])
            judgement["adjustments"] = adjustments.get(snapshot_id, [])
    return found


def _results(table: Table, snapshots: list[int]) -> Any:
    names = SPENDING_COLUMNS if table is spending_result else INDICATOR_COLUMNS
    return (
        select(table.c.id, table.c.snapshot_id, *(table.c[name] for name in names))
        .where(table.c.snapshot_id.in_(snapshots))
        .order_by(table.c.id)
    )
