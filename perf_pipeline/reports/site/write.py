"""Putting a year's site on disk: a page for each department, and the index over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.record import read_record_lines
from perf_pipeline.reports.files import ReportFolder, year_page
from perf_pipeline.reports.site.load import load_years
from perf_pipeline.reports.site.model import Standing
from perf_pipeline.reports.site.page import render_index, render_year


@dataclass(frozen=True)
class WrittenSite:
    """A year's site: its index, the departments' pages, and which files this run wrote."""

    index: Path
    pages: tuple[Path, ...]
    written: tuple[Path, ...]


def write_site(
    engine: Engine, checkpoints: Sequence[Checkpoint], out_dir: Path
) -> WrittenSite | None:
    """Write the site of the year whose checkpoints are given; None where nothing was judged.

    The index is `out_dir/<year>-绩效运行监控.html`, a department's page has the same name in
    `out_dir/<department code>/<year>/`. What has not changed touches no file.
    """
    fiscal_year = str(checkpoints[0].fiscal_year)
    name = year_page(checkpoints[0].fiscal_year)
    standings: list[Standing] = []
    links, pages, written = {}, [], []
    for year in load_years(engine, checkpoints):
        code = year.report.department_code
        folder = ReportFolder(out_dir, code, fiscal_year)
        written.append(folder.write(name, render_year(year, f"../../{name}").encode()))
        pages.append(folder.path / name)
        standings.append(year.standing)
        links[code] = f"{code}/{fiscal_year}/{name}"
    if not standings:
        return None
    top = ReportFolder(out_dir)
    with engine.connect() as connection:
        record = read_record_lines(connection)
    written.append(top.write(name, render_index(standings, links, record).encode()))
    return WrittenSite(top.path / name, tuple(pages), tuple(path for path in written if path))
