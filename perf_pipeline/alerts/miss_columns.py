"""The columns of a miss: every select of what deserves an alert has these, so that all go together.

department_id, department_code, checkpoint_id, ordinal, label, snapshot_id, rule, subject_key,
level, subject, place, gap, evidence, about and about_key (the item that the miss is of), and
evidence_id, by which they are ordered.
"""

from __future__ import annotations

from sqlalchemy import Text, cast, literal, select

from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department
from perf_pipeline.warehouse.typed import Expression, Query

TEXTS = ("subject_key", "level", "subject", "place", "gap", "evidence", "about", "about_key")


def miss_columns(rule: str, **columns: Expression) -> Query:
    """Select the columns of a miss from department, checkpoint and whatever is given."""
    evidence_id = columns.pop("evidence_id")
    return select(
        department.c.id.label("department_id"),
        department.c.code.label("department_code"),
        checkpoint_table.c.id.label("checkpoint_id"),
        checkpoint_table.c.ordinal,
        checkpoint_table.c.label,
        columns.pop("snapshot_id").label("snapshot_id"),
        literal(rule).label("rule"),
        *(cast(columns[name], Text).label(name) for name in TEXTS),
        evidence_id.label("evidence_id"),
    )
