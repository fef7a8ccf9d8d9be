"""A heading over several columns (合并表头): 支付金额 over 财政资金, 其他资金; 预算数 over 合计.

The register's column is the one below it that is the whole, or the name where it is a text. Where
none is, nobody knows which is meant, and the file waits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.headings import HeadingNames, label_key
from perf_pipeline.registers.units import without_unit

_WHOLE = re.compile(
    "合计|小计|总计|总额|总数|全部|金额|(?:本次|本期|本月|实际)(?:支付|付款|支出)?(?:数|额|金额)?"
)
_NAME = re.compile("(?:单位|项目|账户)?(?:名称|全称|户名)|姓名")  # of 收款人 over 名称, 账号
_ASKED = "“{}”下面分成“{}”几列，不知用哪一列；请只在要用的一列上面写“{}”后重交"


def column_below(
    rows: Sequence[Sequence[Cell]],
    names: HeadingNames,
    name: str,
    positions: Mapping[str, int],
    where: Place,
) -> tuple[int, int] | None:
    """Return where a column of amounts or texts stands whose heading is parted by the row below it.

    `rows` are the header's and the one below them. Gives the column's position and the row that
    parts it, None where nothing does. Raises LayoutError where none of the parts is the whole.
    """
    position = positions[name]
    others = set(positions.values()) - {position}
    for n, (upper, lower) in enumerate(pairwise(rows)):
        if position >= len(upper) or names.of(upper[position]) != name or not _is_heading(lower):
            continue
        parts: dict[int, str] = {}
        for at in range(position, len(lower)):
            if at > position and (at in others or (at < len(upper) and label_key(upper[at]))):
                break
            if text := label_key(without_unit(str(lower[at] or ""))):
                parts[at] = text
        if len(parts) < 2 or position not in parts:
            continue
        if names.of(lower[position]) == name:
            return position, n + 1
        sign = _WHOLE if names.is_money(name) else _NAME
        whole = [at for at, text in parts.items() if sign.fullmatch(text)]
        whole = whole or [at for at in parts if names.of(lower[at]) == name]
        if not names.is_money(name) and not whole and not _is_part(upper, lower, parts):
            continue
        if len(whole) != 1:
            heading = str(upper[position]).strip()
            raise LayoutError(_ASKED.format(heading, "”“".join(parts.values()), heading), where)
        return whole[0], n + 1
    return None


def _is_part(upper: Sequence[Cell], lower: Sequence[Cell], parts: Collection[int]) -> bool:
    """Tell whether a row says nothing but what parts the one above, and no row of words does."""
    said = {at for at, cell in enumerate(lower) if label_key(cell)}
    others = {at for at in said - set(parts) if label_key(lower[at]) != label_key(upper[at])}
    return not others and any(label_key(cell) for at, cell in enumerate(upper) if at not in said)


def _is_heading(row: Sequence[Cell]) -> bool:
    """Tell whether a row holds words alone, and no figure."""
    filled = [cell for cell in row if label_key(cell)]
    return bool(filled) and all(
        isinstance(cell, str) and not re.search(r"\d", cell) for cell in filled
    )
