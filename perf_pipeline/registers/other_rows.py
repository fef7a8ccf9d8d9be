"""Rows that hold no data (非数据行): blank ones, totals, signatures, headers printed again.

A ledger's totals are told by `lines`; here are those of all other registers, told by what the first
text of a row says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell, is_blank
from perf_pipeline.registers.header import Header
from perf_pipeline.registers.headings import HeadingNames, label_key
from perf_pipeline.registers.units import unit_in_heading

TOTALS = {"合计", "小计", "总计", "累计", "本页合计", "本页小计"}
_TOTAL = re.compile(
    r".{0,8}(?:合计|小计|总计|累计|共计|总和|合共)数?(?:\(.{0,12}\))?(?::.{0,12})?"
    r"|(?:sub|grand)?-?totals?(?:\W.{0,12})?|sum|averages?|平均(?:数|值)?|均值"
)
_WHOLE = re.compile(r"(?:全|各)(?:区|县|市|省|镇|乡|街道?|州|旗|域)(?:(?:镇|乡|街道)*(?:\(办\))?)")
_SIGNED = re.compile(
    r"(?:制表|填表|填报|编制|审核|复核|经办|统计|报送|单位负责|分管|负责|联系|领导)"
    r"(?:(?:人|单位|部门|日期|时间|机关|领导|电话)(?:\(?签[字章名]\)?)?(?::.*)?|:.*)"
    r"|(?:注|备注|说明|填表说明)[\d一二三]?[:.].*"
)
_NUMBERED = re.compile(r"\d{1,5}")


def first_text(cells: Sequence[Cell]) -> str:
    """Return the key of a row's first text that is more than its number in the list."""
    for cell in cells:
        if isinstance(cell, str) and (key := label_key(cell)) and not _NUMBERED.fullmatch(key):
            return key
        if not isinstance(cell, str | int | float | None):
            break
    return ""


def is_total(text: str, *, in_any_words: bool) -> bool:
    """Tell whether a row whose first text this is sums up others.

    `in_any_words` asks for 全区合计 and Total, too: not where rows are indicators, whose names
    may end so (培训人次合计).
    """
    return text in TOTALS or (in_any_words and _TOTAL.fullmatch(text) is not None)


def names_the_whole(text: str) -> bool:
    """Tell whether a place is the whole of which the others are parts: 全区."""
    return _WHOLE.fullmatch(label_key(text)) is not None


def is_signature(text: str) -> bool:
    """Tell whether a row whose first text this is stands below a table: 制表人：…, 注：…."""
    return _SIGNED.fullmatch(text) is not None


def refuse_other_header(
    cells: Sequence[Cell], number: int, names: HeadingNames, header: Header, place: Place
) -> bool:
    """Tell whether a row is the sheet's header again; raise LayoutError where it is another one."""
    at, first = next(((at, cell) for at, cell in enumerate(cells) if label_key(cell)), (0, None))
    same = label_key(first) == label_key(header.heading(at))
    if names.of(first) is None and not same:
        return False
    if same and all(
        label_key(cell) in ("", label_key(header.heading(at))) for at, cell in enumerate(cells)
    ):
        return True
    again = header_again(cells, names, header.positions, dict(header.units))
    if again is False:
        raise LayoutError(
            f"第{number}行又是一个表头，列的次序或单位与上面的不同；"
            "请分成两个工作表，或改成一样的列后重交",
            place,
        )
    return bool(again)


def header_again(
    cells: Sequence[Cell], names: HeadingNames, positions: dict[str, int], units: dict[str, str]
) -> bool | None:
    """Tell whether a row is a header: True the sheet's own, False another, None no header."""
    filled = {at: cell for at, cell in enumerate(cells) if not is_blank(cell)}
    if len(filled) < 2 or not all(isinstance(cell, str) for cell in filled.values()):
        return None
    named = {at: name for at, cell in filled.items() if (name := names.of(cell)) is not None}
    if len(set(named.values())) < 2 or 2 * len(named) <= len(filled):
        return None
    same_units = all(
        unit_in_heading(str(filled[at])) == units.get(name)
        for at, name in named.items()
        if name in units
    )
    # 退回金额 where 支付金额 stood: no payments are below it
    others = any(at in filled and at not in named for at in positions.values())
    return same_units and not others and all(positions.get(n) == at for at, n in named.items())
