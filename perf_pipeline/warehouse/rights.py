"""Rights on PostgreSQL: what each role may do, and which department's rows a reader sees.

The tables are owned by the role that upgrades. Everything here follows from declarations: which
columns the product itself changes (`CHANGES`), which tables are of the log (`CHAIN`) or of no
department (`SHARED`), and, by their references, whose rows all others hold. A table, view or
column that is new is shown to nobody until rights are given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Table, select

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.role import Role
from perf_pipeline.warehouse.revisions import REVISIONS
from perf_pipeline.warehouse.schema import department, metadata
from perf_pipeline.warehouse.seals.declared import is_of_chain, is_shared, may_change

# tables, views and sequences of the role that grants; what other people made is theirs
OWN = """
SELECT relkind::text, relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
AND pg_has_role(relowner, 'USAGE') ORDER BY relname
"""
# roles that were let work, or only read (docs/warehouse.md), before rows had policies
BEFORE = """
SELECT grantee::text, bool_or(privilege_type = 'INSERT')
FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND table_name = 'snapshot'
AND privilege_type IN ('INSERT', 'SELECT')
AND grantee <> current_user AND grantee <> 'PUBLIC' AND grantee NOT IN (
  SELECT unnest(roles)::text FROM pg_policies WHERE tablename = 'snapshot')
GROUP BY grantee
"""
INVOKER_VIEWS = 150_000  # the first version whose views look with the rights of who asks


def grant(
    connection: Connection, role: str, kind: Role = Role.LOADER, departments: Sequence[str] = ()
) -> None:
    """Give a role the rights of its kind, and take all others from it.

    Belongs in a transaction of the tables' owner. Raises ConfigurationError on SQLite, where the
    file's rights are all there is, and where a reader's departments are not named or not known.
    """
    if connection.dialect.name != "postgresql":
        raise ConfigurationError("只有 PostgreSQL 能分角色授权；SQLite 请用文件的权限")
    if (kind is Role.READER) != bool(departments):
        raise ConfigurationError("部门读者要写明部门（--department），别的角色不写")
    quote = connection.dialect.identifier_preparer.quote
    whose = _numbers(connection, departments)
    if kind is Role.READER and not _looks_as_who_asks(connection):
        raise ConfigurationError("部门读者需要 PostgreSQL 15 以上：以前的视图绕过行的权限")
    others = [tuple(each) for each in connection.exec_driver_sql(BEFORE) if each[0] != role]
    orders = [*_enabled()]
    for other, works in others:  # who reads goes on seeing what was granted
        orders += _policies(quote(other), Role.LOADER if works else Role.AUDITOR, ())
    orders += [*_grants(connection, quote(role), kind), *_policies(quote(role), kind, whose)]
    for order in orders:
        connection.exec_driver_sql(order)


def _numbers(connection: Connection, codes: Sequence[str]) -> list[int]:
    known = {row.code: row.id for row in connection.execute(select(department))}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ConfigurationError(f"数据仓库里没有部门 {'、'.join(unknown)}")
    return [known[code] for code in codes]


def _looks_as_who_asks(connection: Connection) -> bool:
    number = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    return int(str(number)) >= INVOKER_VIEWS


def _enabled() -> Iterator[str]:
    """Let every table ask its policies; the owner is above them."""
    for name in (REVISIONS, *map(_name, metadata.sorted_tables)):
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    # whoever was granted its row sees it, by which release ever, and nobody changes it
    yield f"DROP POLICY IF EXISTS {REVISIONS} ON {REVISIONS}"
    yield f"CREATE POLICY {REVISIONS} ON {REVISIONS} FOR SELECT USING (true)"


def _grants(connection: Connection, to: str, kind: Role) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    yield f"REVOKE ALL ON SCHEMA public FROM {to}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {to}"
    # the checks of quality make views
    more = ", CREATE" if kind is Role.LOADER else ""
    yield f"GRANT USAGE{more} ON SCHEMA public TO {to}"
    for what, name in connection.exec_driver_sql(OWN).all():
        yield f"REVOKE ALL ON {'SEQUENCE ' if what == 'S' else ''}{quote(name)} FROM {to}"
        if what == "v" and _looks_as_who_asks(connection):
            yield f"ALTER VIEW {quote(name)} SET (security_invoker = true)"
        if what == "S":
            if kind is Role.LOADER:
                yield f"GRANT USAGE ON SEQUENCE {quote(name)} TO {to}"
        elif what in ("v", "m") or name == REVISIONS or _reads(kind, metadata.tables.get(name)):
            yield f"GRANT SELECT ON {quote(name)} TO {to}"
    if kind is Role.LOADER:  # to lock it and so take turns: no policy lets a row of it be changed
        yield f"GRANT UPDATE ON {REVISIONS} TO {to}"
    for table in metadata.sorted_tables if kind is Role.LOADER else ():
        yield f"GRANT INSERT ON {_name(table)} TO {to}"
        if changing := ", ".join(map(quote, may_change(table, by_loader=True))):
            yield f"GRANT UPDATE ({changing}) ON {_name(table)} TO {to}"


def _reads(kind: Role, table: Table | None) -> bool:
    """Tell whether a role of a kind may read a table; those that are not ours are the schema's."""
    if kind in (Role.LOADER, Role.AUDITOR):
        return True
    if table is None or is_of_chain(table):
        return False
    return kind is Role.ANALYST or is_shared(table) or owned(table, "") is not None


def _policies(to: str, kind: Role, whose: Sequence[int]) -> Iterator[str]:
    """Say which rows a role sees; each has one policy a table, made anew."""
    numbers = ", ".join(map(str, whose)) or "NULL"
    name = f'"of {to.strip(chr(34))}"'
    for table in metadata.sorted_tables:
        yield f"DROP POLICY IF EXISTS {name} ON {_name(table)}"
        if kind is Role.LOADER:
            yield (f"CREATE POLICY {name} ON {_name(table)} TO {to} USING (true) WITH CHECK (true)")
        elif _reads(kind, table):
            free = kind is not Role.READER or is_shared(table)
            seen = "true" if free else owned(table, numbers)
            yield f"CREATE POLICY {name} ON {_name(table)} FOR SELECT TO {to} USING ({seen})"


def owned(table: Table, departments: str) -> str | None:
    """Return what holds for a table's rows that are of some departments, by its references.

    Rows without a department of their own are whose the row is that they belong to: policies of
    that one's table are asked. None for what is of no department.
    """
    if table is department:
        return f"id IN ({departments})"
    if "department_id" in table.c:
        return f"department_id IN ({departments})"
    for column in table.c:
        for key in column.foreign_keys if not column.nullable else ():
            parent = key.column.table
            if not is_of_chain(parent) and owned(parent, departments) is not None:
                return f'"{column.name}" IN (SELECT id FROM {_name(parent)})'
    return None


def _name(table: Table) -> str:
    return f'"{table.name}"'
