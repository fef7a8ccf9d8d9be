"""A team whose workers die in the middle of their work, as machines do."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.warehouse.team import LARGEST_PART, Done, Task, Team, Thing


class Dying:
    """A team of which one worker dies in each kind of task, when it has done half of its part."""

    def __init__(self, team: Team, folder: Path) -> None:
        """Note in a folder in which tasks somebody died."""
        self._team, self._folder = team, folder

    @property
    def size(self) -> int:
        """How many there are."""
        return self._team.size

    @property
    def died_in(self) -> set[str]:
        """The tasks in which somebody died."""
        return {path.suffix[1:] for path in self._folder.glob("died.*")}

    def each(
        self,
        task: Task[Thing, Done],
        engine: Engine,
        things: Sequence[Thing],
        most: int = LARGEST_PART,
    ) -> list[Done]:
        """Do a task; it is begun again by whoever is left."""
        name = task.func.__name__ if isinstance(task, partial) else task.__name__
        mark = self._folder / f"died.{name}"
        dying = partial(_die_once, mark, os.getpid(), task)
        return self._team.each(dying, engine, things, most)


def _die_once(
    mark: Path, lead: int, task: Task[Thing, Done], engine: Engine, things: Sequence[Thing]
) -> Sequence[Done]:
    assert os.getpid() != lead
    if len(things) > 1 and not mark.exists():
        mark.touch()
        task(engine, things[: len(things) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return task(engine, things)
