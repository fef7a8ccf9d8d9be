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
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.headings import HeadingNames, label_key
from perf_pipeline.registers.units import unit_in_heading, without_unit

_WHOLE = re.compile(
    "合计|小计|总计|总额|总数|全部|金额|(?:本次|本期|本月|实际)(?:支付|付款|支出)?(?:数|额|金额)?"
)
_NAME = re.compile("(?:单位|项目|账户)?(?:名称|全称|户名)|姓名")  # of 收款人 over 名称, 账号
_ASKED = "“{}”下面分成“{}”几列，不知用哪一列；请只在要用的一列上面写“{}”后重交"


def take_parted(
    rows: Sequence[Sequence[Cell]],
    declared: Register,
    names: HeadingNames,
    positions: dict[str, int],
    units: dict[str, str],
    rest: dict[int, str],
    labels: list[Cell],
    where: Place,
) -> int:
    """Take the columns of amounts and texts whose heading is parted by the row below it.

    `rows` are the header's and the one below them. A text that a file may do without, and that no
    part is, stays unused. Returns the last row that parts one, from 0. Raises LayoutError where
    none of the parts is the whole.
    """
    last = 0
    for column in declared.columns:
        if column.name not in positions or column.type not in (ColumnType.MONEY, ColumnType.TEXT):
            continue
        parted = _column_below(rows, names, column, positions, where)
        if parted is None:
            continue
        whole, by = parted
        last = max(last, by)
        if whole is None:
            at = positions.pop(column.name)
            rest[at] = str(labels[at]).strip()
            continue
        rest.pop(whole, None)
        elsewhere = (at for name, at in positions.items() if name != column.name)
        placed = {*rest, *elsewhere, whole}
        rest |= {
            at: str(cell).strip()
            for at, cell in enumerate(rows[by])
            if at not in placed and label_key(cell)
        }
        heading = str(rows[by][whole])
        if unit := unit_in_heading(heading):
            units[column.name] = unit
        # what either row says of a foreign currency is said of the column
        labels += [None] * (whole + 1 - len(labels))
        upper = str(labels[positions[column.name]]).strip()
        labels[whole] = f"{upper} {heading.strip()}"
        positions[column.name] = whole
    return last


def _column_below(
    rows: Sequence[Sequence[Cell]],
    names: HeadingNames,
    column: Column,
    positions: Mapping[str, int],
    where: Place,
) -> tuple[int | None, int] | None:
    """Return the position of the part that is the whole column, and the row that parts it."""
    name, position = column.name, positions[column.name]
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
        if not whole and not column.required and not names.is_money(name):
            return None, n + 1
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
