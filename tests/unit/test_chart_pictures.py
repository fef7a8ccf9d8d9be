"""The curve as a picture: its own colours, upright lines in whole dots, all else smooth."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageColor

from perf_pipeline.reports import chart_pictures
from perf_pipeline.reports.chart_pictures import SCALE, spending_picture
from perf_pipeline.reports.curve import (
    ACTUAL,
    BAND,
    HEIGHT,
    MUTED,
    PLAN,
    RULE,
    WHITE,
    WIDTH,
    Area,
    Dot,
    Label,
    Mark,
    Stroke,
)
from tests.unit.test_report_lines import Q2, spending


def drawn(monkeypatch: pytest.MonkeyPatch, *marks: Mark) -> Image.Image:
    """Draw marks instead of a curve's."""
    monkeypatch.setattr(chart_pictures, "spending_curve", lambda *_: marks)
    picture = Image.open(io.BytesIO(spending_picture(spending(), Q2)))
    assert picture.size == (round(WIDTH * SCALE), round(HEIGHT * SCALE))
    return picture.convert("RGB")


def colors(picture: Image.Image) -> set[tuple[int, ...]]:
    """Return the colours of a picture without the paper's."""
    found = set(zip(*[iter(picture.tobytes())] * 3, strict=True))
    assert ImageColor.getrgb(WHITE) in found
    return found - {ImageColor.getrgb(WHITE)}


@pytest.mark.parametrize("color", [MUTED, RULE, PLAN, ACTUAL, BAND])
def test_an_upright_line_has_its_own_colour_alone_and_round_corners(
    monkeypatch: pytest.MonkeyPatch, color: str
) -> None:
    line = Stroke(((36.0, 36.0), (72.0, 36.0), (72.0, 72.0)), color, 2.4)
    picture = drawn(monkeypatch, line)
    assert colors(picture) == {ImageColor.getrgb(color)}
    assert picture.point(lambda part: 255 - part).getbbox() == (100, 97, 204, 201)
    assert picture.getpixel((203, 97)) == ImageColor.getrgb(WHITE)  # of a corner the outermost
    assert picture.getpixel((202, 98)) == ImageColor.getrgb(color)


def test_dashes_of_a_line_are_as_long_as_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Stroke(((36.0, 36.0), (180.0, 36.0)), PLAN, 1.6, (6.4, 3.2))
    row = drawn(monkeypatch, line).crop((0, 100, 1040, 101)).tobytes()
    dots = "".join("■" if row[at] < 255 else " " for at in range(0, len(row), 3))
    assert {len(dash) for dash in dots.split()[:-1]} == {19}
    assert {len(gap) for gap in dots.strip().split("■") if gap} == {8}


@pytest.mark.parametrize(
    "mark",
    [
        Area(((36.0, 36.0), (180.0, 20.0), (180.0, 70.0)), BAND),
        Dot((90.0, 60.0), 3.25, ACTUAL, ACTUAL, 1.0),
        Dot((90.0, 60.0), 2.5, PLAN, WHITE, 1.4),
        Dot((90.0, 60.0), 3.5, ACTUAL, WHITE, 1.4, is_square=True),
        Stroke(((36.0, 36.0), (180.0, 70.0)), ACTUAL, 1.2, (1.2, 2.4)),
        Label("实际 82.66%", (90.0, 60.0), "start", ACTUAL, bold=True),
        Label("12月底", (90.0, 60.0), "middle", MUTED),
    ],
    ids=lambda mark: type(mark).__name__,
)
def test_other_edges_are_smooth(monkeypatch: pytest.MonkeyPatch, mark: Mark) -> None:
    found = colors(drawn(monkeypatch, mark))
    assert ImageColor.getrgb(mark.color) in found
    assert len(found) > 2  # and shades between it and the paper
    assert min(sum(color) for color in found) == sum(ImageColor.getrgb(mark.color))


def test_a_text_has_smooth_edges_where_it_stands_on_an_area(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    band = Area(((9.0, 18.0), (180.0, 18.0), (180.0, 180.0), (9.0, 180.0)), BAND)
    found = colors(drawn(monkeypatch, band, Label("70%", (90.0, 90.0), "end", MUTED)))
    text, area = ImageColor.getrgb(MUTED), ImageColor.getrgb(BAND)
    shades = found - {text, area}
    assert {text, area} < found
    assert len(shades) >= 4


def test_what_stands_beside_the_sheet_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = (
        Dot((290.0, -60.0), 3.5, ACTUAL, WHITE, 1.4, is_square=True),
        Stroke(((100.0, 120.0), (290.0, -60.0)), ACTUAL, 1.2, (1.2, 2.4)),
        Area(((100.0, 120.0), (290.0, -20.0), (290.0, -90.0)), BAND),
    )
    assert not colors(drawn(monkeypatch, marks[0]))
    assert ImageColor.getrgb(BAND) in colors(drawn(monkeypatch, *marks))
