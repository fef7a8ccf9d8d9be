"""The curves of the page as pictures, for files that are read without a browser."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.charts import drawn_curve
from perf_pipeline.reports.model import SpendingLine

DOTS_PER_INCH = 200
_NO_NUMBER = re.compile(r"[^!-~]+")  # what a font without Chinese cannot draw
# files of Chinese fonts, the best first
_CHINESE = re.compile(
    r"(NotoSansCJK|SourceHanSans|msyh|PingFang|simhei|wqy|NotoSerifCJK|simsun)", re.IGNORECASE
)


def spending_picture(line: SpendingLine, checkpoint: Checkpoint) -> bytes:
    """Return a project's curve as a PNG picture."""
    drawn = io.BytesIO()
    settings = {"font.family": ["DejaVu Sans"]}
    with drawn_curve(line, checkpoint, settings, DOTS_PER_INCH) as figure:
        _write_with_own_font(figure)
        figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return drawn.getvalue()


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
    for text in figure.findobj(Text):
        if not fonts:
            text.set_text(_NO_NUMBER.sub("", text.get_text()))
            continue
        bold = text.get_fontweight() == "bold"
        text.get_fontproperties().set_file(fonts[-1] if bold else fonts[0])
