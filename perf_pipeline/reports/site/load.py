"""From the warehouse to the years of all departments, set-based: no query for a single figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.items.board import Board, read_boards
from perf_pipeline.measures.case_flow import case_flow
from perf_pipeline.monitoring.outlook.record import read_records
from perf_pipeline.monitoring.restatement import Restatement, diff_quarter
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf, read_results
from perf_pipeline.monitoring.source_rows import Figure, Sources, figure_of, find_sources
from perf_pipeline.quality.open_points import OpenPoint, open_points
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.query import file_note
from perf_pipeline.reports.selects import current_files
from perf_pipeline.reports.site.model import Indicator, Judged, Spending, Stage, Year
from perf_pipeline.reports.write import load_as_closed
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.file_kinds import KIND_LABELS
from perf_pipeline.warehouse.known import Departments, latest_snapshots, newest_files
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department, snapshot, source_file
from perf_pipeline.warehouse.typed import StoredRow

MOST_ROWS = 5_000  # source rows with a figure; `trace` gives all
MOST_IN_ALL = 80_000  # listed on a page; where there are more, long lists are cut
ROWS_AT_ONCE = 20_000  # that departments read together were given: memory stays bounded
Row = TypeVar("Row", SpendingOf, IndicatorOf)
Places = tuple[Mapping[int, int], Mapping[str, Sources]]  # of snapshots in the year; of figures


@dataclass(frozen=True)
class _Judgement:
    """A department's newest judgement of a checkpoint: what was known at its moment."""

    snapshot_id: int
    department_id: int
    checkpoint_id: int
    checkpoint: Checkpoint
    moment: datetime


def load_years(
    engine: Engine, checkpoints: Sequence[Checkpoint], only: Departments = None
) -> Iterator[Year]:
    """Give the year of every department that was judged at one of the year's checkpoints.

    In the order of their codes; small departments are read by the dozen, large ones alone, and
    none is held once it was given. Everything behind a checkpoint's figures is what was known
    when they were judged. `only` limits to some departments.
    """
    with engine.connect() as connection:
        judged = _judgements(connection, checkpoints, only)
        rows = _rows_given(connection, checkpoints[0].fiscal_year, only)
    of_department = grouped(judged, lambda each: each.department_id)
    for together in _read_together(of_department, rows):
        some = [of_department[each] for each in together]
        restated = _restatements(engine, [each for mine in some for each in mine])
        with engine.connect() as connection:
            years = _load(connection, some, restated)
        years.sort(key=lambda year: year.report.department_code, reverse=True)
        while years:
            yield years.pop()


def _rows_given(connection: Connection, fiscal_year: int, only: Departments) -> dict[int, int]:
    """Count the rows in the newest version of each file of a year, by department."""
    query = (
        select(source_file.c.department_id, func.sum(source_file.c.rows_loaded))
        .where(
            source_file.c.id.in_(newest_files(departments=only)),
            source_file.c.fiscal_year == fiscal_year,
        )
        .group_by(source_file.c.department_id)
    )
    return {department: int(rows) for department, rows in connection.execute(query)}


def _read_together(departments: Iterable[int], rows: Mapping[int, int]) -> Iterator[list[int]]:
    """Part departments so that those together have at most ROWS_AT_ONCE, or one has more."""
    together: list[int] = []
    held = 0
    for each in departments:
        if together and held + rows.get(each, 0) > ROWS_AT_ONCE:
            yield together
            together, held = [], 0
        together.append(each)
        held += rows.get(each, 0)
    if together:
        yield together


def _load(
    connection: Connection,
    of_department: list[list[_Judgement]],
    restated: dict[str, list[Restatement]],
) -> list[Year]:
    judged = [each for some in of_department for each in some]
    by_snapshot = {each.snapshot_id: each for each in judged}
    spending = read_results(connection, SpendingOf, list(by_snapshot))
    indicators = read_results(connection, IndicatorOf, list(by_snapshot))
    sources = _sources(connection, by_snapshot, spending, indicators)
    flow = _flow(connection, judged)
    boards = read_boards(
        connection,
        {some[0].department_id: [each.checkpoint for each in some] for some in of_department},
    )
    records = read_records(connection, {each.department_id for each in judged})
    spent = grouped(spending, lambda row: row.department_id)
    indicated = grouped(indicators, lambda row: row.department_id)
    at_of = {
        some[0].department_id: {each.snapshot_id: nth for nth, each in enumerate(some)}
        for some in of_department
    }
    years = []
    reports = _newest_reports(connection, judged)
    files, points = _of_the_present(connection, reports)
    for report in reports:
        department = report.department_id
        at = at_of[department]
        lines = {line.project_name: line for line in report.spending}
        asked = {line.indicator_key: line for line in report.indicators}
        years.append(
            Year(
                report=report,
                checkpoints=tuple(by_snapshot[each].checkpoint for each in at),
                spending=tuple(
                    Spending(name, lines.get(name), quarters)
                    for name, _, quarters in _over_the_year(
                        spent[department], "project_name", lines, (at, sources)
                    )
                ),
                indicators=tuple(
                    Indicator(last, asked.get(key), quarters)
                    for key, last, quarters in _over_the_year(
                        indicated[department], "indicator_key", asked, (at, sources)
                    )
                ),
                flow=tuple(_stage(row, nth) for each, nth in at.items() for row in flow[each]),
                restatements=tuple(restated.get(report.department_code, ())),
                board=boards.get(department, Board()),
                record=records.get(department, ()),
                files=tuple(map(file_note, files[department])),
                open_points=tuple(points[report.department_code]),
            )
        )
    return years


def _judgements(
    connection: Connection, checkpoints: Sequence[Checkpoint], only: Departments
) -> list[_Judgement]:
    """Read the newest judgements of the year, by checkpoint."""
    of_name = {each.name: each for each in checkpoints}
    newest = latest_snapshots("monitoring", departments=only).subquery("newest")
    query = (
        select(snapshot, checkpoint_table.c.name)
        .join(newest, newest.c.id == snapshot.c.id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .where(checkpoint_table.c.name.in_(of_name))
        .order_by(department.c.code, checkpoint_table.c.ordinal)
    )
    return [
        _Judgement(
            row.id,
            row.department_id,
            row.checkpoint_id,
            of_name[row.name],
            as_utc(row.created_at),
        )
        for row in connection.execute(query)
    ]


def _by_moment(judged: Iterable[_Judgement]) -> dict[Checkpoint, list[_Judgement]]:
    """Gather what was judged at one moment: one run judges all departments at one."""
    return grouped(judged, lambda each: each.checkpoint.as_known(each.moment))


def _newest_reports(connection: Connection, judged: list[_Judgement]) -> list[QuarterReport]:
    newest = {each.department_id: each for each in judged}  # the last checkpoint comes last
    groups = grouped(newest.values(), lambda each: (each.checkpoint, each.checkpoint_id))
    return [
        report
        for (checkpoint, at), departments in groups.items()
        for report in load_as_closed(
            connection, checkpoint, at, [each.department_id for each in departments]
        )
    ]


def _of_the_present(
    connection: Connection, reports: list[QuarterReport]
) -> tuple[dict[int, list[StoredRow]], dict[str, list[OpenPoint]]]:
    """Read the files of each department, and what is open of it by its code."""
    files: dict[int, list[StoredRow]] = defaultdict(list)
    points: dict[str, list[OpenPoint]] = defaultdict(list)
    for seen, some in grouped(reports, lambda each: each.checkpoint).items():
        own = [each.department_id for each in some]
        files |= grouped(
            connection.execute(current_files(seen, own)), lambda row: row.department_id
        )
        points |= grouped(open_points(connection, only=own, seen=seen), lambda row: row.department)
    return files, points


def _restatements(engine: Engine, judged: list[_Judgement]) -> dict[str, list[Restatement]]:
    """Compare the last two versions of each checkpoint; what did not change is left out."""
    restated: dict[str, list[Restatement]] = defaultdict(list)
    for checkpoint, some in grouped(judged, lambda each: each.checkpoint).items():
        for each in diff_quarter(engine, checkpoint, only={each.department_id for each in some}):
            if each.figures:
                restated[each.department_code].append(each)
    return restated


def _flow(connection: Connection, judged: list[_Judgement]) -> dict[int, list[StoredRow]]:
    """Read how cases flowed by each judgement's checkpoint, by its snapshot."""
    flow: dict[int, list[StoredRow]] = defaultdict(list)
    for checkpoint, some in _by_moment(judged).items():
        mine = {each.department_id: each.snapshot_id for each in some}
        theirs = checkpoint.of_departments(frozenset(mine))
        for row in connection.execute(case_flow(theirs.of_some), theirs.whose):
            flow[mine[row.department_id]].append(row)
    return flow


def _stage(row: StoredRow, quarter: int) -> Stage:
    counts = (row.entered, row.in_time, row.late, row.overdue, row.waiting)
    register = KIND_LABELS.get(row.register, row.register)
    return Stage(register, row.label, row.days, quarter, *map(int, counts))


def _sources(
    connection: Connection,
    by_snapshot: dict[int, _Judgement],
    spending: list[SpendingOf],
    indicators: list[IndicatorOf],
) -> dict[str, Sources]:
    """Find the rows behind all figures: all of them, as long as a page can hold them."""
    figures: dict[int, list[Figure]] = defaultdict(list)
    of_department: dict[int, list[str]] = defaultdict(list)
    rows: list[SpendingOf | IndicatorOf] = [*spending, *indicators]
    for row in rows:
        figures[row.snapshot_id].append(figure_of(row))
        of_department[row.department_id].append(row.figure)
    asked = {
        checkpoint: [figure for each in judged for figure in figures[each.snapshot_id]]
        for checkpoint, judged in _by_moment(by_snapshot.values()).items()
    }
    sources = find_sources(connection, asked, MOST_ROWS)
    for some in of_department.values():
        mine = {each: of for each in some if (of := sources.get(each))}
        different = {id(of): of for of in mine.values()}
        most = _most_each([len(of.rows) for of in different.values()])
        shown = {each: replace(of, rows=of.rows[:most]) for each, of in different.items()}
        sources |= {each: shown[id(of)] for each, of in mine.items()}
    return sources


def _most_each(counts: list[int]) -> int:
    """Return how many rows a list may have so that a page with so many each holds them."""
    left = MOST_IN_ALL
    for nth, count in enumerate(sorted(counts)):
        share = left // (len(counts) - nth)
        if count > share:
            return max(share, 1)
        left -= count
    return MOST_ROWS


def _over_the_year(
    rows: list[Row], subject: str, now: Iterable[str], places: Places
) -> list[tuple[str, Row, tuple[Judged | None, ...]]]:
    """Gather a year's rows by what they are about, in the newest report's order.

    Each subject has its last row, and its judgements with a place for each checkpoint.
    """
    found: dict[str, list[Row]] = {each: [] for each in now}
    for row in rows:
        found.setdefault(getattr(row, subject), []).append(row)
    at, sources = places
    told = []
    for key, some in found.items():
        quarters: list[Judged | None] = [None] * len(at)
        for row in some:
            quarter = at[row.snapshot_id]
            quarters[quarter] = Judged(quarter, row, sources.get(row.figure, Sources()))
        told.append((key, some[-1], tuple(quarters)))
    return told
