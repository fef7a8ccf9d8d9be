"""The record of recomputations (复算记录): the newest, and what it found that still stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import (
    checkpoint,
    recomputation,
    recomputed_figure,
    snapshot,
)
from perf_pipeline.warehouse.typed import StoredRow


class Outcome(StrEnum):
    """What came of a figure that was drawn."""

    EQUAL = "equal"
    DIFFERENT = "different"
    LEFT = "left"  # the plain path cannot compute it


def state(equal: int, different: int, left: int) -> str:
    """Say how many figures were computed again, and what came of them."""
    done = equal + different
    result = "没有可比的" if not done else f"{different}项不一致" if different else "全部一致"
    return f"复算{done}项，{result}" + (f"；另有{left}项未能复算" if left else "")


@dataclass(frozen=True)
class Recorded:
    """A recomputation as it was recorded: when, and how many figures came out how."""

    happened_at: datetime
    equal: int
    different: int
    left: int

    @property
    def statement(self) -> str:
        """Say when it was, and what came of it."""
        day = f"{self.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        return f"{day} {state(self.equal, self.different, self.left)}"


def newest_recomputation(connection: Connection) -> Recorded | None:
    """Return the newest recomputation; None where there was none."""
    query = select(recomputation).order_by(recomputation.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    counts = {each.value: row[each.value] for each in Outcome}
    return Recorded(as_utc(row["happened_at"]), **counts)


def standing_differences(connection: Connection) -> Sequence[StoredRow]:
    """Return the figures that differed when they were last computed again, and still stand.

    One whose department has been judged anew since, at its checkpoint or a later one, stands no
    more; one that could not be computed again since stands as it did.
    """
    last = (
        select(func.max(recomputed_figure.c.id))
        .where(recomputed_figure.c.outcome != Outcome.LEFT)
        .group_by(recomputed_figure.c.figure)
    )
    its, newer = checkpoint.alias("its_checkpoint"), checkpoint.alias("newer_checkpoint")
    judged_since = (
        select(snapshot.c.id)
        .join(newer, newer.c.id == snapshot.c.checkpoint_id)
        .where(
            snapshot.c.kind == "monitoring",
            snapshot.c.department_id == recomputed_figure.c.department_id,
            its.c.id == recomputed_figure.c.checkpoint_id,
            newer.c.ends_on >= its.c.ends_on,
            snapshot.c.created_at > recomputation.c.happened_at,
        )
        .exists()
    )
    query = (
        select(recomputed_figure, recomputation.c.happened_at)
        .join(recomputation, recomputation.c.id == recomputed_figure.c.recomputation_id)
        .where(
            recomputed_figure.c.id.in_(last.scalar_subquery()),
            recomputed_figure.c.outcome == Outcome.DIFFERENT,
            ~judged_since,
        )
        .order_by(recomputed_figure.c.id)
    )
    return connection.execute(query).all()
