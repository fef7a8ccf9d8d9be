"""Rows that tell of the same thing, equal in the columns that name it; and later ones of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists


def same(left: FromClause, right: FromClause, *names: str) -> ColumnElement[bool]:
    """Return the condition that two tables' rows are equal in all the named columns."""
    return and_(*(left.c[name] == right.c[name] for name in names))


def overtaken(table: Table, *names: str, by: str = "id") -> ColumnElement[bool]:
    """Hold for a row of which the table has a later one (`by`) that tells of the same thing."""
    later = table.alias(f"later_{table.name}")
    return exists().where(same(later, table, *names), later.c[by] > table.c[by])
