"""What assets work with: the settings and the warehouse. Secrets stay in the environment."""

from contextlib import ExitStack
from functools import cached_property

import dagster as dg
from pydantic import PrivateAttr
from sqlalchemy import Engine

from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.inbox import Listed
from perf_pipeline.warehouse.team import Team, hired


class Pipeline(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation: its settings, and its warehouse, opened when first asked for.

    Nothing of it is Dagster configuration, so that no password is ever shown in the UI.
    """

    _run: str | None = PrivateAttr(None)
    _hired: ExitStack = PrivateAttr(default_factory=ExitStack)

    @cached_property
    def settings(self) -> Settings:
        """The settings, from the environment."""
        return Settings()

    @cached_property
    def engine(self) -> Engine:
        """The warehouse at its newest schema."""
        url = self.settings.warehouse_url.get_secret_value()
        return open_warehouse(url, self.settings.acting(self._run))

    @cached_property
    def inbox(self) -> Listed:
        """The inbox as this run sees it, listed once."""
        return Listed(self.settings.inbox)

    @cached_property
    def team(self) -> Team:
        """Who reads files and draws reports, hired when first asked for, until the run ends."""
        return self._hired.enter_context(hired(self.settings.workers))

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take note of the run, for the log of acts, and of the code that it begins with."""
        self._run = context.run.run_id if context.run else None
        self.__dict__.pop("inbox", None)  # each run looks anew
        code_digest()  # kept by the process: an upgrade meanwhile is none of this run's judgements

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Let go of the team and the warehouse when a run has ended."""
        self._hired.close()
        if "engine" in self.__dict__:
            self.engine.dispose()
