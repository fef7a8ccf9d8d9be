"""How long a PostgreSQL that says nothing is waited for: as long as it lives.

A statement may take hours, and a server that is stopped, or whose machine is gone, says as little.
After some silence the server is therefore asked for another connection. Does it answer, the
statement is waited for; does it not, the statement ends with an error.
"""

from __future__ import annotations

from math import ceil, inf
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

from perf_pipeline.warehouse.complaints import SILENT

RV = TypeVar("RV")
# of a machine that is gone the system itself tells, if it is asked: after a minute and a half
ALIVE = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}


class PatientConnection(psycopg.Connection[tuple[object, ...]]):
    """A connection that, after so many seconds of silence, looks whether the server lives."""

    silence = 30.0  # seconds

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server; raises OperationalError where it does not answer any more."""
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        heard = monotonic()
        try:
            waits_for = next(gen)
            while True:
                ready = yield waits_for
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > self.silence:
                    self._ask()
                    heard = monotonic()
                waits_for = gen.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def _ask(self) -> None:
        """Ask for another connection; whatever the server answers, it lives."""
        at = {"password": self.info.password or None, "connect_timeout": ceil(self.silence)}
        try:
            psycopg.connect(self.info.dsn, **at).close()  # type: ignore[arg-type]
        except psycopg.errors.ConnectionTimeout as error:
            self.close()  # what else is said on it would be waited for again
            raise psycopg.OperationalError(SILENT) from error
        except psycopg.OperationalError:
            pass


def wait_patiently(engine: Engine) -> None:
    """Let an engine's connections look after `connect_timeout` seconds of silence."""

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: object, _record: object, given: tuple[str, ...], named: dict[str, Any]
    ) -> PatientConnection:
        connection = PatientConnection.connect(*given, **(ALIVE | named))
        seconds = float(named["connect_timeout"])
        connection.silence = seconds if seconds > 0 else inf  # 0: wait without end, as libpq does
        return connection
