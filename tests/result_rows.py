"""Rows of results for tests: what a test does not say is not known."""

from dataclasses import fields
from typing import Any, TypeVar

from perf_pipeline.warehouse.result import Result

Row = TypeVar("Row", bound=Result)


def row_of(of: type[Row], **values: Any) -> Row:
    """A row that holds what is given and nothing else."""
    nothing = dict.fromkeys(each.name for each in fields(of))  # type: ignore[arg-type]
    assert not values.keys() - nothing.keys(), values.keys() - nothing.keys()
    return of.of(nothing | values)
