"""Where a file states the unit of its amounts, sheet by sheet: they must all say the same.

Stated is what stands in headings, in captions above, beside and below the table, in the names of
sheet and file, in the page's header, in notes, and on sheets that hold no rows (封面, 说明).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.captions import captions, texts
from perf_pipeline.registers.count_units import refuse_scaled_counts
from perf_pipeline.registers.declaration import ColumnType, Register
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import Header, label_key
from perf_pipeline.registers.units import one_unit, units_named, units_stated

_OF_A_TABLE = 3  # texts in a row
_NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")


class StatedUnits:
    """The units that a file's sheets state: `found` by unit, with where it was first."""

    def __init__(self, path: Path, declared: Register) -> None:
        """Remember the file."""
        self._path = path
        self._declared = declared
        self._has_money = any(c.type is ColumnType.MONEY for c in declared.columns)
        self._unstated: str | None = None  # a sheet that states none
        self.found: dict[str, str] = {}
        self._asides: dict[str, list[list[str]]] = {}

    def take_aside(self, sheet: OpenedSheet, head: Sequence[Row]) -> None:
        """Remember what a sheet without this register's rows says of the others: 封面, 说明.

        A sheet that holds a table of its own (汇总, 预算安排) speaks of its own amounts; what
        instructions say of columns, one a row, is how they should be.
        """
        lines = list(map(texts, head))
        plain = [line for line in lines if len(line) < _OF_A_TABLE]
        numbers = sum(any(map(_is_number, line)) for line in plain)
        if sheet.is_instructions or (len(plain) == len(lines) and numbers < 2):
            self._asides[sheet.name or ""] = plain

    def of(self, sheet: OpenedSheet, header: Header, place: Place) -> str | None:
        """Return the unit that the sheet's amounts are in; None where nothing states one.

        Raises LayoutError where two are stated, or where one is named and nobody can tell how.
        """
        columns = self._declared.columns
        counts = any(column.type is ColumnType.COUNT for column in columns)
        asks_counts = counts and self._declared.amount is None
        if not self._has_money and not asks_counts:
            return None
        label = label_key(self._declared.label)
        around = captions(sheet, header)
        above, beside, foot = around.above, around.beside, around.foot
        sheet_name = [[sheet.name or ""]]
        file_name = [[self._path.stem.replace(label, "")]]
        if asks_counts:
            counted = [[header.heading(at)] for at in header.positions.values()]
            refuse_scaled_counts(
                [*above, *counted, *beside, *foot, *around.apart, *sheet_name, *file_name], place
            )
        if not self._has_money:
            return None
        places = {
            "标题或表上": above,
            "表里": beside,
            "表下": foot,
            "工作表名": sheet_name,
            "文件名": file_name,
            "页眉或页脚": [[text] for text in sheet.looks.page_words],
            "批注": [[text] for text in sheet.looks.notes.values()],
            **{f"工作表“{name}”": lines for name, lines in self._asides.items()},
        }
        stated = [(unit, "表头") for unit in dict.fromkeys(header.units.values())]
        stated += [(unit, at) for at, lines in places.items() for unit in units_stated(lines)]
        unit = one_unit(stated, place)
        if unit is None and (others := units_stated(around.apart) - {"元"}):
            raise LayoutError(
                f"另一张表写着“{'”“'.join(sorted(others))}”，这张表没有写金额单位；"
                "请写明“单位：元”或别的单位，或把两张表分开后重交",
                place,
            )
        named = units_named(chain(*above, *sheet_name, *file_name))
        if unit is None and named:
            words = f"表上提到“{'”“'.join(sorted(named))}”，不知是不是金额的单位"
            raise LayoutError(f"{words}；请写明“单位：元”或别的单位后重交", place)
        if unit is None:
            self._unstated = self._unstated or (sheet.name or "这张表")
        else:
            self.found.setdefault(unit, f"工作表“{sheet.name}”" if sheet.name else "文件")
        one_unit(self.found.items(), Place(place.file))
        if self._unstated and any(each != "元" for each in self.found):
            other = next(iter(self.found.items()))
            raise LayoutError(
                f"{other[1]}写明金额单位“{other[0]}”，工作表“{self._unstated}”没有写；"
                "不知后者按什么单位，请都写明后重交",
                Place(place.file),
            )
        return unit


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None
