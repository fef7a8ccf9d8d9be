"""The log of acts (操作记录), for people, for scripts and for a bundle of evidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from perf_pipeline.warehouse.schema import seal
from perf_pipeline.warehouse.seals.chain import acts_of
from perf_pipeline.warehouse.seals.deed import What
from perf_pipeline.warehouse.seals.hashing import moment_of


@dataclass(frozen=True)
class LoggedAct:
    """An act as it stands in the log; `wrote` is how many rows of which tables it sealed."""

    number: int
    happened_at: datetime
    what: str
    subject: str | None
    person: str
    run: str
    code: str
    rules: str | None
    wrote: dict[str, int]
    closed: dict[str, int]
    previous: str
    digest: str

    @property
    def label(self) -> str:
        """Name what was done; a word of newer software stands as it is."""
        return What(self.what).label if self.what in set(What) else self.what


def read_acts(connection: Connection) -> list[LoggedAct]:
    """Read the whole log, the oldest act first."""
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    summed = (
        select(seal.c.act_id, seal.c.kind, seal.c.table_name, func.sum(seal.c.rows).label("rows"))
        .group_by(seal.c.act_id, seal.c.kind, seal.c.table_name)
        .order_by(seal.c.act_id, seal.c.table_name)
    )
    for row in connection.execute(summed):
        counts[row.act_id, row.kind][row.table_name] = int(row._mapping["rows"])
    return [
        LoggedAct(
            row.id,
            moment_of(row.happened_at),
            *(row.what, row.subject, row.person, row.run, row.code, row.rules),
            counts[row.id, "rows"],
            counts[row.id, "closings"],
            *(row.previous, row.digest),
        )
        for row in acts_of(connection)
    ]
