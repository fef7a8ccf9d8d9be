"""Who does the work (分工): this process, or several, by parts of the departments.

Everything but the roll-ups falls apart by department, and files are read before the write lock is
taken. So what takes long, reading files and drawing reports, is done part by part: here one after
the other, by a team several at once, against the same warehouse and the same folders. A part is
done once or not at all in any order; a worker that dies loses a part that another does again.

The team is Dask's: processes of this machine, or the workers of a scheduler anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, Engine

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.language.spoken import language, speak
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.seals.deed import Acting
from perf_pipeline.warehouse.seals.record import ACTING

if TYPE_CHECKING:
    from distributed import Client

LARGEST_PART = 50  # departments at once, of which all is read: memory stays bounded
ANSWERS_WITHIN = "30s"  # a scheduler
Thing = TypeVar("Thing")
Done = TypeVar("Done")
Task = Callable[[Engine, Sequence[Thing]], Sequence[Done]]


class Team:
    """Whoever does a task for many things, a part at a time: this process by itself."""

    @property
    def size(self) -> int:
        """How many work at once."""
        return 1

    def each(
        self,
        task: Task[Thing, Done],
        engine: Engine,
        things: Sequence[Thing],
        most: int = LARGEST_PART,
    ) -> list[Done]:
        """Do a task for all things, so many at most at once; return what it returned, in order.

        The task is a function of a module, or a partial of one: it may be done elsewhere.
        """
        return [done for part in parted(things, most) for done in task(engine, part)]


ALONE = Team()


class Workers(Team):
    """The workers of a Dask scheduler."""

    def __init__(self, client: Client) -> None:
        """Give tasks to the scheduler that a client is connected to."""
        self._client = client

    @property
    def size(self) -> int:
        """How many there are at the moment, but one at least."""
        return max(len(self._client.scheduler_info(n_workers=-1)["workers"]), 1)

    @property
    def address(self) -> str:
        """Where the scheduler is."""
        return str(self._client.scheduler_info(n_workers=0)["address"])

    def each(
        self,
        task: Task[Thing, Done],
        engine: Engine,
        things: Sequence[Thing],
        most: int = LARGEST_PART,
    ) -> list[Done]:
        """Do a task for parts of the things at once, each on a worker.

        Raises what the task raised, and ConfigurationError where a worker has another program.
        """
        parts = parts_for(things, self.size, most)
        acting = engine.get_execution_options().get(ACTING)
        order = _Order(engine.url, acting, language(), code_digest())
        given = self._client.map(partial(_at_worker, order, task), parts, pure=False)
        return [done for part in self._client.gather(given) for done in part]


@contextmanager
def hired(workers: str) -> Iterator[Team]:
    """Give the team that a setting asks for: none (""), so many processes, or an address.

    The processes are of this machine and end with the context; the address is a scheduler's
    (tcp://…, tls://…), whose workers see the warehouse, inbox and output under the same names.
    Raises ConfigurationError where nobody answers at the address, and where Dask is missing.
    """
    if not workers:
        yield ALONE
        return
    try:
        from distributed import Client, LocalCluster  # costs a second where nobody is hired
    except ImportError as error:
        raise ConfigurationError("PERF_WORKERS 要用 Dask：请安装 perf-pipeline[team]") from error
    if workers.isdecimal():
        with (
            LocalCluster(
                n_workers=int(workers),
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                memory_limit=0,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield Workers(client)
        return
    try:
        client = Client(workers, set_as_default=False, timeout=ANSWERS_WITHIN)
    except OSError as error:
        raise ConfigurationError(f"PERF_WORKERS：{workers} 没有调度程序应答") from error
    with client:
        yield Workers(client)


@dataclass(frozen=True)
class _Order:
    """What a worker has to know: the warehouse (shown without its password), who acts, the code."""

    url: URL
    acting: Acting | None
    language: str
    code: str


def _at_worker(order: _Order, task: Task[Thing, Done], part: Sequence[Thing]) -> Sequence[Done]:
    if code_digest() != order.code:
        raise ConfigurationError("工作进程的程序或台账声明与派活的不同；请更新后重新启动工作进程")
    speak(order.language)
    engine = _warehouse(order.url)
    engine.update_execution_options(**{ACTING: order.acting})
    return task(engine, part)


@lru_cache(maxsize=1)
def _warehouse(url: URL) -> Engine:
    return connect(url.render_as_string(hide_password=False))


def parts_for(
    things: Sequence[Thing], workers: int, most: int = LARGEST_PART
) -> list[Sequence[Thing]]:
    """Part things for so many workers: as few parts as memory allows, as many for each.

    Making the selects of a part takes as long as drawing some eight departments.
    """
    rounds = -(-len(things) // (workers * most))
    return parted(things, max(-(-len(things) // (workers * max(rounds, 1))), 1))


def parted(things: Sequence[Thing], size: int) -> list[Sequence[Thing]]:
    """Part things so that no part has more than so many."""
    return [things[start : start + size] for start in range(0, len(things), size)]
