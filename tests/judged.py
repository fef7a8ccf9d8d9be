"""One department's judgement, written by hand."""

from sqlalchemy import Connection

from perf_pipeline.warehouse.history import Rows, Snapshot, write_snapshots


def write_snapshot(
    connection: Connection, kind: str, department: int, checkpoint: int, tables: Rows
) -> Snapshot:
    """Write a new version of a department's judgement, unless its last version says the same."""
    return write_snapshots(connection, kind, checkpoint, {department: tables})[department]
