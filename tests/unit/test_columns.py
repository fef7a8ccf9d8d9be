"""A column read at once says what each of its cells read alone says."""

import math
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.registers.cells import Cell, CellError, Value, read_cell
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.declaration import Column, ColumnType, load_registers

COLUMNS = [
    *(column for declared in load_registers() for column in declared.columns),
    Column(name="wan", label="万元", type=ColumnType.MONEY, unit="万元", description=""),
    Column(name="low", label="限额", type=ColumnType.MONEY, unit="元", description="", minimum=100),
]
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *("是", "否", " 1 ", "１２", "1,234.50", "（3.20）", "80万", "-5.00", "-0.00", "0.005"),
            *("2024-03-05", "2024.3.5", "2024年3月5日", "20240305", "45356", "2024-02-30", "1e5"),
            *("", "  ", "\u3000", "\x00", "\ufeffT1", "x" * 2001, "000123", "NaN", "inf"),
            *("610123199001011234", "财政资金", "财政资金 ", "１.００", "-12345678901234.00"),
            *("#REF!", " #N/A ", "3#楼"),
        ]
    ),
    st.decimals(-(10**14), 10**14, places=2).map(str),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%Y/%m/%d}"),
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.sampled_from([0, 1, 0.0, 1.0, -0.0, True, False]),  # equal, and yet different cells
    st.floats(),
    st.integers(-(10**15), 10**15).map(lambda fen: fen / 100),
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),
    st.dates(),
)


def one_by_one(cells: Sequence[Cell], column: Column) -> tuple[list[Value], dict[int, str]]:
    values: list[Value] = []
    reasons: dict[int, str] = {}
    for index, cell in enumerate(cells):
        try:
            values.append(read_cell(cell, column))
        except CellError as error:
            values.append(None)
            reasons[index] = str(error)
    return values, reasons


@given(st.sampled_from(COLUMNS), st.lists(st.one_of(st.lists(TEXTS), st.lists(CELLS)), max_size=4))
def test_a_column_at_once_is_its_cells_one_by_one(
    column: Column, batches: list[list[Cell]]
) -> None:
    reader = ColumnReader(column)
    for cells in batches:  # what it remembers of one batch must not colour the next
        values, reasons = reader.read(cells)
        expected, expected_reasons = one_by_one(cells, column)
        assert reasons == expected_reasons
        unread = reasons.keys()
        told = [(type(v), v) for n, v in enumerate(values) if n not in unread]
        assert told == [(type(v), v) for n, v in enumerate(expected) if n not in unread]


@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1)))
def test_amounts_kept_as_numbers_lose_no_fen(fens: list[int]) -> None:
    money = Column(name="a", label="金额", type=ColumnType.MONEY, unit="元", description="")
    values, reasons = ColumnReader(money).read([fen / 100 for fen in fens])
    assert (values, reasons) == (fens, {})


@pytest.mark.parametrize("cell", [math.inf, -math.inf, math.nan, 0.001, 1e300])
def test_what_is_no_amount_is_none_in_a_column_either(cell: float) -> None:
    money = Column(name="a", label="金额", type=ColumnType.MONEY, unit="元", description="")
    values, reasons = ColumnReader(money).read([1.5, cell])
    assert values[0] == 150
    assert list(reasons) == [1]


def test_a_reader_forgets_rather_than_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perf_pipeline.registers.columns.MOST_REMEMBERED", 10)
    count = Column(name="n", label="数量", type=ColumnType.COUNT, description="")
    reader = ColumnReader(count)
    for start in range(0, 1000, 10):
        cells = [str(n) for n in range(start, start + 10)]
        assert reader.read(cells)[0] == list(range(start, start + 10))
    assert len(reader._values) <= 30
