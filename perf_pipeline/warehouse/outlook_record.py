"""The record of outlooks (预计的记录): each that was made before its year ended, and what came.

The newest outlook of each checkpoint is compared with the fact of its year's last one. Without a
probability, or where nothing decided at the year's end whether the target was reached, there is
nothing to compare.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import checkpoint, outlook, snapshot

COMPARED = (  # without its long texts, which would be sorted with it
    *("id", "subject", "subject_key", "measured_in", "method"),
    *("point", "low80", "high80", "probability_bp"),
)


def ended_outlooks(departments: Collection[int] | None = None) -> Subquery:
    """Select the outlooks of years that ended, of some departments or all.

    Columns: what is COMPARED, its department_id, checkpoint_id, fiscal_year and version, the fact
    in the outlook's unit (final_point), came_true and in_interval (0 or 1).
    """
    newest = latest_snapshots("outlook", departments=departments).subquery("newest_outlook")
    is_fact = outlook.c.method == "fact"
    of_subject = [
        snapshot.c.department_id,
        checkpoint.c.fiscal_year,
        outlook.c.subject,
        outlook.c.subject_key,
    ]

    def at_the_end(column: str) -> ColumnElement[int]:
        fact = func.max(case((is_fact, outlook.c[column])))
        return fact.over(partition_by=of_subject).label(f"final_{column}")

    told = (
        select(
            *(outlook.c[name] for name in COMPARED),
            *(snapshot.c[name] for name in ("department_id", "checkpoint_id", "version")),
            checkpoint.c.fiscal_year,
            at_the_end("point"),
            at_the_end("probability_bp"),
        )
        .join(snapshot, snapshot.c.id == outlook.c.snapshot_id)
        .join(newest, newest.c.id == snapshot.c.id)
        .join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
        .subquery("told_and_ended")
    )
    within = and_(told.c.final_point >= told.c.low80, told.c.final_point <= told.c.high80)
    return (
        select(
            told,
            case((told.c.final_probability_bp == WHOLE_BP, 1), else_=0).label("came_true"),
            case((within, 1), else_=0).label("in_interval"),
        )
        .where(
            told.c.method != "fact",
            told.c.probability_bp.is_not(None),
            told.c.final_probability_bp.is_not(None),
        )
        .subquery("ended_outlook")
    )
