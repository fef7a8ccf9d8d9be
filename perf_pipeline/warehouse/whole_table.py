"""Judged rows of a table by column, of all departments at once: taken apart once, spelled once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, repeat
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from perf_pipeline.warehouse.bulk import Cells, put_or_copy_in

# what a judgement says, table by table: its rows are mappings, or objects that have the columns
Judged = Mapping[Table, Sequence[object]]
OWNER = "department_id"  # of a judged row: it is its snapshot's, and no column of its own
_MADE = {"id", "snapshot_id"}  # by the warehouse


def spell(value: object) -> str:
    """Give what JSON has no word for: days, in the one spelling that hashes take."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no canonical spelling for {type(value).__name__}")


_spelled = json.JSONEncoder(ensure_ascii=False, default=spell).encode
_SPELLED: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: repr,
    bool: _spelled,
    date: _spelled,
}


def reader(rows: Sequence[object]) -> Callable[..., Callable[[Any], Any]]:
    """Return how columns of rows are read: by key of mappings, of objects as what they have."""
    return itemgetter if isinstance(rows[0], Mapping) else attrgetter


@dataclass(frozen=True)
class WholeTable:
    """What a judgement says in a table of some departments, one after the other."""

    table: Table
    whose: Sequence[int]  # each row's department
    names: Sequence[str] = ()
    columns: Sequence[Cells] = ()

    @classmethod
    def of(cls, table: Table, judged: Mapping[int, Judged]) -> WholeTable:
        """Take the rows apart that a judgement has of each department."""
        whose: list[int] = []
        rows: list[object] = []
        for number, tables in judged.items():
            mine = tables.get(table, ())
            whose += repeat(number, len(mine))
            rows += mine
        if not rows:
            return cls(table, whose)
        first = rows[0]
        named = first if isinstance(first, Mapping) else {*table.c.keys()} - _MADE
        names = sorted({*named} - {OWNER})
        return cls(table, whose, names, [*zip(*map(reader(rows)(*names), rows), strict=True)])

    def spelled(self, ignored: Collection[str]) -> Iterator[tuple[int, str]]:
        """Give each row's department, and the row as JSON without the ignored columns."""
        told = [at for at, name in enumerate(self.names) if name not in ignored]
        row = "{" + ", ".join(f'"{self.names[at]}": %s' for at in told) + "}"
        cells = zip(*(_spelled_cells(self.columns[at]) for at in told), strict=True)
        return zip(self.whose, map(row.__mod__, cells), strict=True)

    def put(self, connection: Connection, made: Mapping[int, int]) -> None:
        """Put the rows of some departments into the table, each with its snapshot's number."""
        of, columns = [made.get(each) for each in self.whose], self.columns
        if None in of:
            columns = [[*compress(each, of)] for each in columns]
            of = [*filter(None, of)]
        if of:
            names = ["snapshot_id", *self.names]
            put_or_copy_in(connection, self.table, names, [of, *columns])


def _spelled_cells(cells: Cells) -> Iterator[str]:
    """Write a column's cells as JSON, what stands in many of them once."""
    kinds = {*map(type, cells)} - {type(None)}
    if len(kinds) > 1 or not kinds <= _SPELLED.keys():  # 1 and true are equal, and written apart
        return map(_spelled, cells)
    said: dict[object, str] = {each: _SPELLED[type(each)](each) for each in {*cells} - {None}}
    said[None] = "null"
    return map(said.__getitem__, cells)
