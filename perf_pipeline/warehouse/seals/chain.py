"""The chain of acts: each made again from what it says, and from its seals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from perf_pipeline.warehouse.schema import act, seal
from perf_pipeline.warehouse.seals.declared import spelled
from perf_pipeline.warehouse.seals.difference import Difference, Kind
from perf_pipeline.warehouse.seals.hashing import act_digest
from perf_pipeline.warehouse.seals.record import SEALED_OF_A_SEAL
from perf_pipeline.warehouse.typed import StoredRow

SAID = ("what", "subject", "person", "run", "code", "rules", "happened_at", "previous")


def acts_of(connection: Connection) -> Sequence[StoredRow]:
    """Return all acts, in their order; moments are spelled as they are hashed."""
    said = [spelled(column, connection.dialect.name).label(column.name) for column in act.c]
    return connection.execute(select(*said).order_by(act.c.id)).all()


def digest_of(done: StoredRow, seals: Sequence[StoredRow]) -> str:
    """Return the digest that an act must have by what it says and by its seals."""
    said = [getattr(done, name) for name in SAID]
    return act_digest(said, ([getattr(each, name) for name in SEALED_OF_A_SEAL] for each in seals))


def chain_differences(connection: Connection, head: str | None) -> Iterator[Difference]:
    """Yield where the chain is cut, or what an act says or sealed was changed.

    `head` is a digest that was noted elsewhere: an act must still have it.
    """
    previous, digests = "", set()
    found = connection.execute(
        select(seal).order_by(seal.c.act_id, seal.c.id), execution_options={"yield_per": 1_000}
    )
    waiting = next(found, None)
    for done in acts_of(connection):
        seals = []
        while waiting is not None and waiting.act_id <= done.id:
            if waiting.act_id < done.id:
                yield Difference(Kind.CHAIN_CUT, act=waiting.act_id, stored="有封存而没有操作")
            else:
                seals.append(waiting)
            waiting = next(found, None)
        if done.previous != previous:
            yield Difference(Kind.CHAIN_CUT, act=done.id, stored=f"其前为 {done.previous[:16]}")
        made = digest_of(done, seals)
        if made != done.digest:
            yield Difference(
                Kind.SEAL_CHANGED, act=done.id, stored=done.digest[:16], found=made[:16]
            )
        previous = done.digest
        digests.add(previous)
    if waiting is not None:
        yield Difference(Kind.CHAIN_CUT, act=waiting.act_id, stored="有封存而没有操作")
    if head is not None and not any(each.startswith(head) for each in digests):
        yield Difference(Kind.HEAD_MISSING, stored=head)
