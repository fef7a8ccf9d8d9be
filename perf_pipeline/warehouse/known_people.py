"""The people whose names a department's registers hold, in whatever row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, select

from perf_pipeline.domain.personal import (
    ERASED,
    KnownPeople,
    Personal,
    is_words,
    without_people,
)
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.among import sought
from perf_pipeline.warehouse.schema import erasure, register_tables, source_file
from perf_pipeline.warehouse.typed import Expression

Cells = Mapping[int, set[str]]  # what columns of names hold, by department


def people_known(connection: Connection, departments: Collection[int]) -> Mapping[int, KnownPeople]:
    """Return the people named by declared columns of the departments' registers, of all years.

    Those too who were erased there, while a text that was not erased names them.
    """
    theirs = select(source_file.c.id).where(sought(source_file.c.department_id, departments))
    # there is no index of departments' past rows
    cells = named_cells(connection, lambda table: table.c.source_file_id.in_(theirs))
    return defaultdict(KnownPeople, {of: KnownPeople(each) for of, each in cells.items()})


def as_told(
    connection: Connection, texts: Iterable[tuple[int, str | None]]
) -> Iterator[str | None]:
    """Give what staff of departments wrote so that it names nobody, in its order.

    A figure with its unit stays as it is; where there is nothing else, nobody is looked up.
    """
    texts = list(texts)
    worded = {of for of, text in texts if is_words(text)}
    people = people_known(connection, worded) if worded else {}
    for of, text in texts:
        yield people[of].without(without_people(text)) if text and is_words(text) else text


def tell(connection: Connection, rows: Sequence[dict[str, Any]], names: Iterable[str]) -> None:
    """Let what some columns of departments' rows quote of what staff wrote name nobody."""
    names = list(names)
    cells = [(row, name) for row in rows for name in names]
    said = as_told(connection, [(row["department_id"], row[name]) for row, name in cells])
    for (row, name), text in zip(cells, said, strict=True):
        row[name] = text


def named_cells(connection: Connection, of: Callable[[Table], ColumnElement[bool]]) -> Cells:
    """Return the cells that name people in some rows of all registers, and who is still said."""
    cells: dict[int, set[str]] = defaultdict(set)
    for table in register_tables.values():
        for said in name_columns(table):
            query = select(table.c.department_id, said).distinct()
            for row in connection.execute(query.where(is_told(said), of(table))):
                cells[row[0]].add(row[1])
    for _, department_id, names in still_said(connection):
        cells[department_id].update(names)
    return cells


def still_said(connection: Connection) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield who was erased and is still said: the number of the erasure, the department, names."""
    for name, table in sorted(register_tables.items()):
        if not name_columns(table):  # nobody was erased there
            continue
        query = select(erasure.c.id, table.c.department_id, erasure.c.still_said).join_from(
            erasure, table, table.c.id == erasure.c.row_id
        )
        kept = (erasure.c.table_name == name, erasure.c.still_said.is_not(None))
        for number, of, said in connection.execute(query.where(*kept)).all():
            yield number, of, said.splitlines()


def name_columns(table: Table) -> Sequence[Column[str]]:
    """Return the columns of a register's table that hold names."""
    declared = register(table.name).columns
    return [table.c[each.name] for each in declared if each.personal is Personal.NAME]


def is_told(column: Expression) -> ColumnElement[bool]:
    """Hold where a cell was filled, and not erased since."""
    return column.is_not(None) & (column != ERASED)
