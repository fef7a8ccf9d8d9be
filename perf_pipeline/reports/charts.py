"""The curve of spending against plan, drawn as SVG that stands inside the page.

Text stays text (svg.fonttype none), so that it is sharp, searchable and in the page's own font.
Positions are fixed and no date is written: the same figures give the same bytes everywhere.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxTransform, IdentityTransform

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.amounts import short_percent
from perf_pipeline.reports.model import SpendingLine

WIDTH, HEIGHT = 5.2, 2.55  # inches; the page scales it
INK, MUTED, RULE = "#1f2a37", "#66727f", "#dfe3e8"
PLAN, ACTUAL, BAND = "#7a8694", "#1f4e8c", "#cfdff0"
FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans", "sans-serif"]
MOST_LABELS = 6
BOTTOM = -2.0  # per cent: a line at nothing stands clear of the frame
APART = 12.0  # percentage points that two labels need between them
_GROUP_ID = re.compile(r'(<g) id="[^"]*"')
_HEADER = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<style[^>]*>.*?</style>", re.DOTALL)  # it would reach the whole page
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"', re.DOTALL)
_SIZE_HEIGHT = re.compile(r'(<svg[^>]*?) height="[^"]*"', re.DOTALL)
# what every label repeats and the page's own style says once, and what nothing is cut by
_REPEATED = re.compile(r'font-family: [^;"]*;? ?| transform="rotate\(-0 [^"]*"| clip-path="[^"]*"')
_CLIPPING = re.compile(r"\s*<clipPath.*?</clipPath>", re.DOTALL)
_PLACE = re.compile(r' (?:d|x|y)="[^"]*"')
_DECIMALS = re.compile(r"(\.\d)\d+")


def spending_chart(line: SpendingLine, checkpoint: Checkpoint, salt: str) -> str:
    """Return an <svg> of a project's planned, actual and foretold cumulative spending of the year.

    `salt` keeps the ids within the drawing apart from those of other drawings on the page.
    """
    settings = {"svg.fonttype": "none", "svg.hashsalt": salt, "font.family": FONTS}
    drawn = io.StringIO()
    with drawn_curve(line, checkpoint, settings) as figure:
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return _inline(drawn.getvalue())


@contextmanager
def drawn_curve(
    line: SpendingLine, checkpoint: Checkpoint, settings: dict[Any, Any], dpi: int = 72
) -> Iterator[Figure]:
    """Give the figure of a project's curve, to be saved under the settings it was drawn with."""
    shared = {"font.size": 9, "path.simplify": False, "text.parse_math": False}
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with mpl.rc_context(settings | shared), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fonts are the reader's, not this machine's
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=dpi)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        _draw(figure, line, checkpoint)
        yield figure


class _Sheet:
    """A figure that days and percentages are drawn on, by the artists themselves.

    matplotlib's axes would spend most of the time on ticks that are all set by hand here.
    """

    def __init__(self, figure: Figure, first: date, last: date, top: float) -> None:
        self.figure = figure
        self.first, self.last, self.top = first.toordinal(), last.toordinal(), top
        width, height = figure.bbox.width, figure.bbox.height
        data = Bbox.from_extents(self.first, BOTTOM, self.last, top)
        page = Bbox.from_extents(0.085 * width, 0.13 * height, 0.775 * width, 0.91 * height)
        self.to_page = BboxTransform(data, page)

    def line(self, days: Sequence[int], shares: Sequence[float], **style: Any) -> None:
        """Draw a line through days (ordinals) and shares in per cent."""
        self.figure.add_artist(Line2D(days, shares, transform=self.to_page, **style))

    def area(self, corners: list[tuple[int, float]], colour: str) -> None:
        """Fill the area between corners, each a day and a share."""
        filled = Polygon(corners, transform=self.to_page, facecolor=colour, linewidth=0)
        self.figure.add_artist(filled)

    def label(
        self, said: str, at: tuple[int, float], away: tuple[float, float], **style: Any
    ) -> None:
        """Write text so many points away from a day and a share."""
        x, y = self.to_page.transform(at)
        right, up = (each * self.figure.dpi / 72 for each in away)
        text = Text(x + right, y + up, said, transform=IdentityTransform(), **style)
        self.figure.add_artist(text)


def _draw(figure: Figure, line: SpendingLine, checkpoint: Checkpoint) -> None:
    actual = _actual_steps(line, checkpoint)
    top = max([105.0, *(share * 1.06 for _, share in actual)])
    ends = date(checkpoint.fiscal_year, 12, 31)
    sheet = _Sheet(figure, checkpoint.starts_on, ends, top)
    _draw_frame(sheet, line, checkpoint)
    plan_end = _draw_plan(sheet, line)
    if actual:
        _draw_outlook(sheet, line, checkpoint, actual[-1][1], plan_end)
        _draw_actual(sheet, line, checkpoint, actual, plan_end)


def _draw_frame(sheet: _Sheet, line: SpendingLine, checkpoint: Checkpoint) -> None:
    whole = (sheet.first, sheet.last)
    for share in (0, 50, 100):
        sheet.line(whole, (share, share), color=RULE, linewidth=0.8)
        said = f"{share}%" if share else "0"
        sheet.label(said, (sheet.first, share), (-3.5, -3.2), ha="right", color=MUTED)
    sheet.line(whole, (BOTTOM, BOTTOM), color=MUTED, linewidth=0.8)
    labels = {point.due_on: point.label for point in line.plan} or {
        checkpoint.ends_on: checkpoint.label
    }
    every = -(-len(labels) // MOST_LABELS)  # counted from the year's end, which is always named
    for day, label in list(labels.items())[::-1][::every]:
        at = (day.toordinal(), BOTTOM)
        sheet.line([at[0]] * 2, (BOTTOM, BOTTOM - 2), color=MUTED, linewidth=0.8)
        sheet.label(label, at, (0, -13.5), ha="center", color=MUTED)
    now = [checkpoint.ends_on.toordinal()] * 2
    sheet.line(now, (BOTTOM, sheet.top), color=MUTED, linewidth=0.8, dashes=(2, 2))


def _draw_plan(sheet: _Sheet, line: SpendingLine) -> float | None:
    if not line.plan:
        return None
    points = [(point.due_on.toordinal(), point.share_bp / 100) for point in line.plan]
    days = [sheet.first, *(day for day, _ in points), sheet.last]
    shares = [0.0, *(share for _, share in points), points[-1][1]]
    dashed = {"color": PLAN, "linewidth": 1.6, "dashes": (4, 2)}
    sheet.line(days, shares, drawstyle="steps-post", **dashed)
    before = None
    for point, at in zip(line.plan, points, strict=True):
        sheet.line(at[:1], at[1:], marker="o", ms=5, mfc="white", mec=PLAN, mew=1.4)
        # the last point is named in the margin, and a level is named once
        if at[0] < sheet.last and point.share_bp != before:
            said = short_percent(point.share_bp)
            sheet.label(said, at, (-6, 4), ha="right", color=MUTED, fontsize=8.5)
        before = point.share_bp
    said = f"计划 {short_percent(line.plan[-1].share_bp)}"
    sheet.label(said, (sheet.last, points[-1][1]), (9, -3), color=MUTED)
    return points[-1][1]


def _actual_steps(line: SpendingLine, checkpoint: Checkpoint) -> list[tuple[date, float]]:
    """Return the days and shares of the actual steps, as judged where nothing moved since."""
    if not line.budget_fen or line.paid_fen is None:
        return []
    steps = [(checkpoint.starts_on, 0.0)]
    steps += [(p.paid_on, p.cumulative_fen * 100 / line.budget_fen) for p in line.paid]
    steps.append((checkpoint.ends_on, steps[-1][1]))
    return steps


def _draw_outlook(
    sheet: _Sheet, line: SpendingLine, checkpoint: Checkpoint, now: float, plan_end: float | None
) -> None:
    """Draw where the year may end: the point, and the 80 % interval opening up to it."""
    foretold, budget = line.outlook, line.budget_fen
    if checkpoint.last or foretold is None or not budget or foretold.point is None:
        return
    start, end = checkpoint.ends_on.toordinal(), sheet.last
    point = foretold.point * 100 / budget
    if foretold.low80 is not None and foretold.high80 is not None:
        low, high = (each * 100 / budget for each in (foretold.low80, foretold.high80))
        sheet.area([(start, now), (end, low), (end, high)], BAND)
    sheet.line((start, end), (now, point), color=ACTUAL, linewidth=1.2, dashes=(1, 2))
    sheet.line([end], [point], marker="D", ms=5, mfc="white", mec=ACTUAL, mew=1.4)
    said = f"预计 {short_percent(round(point * 100))}"
    sheet.label(said, (end, _apart(point, plan_end)), (9, -3), color=ACTUAL)


def _draw_actual(
    sheet: _Sheet,
    line: SpendingLine,
    checkpoint: Checkpoint,
    steps: list[tuple[date, float]],
    plan_end: float | None,
) -> None:
    days = [day.toordinal() for day, _ in steps]
    shares = [share for _, share in steps]
    sheet.line(days, shares, drawstyle="steps-post", color=ACTUAL, linewidth=2.4)
    sheet.line(days[-1:], shares[-1:], color=ACTUAL, marker="o", ms=6.5)
    said = line.told("actual_bp")
    place = shares[-1]
    if checkpoint.last:
        place, away = _apart(place, plan_end), (9.0, -3.0)
    else:
        above = place >= (line.planned_bp or 0) / 100
        foretold = line.outlook is not None and line.outlook.point is not None
        away = (8.0, 6.0) if place < APART or (above and not foretold) else (8.0, -13.0)
    sheet.label(f"实际 {said}", (days[-1], place), away, color=ACTUAL, fontweight="bold")


def _apart(place: float, plan_end: float | None) -> float:
    """Keep a label in the margin clear of the plan's."""
    if plan_end is None or abs(place - plan_end) >= APART:
        return place
    return plan_end + APART if place > plan_end else plan_end - APART


def _inline(svg: str) -> str:
    """Make a stand-alone SVG file a small part of a page: ids only where they are referred to."""
    for left_out in (_HEADER, _METADATA, _STYLE, _CLIPPING, _REPEATED):
        svg = left_out.sub("", svg)
    svg = _GROUP_ID.sub(r"\1", svg)
    svg = _PLACE.sub(lambda found: _DECIMALS.sub(r"\1", found[0].replace(" \n", "")), svg)
    svg = _SIZE_HEIGHT.sub(r"\1", _SIZE.sub(r"\1", svg, count=1), count=1)
    svg = re.sub(r">\s+<", "><", svg)
    if "<g " not in svg:
        svg = re.sub(r"</?g/?>", "", svg)
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1).strip()


def in_words(line: SpendingLine, checkpoint: Checkpoint) -> str:
    """Say the curve in words, for those who cannot see it."""
    plan = "，".join(f"{p.label}{short_percent(p.share_bp)}" for p in line.plan)
    planned = f"计划累计支出：{plan}。" if plan else "没有支出计划。"
    ahead = line.outlook.reason if line.outlook and not checkpoint.last else ""
    foretold = f"全年预计：{ahead}。" if ahead else ""
    return f"{line.project_name}，截至{checkpoint.label}。{planned}{line.reason}。{foretold}"
