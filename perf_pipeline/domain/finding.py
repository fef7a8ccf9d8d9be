"""A finding (线索) of the internal audit: the words of its verdict (结论)."""

from __future__ import annotations

from enum import StrEnum


class FindingVerdict(StrEnum):
    """What looking into a finding came to (核查结论)."""

    CONFIRMED = "confirmed"
    EXPLAINED = "explained"
    MISTAKEN = "mistaken"


FINDING_VERDICT_LABELS = {
    FindingVerdict.CONFIRMED: "属实",
    FindingVerdict.EXPLAINED: "已解释",
    FindingVerdict.MISTAKEN: "误报",
}
