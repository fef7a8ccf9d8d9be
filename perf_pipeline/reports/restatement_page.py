"""The page of a restatement (重述): what changed between two versions, and which rows did it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perf_pipeline.monitoring.restatement import Restatement
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.notices import combine_notices
from perf_pipeline.reports.page import rendered

LISTED = 200  # source rows shown with a figure; `diff --json` gives all


def render_restatement(restatement: Restatement) -> str:
    """Return the HTML of a restatement: one file that needs no network."""
    changes = ((figure, figure.change) for figure in restatement.figures)
    judged = [each for each, of in changes if of.old_judgement != of.new_judgement]
    return rendered(
        "restatement.html.j2",
        "language.js",
        it=restatement,
        judged=len(judged),
        listed=LISTED,
        notice=combine_notices(restatement.notices),
    )


def write_restatements(restatements: Sequence[Restatement], out_dir: Path) -> list[Path]:
    """Write the page of each department's restatement to `out_dir/<department>/<quarter>/`."""
    pages = []
    for each in restatements:
        folder = ReportFolder(out_dir, each.department_code, each.quarter)
        name = f"{each.quarter}-重述-{each.from_version or 0}至{each.to_version}.html"
        folder.write(name, render_restatement(each).encode())
        pages.append(folder.path / name)
    return pages
