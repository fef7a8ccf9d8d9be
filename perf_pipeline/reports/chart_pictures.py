"""The curves of the page as pictures (PNG), for files that are read without a browser."""

from __future__ import annotations

import io
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import hypot
from pathlib import Path
from zlib import Z_RLE

from PIL import Image, ImageDraw, ImageFont

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.language.spoken import say
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

DOTS_PER_INCH = 200
FINER = 2  # drawn so many times larger, then made smaller: edges become smooth
SCALE = DOTS_PER_INCH / 72
COLORS = 64
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
    marks = spending_curve(line, checkpoint)
    large = _paper().copy()
    canvas = ImageDraw.Draw(large)
    for mark in marks:
        _draw(canvas, mark, SCALE * FINER)
    picture = large.reduce(FINER)
    labels = ImageDraw.Draw(picture)
    for mark in marks:
        if isinstance(mark, Label):
            _write(labels, mark)
    drawn = io.BytesIO()
    few = picture.quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    dots = (DOTS_PER_INCH, DOTS_PER_INCH)
    few.save(drawn, format="png", dpi=dots, compress_type=Z_RLE)  # half the time, a fifth larger
    return drawn.getvalue()


@cache
def _paper() -> Image.Image:
    wide, high = round(WIDTH * SCALE), round(HEIGHT * SCALE)
    return Image.new("RGB", (wide * FINER, high * FINER), "white")


def _draw(canvas: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    if isinstance(mark, Stroke):
        width = max(round(mark.width * scale), 1)
        for part in _dashed(mark):
            at = [(x * scale, y * scale) for x, y in part]
            canvas.line(at, fill=mark.color, width=width, joint="curve")
    elif isinstance(mark, Area):
        canvas.polygon([(x * scale, y * scale) for x, y in mark.corners], fill=mark.color)
    elif isinstance(mark, Dot):
        (x, y), r = (each * scale for each in mark.at), mark.radius * scale
        edge = round(mark.edge * scale)
        if mark.is_square:
            tips = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
            canvas.polygon(tips, fill=mark.fill, outline=mark.color, width=edge)
        else:
            box = (x - r, y - r, x + r, y + r)
            canvas.ellipse(box, fill=mark.fill, outline=mark.color, width=edge)


def _dashed(stroke: Stroke) -> Iterator[list[Point]]:
    """Give the pieces of a line: the whole, or its dashes, which bend where it does."""
    if stroke.dashes is None:
        yield list(stroke.points)
        return
    on, left = True, stroke.dashes[0]
    piece = [stroke.points[0]]
    for (x, y), end in pairwise(stroke.points):
        length = hypot(end[0] - x, end[1] - y)
        gone = 0.0
        while length - gone > left:
            gone += left
            at = (x + (end[0] - x) * gone / length, y + (end[1] - y) * gone / length)
            if on:
                yield [*piece, at]
            on, left = not on, stroke.dashes[int(on)]
            piece = [at]
        left -= length - gone
        piece.append(end)
    if on:
        yield piece


def _write(canvas: ImageDraw.ImageDraw, label: Label) -> None:
    fonts = _chinese_fonts()
    text = say(label.text)
    said = text if fonts else _NO_NUMBER.sub("", text)
    file = (fonts[-1] if label.bold else fonts[0]) if fonts else ""
    at = (label.at[0] * SCALE, label.at[1] * SCALE)
    font = _font(file, round(label.size * SCALE))
    canvas.text(at, said, fill=label.color, font=font, anchor=ANCHORS[label.anchor])


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
