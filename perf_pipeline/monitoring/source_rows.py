"""The source rows behind figures, for as many figures of a checkpoint as are asked for at once.

A measure is one select that gives what each source row adds; a reported value is the newest row
that staff handed in. One select reads all measures, one each register's places, however many
figures, projects and departments there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import itemgetter

from sqlalchemy import Connection, FromClause, func, literal, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.personal import (
    KnownPeople,
    Personal,
    masked,
    people_in,
    without_numbers,
    without_people,
)
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure, measure_that
from perf_pipeline.measures.declared_rows import judged_rows
from perf_pipeline.monitoring.queries import latest_said
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.registers.register_parts import Column, ColumnType
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known_people import people_known
from perf_pipeline.warehouse.schema import project, register_tables, source_file
from perf_pipeline.warehouse.typed import Expression, Query, StoredRow

Part = tuple[str, int, str | None]  # measure, department, project


@dataclass(frozen=True)
class TracedRow:
    """A source row behind a figure, and what it adds to numerator and denominator.

    `cells` are the row's own, as they were read, in the order of `cell_labels(register)`.
    """

    file: str
    sha256: str
    sheet: str | None
    row: int | None
    key: str
    register: str
    cells: tuple[str, ...]
    numerator: int = 0
    denominator: int = 0


@dataclass(frozen=True)
class Figure:
    """A stored figure: what it is about, and the measure that it came from."""

    id: str  # S12: spending, I34: an indicator
    department_id: int
    project_name: str | None
    section: str | None
    name: str
    measure: str | None  # None: nothing feeds it
    numerator: int | None
    denominator: int | None


def figure_of(row: SpendingOf | IndicatorOf) -> Figure:
    """Return the figure of a result."""
    of = (row.figure, row.department_id, row.project_name)
    if isinstance(row, SpendingOf):
        return Figure(*of, None, row.project_name, measure_that(Fills.PAID), row.paid_fen, 1)
    return Figure(*of, row.section, row.name, row.measure, row.numerator, row.denominator)


@dataclass(frozen=True)
class Sources:
    """Rows behind a figure, the most telling first, and how many there are in all."""

    rows: tuple[TracedRow, ...] = ()
    total: int = 0


def find_sources(
    connection: Connection,
    figures: Collection[Figure],
    checkpoint: Checkpoint,
    most: int | None = None,
) -> dict[str, Sources]:
    """Return the source rows of figures of a checkpoint, as known at its `known_at`, by their id.

    At most `most` rows a figure: of a rate the misses first, of a sum the largest amounts.
    """
    people = people_known(connection, {each.department_id for each in figures})
    found = _reported(connection, figures, checkpoint, people)
    counted = [each for each in figures if each.measure in known_codes() - {REPORTED}]
    parts = _added(connection, counted, checkpoint, most)
    rows_of = {each.id: [row for of in _parts_of(each) for row in parts[of]] for each in counted}
    kept = {of: rows[:most] for of, rows in rows_of.items()}
    ids = {(row.source_table, row.source_id) for rows in kept.values() for row in rows}
    places = _places(connection, ids, people)
    for each in counted:
        rows = tuple(
            replace(
                places[row.source_table, row.source_id],
                numerator=row.numerator,
                denominator=row.denominator,
            )
            for row in kept[each.id]
        )
        total = sum(parts[of][0].total for of in _parts_of(each) if parts[of])
        found[each.id] = Sources(rows, total)
    return found


def _parts_of(figure: Figure) -> list[Part]:
    """Name what a figure adds up: its project's rows, and those that belong to no project."""
    projects = dict.fromkeys((figure.project_name, None))
    return [(figure.measure or "", figure.department_id, name) for name in projects]


def _added(
    connection: Connection, figures: Iterable[Figure], checkpoint: Checkpoint, most: int | None
) -> Mapping[Part, Sequence[StoredRow]]:
    """Read what rows add to each part, the most telling first; `total` counts them all."""
    codes = sorted({each.measure for each in figures if each.measure})
    theirs = checkpoint.of_departments(frozenset(each.department_id for each in figures))
    rows = connection.execute(_added_by(codes, theirs, most)) if codes else ()
    return grouped(rows, lambda row: (row.measure, row.department_id, row.project_name))


def _added_by(codes: Iterable[str], checkpoint: Checkpoint, most: int | None) -> Query:
    """Select what rows add to measures; rows of `project` only say that a register was there."""
    selects = []
    for code in codes:
        of = measure(code)
        rows = judged_rows(of, checkpoint).subquery()
        telling = 1 if of.is_rate else -1
        selects.append(
            select(
                literal(code).label("measure"), *rows.c, (rows.c.numerator * telling).label("first")
            ).where(rows.c.source_table != project.name)
        )
    added = union_all(*selects).subquery("added")
    part = (added.c.measure, added.c.department_id, added.c.project_name)
    order = (added.c.first, added.c.source_table, added.c.source_id)
    ranked = select(
        added,
        func.row_number().over(partition_by=part, order_by=order).label("nth"),
        func.count().over(partition_by=part).label("total"),
    ).subquery("ranked")
    query = select(ranked).order_by(*(ranked.c[column.name] for column in part), ranked.c.nth)
    return query if most is None else query.where(ranked.c.nth <= most)


def _places(
    connection: Connection,
    rows: Collection[tuple[str, int]],
    people: Mapping[int, KnownPeople],
) -> dict[tuple[str, int], TracedRow]:
    places: dict[tuple[str, int], TracedRow] = {}
    for name, of_table in grouped(sorted(rows), itemgetter(0)).items():
        table = register_tables[name]
        columns = [table.c[each.name] for each in register(name).columns]
        own = (table.c.id, table.c.department_id)
        query = select(*own, *_place_columns(table), *columns).join(
            source_file, source_file.c.id == table.c.source_file_id
        )
        some = query.where(among(table.c.id, [number for _, number in of_table]))
        for row_id, of, path, sha256, sheet, row, key, *cells in connection.execute(some):
            told, shown = _cells(name, cells, people[of]), without_numbers(key)
            places[name, row_id] = TracedRow(path, sha256, sheet, row, shown, name, told)
    return places


def cell_labels(name: str) -> tuple[str, ...]:
    """Return the headings of a register's own cells; amounts are told in yuan."""
    return tuple(
        each.label.replace(f"（{each.unit}）", "") + "（元）"
        if each.type is ColumnType.MONEY
        else each.label
        for each in register(name).columns
    )


def _cells(name: str, values: Iterable[Value], known: KnownPeople) -> tuple[str, ...]:
    cells = list(zip(register(name).columns, values, strict=True))
    named = [
        person
        for column, value in cells
        if column.personal is Personal.NAME and value is not None
        for person in people_in(str(value))
    ]
    return tuple(_cell(column, value, named, known) for column, value in cells)


def _cell(column: Column, value: Value, named: Iterable[str], known: KnownPeople) -> str:
    if value is None:
        return ""
    if column.type is ColumnType.MONEY:
        return f"{Decimal(str(value)).scaleb(-2):.2f}"
    if column.type is ColumnType.YES_NO:
        return "是" if value else "否"
    said = str(value)
    if column.personal:
        return masked(said, column.personal)
    if column.type is not ColumnType.TEXT or column.known_project:
        return said  # one of the register's words, a day, a number, a project: names nobody
    return known.without(without_people(said, named))


def _place_columns(rows: FromClause) -> tuple[Expression, ...]:
    named = (rows.c.sheet, rows.c.row_number, rows.c.row_key)
    return (source_file.c.path, source_file.c.sha256, *named)


def _reported(
    connection: Connection,
    figures: Iterable[Figure],
    checkpoint: Checkpoint,
    people: Mapping[int, KnownPeople],
) -> dict[str, Sources]:
    """Find the newest report of each figure that staff report, also one that names no section."""
    asked = [each for each in figures if each.measure == REPORTED]
    if not asked:
        return {}
    of_theirs = checkpoint.of_departments(frozenset(each.department_id for each in asked))
    newest = latest_said("reported_value", "as_of", of_theirs)
    query = select(newest, *_place_columns(newest)).join(
        source_file, source_file.c.id == newest.c.source_file_id
    )
    reports = {
        (row.department_id, row.project_name_key, row.section_key, row.indicator_name): row
        for row in connection.execute(query)
    }
    found = {}
    for each in asked:
        about = (each.department_id, each.project_name or "")
        sections = dict.fromkeys((each.section or "", ""))
        rows = [reports.get((*about, section, each.name)) for section in sections]
        said = [row for row in rows if row is not None]
        if said:
            row = max(said, key=lambda row: row.as_of)
            name = "reported_value"
            own = [row._mapping[column.name] for column in register(name).columns]
            told = _cells(name, own, people[each.department_id])
            place = (row.path, row.sha256, row.sheet, row.row_number, row.row_key)
            numerator = (each.numerator or 0) if row.numerator is None else row.numerator
            denominator = (each.denominator or 1) if row.denominator is None else row.denominator
            found[each.id] = Sources((TracedRow(*place, name, told, numerator, denominator),), 1)
    return found
