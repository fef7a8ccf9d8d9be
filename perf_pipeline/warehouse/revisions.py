"""Revisions of the schema: which a warehouse has, which is the newest, and how it gets there.

All of it works on a connection that is given, so that an upgrade or a restore is one transaction.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse import views
from perf_pipeline.warehouse.declared_tables import apply_changes, pending_changes

MIGRATIONS = "perf_pipeline.warehouse:migrations"


def newest_revision() -> str:
    """Return the newest revision of the schema that this version of the software knows."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the schema that a database has; None for one without a warehouse."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(connection: Connection) -> bool:
    """Tell whether schema and views are the newest, with all that registers declare."""
    return (
        revision_of(connection) == newest_revision()
        and views.are_as_declared(connection)
        and not pending_changes(connection)
    )


def bring_up_to_date(connection: Connection) -> None:
    """Migrate to the newest schema, add what registers declare, renew the views.

    All in the transaction begun; views that are as they should be, on a schema that is, stay.
    """
    renewed = revision_of(connection) != newest_revision() or not views.are_as_declared(connection)
    if renewed:
        views.drop_views(connection)  # no table can be rebuilt under them
    migrate(connection, "head")
    apply_changes(connection, pending_changes(connection))
    if renewed:
        views.create_views(connection)


def migrate(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision, in the transaction that the connection has begun.

    Raises ConfigurationError where the schema, or the revision asked for, is of newer software.
    """
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
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return config
