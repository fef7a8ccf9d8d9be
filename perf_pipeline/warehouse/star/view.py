"""How a view of the star is declared: a select, and what each of its columns holds.

A plain column of a table keeps that table's comment, so that nothing is said twice. Money is told
in fen and in yuan, shares and points as decimals; a ratio is computed last, from whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    Table,
    Text,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from perf_pipeline.warehouse.typed import Expression, Query

RATIO_PLACES = 6


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view: its name, what it is computed from, and what it holds."""

    name: str
    expression: ColumnElement[Any]
    comment: str

    @property
    def type(self) -> TypeEngine[object]:
        """The column's type."""
        return self.expression.type


@dataclass(frozen=True)
class View:
    """A view for BI tools (分析视图): `grain` says what one row is.

    `key` tells the rows apart; `refers` names, for a column, the dimension that it points to.
    """

    name: str
    label: str
    grain: str
    columns: tuple[ViewColumn, ...]
    select: Query
    key: tuple[str, ...]
    refers: Mapping[str, str] = field(default_factory=dict)


def view(
    name: str,
    label: str,
    grain: str,
    columns: Iterable[ViewColumn],
    source: FromClause,
    *conditions: ColumnElement[bool],
    key: tuple[str, ...],
    refers: Mapping[str, str] | None = None,
) -> View:
    """Declare a view over a table or join."""
    shown = tuple(columns)
    query = (
        select(*(each.expression.label(each.name) for each in shown))
        .select_from(source)
        .where(*conditions)
    )
    return View(name, label, grain, shown, query, key, refers or {})


def shown(
    column: ColumnElement[Any], name: str | None = None, comment: str | None = None
) -> ViewColumn:
    """Show a column as it is, under its own name and comment unless others are given."""
    said = comment or getattr(column, "comment", None)
    named = name or getattr(column, "name", None)
    if not said or not named:
        raise ValueError(f"a column of a view has no name or comment: {column}")
    return ViewColumn(named, column, said)


def all_shown(source: FromClause, *names: str) -> Iterator[ViewColumn]:
    """Show columns of a table; amounts in fen (`…_fen`) also in yuan."""
    for name in names:
        column = source.c[name]
        yield shown(column)
        if name.endswith("_fen"):
            yield in_yuan(column)


def in_yuan(fen: Expression) -> ViewColumn:
    """Show an amount in yuan, to the fen."""
    comment = str(getattr(fen, "comment", "")).replace("分", "元")
    name = str(getattr(fen, "name", "")).removesuffix("_fen")
    return ViewColumn(f"{name}_yuan", decimal(fen, 2), comment)


def decimal(whole: Expression, places: int) -> ColumnElement[Any]:
    """Write a whole number of hundredths, ten-thousandths … as the decimal that it stands for."""
    told = whole.op("/", return_type=Numeric())(literal_column(f"{10**places}.0"))
    return func.round(told, places, type_=Numeric(20, places))


def ratio(numerator: Expression, denominator: Expression, times: Expression) -> ColumnElement[Any]:
    """Divide last, to six decimals; null where there is nothing to divide by."""
    quotient = (numerator * times).op("/", return_type=Numeric())(func.nullif(denominator, 0))
    return func.round(quotient, RATIO_PLACES, type_=Numeric(24, RATIO_PLACES))


# PostgreSQL divides to sixteen digits, or to as many decimals as it is given
ONCE = literal_column("1.000000", Numeric())
HUNDREDFOLD = literal_column("100.000000", Numeric())


def times_of_unit(unit: Expression) -> Expression:
    """Return 100 where a unit is a share, kept in per cent, and 1 elsewhere."""
    share = or_(unit.contains("%", autoescape=True), unit.contains("‰"), unit.contains("百分"))
    return case((share, HUNDREDFOLD), else_=ONCE)


def thing_key(
    code: ColumnElement[str], fiscal_year: Expression, name: Expression
) -> ColumnElement[str]:
    """Return the key of a project or an indicator: code/year/name, the same in every version."""
    return (
        code
        + literal_column("'/'", Text)
        + cast(fiscal_year, Text)
        + literal_column("'/'", Text)
        + name
    )


def type_name(of: TypeEngine[object]) -> str:
    """Name a type as the documentation does: integer, decimal, date, moment, boolean, text."""
    for kind, name in (
        (Integer, "integer"),
        (Numeric, "decimal"),
        (DateTime, "moment"),
        (Date, "date"),
        (Boolean, "boolean"),
    ):
        if isinstance(of, kind):
            return name
    return "text"


def with_last_event(source: FromClause, thing: Table, event: Table, name: str) -> FromClause:
    """Join the last event of each thing to a source that has it; `name` is that of the subquery."""
    of = event.c[f"{thing.name}_id"]
    last = select(of, func.max(event.c.id).label("event_id")).group_by(of).subquery(name)
    return source.outerjoin(last, last.c[of.name] == thing.c.id).outerjoin(
        event, event.c.id == last.c.event_id
    )


def events_view(thing: Table, event: Table, label: str, kind: str, *columns: str) -> View:
    """Show every change of state of a kind of thing; `columns` are those of the event."""
    return view(
        f"fact_{event.name}",
        f"{label}的状态变化",
        f"{kind}的一次状态变化",
        [
            shown(event.c.id, f"{event.name}_id", "行号"),
            *all_shown(event, f"{thing.name}_id", "state", *columns),
        ],
        event,
        key=(f"{event.name}_id",),
        refers={f"{thing.name}_id": f"fact_{thing.name}"},
    )
