"""Roll-ups (汇总) of a quarter: what each department counted, added up the organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Label,
    Select,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.league import Entry, Ranked, rank_units
from perf_pipeline.domain.organisation import (
    DepartmentFigure,
    Level,
    Organisation,
    Total,
    roll_up,
)
from perf_pipeline.domain.status import Status
from perf_pipeline.measures.catalogue import MEASURES, declared_where
from perf_pipeline.registers.measure_declaration import Money
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    measure_value,
    rollup_result,
    spending_result,
)
from perf_pipeline.warehouse.typed import Expression, Query

ATTAINMENT = "attainment"  # indicators met or on track, of those that can be judged
GOOD = (str(Status.MET), str(Status.ON_TRACK))
JUDGED = (*GOOD, str(Status.BEHIND), str(Status.MISSED))
RATES = {each.code: each.label for each in MEASURES if each.is_rate}
# amounts of money stand in the spending results already
HELD_BY_SPENDING = sorted(declared_where(lambda each: each.money is Money.AMOUNTS))
LEAGUES = {ATTAINMENT: "指标达标或进度正常"} | {
    each.code: each.label for each in MEASURES if each.is_rate and each.money is Money.NONE
}
RANKED_LEVELS = (Level.CITY, Level.DISTRICT, Level.DEPARTMENT)


@dataclass(frozen=True)
class Unit:
    """A unit with all its figures: numerator, and denominator where the figure is a rate."""

    level: Level
    city: str | None
    district: str | None
    department: str | None
    unit: str
    figures: dict[str, tuple[int, int | None]]


@dataclass(frozen=True)
class LevelLeague:
    """The league table of one level."""

    level: Level
    rows: tuple[Ranked, ...]
    reason: str


@dataclass(frozen=True)
class Rollup:
    """A quarter's totals, and the league tables of one figure."""

    quarter: str
    version: int
    figure: str
    figure_label: str
    units: tuple[Unit, ...]
    leagues: tuple[LevelLeague, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the roll-up as plain values for JSON."""
        return asdict(self)


def roll_up_quarter(
    engine: Engine, checkpoint: Checkpoint, organisation: Organisation | None
) -> tuple[int, bool]:
    """Add the newest results of a quarter up and keep them; return the version, and if it is new.

    A new version is written only where a total or the organisation changed. Raises
    NothingJudgedError where the quarter has not been judged.
    """
    with write_transaction(engine) as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        figures = [] if at is None else _read_figures(connection, at)
        if at is None or not figures:
            raise NothingJudgedError(f"{checkpoint.name} 还没有评价，请先运行 run")
        totals = list(roll_up(figures, organisation))
        version = _newest(connection, at)
        if version and _stored(connection, at, version) == totals:
            return version, False
        shared = {"checkpoint_id": at, "version": version + 1, "created_at": now()}
        connection.execute(
            insert(rollup_result),
            [{**asdict(each), "level": str(each.level), **shared} for each in totals],
        )
        return version + 1, True


def read_rollup(engine: Engine, checkpoint: Checkpoint, figure: str, least_cases: int) -> Rollup:
    """Read the newest roll-up of a quarter, and rank the units of each level by one figure.

    Raises ConfigurationError for a figure that is not a share of cases.
    """
    if figure not in LEAGUES:
        raise ConfigurationError(f"“{figure}”不是件数的比率，不能排名；可用：{'、'.join(LEAGUES)}")
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        version = 0 if at is None else _newest(connection, at)
        totals = [] if at is None else _stored(connection, at, version)
    if not totals:
        raise NothingJudgedError(f"{checkpoint.name} 还没有汇总")
    leagues = []
    for level in RANKED_LEVELS:
        entries = [
            Entry(_full_name(each), each.numerator, each.denominator or 0)
            for each in totals
            if each.level is level and each.figure == figure
        ]
        if entries:
            league = rank_units(entries, least_cases)
            leagues.append(LevelLeague(level, league.rows, league.reason))
    return Rollup(checkpoint.name, version, figure, LEAGUES[figure], _units(totals), tuple(leagues))


def _full_name(total: Total) -> str:
    """Name a unit with what it belongs to: two cities may each have a 高新区."""
    above = (total.city, total.district) if total.level is Level.DEPARTMENT else (total.city,)
    parts = (*above, total.unit) if total.level is not Level.CITY else (total.unit,)
    return " ".join(part for part in parts if part)


def _units(totals: Sequence[Total]) -> tuple[Unit, ...]:
    units = grouped(
        totals, lambda each: (each.level, each.city, each.district, each.department, each.unit)
    )
    return tuple(
        Unit(*of, {each.figure: (each.numerator, each.denominator) for each in mine})
        for of, mine in units.items()
    )


def _newest(connection: Connection, at: int) -> int:
    query = select(func.max(rollup_result.c.version)).where(rollup_result.c.checkpoint_id == at)
    return connection.scalar(query) or 0


def _stored(connection: Connection, at: int, version: int) -> list[Total]:
    query = (
        select(*(rollup_result.c[each.name] for each in fields(Total)))
        .where(rollup_result.c.checkpoint_id == at, rollup_result.c.version == version)
        .order_by(rollup_result.c.id)
    )
    return [
        Total(**{**row, "level": Level(row["level"])})
        for row in connection.execute(query).mappings()
    ]


def department_figures(at: int) -> Select[str, str, str, int, int | None]:
    """Select every figure of every department of a quarter."""
    parts = union_all(*_judged(at), _measures(at)).subquery()
    return (
        select(
            department.c.code.label("department"),
            DEPARTMENT_NAME.label("unit"),
            parts.c.figure,
            parts.c.numerator,
            parts.c.denominator,
        )
        .join(department, department.c.id == parts.c.department_id)
        .order_by(department.c.code, parts.c.figure)
    )


def _read_figures(connection: Connection, at: int) -> list[DepartmentFigure]:
    return [
        DepartmentFigure(code, name, figure, int(above), None if below is None else int(below))
        for code, name, figure, above, below in connection.execute(department_figures(at))
    ]


def _figure(
    name: ColumnElement[str], numerator: Expression, denominator: Expression | None = None
) -> tuple[Label[str], Label[int], Label[int]]:
    below = null() if denominator is None else func.coalesce(denominator, 0)
    return (
        name.label("figure"),
        cast(func.coalesce(numerator, 0), BigInteger).label("numerator"),
        cast(below, BigInteger).label("denominator"),
    )


def _judged(at: int) -> Iterator[Query]:
    """Select figures of the newest results, and how many rows each judgement has."""
    newest = latest_snapshots("monitoring", at).subquery("judged")
    spent, result = spending_result.c, indicator_result.c
    known = and_(spent.budget_fen > 0, spent.paid_fen.is_not(None))
    executed = [
        func.sum(case((known, each), else_=0)) for each in (spent.paid_fen, spent.budget_fen)
    ]
    attained = [func.sum(case((result.status.in_(of), 1), else_=0)) for of in (GOOD, JUDGED)]
    whole = {
        spending_result: (
            _figure(literal("projects"), func.count()),
            _figure(literal("budget_fen"), func.sum(spent.budget_fen)),
            _figure(literal("paid_fen"), func.sum(spent.paid_fen)),
            _figure(literal("execution"), *executed),
        ),
        indicator_result: (
            _figure(literal("indicators"), func.count()),
            _figure(literal(ATTAINMENT), *attained),
        ),
    }
    for table, word in ((spending_result, spent.light), (indicator_result, result.status)):
        each = select(newest.c.department_id).join(table, table.c.snapshot_id == newest.c.id)
        for figure in whole[table]:
            yield each.add_columns(*figure).group_by(newest.c.department_id)
        counted = _figure(literal(f"{word.name}_").concat(word), func.count())
        yield each.add_columns(*counted).group_by(newest.c.department_id, word)


def _measures(at: int) -> Query:
    """Select the measures' counts; those of a rate keep their denominators."""
    newest = latest_snapshots("measures", at).subquery("counted")
    value = measure_value.c
    below = case((value.measure.in_(sorted(RATES)), value.denominator), else_=None)
    return (
        select(
            newest.c.department_id,
            value.measure.label("figure"),
            cast(func.sum(value.numerator), BigInteger).label("numerator"),
            cast(func.sum(below), BigInteger).label("denominator"),
        )
        .join(measure_value, value.snapshot_id == newest.c.id)
        .where(value.measure.not_in(HELD_BY_SPENDING), value.numerator.is_not(None))
        .group_by(newest.c.department_id, value.measure)
    )
