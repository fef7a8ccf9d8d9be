"""What a heading names: a declared column by its label or aliases, or as a 列对照表 says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from perf_pipeline.domain.traditional import simplified
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.count_units import COUNTED
from perf_pipeline.registers.declaration import ColumnType, Register
from perf_pipeline.registers.units import with_digits, without_unit

_DECORATION = re.compile(
    r"^[*#:.、]*(?:\((?:单据[头体]|表头|分录)\))?[*#:.、]*|[*#:.、]+$|\((?:必填|选填)\)"
)
_COUNTED = re.compile(rf"(?<=.)\({COUNTED}\)$")
COLUMN_MAP = "column_map"  # 列对照表
OF_MONTH = "当月数"  # the purpose of an amount that the table itself proves to be of its month
PAID = "(?:实际)?(?:支出|支付|付款|发生|执行)?(?:数|额|金额)?"
_PART = re.compile(rf"(?:(?P<year>20\d\d)年)?第?(?P<which>[1-4上下])(?P<of>季度?|半年){PAID}")
Months = tuple[int, int]  # first and last
_UNSEEN = re.compile("[\\s_\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")


def label_key(cell: Cell) -> str:
    """Reduce a header cell to what tells labels apart: no blanks or marks, half-width, small.

    Traditional characters are simplified; what an export says of where a column belongs, as in
    *(单据头)日期 or (分录)摘要, falls away. 借方发生 is 借方发生额, payment_date is payment date.
    """
    text = str(cell or "")
    return _remembered(text) if len(text) <= _SHORT else _reduced(text)


def _reduced(text: str) -> str:
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).lower()
    text = _DECORATION.sub("", simplified(text))
    return f"{text}额" if text.endswith("方发生") else text


# declared names, which are looked for in every file, are reduced once
_SHORT = 60
_remembered = lru_cache(maxsize=16_384)(_reduced)


def part_of_year(text: str, *, whole: bool = False) -> tuple[int | None, Months] | None:
    """Return the quarter or half year of which a text speaks: its year, first and last month.

    With `whole` of a text that says nothing else.
    """
    found = (_PART.fullmatch if whole else _PART.search)(with_digits(label_key(text)))
    if found is None:
        return None
    length = 6 if found["of"] == "半年" else 3
    last = length * ({"上": 1, "下": 2}.get(found["which"]) or int(found["which"]))
    year = int(found["year"]) if found["year"] else None
    return (year, (last - length + 1, last)) if last <= 12 else None


def without_percent(key: str) -> str:
    """Return a heading's key without the sign by which it says that its numbers are per cent."""
    return key.removesuffix("(%)") if key.endswith("(%)") else key.removesuffix("%")


@dataclass(frozen=True, eq=False)
class _Names:
    """What headings name a register's columns, by their keys: made once, not once a file."""

    of_type: dict[ColumnType, set[str]]
    names: dict[str, str]
    days: dict[str, str]
    bare: dict[str, str]
    ranks: dict[str, int]
    near: dict[str, int]  # 交易时间 beside 交易日期 may be the time of day: it comes right after


@lru_cache(maxsize=64)
def _names_of(columns: tuple[tuple[ColumnType, str, tuple[str, ...]], ...]) -> _Names:
    of_type: dict[ColumnType, set[str]] = {kind: set() for kind in ColumnType}
    names: dict[str, str] = {}
    days: dict[str, str] = {}
    for kind, name, labels in columns:
        of_type[kind].add(name)
        keys = {label_key(label): name for label in (name, *labels)}
        names |= keys
        days |= {_bare_day(key): name for key in keys if kind is ColumnType.DATE}
    ranks = {key: 2 * rank for rank, key in enumerate(names)}
    near: dict[str, int] = {}
    for key in names:
        near.setdefault(_bare_day(key), ranks[key] + 1)
    bare = {label_key(without_unit(key)): name for key, name in names.items()}
    return _Names(of_type, names, days, bare, ranks, near)


def _named(known: _Names, text: str) -> str | None:
    """Return the column that a heading names by the declaration alone, if any."""
    key = label_key(text)
    if not key or key in known.names:
        return known.names.get(key)
    share = known.names.get(without_percent(key))
    if share in known.of_type[ColumnType.TEXT]:
        return share
    counted = known.names.get(_COUNTED.sub("", key))
    if counted in known.of_type[ColumnType.COUNT]:
        return counted  # 满意人数（人）
    name = known.bare.get(label_key(without_unit(text)))
    return name if name in known.of_type[ColumnType.MONEY] else known.days.get(_bare_day(key))


_remembered_names = lru_cache(maxsize=16_384)(_named)


class HeadingNames:
    """The declared columns by the keys of their labels and aliases, and of a 列对照表."""

    def __init__(self, declared: Register, mapped: Mapping[str, str]) -> None:
        """Remember the names; `mapped` is what a 列对照表 says of headings."""
        columns = tuple((c.type, c.name, (c.label, *c.aliases)) for c in declared.columns)
        self._known = known = _names_of(columns)
        self._money = known.of_type[ColumnType.MONEY]
        self._ranks, self._near = known.ranks, known.near
        self._mapped = mapped

    def of(self, cell: Cell) -> str | None:
        """Return the column that a heading names, if any."""
        text = str(cell or "")
        key = label_key(text) if self._mapped else ""
        if key and key in self._mapped:
            return self._mapped[key] or None
        return (_remembered_names if len(text) <= _SHORT else _named)(self._known, text)

    def is_money(self, name: str) -> bool:
        """Tell whether a column holds amounts."""
        return name in self._money

    def rank(self, cell: Cell) -> int:
        """Return how early a column's declaration has a name; the same for all names of amounts."""
        key = label_key(cell)
        amount = key in self._mapped or self.of(cell) in self._money
        return -1 if amount else self._ranks.get(key, self._near.get(_bare_day(key), -1))

    def is_near(self, cell: Cell) -> bool:
        """Tell whether a heading only sounds like a date's name that is declared: 巡检时间."""
        near = self.rank(cell) > 0 and self.rank(cell) % 2 == 1
        return near and not label_key(cell).startswith("实际")  # 实际办结日期 may be another day

    def is_unused(self, cell: Cell) -> bool:
        """Tell whether the 列对照表 says that a heading is not used."""
        return self._mapped.get(label_key(cell)) == ""


def _bare_day(key: str) -> str:
    """Reduce a date's heading: 实际办结时间 is 办结日期."""
    return key.removeprefix("实际").replace("时间", "日期") if len(key) > 2 else key
