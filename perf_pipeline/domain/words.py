"""The Chinese labels of the words that results are judged with, by the word's own kind."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from perf_pipeline.domain.finding import FINDING_VERDICT_LABELS, FindingVerdict
from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS, Likelihood
from perf_pipeline.domain.scoring import VERDICT_LABELS, Verdict
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.domain.time_limits import LIMIT_LABELS, LimitState

# by kind, for words of different kinds are spelled alike: met is 已达标 of a status, 达标 of scores
LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Light: LIGHT_LABELS,
    Status: STATUS_LABELS,
    Likelihood: LIKELIHOOD_LABELS,
    Verdict: VERDICT_LABELS,
    LimitState: LIMIT_LABELS,
    FindingVerdict: FINDING_VERDICT_LABELS,
}


def label_of(word: StrEnum) -> str:
    """Return a word's label: Light.RED is 预警."""
    return LABELS[type(word)][word]
