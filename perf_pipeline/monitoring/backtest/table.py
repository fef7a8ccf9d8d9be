"""Reading a table of past years, with every fault named by its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from perf_pipeline.domain.errors import LayoutError, Place, UnreadableFileError
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.registers.files import TEXTS, open_sheets

KEY = ["entity", "year", "period"]
LARGEST = 1e18
MOST_FAULTS = 20  # told at once
NOT_ADDED_UP = 0.2  # of all steps fall: rather each period's own values than money paid back
FALLING = "比上一期减少"
BLANK_AT_THE_END = (  # what Excel leaves out of a block of rows when it writes a CSV file
    "Excel 存为 CSV 时会省去行末的空格子：列的次序不限，把 budget 列移到 cumulative 列之前再存一次"
)
Told = tuple[int, str]  # a row of the file, and what is wrong or strange in it


VALUES: dict[Kind, tuple[str, ...]] = {
    Kind.SPENDING: ("cumulative", "budget"),
    Kind.RATES: ("numerator", "denominator"),
    Kind.COUNTS: ("count",),
}
MONEY_LABELS = {"cumulative": "累计支出", "budget": "预算"}
TIMES = {"year": (1900, 2200), "periods": (1, 366), "period": (1, 366)}


@dataclass(frozen=True)
class PastYears:
    """Past years: columns entity, year, period, periods, the values of the kind (float), row."""

    kind: Kind
    rows: pd.DataFrame
    notes: tuple[str, ...]


def read_past_years(path: Path) -> PastYears:
    """Read a CSV file of past years.

    Raises UnreadableFileError when it is no CSV file, as registers come in them, LayoutError when
    columns are missing or rows are wrong: each fault with its row, column, what was found and
    expected; a row with other cells than the header has is read from no column.
    Spending may be paid back: a fall, a sum below zero and a negative budget are only noted.
    """
    kind, raw = _read(path)
    rows = pd.DataFrame({"row": raw.index, "entity": raw["entity"]}, raw.index)
    faults = [(row, "列“entity”为空，应为单位名称") for row in rows["row"][rows["entity"] == ""]]
    whole = {name: (0.0, LARGEST) for name in VALUES[kind] if kind is not Kind.SPENDING}
    for name in (*TIMES, *VALUES[kind]):
        rows[name] = pd.to_numeric(raw[name], errors="coerce").astype(float)
        faults += _no_numbers(raw[name], rows[name], (TIMES | whole).get(name))
    _refuse(faults, path)
    _refuse(list(_impossible(rows, kind)), path)
    rows = rows.sort_values(KEY, kind="stable").reset_index(drop=True)
    strange = list(_falls(rows, kind))
    if kind is not Kind.SPENDING:
        _refuse([(row, f"{what}，年内累计数不应减少") for row, what in strange], path)
    notes = [(row, f"{what}，按退款处理") for row, what in strange] + [
        (row, f"{MONEY_LABELS[name]}为负（{value:.16g}），照原数计入")
        for name in VALUES[kind]
        for row, value in rows.loc[rows[name] < 0, ["row", name]].itertuples(index=False)
    ]
    return PastYears(kind, rows, (*_whole_table(rows, len(strange)), *_by_row(notes)))


def _read(path: Path) -> tuple[Kind, pd.DataFrame]:
    """Return the rows below the header, all texts, by their numbers in the file; no blank ones."""
    if path.suffix.lower() not in TEXTS:
        raise UnreadableFileError("往年数据应为 CSV 文件", Place(path.name))
    (sheet,) = open_sheets(path)
    filled = [
        (number, [str(cell).strip() for cell in cells])
        for number, cells in enumerate(sheet.rows(), start=1)
    ]
    (top, header), *rows = [each for each in filled if any(each[1])] or [(1, [""])]
    columns = [name.lower() for name in header]
    kind = _kind(columns, Place(path.name, row=top))
    if not rows:
        raise LayoutError("没有数据行", Place(path.name, row=top))
    wide = len(columns)
    uneven = [
        (row, f"有{len(of)}格，应与表头一样有{wide}格，空着的也要有逗号")
        for row, of in rows
        if len(of) != wide
    ]
    ends_early = columns[-1] == "budget" and any(len(of) == wide - 1 for _, of in rows)
    _refuse(uneven, path, BLANK_AT_THE_END if ends_early else "")
    numbers, cells = zip(*rows, strict=True)
    return kind, pd.DataFrame(cells, index=numbers, columns=columns, dtype=str)


def _kind(columns: Sequence[str], place: Place) -> Kind:
    needed = (*KEY, "periods")
    kinds = [kind for kind in Kind if set(VALUES[kind]) <= set(columns)]
    missing = [name for name in needed if name not in columns]
    read = (*needed, *VALUES[kinds[0]]) if len(kinds) == 1 else ()
    if missing or not read or any(columns.count(name) > 1 for name in read):
        forms = "；".join(f"{kind.label}为 {','.join((*needed, *VALUES[kind]))}" for kind in Kind)
        unclear = "看不出是支出、比率还是数量，或列名重复"
        what = f"缺少列 {'、'.join(missing)}" if missing else unclear
        raise LayoutError(f"{what}；现有列 {'、'.join(columns)}。列应：{forms}", place)
    return kinds[0]


def _no_numbers(
    text: pd.Series, values: pd.Series, bounds: tuple[float, float] | None
) -> list[Told]:
    """Tell what is no number, or no whole one within bounds where there are any."""
    number = values.to_numpy()
    low, high = bounds or (-LARGEST, LARGEST)
    wrong = ~((number >= low) & (number <= high))
    wanted = "数"
    if bounds:
        wrong |= number != np.floor(number)
        wanted = f"{low:g}到{high:g}的整数" if high < LARGEST else f"不小于{low:g}的整数"
    if text.name == "budget":  # may be blank
        wrong &= (text != "").to_numpy()
    return [
        (row, f"列“{text.name}”为“{cell[:40]}”，应为{wanted}")
        for row, cell in zip(text.index[wrong], text[wrong], strict=True)
    ]


def _impossible(rows: pd.DataFrame, kind: Kind) -> Iterator[Told]:
    late = rows.loc[rows["period"] > rows["periods"], ["row", "period", "periods"]]
    for row, period, periods in late.itertuples(index=False):
        yield row, f"列“period”为{period:g}，一年只有{periods:g}期"
    first = rows.groupby(KEY)["row"].transform("first")
    again = rows["row"] != first
    for row, other in zip(rows["row"][again], first[again], strict=True):
        yield row, f"与第{other}行重复：同一单位、年份、期次只能有一行"
    mixed = rows.groupby(["entity", "year"])["periods"].transform("nunique") > 1
    for row in rows["row"][mixed]:
        yield row, "列“periods”与该单位同年其他行不一致"
    if kind is Kind.RATES:
        over = rows.loc[rows["numerator"] > rows["denominator"], ["row", *VALUES[kind]]]
        for row, above, below in over.itertuples(index=False):
            yield row, f"分子{above:g}大于分母{below:g}"


def _falls(rows: pd.DataFrame, kind: Kind) -> Iterator[Told]:
    for name in set(VALUES[kind]) - {"budget"}:
        before = rows.groupby(["entity", "year"])[name].shift()
        fell = rows[name] < before
        for row, was, now in zip(rows["row"][fell], before[fell], rows[name][fell], strict=True):
            yield row, f"列“{name}”由{was:.16g}变为{now:.16g}，{FALLING}"


def _whole_table(rows: pd.DataFrame, falls: int) -> Iterator[str]:
    """Tell of years that cannot be scored, and where values seem to be of single periods."""
    years = rows.groupby(["entity", "year"])
    ends = years["period"].max() == years["periods"].first()
    if not ends.all():
        yield f"{(~ends).sum()} 个单位年没有最后一期的数，不计分"
    if falls > MOST_FAULTS and falls > NOT_ADDED_UP * (len(rows) - len(ends)):
        yield f"{falls} 行{FALLING}：各期应填年初以来的累计数，请确认不是当期数"


def _by_row(told: list[Told]) -> Iterator[str]:
    yield from (f"第{row}行：{what}" for row, what in sorted(told)[:MOST_FAULTS])
    if len(told) > MOST_FAULTS:
        yield f"……共 {len(told)} 处"


def _refuse(faults: list[Told], path: Path, mend: str = "") -> None:
    if faults:
        lines = [*_by_row(faults), *filter(None, [mend])]
        raise LayoutError("\n" + "\n".join(lines), Place(path.name))
