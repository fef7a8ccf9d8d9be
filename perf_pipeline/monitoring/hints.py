"""What the data say of an indicator that falls short (系统提示): who is missing in its numerator.

For a rate counted from a register whose rows name a town (镇办) or a channel (渠道), the missing
numerators are counted by group. It is a hint of the system's own, never a reason given by staff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, Table, func, literal, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP, percent
from perf_pipeline.domain.status import Status
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.measure import Aggregate, Measure

SHORT = (str(Status.MISSED), str(Status.BEHIND))
GROUPS = {"town": "镇（办）", "channel": "渠道"}
NAMED_AT_MOST = 3

Subject = tuple[int, str, str | None]  # department, measure, project (None: of all projects)
Missing = list[tuple[str, int]]


def shortfall_hints(
    connection: Connection, judged: pd.DataFrame, checkpoint: Checkpoint
) -> np.ndarray:
    """Return a hint for each judged indicator that falls short of a rate; None for the others."""
    hints = np.full(len(judged), None, dtype=object)
    counted = judged["denominator"].notna() & judged["numerator"].notna()
    at_least = judged["operator"].isin([">=", ">"])
    short = np.flatnonzero((judged["status"].isin(SHORT) & counted & at_least).to_numpy())
    wanted = set(judged["measure"].iloc[short])
    selects = [
        found
        for measure in MEASURES
        if measure.code in wanted and measure.aggregate is Aggregate.RATE
        for found in missing_by_group(measure, checkpoint)
    ]
    if not selects:
        return hints
    missing = _by_subject(connection.execute(union_all(*selects)).all())
    columns = ("department_id", "measure", "project_name")
    subjects = zip(*(judged[name].iloc[short] for name in columns), strict=True)
    for at, (department, code, project) in zip(short, subjects, strict=True):
        groups = missing.get((department, code, project)) or missing.get((department, code, None))
        if groups:
            # in the order of GROUPS: that of the union's rows is no one's
            known = [(kind, groups[kind]) for kind in GROUPS if kind in groups]
            told = [_hint(kind, of) for kind, of in known if _tells(kind, of)]
            hints[at] = "；".join(told) or None
    return hints


def missing_by_group(measure: Measure, checkpoint: Checkpoint) -> list[Select[Any]]:
    """Select how many numerators each group lacks, for each column that groups the register."""
    rows = measure.rows(checkpoint)
    tables = [each for each in rows.columns_clause_froms if isinstance(each, Table)]
    if len(tables) != 1:
        return []
    return [
        _missing(measure, rows.add_columns(tables[0].c[column].label("group_name")), column)
        for column in GROUPS
        if column in tables[0].c
    ]


def _missing(measure: Measure, rows: Select[Any], column: str) -> Select[Any]:
    found = rows.subquery()
    lacking = func.sum(found.c.denominator - found.c.numerator)
    return (
        select(
            found.c.department_id,
            literal(measure.code).label("measure"),
            found.c.project_name,
            literal(column).label("kind"),
            found.c.group_name,
            lacking.label("missing"),
        )
        .where(found.c.group_name.is_not(None))
        .group_by(found.c.department_id, found.c.project_name, found.c.group_name)
        .having(lacking > 0)
    )


def _by_subject(rows: Sequence[Any]) -> dict[Subject, dict[str, Missing]]:
    found: dict[Subject, dict[str, Missing]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject = (row.department_id, row.measure, row.project_name)
        found[subject][row.kind].append((row.group_name, int(row.missing)))
    return found


def _tells(kind: str, groups: Missing) -> bool:
    """Leave out a channel that stands alone: the measure is about that channel."""
    return kind != "channel" or len(groups) > 1


def _hint(kind: str, groups: Missing) -> str:
    """Say which groups lack most: 未计入的12中，青禾镇5（41.67%）、柳林镇3（25.00%），其余4."""
    groups = sorted(groups, key=lambda each: (-each[1], each[0]))
    total = sum(count for _, count in groups)
    named = groups[:NAMED_AT_MOST]
    said = "、".join(f"{name}{count}（{_share(count, total)}）" for name, count in named)
    rest = total - sum(count for _, count in named)
    return f"按{GROUPS[kind]}，差的{total}中：{said}" + (f"，其余{rest}" if rest else "")


def _share(count: int, total: int) -> str:
    return percent((2 * count * WHOLE_BP + total) // (2 * total))
