"""Run the migrations on the connection that `warehouse.engine.upgrade` hands over."""

from alembic import context

from perf_pipeline.warehouse.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
