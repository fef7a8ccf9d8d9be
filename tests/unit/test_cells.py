"""Cells of registers: from what a file holds to what the warehouse stores."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.money import LARGEST_FEN, format_yuan
from perf_pipeline.registers.cells import LONGEST_TEXT, Cell, CellError, Value, read_cell
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
        (ColumnType.MONEY, "#DIV/0!", "错误值#DIV/0!"),
        (ColumnType.COUNT, "12¹", "上标"),
        (ColumnType.MONEY, "120²", "上标"),
        (ColumnType.DATE, "2024-3-1²", "上标"),
        (ColumnType.TEXT, " #N/A", "错误值#N/A"),
        (ColumnType.MONEY, 0.001, "最多两位小数"),
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


MODERN = st.dates(date(1950, 1, 1), date(2150, 12, 31))
FULL_WIDTH = str.maketrans("0123456789.,-()", "０１２３４５６７８９．，－（）")


TEXT = column(ColumnType.TEXT)
COUNT = column(ColumnType.COUNT, unit="户")
YUAN = column(ColumnType.MONEY, unit="元")
WAN = column(ColumnType.MONEY, unit="万元")
DAY = column(ColumnType.DATE)
YES_NO = column(ColumnType.YES_NO)
CHOICE = column(ColumnType.CHOICE, choices=["财政资金", "其他（自筹）"])


@pytest.mark.parametrize("kind", [TEXT, COUNT, YUAN, DAY, YES_NO, CHOICE])
@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000"])
def test_a_blank_cell_is_none_unless_the_column_must_be_filled(kind: Column, cell: Cell) -> None:
    assert read_cell(cell, kind) is None
    with pytest.raises(CellError, match="不能为空"):
        read_cell(cell, kind.model_copy(update={"required": True}))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2010308.0, "2010308"),
        (2010308, "2010308"),
        ("\u3000信访〔2024〕1号 ", "信访〔2024〕1号"),
        ("ＡＢ－１", "ＡＢ－１"),
        ("007", "007"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (datetime(2024, 3, 5), "2024-03-05"),
        (datetime(2024, 3, 5, 9, 30), "2024-03-05 09:30:00"),
    ],
)
def test_text_is_kept_as_written_without_outer_blanks(cell: Cell, text: str) -> None:
    assert read_cell(cell, TEXT) == text


def test_text_has_a_longest_length() -> None:
    assert read_cell("字" * LONGEST_TEXT, TEXT) == "字" * LONGEST_TEXT
    with pytest.raises(CellError, match=f"最多{LONGEST_TEXT}字"):
        read_cell("字" * (LONGEST_TEXT + 1), TEXT)


def test_text_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(CellError, match="无法保存"):
        read_cell("a\x00b", TEXT)


def test_a_long_number_typed_as_a_number_has_lost_digits_and_is_refused() -> None:
    assert read_cell(999999999999999.0, TEXT) == "999999999999999"
    with pytest.raises(CellError, match="超过15位"):
        read_cell(610102199001011230.0, TEXT)
    assert read_cell("610102199001011234", TEXT) == "610102199001011234"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (12, 12),
        (12.0, 12),
        ("1,234", 1234),
        ("１，２３４", 1234),
        (" 12 ", 12),
        ("12.0", 12),
        (0, 0),
    ],
)
def test_a_count_is_whole(cell: Cell, number: int) -> None:
    assert read_cell(cell, COUNT) == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (12.5, "应为整数"),
        ("12.5", "应为整数"),
        ("1,23", "应为整数"),
        ("十二", "应为整数"),
        ("12万户", "应为整数"),
        (True, "应为整数"),
        (date(2024, 3, 5), "应为整数"),
        (float("nan"), "应为整数"),
        (float("inf"), "应为整数"),
        (-1, "不能小于0"),
        ("9" * 30, "大得不可能"),
        ("9" * 5000, "大得不可能"),
        (1e300, "大得不可能"),
    ],
)
def test_what_is_no_count_is_refused_with_a_reason(cell: Cell, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        read_cell(cell, COUNT)


@pytest.mark.parametrize(
    ("cell", "money", "fen"),
    [
        (1234.56, YUAN, 123456),
        (0.29, YUAN, 29),
        (80, WAN, 80_000_000),
        (12.3456, WAN, 12_345_600),
        ("￥1,234.50", YUAN, 123450),
        ("（1,234.50）", YUAN, -123450),
        ("(12)", YUAN, -1200),
        ("-0.01", YUAN, -1),
        ("１２．５", YUAN, 1250),
        ("80万元", YUAN, 80_000_000),
        (1e-2, YUAN, 1),
    ],
)
def test_money_is_whole_fen_in_the_unit_of_its_column(cell: Cell, money: Column, fen: int) -> None:
    read = read_cell(cell, money)
    assert read == fen
    assert type(read) is int


@pytest.mark.parametrize(
    "cell", [1.005, "0.001", "约5万", "abc", True, date(2024, 1, 1), float("inf"), 1e300, "1,23"]
)
def test_money_that_is_not_whole_fen_or_no_amount_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError, match=r"金额"):
        read_cell(cell, YUAN)


def test_a_bound_on_money_is_told_in_yuan() -> None:
    bounded = column(ColumnType.MONEY, unit="元", minimum=150, maximum=100_000)
    with pytest.raises(CellError, match=r"不能小于1\.50元"):
        read_cell(1, bounded)
    with pytest.raises(CellError, match=r"不能大于1000\.00元"):
        read_cell(1000.01, bounded)


@given(st.integers(-LARGEST_FEN, LARGEST_FEN), st.booleans(), st.booleans())
def test_every_written_amount_reads_back(fen: int, separated: bool, full_width: bool) -> None:
    yuan = format_yuan(abs(fen))
    whole, _, rest = yuan.partition(".")
    text = f"{int(whole):,}.{rest}" if separated else yuan
    text = f"({text})" if fen < 0 else text
    assert read_cell(text.translate(FULL_WIDTH) if full_width else text, YUAN) == fen


@given(
    MODERN, st.sampled_from(["%Y/{m}/{d}", "%Y.{m}.{d}", "%Y-%m-%d", "%Y年{m}月{d}日", "%Y%m%d"])
)
def test_every_way_to_write_a_day_reads_back(day: date, form: str) -> None:
    text = day.strftime(form.format(m=day.month, d=day.day))
    assert read_cell(text, DAY) == day
    assert read_cell(text.translate(FULL_WIDTH), DAY) == day


@given(MODERN, st.sampled_from([int, float, str]))
def test_every_serial_number_of_a_day_reads_back(day: date, kind: type) -> None:
    assert read_cell(kind((day - date(1899, 12, 30)).days), DAY) == day


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 3, 5),
        datetime(2024, 3, 5, 16, 20),
        20240305.0,
        45356,
        "2024-03-05 16:20:00",
        "2024 年 3 月 5 日",
        " 2024/3/5 ",
        *("2024/3/5 0:00", "2024-03-05T23:59:59.5", "2024-03-05 24:00", "2024/3/5 下午 4:20"),
    ],
)
def test_a_day_is_read_from_cells_and_text(cell: Cell) -> None:
    read = read_cell(cell, DAY)
    assert read == date(2024, 3, 5)
    assert type(read) is date


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2023-02-29", "没有这一天：2023年2月只有28天"),
        ("2024-13-01", "没有这一天"),
        ("0000-01-01", "没有这一天"),
        ("3月5日", "应为日期"),
        ("昨天", "应为日期"),
        *((f"2024-03-05 {no_time}", "应为日期") for no_time in ("25:00", "24:01", "12:60", "9:5")),
        ("2024-03-05 12:30:61", "应为日期"),
        (True, "应为日期"),
        (timedelta(hours=3), "应为日期"),
        (45356.5, "应为日期"),
        (-3, "应为日期"),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(cell: Cell, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        read_cell(cell, DAY)


@pytest.mark.parametrize("cell", ["是", "有", "√", "Y", "ｙ", "yes", True, 1, 1.0, " 是 "])
def test_yes(cell: Cell) -> None:
    assert read_cell(cell, YES_NO) is True


@pytest.mark.parametrize("cell", ["否", "无", "×", "N", "no", False, 0, 0.0])
def test_no(cell: Cell) -> None:
    assert read_cell(cell, YES_NO) is False


@pytest.mark.parametrize("cell", ["可能", 2, "是否"])
def test_neither_yes_nor_no(cell: Cell) -> None:
    with pytest.raises(CellError, match="应为“是”或“否”"):
        read_cell(cell, YES_NO)


def test_a_choice_is_given_as_declared_whatever_the_width_of_its_brackets() -> None:
    assert read_cell(" 财政资金 ", CHOICE) == "财政资金"
    assert read_cell("其他(自筹)", CHOICE) == "其他（自筹）"
    assert read_cell("其他（自筹）", CHOICE) == "其他（自筹）"


def test_what_is_not_among_the_choices_is_told_what_they_are() -> None:
    with pytest.raises(CellError, match="应为下列之一：财政资金、其他（自筹）"):
        read_cell("贷款", CHOICE)


ANY_CELL = st.none() | st.text() | st.integers() | st.floats() | st.booleans() | st.datetimes()


@given(
    ANY_CELL | st.dates() | st.timedeltas(),
    st.sampled_from([TEXT, COUNT, YUAN, WAN, DAY, YES_NO, CHOICE]),
)
def test_any_cell_is_read_or_refused_and_never_stored_as_a_float(cell: Cell, of: Column) -> None:
    read: Value = None
    with suppress(CellError):
        read = read_cell(cell, of)
    assert not isinstance(read, float)
