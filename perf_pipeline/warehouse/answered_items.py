"""Of which item an answer (整改台账) speaks: that of its number, unless its words are another's.

The workbook is handed out with number, place and subject side by side. Where rows were sorted,
pasted or filled down in some of these columns only, a number stands beside another item's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from perf_pipeline.registers.spelling import name_key
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.schema import item
from perf_pipeline.warehouse.typed import StoredRow


def named_otherwise(
    connection: Connection, answers: Sequence[StoredRow]
) -> Iterator[tuple[StoredRow, StoredRow, StoredRow | None]]:
    """Give each answer whose words are not its item's, with that item, and the one they name.

    The latter is None where they name none of the department's year: then they were reworded, and
    the number says what is meant. An empty cell says nothing.
    """
    if not answers:
        return
    whose = {row.department_id for row in answers}
    query = select(item).where(among(item.c.department_id, whose)).order_by(item.c.id)
    items = {each.id: each for each in connection.execute(query)}
    for row in answers:
        of_year = (row.department_id, row.fiscal_year)
        mine = items.get(row.item_no)
        if mine is None or (mine.department_id, mine.fiscal_year) != of_year or _names(row, mine):
            continue
        others = (
            each
            for each in items.values()
            if (each.department_id, each.fiscal_year) == of_year and _names(row, each)
        )
        yield row, mine, next(others, None)


def _names(answer: StoredRow, of: StoredRow) -> bool:
    """Tell whether an answer's words are an item's; its place may lack the department."""
    place, subject = (name_key(answer._mapping[name] or "") for name in ("place", "subject"))
    whole = name_key(of.place)
    places = {"", whole, whole.partition("/")[2]}
    return place in places and subject in ("", name_key(of.subject))
