"""What the columns of a select are made of: the tables' own columns, found by walking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnClause, ColumnElement, CompoundSelect, Select, Table
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement
from sqlalchemy.sql.selectable import AliasedReturnsRows, SelectBase, SelectStatementGrouping

from perf_pipeline.warehouse.typed import Query

Source = tuple[str, str]  # table, column
Sources = frozenset[Source]

KEY = "row_key"
# where a row stood and since when it holds: they carry every value, and are part of none;
# the key alone says what a row is about
PLACE = frozenset(
    {"id", "department_id", "fiscal_year", "source_file_id", "sheet", "row_number"}
    | {KEY, "closed_by_id", "restored_by_id"}
)
WHERE = -1  # in the place of a column: what decides whether a row counts
NO_FIGURES: Mapping[str, Mapping[str, Sources]] = {}


def column_sources(
    query: SelectBase,
    *,
    with_conditions: bool = False,
    figures: Mapping[str, Mapping[str, Sources]] = NO_FIGURES,
) -> dict[str, Sources]:
    """Return, for each column of a select, the columns of tables that it is computed from.

    What a row is joined or ordered by is left out. With `with_conditions` what decides whether a
    row counts (WHERE) is part of each column: a count is made of nothing else. `figures` says, by
    alias, what the columns of an alias are made of in their turn.
    """
    walk = _Walk(with_conditions, figures)
    return {
        str(column.key): frozenset(
            source
            for source in walk.at(query, position)
            if source[1] not in PLACE or source[1] == KEY
        )
        for position, column in enumerate(walk.columns(query))
    }


def fixed_values(query: SelectBase, column: str) -> dict[str, str]:
    """Return, by alias, the text that a select requires `column` of that alias to equal."""
    return {
        str(each.left.table.name): str(each.right.value)
        for each in visitors.iterate(query)
        if isinstance(each, BinaryExpression)
        and each.operator is operators.eq
        and isinstance(each.left, ColumnClause)
        and each.left.name == column
        and isinstance(each.left.table, AliasedReturnsRows)
        and isinstance(each.right, BindParameter)
    }


class _Walk:
    """One walk through a select; each of its parts is looked at once."""

    def __init__(self, conditions: bool, figures: Mapping[str, Mapping[str, Sources]]) -> None:
        self.conditions = conditions
        self.figures = figures
        self.seen: dict[tuple[int, int], Sources] = {}
        self.lists: dict[int, list[ColumnElement[object]]] = {}

    def columns(self, query: SelectBase) -> list[ColumnElement[object]]:
        """Return the columns of a select in their order."""
        if id(query) not in self.lists:
            self.lists[id(query)] = list(query.selected_columns)
        return self.lists[id(query)]

    def at(self, query: SelectBase, position: int) -> Sources:
        """Return the sources of a select's column by its position."""
        place = (id(query), position)
        if place not in self.seen:
            self.seen[place] = frozenset(self._at(query, position))
        return self.seen[place]

    def _at(self, query: SelectBase, position: int) -> Iterator[Source]:
        if isinstance(query, SelectStatementGrouping):
            yield from self.at(query.element, position)
        elif isinstance(query, CompoundSelect):
            for part in query.selects:
                yield from self.at(part, position)
        else:
            yield from self.of(self.columns(query)[position])
            if self.conditions and isinstance(query, Select) and query.whereclause is not None:
                yield from self.why(query)

    def why(self, query: Query) -> Sources:
        """Return the sources of what decides whether a row of a select counts."""
        place = (id(query), WHERE)
        if place not in self.seen:
            found = () if query.whereclause is None else self.of(query.whereclause)
            self.seen[place] = frozenset(each for each in found if each[1] not in PLACE)
        return self.seen[place]

    def of(self, element: ClauseElement) -> Iterator[Source]:
        """Give the sources of an expression."""
        if isinstance(element, ColumnClause):
            yield from self._of_column(element)
        elif isinstance(element, SelectBase):  # a scalar subquery, or one a row is looked for in
            for position in range(len(self.columns(element))):
                yield from self.at(element, position)
        elif not isinstance(element, Table | AliasedReturnsRows):
            for child in element.get_children():
                yield from self.of(child)

    def _of_column(self, column: ColumnClause[object]) -> Iterator[Source]:
        table = column.table
        if isinstance(table, Table):
            yield table.name, column.name
        elif isinstance(table, AliasedReturnsRows):
            inner: Any = table.element
            while isinstance(inner, AliasedReturnsRows):
                inner = inner.element
            if isinstance(inner, Table):
                yield inner.name, column.name
                yield from self.figures.get(str(table.name), {}).get(column.name, ())
            else:
                names = [each.key for each in self.columns(inner)]
                yield from self.at(inner, names.index(column.key))
