"""A finding (线索) of the internal audit: the words of its verdict (结论)."""

from __future__ import annotations

from perf_pipeline.domain.words import Word


class FindingVerdict(Word):
    """What looking into a finding came to (核查结论)."""

    CONFIRMED = "confirmed", "属实"
    EXPLAINED = "explained", "已解释"
    MISTAKEN = "mistaken", "误报"


FINDING_VERDICT_LABELS = {each: each.label for each in FindingVerdict}
