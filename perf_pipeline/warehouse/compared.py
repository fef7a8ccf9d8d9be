"""With which code a warehouse was last compared, and which schema it then had.

Comparing every table and view with its declaration takes a third of a second and Alembic. While
neither the code nor the database's catalogue changed since, the answer is still the same, and one
query tells that, also to a role that may see little of it. The mark is a view, as `star_version`
is: made by an upgrade, by no migration.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from perf_pipeline.warehouse.code_digest import code_digest

MARK = "schema_compared"
PASSING = "validated_"  # how the views begin that a check lays over a table while it runs
COLUMNS = {"digest": "程序与结构的摘要；二者都没有变时，启动不必逐表比较"}
CATALOGUE = {
    "sqlite": (
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
        f" WHERE name <> '{MARK}' AND substr(name, 1, {len(PASSING)}) <> '{PASSING}'"
        " ORDER BY type, name"
    ),
    "postgresql": (
        "SELECT concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull)"
        " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE relnamespace = current_schema()::text::regnamespace AND relkind IN ('r', 'p', 'v')"
        f" AND attnum > 0 AND NOT attisdropped AND relname <> '{MARK}'"
        f" AND substr(relname, 1, {len(PASSING)}) <> '{PASSING}'"
        " ORDER BY relname, attname"
    ),
}
FOUND = {
    "sqlite": f"SELECT count(*) FROM sqlite_master WHERE name = '{MARK}'",
    "postgresql": f"SELECT count(to_regclass('{MARK}'))",
}


def is_intact(connection: Connection) -> bool:
    """Tell whether code and catalogue are those that an upgrade left: no look at tables needed."""
    if not connection.exec_driver_sql(FOUND[connection.dialect.name]).scalar_one():
        return False
    return bool(
        connection.exec_driver_sql(f"SELECT digest FROM {MARK}").scalar() == _now(connection)
    )


def renew(connection: Connection) -> None:
    """Mark the warehouse as it is, after it was compared and brought up to date."""
    create = "CREATE OR REPLACE VIEW"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {MARK}")
        create = "CREATE VIEW"
    connection.exec_driver_sql(f"{create} {MARK} AS SELECT '{_now(connection)}' AS digest")


def _now(connection: Connection) -> str:
    digest = hashlib.sha256(code_digest().encode())
    for (line,) in connection.exec_driver_sql(CATALOGUE[connection.dialect.name]):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()
