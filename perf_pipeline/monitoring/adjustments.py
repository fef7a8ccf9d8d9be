"""Adjustments (调整): what late data would change in a closed quarter, told in the next open one.

A closed quarter (已关账) keeps its results. When the next quarter that is open is judged, the
closed one is judged again with what is known now, and what differs is kept as adjustments of the
open quarter, with the source rows that came since.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, Engine, Table, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.causes import Restated, restate
from perf_pipeline.monitoring.comparison import (
    NOTHING,
    Change,
    Row,
    actual_difference,
)
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.results import RESULTS, Part, read_results
from perf_pipeline.warehouse.dimensions import checkpoint_of
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.locks import closing_events
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import snapshot
from perf_pipeline.warehouse.typed import StoredRow

Results = Mapping[Table, Sequence[ProjectMoney | Indicator]]
LISTED = 100  # source rows kept with an adjustment; how many there are beyond is told


def closed_before(
    connection: Connection, checkpoint: Checkpoint
) -> dict[Checkpoint, dict[int, StoredRow]]:
    """Return the closed quarters whose next open quarter is this one, oldest first.

    Each with its locked version by department: late data belong to the quarter judged now.

    Where the quarter after a closed one is closed too, both wait for the first that is open. Of
    the departments that the quarter is looked at for.
    """
    judged = (
        select(snapshot.c.department_id, checkpoint_table)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            snapshot.c.kind == "monitoring",
            checkpoint_table.c.ends_on < checkpoint.ends_on,
            checkpoint_table.c.ordinal.is_not(None),  # of the calendar in force
        )
        .distinct()
        .order_by(checkpoint_table.c.ends_on.desc(), snapshot.c.department_id)
    )
    closing = closing_events().subquery("closing")
    locked = {
        (row.department_id, row.checkpoint_id): row
        for row in connection.execute(
            select(snapshot).join(closing, closing.c.snapshot_id == snapshot.c.id)
        )
    }
    this = connection.scalar(
        select(checkpoint_table.c.id).where(checkpoint_table.c.name == checkpoint.name)
    )
    done = {department_id for department_id, at in locked if at == this}
    only = checkpoint.departments
    found: dict[Checkpoint, dict[int, StoredRow]] = defaultdict(dict)
    for row in connection.execute(judged) if locked else ():
        version = locked.get((row.department_id, row.id))
        if version is None:
            done.add(row.department_id)  # an open quarter lies between
        elif row.department_id not in done and (only is None or row.department_id in only):
            found[_in_calendar(row, checkpoint)][row.department_id] = version
    return {each: found[each] for each in reversed(found)}


def _in_calendar(row: StoredRow, checkpoint: Checkpoint) -> Checkpoint:
    """Return an earlier checkpoint as the calendar of this one has it, of the same departments.

    So the closed quarter is judged with all checkpoints of the year, as it was when it was closed.
    """
    month = row.ends_on.month
    if month in checkpoint.months:
        return replace(checkpoint, fiscal_year=row.fiscal_year, month=month)
    return checkpoint_of(row).of_departments(checkpoint.departments)


def count_again(engine: Engine, checkpoint: Checkpoint) -> None:
    """Compute the measures of the closed quarters before this one with what is known now."""
    with engine.connect() as connection:
        closed = closed_before(connection, checkpoint)
    for each in closed:
        compute_measures(engine, each)


def find_adjustments(
    connection: Connection, checkpoint: Checkpoint, judge: Callable[[Checkpoint], Results]
) -> list[dict[str, object]]:
    """Return the rows of `adjustment` that belong to this quarter, with their department_id.

    `judge` gives the results of a quarter with what is known now.
    """
    found = []
    for closed, versions in closed_before(connection, checkpoint).items():
        known = judge(closed)
        numbers = {version.id for version in versions.values()}
        sides = {
            part: (
                map(vars, read_results(connection, result, numbers)),
                [row._asdict() for row in known[result.table] if row.department_id in versions],
            )
            for part, result in RESULTS.items()
        }
        moments = {of: (as_utc(version.created_at), None) for of, version in versions.items()}
        for each in restate(connection, closed, sides, moments):
            version = versions[each.change.department_id].version
            found.append(_row(each, closed.name, version))
    return found


def _row(restated: Restated, quarter: str, version: int) -> dict[str, object]:
    change, causes = restated.change, restated.causes
    old, new = _numbers(change.part, change.old), _numbers(change.part, change.new)
    listed = [asdict(cause) for cause in causes[:LISTED]]
    return {
        "department_id": change.department_id,
        "quarter": quarter,
        "closed_version": version,
        "part": str(change.part),
        "subject_key": change.subject_key,
        "project_name": change.project_name,
        "section": change.section,
        "name": change.name,
        "closed_numerator": old[0],
        "closed_denominator": old[1],
        "known_numerator": new[0],
        "known_denominator": new[1],
        "closed_text": _text(change.part, change.old),
        "known_text": _text(change.part, change.new),
        "difference_text": _difference(change, old[0], new[0]),
        "closed_judgement": change.old_judgement,
        "known_judgement": change.new_judgement,
        "sources": json.dumps(
            {"rows": listed, "beyond": len(causes) - len(listed)}, ensure_ascii=False
        ),
    }


def _numbers(part: Part, row: Row | None) -> tuple[int | None, int | None]:
    if row is None:
        return None, None
    if part is Part.INDICATOR:
        return row["numerator"], row["denominator"]
    return row["paid_fen"], None if row["paid_fen"] is None else 1


def _text(part: Part, row: Row | None) -> str:
    if row is None:
        return NOTHING
    if part is Part.INDICATOR:
        return row["actual_text"] or NOTHING
    paid, budget = row["paid_fen"], row["budget_fen"]
    said = NOTHING if paid is None else f"{format_yuan(paid)}元"
    return said if budget is None else f"{said}（预算{format_yuan(budget)}元）"


def _difference(change: Change, old: int | None, new: int | None) -> str | None:
    if change.part is Part.INDICATOR:
        both = change.old is not None and change.new is not None
        return actual_difference(change.old, change.new) if both else None  # type: ignore[arg-type]
    if old is None or new is None:
        return None
    return f"{'+' if new >= old else ''}{format_yuan(new - old)}元"
