"""The correction sheet (更正): how it is laid out, how it is read back, and what it changes.

A sheet belongs to one document, by the document's SHA-256. Reading is pure: it takes the cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

from perf_pipeline.documents.model import TargetDocument, Where
from perf_pipeline.documents.review.values import WAN, list_values, mend
from perf_pipeline.domain.errors import LayoutError, Place

FILE_MARK = "更正表"  # in the name of every workbook of corrections
SHEET = "更正"
DIGEST = "文件SHA-256"
ADDRESS, READ, CORRECTED, NOTE = "编号", "读出的值", "改为", "更正说明"
COLUMNS = (
    ADDRESS, "项目", "对象", "内容", READ, "读作", "位置", "可信度", "审核意见", CORRECTED, NOTE,
)  # fmt: skip

MOST_ROWS = 100_000
_SHA256 = re.compile(r"[0-9a-f]{64}")

Grid = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Correction:
    """A value that a person has corrected: what was read, what it should be, in which row."""

    address: str
    before: str
    after: str
    row: int
    fault: str | None = None  # why the cell cannot be what a person means

    @property
    def where(self) -> Where:
        """Say where the correction stands: 更正第12行."""
        return Where(f"{SHEET}第{self.row}行", SHEET, self.row)


@dataclass(frozen=True)
class CorrectionSheet:
    """What a correction workbook says: for which document, and what to change."""

    sha256: str
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class Refused:
    """A correction that could not be applied, and why."""

    correction: Correction
    reason: str


def is_correction_workbook(path: Path) -> bool:
    """Tell by its name whether a file holds corrections: 绩效目标更正表.xlsx."""
    return FILE_MARK in path.name and path.suffix.lower() == ".xlsx"


def read_corrections(grid: Grid, place: Place) -> CorrectionSheet:
    """Read the cells of a correction sheet; only rows with something in 改为 are corrections.

    Raises LayoutError where the document's SHA-256 or the header is not there.
    """
    rows = [[_text(cell)[0] for cell in row] for row in grid[:MOST_ROWS]]
    digest = _digest(rows)
    if digest is None:
        raise LayoutError(f"没有找到“{DIGEST}”，不知道更正的是哪一份文件", place)
    header = next((n for n, row in enumerate(rows) if ADDRESS in row and CORRECTED in row), None)
    if header is None or READ not in rows[header]:
        raise LayoutError(f"没有找到表头“{ADDRESS}、{READ}、{CORRECTED}”", place)
    address, before, after = (rows[header].index(name) for name in (ADDRESS, READ, CORRECTED))
    found = []
    for number in range(header + 1, len(rows)):
        row = [*rows[number], *[""] * len(COLUMNS)]
        if not row[after]:
            continue
        fault = _text(grid[number][after])[1]
        found.append(Correction(row[address], row[before], row[after], number + 1, fault))
    return CorrectionSheet(digest, tuple(found))


def apply_corrections(
    document: TargetDocument, corrections: Sequence[Correction]
) -> tuple[TargetDocument, tuple[Refused, ...]]:
    """Return the document as a person corrected it, and the corrections that cannot be applied.

    Each is applied only to the value that the person saw.
    """
    seen = {value.address: value.written for value in list_values(document)}
    refused: list[Refused] = []
    for each in corrections:
        try:
            _check(each, seen)
            document = mend(document, each.address, each.after, each.where)
        except ValueError as error:
            refused.append(Refused(each, str(error)))
    return document, tuple(refused)


def _check(each: Correction, seen: dict[str, str]) -> None:
    if each.fault and not each.address.endswith(WAN):
        raise ValueError(each.fault)
    if each.address not in seen:
        raise ValueError(f"文件里没有编号“{each.address}”所指的内容")
    if _plain(seen[each.address]) != _plain(each.before):
        raise ValueError(
            f"表中“{READ}”是“{each.before}”，现在读出的是“{seen[each.address]}”；请重新生成更正表"
        )


def _plain(text: str) -> str:
    """Reduce a text to what survives a spreadsheet: blanks and line ends may change."""
    return re.sub(r"\s", "", text)


def _digest(rows: Sequence[Sequence[str]]) -> str | None:
    for row in rows:
        for label, value in pairwise(row):
            if _plain(label) == DIGEST and _SHA256.fullmatch(value.lower()):
                return value.lower()
    return None


def _text(cell: object) -> tuple[str, str | None]:
    """Return a cell as a person would have typed it, and why it cannot be relied on, if so.

    Typed as text, 95% stays 95%; a cell of another format holds 0.95, which may mean either.
    """
    match cell:
        case None:
            return "", None
        case bool():
            return ("是" if cell else "否"), None
        case datetime() | date():
            return f"{cell.year}年{cell.month}月{cell.day}日前", None
        case float() if cell.is_integer():
            return str(int(cell)), None
        case float():
            return repr(cell), f"单元格是数字{cell!r}，不知是否为百分比；请按文本填写，如 95%"
        case _:
            return str(cell).strip(), None
