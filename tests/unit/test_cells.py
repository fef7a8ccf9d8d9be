"""Cells of registers: from what a file holds to what the warehouse stores."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.registers.cells import CellError, read_cell
from perf_pipeline.registers.declaration import Column, ColumnType


def column(kind: ColumnType, **more: object) -> Column:
    choices = ("来访", "网上") if kind is ColumnType.CHOICE else ()
    described = {"name": "x", "label": "列", "type": kind, "description": "列", "choices": choices}
    return Column.model_validate({**described, **more})


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (ColumnType.TEXT, 2010308.0, "2010308"),
        (ColumnType.TEXT, "  某公司 ", "某公司"),
        (ColumnType.TEXT, "=1+1", "=1+1"),
        (ColumnType.COUNT, "1,234", 1234),
        (ColumnType.COUNT, "１２", 12),
        (ColumnType.COUNT, 12.0, 12),
        (ColumnType.MONEY, 1234.56, 123456),
        (ColumnType.MONEY, 0.29, 29),
        (ColumnType.MONEY, "(1,000.00)", -100000),
        (ColumnType.MONEY, 100, 10000),
        (ColumnType.DATE, datetime(2024, 3, 5, 8, 30), date(2024, 3, 5)),
        (ColumnType.DATE, "2024/3/5", date(2024, 3, 5)),
        (ColumnType.DATE, "2024.3.5", date(2024, 3, 5)),
        (ColumnType.DATE, "2024年3月5日", date(2024, 3, 5)),
        (ColumnType.DATE, "2024-03-05 08:30:00", date(2024, 3, 5)),
        (ColumnType.DATE, 20240305, date(2024, 3, 5)),
        (ColumnType.DATE, 45356, date(2024, 3, 5)),
        (ColumnType.YES_NO, "√", True),
        (ColumnType.YES_NO, "否", False),
        (ColumnType.YES_NO, True, True),
        (ColumnType.CHOICE, " 网上 ", "网上"),
        (ColumnType.COUNT, "  ", None),
        (ColumnType.DATE, None, None),
    ],
)
def test_a_cell_is_read_as_its_column_declares(
    kind: ColumnType, cell: object, value: object
) -> None:
    assert read_cell(cell, column(kind)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        (ColumnType.COUNT, 1.5, "应为整数"),
        (ColumnType.COUNT, "三", "应为整数"),
        (ColumnType.COUNT, -1, "不能小于0"),
        (ColumnType.MONEY, "八十", "不是金额"),
        (ColumnType.MONEY, 0.001, "不足一分"),
        (ColumnType.MONEY, float("nan"), "不是金额"),
        (ColumnType.DATE, "2024-02-30", "2月只有29天"),
        (ColumnType.DATE, "去年", "应为日期"),
        (ColumnType.YES_NO, "也许", "应为“是”或“否”"),
        (ColumnType.CHOICE, "微信", "应为下列之一：来访、网上"),
        (ColumnType.TEXT, "字" * 3000, "最多2000字"),
    ],
)
def test_what_cannot_be_read_says_why(kind: ColumnType, cell: object, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        read_cell(cell, column(kind))  # type: ignore[arg-type]


def test_a_required_cell_cannot_be_empty() -> None:
    with pytest.raises(CellError, match="不能为空"):
        read_cell(" ", column(ColumnType.TEXT, required=True))


@given(st.integers(-(10**12), 10**12))
def test_a_number_cell_in_yuan_gives_its_fen_exactly(fen: int) -> None:
    assert read_cell(fen / 100, column(ColumnType.MONEY, unit="元")) == fen


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_every_spelling_of_a_day_is_that_day(day: date) -> None:
    spellings = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        (day - date(1899, 12, 30)).days,
    )
    assert {read_cell(each, column(ColumnType.DATE)) for each in spellings} == {day}
