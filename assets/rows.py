"""What a materialization tells: how many rows a table has, of which light, and their version.

What is told has names in the language of the setting, but for Dagster's own. Numbers are drawn as
curves over the quarters by the UI. The version of the data changes when the rows do: what was made
from an older one is told to be stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import dagster as dg
from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.domain.words import Word
from perf_pipeline.language.spoken import say
from perf_pipeline.quality.relations import relation
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import metadata, snapshot, source_file
from perf_pipeline.warehouse.typed import Query

Materialized = dg.MaterializeResult[None]
DAGSTER = "dagster/"
ROW_COUNT = f"{DAGSTER}row_count"
COUNTED: dict[str, tuple[str, type[Word]]] = {
    "spending_result": ("light", Light),
    "indicator_result": ("status", Status),
    "case_limit": ("state", LimitState),
    "outlook": ("likelihood", Likelihood),
}


def taken_in(
    engine: Engine, table: str, told: Mapping[str, Any], kinds: Sequence[str] = ()
) -> Materialized:
    """Tell of a sourced table: its current rows, at the version of the files of its kinds.

    Without kinds it is that of all files.
    """
    files = relation(source_file.name).subquery()
    versions = select(files.c.path, files.c.sha256, files.c.read_with, files.c.reason)
    if kinds:
        versions = versions.where(files.c.kind.in_(kinds))
    with engine.connect() as connection:
        rows = connection.scalar(select(func.count()).select_from(relation(table).subquery()))
        version = data_version(connection, versions)
    counted = named({**told, ROW_COUNT: rows or 0})
    return dg.MaterializeResult(asset_key=table, metadata=counted, data_version=version)


def judged(
    engine: Engine, table: str, kind: str, checkpoint: Checkpoint, told: Mapping[str, Any]
) -> Materialized:
    """Tell of a judged table: the rows of a quarter's newest versions of all departments."""
    rows = metadata.tables[table]
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        newest = latest_snapshots(kind, -1 if at is None else at).subquery()
        ids = select(newest.c.id)
        counted = _counts(connection, rows, rows.c.snapshot_id.in_(ids))
        versions = select(snapshot.c.department_id, snapshot.c.content_hash)
        version = data_version(connection, versions.where(snapshot.c.id.in_(ids)))
    found = named({**told, **counted})
    return dg.MaterializeResult(asset_key=table, metadata=found, data_version=version)


def named(told: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is told under names in the language of the setting; Dagster's own names stay."""
    return {name if name.startswith(DAGSTER) else say(name): each for name, each in told.items()}


def as_table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """Write a table for the UI, each cell in the language of the setting."""
    rows = [heads, ["---"] * len(heads), *lines]
    return dg.MetadataValue.md(
        "\n".join(f"| {' | '.join(say(str(cell)) for cell in row)} |" for row in rows)
    )


def data_version(connection: Connection, versions: Query) -> dg.DataVersion:
    """Return a digest of rows that say which version of everything is meant, in any order."""
    said = sorted(repr(tuple(row)) for row in connection.execute(versions))
    return dg.DataVersion(sha256("\n".join(said).encode()).hexdigest()[:16])


def _counts(connection: Connection, rows: Table, these: ColumnElement[bool]) -> dict[str, int]:
    """Count rows, and those of each light, status or state there is, none of them left out."""
    if rows.name not in COUNTED:
        query = select(func.count()).select_from(rows).where(these)
        return {ROW_COUNT: connection.scalar(query) or 0}
    column, kinds = COUNTED[rows.name]
    query = select(rows.c[column].label("kind"), func.count().label("rows")).where(these)
    grouped: Any = connection.execute(query.group_by(rows.c[column]))
    found = {each.kind: each.rows for each in grouped}
    return {
        ROW_COUNT: sum(found.values()),
        **{f"{kind.label}的行数": found.get(str(kind), 0) for kind in kinds},
    }
