"""The curve of spending against plan, written as SVG that stands inside the page.

Text stays text, so that it is sharp, searchable and in the page's own font.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from markupsafe import escape

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.reports.amounts import short_percent
from perf_pipeline.reports.curve import (
    HEIGHT,
    WIDTH,
    Area,
    Dot,
    Label,
    Mark,
    Point,
    Stroke,
    spending_curve,
)
from perf_pipeline.reports.model import SpendingLine
from perf_pipeline.reports.page_words import marked_once, said_beside


def spending_chart(line: SpendingLine, checkpoint: Checkpoint) -> str:
    """Return an <svg> of a project's planned, actual and foretold cumulative spending."""
    return as_svg(spending_curve(line, checkpoint))


def as_svg(marks: Iterable[Mark]) -> str:
    """Return an <svg> of marks on a sheet of WIDTH and HEIGHT."""
    drawn = "".join(map(_written, marks))
    return (
        f'<svg aria-hidden="true" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'
    )


def _written(mark: Mark) -> str:
    if isinstance(mark, Stroke):
        dashes = "" if mark.dashes is None else f' stroke-dasharray="{_point(mark.dashes)}"'
        return (
            f'<path d="M{_path(mark.points)}" fill="none" stroke="{mark.color}" '
            f'stroke-width="{mark.width:g}"{dashes}/>'
        )
    if isinstance(mark, Area):
        return f'<path d="M{_path(mark.corners)}Z" fill="{mark.color}"/>'
    if isinstance(mark, Dot):
        return _dot(mark)
    return _label(mark)


def _dot(mark: Dot) -> str:
    (x, y), r = mark.at, mark.radius
    look = f'fill="{mark.fill}" stroke="{mark.color}" stroke-width="{mark.edge:g}"'
    if mark.is_square:
        tips = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        return f'<path d="M{_path(tips)}Z" {look}/>'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" {look}/>'


def _label(mark: Label) -> str:
    x, y = mark.at
    bold = "font-weight: 700; " if mark.bold else ""
    style = f"{bold}font-size: {mark.size:g}px; text-anchor: {mark.anchor}; fill: {mark.color}"
    said = said_beside(mark.text)
    other = "" if said == mark.text else marked_once(mark.text, said)
    return f'<text{other} style="{style}" x="{x:g}" y="{y:g}">{escape(mark.text)}</text>'


def _path(points: tuple[Point, ...]) -> str:
    return "L".join(map(_point, points))


def _point(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"


def curve_figures(line: SpendingLine, checkpoint: Checkpoint) -> dict[str, object]:
    """Return the figures that a curve is drawn from, for the page's script.

    Days are counted from 1970; `plan` holds day and share, `paid` day, share and fen so far (None
    where shares are not known), `ahead` the outlook's lower end, point and upper end as shares, in
    basis points; `told` is the actual share as it was judged.
    """
    budget, outlook = line.budget_fen, line.outlook

    def share(fen: int | None) -> int | None:
        if fen is None or not budget:
            return None
        return (2 * fen * WHOLE_BP + budget) // (2 * budget)

    paid = [
        [_day(each.paid_on), share(each.cumulative_fen), each.cumulative_fen] for each in line.paid
    ]
    foretold = None if checkpoint.last or outlook is None or outlook.point is None else outlook
    return {
        "from": _day(checkpoint.starts_on),
        "now": _day(checkpoint.ends_on),
        "end": _day(date(checkpoint.fiscal_year, 12, 31)),
        "plan": [[_day(each.due_on), each.share_bp] for each in line.plan],
        "paid": paid if budget and line.paid_fen is not None else None,
        "ahead": foretold and [*map(share, (foretold.low80, foretold.point, foretold.high80))],
        "told": line.told("actual_bp"),
    }


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def in_words(line: SpendingLine, checkpoint: Checkpoint) -> list[str]:
    """Say the curve in sentences, for those who cannot see it."""
    plan = "，".join(f"{p.label}{short_percent(p.share_bp)}" for p in line.plan)
    planned = f"计划累计支出：{plan}。" if plan else "没有支出计划。"
    ahead = line.outlook.reason if line.outlook and not checkpoint.last else ""
    as_of = f"截至{checkpoint.label}"
    said = [f"{line.project_name}：{as_of}。", planned, f"{line.reason}。"]
    return [*said, f"全年预计：{ahead}。"] if ahead else said
