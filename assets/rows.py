"""How many rows a table has to show for a materialization: the UI's row count."""

import dagster as dg
from sqlalchemy import Engine, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.quality.relations import relation
from perf_pipeline.warehouse.history import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import metadata

ROW_COUNT = "dagster/row_count"


def current_rows(engine: Engine, table: str) -> dict[str, dg.IntMetadataValue]:
    """Count a sourced table's current rows."""
    with engine.connect() as connection:
        query = select(func.count()).select_from(relation(table).subquery())
        return {ROW_COUNT: dg.MetadataValue.int(connection.scalar(query) or 0)}


def judged_rows(
    engine: Engine, table: str, kind: str, checkpoint: Checkpoint
) -> dict[str, dg.IntMetadataValue]:
    """Count the rows of a quarter's newest versions of all departments."""
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        newest = latest_snapshots(kind, -1 if at is None else at).subquery()
        judged = metadata.tables[table]
        query = select(func.count()).where(judged.c.snapshot_id.in_(select(newest.c.id)))
        return {ROW_COUNT: dg.MetadataValue.int(connection.scalar(query) or 0)}
