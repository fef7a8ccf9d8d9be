"""The curve of spending against plan as marks: lines, areas, points and labels, in points of 1/72″.

What draws them decides nothing. Positions are fixed and not fitted to measured text: the same
figures give the same marks everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.figures import share_beside
from perf_pipeline.reports.amounts import short_percent
from perf_pipeline.reports.model import SpendingLine

WIDTH, HEIGHT = 374.4, 183.6  # points; the page scales it
LEFT, RIGHT, TOP, FOOT = 0.085 * WIDTH, 0.775 * WIDTH, 0.09 * HEIGHT, 0.87 * HEIGHT
INK, MUTED, RULE = "#1f2a37", "#66727f", "#dfe3e8"
PLAN, ACTUAL, BAND, WHITE = "#7a8694", "#1f4e8c", "#cfdff0", "#ffffff"
MOST_LABELS = 6
BOTTOM = -2.0  # per cent: a line at nothing stands clear of the frame
APART = 12.0  # percentage points that two labels need between them
TEXT, SMALL = 9.0, 8.5  # points

Point = tuple[float, float]  # from the left, from the top
Anchor = Literal["start", "middle", "end"]


class Stroke(NamedTuple):
    """A line through points; `dashes` are the lengths of dash and gap."""

    points: tuple[Point, ...]
    color: str
    width: float
    dashes: Point | None = None


class Area(NamedTuple):
    """A filled area between corners."""

    corners: tuple[Point, ...]
    color: str


class Dot(NamedTuple):
    """A point that is marked: a circle, or a square on its tip, of a radius."""

    at: Point
    radius: float
    color: str
    fill: str
    edge: float
    is_square: bool = False


class Label(NamedTuple):
    """A text on one line; `at` is where its base line starts, has its middle, or ends."""

    text: str
    at: Point
    anchor: Anchor
    color: str
    size: float = TEXT
    bold: bool = False


Mark = Stroke | Area | Dot | Label


@dataclass
class Sheet:
    """Paper on which days and shares have their places."""

    first: date
    last: date
    top: float  # per cent
    marks: list[Mark] = field(default_factory=list)

    @cached_property
    def days(self) -> int:
        """How many days it is wide."""
        return (self.last - self.first).days or 1

    def place(self, day: date, share: float) -> Point:
        """Return where a day and a share in per cent stand, to a tenth of a point."""
        along = (day - self.first).days / self.days
        up = (share - BOTTOM) / (self.top - BOTTOM)
        x, y = LEFT + along * (RIGHT - LEFT), FOOT - up * (FOOT - TOP)
        return round(x, 1), round(y, 1)

    def line(
        self,
        through: Iterable[tuple[date, float]],
        color: str,
        width: float,
        dashes: Point | None = None,
    ) -> None:
        """Draw a line through days and shares."""
        points = tuple(self.place(*each) for each in through)
        self.marks.append(Stroke(points, color, width, dashes))

    def steps(
        self,
        through: Sequence[tuple[date, float]],
        color: str,
        width: float,
        dashes: Point | None = None,
    ) -> None:
        """Draw a line that keeps its height until the day of the next step."""
        places = [self.place(*each) for each in through]
        corners = places[:1]
        for (_, before), (x, y) in pairwise(places):
            corners += [(x, before), (x, y)]
        self.marks.append(Stroke(tuple(corners), color, width, dashes))

    def dot(
        self, at: tuple[date, float], radius: float, color: str, *, fill: str, square: bool = False
    ) -> None:
        """Mark a day and a share; an open mark is filled with white."""
        edge = 1.4 if fill == WHITE else 1.0
        self.marks.append(Dot(self.place(*at), radius, color, fill, edge, square))

    def label(
        self,
        said: str,
        at: tuple[date, float],
        away: Point,
        anchor: Anchor,
        color: str,
        size: float = TEXT,
        bold: bool = False,
    ) -> None:
        """Write text so many points to the right and up from a day and a share."""
        x, y = self.place(*at)
        place = (round(x + away[0], 1), round(y - away[1], 1))
        self.marks.append(Label(said, place, anchor, color, size, bold))


def spending_curve(line: SpendingLine, checkpoint: Checkpoint) -> list[Mark]:
    """Return the marks of a project's planned, actual and foretold cumulative spending.

    Labels come last: nothing is drawn over a text.
    """
    actual = _actual_steps(line, checkpoint)
    top = max([105.0, *(share * 1.06 for _, share in actual)])
    sheet = Sheet(checkpoint.starts_on, date(checkpoint.fiscal_year, 12, 31), top)
    _draw_frame(sheet, line, checkpoint)
    plan_end = _draw_plan(sheet, line)
    if actual:
        _draw_outlook(sheet, line, checkpoint, actual[-1][1], plan_end)
        _draw_actual(sheet, line, checkpoint, actual, plan_end)
    return sorted(sheet.marks, key=lambda mark: isinstance(mark, Label))


def _draw_frame(sheet: Sheet, line: SpendingLine, checkpoint: Checkpoint) -> None:
    whole = (sheet.first, sheet.last)
    for share in (0.0, 50.0, 100.0):
        sheet.line([(day, share) for day in whole], RULE, 0.8)
        said = f"{share:.0f}%" if share else "0"
        sheet.label(said, (sheet.first, share), (-3.5, -3.2), "end", MUTED)
    sheet.line([(day, BOTTOM) for day in whole], MUTED, 0.8)
    labels = {point.due_on: point.label for point in line.plan} or {
        checkpoint.ends_on: checkpoint.label
    }
    every = -(-len(labels) // MOST_LABELS)  # counted from the year's end, which is always named
    for day, label in list(labels.items())[::-1][::every]:
        sheet.line([(day, BOTTOM), (day, BOTTOM - 2)], MUTED, 0.8)
        sheet.label(label, (day, BOTTOM), (0, -13.5), "middle", MUTED)
    now = checkpoint.ends_on
    sheet.line([(now, BOTTOM), (now, sheet.top)], MUTED, 0.8, (1.6, 1.6))


def _draw_plan(sheet: Sheet, line: SpendingLine) -> float | None:
    if not line.plan:
        return None
    points = [(point.due_on, point.share_bp / 100) for point in line.plan]
    last = points[-1][1]
    sheet.steps([(sheet.first, 0.0), *points, (sheet.last, last)], PLAN, 1.6, (6.4, 3.2))
    before = None
    for point, at in zip(line.plan, points, strict=True):
        sheet.dot(at, 2.5, PLAN, fill=WHITE)
        # the last point is named in the margin, and a level is named once
        if at[0] < sheet.last and point.share_bp != before:
            said = short_percent(point.share_bp)
            sheet.label(said, at, (-6, 4), "end", MUTED, SMALL)
        before = point.share_bp
    said = f"计划 {short_percent(line.plan[-1].share_bp)}"
    sheet.label(said, (sheet.last, last), (9, -3), "start", MUTED)
    return last


def _actual_steps(line: SpendingLine, checkpoint: Checkpoint) -> list[tuple[date, float]]:
    """Return the days and shares of the actual steps, as judged where nothing moved since."""
    if not line.budget_fen or line.paid_fen is None:
        return []
    steps = [(checkpoint.starts_on, 0.0)]
    steps += [(p.paid_on, p.cumulative_fen * 100 / line.budget_fen) for p in line.paid]
    steps.append((checkpoint.ends_on, steps[-1][1]))
    return steps


def _draw_outlook(
    sheet: Sheet, line: SpendingLine, checkpoint: Checkpoint, now: float, plan_end: float | None
) -> None:
    """Draw where the year may end: the point, and the 80 % interval opening up to it."""
    foretold, budget = line.outlook, line.budget_fen
    if checkpoint.last or foretold is None or not budget or foretold.point is None:
        return
    start, end = checkpoint.ends_on, sheet.last
    point = foretold.point * 100 / budget
    if foretold.low80 is not None and foretold.high80 is not None:
        low, high = (each * 100 / budget for each in (foretold.low80, foretold.high80))
        corners = [(start, now), (end, low), (end, high)]
        # under all else: it hides neither the plan nor where that ends
        sheet.marks.insert(0, Area(tuple(sheet.place(*each) for each in corners), BAND))
    sheet.line([(start, now), (end, point)], ACTUAL, 1.2, (1.2, 2.4))
    sheet.dot((end, point), 3.5, ACTUAL, fill=WHITE, square=True)
    share = share_beside(foretold.point, budget, [Fraction(100)]).removesuffix("%")
    said = f"预计 {share.rstrip('0').rstrip('.')}%"
    sheet.label(said, (end, _apart(point, plan_end)), (9, -3), "start", ACTUAL)


def _draw_actual(
    sheet: Sheet,
    line: SpendingLine,
    checkpoint: Checkpoint,
    steps: list[tuple[date, float]],
    plan_end: float | None,
) -> None:
    sheet.steps(steps, ACTUAL, 2.4)
    sheet.dot(steps[-1], 3.25, ACTUAL, fill=ACTUAL)
    said = line.told("actual_bp")
    day, place = steps[-1]
    if checkpoint.last:
        place, away = _apart(place, plan_end), (9.0, -3.0)
    else:
        above = place >= (line.planned_bp or 0) / 100
        foretold = line.outlook is not None and line.outlook.point is not None
        away = (8.0, 6.0) if place < APART or (above and not foretold) else (8.0, -13.0)
    sheet.label(f"实际 {said}", (day, place), away, "start", ACTUAL, bold=True)


def _apart(place: float, plan_end: float | None) -> float:
    """Keep a label in the margin clear of the plan's."""
    if plan_end is None or abs(place - plan_end) >= APART:
        return place
    return plan_end + APART if place > plan_end else plan_end - APART
