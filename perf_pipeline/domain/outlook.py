"""How likely a target is reached by year end (完成目标可能性), in the official form's words."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.words import Word


class Likelihood(Word):
    """The three ticks of the monitoring form."""

    CERTAIN = "certain", "确定能"
    POSSIBLE = "possible", "有可能"
    IMPOSSIBLE = "impossible", "完全不可能"


class OutlookLimits(Declared):
    """From which probability on a target counts as certain or impossible (basis points)."""

    certain_bp: int = Field(9900, ge=0, le=WHOLE_BP, description="概率达到此为确定能，万分之一")
    impossible_bp: int = Field(
        100, ge=0, le=WHOLE_BP, description="概率不超过此为完全不可能，万分之一"
    )
    spent_bp: int = Field(9000, ge=0, le=WHOLE_BP, description="全年预算执行率应达到，万分之一")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.impossible_bp < self.certain_bp:
            raise ValueError("limits must satisfy impossible < certain")
        return self

    def likelihood(self, probability_bp: int) -> Likelihood:
        """Read a probability (basis points) as one of the form's three words."""
        if probability_bp >= self.certain_bp:
            return Likelihood.CERTAIN
        if probability_bp <= self.impossible_bp:
            return Likelihood.IMPOSSIBLE
        return Likelihood.POSSIBLE
