"""Putting a year's site on disk: a page for each department, and the index over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.record import read_records
from perf_pipeline.reports.files import ReportFolder, year_page
from perf_pipeline.reports.kept import Made, digest_of, intact, note
from perf_pipeline.reports.made_from import made_from
from perf_pipeline.reports.site.load import judged_in_year, load_years
from perf_pipeline.reports.site.model import Standing
from perf_pipeline.reports.site.page import render_index, render_year
from perf_pipeline.warehouse.team import ALONE, Team

SET = "site"  # what its note is called


@dataclass(frozen=True)
class WrittenSite:
    """A year's site: its index, the departments' pages, and which files this run wrote."""

    index: Path
    pages: tuple[Path, ...]
    written: tuple[Path, ...]


def write_site(
    engine: Engine,
    checkpoints: Sequence[Checkpoint],
    out_dir: Path,
    *,
    look_first: bool = False,
    team: Team = ALONE,
) -> WrittenSite | None:
    """Write the site of the year whose checkpoints are given; None where nothing was judged.

    The index is `out_dir/<year>-绩效运行监控.html`, a department's page has the same name in
    `out_dir/<department code>/<year>/`. What has not changed touches no file. With `look_first`,
    a department of which nothing came since is not even read. The `team` draws.
    """
    fiscal_year = str(checkpoints[0].fiscal_year)
    name = year_page(checkpoints[0].fiscal_year)
    with engine.connect() as connection:
        seen = made_from(connection, checkpoints[-1], of_year=True)
        judged = connection.execute(judged_in_year(checkpoints)).all()
    if not judged:
        return None
    root = out_dir.resolve()
    folders = {each.code: root / each.code / fiscal_year for each in judged}
    standings: dict[str, Standing] = {}
    waiting: list[tuple[int, str]] = []
    for each in judged:
        made = intact(folders[each.code], SET) if look_first else None
        if made is not None and made.seen == seen[each.id]:
            standings[each.code] = Standing.of_words(made.told, checkpoints)
        else:
            waiting.append((each.id, seen[each.id]))
    drawn = team.each(partial(_draw, tuple(checkpoints), out_dir), engine, waiting)
    standings |= {each.code: each.standing for each in drawn}
    written = [each.written for each in drawn]
    top = ReportFolder(out_dir)
    links = {code: f"{code}/{fiscal_year}/{name}" for code in sorted(standings)}
    in_order = [standings[code] for code in links]
    with engine.connect() as connection:
        record = read_records(connection)[None]
    index = render_index(in_order, links, record)
    written.append(top.write(name, index.encode()))
    return WrittenSite(
        top.path / name,
        tuple(folders[code] / name for code in links),
        tuple(path for path in written if path),
    )


@dataclass(frozen=True)
class _Drawn:
    """A department's page as drawn: how it stands, and its file where that is new."""

    code: str
    standing: Standing
    written: Path | None


def _draw(
    checkpoints: Sequence[Checkpoint],
    out_dir: Path,
    engine: Engine,
    departments: Sequence[tuple[int, str]],
) -> list[_Drawn]:
    """Draw the pages of some departments, given with what their notes will say."""
    seen, drawn = dict(departments), []
    name = year_page(checkpoints[0].fiscal_year)
    for year in load_years(engine, checkpoints, list(seen)):
        code, number = year.report.department_code, year.report.department_id
        folder = ReportFolder(out_dir, code, str(checkpoints[0].fiscal_year))
        page = render_year(year, f"../../{name}").encode()
        path, digest = folder.write(name, page), digest_of(page)
        note(folder.path, SET, Made(seen[number], digest, {name: digest}, year.standing.in_words()))
        drawn.append(_Drawn(code, year.standing, path))
    return drawn
