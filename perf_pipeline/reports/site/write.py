"""Putting a year's site on disk: a page for each department, and the index over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.record import read_record
from perf_pipeline.reports.files import ReportFolder, year_page
from perf_pipeline.reports.kept import Made, digest_of, intact, note
from perf_pipeline.reports.made_from import made_from
from perf_pipeline.reports.site.load import judged_in_year, load_years
from perf_pipeline.reports.site.model import Standing
from perf_pipeline.reports.site.page import render_index, render_year

SET = "site"  # what its note is called


@dataclass(frozen=True)
class WrittenSite:
    """A year's site: its index, the departments' pages, and which files this run wrote."""

    index: Path
    pages: tuple[Path, ...]
    written: tuple[Path, ...]


def write_site(
    engine: Engine, checkpoints: Sequence[Checkpoint], out_dir: Path, *, look_first: bool = False
) -> WrittenSite | None:
    """Write the site of the year whose checkpoints are given; None where nothing was judged.

    The index is `out_dir/<year>-绩效运行监控.html`, a department's page has the same name in
    `out_dir/<department code>/<year>/`. What has not changed touches no file. With `look_first`,
    a department of which nothing came since is not even read.
    """
    fiscal_year = str(checkpoints[0].fiscal_year)
    name = year_page(checkpoints[0].fiscal_year)
    with engine.connect() as connection:
        seen = made_from(connection, checkpoints[-1], of_year=True)
        judged = connection.execute(judged_in_year(checkpoints)).all()
    if not judged:
        return None
    folders = {each.code: ReportFolder(out_dir, each.code, fiscal_year) for each in judged}
    standings: dict[str, Standing] = {}
    waiting, written = [], []
    for each in judged:
        made = intact(folders[each.code].path, SET) if look_first else None
        if made is not None and made.seen == seen[each.id]:
            standings[each.code] = Standing.of_words(made.told, checkpoints)
        else:
            waiting.append(each.id)
    for year in load_years(engine, checkpoints, waiting if standings else None):
        code, folder = year.report.department_code, folders[year.report.department_code]
        page = render_year(year, f"../../{name}").encode()
        written.append(folder.write(name, page))
        digest = digest_of(page)
        of = seen[year.report.department_id]
        note(folder.path, SET, Made(of, digest, {name: digest}, year.standing.in_words()))
        standings[code] = year.standing
    top = ReportFolder(out_dir)
    links = {code: f"{code}/{fiscal_year}/{name}" for code in sorted(standings)}
    in_order = [standings[code] for code in links]
    with engine.connect() as connection:
        record = read_record(connection)
    index = render_index(in_order, links, record)
    written.append(top.write(name, index.encode()))
    return WrittenSite(
        top.path / name,
        tuple(folders[code].path / name for code in links),
        tuple(path for path in written if path),
    )
