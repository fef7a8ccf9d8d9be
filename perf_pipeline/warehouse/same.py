"""Rows of two tables that tell of the same thing: equal in the columns that name it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_


def same(left: FromClause, right: FromClause, *names: str) -> ColumnElement[bool]:
    """Return the condition that two tables' rows are equal in all the named columns."""
    return and_(*(left.c[name] == right.c[name] for name in names))
