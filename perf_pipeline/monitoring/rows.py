"""Rows of a select as what the judgement reads of them: one class a thing, each a NamedTuple."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import RowMapping

Read = TypeVar("Read", bound=NamedTuple)
Columns = Mapping[str, Any] | RowMapping


def rows_as(of: type[Read], rows: Iterable[Columns]) -> list[Read]:
    """Give rows as a class; what has a default there is not read, a later step adds it.

    Raises KeyError where a row is without another column: its select forgot it.
    """
    read = itemgetter(*(name for name in of._fields if name not in of._field_defaults))
    return [of(*read(row)) for row in rows]
