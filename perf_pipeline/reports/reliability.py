"""How good forecasts were (预计的准确度): said beside come true, as a small picture.

A forecast is good where of all that were called about 70 % likely some 70 % came true: points near
the line. The larger a point, the more forecasts it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.outlook.record import RecordLine

SIDE, LEFT, TOP = 200, 44, 10  # of the square, and what stands left of it and above
WIDTH, HEIGHT = LEFT + SIDE + 24, TOP + SIDE + 24
SMALLEST, LARGEST = 3.0, 9.0  # radius of a point


def reliability_picture(record: Sequence[RecordLine]) -> Markup:
    """Return the picture as an <svg>; what it says stands in the table beside it."""
    return Markup("".join(_parts(record)))


def _parts(record: Sequence[RecordLine]) -> Iterator[str]:
    yield (
        f'<svg class="reliability" aria-hidden="true"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">'
    )
    for share in (0, 5000, WHOLE_BP):
        x, y = _place(share, share)
        yield f'<path d="M{LEFT} {y}h{SIDE}M{x} {TOP}v{SIDE}" class="rule"/>'
        yield f'<text x="{x}" y="{TOP + SIDE + 16}" text-anchor="middle">{share // 100}%</text>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{share // 100}%</text>'
    yield f'<path d="M{LEFT} {TOP + SIDE}L{LEFT + SIDE} {TOP}" class="even"/>'
    most = max((each.forecasts for each in record), default=1)
    for each in record:
        x, y = _place(each.said_bp, each.came_true * WHOLE_BP // each.forecasts)
        radius = SMALLEST + (LARGEST - SMALLEST) * (each.forecasts / most) ** 0.5
        yield f'<circle cx="{x}" cy="{y}" r="{radius:.1f}"/>'
    yield "</svg>"


def _place(said_bp: int, came_bp: int) -> tuple[float, float]:
    along = LEFT + SIDE * said_bp / WHOLE_BP
    up = TOP + SIDE - SIDE * came_bp / WHOLE_BP
    return round(along, 1), round(up, 1)
