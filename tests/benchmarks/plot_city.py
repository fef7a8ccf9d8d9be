"""Draw what a city takes: processor seconds of each part by departments, on two logarithmic scales.

Usage: python -m tests.benchmarks.plot_city. The figures are those of the first table of
docs/decisions/speed-city.md, which `bench_city` prints; drawn is docs/images/speed-city.svg.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from perf_pipeline.reports.charts import as_svg
from perf_pipeline.reports.curve import (
    HEIGHT,
    INK,
    MUTED,
    RULE,
    WHITE,
    Area,
    Dot,
    Label,
    Mark,
    Stroke,
)
from perf_pipeline.reports.curve import PLAN as DASHED

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE, PLOT = DOCS / "decisions/speed-city.md", DOCS / "images/speed-city.svg"
ROW = re.compile(
    r"\| (?P<part>[a-z][^|]+) \| [\d.]+ \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \| ([\d.]+) \|"
)
SIZES = (30, 300)
LEFT, RIGHT, TOP, FOOT = 30.0, 190.0, 12.0, HEIGHT - 24
DECADES = (-1, 0, 1, 2)  # of seconds: 0.1 to 100, and what lies beyond
COLORS = ("#1f4e8c", "#b4532a", "#3d7a4a", "#7b4b94", "#8a6d1f", "#c0392b", "#2a7f86", "#5a5a5a")


def parts() -> list[tuple[str, float, float, str]]:
    """Return each part of the table: its name, processor seconds at both sizes, growth."""
    table = TABLE.read_text("utf-8").partition("\n## How")[0]
    return [
        (found["part"], float(found[2]), float(found[3]), found[4]) for found in ROW.finditer(table)
    ]


def marks() -> Iterator[Mark]:
    """Give the plot's marks: scales, a dashed line in proportion, a line a part."""
    yield Area(((0, 0), (400, 0), (400, HEIGHT), (0, HEIGHT)), WHITE)
    for decade in DECADES:
        y = _down(10**decade)
        yield Stroke(((LEFT, y), (RIGHT, y)), RULE, 0.6)
        yield Label(f"{10.0**decade:g} s", (LEFT - 4, y + 3), "end", MUTED, 8)
    for x, size in zip((LEFT, RIGHT), SIZES, strict=True):
        yield Label(f"{size}", (x, FOOT + 12), "middle", MUTED, 8)
    yield Label("departments", ((LEFT + RIGHT) / 2, FOOT + 12), "middle", MUTED, 8)
    yield Stroke(((LEFT, _down(0.3)), (RIGHT, _down(3))), DASHED, 0.9, (3, 2))
    beside = 0.0
    found = sorted(parts(), key=lambda part: -part[2])
    for color, (name, first, last, growth) in zip(COLORS, found, strict=True):
        ends = ((LEFT, _down(first)), (RIGHT, _down(last)))
        yield Stroke(ends, color, 1.4)
        yield from (Dot(at, 2, color, color, 0) for at in ends)
        beside = max(beside + 10, ends[1][1] + 3)
        yield Label(f"{name}: {last:g} s ({growth})", (RIGHT + 6, beside), "start", INK, 8)
    yield Label("(growth); dashed: in proportion", (RIGHT + 6, beside + 12), "start", MUTED, 8)


def _down(seconds: float) -> float:
    """Return how far from the top so many seconds lie."""
    least, most = -1.0, math.log10(200)
    return round(FOOT - (math.log10(seconds) - least) / (most - least) * (FOOT - TOP), 1)


def main() -> None:
    """Draw the plot."""
    PLOT.write_text(f"{as_svg(marks())}\n", "utf-8")


if __name__ == "__main__":
    main()
