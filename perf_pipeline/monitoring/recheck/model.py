"""What is held against each other in a re-check: a form as handed in, and our own computation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from perf_pipeline.documents.model import Indicator, Project
from perf_pipeline.domain.scoring import Verdict, half_up
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.target import Target
from perf_pipeline.warehouse.derived import ScoredLine
from perf_pipeline.warehouse.rechecks import Checked, SheetLine


class Quality(StrEnum):
    """What of a self-evaluation's quality a fault speaks against."""

    COMPLETE = "complete"
    ARITHMETIC = "arithmetic"
    TRUE = "true"
    EVIDENT = "evident"
    EXPLAINED = "explained"


class OwnLine(ScoredLine):
    """Our own score of an indicator (or of the budget's execution) at the year's end.

    `exact` is the actual value in the target's unit where it is a number; `evidence` what staff
    named where no register holds it.
    """

    level1: str  # here and below, nothing is an empty text
    level2: str
    raw_target: str
    exact: Fraction | None
    by_register: bool
    evidence: str | None

    @property
    def known(self) -> bool:
        """Tell whether there is a figure."""
        return self.verdict is not Verdict.NO_DATA

    @property
    def share(self) -> Fraction | None:
        """Return the share of its marks that it earns; None without data."""
        if not self.known:
            return None
        return Fraction(self.score_centi, self.points_centi) if self.points_centi else Fraction(0)


@dataclass(frozen=True)
class OwnProject:
    """A project as we know it; of the department's own indicators the name is None."""

    name: str | None
    budget_fen: int | None
    paid_fen: int | None
    execution: OwnLine | None
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True)
class HandedIn:
    """A self-evaluation form (自评表) as a department handed it in; `total` is its 总分."""

    path: str
    sha256: str
    form: Project

    @property
    def project_name(self) -> str | None:
        """The project that it is about; None for the department's own form."""
        return self.form.name or None


@dataclass(frozen=True)
class Pair:
    """An indicator of a form, and our own line for it; `target` is the approved one, if known."""

    theirs: Indicator
    own: OwnLine | None
    renamed: bool
    target: Target
    weight_centi: int | None
    score_centi: int | None

    @property
    def actual(self) -> str:
        """Return the actual value (自评完成值) as written."""
        return self.theirs.filled.actual.strip() if self.theirs.filled else ""

    @property
    def score(self) -> str:
        """Return the score (得分) as written."""
        return self.theirs.filled.score if self.theirs.filled else ""

    @property
    def said(self) -> str:
        """Return all that the form says beside the figures: reason, remark, evidence."""
        filled = self.theirs.filled
        parts = (filled.reason, filled.remark) if filled else ()
        return " ".join((*parts, self.theirs.basis))


@dataclass(frozen=True)
class Fault:
    """A fault (问题) of a self-evaluation: which rule, about what, what of its marks is left."""

    rule: str
    label: str
    detail: str
    where: str
    quality: Quality
    indicator: str | None = None
    keeps: Fraction | None = None


def deviation_bp(claimed: int | None, score: int) -> int | None:
    """Return 偏离度 = (self − re-check) ÷ self; None where nothing was claimed."""
    return half_up(Fraction((claimed - score) * WHOLE_BP, claimed)) if claimed else None


class Rechecked(Checked):
    """A self-evaluation re-checked, with its rows and faults; without a form it has no scores."""

    lines: tuple[SheetLine, ...]
    faults: tuple[Fault, ...]
