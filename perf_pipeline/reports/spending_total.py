"""Spending of all projects of a report together: fen over fen, never an average of shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.reports.model import SpendingLine


@dataclass(frozen=True)
class SpendingTotal:
    """Spending of all projects that have a budget, a plan and a ledger; the others by name."""

    projects: int
    left_out: tuple[str, ...]
    budget_fen: int
    paid_fen: int
    planned_share: Fraction  # of the budget
    limits: frozenset[int]  # of their lights, in basis points

    @property
    def actual_share(self) -> Fraction:
        """What was paid of the budget."""
        return Fraction(self.paid_fen, self.budget_fen or 1)

    @property
    def actual(self) -> str:
        """Write what was paid of the budget in per cent, with digits enough to tell it apart."""
        return write_beside(100 * self.actual_share, [Fraction(100), 100 * self.planned_share])

    @property
    def planned(self) -> str:
        """Write what was planned in per cent."""
        return write_beside(100 * self.planned_share, [100 * self.actual_share])

    @property
    def deviation(self) -> str:
        """Write how far the two are apart in percentage points, on its side of every limit."""
        away = 100 * (self.actual_share - self.planned_share)
        return write_beside(away, [Fraction(bp, 100) for bp in sorted({0, *self.limits})])


def spending_total(lines: Iterable[SpendingLine]) -> SpendingTotal:
    """Sum up spending: fen over fen, the plan being what each project planned of its budget.

    The rule is that of the department's line in table spending_line.
    """
    budget = paid = planned = known = 0
    left_out = []
    limits: set[int] = set()
    for line in lines:
        if (
            line.budget_fen is None
            or line.budget_fen < 0
            or line.paid_fen is None
            or line.planned_bp is None
        ):
            left_out.append(line.project_name)
        else:
            known += 1
            budget += line.budget_fen
            paid += line.paid_fen
            planned += line.planned_bp * line.budget_fen
            limits |= {line.yellow_bp or 0, line.red_bp or 0, line.ahead_bp or 0}
    return SpendingTotal(
        known,
        tuple(left_out),
        budget,
        paid,
        Fraction(planned, WHOLE_BP * (budget or 1)),
        frozenset(limits),
    )
