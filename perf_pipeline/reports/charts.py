"""The curve of spending against plan, drawn as SVG that stands inside the page.

Text stays text (svg.fonttype none), so that it is sharp, searchable and in the page's own font.
Positions are fixed and no date is written: the same figures give the same bytes everywhere.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from datetime import date
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.amounts import percent, short_percent
from perf_pipeline.reports.model import SpendingLine

WIDTH, HEIGHT = 5.2, 2.55  # inches; the page scales it
INK, MUTED, RULE = "#1f2a37", "#66727f", "#dfe3e8"
PLAN, ACTUAL, BAND = "#7a8694", "#1f4e8c", "#cfdff0"
FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans", "sans-serif"]
MOST_LABELS = 6
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


@lru_cache(maxsize=1024)  # the page of a quarter and that of its year show the same drawing
def spending_chart(line: SpendingLine, checkpoint: Checkpoint, salt: str) -> str:
    """Return an <svg> of a project's planned, actual and foretold cumulative spending of the year.

    `salt` keeps the ids within the drawing apart from those of other drawings on the page.
    """
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "font.family": FONTS,
        "font.size": 9,
        "path.simplify": False,
        "text.parse_math": False,
    }
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fonts are the reader's, not this machine's
        figure = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0.085, 0.13, 0.69, 0.78))
        _draw(axes, line, checkpoint)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return _inline(drawn.getvalue())


def _draw(axes: Axes, line: SpendingLine, checkpoint: Checkpoint) -> None:
    starts, ends = checkpoint.starts_on, date(checkpoint.fiscal_year, 12, 31)
    actual = _actual_steps(line, checkpoint)
    top = max([105.0, *(share * 1.06 for _, share in actual)])
    _frame(axes, line, checkpoint, starts, ends, top)
    plan_end = _draw_plan(axes, line, starts, ends)
    if actual:
        _draw_outlook(axes, line, checkpoint, actual[-1][1], ends, plan_end)
        _draw_actual(axes, line, checkpoint, actual, plan_end)


def _frame(
    axes: Axes, line: SpendingLine, checkpoint: Checkpoint, starts: date, ends: date, top: float
) -> None:
    axes.set_xlim(starts.toordinal(), ends.toordinal())
    axes.set_ylim(-2, top)
    axes.patch.set_visible(False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.set_yticks([0, 50, 100], ["0", "50%", "100%"], color=MUTED)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", length=3, color=MUTED)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    labels = {point.due_on: point.label for point in line.plan} or {
        checkpoint.ends_on: checkpoint.label
    }
    every = -(-len(labels) // MOST_LABELS)  # counted from the year's end, which is always named
    shown = list(labels.items())[::-1][::every]
    axes.set_xticks(
        [day.toordinal() for day, _ in shown], [label for _, label in shown], color=MUTED
    )
    axes.axvline(checkpoint.ends_on.toordinal(), color=MUTED, linewidth=0.8, dashes=(2, 2))


def _draw_plan(axes: Axes, line: SpendingLine, starts: date, ends: date) -> float | None:
    if not line.plan:
        return None
    days = [starts, *(point.due_on for point in line.plan), ends]
    shares = [0.0, *(point.share_bp / 100 for point in line.plan)]
    axes.step(
        [day.toordinal() for day in days],
        [*shares, shares[-1]],
        where="post",
        color=PLAN,
        linewidth=1.6,
        dashes=(4, 2),
        clip_on=False,
    )
    before = None
    for point in line.plan:
        x, y = point.due_on.toordinal(), point.share_bp / 100
        axes.plot([x], [y], "o", ms=5, mfc="white", mec=PLAN, mew=1.4, clip_on=False, zorder=4)
        # the last point is named in the margin, and a level is named once
        if point.due_on < ends and point.share_bp != before:
            axes.annotate(
                short_percent(point.share_bp),
                (x, y),
                xytext=(-6, 4),
                textcoords="offset points",
                ha="right",
                color=MUTED,
                fontsize=8.5,
            )
        before = point.share_bp
    axes.annotate(
        f"计划 {short_percent(line.plan[-1].share_bp)}",
        (ends.toordinal(), shares[-1]),
        xytext=(9, -3),
        textcoords="offset points",
        color=MUTED,
        annotation_clip=False,
    )
    return shares[-1]


def _actual_steps(line: SpendingLine, checkpoint: Checkpoint) -> list[tuple[date, float]]:
    """Return the days and shares of the actual steps, as judged where nothing moved since."""
    if not line.budget_fen or line.paid_fen is None:
        return []
    steps = [(checkpoint.starts_on, 0.0)]
    steps += [(p.paid_on, p.cumulative_fen * 100 / line.budget_fen) for p in line.paid]
    steps.append((checkpoint.ends_on, steps[-1][1]))
    return steps


def _draw_outlook(
    axes: Axes,
    line: SpendingLine,
    checkpoint: Checkpoint,
    now: float,
    ends: date,
    plan_end: float | None,
) -> None:
    """Draw where the year may end: the point, and the 80 % interval opening up to it."""
    foretold, budget = line.outlook, line.budget_fen
    if checkpoint.last or foretold is None or not budget or foretold.amount is None:
        return
    days = [checkpoint.ends_on.toordinal(), ends.toordinal()]
    point = foretold.amount * 100 / budget
    if foretold.low80 is not None and foretold.high80 is not None:
        low, high = (each * 100 / budget for each in (foretold.low80, foretold.high80))
        axes.fill_between(days, [now, low], [now, high], color=BAND, linewidth=0, clip_on=False)
    axes.plot(days, [now, point], color=ACTUAL, linewidth=1.2, dashes=(1, 2), clip_on=False)
    axes.plot(days[1:], [point], "D", ms=5, mfc="white", mec=ACTUAL, mew=1.4, clip_on=False)
    place = point
    if plan_end is not None and abs(point - plan_end) < APART:
        place = plan_end + APART if point > plan_end else plan_end - APART
    axes.annotate(
        f"预计 {short_percent(round(point * 100))}",
        (days[1], place),
        xytext=(9, -3),
        textcoords="offset points",
        color=ACTUAL,
        annotation_clip=False,
    )


def _draw_actual(
    axes: Axes,
    line: SpendingLine,
    checkpoint: Checkpoint,
    steps: list[tuple[date, float]],
    plan_end: float | None,
) -> None:
    x = [day.toordinal() for day, _ in steps]
    y = [share for _, share in steps]
    axes.step(x, y, where="post", color=ACTUAL, linewidth=2.4, clip_on=False, zorder=5)
    axes.plot([x[-1]], [y[-1]], "o", ms=6.5, color=ACTUAL, clip_on=False, zorder=6)
    said = percent(line.actual_bp) if line.actual_bp is not None else ""
    planned = (line.planned_bp or 0) / 100
    above = y[-1] >= planned
    place = y[-1]
    if plan_end is not None and checkpoint.last and abs(place - plan_end) < APART:
        place = plan_end + APART if place > plan_end else plan_end - APART
        offset = (9.0, -3.0)
    elif checkpoint.last:
        offset = (9.0, -3.0)
    else:
        foretold = line.outlook is not None and line.outlook.amount is not None
        offset = (8.0, 6.0) if place < APART or (above and not foretold) else (8.0, -13.0)
    axes.annotate(
        f"实际 {said}",
        (x[-1], place),
        xytext=offset,
        textcoords="offset points",
        color=ACTUAL,
        fontweight="bold",
        annotation_clip=False,
        zorder=7,
    )


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
    return f"{line.project}，截至{checkpoint.label}。{planned}{line.reason}。{foretold}"
