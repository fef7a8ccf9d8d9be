"""What a department's 整改台账 is handed out with: its items that ask for something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from perf_pipeline.items.points import read_points
from perf_pipeline.items.state import ASKS, State
from perf_pipeline.warehouse.schema import department, item, item_event

Row = Mapping[str, str | int]


def items_to_answer(connection: Connection) -> Mapping[tuple[int, str], Sequence[Row]]:
    """Return, by year and department's code, the rows of the register that are to be filled in.

    Columns item_no, place, subject and problem, in the order of the numbers.
    """
    newest = select(func.max(item_event.c.id)).group_by(item_event.c.item_id).scalar_subquery()
    query = (
        select(item, department.c.code, item_event.c.state, item_event.c.words)
        .join(department, department.c.id == item.c.department_id)
        .join(item_event, item_event.c.item_id == item.c.id)
        .where(item_event.c.id.in_(newest), item_event.c.state.in_(sorted(ASKS)))
        .order_by(item.c.id)
    )
    rows = connection.execute(query).all()
    found: dict[tuple[int, str], list[Row]] = {}
    for year in sorted({row.fiscal_year for row in rows}):
        mine = [row for row in rows if row.fiscal_year == year]
        points = read_points(connection, year, {row.department_id for row in mine})
        for row in mine:
            some = points.get((row.department_id, row.kind, row.subject_key), [])
            gap = some[-1].gap.words if some and some[-1].gap else ""
            problem = "；".join(filter(None, (State(row.state).label, gap, row.words)))
            found.setdefault((year, row.code), []).append(
                {
                    "item_no": row.id,
                    "place": row.place,
                    "subject": row.subject,
                    "problem": problem,
                }
            )
    return found
