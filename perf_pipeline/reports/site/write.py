"""Putting a year's site on disk: a page for each department, and the index over all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.outlook.record import read_records, together
from perf_pipeline.reports.files import ReportFolder, year_page
from perf_pipeline.reports.kept import Made, digest_of, intact, note, told_with
from perf_pipeline.reports.made_from import Looked, look, seen_of
from perf_pipeline.reports.selects import judged_at
from perf_pipeline.reports.site.load import load_years
from perf_pipeline.reports.site.model import Standing
from perf_pipeline.reports.site.page import render_index, render_year
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.changed import Kind
from perf_pipeline.warehouse.known import Departments
from perf_pipeline.warehouse.schema import department
from perf_pipeline.warehouse.team import ALONE, Team

SET = "site"  # what its note is called
# beyond its last checkpoint it tells the record of all years' forecasts
YEAR = Kind(SET, reads=("outlook",), tells=True)


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
    only: Departments = None,
) -> WrittenSite | None:
    """Write the site of the year whose checkpoints are given; None where nothing was judged.

    The index is `out_dir/<year>-绩效运行监控.html`, a department's page has the same name in
    `out_dir/<department code>/<year>/`. What has not changed touches no file. With `look_first`,
    a department of which nothing came since is not even read. The `team` draws. `only` some
    departments' pages, and no index, are written where nobody else writes: else a BlockingIOError
    is raised.
    """
    fiscal_year = str(checkpoints[0].fiscal_year)
    name = year_page(checkpoints[0].fiscal_year)
    judged = judged_at(checkpoints)
    with look(
        engine, out_dir, YEAR, checkpoints[-1], judged, look_first=look_first, only=only
    ) as looked:
        if looked is None:
            return None
        waiting, standing = looked.parted(fiscal_year, name)
        index = f"../../{name}" if len(looked.judged) > 1 else ""
        draw = partial(_draw, tuple(checkpoints), out_dir, looked.seen, index)
        drawn = team.each(draw, engine, waiting)
        written = [path for _, path in drawn]
        told = {code: made.told for code, made in standing.items() if made is not None}
        told |= {stands.code: stands.in_words() for stands, _ in drawn}
        listed = {**looked.listed}
        for number, code in looked.judged:
            if code in told:
                listed[f"{number}"] = digest_of(json.dumps(told[code]).encode())
        codes = sorted({*standing, *told})
        links = {code: f"{code}/{fiscal_year}/{name}" for code in codes}
        if only is None:
            written += _list_all(engine, checkpoints, looked, told, links, listed)
        looked.keep(waiting, listed)
    return WrittenSite(
        looked.root / name,
        tuple(looked.root / link for link in links.values()),
        tuple(path for path in written if path),
    )


def _list_all(
    engine: Engine,
    checkpoints: Sequence[Checkpoint],
    looked: Looked,
    told: Mapping[str, Mapping[str, Any]],
    links: Mapping[str, str],
    listed: Mapping[str, str],
) -> list[Path | None]:
    """Draw the index again where what it tells has changed; return it if it is new.

    That is told by the digests `listed`. `told` has how some departments stand, whose pages were
    drawn or looked into just now; how the others do is read from their notes where it is drawn.
    """
    fiscal_year = checkpoints[0].fiscal_year
    name, set_of_index = year_page(fiscal_year), f"index {fiscal_year}"
    before = intact(looked.root, set_of_index)
    judged = [each.department_id for each in looked.judged]
    with engine.connect() as connection:  # who is not judged in this year may be recorded
        others = select(department.c.id).where(~among(department.c.id, judged))
        numbers = connection.scalars(others).all()
        recorded = read_records(connection, numbers) if numbers else {}
    said = [(code, listed[f"{number}"]) for number, code in looked.judged if code in links]
    content = digest_of(f"{looked.made.seen} {said} {[*recorded.values()]}".encode())
    if before is not None and before.content == content:
        return []
    words = (
        told.get(code) or told_with(Path(f"{looked.root}/{code}/{fiscal_year}"), SET)
        for code in links
    )
    standings = [Standing.of_words(each, checkpoints) for each in words]
    record = together([*(each.record for each in standings), *recorded.values()])
    page = render_index(standings, links, record).encode()
    path = ReportFolder(looked.root).write(name, page)
    note(looked.root, set_of_index, Made("", content, {name: digest_of(page)}))
    return [path]


def _draw(
    checkpoints: Sequence[Checkpoint],
    out_dir: Path,
    seen: str,
    index: str,
    engine: Engine,
    departments: Sequence[int],
) -> list[tuple[Standing, Path | None]]:
    """Draw the pages of departments, noted as of `seen`; return how each stands, and a new file."""
    drawn = []
    name = year_page(checkpoints[0].fiscal_year)
    for year in load_years(engine, checkpoints, departments):
        standing = year.standing
        folder = ReportFolder(out_dir, standing.code, str(checkpoints[0].fiscal_year))
        page = render_year(year, index).encode()
        path, digest = folder.write(name, page), digest_of(page)
        note(
            folder.path,
            SET,
            Made(seen_of(seen, standing.code), digest, {name: digest}, standing.in_words()),
        )
        drawn.append((standing, path))
    return drawn
