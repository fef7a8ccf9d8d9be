"""Proposing a measure for an indicator by likeness of names, for a person to confirm.

A proposal is never used by itself: it stands beside the empty cell of the map that a person
fills. Likeness is that of the indicator's name to the measure's label, and how much of the label
the indicator's surroundings (project or line of work) speak of, so that 群众满意度 of a project
about 雪亮工程 finds 雪亮工程满意度.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.measure import Measure

OFFERED = 3
LEAST = 35  # below, names have hardly more in common than 率 or 数量


@dataclass(frozen=True)
class Proposal:
    """A measure that an indicator may mean; confidence (把握) is 0 to 100."""

    measure: Measure
    confidence: int


def propose(
    name: str, surroundings: str, measures: Sequence[Measure] = MEASURES
) -> tuple[Proposal, ...]:
    """Return the likeliest measures for an indicator, best first; none where none is like it."""
    spoken_of = _pairs(surroundings) | _pairs(name)
    found = [Proposal(each, _confidence(name, spoken_of, each.label)) for each in measures]
    found = [each for each in found if each.confidence >= LEAST]
    found.sort(key=lambda each: (-each.confidence, each.measure.code))
    return tuple(found[:OFFERED])


def _confidence(name: str, spoken_of: frozenset[str], label: str) -> int:
    pairs = _pairs(label)
    shared = 100 * len(pairs & spoken_of) / len(pairs) if pairs else 0
    return round((2 * fuzz.ratio(name, label) + shared) / 3)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
