"""What was said is known of all texts that differ by their figures alone.

What is learnt of one sentence (实际91.13%，达到目标) is told of all of its shape. A figure that the
catalogue itself writes is no figure but a word, and so is what picks a form of a word or a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale

from perf_pipeline.language.template import write_wan

FIGURE = re.compile(r"[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?万?")
FIRST_HOLE = 0xF0000  # no sign of any script
_CUT = re.compile(f"({FIGURE.pattern})")
MONTHS = frozenset(map(str, range(1, 13)))
MOST_KEPT = 20_000


Cut = tuple[str, list[str]]  # a text's shape, with a hole for each different figure; the figures


class Said(NamedTuple):
    """A text as it is said, and whether all of it was understood."""

    text: str
    whole: bool = False


class Memory:
    """What was said, by the shapes of texts: with a hole for each different figure."""

    def __init__(self, language: str, messages: Iterable[str]) -> None:
        """Take the figures that messages write for words."""
        words = MONTHS | {each for text in messages for each in FIGURE.findall(text)}
        self._language = language
        self._as_said = lru_cache(MOST_KEPT)(self._written_out)
        self._is_word = lru_cache(MOST_KEPT)(lambda each: each in words or self._is_one(each))
        rule = Locale.parse(language).plural_form
        self._singular = lru_cache(MOST_KEPT)(lambda number: rule(number) == "one")
        self._decimals = any(map(self._singular, (0.1, 0.5, 1.1, 1.5, 2.1, 21.1)))
        self._known: dict[str, Said] = {}

    def said_of(self, text: str, cut: Cut) -> Said | None:
        """Return what is said of a text; None where nothing like it was said."""
        if (known := self._known.get(text)) is not None:  # another thread may clear it
            return known
        shape, figures = cut
        known = self._known.get(shape)
        if known is None:
            return None
        said = known.text
        for n, figure in enumerate(figures):
            said = said.replace(chr(FIRST_HOLE + n), self._as_said(figure))
        return Said(said, known.whole)

    def learn(self, text: str, cut: Cut, said: Said) -> None:
        """Keep what is said of a text, and of its shape where that follows from it.

        It does where every figure is said as often as it is written, and no other.
        """
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        shape, figures = cut
        if not figures:
            self._known[text] = said
            return
        holes = {self._as_said(each): chr(FIRST_HOLE + n) for n, each in enumerate(figures)}
        written = sorted(map(self._as_said, self._figures(text)))
        if len(holes) == len(figures) and sorted(self._figures(said.text)) == written:
            of_shape = FIGURE.sub(lambda found: holes.get(found[0], found[0]), said.text)
            self._known[shape] = Said(of_shape, said.whole)
        else:
            self._known[text] = said

    def cut(self, text: str) -> Cut:
        """Return a text's shape, and the figures of its holes."""
        parts = _CUT.split(text)
        found: dict[str, str] = {}
        for nth in range(1, len(parts), 2):  # words, a figure, words, …
            written = parts[nth]
            if not self._is_word(written):
                sign = found.get(written) or found.setdefault(written, chr(FIRST_HOLE + len(found)))
                parts[nth] = f"{sign}万" if written[-1] == "万" else sign
        is_plain = text.isprintable() or max(text) < chr(FIRST_HOLE)
        return ("".join(parts), list(found)) if is_plain else (text, [])

    def _figures(self, text: str) -> Iterator[str]:
        for each in FIGURE.findall(text):
            if not self._is_word(each):
                yield each

    def _is_one(self, figure: str) -> bool:
        """Tell whether a figure asks for the singular; of long numbers the last digits tell."""
        if "." in figure or "," in figure:
            return self._decimals and self._singular(float(figure.rstrip("万").replace(",", "")))
        digits = figure.rstrip("万")
        return self._singular(int(digits[-3:]) + (1000 if len(digits) > 3 else 0))

    def _written_out(self, figure: str) -> str:
        """Return a figure as a language without 万 writes it."""
        if not figure.endswith("万"):
            return figure
        try:
            return write_wan(Decimal(figure[:-1].replace(",", "")), self._language)
        except ValueError:
            return figure
