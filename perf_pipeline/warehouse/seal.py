"""The seal of a warehouse: the code whose declarations it was last compared with, and its schema.

Comparing every table and view with its declaration takes a third of a second and Alembic. While
neither the code nor the database's catalogue changed since, the answer is still the same, and one
query tells that. The seal is a view, as `star_version` is: made by an upgrade, by no migration.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from perf_pipeline.warehouse.code_digest import code_digest

SEAL = "schema_seal"
COLUMNS = {"seal": "程序与结构的摘要；二者都没有变时，启动不必逐表比较"}
CATALOGUE = {
    "sqlite": (
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
        f" WHERE name <> '{SEAL}' ORDER BY type, name"
    ),
    "postgresql": (
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable)"
        " FROM information_schema.columns"
        f" WHERE table_schema = current_schema() AND table_name <> '{SEAL}'"
        " ORDER BY table_name, column_name"
    ),
}
FOUND = {
    "sqlite": f"SELECT count(*) FROM sqlite_master WHERE name = '{SEAL}'",
    "postgresql": f"SELECT count(to_regclass('{SEAL}'))",
}


def is_intact(connection: Connection) -> bool:
    """Tell whether code and catalogue are those that an upgrade left: no look at tables needed."""
    if not connection.exec_driver_sql(FOUND[connection.dialect.name]).scalar_one():
        return False
    return bool(connection.exec_driver_sql(f"SELECT seal FROM {SEAL}").scalar() == _now(connection))


def renew(connection: Connection) -> None:
    """Seal the warehouse as it is, after it was compared and brought up to date."""
    create = "CREATE OR REPLACE VIEW"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {SEAL}")
        create = "CREATE VIEW"
    connection.exec_driver_sql(f"{create} {SEAL} AS SELECT '{_now(connection)}' AS seal")


def _now(connection: Connection) -> str:
    digest = hashlib.sha256(code_digest().encode())
    for (line,) in connection.exec_driver_sql(CATALOGUE[connection.dialect.name]):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()
