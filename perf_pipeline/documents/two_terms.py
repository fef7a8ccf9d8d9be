"""Two sets of indicators side by side (中期指标 and 年度指标): the year's are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from perf_pipeline.documents.column_words import Part
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell


class Headed(Protocol):
    """A column of a table, with its heading cells and the part that they name."""

    @property
    def at(self) -> int:
        """The grid column."""

    @property
    def heading(self) -> tuple[Cell, ...]:
        """Its heading cells, from top to bottom."""

    @property
    def part(self) -> Part | None:
        """What they say that it holds."""


Column = TypeVar("Column", bound=Headed)

_CONTENT = re.compile("(?:绩效)?指标内容")  # names, where no column is called 三级指标
_ANNUAL = re.compile(r"(?:\d{4}年?)?(?:年度|当年|本年).{0,8}|.*[(（]年度[)）]")  # no sentence


def one_term(
    columns: Sequence[Column], upper: Line | None
) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """Return the year's columns, and the other set's columns of names."""
    names = [c for c in columns if c.part is Part.LEVEL3]
    names = names or [
        c for c in columns if c.heading and _CONTENT.fullmatch(label(c.heading[-1].text))
    ]
    called = {c.heading[-1].column: c for c in reversed(names)}
    thirds = [called[at] for at in sorted(called)]
    if len(thirds) < 2:
        return tuple(columns), ()
    before, after = thirds[0], thirds[1]
    between = [c for c in columns if before.at < c.at < after.at]
    firsts = [c.at for c in between if c.part in (Part.LEVEL1, Part.LEVEL2)]
    border = min(firsts, default=after.at)
    says = [(c.at, cell.text) for c in columns for cell in c.heading]
    says += [(cell.column, cell.text) for cell in (upper.filled if upper is not None else ())]
    years_first = any(_ANNUAL.fullmatch(label(text)) for at, text in says if at < border)
    shared = [c for c in columns if c.part is Part.LEVEL1]
    left = [c for c in columns if c.at < border and c.part is not Part.LEVEL1]
    right = [c for c in columns if c.at >= border and c.part is not Part.LEVEL1]
    year, other = (left, right) if years_first else (right, left)
    ours = [c for c in shared if (c.at < border) is years_first] or shared[:1]
    kept = sorted([*ours, *year], key=lambda c: c.at)
    return tuple(kept), tuple(c.at for c in other if c in names)
