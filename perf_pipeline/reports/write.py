"""Writing a quarter's reports: kept in the warehouse as versions, put on disk as files.

The files are the page, the Word report and the forms.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.files import ReportFolder, form_names
from perf_pipeline.reports.lines import report_lines
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import FORM_NAME, monitoring_form
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.selects import Departments, judged_departments
from perf_pipeline.reports.word_report import REPORT_NAME, word_report
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import Snapshot, write_snapshot
from perf_pipeline.warehouse.locks import closing_moments
from perf_pipeline.warehouse.schema import report as report_table
from perf_pipeline.warehouse.schema import report_line


@dataclass(frozen=True)
class WrittenReport:
    """A department's report: its version, its files, and which of them this run wrote."""

    department: str
    quarter: str
    version: int
    is_new: bool
    page: Path
    document: Path  # the Word report
    forms: tuple[Path, ...]
    written: tuple[Path, ...]


def write_quarter(engine: Engine, checkpoint: Checkpoint, out_dir: Path) -> list[WrittenReport]:
    """Keep and write the report of every department that was judged at a checkpoint.

    Files go to `out_dir/<department code>/<quarter>/`. Content that has not changed makes no new
    version and touches no file. A closed quarter (已关账) is told as it was known when it was
    closed.
    """
    with write_transaction(engine) as connection:
        at = checkpoint_id(connection, checkpoint)
        reports = load_as_closed(connection, checkpoint, at)
        kept = [_keep(connection, report, at) for report in reports]
    return [
        _write_files(replace(report, version=snapshot.version), snapshot, out_dir)
        for report, snapshot in zip(reports, kept, strict=True)
    ]


def load_as_closed(
    connection: Connection, checkpoint: Checkpoint, at: int, only: Departments = None
) -> list[QuarterReport]:
    """Load the reports of a checkpoint (`at`: its row number), closed ones as known when closed."""
    closed = closing_moments(connection, at)
    if not closed:
        return list(load_reports(connection, checkpoint, only))
    judged = connection.execute(judged_departments(checkpoint, only)).all()
    by_moment: dict[datetime | None, list[int]] = defaultdict(list)
    for each in judged:
        by_moment[closed.get(each.department_id)].append(each.department_id)
    return [
        report
        for moment, departments in by_moment.items()
        for report in load_reports(connection, checkpoint.as_known(moment), departments)
    ]


def _keep(connection: Connection, report: QuarterReport, checkpoint_id: int) -> Snapshot:
    heading: dict[str, object] = {
        "title": report.title,
        "notice": report.notice,
        "monitoring_version": report.monitoring_version,
    }
    tables = {report_table: [heading], report_line: report_lines(report)}
    return write_snapshot(
        connection,
        "report",
        report.department_id,
        checkpoint_id,
        tables,
        hash_ignores={"figure"},
    )


def _write_files(report: QuarterReport, snapshot: Snapshot, out_dir: Path) -> WrittenReport:
    quarter = report.checkpoint.name
    folder = ReportFolder(out_dir, report.department_code, quarter)
    page = f"{quarter}-绩效运行监控.html"
    document = f"{quarter}-{REPORT_NAME}"
    written = [
        folder.write(page, render_page(report).encode()),
        folder.write_for_filling(document, word_report(report)),  # people write on in it
    ]
    forms = form_names(FORM_NAME, [line.project_name for line in report.spending])
    for project, name in forms.items():
        written.append(folder.write_for_filling(name, monitoring_form(report, project)))
    return WrittenReport(
        department=report.department_code,
        quarter=quarter,
        version=snapshot.version,
        is_new=snapshot.is_new,
        page=folder.path / page,
        document=folder.path / document,
        forms=tuple(folder.path / name for name in forms.values()),
        written=tuple(path for path in written if path is not None),
    )
