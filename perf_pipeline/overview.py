"""What the warehouse holds after a run, counted from the warehouse itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.items.board import ItemLine, gravest_first, read_boards
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.quality.open_points import OpenPoint, open_points
from perf_pipeline.quality.relations import relation
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import (
    alert,
    checkpoint,
    department,
    indicator,
    project,
    quarantined_row,
    source_file,
)


@dataclass(frozen=True)
class Overview:
    """A year in the warehouse: targets, files, judgements, alerts (those since a moment apart)."""

    projects: int
    project_indicators: int
    department_indicators: int
    files: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    history: list[str]  # checkpoints judged under a calendar that is no longer in force
    items: list[ItemLine]  # the gravest first
    alerts: int
    new_alerts: int
    newly_unread: int  # files of this run that could not be read
    points: tuple[OpenPoint, ...]


def read_overview(engine: Engine, checkpoints: Sequence[Checkpoint], since: datetime) -> Overview:
    """Read what a run of a year left in the warehouse; alerts since `since` are new."""
    year = checkpoints[0].fiscal_year
    with engine.connect() as connection:

        def count(table: Table, *conditions: ColumnElement[bool]) -> int:
            of_year = (current(table), table.c.fiscal_year == year)
            query = select(func.count()).select_from(table).where(*of_year, *conditions)
            return int(connection.execute(query).scalar_one())

        files = relation("source_file").where(source_file.c.fiscal_year == year)
        quarantined = (
            select(quarantined_row, source_file.c.path)
            .join(source_file, source_file.c.id == quarantined_row.c.source_file_id)
            .where(current(quarantined_row), source_file.c.fiscal_year == year)
            .order_by(quarantined_row.c.id)
        )
        unread = select(func.count()).where(
            source_file.c.fiscal_year == year,
            source_file.c.loaded_at >= since,
            source_file.c.outcome.in_(["refused", "failed"]),
        )
        judged = [each for each in read_status(engine) if each["quarter"][:4] == str(year)]
        told = (
            select(func.count())
            .select_from(alert)
            .join(checkpoint, checkpoint.c.id == alert.c.checkpoint_id)
            .where(checkpoint.c.fiscal_year == year)
        )
        fresh = told.where(alert.c.created_at >= since)
        departments = connection.scalars(select(department.c.id))
        boards = read_boards(connection, dict.fromkeys(departments, checkpoints))
        return Overview(
            projects=count(project),
            project_indicators=count(indicator, indicator.c.project_name.is_not(None)),
            department_indicators=count(indicator, indicator.c.project_name.is_(None)),
            files=[dict(row) for row in connection.execute(files).mappings()],
            quarantined=[dict(row) for row in connection.execute(quarantined).mappings()],
            judgements=[each for each in judged if not each["history"]],
            history=sorted({each["quarter"] for each in judged if each["history"]}),
            items=gravest_first(line for board in boards.values() for line in board.lines),
            alerts=int(connection.execute(told).scalar_one()),
            new_alerts=int(connection.execute(fresh).scalar_one()),
            newly_unread=int(connection.execute(unread).scalar_one()),
            points=open_points(connection, fiscal_year=year),
        )
