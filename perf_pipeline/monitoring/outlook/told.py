"""What is stored and told of an outlook, in words: read by reports, which foretell nothing."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from perf_pipeline.domain.share import percent
from perf_pipeline.domain.words import Word

NOT_TOLD = -(10**8)  # basis points that cannot be told: of nothing


class Measured(Word):
    """What a subject's value is, and so in which unit its forecast is stored: fen, bp, count, unit.

    An amount is in units of the target, not counted one by one. The label says which public cases
    are similar.
    """

    SPENDING = "fen", "项目年度（同一时点、已支出比例和往年执行相近）"
    RATE = "bp", "单位年度（同一时点、至今的比率和件数相近）"
    COUNT = "count", "单位或项目年度（同一时点、至今的数量或金额和往年相近）"
    AMOUNT = "unit", "项目年度（同一时点、已支出比例和往年执行相近）"


class Method(StrEnum):
    """How a forecast was made; each can be told in a sentence (wording.py)."""

    FACT = "fact"
    PAST_YEARS = "past_years"
    FIRST_YEAR = "first_year"


class Tells(Word):
    """What the two values of a case are; each kind of case has a forest of its own."""

    BUDGET = "budget", "同一时点已支出当时预算的 → 年底"
    # money and counts are learned together, and a first year has no usual one
    USUAL = "usual", "同一时点占通常全年数（首年按进度推算） → 年底"
    # own years in whole things, public cases as USUAL
    COUNT = "count", "同一时点的数量（公开数据：占通常全年数，首年按进度推算） → 年底"
    RATE = "rate", "同一时点的比率 → 年底"


class Case(NamedTuple):
    """How one year went: its value at this moment of the year, and at its end."""

    source: str | None  # None for the subject itself
    year: int
    then: int
    end: int


def read_cases(stored: str | None) -> tuple[Tells | None, tuple[Case, ...]]:
    """Read what `stored_cases` gave."""
    if not stored:
        return None, ()
    tells, cases = json.loads(stored)
    return Tells(tells), tuple(Case(*case) for case in cases)


def said(value: int, tells: Tells, source: str | None) -> str:
    """Write one value of a case: 48.00%, 12 of an own count, — where there was nothing yet."""
    if value == NOT_TOLD:
        return "—"
    return str(value) if tells is Tells.COUNT and source is None else percent(value)


@cache
def card() -> dict[str, Any]:
    """Return what the prior was learned from: version, sources, years, what it is not good for."""
    read = resources.files(__package__).joinpath("prior_card.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(read)
    return found
