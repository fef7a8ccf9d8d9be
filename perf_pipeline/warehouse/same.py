"""Rows that tell of the same thing, equal in the columns that name it; other rows of a table."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists
from sqlalchemy.sql.selectable import NamedFromClause


def same(left: FromClause, right: FromClause, *names: str) -> ColumnElement[bool]:
    """Return the condition that two tables' rows are equal in all the named columns."""
    return and_(*(left.c[name] == right.c[name] for name in names))


def of_project(part: FromClause, project: FromClause) -> ColumnElement[bool]:
    """Return the condition that something is said of a project, by its department and name."""
    return and_(
        part.c.department_id == project.c.department_id, part.c.project_name == project.c.name
    )


@lru_cache(maxsize=1024)
def another(table: Table, name: str) -> NamedFromClause:
    """Return a table under another name, made once: its columns cost more than a statement of it.

    It must not stand in a statement within itself, where the two would be one.
    """
    return table.alias(name)


def overtaken(table: Table, *names: str, by: str = "id") -> ColumnElement[bool]:
    """Hold for a row of which the table has a later one (`by`) that tells of the same thing."""
    later = another(table, f"later_{table.name}")
    return exists().where(same(later, table, *names), later.c[by] > table.c[by])
