"""Settings of the re-check of self-evaluations (自评复核) and of what follows from its results.

What a place rules is set under its own name in a settings file; the defaults take nothing that no
rule takes. Shares are in basis points (万分之一), points in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

WHOLE_BP = 10_000


class QualityPoints(BaseModel):
    """Points of a self-evaluation's own quality (自评质量), out of 100; this system's own scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    complete: int = Field(20, ge=0)  # every approved indicator is there, as approved
    arithmetic: int = Field(20, ge=0)  # totals, weights and scores by the formula
    true: int = Field(40, ge=0)  # actual values and money as the registers have them
    evident: int = Field(10, ge=0)  # evidence for what no register shows
    explained: int = Field(10, ge=0)  # a reason wherever marks were lost


class RecheckRules(BaseModel):
    """What a place may set of the re-check.

    `keeps_bp` gives the share of an indicator's marks that a fault leaves, by the rule's code, in
    place of the rule's own. `sample` is how many forms are drawn. A score that is `wide_gap_centi`
    above the re-check's is to be explained and mended. The cuts are proposals for next year's
    budget; None proposes a cut without saying how much (Hebei 冀政办字〔2022〕100号: 2000 where no
    self-evaluation came, 1000 where it was not to standard).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    keeps_bp: Mapping[str, int] = {}
    sample: int = Field(10, ge=1)
    wide_gap_centi: int = Field(1_000, ge=0)
    quality: QualityPoints = Field(default_factory=QualityPoints)
    poor_quality_centi: int = Field(6_000, ge=0, le=10_000)  # below: not to standard
    medium_cut_bp: int | None = Field(None, ge=0, le=WHOLE_BP)  # of a project graded 中
    not_handed_in_cut_bp: int | None = Field(None, ge=0, le=WHOLE_BP)
    poor_quality_cut_bp: int | None = Field(None, ge=0, le=WHOLE_BP)

    def keeps(self, code: str, usual_bp: int | None) -> Fraction | None:
        """Return the share of its marks that an indicator keeps; None leaves it as it is."""
        share = self.keeps_bp.get(code, usual_bp)
        return None if share is None else Fraction(share, WHOLE_BP)
