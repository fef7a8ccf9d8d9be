"""Tables of registers and results follow their declarations: a new column needs no migration.

Migrations change the other tables. Those of registers and results are compared with their
declarations each time a warehouse is opened, by Alembic's own comparison, and what loses nothing
is done: a table, a column that may be empty, one that may be empty from now on, a comment. What
could lose or refuse data is not done but said, for a person to write a migration.
"""

from __future__ import annotations

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from sqlalchemy import Connection

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.result import DECLARED
from perf_pipeline.warehouse.schema import metadata, register_tables

FOLLOWING = {*register_tables, *DECLARED}


def pending_changes(connection: Connection) -> list[ops.MigrateOperation]:
    """Return what the tables of registers and results lack of their declarations.

    Raises ConfigurationError for a difference that cannot be made up by adding something.
    """

    def declared(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
        return kind != "table" or name in FOLLOWING

    def stored(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in FOLLOWING

    context = MigrationContext.configure(
        connection, opts={"include_object": declared, "include_name": stored}
    )
    found = produce_migrations(context, metadata).upgrade_ops
    changes: list[ops.MigrateOperation] = []
    for change in found.ops if found else ():
        parts = change.ops if isinstance(change, ops.ModifyTableOps) else [change]
        changes += [part for part in parts if not _left_alone(part)]
    refused = [each for each in changes if not _adds(each)]
    if refused:
        raise ConfigurationError(
            f"声明与数据仓库中已有的表不符，不能自动改动：{'；'.join(map(_named, refused))}。"
            "新增的列须允许为空；其他改动请写一次迁移"
        )
    return changes


def apply_changes(connection: Connection, changes: list[ops.MigrateOperation]) -> None:
    """Add to the tables what they lack."""
    operations = Operations(MigrationContext.configure(connection))
    for change in changes:
        if loosens(change):
            assert isinstance(change, ops.AlterColumnOp)
            with operations.batch_alter_table(change.table_name) as table:
                table.alter_column(
                    change.column_name, existing_type=change.existing_type, nullable=True
                )
        else:
            operations.invoke(change)


def loosens(change: ops.MigrateOperation) -> bool:
    """Tell whether a change lets a column be empty from now on: its table may be rebuilt for it."""
    return isinstance(change, ops.AlterColumnOp) and change.modify_nullable is True


def _adds(change: ops.MigrateOperation) -> bool:
    if isinstance(change, ops.AddColumnOp):
        return bool(change.column.nullable)
    if isinstance(change, ops.AlterColumnOp):
        return change.modify_nullable is not False and change.modify_type is None
    return isinstance(change, ops.CreateTableOp | ops.CreateIndexOp | ops.CreateTableCommentOp)


def _left_alone(change: ops.MigrateOperation) -> bool:
    """Tell a column that is no longer declared and may be empty: what it holds is kept."""
    if not isinstance(change, ops.DropColumnOp):
        return False
    dropped = change.to_column()
    return bool(dropped.nullable)


def _named(change: ops.MigrateOperation) -> str:
    table = getattr(change, "table_name", "")
    column = getattr(change, "column_name", None) or getattr(
        getattr(change, "column", None), "name", ""
    )
    return f"表 {table} 列 {column}" if column else f"表 {table}"
