"""Workbooks (.xlsx, .xlsm, .xls, .ods), for registers and target documents alike.

A sheet is its values and what values do not say: number formats, errors, formulas without a stored
result, merged cells, what is hidden. A formula gives the value that was last computed; nothing is
computed, no link is followed, no macro is run.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.number_formats import beside_text, shown, shows_month, tells

Value = str | int | float | bool | date | datetime | time | timedelta | None
Merged = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
At = tuple[int, int]

MOST_CELLS = 20_000_000
MOST_SHEETS = 500
MOST_ERRORS = 100_000
NO_RESULT = "#公式没有结果"  # stands for a formula whose result was never stored
DAMAGE = (  # what a zip that is broken raises
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, KeyError),
)
ZIPPED, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass
class Looks:
    """What a sheet's file says beside its values; rows and columns from 0, hidden rows from 1."""

    formats: dict[At, str] = field(default_factory=dict)
    instead: dict[At, str] = field(default_factory=dict)  # errors, formulas without a result
    raised: dict[At, str] = field(default_factory=dict)  # texts with a raised digit behind another
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[At] = field(default_factory=set)  # cells that are crossed out
    red: set[At] = field(default_factory=set)
    notes: dict[At, str] = field(default_factory=dict)
    page_words: list[str] = field(default_factory=list)  # of page headers and footers
    height: int = 0
    width: int = 0
    farthest: str = ""  # the address of the cell that makes it so wide

    def seen_at(self, column: int, others: Collection[int]) -> Looks:
        """Return them with what is seen of other columns seen at one, as of a sheet that has it."""
        struck = {(row, column) for row, at in self.struck if at in others}
        red = {(row, column) for row, at in self.red if at in others}
        hidden = {column} if self.hidden_columns & set(others) else set()
        return replace(
            self,
            struck=self.struck | struck,
            red=self.red | red,
            hidden_columns=self.hidden_columns | hidden,
        )


@dataclass(frozen=True)
class Sheet:
    """One worksheet: `values` gives its rows from the first on, as often as it is called."""

    name: str
    hidden: bool
    values: Callable[[], Iterator[list[Value]]]
    looks: Looks
    merged: tuple[Merged, ...] = ()

    def rows(self) -> Iterator[list[Value]]:
        """Give the rows as a reader means them: "93%" for 0.93, "2024年6月" for 1 June, errors."""
        told: dict[int, dict[int, str]] = {}
        for (row, column), code in self.looks.formats.items():
            if tells(code):
                told.setdefault(row, {})[column] = code
        instead: dict[int, dict[int, str]] = {}
        for (row, column), text in (*self.looks.raised.items(), *self.looks.instead.items()):
            instead.setdefault(row, {})[column] = text
        for number, cells in enumerate(self.values()):
            for column, code in told.get(number, {}).items():
                if column < len(cells) and _is_told(cells[column], code):
                    cells[column] = shown(cells[column], code)
            for column, text in instead.get(number, {}).items():
                cells += [None] * (column + 1 - len(cells))
                cells[column] = text
            yield cells


def _is_told(value: Value, code: str) -> bool:
    """Tell whether a value is what its format says: a number, or the first of a month for it."""
    if isinstance(value, date):
        return value.day == 1 and shows_month(code)
    if isinstance(value, str):
        return any(beside_text(code))
    return type(value) in (int, float)


def refuse_wrong_name(path: Path, place: Place) -> None:
    """Say plainly when a workbook's content is not of the kind that its name says."""
    with path.open("rb") as stream:
        beginning = stream.read(4)
    old = path.suffix.lower() in (".xls", ".et")
    if beginning == ZIPPED and old:
        raise UnreadableFileError("名为 .xls，实为新版工作簿；请把扩展名改成 .xlsx", place)
    if beginning == OLE and not old:
        raise UnreadableFileError(
            f"名为 {path.suffix}，实为旧版 .xls，或已加密；请另存为不加密的 .xlsx", place
        )
    if beginning not in (ZIPPED, OLE):
        raise UnreadableFileError("名为工作簿，内容却不是；请用 Excel 另存为 .xlsx", place)


def refuse_wide(looks: Looks, place: Place, most_cells: int) -> None:
    """Raise UnreadableFileError for a sheet that has more room than it may have."""
    if looks.height * looks.width <= most_cells:
        return
    far = f"（如 {looks.farthest}）" if looks.farthest else ""
    raise UnreadableFileError(
        f"工作表宽{looks.width}列、高{looks.height}行，大得无法读取；"
        f"请删除远处多余的单元格{far}后另存",
        place,
    )


def refuse_errors(looks: Looks, place: Place) -> None:
    """Raise UnreadableFileError for a sheet with more errors than a table would have."""
    if len(looks.instead) > MOST_ERRORS:
        reason = f"错误值（如 #REF!）多于{MOST_ERRORS}个，请改正公式后重交"
        raise UnreadableFileError(reason, place)


def encrypted(archive: zipfile.ZipFile) -> bool:
    """Tell whether a zipped file asks for a password."""
    return any(entry.flag_bits & 1 for entry in archive.infolist())


def refuse_twice(archive: zipfile.ZipFile, place: Place) -> None:
    """Raise UnreadableFileError where a part is there twice: each reader takes another one.

    Not of who wrote it and when, which nobody reads: python-docx writes that a second time into
    what LibreOffice made.
    """
    names = (each.filename.replace("\\", "/").lower() for each in archive.infolist())
    parts = Counter(name for name in names if not name.startswith("docprops/"))
    name, times = max(parts.items(), key=itemgetter(1), default=("", 0))
    if times > 1:
        raise UnreadableFileError(
            f"内部有{times}份 {name}，不知用哪一份；请用原来的软件打开，另存为新文件后重交", place
        )


def whole(value: object, otherwise: int) -> int:
    """Return a written number, or another where it is none."""
    text = value if isinstance(value, str) else ""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else otherwise
