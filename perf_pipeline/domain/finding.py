"""A finding (线索) of the internal audit: the words of its verdict (结论)."""

from __future__ import annotations

import base64
import hashlib

from perf_pipeline.domain.words import Word

LETTERS = 9  # 45 bits: of a million findings two are unlikely to share a number
NUMBERED = "‖"  # parts a number that was kept from the subject of which a name was erased


class FindingVerdict(Word):
    """What looking into a finding came to (核查结论)."""

    CONFIRMED = "confirmed", "属实"
    EXPLAINED = "explained", "已解释"
    MISTAKEN = "mistaken", "误报"


def finding_number(department: str, fiscal_year: int, rule: str, subject: str) -> str:
    """Return a finding's number (线索编号): the same in every run, whatever evidence is added.

    Of a subject whose names were erased it is the one that it had before.
    """
    number, kept, _ = subject.partition(NUMBERED)
    if kept:
        return number
    said = "\n".join((department, str(fiscal_year), rule, subject)).encode()
    letters = base64.b32encode(hashlib.sha256(said).digest()).decode()
    return f"L{letters[:LETTERS]}"
