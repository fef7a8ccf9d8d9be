"""Reading a table of past years, with every fault named by its row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from perf_pipeline.domain.errors import LayoutError, Place, UnreadableFileError
from perf_pipeline.monitoring.outlook.forecast import Kind

KEY = ("entity", "year", "period")
LARGEST_BYTES = 200_000_000
MOST_FAULTS = 20  # told at once
FALLING = "比上一期减少"


VALUES: dict[Kind, tuple[str, ...]] = {
    Kind.SPENDING: ("cumulative", "budget"),
    Kind.RATES: ("numerator", "denominator"),
    Kind.COUNTS: ("count",),
}
KIND_LABELS = {Kind.SPENDING: "支出", Kind.RATES: "比率", Kind.COUNTS: "数量"}


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
    faults: list[tuple[int, str]] = []
    rows = pd.DataFrame({"row": np.arange(len(raw)) + 2, "entity": raw["entity"].str.strip()})
    for row in rows["row"][rows["entity"] == ""]:
        faults.append((row, "列“entity”为空，应为单位名称"))
    for name, low, high in (("year", 1900, 2200), ("periods", 1, 366), ("period", 1, 366)):
        rows[name] = _numbers(raw, name, faults, whole=True, low=low, high=high)
    for name in VALUES[kind]:
        rows[name] = _numbers(
            raw,
            name,
            faults,
            whole=kind is not Kind.SPENDING,
            low=-np.inf if kind is Kind.SPENDING else 0,
            empty=name == "budget",
        )
    _tell(faults, path)
    faults += _impossible(rows, kind)
    _tell(faults, path)
    rows = rows.sort_values(list(KEY), kind="stable").reset_index(drop=True)
    notes = _falls(rows, kind, faults)
    _tell(faults, path)
    return PastYears(kind, rows, tuple(notes + _negative(rows, kind)))


def _read(path: Path) -> pd.DataFrame:
    place = Place(file=str(path))
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFileError(f"文件超过{LARGEST_BYTES // 1_000_000} MB", place)
        raw = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        )
    except OSError as error:
        raise UnreadableFileError(f"无法打开：{error.strerror or error}", place) from error
    except (ValueError, pd.errors.ParserError) as error:
        raise UnreadableFileError("不是 UTF-8 编码的 CSV 文件", place) from error
    raw.columns = [str(name).strip().lower() for name in raw.columns]
    return raw


def _kind(raw: pd.DataFrame, path: Path) -> Kind:
    place = Place(file=str(path), row=1)
    needed = (*KEY, "periods")
    found = set(raw.columns)
    kinds = [kind for kind in Kind if set(VALUES[kind]) <= found]
    missing = [name for name in needed if name not in found]
    if missing or len(kinds) != 1:
        forms = "；".join(
            f"{KIND_LABELS[kind]}为 {','.join((*needed, *VALUES[kind]))}" for kind in Kind
        )
        what = f"缺少列 {'、'.join(missing)}" if missing else "看不出是支出、比率还是数量"
        raise LayoutError(f"{what}；现有列 {'、'.join(raw.columns)}。列应：{forms}", place)
    if raw.empty:
        raise LayoutError("没有数据行", place)
    return kinds[0]


def _numbers(
    raw: pd.DataFrame,
    name: str,
    faults: list[tuple[int, str]],
    *,
    whole: bool,
    low: float = -np.inf,
    high: float = 1e18,
    empty: bool = False,
) -> pd.Series:
    text = raw[name].fillna("").str.strip()
    values = pd.to_numeric(text, errors="coerce").astype(float)
    number = values.to_numpy()
    wrong = ~(np.isfinite(number) & (number >= low) & (number <= high))
    if whole:
        wrong |= number != np.floor(number)
    if empty:
        wrong &= (text != "").to_numpy()
    wanted = "整数" if whole else "数"
    if low > -np.inf:
        wanted = f"不小于{low:g}的{wanted}" if high >= 1e18 else f"{low:g}到{high:g}的{wanted}"
    for index in np.flatnonzero(wrong):
        faults.append((int(index) + 2, f"列“{name}”为“{text.iloc[index][:40]}”，应为{wanted}"))
    return values


def _impossible(rows: pd.DataFrame, kind: Kind) -> list[tuple[int, str]]:
    found = []
    late = rows[rows["period"] > rows["periods"]]
    for row, period, periods in zip(late["row"], late["period"], late["periods"], strict=True):
        found.append((row, f"列“period”为{period:g}，一年只有{periods:g}期"))
    again = rows[rows.duplicated(list(KEY), keep="first")]
    first = rows.drop_duplicates(list(KEY)).set_index(list(KEY))["row"]
    for row, *key in again[["row", *KEY]].itertuples(index=False):
        found.append((row, f"与第{first[tuple(key)]}行重复：同一单位、年份、期次只能有一行"))
    mixed = rows.groupby(["entity", "year"])["periods"].transform("nunique") > 1
    for row in rows["row"][mixed]:
        found.append((row, "列“periods”与该单位同年其他行不一致"))
    if kind is Kind.RATES:
        over = rows[rows["numerator"] > rows["denominator"]]
        for row, above, below in over[["row", "numerator", "denominator"]].itertuples(index=False):
            found.append((row, f"分子{above:g}大于分母{below:g}"))
    return found


def _falls(rows: pd.DataFrame, kind: Kind, faults: list[tuple[int, str]]) -> list[str]:
    grouped = rows.groupby(["entity", "year"])
    notes = []
    for name in VALUES[kind]:
        if name == "budget":
            continue
        fell = (grouped[name].diff() < 0).to_numpy()
        before = grouped[name].shift()
        for index in np.flatnonzero(fell):
            change = f"列“{name}”由{before.iloc[index]:g}变为{rows[name].iloc[index]:g}，{FALLING}"
            row = int(rows["row"].iloc[index])
            if kind is Kind.SPENDING:
                notes.append(f"第{row}行：{change}，按退款处理")
            else:
                faults.append((row, f"{change}，年内累计数不应减少"))
    return notes


def _negative(rows: pd.DataFrame, kind: Kind) -> list[str]:
    if kind is not Kind.SPENDING:
        return []
    labels = {"cumulative": "累计支出", "budget": "预算"}
    return [
        f"第{row}行：{label}为负（{value:g}），照原数计入"
        for name, label in labels.items()
        for row, value in rows.loc[rows[name] < 0, ["row", name]].itertuples(index=False)
    ]


def _tell(faults: list[tuple[int, str]], path: Path) -> None:
    if not faults:
        return
    faults.sort()
    lines = [f"第{row}行：{what}" for row, what in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        lines.append(f"……共 {len(faults)} 处")
    raise LayoutError("\n" + "\n".join(lines), Place(file=str(path)))
