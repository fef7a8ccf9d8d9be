"""A report as it is kept says what its page says; two of its columns swapped are noticed."""

import os
import sqlite3
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from perf_pipeline.warehouse.findings import Report, ReportLine
from perf_pipeline.warehouse.result import Result
from tests.figure_places import PLACES, differences
from tests.figure_writings import Truth
from tests.integration.figures_year import of_columns, tampered, unlike, written

__all__ = ["tampered", "written"]
pytestmark = pytest.mark.long(25)


@pytest.mark.parametrize(
    ("of", "place", "pairs"), [(Report, "报告页", 1), (ReportLine, "报告行", 15)]
)
def test_any_two_texts_of_a_kept_report_swapped_are_noticed(
    tampered: Path, of: type[Result], place: str, pairs: int
) -> None:
    """As if what keeps a report took one for the other; codes and places in order left out."""
    names = [name for name in of.columns if of.table.c[name].type.python_type is str]
    names = [name for name in names if name not in ("part", "figure")]
    rows = Truth(tampered).at(of)
    unlike_ones = [
        pair for pair in combinations(names, 2) if any(unlike(row, *pair) for row in rows)
    ]
    assert len(unlike_ones) >= pairs
    every = os.environ.get("PERF_TEST_SWAPS") == "all"
    for one, other in unlike_ones if every else Random(13).sample(unlike_ones, pairs // 5 or 1):
        exchange(tampered, of, one, other)
        found = differences(tampered, {place: PLACES[place]})
        exchange(tampered, of, one, other)
        assert of_columns(found, of, [one, other]) if of is Report else found, (one, other)
    assert differences(tampered, {place: PLACES[place]}) == []


def exchange(folder: Path, of: type[Result], one: str, other: str) -> None:
    both = f"{one} IS NOT NULL AND {other} IS NOT NULL"
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.execute(
            f"UPDATE {of.table.name} SET {one} = {other}, {other} = {one} WHERE {both}"
        )
