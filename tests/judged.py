"""One department's judgement, written by hand."""

from sqlalchemy import Connection

from perf_pipeline.warehouse.history import Snapshot, write_snapshots
from perf_pipeline.warehouse.whole_table import Judged


def write_snapshot(
    connection: Connection, kind: str, department: int, checkpoint: int, tables: Judged
) -> Snapshot:
    """Write a new version of a department's judgement, unless its last version says the same."""
    return write_snapshots(connection, kind, checkpoint, {department: tables})[department]
