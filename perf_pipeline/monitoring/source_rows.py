"""The source rows behind figures, for as many figures of a checkpoint as are asked for at once.

A measure is one select that gives what each source row adds; a reported value is the newest row
that staff handed in. One select reads all measures, one each register's places, however many
figures, projects and departments there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain, islice
from operator import itemgetter

from sqlalchemy import Connection, func, literal, select, union_all

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
from perf_pipeline.warehouse.typed import Query

Part = tuple[str, int, str | None]  # measure, department, project
Added = tuple[str, int, int, int]  # a source row (table, number), and what it adds to a figure
AllAdded = tuple[tuple[Added, ...], int]  # the most telling, and how many there are in all
Place = tuple[str, str, str | None, int | None, str, str, tuple[str, ...]]  # as a traced row begins
MOST_ALIKE = 10_000  # cells of a column that are remembered


@dataclass(frozen=True, slots=True)
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
    numerator: int
    denominator: int


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
    figures: Mapping[Checkpoint, Collection[Figure]],
    most: int | None = None,
) -> dict[str, Sources]:
    """Return the source rows of figures of checkpoints, as known at their `known_at`, by their id.

    At most `most` rows a figure: of a rate the misses first, of a sum the largest amounts. Rows
    that add the same to several figures are the same object, and so are all sources of figures
    that are made of the same rows.
    """
    added: dict[str, AllAdded] = {}
    for checkpoint, asked in figures.items():
        added |= _reported(connection, asked, checkpoint)
        added |= _counted(connection, asked, checkpoint, most)
    different = {id(of): of for of in added.values()}
    once = {each for of, _ in different.values() for each in of}
    departments = {each.department_id for asked in figures.values() for each in asked}
    places = _places(connection, {each[:2] for each in once}, people_known(connection, departments))
    rows = {each: TracedRow(*places[each[:2]], *each[2:]) for each in once}
    made = {
        at: Sources(tuple(rows[each] for each in of), total)
        for at, (of, total) in different.items()
    }
    return {figure: made[id(of)] for figure, of in added.items()}


def _parts_of(figure: Figure) -> list[Part]:
    """Name what a figure adds up: its project's rows, and those that belong to no project."""
    projects = dict.fromkeys((figure.project_name, None))
    return [(figure.measure or "", figure.department_id, name) for name in projects]


def _counted(
    connection: Connection, figures: Iterable[Figure], checkpoint: Checkpoint, most: int | None
) -> dict[str, AllAdded]:
    """Read what rows add to the figures of measures, the most telling first."""
    counted = [each for each in figures if each.measure in known_codes() - {REPORTED}]
    if not counted:
        return {}
    codes = tuple(sorted({each.measure for each in counted if each.measure}))
    theirs = checkpoint.of_departments(frozenset(each.department_id for each in counted))
    parts: dict[Part, tuple[list[Added], int]] = {}
    for row in connection.execute(_added_by(codes, theirs.of_some, most), theirs.whose):
        part = (row.measure, row.department_id, row.project_name)
        adds = (row.source_table, row.source_id, row.numerator, row.denominator)
        parts.setdefault(part, ([], row.total))[0].append(adds)
    found: dict[str, AllAdded] = {}
    made: dict[tuple[Part, ...], AllAdded] = {}
    for each in counted:
        mine = tuple(part for part in _parts_of(each) if part in parts)
        if mine not in made:
            rows = chain.from_iterable(parts[part][0] for part in mine)
            made[mine] = tuple(islice(rows, most)), sum(parts[part][1] for part in mine)
        found[each.id] = made[mine]
    return found


@lru_cache(maxsize=8)
def _added_by(codes: tuple[str, ...], checkpoint: Checkpoint, most: int | None) -> Query:
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
    whose = [ranked.c[column.name] for column in part]
    adds = (ranked.c[name] for name in ("source_table", "source_id", "numerator", "denominator"))
    query = select(*whose, ranked.c.total, *adds).order_by(*whose, ranked.c.nth)
    return query if most is None else query.where(ranked.c.nth <= most)


def _places(
    connection: Connection,
    rows: Collection[tuple[str, int]],
    people: Mapping[int, KnownPeople],
) -> dict[tuple[str, int], Place]:
    places: dict[tuple[str, int], Place] = {}
    for name, of_table in grouped(sorted(rows), itemgetter(0)).items():
        table = register_tables[name]
        columns = [table.c[each.name] for each in register(name).columns]
        own = (table.c.id, table.c.department_id)
        file = (source_file.c.path, source_file.c.sha256)
        place = (table.c.sheet, table.c.row_number, table.c.row_key)
        query = select(*own, *file, *place, *columns).join(
            source_file, source_file.c.id == table.c.source_file_id
        )
        cells = _Cells(name)
        some = query.where(among(table.c.id, [number for _, number in of_table]))
        for row_id, of, path, sha256, sheet, row, key, *values in connection.execute(some):
            told, shown = cells.told(values, people[of]), without_numbers(key)
            places[name, row_id] = (path, sha256, sheet, row, shown, name, told)
    return places


def cell_labels(name: str) -> tuple[str, ...]:
    """Return the headings of a register's own cells; amounts are told in yuan."""
    return tuple(
        each.label.replace(f"（{each.unit}）", "") + "（元）"
        if each.type is ColumnType.MONEY
        else each.label
        for each in register(name).columns
    )


class _Cells:
    """Writes the cells of a register's rows: what cells of a column say alike is written once."""

    def __init__(self, name: str) -> None:
        columns = register(name).columns
        of_names = [column.personal is Personal.NAME for column in columns]
        frees = [
            column.type is ColumnType.TEXT and not (column.personal or column.known_project)
            for column in columns
        ]
        self._names = [at for at, holds in enumerate(of_names) if holds]
        self._free = [at for at, is_free in enumerate(frees) if is_free]
        self._write = [lru_cache(MOST_ALIKE)(partial(_cell, column)) for column in columns]
        self._people_in = lru_cache(MOST_ALIKE)(lambda value: tuple(people_in(value)))
        self._without = lru_cache(MOST_ALIKE)(
            lambda text, named, known: known.without(without_people(text, named))
        )

    def told(self, values: Sequence[Value], known: KnownPeople) -> tuple[str, ...]:
        """Return a row's cells as they are told: they name none of the people known."""
        cells = [write(value) for write, value in zip(self._write, values, strict=True)]
        names = (str(values[at]) for at in self._names if values[at] is not None)
        named = tuple(chain.from_iterable(map(self._people_in, names)))
        for at in self._free:
            cells[at] = self._without(cells[at], named, known)
        return tuple(cells)


def _cell(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if column.type is ColumnType.MONEY:
        return f"{Decimal(str(value)).scaleb(-2):.2f}"
    if column.type is ColumnType.YES_NO:
        return "是" if value else "否"
    return masked(str(value), column.personal) if column.personal else str(value)


def _reported(
    connection: Connection, figures: Iterable[Figure], checkpoint: Checkpoint
) -> dict[str, AllAdded]:
    """Find the newest report of each figure that staff report, also one that names no section."""
    asked = [each for each in figures if each.measure == REPORTED]
    if not asked:
        return {}
    of_theirs = checkpoint.of_departments(frozenset(each.department_id for each in asked))
    newest = latest_said("reported_value", "as_of", of_theirs)
    reports = {
        (row.department_id, row.project_name_key, row.section_key, row.indicator_name): row
        for row in connection.execute(select(newest))
    }
    found: dict[str, AllAdded] = {}
    for each in asked:
        about = (each.department_id, each.project_name or "")
        sections = dict.fromkeys((each.section or "", ""))
        rows = [reports.get((*about, section, each.name)) for section in sections]
        said = [row for row in rows if row is not None]
        if said:
            row = max(said, key=lambda row: row.as_of)
            numerator = (each.numerator or 0) if row.numerator is None else row.numerator
            denominator = (each.denominator or 1) if row.denominator is None else row.denominator
            found[each.id] = (("reported_value", row.id, numerator, denominator),), 1
    return found
