"""What a PDF draws beside its characters' places: small digits, and lines through them.

A PDF has neither: a raised 2 (上标) is a 2 in a smaller size, and what is struck out (删除线), as
by tracked changes, stands there with a line over it. Read as it stands 95 with a note is 952.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pdfplumber.page import Page

from perf_pipeline.domain.raised_digits import raised_behind

Drawn = dict[str, Any]  # a character, line or rectangle as the library gives it
_SMALLER = 0.8  # of the size of the text before
_BESIDE = 0.2  # how far apart characters of one word stand, of their size
_OFF = 0.05  # how far a small digit's foot stands above or below the others', of their size
_THROUGH = (0.3, 0.8)  # where a line through a character runs, from its top; below is under it
_THIN = 1.5
_LONGEST = 0.6  # of the page's width: longer lines are rules of a table


def spell_marks(page: Page) -> None:
    """Spell in a page's characters what is drawn: 95 with a small 2 is 95², a struck 12 is 〔12〕.

    What is struck out is read like all others, so that a person is asked which of both is meant.
    """
    _spell_small(page.chars)
    for run in _struck(page):
        run[0]["text"] = f"〔{run[0]['text']}"
        run[-1]["text"] = f"{run[-1]['text']}〕"


def _spell_small(chars: Sequence[Drawn]) -> None:
    full = before = None
    for char in chars:
        if full is not None and before is not None and _is_small(char, full, before):
            char["text"] = raised_behind(before["text"], char["text"])
        else:
            full = char
        before = char


def _is_small(char: Drawn, full: Drawn, before: Drawn) -> bool:
    size = full["size"]
    beside = abs(char["x0"] - before["x1"]) <= _BESIDE * size
    on_line = full["top"] - size / 2 <= char["top"] <= full["bottom"]
    off = abs(char["bottom"] - full["bottom"]) > _OFF * size
    return bool(char["size"] < _SMALLER * size and beside and on_line and off)


def _struck(page: Page) -> Iterator[list[Drawn]]:
    lines: dict[int, list[tuple[float, Drawn]]] = defaultdict(list)
    for each in (*page.lines, *page.rects):
        long = each["x1"] - each["x0"]
        if each["bottom"] - each["top"] <= _THIN < long <= _LONGEST * float(page.width):
            middle = (each["top"] + each["bottom"]) / 2
            lines[int(middle)].append((middle, each))
    if not lines:
        return

    def is_struck(char: Drawn) -> bool:
        across = (char["x0"] + char["x1"]) / 2
        top, high = char["top"], char["bottom"] - char["top"]
        first, last = (top + part * high for part in _THROUGH)
        return bool(char["text"].strip()) and any(
            first < middle < last and line["x0"] <= across <= line["x1"]
            for near in range(int(first), int(last) + 1)
            for middle, line in lines.get(near, ())
        )

    for struck, run in groupby(page.chars, key=is_struck):
        if struck:
            yield list(run)
