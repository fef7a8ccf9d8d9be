"""One cell of a register, from what the file holds to what the warehouse stores.

Cells come as calamine gives them (text, numbers, booleans, dates, None) or as text from CSV.
Every function is pure and raises CellError, with a reason in Chinese, for what it cannot read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.money import format_yuan, parse_amount_fen
from perf_pipeline.domain.raised_digits import has_raised_digit
from perf_pipeline.domain.traditional import simplified
from perf_pipeline.foreign.workbook import NO_RESULT
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.units import YEAR_DIGITS

Cell = str | int | float | bool | date | datetime | timedelta | None
Value = str | int | bool | date | None

LONGEST_TEXT = 2_000
LARGEST_COUNT = 10**15
LONGEST_COUNT = 40  # characters, with separators: longer ones are not worth converting
EXACT_DIGITS = 10**15  # a spreadsheet keeps 15 digits of a number and makes the rest 0
EXCEL_EPOCH = date(1899, 12, 30)
NUL = "\x00"
BYTE_ORDER_MARK = "\ufeff"  # at the seam of two files put one after the other
# what a spreadsheet shows, and exports, in place of a value that it could not work out
ERROR_VALUES = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
ERROR_VALUES |= {"#SPILL!", "#CALC!", "#GETTING_DATA", "#ERROR!"}
YES = {"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "已"}
NO = {"否", "无", "×", "✗", "✘", "x", "n", "no", "false", "0", "未"}

_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
    # a time that there is (24:00 ends the day), of no other place's clock
    r"(?:[T ] ?(?:[上下]午 ?)?(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?|24:00(?::00)?)"
    r"(?: ?[AaPp][Mm])?(?: ?\+08:?00)?)?"
)
_NONE = re.compile(r"\s*(?:[-—–―]{1,4}|[/／\\])\s*")  # how a cell is crossed out by hand
_NOTHING = re.compile(r"\s*(?:暂?无|空|none|null|n/?a)\s*", re.I)
_NOT_YET = re.compile(r"(?:尚|还|暂)?[未没](?:有)?(?:[审了完])?(?P<what>[一-鿿]{1,6})")
DITTO = frozenset({"同上", "同前", "〃", "″", "ditto", "''", '"'})
_CODE = re.compile(r"[0-9A-Za-z]+[-_ .:]*(?=[一-鿿])")
_UNSEEN = re.compile(
    "[\u200b-\u200f\u2060\u00ad\u202a-\u202e\u2066-\u2069]"
)  # a U+FEFF within is asked about
_TURNED = re.compile("[\u202b\u202e\u2067]")  # what follows is shown from right to left
_BLANKS = re.compile(r"\s")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(  # not 2024.1, which is what a spreadsheet makes of 2024.10
    r"(?!\d+\.1$)"
    r"(?P<year>20\d\d)(?:(?P<month>0[1-9]|1[0-2])|\s*[-./年]\s*(?P<open>1[0-2]|0?[1-9])(?:月[底末份]?)?"
    r"|(?:年度?第?|-?[Qq])(?P<quarter>[一二三四1-4])(?:季度[末底]?)?)"
)
_THREE_DECIMALS = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")
_OPEN_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(\.000)+")  # 1.000: one, or a thousand
_OF_DIGITS = {ColumnType.COUNT, ColumnType.MONEY, ColumnType.DATE}
_COUNT = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.0*)?")


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_blank_row(cells: Sequence[Cell]) -> bool:
    """Tell whether no cell of a row shows anything."""
    return all(map(is_blank, cells))


def shown(cell: Cell) -> str:
    """Return a cell as a sheet shows it: 3 for 3.0, 是 for true, nothing for none."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "是" if cell is True else "否" if cell is False else "" if cell is None else str(cell)


class CellError(ValueError):
    """A cell that cannot be read as what its column holds."""


def read_cell(cell: Cell, column: Column) -> Value:
    """Read a cell as its column declares; an empty one gives None."""
    if cell is None or (isinstance(cell, str) and not visible(cell).strip()):
        if column.required:
            raise CellError("不能为空")
        return None
    if isinstance(cell, str) and _stands_for_none(cell, column):
        return None
    if cell == NO_RESULT:
        raise CellError("公式没有保存结果，请用Excel打开后保存，再交")
    if isinstance(cell, str) and cell.strip() in ERROR_VALUES:
        raise CellError(f"是表格软件的错误值{cell.strip()}，请改正公式或填上数值后重报")
    if isinstance(cell, str) and _TURNED.search(cell):
        raise CellError("含有看不见的、把文字倒着显示的符号，显示的和存的不一样；请删除整格后重填")
    if column.type in _OF_DIGITS and isinstance(cell, str) and has_raised_digit(cell):
        raise CellError("含有上标、带圈的数字或分数，看不出是哪个数；请改写成普通数字后重报")
    value = _READERS[column.type](cell, column)
    if isinstance(value, int) and not isinstance(value, bool):
        _check_range(value, column)
    return value


def _stands_for_none(cell: str, column: Column) -> bool:
    """Tell whether a cell that may be empty is crossed out, says 无, or denies its column: 未办结.

    In a text / may be what is meant.
    """
    if column.required or column.type is ColumnType.TEXT:
        return False
    if _NONE.fullmatch(cell):
        return True
    if column.type not in (ColumnType.DATE, ColumnType.CHOICE):
        return False
    if _NOTHING.fullmatch(cell):  # of a count it might be nought
        return cell.strip() not in column.choices
    denied = _NOT_YET.fullmatch(cell.strip())
    if denied is None:
        return False
    named = any(denied["what"] in name for name in (column.label, *column.aliases))
    return named and not any(denied["what"] in choice for choice in column.choices)


def _check_range(value: int, column: Column) -> None:
    if column.lowest is not None and value < column.lowest:
        raise CellError(f"不能小于{_bound(column.lowest, column)}")
    if column.maximum is not None and value > column.maximum:
        raise CellError(f"不能大于{_bound(column.maximum, column)}")


def _bound(bound: int, column: Column) -> str:
    if column.type is ColumnType.MONEY:
        return f"{format_yuan(bound)}元"
    return f"{bound}{column.unit or ''}"


def plain(text: str) -> str:
    """Write full-width digits and signs as half-width, without outer blanks or unseen signs."""
    return unicodedata.normalize("NFKC", visible(text)).strip()


def visible(text: str) -> str:
    """Drop signs of no width, which tell apart what looks the same."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def _read_text(cell: Cell, _column: Column) -> str:
    if isinstance(cell, str):
        text = visible(cell).strip()
    elif isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"  # as the spreadsheet shows it
    elif isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= EXACT_DIGITS:
            raise CellError("数字超过15位，表格软件已丢失尾数；请把单元格改为文本后重填")
        text = str(int(cell))  # a number that is a name: 2010308.0 is 2010308
    elif isinstance(cell, datetime):
        text = str(cell).removesuffix(" 00:00:00")
    else:
        text = str(cell).strip()
    if len(text) > LONGEST_TEXT:
        raise CellError(f"文字长达{len(text)}字，最多{LONGEST_TEXT}字")
    if NUL in text:
        raise CellError("含有无法保存的字符")
    if text in DITTO:
        raise CellError(f"写着“{text}”，上面没有可以照抄的内容")
    if BYTE_ORDER_MARK in text:
        raise CellError("含有看不见的字符（U+FEFF），请删除整格后重填")
    return text


def _read_count(cell: Cell, column: Column) -> int:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError("应为整数")
    if isinstance(cell, float):
        if not cell.is_integer():
            raise CellError(f"应为整数，实为{cell!r}")
        count = int(cell)
    elif isinstance(cell, int):
        count = cell
    else:
        text = plain(cell)
        if column.unit and text.endswith(column.unit):
            text = text.removesuffix(column.unit).rstrip()
        if _OPEN_THOUSANDS.fullmatch(text):
            raise CellError(f"看不出“{cell}”里的句点是小数点还是千分位；请写成 1234 的样子")
        if not _COUNT.fullmatch(text):
            raise CellError("应为整数")
        if len(text) > LONGEST_COUNT:
            raise CellError("数字大得不可能")
        count = int(text.replace(",", "").split(".")[0])
    if abs(count) > LARGEST_COUNT:
        raise CellError("数字大得不可能")
    return count


def _read_money(cell: Cell, column: Column) -> int:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError("应为金额")
    # a number cell is the shortest decimal that stands for it: 1234.56, not its binary neighbour
    # to the 15 digits that a spreadsheet shows: 0.1 + 0.2 is 0.3
    text = cell if isinstance(cell, str) else format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, str) and _THREE_DECIMALS.fullmatch(plain(cell)):
        raise CellError(f"看不出“{cell}”里的句点是小数点还是千分位；请写成 1234 或 1.23 的样子")
    try:
        return parse_amount_fen(text, column.unit or "元")
    except ValueError as error:
        raise CellError(str(error)) from None


def _read_date(cell: Cell, column: Column) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError("应为日期")
    if isinstance(cell, float) and not cell.is_integer():
        raise CellError("应为日期")
    text = plain(cell) if isinstance(cell, str) else str(int(cell))
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if re.fullmatch(r"\d{5}", text):
            return EXCEL_EPOCH + timedelta(days=int(text))
        if column.ends_month and (month := _MONTH.fullmatch(text)):
            number = month["month"] or month["open"]
            quarter = int((month["quarter"] or "1").translate(YEAR_DIGITS))
            return month_end(int(month["year"]), int(number or 3 * quarter))
    except ValueError:
        raise CellError(_no_such_day(found)) from None
    raise CellError("应为日期，如 2024-03-05")


def _no_such_day(found: re.Match[str] | None) -> str:
    if found and 1 <= int(found[2]) <= 12 and int(found[1]) > 0:
        last = month_end(int(found[1]), int(found[2])).day
        return f"没有这一天：{found[1]}年{int(found[2])}月只有{last}天"
    return "没有这一天"


def _read_yes_no(cell: Cell, _column: Column) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _read_text(cell, _column)
    word = plain(text).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError("应为“是”或“否”")


def _read_choice(cell: Cell, column: Column) -> str:
    text = _read_text(cell, column)
    if text in column.choices:
        return text
    said = _BLANKS.sub("", simplified(plain(text)))
    for choice in column.choices:  # brackets and digits may be full-width on either side
        if _BLANKS.sub("", simplified(plain(choice))) == said:
            return choice
    bare = _CODE.sub("", said, count=1)  # 11-一般公共预算资金
    for choice, words in column.choice_words.items():
        if bare in words:
            return choice
    raise CellError(f"应为下列之一：{'、'.join(column.choices)}")


_READERS: dict[ColumnType, Callable[[Cell, Column], Value]] = {
    ColumnType.TEXT: _read_text,
    ColumnType.COUNT: _read_count,
    ColumnType.MONEY: _read_money,
    ColumnType.DATE: _read_date,
    ColumnType.YES_NO: _read_yes_no,
    ColumnType.CHOICE: _read_choice,
}


def as_whole(value: Value) -> int | None:
    """Return a value that is a whole number; None for any other."""
    return value if isinstance(value, int) else None
