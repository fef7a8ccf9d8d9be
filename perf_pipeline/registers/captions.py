"""What stands around a table (表头上下的文字): texts that are no cells of its rows.

A sheet may hold other tables, parted by a blank row or a title of their own: what stands there
speaks of their amounts, and not of this table's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from perf_pipeline.registers.cells import is_blank, is_blank_row
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import PROMPTS, SEARCHED_ROWS, Header, label_key

_SAID = re.compile(r"[:：]\s*\S")
_NUMBER = re.compile(r"[-+(（¥￥]?\d.*")


@dataclass(frozen=True)
class Captions:
    """The texts above a header, beside and below it, and of other tables on the sheet, by row."""

    above: list[list[str]]
    beside: list[list[str]]
    foot: list[list[str]]
    apart: list[list[str]]


def texts(row: Row) -> list[str]:
    """Return what a row says, without a template's prompts (必填：…)."""
    said = ((str(cell), label_key(cell)) for cell in row)
    return [text for text, key in said if key and not key.startswith(PROMPTS)]


def captions(sheet: OpenedSheet, header: Header) -> Captions:
    """Return the texts around a table that are no cells of its rows."""
    known = {*header.positions.values(), header.credit, *header.beside}
    rows = list(islice(sheet.rows(), header.row + 1 + SEARCHED_ROWS))
    above, below = rows[: header.row + 1 - len(header.rows)], rows[header.row + 1 :]
    own = _end_of_others(above)
    end = _begin_of_others(below, header, after_rows=False)
    foot = list(sheet.foot()) if len(below) == SEARCHED_ROWS else []
    last = _begin_of_others(foot, header, after_rows=True) if end == len(below) else 0
    beside: list[list[str]] = [[text] for text in header.unused.values()]
    for row in below[:end]:
        said = texts(row)
        others = [cell for at, cell in enumerate(row) if at not in known]
        beside.append(said if len(said) <= 3 else texts(others))
    return Captions(
        [texts(row) for row in above[own:]],
        beside,
        [said for said in map(texts, foot[:last]) if len(said) <= 3],
        [texts(row) for row in (*above[:own], *below[end:], *foot[last:])],
    )


def _end_of_others(above: Sequence[Row]) -> int:
    """Return where, above a header, what belongs to it begins: after the last other table."""
    blank = [n for n, row in enumerate(above) if is_blank_row(row)]
    tables = [n for n in range(len(above)) if _heads_a_table(above, n)]
    return next((n for n in reversed(blank) if any(first < n for first in tables)), 0)


def _begin_of_others(below: Sequence[Row], header: Header, *, after_rows: bool) -> int:
    """Return where another table begins, with its title, below rows; the end where none does.

    `after_rows` says that rows stand before these: else the first may be the units of the header.
    """
    for n, row in enumerate(below):
        after_rows = after_rows or _has_number(row)
        if after_rows and row not in header.rows and _heads_a_table(below, n):
            titled = n
            while titled and _may_be_title(below[titled - 1]):
                titled -= 1
            return titled if titled < n else n
    return len(below)


def _heads_a_table(rows: Sequence[Row], n: int) -> bool:
    """Tell whether a row is two texts or more, without a number, over a row that has some.

    部门：某局 is no heading.
    """
    if n + 1 == len(rows) or _has_number(rows[n]) or not _has_number(rows[n + 1]):
        return False
    said = texts(rows[n])
    if len(said) < 2 or any(_SAID.search(text) for text in said):
        return False
    return len(texts(rows[n + 1])) >= 2


def _may_be_title(row: Row) -> bool:
    return len(texts(row)) <= 2 and not _has_number(row)


def _has_number(row: Row) -> bool:
    return any(
        _NUMBER.fullmatch(cell.strip()) is not None if isinstance(cell, str) else True
        for cell in row
        if not is_blank(cell)
    )
