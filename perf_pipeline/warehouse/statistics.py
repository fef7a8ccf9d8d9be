"""What the database knows of its tables' sizes, on which its choice of joins rests."""

from __future__ import annotations

from sqlalchemy import Connection, text

from perf_pipeline.warehouse.schema import metadata


def refresh_statistics(connection: Connection) -> None:
    """Have PostgreSQL count its tables anew before wide joins; SQLite joins well without.

    Right after a bulk load its planner still takes every table for empty, and would join by
    nested loops what it joins by hashes once it knows: minutes instead of a moment.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {', '.join(metadata.tables)}"))
