"""Promises as people write them are read right, or not at all: never as something else."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.promise_words import promise_in
from perf_pipeline.items.promises import value_promised

SPELLINGS = [
    line.split("\t")
    for line in Path(__file__).with_name("promise_spellings.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("text", "kind", "unit", "day", "value"), SPELLINGS)
def test_a_promise_is_read_right_or_not_at_all(
    text: str, kind: str, unit: str, day: str, value: str
) -> None:
    by = date.fromisoformat(day) if day else date(2024, 12, 31)
    wanted = None if value == "-" else Fraction(value)
    assert value_promised(text, ItemKind(kind), unit or None, by) == wanted


@pytest.mark.parametrize(
    ("measures", "found"),
    [
        ("6月底前加固57处", ("6月底前加固57处", date(2024, 6, 30))),
        ("换一家供货商，分批验收；三季度末完成80%。", ("三季度末完成80%", date(2024, 9, 30))),
        ("6月底前加固30处，9月底前加固57处", None),  # which of them?
        ("已加固45处，将加快进度", None),
        ("5月底前支付到位", None),
        ("4月15日召开了协调会", None),
        ("力争6月底前加固57处", None),
    ],
)
def test_a_promise_is_found_in_measures_where_there_is_one(
    measures: str, found: tuple[str, date] | None
) -> None:
    assert promise_in(measures, 2024) == found
