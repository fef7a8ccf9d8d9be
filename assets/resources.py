"""What assets work with: the settings and the warehouse. Secrets stay in the environment."""

from functools import cached_property

import dagster as dg
from sqlalchemy import Engine

from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import open_warehouse


class Pipeline(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation: its settings, and its warehouse, opened when first asked for.

    Nothing of it is Dagster configuration, so that no password is ever shown in the UI.
    """

    @cached_property
    def settings(self) -> Settings:
        """The settings, from the environment."""
        return Settings()

    @cached_property
    def engine(self) -> Engine:
        """The warehouse at its newest schema."""
        return open_warehouse(self.settings.warehouse_url.get_secret_value())

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Let go of the warehouse when a run has ended."""
        if "engine" in self.__dict__:
            self.engine.dispose()
