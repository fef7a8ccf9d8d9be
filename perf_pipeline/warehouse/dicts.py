"""Selects as dicts of plain Python values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from perf_pipeline.warehouse.typed import CompoundQuery, Query


def read_dicts(
    connection: Connection,
    query: Query | CompoundQuery,
    named: Mapping[str, object] | None = None,
) -> list[dict[str, Any]]:
    """Read a select into dicts by column, in a fraction of the time of SQLAlchemy's mappings."""
    result = connection.execute(query, named)
    names = list(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]
