"""Which figures are computed again: drawn at random, the riskier the likelier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from random import Random

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.target import MICRO
from perf_pipeline.warehouse.typed import StoredRow

NEAR_BP = 200  # basis points of deviation from a limit
NEAR = Fraction(2, 100)  # of a target's value
# what each risk adds to the weight of 1 that every figure has
BAD, CLOSE, OVERSPENT, LARGE = 8, 4, 4, 3
LARGE_PART = 10  # an amount is large that is a tenth of all that was paid


@dataclass(frozen=True)
class StoredFigure:
    """A figure as it stands in the newest judgement: whose, of when, and the stored row."""

    figure: str  # S12: spending, I34: an indicator
    department_id: int
    department: str
    checkpoint_id: int
    checkpoint: Checkpoint
    judged_at: datetime
    row: StoredRow = field(compare=False)

    @property
    def of_spending(self) -> bool:
        """Tell whether it is of a project's money, not of an indicator."""
        return self.figure.startswith("S")

    @property
    def subject(self) -> str:
        """Name it for people."""
        place = self.row.project_name or self.row.section or ""
        what = "预算执行" if self.of_spending else self.row.name
        return f"{self.department} {self.checkpoint.name} {place}：{what}"


def draw(figures: Sequence[StoredFigure], most: int, seed: str) -> list[StoredFigure]:
    """Draw up to `most` figures, none twice, each by its weight; a seed draws the same again."""
    random = Random(seed)
    paid = sum(each.row.paid_fen or 0 for each in figures if each.of_spending)
    left = [(each, weight(each, paid)) for each in figures]
    drawn: list[StoredFigure] = []
    whole = sum(of for _, of in left)
    while left and len(drawn) < most:
        at, ticket = 0, random.randrange(whole)
        while ticket >= left[at][1]:
            ticket -= left[at][1]
            at += 1
        one, of = left.pop(at)
        whole -= of
        drawn.append(one)
    return drawn


def weight(each: StoredFigure, paid_in_all: int) -> int:
    """Return how much likelier a figure is drawn than a quiet one: at least 1."""
    row = each.row
    if not each.of_spending:
        bad = row.status in (Status.MISSED, Status.BEHIND)
        return 1 + BAD * bad + CLOSE * _near_target(row)
    bad = row.light in (Light.RED, Light.YELLOW)
    limits = (row.yellow_bp, row.red_bp, row.ahead_bp)
    near = row.deviation_bp is not None and any(
        limit is not None and abs(row.deviation_bp - limit) <= NEAR_BP for limit in limits
    )
    over = row.paid_fen is not None and row.budget_fen is not None and row.paid_fen > row.budget_fen
    large = bool(paid_in_all) and (row.paid_fen or 0) * LARGE_PART >= paid_in_all
    return 1 + BAD * bad + CLOSE * near + OVERSPENT * over + LARGE * large


def _near_target(row: StoredRow) -> bool:
    if row.numerator is None or not row.denominator or not row.target_micro:
        return False
    wanted = Fraction(row.target_micro, MICRO) / (100 if is_percent(row.unit) else 1)
    return abs(Fraction(row.numerator, row.denominator) - wanted) <= abs(wanted) * NEAR
