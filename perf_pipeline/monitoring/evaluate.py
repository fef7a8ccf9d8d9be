"""Judging a quarter: spending and indicators of all departments, kept as a new version."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import Limits
from perf_pipeline.monitoring.adjustments import count_again, find_adjustments
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.frames import read_frame
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.schema import adjustment, indicator_result, spending_result


def evaluate_quarter(
    engine: Engine, checkpoint: Checkpoint, limits: Limits
) -> tuple[JudgedSnapshot, ...]:
    """Judge spending and indicators as of a checkpoint, from its newest measures.

    A new version of a department's judgement is written only where something in it changed, and
    none where its quarter is closed: what late data would change there is kept as adjustments of
    the next quarter that is open.
    """
    count_again(engine, checkpoint)
    with write_transaction(engine) as connection:
        judged = _judge(connection, checkpoint, limits)
        judged[adjustment] = find_adjustments(
            connection, checkpoint, lambda closed: _judge(connection, closed, limits)
        )
        return write_by_department(connection, "monitoring", checkpoint, judged)


def _judge(
    connection: Connection, checkpoint: Checkpoint, limits: Limits
) -> dict[Table, list[dict[str, Any]]]:
    """Judge a quarter with what is known now; the rows of each table of results."""
    at = checkpoint_id(connection, checkpoint)
    projects = read_frame(connection, projects_to_judge(checkpoint, at))
    # a plan that begins later plans nothing yet; no plan at all is unknown
    projects["planned_bp"] = [
        point if point is not None else (0 if has_plan else None)
        for point, has_plan in zip(projects["planned_point_bp"], projects["has_plan"], strict=True)
    ]
    indicators = read_frame(connection, indicators_to_judge(checkpoint, at))
    return {
        spending_result: _rows(judge_spending(projects, limits), spending_result),
        indicator_result: _rows(judge_indicators(indicators, checkpoint), indicator_result),
    }


def _rows(judged: pd.DataFrame, table: Table) -> list[dict[str, Any]]:
    stored = [column.name for column in table.c if column.name not in ("id", "snapshot_id")]
    kept = judged[["department_id", *stored]].astype(object)
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in kept.to_dict("records")
    ]
