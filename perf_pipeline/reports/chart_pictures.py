"""The curves of the page as pictures (PNG), for files that are read without a browser."""

from __future__ import annotations

import io
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import ceil, floor, hypot
from pathlib import Path
from zlib import Z_RLE

from PIL import Image, ImageColor, ImageDraw, ImageFont

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.language.spoken import say
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
    Point,
    Stroke,
    spending_curve,
)
from perf_pipeline.reports.model import SpendingLine

DOTS_PER_INCH = 200
FINER = 2  # so many times larger marks are drawn whose edges are to be smooth
SCALE = DOTS_PER_INCH / 72
# colours that stand on others, and in how many steps edges and texts pass from one to the other
SHADES = (
    (WHITE, MUTED, 10),
    (WHITE, ACTUAL, 10),
    (WHITE, PLAN, 4),
    (WHITE, BAND, 4),
    (WHITE, RULE, 1),
    (BAND, MUTED, 5),
    (BAND, PLAN, 4),
    (BAND, ACTUAL, 5),
)
MOST_KEPT = 200  # texts
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
FOLDERS = (  # where systems keep their fonts
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts"),
)
_NO_NUMBER = re.compile(r"[^!-~]+")  # what a font without Chinese cannot draw
# files of Chinese fonts, the best first
_CHINESE = re.compile(
    r"(NotoSansCJK|SourceHanSans|msyh|PingFang|simhei|wqy|NotoSerifCJK|simsun)", re.IGNORECASE
)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def spending_picture(line: SpendingLine, checkpoint: Checkpoint) -> bytes:
    """Return a project's curve as a PNG picture."""
    picture = Image.new("RGB", (round(WIDTH * SCALE), round(HEIGHT * SCALE)), WHITE)
    for mark in spending_curve(line, checkpoint):
        _draw(picture, mark)
    drawn = io.BytesIO()
    few = picture.quantize(palette=_palette(), dither=Image.Dither.NONE)
    dots = (DOTS_PER_INCH, DOTS_PER_INCH)
    few.save(drawn, format="png", dpi=dots, compress_type=Z_RLE)  # half the time, a fifth larger
    return drawn.getvalue()


@cache
def _palette() -> Image.Image:
    """Return a picture with the colours of all pictures: of marks, and of their smooth edges."""
    colors = (
        round(under + (over - under) * nth / steps)
        for ground, color, steps in SHADES
        for nth in range(steps + 1)
        for under, over in zip(*map(ImageColor.getrgb, (ground, color)), strict=True)
    )
    few = Image.new("P", (1, 1))
    few.putpalette(list(colors))
    return few


def _draw(picture: Image.Image, mark: Mark) -> None:
    if isinstance(mark, Label):
        _write(picture, mark)
    elif isinstance(mark, Stroke) and _is_upright(mark):
        _rule(ImageDraw.Draw(picture), mark)
    else:
        _draw_smoothly(picture, mark)


def _is_upright(stroke: Stroke) -> bool:
    """Tell whether a line runs along rows and columns of dots alone: it has no edge to smooth."""
    return all(x == to_x or y == to_y for (x, y), (to_x, to_y) in pairwise(stroke.points))


def _rule(canvas: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    """Draw an upright line in whole dots, with round corners."""
    width = max(round(stroke.width * SCALE), 1)
    before, behind = width // 2, (width - 1) // 2
    points = [(round(x * SCALE), round(y * SCALE)) for x, y in stroke.points]
    dashes = stroke.dashes and (round(stroke.dashes[0] * SCALE), round(stroke.dashes[1] * SCALE))
    for piece in _dashed(points, dashes):
        for (left, top), (right, foot) in map(sorted, pairwise(piece)):
            wide, high = left == right, top == foot  # across the line
            box = (left - before * wide, top - before * high)
            canvas.rectangle((*box, right + behind * wide, foot + behind * high), stroke.color)
        for x, y in piece[1:-1]:
            canvas.ellipse((x - before, y - before, x + behind, y + behind), stroke.color)


def _draw_smoothly(picture: Image.Image, mark: Stroke | Area | Dot) -> None:
    """Draw a mark in its part of the picture made larger, then smaller: edges become smooth."""
    points, beside = _reach(mark)
    across, down = zip(*points, strict=True)
    left, top = (max(floor((min(each) - beside) * SCALE), 0) for each in (across, down))
    right, foot = (ceil((max(each) + beside) * SCALE) + 1 for each in (across, down))
    box = (left, top, min(right, picture.width), min(foot, picture.height))
    if left >= box[2] or top >= box[3]:
        return  # beside the sheet: a year that may end far above its budget
    part = picture.crop(box)
    large = part.resize((part.width * FINER, part.height * FINER), Image.Resampling.NEAREST)
    canvas, scale = ImageDraw.Draw(large), SCALE * FINER

    def place(at: Point) -> Point:
        return at[0] * scale - left * FINER, at[1] * scale - top * FINER

    if isinstance(mark, Stroke):
        for piece in _dashed(mark.points, mark.dashes):
            canvas.line([*map(place, piece)], mark.color, round(mark.width * scale), "curve")
    elif isinstance(mark, Area):
        canvas.polygon([*map(place, mark.corners)], mark.color)
    else:
        (x, y), r, edge = place(mark.at), mark.radius * scale, round(mark.edge * scale)
        if mark.is_square:
            tips = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
            canvas.polygon(tips, mark.fill, mark.color, edge)
        else:
            canvas.ellipse((x - r, y - r, x + r, y + r), mark.fill, mark.color, edge)
    picture.paste(large.reduce(FINER), box)


def _reach(mark: Stroke | Area | Dot) -> tuple[Sequence[Point], float]:
    """Return the points that a mark lies between, and how far it reaches beside them."""
    if isinstance(mark, Stroke):
        return mark.points, mark.width
    if isinstance(mark, Area):
        return mark.corners, 0.0
    return [mark.at], mark.radius + mark.edge


def _dashed(points: Sequence[Point], dashes: Point | None) -> Iterator[Sequence[Point]]:
    """Give the pieces of a line: the whole, or its dashes, which bend where it does."""
    if dashes is None:
        yield points
        return
    on, left = True, dashes[0]
    piece = [points[0]]
    for (x, y), end in pairwise(points):
        length = hypot(end[0] - x, end[1] - y)
        gone = 0.0
        while length - gone > left:
            gone += left
            at = (x + (end[0] - x) * gone / length, y + (end[1] - y) * gone / length)
            if on:
                yield [*piece, at]
            on, left = not on, dashes[int(on)]
            piece = [at]
        left -= length - gone
        piece.append(end)
    if on:
        yield piece


def _write(picture: Image.Image, label: Label) -> None:
    fonts = _chinese_fonts()
    text = say(label.text)
    said = text if fonts else _NO_NUMBER.sub("", text)
    file = (fonts[-1] if label.bold else fonts[0]) if fonts else ""
    written, (left, top) = _written(said, file, round(label.size * SCALE), ANCHORS[label.anchor])
    at = (round(label.at[0] * SCALE) + left, round(label.at[1] * SCALE) + top)
    picture.paste(label.color, at, written)


@lru_cache(maxsize=MOST_KEPT)
def _written(text: str, file: str, size: int, anchor: str) -> tuple[Image.Image, tuple[int, int]]:
    """Return a text's dots, and how far from its place they begin; most texts come again."""
    font = _font(file, size)
    left, top, right, foot = map(round, font.getbbox(text, anchor=anchor))
    written = Image.new("L", (max(right - left, 1), max(foot - top, 1)))
    ImageDraw.Draw(written).text((-left, -top), text, fill=WHITE, font=font, anchor=anchor)
    return written, (left, top)


@cache
def _font(file: str, size: int) -> Font:
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)


@cache
def _chinese_fonts() -> tuple[str, ...]:
    """Return the files of a Chinese font of this machine, regular first; none where it has none."""
    found: dict[str, list[str]] = defaultdict(list)
    for top in FOLDERS:
        for folder, _, files in os.walk(Path(top).expanduser()):
            for name in files:
                if known := _CHINESE.match(name):
                    found[known[1].lower()].append(str(Path(folder, name)))
    preferred = min(found, key=_CHINESE.pattern.lower().index, default="")
    wanted = [path for path in found[preferred] if _is_plain(path)] or found[preferred]
    return tuple(sorted(wanted, key=lambda path: ("bold" in path.lower(), path)))


def _is_plain(path: str) -> bool:
    """Tell whether a file holds the regular or the bold weight, where a font has many."""
    return re.search(r"(light|thin|demi|medium|black)", path, re.IGNORECASE) is None
