"""Rows of a select as what the judgement reads of them: one class a thing, each a NamedTuple."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import RowMapping

Read = TypeVar("Read", bound=NamedTuple)


Columns = Mapping[str, Any] | RowMapping


def rows_as(of: type[Read], rows: Iterable[Columns]) -> list[Read]:
    """Give rows as a class; a column of which it says a default may be added by a later step.

    Raises KeyError where a row is without another: its select forgot it.
    """
    later = of._field_defaults
    return [
        of._make(
            later[name] if name in later and name not in row else row[name] for name in of._fields
        )
        for row in rows
    ]
