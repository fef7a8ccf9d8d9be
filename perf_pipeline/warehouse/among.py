"""Columns held against long lists, as one parameter however long the list is.

A list written out (`IN (?, ?, …)`) is a parameter a value: PostgreSQL takes 65,535 of them, SQLite
32,766, and every length is compiled anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, Text, bindparam, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.operators import in_op
from sqlalchemy.types import BigInteger, Boolean, TypeDecorator, TypeEngine

from perf_pipeline.domain.calendar import SOME


def among(
    column: ColumnElement[int] | ColumnElement[str], values: Iterable[int] | Iterable[str]
) -> ColumnElement[bool]:
    """Hold where a column of whole numbers or texts has one of these values, never of none.

    Those of SOME departments are named when the select is executed (`whose`).
    """
    of = _Listed(isinstance(column.type, String))
    named_later, each = isinstance(values, frozenset) and values == SOME, [*values]
    if len(each) == 1 and not named_later:
        return column.in_(each)  # of which SQLite takes an index where of a list it reads all
    listed = bindparam("whose", type_=of) if named_later else bindparam(None, each, of)
    return _Among(column, listed, in_op, type_=Boolean())


def within(
    column: ColumnElement[Any], values: Iterable[int] | Iterable[str] | None
) -> ColumnElement[bool]:
    """Hold as `among` does; always where no values are given."""
    return true() if values is None else among(column, values)


def sought(column: ColumnElement[int], values: Iterable[int] | None) -> ColumnElement[bool]:
    """Hold as `within` does, where SQLite finds the few rows meant by an index and joins no more.

    Told that they are likely it reads all rows: files of all departments for those of one.
    """
    found = within(column, values)
    if isinstance(found, _Among):
        return _Sought(found.left, found.right, in_op, type_=Boolean())
    return found


class _Among(BinaryExpression[bool]):
    inherit_cache = True


class _Sought(_Among):
    inherit_cache = True


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **how: object) -> str:
    left, right = (compiler.process(each, **how) for each in (element.left, element.right))
    return f"{left} = ANY ({right})"


@compiles(_Among)
def _each(element: _Among, compiler: SQLCompiler, **how: object) -> str:
    left, right = (compiler.process(each, **how) for each in (element.left, element.right))
    held = f"{left} IN (SELECT value FROM json_each({right}))"
    # otherwise SQLite expects so few rows that it goes through all of them for each that it joins
    return held if isinstance(element, _Sought) else f"likely({held})"


class _Listed(TypeDecorator[list[int] | list[str]]):
    """A list as PostgreSQL's array, and as JSON elsewhere."""

    impl = Text
    cache_ok = True

    def __init__(self, of_texts: bool) -> None:
        super().__init__()
        self.of_texts = of_texts

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(Text if self.of_texts else BigInteger))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[int] | list[str] | None, dialect: Dialect) -> object:
        """Write the list as the database takes it."""
        return value if dialect.name == "postgresql" else json.dumps(value)
