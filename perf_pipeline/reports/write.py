"""Writing a quarter's reports: kept in the warehouse as versions, put on disk as files.

The files are the page, the Word report and the forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from sqlalchemy import Connection, Engine, Table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.language.spoken import language
from perf_pipeline.reports.files import ReportFolder, form_names
from perf_pipeline.reports.form_declaration import NATIONAL, MonitoringForm, form_declaration
from perf_pipeline.reports.kept import Made, digest_of, intact, note, noted
from perf_pipeline.reports.lines import report_lines
from perf_pipeline.reports.made_from import look, seen_of
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.selects import judged_at, judged_departments
from perf_pipeline.reports.word_report import REPORT_NAME, word_report
from perf_pipeline.warehouse.changed import REPORT, TOLD, Kind, marks
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import one_moment, write_transaction
from perf_pipeline.warehouse.history import Snapshot, version_of, write_snapshots
from perf_pipeline.warehouse.known import Departments, checkpoint_id_of
from perf_pipeline.warehouse.locks import closing_moments
from perf_pipeline.warehouse.schema import report as report_table
from perf_pipeline.warehouse.schema import report_line
from perf_pipeline.warehouse.team import ALONE, Team

SET = "quarter"  # what its note is called
QUARTER = Kind(SET, tells=True)
NO_CONTENT = {"figure"}  # columns that make no version of a report new


@dataclass(frozen=True)
class WrittenReport:
    """A department's report, and which of its files this run wrote.

    `made` is the note of its files, None where it was not read: it is, once it is asked for.
    """

    department: str
    quarter: str
    is_new: bool
    root: Path
    made: Made | None
    written: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.root / self.department / self.quarter

    @property
    def page(self) -> Path:
        """The page of the quarter."""
        return self.folder / _page(self.quarter)

    @property
    def document(self) -> Path:
        """The Word report."""
        return self.folder / _document(self.quarter)

    @property
    def forms(self) -> tuple[Path, ...]:
        """The projects' forms."""
        return tuple(self.folder / name for name in self.files[2:])

    @property
    def files(self) -> tuple[str, ...]:
        """The names of page, Word report and forms."""
        return tuple(self._note.files)

    @property
    def version(self) -> int | None:
        """Its version; None for one that is told and not kept."""
        version: int | None = self._note.told["version"]
        return version

    @cached_property
    def _note(self) -> Made:
        made = self.made or noted(self.folder, SET)
        assert made is not None  # the report stood when it was looked at
        return made


def _page(quarter: str) -> str:
    return f"{quarter}-绩效运行监控.html"


def _document(quarter: str) -> str:
    return f"{quarter}-{REPORT_NAME}"


def write_quarter(
    engine: Engine,
    checkpoint: Checkpoint,
    out_dir: Path,
    *,
    look_first: bool = False,
    form: str = NATIONAL,
    team: Team = ALONE,
    only: Departments = None,
) -> list[WrittenReport]:
    """Keep and write the report of every department that was judged at a checkpoint.

    Files go to `out_dir/<department code>/<quarter>/`. Content that has not changed makes no new
    version, is not drawn again and touches no file. With `look_first`, a department of which
    nothing came since is not even read. `form` is the code or file of the monitoring form.
    A closed quarter (已关账) is told as it was known when it was closed. The `team` draws.
    `only` some departments' are written where nobody else writes: else a BlockingIOError is raised.
    """
    declared = form_declaration(MonitoringForm, form)
    judged = judged_at([checkpoint])
    with look(
        engine,
        out_dir,
        QUARTER,
        checkpoint,
        judged,
        look_first=look_first,
        as_told_by=repr(declared),
        only=only,
    ) as looked:
        if looked is None:
            return []
        quarter = checkpoint.name
        waiting, standing = looked.parted(quarter, _page(quarter))
        done = {
            code: WrittenReport(code, quarter, False, looked.root, made, ())
            for code, made in standing.items()
        }
        draw = partial(_keep_and_draw, checkpoint, out_dir, declared, looked.seen)
        done |= {each.department: each for each in team.each(draw, engine, waiting)}
        looked.keep(waiting, {})
    return [done[code] for code in sorted(done)]


def _keep_and_draw(
    checkpoint: Checkpoint,
    out_dir: Path,
    declared: MonitoringForm,
    seen: str,
    engine: Engine,
    departments: Sequence[int],
) -> list[WrittenReport]:
    """Keep and write the reports of some departments, noted as of `seen`."""
    return [
        _write_files(
            replace(report, version=snapshot.version), snapshot.is_new, out_dir, seen, declared
        )
        for report, snapshot in _keep_all(engine, checkpoint, departments)
    ]


def write_past_quarter(
    engine: Engine, checkpoint: Checkpoint, out_dir: Path, *, form: str = NATIONAL
) -> list[WrittenReport]:
    """Write the reports of a checkpoint as they are told by an engine of `as_it_was`.

    Nothing is kept in the warehouse. A report that was not kept as it is told has no version.
    """
    declared = form_declaration(MonitoringForm, form)
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        if at is None:
            return []
        reports = [
            replace(report, version=version_of(connection, *of, hash_ignores=NO_CONTENT))
            for report in load_as_closed(connection, checkpoint, at)
            for of in [("report", report.department_id, at, _rows(report))]
        ]
    return [_write_files(each, False, out_dir, "", declared) for each in reports]


def _keep_all(
    engine: Engine, checkpoint: Checkpoint, only: Departments
) -> list[tuple[QuarterReport, Snapshot]]:
    """Keep reports, read before the write lock is taken: again, where something came meanwhile."""
    with one_moment(engine) as connection:
        at = checkpoint_id_of(connection, checkpoint.name)
        assert at is not None  # something was judged at it
        before = marks(connection, TOLD)
        reports = load_as_closed(connection, checkpoint, at, only)
    with write_transaction(engine) as connection:
        if marks(connection, TOLD) != before:
            reports = load_as_closed(connection, checkpoint, at, only)
        judged = {report.department_id: _rows(report) for report in reports}
        kept = write_snapshots(connection, REPORT, at, judged, hash_ignores=NO_CONTENT)
        return [(report, kept[report.department_id]) for report in reports]


def load_as_closed(
    connection: Connection, checkpoint: Checkpoint, at: int, only: Departments = None
) -> list[QuarterReport]:
    """Load the reports of a checkpoint (`at`: its row number), closed ones as known when closed."""
    closed = closing_moments(connection, at)
    if not closed:
        return list(load_reports(connection, checkpoint, only))
    judged = connection.execute(judged_departments(checkpoint, only)).all()
    numbers: list[int] = [each.department_id for each in judged]
    by_moment = grouped(numbers, closed.get)
    return [
        report
        for moment, departments in by_moment.items()
        for report in load_reports(connection, checkpoint.as_known(moment), departments)
    ]


def _rows(report: QuarterReport) -> dict[Table, Sequence[Mapping[str, object]]]:
    heading: dict[str, object] = {
        "title": report.title,
        "notice": report.notice,
        "monitoring_version": report.monitoring_version,
    }
    return {report_table: [heading], report_line: report_lines(report)}


def _write_files(
    report: QuarterReport, is_new: bool, out_dir: Path, seen: str, declared: MonitoringForm
) -> WrittenReport:
    """Write what is not there yet of a report, and note from what it was made."""
    code, quarter = report.department_code, report.checkpoint.name
    folder = ReportFolder(out_dir, code, quarter)
    content = digest_of(f"{code_digest()} {language()} {declared!r} {report!r}".encode())
    seen = seen_of(seen, code)
    before = intact(folder.path, SET)
    written: list[Path] = []
    if before is not None and before.content == content:
        made = replace(before, seen=seen)
    else:
        made, written = _draw(report, folder, Made(seen, content, {}), declared)
    if made != before:
        note(folder.path, SET, made)
    return WrittenReport(code, quarter, is_new, folder.path.parents[1], made, tuple(written))


def _draw(
    report: QuarterReport, folder: ReportFolder, made: Made, declared: MonitoringForm
) -> tuple[Made, list[Path]]:
    quarter = report.checkpoint.name
    name, document = _page(quarter), _document(quarter)
    page = render_page(report).encode()
    written = [
        folder.write(name, page),
        folder.write_for_filling(document, word_report(report)),  # people write on in it
    ]
    forms = form_names(declared.name, [line.project_name for line in report.spending])
    for project, file in forms.items():
        drawn = monitoring_form(report, project, declared)
        written.append(folder.write_for_filling(file, drawn))
    files = {name: digest_of(page), **dict.fromkeys((document, *forms.values()), "")}
    told = {"version": report.version}
    return replace(made, files=files, told=told), [path for path in written if path is not None]
