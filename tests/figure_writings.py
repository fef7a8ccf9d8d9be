"""How the value of a result may be written, said once more, from its unit alone.

So the product's own writing is checked too.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

from perf_pipeline.domain.status import Light
from perf_pipeline.domain.unit import Unit
from perf_pipeline.monitoring.outlook.told import Measured
from perf_pipeline.warehouse.derived import Adjustment
from perf_pipeline.warehouse.judgements import (
    IndicatorResult,
    MeasureValue,
    SpendingResult,
    SpendingSum,
)
from perf_pipeline.warehouse.result import DECLARED, Result, Told
from tests.year import QUARTERS

AT = QUARTERS[1]
NOTHING = {"", "—", "无数据", "未到期", "未提供", "无", None}
JUDGED = (SpendingResult, IndicatorResult)
TOLD = (*JUDGED, SpendingSum)  # each of their columns stands wherever people meet results
NOT_TOLD = -(10**8)  # of a similar case, what cannot be told


class Figure(NamedTuple):
    """One value: the column of a row of a table."""

    table: str
    id: int
    column: str


Values = dict[Figure, Any]  # as the warehouse stores them
Said = list[tuple[Figure, Any]]  # as a place says them; a figure may stand in it several times


class Place(NamedTuple):
    """Where results are shown: how to read it, and what it must show, by declaration."""

    read: Callable[[Path], Said]
    shows: Callable[[type[Result], Told], bool]


# what the warehouse holds


def query(folder: Path, statement: str) -> list[dict[str, Any]]:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


NEWEST = (
    "SELECT r.*, c.name AS at FROM {} r JOIN snapshot s ON s.id = r.snapshot_id "
    "JOIN checkpoint c ON c.id = s.checkpoint_id WHERE s.version = (SELECT max(version) "
    "FROM snapshot o WHERE o.kind = s.kind AND o.department_id = s.department_id "
    "AND o.checkpoint_id = s.checkpoint_id) ORDER BY r.id"
)


class Truth:
    """The newest rows of every declared result, by table."""

    def __init__(self, folder: Path) -> None:
        self.rows = {
            table: {row["id"]: row for row in query(folder, NEWEST.format(table))}
            for table in DECLARED
        }
        self._writings: dict[Figure, set[Any]] = {}

    def at(self, of: type[Result]) -> list[dict[str, Any]]:
        """Return the rows of the checkpoint that is reported on."""
        rows = self.rows[of.table.name].values()
        return [row for row in rows if row["at"] == AT.name]

    def writings(self, figure: Figure) -> set[Any]:
        """Return every way in which a figure may be written, as `same` compares them."""
        if figure not in self._writings:
            row = self.rows[figure.table][figure.id]
            ways = writings(DECLARED[figure.table], figure.column, row, self)
            self._writings[figure] = {same(way) for way in ways}
        return self._writings[figure]

    def denies(self, figure: Figure, text: Any) -> bool:
        """Tell whether a text is none of the ways in which a figure may be written."""
        return same(text) not in self.writings(figure)


def grouped(value: int, places: int) -> str:
    said = f"{Decimal(abs(value)).scaleb(-places):,.{places}f}"
    return f"-{said}" if value < 0 else said


def in_wan(fen: int) -> str:
    wan = (Decimal(abs(fen)) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{'-' if fen < 0 and wan else ''}{wan:,}"


def writings(of: type[Result], column: str, row: dict[str, Any], truth: Truth) -> set[Any]:
    value, unit = row[column], of.columns[column].unit
    if value is None:
        return set(NOTHING)
    if unit is Unit.OF_ROW:
        return {value, amount_of_outlook(value, row, truth)}
    if of is MeasureValue and column == "year_numerator" and row["year_denominator"]:
        share = 100 * Decimal(value) / row["year_denominator"]
        counted = {f"{value}{each}" for each in ("", "项", "人", "次", "件", "人次")}
        return {value, f"{share:.2f}%", *(counted if row["year_denominator"] == 1 else ())}
    if of is Adjustment and column.endswith("_judgement"):
        return {value, Light(value).label}
    if column == "similar_cases":
        return {value, cases_in_words(value)}
    if isinstance(value, str):
        word = of.words.get(column)
        said = {value, word(value).label} if word else {value}
        return said | {value.replace("\n", " ")}
    found: set[Any] = {value}
    match unit:
        case Unit.FEN:
            exact = Decimal(value) / 100
            found |= {f"{grouped(value, 2)}元", in_wan(value), exact, exact / 10_000}
        case Unit.SHARE:
            found |= {f"{grouped(value, 2)}%", Decimal(value) / 10_000}
        case Unit.POINTS:
            sign = "+" if value > 0 else "−" if value < 0 else ""
            plain = f"{Decimal(abs(value)).scaleb(-2):.2f}"
            found |= {f"{'-' if value < 0 else ''}{plain}个百分点", f"{sign}{plain}"}
            found |= {Decimal(value) / 100}
        case Unit.MARKS:
            found |= {Decimal(value) / 100}
        case Unit.MILLIONTHS:
            found |= {Decimal(value) / 1_000_000}
        case _:
            found |= {f"{value}{unit.value.chinese}", bool(value)}
    return found


def cases_in_words(stored: str) -> str:
    """Write the similar cases of a forecast as a page lists them."""
    tells, cases = json.loads(stored)

    def said(value: int, source: str | None) -> str:
        own_count = tells == "count" and source is None
        plain = str(value) if own_count else f"{Decimal(value).scaleb(-2):.2f}%"
        return "—" if value == NOT_TOLD else plain

    return "".join(
        f"{source or '本身往年'} {year}：{said(then, source)} → {said(end, source)}"
        for source, year, then, end in cases
    )


def amount_of_outlook(value: int, row: dict[str, Any], truth: Truth) -> str:
    match Measured(row["measured_in"]):
        case Measured.SPENDING:
            return f"{in_wan(value)}万元".replace(",", "")
        case Measured.RATE:
            return f"{Decimal(value).scaleb(-2):.2f}%"
    units = {each["indicator_key"]: each["unit"] for each in truth.at(IndicatorResult)}
    return f"{value}{units.get(row['subject_key']) or ''}"


def same(value: Any) -> Any:
    """Compare numbers as numbers and texts without their line breaks."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    return re.sub(r"\s+", "", value) if isinstance(value, str) else value
