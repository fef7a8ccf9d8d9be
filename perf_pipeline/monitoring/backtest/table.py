"""Reading a table of past years, with every fault named by its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from perf_pipeline.domain.errors import LayoutError, Place, UnreadableFileError
from perf_pipeline.monitoring.outlook.forecast import Kind

KEY = ["entity", "year", "period"]
LARGEST_BYTES = 200_000_000
LARGEST = 1e18
MOST_FAULTS = 20  # told at once
NOT_ADDED_UP = 0.2  # of all steps fall: rather each period's own values than money paid back
FALLING = "比上一期减少"
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

    Raises UnreadableFileError when it is no CSV file in UTF-8, LayoutError when columns are
    missing or rows are wrong: each fault with its row, column, what was found and expected.
    Spending may be paid back: a fall, a sum below zero and a negative budget are only noted.
    """
    raw = _read(path)
    kind = _kind(raw, path)
    rows = pd.DataFrame({"row": raw.index + 1, "entity": raw["entity"].str.strip()})
    faults = [(row, "列“entity”为空，应为单位名称") for row in rows["row"][rows["entity"] == ""]]
    whole = {name: (0.0, LARGEST) for name in VALUES[kind] if kind is not Kind.SPENDING}
    for name in (*TIMES, *VALUES[kind]):
        rows[name] = pd.to_numeric(raw[name].str.strip(), errors="coerce").astype(float)
        faults += _no_numbers(raw[name].str.strip(), rows[name], (TIMES | whole).get(name))
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


def _read(path: Path) -> pd.DataFrame:
    place = Place(file=str(path))
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFileError(f"文件超过{LARGEST_BYTES // 1_000_000} MB", place)
        raw = pd.read_csv(
            path,
            header=None,  # else a row longer than the header moves all of its values by a column
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except OSError as error:
        raise UnreadableFileError(f"无法打开：{error.strerror or error}", place) from error
    except ValueError as error:
        what = f"不是 UTF-8 编码的 CSV 文件，或有的行比表头多列：{error}"
        raise UnreadableFileError(what.strip(), place) from error
    raw.columns = raw.iloc[0].str.strip().str.lower()
    return raw[1:][(raw[1:] != "").any(axis=1)]


def _kind(raw: pd.DataFrame, path: Path) -> Kind:
    place = Place(file=str(path), row=1)
    needed = (*KEY, "periods")
    kinds = [kind for kind in Kind if set(VALUES[kind]) <= set(raw.columns)]
    missing = [name for name in needed if name not in raw.columns]
    if missing or len(kinds) != 1 or raw[[*needed, *VALUES[kinds[0]]]].columns.has_duplicates:
        forms = "；".join(f"{kind.label}为 {','.join((*needed, *VALUES[kind]))}" for kind in Kind)
        unclear = "看不出是支出、比率还是数量，或列名重复"
        what = f"缺少列 {'、'.join(missing)}" if missing else unclear
        raise LayoutError(f"{what}；现有列 {'、'.join(raw.columns)}。列应：{forms}", place)
    if raw.empty:
        raise LayoutError("没有数据行", place)
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
        (
            int(text.index[int(index)]) + 1,
            f"列“{text.name}”为“{text.iloc[index][:40]}”，应为{wanted}",
        )
        for index in np.flatnonzero(wrong)
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


def _refuse(faults: list[Told], path: Path) -> None:
    if faults:
        raise LayoutError("\n" + "\n".join(_by_row(faults)), Place(file=str(path)))
