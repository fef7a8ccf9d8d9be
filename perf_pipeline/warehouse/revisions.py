"""Revisions of the schema: which a warehouse has, which is the newest, and how it gets there.

All of it works on a connection that is given, so that an upgrade or a restore is one transaction.
A warehouse keeps a mark of the code that it was last compared with and of the schema that it then
had; while both are as they were, opening it needs no comparison and not Alembic.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse import compared

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = str(Path(__file__).parent / "migrations")
REVISIONS = "alembic_version"


def newest_revision() -> str:
    """Return the newest revision of the schema that this version of the software knows.

    A migration's file is named by its revision, and revisions are numbers that grow.
    """
    versions = Path(MIGRATIONS) / "versions"
    return max(path.name.partition("_")[0] for path in versions.glob("[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the schema that a database has; None for one without a warehouse."""
    if not inspect(connection).has_table(REVISIONS):
        return None
    found = connection.scalar(select(column("version_num")).select_from(table(REVISIONS)))
    return None if found is None else str(found)


def is_current(connection: Connection) -> bool:
    """Tell whether schema and views are the newest, with all that registers declare."""
    if is_compared(connection):
        return True
    from perf_pipeline.warehouse import views
    from perf_pipeline.warehouse.declared_tables import pending_changes

    return (
        revision_of(connection) == newest_revision()
        and views.are_as_declared(connection)
        and not pending_changes(connection)
    )


def is_compared(connection: Connection) -> bool:
    """Tell whether nothing changed since an upgrade, so that nothing need be compared."""
    return revision_of(connection) == newest_revision() and compared.is_intact(connection)


def bring_up_to_date(connection: Connection) -> None:
    """Migrate to the newest schema, add what registers declare, renew the views, mark it all.

    All in the transaction begun; views that are as they should be, on a schema that is, stay.
    """
    from perf_pipeline.warehouse import views
    from perf_pipeline.warehouse.declared_tables import apply_changes, loosens, pending_changes

    renewed = revision_of(connection) != newest_revision() or not views.are_as_declared(connection)
    if renewed:
        views.drop_views(connection)  # no table can be rebuilt under them
    migrate(connection, "head")
    changes = pending_changes(connection)
    rebuilt = connection.dialect.name == "sqlite" and any(map(loosens, changes))
    if rebuilt and not renewed:  # elsewhere views may stay, with what was granted on them
        views.drop_views(connection)
        renewed = True
    apply_changes(connection, changes)
    if renewed:
        views.create_views(connection)
    compared.renew(connection)


def migrate(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision, in the transaction that the connection has begun.

    Raises ConfigurationError where the schema, or the revision asked for, is of newer software.
    """
    from alembic import command
    from alembic.util import CommandError

    config = _alembic()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        known = newest_revision()
        raise ConfigurationError(
            f"数据仓库的结构来自更新的版本（{error}）；本版本只认识到 {known}，请升级软件"
        ) from error


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return config
