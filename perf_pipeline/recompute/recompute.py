"""Recomputing (复算): figures of the newest judgement, drawn by risk, from the original files.

The plain path takes from the warehouse which figures are stored and which files were handed in,
and none of their values; it uses no reader, no merge and no measure of the product. What it cannot
do is counted as left, with the reason, and never as equal.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.recompute.comparing import compared_with, registers_of
from perf_pipeline.recompute.draw import StoredFigure, draw
from perf_pipeline.recompute.originals import Originals
from perf_pipeline.recompute.plain_file import NotPlain
from perf_pipeline.recompute.record import Outcome, standing_differences, state
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME, checkpoint_of
from perf_pipeline.warehouse.engine import as_utc, one_moment, write_transaction
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import (
    act,
    department,
    indicator_result,
    recomputation,
    recomputed_figure,
    snapshot,
    spending_result,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recomputed:
    """A figure that was drawn: whose, and what came of it."""

    figure: str
    subject: str
    outcome: Outcome
    said: str
    department_id: int
    checkpoint_id: int

    def __str__(self) -> str:
        return f"{self.figure} {self.subject}：{self.said}"


@dataclass(frozen=True)
class Recomputation:
    """One recomputation: the seed, and each figure drawn."""

    seed: str
    figures: tuple[Recomputed, ...]

    def count(self, outcome: Outcome) -> int:
        """Count the figures of an outcome."""
        return Counter(each.outcome for each in self.figures)[outcome]

    @property
    def statement(self) -> str:
        """Say in one sentence what was computed and what came of it."""
        return state(*(self.count(each) for each in Outcome))

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return asdict(self) | {each.value: self.count(each) for each in Outcome}


def recompute(engine: Engine, inbox: Path, most: int, seed: str) -> Recomputation:
    """Compute `most` stored figures again, and keep the record in the warehouse.

    Those that differed the last time are computed again beside them.
    """
    with one_moment(engine) as connection:
        figures = list(_newest_figures(connection))
        before = {row.figure for row in standing_differences(connection)}
        drawn = [each for each in figures if each.figure in before]  # until they are settled
        drawn += draw([each for each in figures if each.figure not in before], most, seed)
        originals = Originals(connection, inbox)
        begun = connection.scalar(select(func.min(act.c.happened_at)))
        since = None if begun is None else as_utc(begun)
        found = Recomputation(seed, tuple(_recomputed(each, originals, since) for each in drawn))
    _keep(engine, found)
    return found


def is_due(engine: Engine, day: date, most: int) -> bool:
    """Tell whether `most` figures are to be drawn on a day: once, and again after a new judgement.

    A smaller draw, made by hand, is not the day's, unless it drew all that there is.
    """
    begins = datetime.combine(day, time(), LOCAL).astimezone(UTC)
    with engine.connect() as connection:
        judged = connection.scalar(
            select(func.max(snapshot.c.created_at)).where(snapshot.c.kind == "monitoring")
        )
        if judged is None:
            return False
        since = max(begins, as_utc(judged))
        drawn = connection.scalar(
            select(func.max(recomputation.c.drawn)).where(recomputation.c.happened_at >= since)
        )
        if drawn is None or drawn >= most:
            return drawn is None
        return int(drawn) < sum(1 for _ in _newest_figures(connection))


def _keep(engine: Engine, found: Recomputation) -> None:
    counts = {each.value: found.count(each) for each in Outcome}
    with write_transaction(engine) as connection:
        added = insert(recomputation).values(
            happened_at=datetime.now(UTC), seed=found.seed, drawn=len(found.figures), **counts
        )
        number = connection.execute(added.returning(recomputation.c.id)).scalar_one()
        if found.figures:
            rows = [
                {"recomputation_id": number, **asdict(each), "outcome": str(each.outcome)}
                for each in found.figures
            ]
            connection.execute(insert(recomputed_figure), rows)


def _newest_figures(connection: Connection) -> Iterator[StoredFigure]:
    """Give every figure of each department's newest judgement, in an order that stays."""
    latest = latest_snapshots("monitoring").subquery("latest")
    day = (
        select(latest.c.department_id, func.max(checkpoint_table.c.ends_on).label("ends_on"))
        .join(checkpoint_table, checkpoint_table.c.id == latest.c.checkpoint_id)
        .where(checkpoint_table.c.ordinal.is_not(None))
        .group_by(latest.c.department_id)
        .subquery("newest_day")
    )
    judged = (
        select(
            latest.c.id,
            latest.c.department_id,
            snapshot.c.created_at,
            DEPARTMENT_NAME.label("department"),
            checkpoint_table.c.id.label("checkpoint_id"),
        )
        .join(snapshot, snapshot.c.id == latest.c.id)
        .join(department, department.c.id == latest.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == latest.c.checkpoint_id)
        .join(
            day,
            (day.c.department_id == latest.c.department_id)
            & (day.c.ends_on == checkpoint_table.c.ends_on),
        )
    )
    of = {row.id: row for row in connection.execute(judged)}
    points = {
        row.id: checkpoint_of(row)
        for row in connection.execute(select(checkpoint_table))
        if row.id in {each.checkpoint_id for each in of.values()}
    }
    for letter, table in (("S", spending_result), ("I", indicator_result)):
        query = select(table).where(table.c.snapshot_id.in_(list(of))).order_by(table.c.id)
        for row in connection.execute(query):
            whose = of[row.snapshot_id]
            yield StoredFigure(
                f"{letter}{row.id}",
                whose.department_id,
                whose.department,
                whose.checkpoint_id,
                points[whose.checkpoint_id],
                as_utc(whose.created_at),
                row,
            )


def _recomputed(each: StoredFigure, originals: Originals, log_since: datetime | None) -> Recomputed:
    try:
        pairs, aside = compared_with(each, originals)
        differing = [f"{what}库中为{a}，复算为{b}" for what, a, b in pairs if a != b]
        later = originals.last_came(each.department_id, registers_of(each))
        if differing and later is not None and later > each.judged_at:
            raise NotPlain("评价之后又收到这种台账")
        if differing and log_since is not None and each.judged_at < log_since:
            raise NotPlain("评价是升级以前的程序作出的，规则可能不同；重新评价后再复算")
    except NotPlain as reason:
        outcome, said = Outcome.LEFT, f"未复算：{reason}"
    except DBAPIError:
        raise  # of the warehouse, not of the figure
    except Exception as error:  # one figure must not keep the others, nor the day's alerts
        log.error("复算失败 %s", each.figure, exc_info=error)
        outcome = Outcome.LEFT
        said = f"未复算：程序没有预料到的情况（{type(error).__name__}），已记入日志"
    else:
        outcome = Outcome.DIFFERENT if differing else Outcome.EQUAL
        compared = "、".join(f"{what}{a}" for what, a, _ in pairs)
        said = "；".join([*(differing or [compared]), *aside])
    return Recomputed(
        each.figure, each.subject, outcome, said, each.department_id, each.checkpoint_id
    )
