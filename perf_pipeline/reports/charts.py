"""The curve of spending against plan: as SVG inside the page, as a picture in the Word report.

In SVG text stays text (svg.fonttype none), so that it is sharp, searchable and in the page's own
font. Positions are fixed and no date is written: the same figures give the same bytes everywhere.
A picture's text is drawn with this machine's Chinese font; where it has none, only the numbers
are written, and the words stand in the caption.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.amounts import percent, short_percent
from perf_pipeline.reports.model import SpendingLine

WIDTH, HEIGHT = 5.2, 2.55  # inches; the page scales it
INK, MUTED, RULE = "#1f2a37", "#66727f", "#dfe3e8"
PLAN, ACTUAL = "#7a8694", "#1f4e8c"
FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans", "sans-serif"]
DOTS_PER_INCH = 200
MOST_LABELS = 6
APART = 12.0  # percentage points that two labels need between them
_GROUP_ID = re.compile(r'(<g) id="[^"]*"')
_HEADER = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<style[^>]*>.*?</style>", re.DOTALL)  # it would reach the whole page
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"', re.DOTALL)
_NO_NUMBER = re.compile(r"[^!-~]+")  # what a font without Chinese cannot draw
# files of Chinese fonts, the best first
_CHINESE = re.compile(
    r"(NotoSansCJK|SourceHanSans|msyh|PingFang|simhei|wqy|NotoSerifCJK|simsun)", re.IGNORECASE
)
_SIZE_HEIGHT = re.compile(r'(<svg[^>]*?) height="[^"]*"', re.DOTALL)


def spending_chart(line: SpendingLine, checkpoint: Checkpoint, salt: str) -> str:
    """Return an <svg> of a project's planned and actual cumulative spending over the year.

    `salt` keeps the ids within the drawing apart from those of other drawings on the page.
    """
    drawn = io.StringIO()
    with _drawing({"svg.fonttype": "none", "svg.hashsalt": salt, "font.family": FONTS}):
        figure = _figure(line, checkpoint)
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return _inline(drawn.getvalue())


def spending_picture(line: SpendingLine, checkpoint: Checkpoint) -> bytes:
    """Return the same curve as a PNG picture, for files that are read without a browser."""
    drawn = io.BytesIO()
    with _drawing({"font.family": ["DejaVu Sans"]}):
        figure = _figure(line, checkpoint)
        _write_with_own_font(figure)
        figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return drawn.getvalue()


@contextmanager
def _drawing(settings: dict[Any, Any]) -> Iterator[None]:
    """Draw with the given settings and those that every drawing has."""
    shared = {"font.size": 9, "path.simplify": False, "text.parse_math": False}
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with mpl.rc_context(settings | shared), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fonts are the reader's, not this machine's
        yield


def _figure(line: SpendingLine, checkpoint: Checkpoint) -> Figure:
    figure = Figure(figsize=(WIDTH, HEIGHT))
    FigureCanvasSVG(figure)
    figure.patch.set_visible(False)
    _draw(figure.add_axes((0.085, 0.13, 0.69, 0.78)), line, checkpoint)
    return figure


@cache
def _chinese_fonts() -> tuple[str, ...]:
    """Return the files of a Chinese font of this machine, regular first; none where it has none.

    They are looked up now, since the list that matplotlib keeps goes stale, and are not added to
    it, since the drawings for the page must not depend on this machine's fonts.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for path in font_manager.findSystemFonts():
        if known := _CHINESE.match(Path(path).name):
            found[known[1].lower()].append(path)
    preferred = min(found, key=_CHINESE.pattern.lower().index, default="")
    return tuple(sorted(found[preferred], key=lambda path: ("bold" in path.lower(), path)))


def _write_with_own_font(figure: Figure) -> None:
    fonts = _chinese_fonts()
    (axes,) = figure.axes
    if not fonts:
        labels = [_NO_NUMBER.sub("", label.get_text()) for label in axes.get_xticklabels()]
        axes.set_xticks(axes.get_xticks(), labels, color=MUTED)
        for text in axes.texts:
            text.set_text(_NO_NUMBER.sub("", text.get_text()))
        return
    for text in (*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()):
        bold = text.get_fontweight() == "bold"
        text.get_fontproperties().set_file(fonts[-1] if bold else fonts[0])


def _draw(axes: Axes, line: SpendingLine, checkpoint: Checkpoint) -> None:
    starts, ends = checkpoint.starts_on, date(checkpoint.fiscal_year, 12, 31)
    actual = _actual_steps(line, checkpoint)
    top = max([105.0, *(share * 1.06 for _, share in actual)])
    _frame(axes, line, checkpoint, starts, ends, top)
    plan_end = _draw_plan(axes, line, starts, ends)
    if actual:
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
        offset = (8.0, 6.0) if above or place < APART else (8.0, -13.0)
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
    """Make a stand-alone SVG file a part of a page: no header, ids only where referred to."""
    svg = _STYLE.sub("", _METADATA.sub("", _HEADER.sub("", svg)))
    svg = _GROUP_ID.sub(r"\1", svg)
    svg = _SIZE_HEIGHT.sub(r"\1", _SIZE.sub(r"\1", svg, count=1), count=1)
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1).strip()


def in_words(line: SpendingLine, checkpoint: Checkpoint) -> str:
    """Say the curve in words, for those who cannot see it."""
    plan = "，".join(f"{p.label}{short_percent(p.share_bp)}" for p in line.plan)
    planned = f"计划累计支出：{plan}。" if plan else "没有支出计划。"
    return f"{line.project}，截至{checkpoint.label}。{planned}{line.reason}。"
