"""Whole numbers and yes or no at their limits, and the words that refuse what lies beyond."""

import re

import pytest

from perf_pipeline.registers.cells import LARGEST_COUNT, LONGEST_COUNT, CellError, read_cell
from perf_pipeline.registers.declaration import Column, ColumnType
from tests.unit.test_cells import column

TIMES = column(ColumnType.COUNT, unit="次", maximum=30)
ANY = column(ColumnType.COUNT)
MONEY = column(ColumnType.MONEY, maximum=100)


@pytest.mark.parametrize(
    ("of", "cell", "value"),
    [
        (TIMES, "30 次", 30),
        (TIMES, 30, 30),
        (MONEY, "1元", 100),
        (ANY, LARGEST_COUNT, LARGEST_COUNT),
        (ANY, "0" * (LONGEST_COUNT - 1) + "7", 7),
    ],
)
def test_what_lies_on_a_limit_is_read(of: Column, cell: str | int, value: int) -> None:
    assert read_cell(cell, of) == value


@pytest.mark.parametrize(
    ("of", "cell", "reason"),
    [
        (TIMES, "31次", "不能大于30次"),
        (ANY, -1, "不能小于0"),
        (MONEY, "1.01元", "不能大于1.00元"),
        (ANY, True, "应为整数"),
        (ANY, "三", "应为整数"),
        (ANY, "次30", "应为整数"),
        (ANY, "1.000", "看不出“1.000”里的句点是小数点还是千分位；请写成 1234 的样子"),
        (ANY, "0" * LONGEST_COUNT + "7", "数字大得不可能"),
        (ANY, LARGEST_COUNT + 1, "数字大得不可能"),
        (column(ColumnType.YES_NO), "也许", "应为“是”或“否”"),
    ],
)
def test_what_lies_beyond_is_refused_in_these_words(
    of: Column, cell: str | int, reason: str
) -> None:
    with pytest.raises(CellError, match=f"^{re.escape(reason)}$"):
        read_cell(cell, of)
