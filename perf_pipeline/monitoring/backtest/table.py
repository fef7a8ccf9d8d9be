"""Reading a table of past years, with every fault named by its row."""

from __future__ import annotations

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
FELL = "列“{name}”由{was:g}变为{now:g}，比上一期减少，"
VALUES: dict[Kind, tuple[str, ...]] = {
    Kind.SPENDING: ("cumulative", "budget"),
    Kind.RATES: ("numerator", "denominator"),
    Kind.COUNTS: ("count",),
}
BELOW_NOTHING = {
    "cumulative": "累计支出为负（{cumulative:g}），照原数计入",
    "budget": "预算为负（{budget:g}），照原数计入",
}
TIMES = {"year": (1900, 2200), "periods": (1, 366), "period": (1, 366)}
Told = tuple[int, str]  # a row of the file, and what is wrong or strange in it


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
    money = kind is Kind.SPENDING
    rows = pd.DataFrame({"row": np.arange(len(raw)) + 2, "entity": raw["entity"]})
    faults = _told(rows, rows["entity"] == "", "列“entity”为空，应为单位名称")
    for name in (*TIMES, *VALUES[kind]):
        rows[name] = pd.to_numeric(raw[name], errors="coerce").astype(float)
        low, high = TIMES.get(name, (-LARGEST if money else 0.0, LARGEST))
        wrong, wanted = ~rows[name].between(low, high), "数"
        if low >= 0:
            wrong |= rows[name] % 1 != 0
            wanted = f"{low:g}到{high:g}的整数" if high < LARGEST else f"不小于{low:g}的整数"
        if name == "budget":  # may be blank
            wrong &= raw[name] != ""
        found = rows.assign(name=name, found=raw[name], wanted=wanted)
        faults += _told(found, wrong, "列“{name}”为“{found:.40}”，应为{wanted}")
    _refuse(faults, path)
    _refuse(_impossible(rows, kind), path)
    rows = rows.sort_values(KEY, kind="stable").reset_index(drop=True)
    falls: list[Told] = []
    for name in set(VALUES[kind]) - {"budget"}:
        was = rows.groupby(["entity", "year"])[name].shift()
        fell = rows.assign(name=name, was=was, now=rows[name])
        falls += _told(
            fell, rows[name] < was, FELL + ("按退款处理" if money else "年内累计数不应减少")
        )
    if not money:
        _refuse(falls, path)
        return PastYears(kind, rows, ())
    for name, below in BELOW_NOTHING.items():
        falls += _told(rows, rows[name] < 0, below)
    return PastYears(kind, rows, tuple(f"第{row}行：{what}" for row, what in falls))


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
    stripped: pd.DataFrame = raw.fillna("").apply(lambda column: column.str.strip())
    return stripped


def _kind(raw: pd.DataFrame, path: Path) -> Kind:
    place = Place(file=str(path), row=1)
    needed = (*KEY, "periods")
    kinds = [kind for kind in Kind if set(VALUES[kind]) <= set(raw.columns)]
    missing = [name for name in needed if name not in raw.columns]
    if missing or len(kinds) != 1:
        forms = "；".join(f"{kind.label}为 {','.join((*needed, *VALUES[kind]))}" for kind in Kind)
        what = f"缺少列 {'、'.join(missing)}" if missing else "看不出是支出、比率还是数量"
        raise LayoutError(f"{what}；现有列 {'、'.join(raw.columns)}。列应：{forms}", place)
    if raw.empty:
        raise LayoutError("没有数据行", place)
    return kinds[0]


def _impossible(rows: pd.DataFrame, kind: Kind) -> list[Told]:
    same, year = rows.groupby(KEY)["row"], rows.groupby(["entity", "year"])["periods"]
    rows = rows.assign(first=same.transform("first"))
    late, again = rows["period"] > rows["periods"], rows["row"] != rows["first"]
    found = [
        *_told(rows, late, "列“period”为{period:g}，一年只有{periods:g}期"),
        *_told(rows, again, "与第{first}行重复：同一单位、年份、期次只能有一行"),
        *_told(rows, year.transform("nunique") > 1, "列“periods”与该单位同年其他行不一致"),
    ]
    if kind is Kind.RATES:
        over = rows["numerator"] > rows["denominator"]
        found += _told(rows, over, "分子{numerator:g}大于分母{denominator:g}")
    return found


def _told(rows: pd.DataFrame, which: pd.Series, what: str) -> list[Told]:
    """Tell the same of some rows, each with its own values."""
    return [(row["row"], what.format_map(row)) for row in rows[which].to_dict("records")]


def _refuse(faults: list[Told], path: Path) -> None:
    if not faults:
        return
    lines = [f"第{row}行：{what}" for row, what in sorted(faults)[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        lines.append(f"……共 {len(faults)} 处")
    raise LayoutError("\n" + "\n".join(lines), Place(file=str(path)))
