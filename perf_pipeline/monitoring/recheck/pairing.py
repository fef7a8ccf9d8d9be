"""Which indicator of a form is which of ours: by name, else by likeness within the project."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from perf_pipeline.documents.model import Indicator
from perf_pipeline.domain.bare_bound import bounded
from perf_pipeline.domain.scoring import read_weight
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.recheck.model import OwnLine, Pair

ALIKE = 75  # of 100: below, two names are two indicators


def spelled(name: str) -> str:
    """Write a name without blanks, signs and widths, to compare."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()


def pair(
    indicators: Sequence[Indicator], own: Sequence[OwnLine]
) -> tuple[tuple[Pair, ...], tuple[OwnLine, ...]]:
    """Pair a form's indicators with ours; return the pairs and those of ours that are missing."""
    left = list(own)
    found: dict[int, tuple[OwnLine, bool]] = {}
    for nth, each in enumerate(indicators):
        same = [line for line in left if spelled(line.name) == spelled(each.level3)]
        # of one name in two levels, the one that is filed alike
        same.sort(key=lambda line: (line.level1, line.level2) != (each.level1, each.level2))
        if same:
            found[nth] = (same[0], False)
            left.remove(same[0])
    for nth, each in enumerate(indicators):
        if nth in found:
            continue
        likely = max(left, key=lambda line: _likeness(each, line), default=None)
        if likely is not None and _likeness(each, likely) >= ALIKE:
            found[nth] = (likely, True)
            left.remove(likely)
    pairs = tuple(
        _pair(each, *found.get(nth, (None, False))) for nth, each in enumerate(indicators)
    )
    return pairs, tuple(left)


def _likeness(theirs: Indicator, own: OwnLine) -> float:
    names = fuzz.ratio(spelled(theirs.level3), spelled(own.name))
    same_target = bool(own.raw_target) and spelled(theirs.raw_value) == spelled(own.raw_target)
    same_level = theirs.level2 == own.level2
    return min(names + 15 * same_target + 10 * same_level, 100.0) if names >= 40 else 0.0


def _pair(theirs: Indicator, own: OwnLine | None, renamed: bool) -> Pair:
    target = parse_target(own.raw_target) if own is not None else theirs.target
    return Pair(
        theirs=theirs,
        own=own,
        renamed=renamed,
        target=bounded(target, theirs.level3, f"{theirs.level1}{theirs.level2}"),
        weight_centi=read_weight(theirs.weight),
        score_centi=read_weight(theirs.filled.score) if theirs.filled else None,
    )
