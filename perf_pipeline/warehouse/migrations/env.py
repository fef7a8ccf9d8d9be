"""Run the migrations on the connection that `warehouse.engine.upgrade` hands over."""

from alembic import context

from perf_pipeline.warehouse.schema import metadata, register_tables


def migrated(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Leave the tables of registers out of new migrations: they follow their declarations."""
    return kind != "table" or name not in register_tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_object=migrated,
)
context.run_migrations()
