"""Looking an indicator up in the indicator library (指标库).

The library is a file that people open in a spreadsheet, one row an indicator: trade (行业), name,
both levels, unit, direction, formula, the measure that usually gives it, and the source. It serves
the map of indicators to measures, the reading of forms that leave levels out, and the review; what
comes from it is a guess and is marked as one.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from perf_pipeline.domain.errors import ConfigurationError, Place
from perf_pipeline.domain.target import Operator

FILE = "indicator_library.csv"
HEADER = (
    "行业",
    "指标名称",
    "一级指标",
    "二级指标",
    "计量单位",
    "方向",
    "公式",
    "常用度量",
    "来源",
)
SHORTEST = 5  # characters of a name that may stand at the end of a longer one
_SIGNS = {"≥": Operator.GE, "≤": Operator.LE, "=": Operator.EQ}
_NO_WORD = re.compile(r"[\s　，,、。；;：:（）()“”\"'·\-—]+")
_NOTE = re.compile(r"[（(][^（）()]*[）)]$")


@dataclass(frozen=True)
class LibraryIndicator:
    """A row of the library; `measure` is None where staff report the value (人工填报)."""

    trade: str
    name: str
    level1: str
    level2: str
    unit: str
    direction: Operator
    formula: str
    measure: str | None
    source: str

    @property
    def sign(self) -> str:
        """The sign of its direction: ≥ where more is better."""
        return next(sign for sign, operator in _SIGNS.items() if operator is self.direction)

    @property
    def kind(self) -> str:
        """What sort of indicator it is, in a line: 产出指标、数量指标，≥，次."""
        levels = "、".join(filter(None, (self.level1, self.level2)))
        return "，".join(filter(None, (levels, self.sign, self.unit)))


class IndicatorLibrary:
    """The library's rows, found by an indicator's name."""

    def __init__(self, indicators: Iterable[LibraryIndicator]) -> None:
        """Keep the rows; of two with one name, that of the more special trade is kept later."""
        self.indicators = tuple(indicators)
        self._by_name: dict[str, LibraryIndicator] = {}
        for each in self.indicators:
            self._by_name.setdefault(plain_name(each.name), each)
        self._longest_first = sorted(
            (name for name in self._by_name if len(name) >= SHORTEST), key=len, reverse=True
        )

    def find(self, name: str) -> LibraryIndicator | None:
        """Return the row of that name, or the longest one with which the name ends.

        本区义务教育巩固率 is 义务教育巩固率; likeness alone finds nothing, since in Chinese one
        character tells two indicators apart.
        """
        wanted = plain_name(name)
        if found := self._by_name.get(wanted):
            return found
        ending = next((each for each in self._longest_first if wanted.endswith(each)), None)
        return None if ending is None else self._by_name[ending]


NO_LIBRARY = IndicatorLibrary(())


def plain_name(name: str) -> str:
    """Write a name without blanks, marks and the note in brackets at its end."""
    return _NO_WORD.sub("", _NOTE.sub("", unicodedata.normalize("NFKC", name).strip()))


@cache
def load_library(path: Path) -> IndicatorLibrary:
    """Read a library; an installation without the file has an empty one.

    Raises ConfigurationError, naming file and row, for one that cannot be used.
    """
    if not path.is_file():
        return NO_LIBRARY
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except UnicodeDecodeError:
        raise ConfigurationError("不是 UTF-8 编码的 CSV 文件", Place(file=path.name)) from None
    if not rows or tuple(rows[0]) != HEADER:
        raise ConfigurationError(f"表头应为：{'、'.join(HEADER)}", Place(file=path.name))
    return IndicatorLibrary(
        _indicator(row, Place(file=path.name, row=number))
        for number, row in enumerate(rows[1:], start=2)
        if any(row)
    )


def _indicator(row: list[str], place: Place) -> LibraryIndicator:
    if len(row) != len(HEADER):
        raise ConfigurationError(f"应有{len(HEADER)}列，这里有{len(row)}列", place)
    trade, name, level1, level2, unit, sign, formula, measure, source = map(str.strip, row)
    if not name or not source:
        raise ConfigurationError("指标名称和来源不能为空", place)
    if sign not in _SIGNS:
        raise ConfigurationError(f"方向“{sign}”应为 {'、'.join(_SIGNS)} 之一", place)
    return LibraryIndicator(
        trade, name, level1, level2, unit, _SIGNS[sign], formula, measure or None, source
    )
