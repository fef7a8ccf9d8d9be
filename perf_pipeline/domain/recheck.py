"""Settings of the re-check of self-evaluations (自评复核) and of what follows from its results.

What a place rules is set under its own name in a settings file; the defaults take nothing that no
rule takes. Shares are in basis points (万分之一), points in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic import Field

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.share import WHOLE_BP


class QualityPoints(Declared):
    """Points of a self-evaluation's own quality (自评质量), out of 100; this system's own scale."""

    complete: int = Field(20, ge=0, description="批复的指标都在、未改动的分值")
    arithmetic: int = Field(20, ge=0, description="合计、权重、得分计算正确的分值")
    true: int = Field(40, ge=0, description="完成值和资金与台账相符的分值")
    evident: int = Field(10, ge=0, description="没有台账的指标有佐证的分值")
    explained: int = Field(10, ge=0, description="扣分处都写明原因的分值")


class RecheckRules(Declared):
    """What a place may set of the re-check.

    `keeps_bp` gives the share of an indicator's marks that a fault leaves, by the rule's code, in
    place of the rule's own. `sample` is how many forms are drawn. A score that is `wide_gap_centi`
    above the re-check's is to be explained and mended. The cuts are proposals for next year's
    budget; None proposes a cut without saying how much (Hebei 冀政办字〔2022〕100号: 2000 where no
    self-evaluation came, 1000 where it was not to standard).
    """

    keeps_bp: Mapping[str, int] = Field(
        {}, description="各种差错之下指标保留得分的比例，按规则代码，万分之一"
    )
    sample: int = Field(10, ge=1, description="抽查几份自评表")
    wide_gap_centi: int = Field(
        1_000, ge=0, description="自评高出复核这么多须说明和整改，百分之一分"
    )
    quality: QualityPoints = Field(default_factory=QualityPoints)
    poor_quality_centi: int = Field(
        6_000, ge=0, le=10_000, description="自评质量低于此为不合格，百分之一分"
    )
    medium_cut_bp: int | None = Field(
        None, ge=0, le=WHOLE_BP, description="评为中的项目建议压减下年预算的比例，万分之一"
    )
    not_handed_in_cut_bp: int | None = Field(
        None, ge=0, le=WHOLE_BP, description="没有交自评的建议压减的比例，万分之一"
    )
    poor_quality_cut_bp: int | None = Field(
        None, ge=0, le=WHOLE_BP, description="自评质量不合格的建议压减的比例，万分之一"
    )

    def keeps(self, code: str, usual_bp: int | None) -> Fraction | None:
        """Return the share of its marks that an indicator keeps; None leaves it as it is."""
        share = self.keeps_bp.get(code, usual_bp)
        return None if share is None else Fraction(share, WHOLE_BP)
