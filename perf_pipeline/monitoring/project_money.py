"""One project's money on its way through the judgement: what is read, and what each step adds."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from perf_pipeline.monitoring.rows import of_many_columns


@of_many_columns
class ProjectMoney(NamedTuple):
    """A project (项目) with its budget, its plan and what was paid, in fen and basis points.

    A budget of None is not known, 0 was not given; without a ledger what was paid is None;
    `coming_bp` is the next planned share, None where the plan has a point on the date. What stands
    after `paid_fen` is known at a checkpoint alone; what has a default is added by the steps of the
    judgement. A part of a project, or a sum of several, is one too.
    """

    department_id: int
    department_code: str
    department: str
    project_name: str | None  # None of a sum of several
    budget_fen: int | None
    initial_budget_fen: int | None
    fiscal_fen: int | None
    other_fen: int | None
    carry_over_fen: int | None
    line_of_work: str | None
    adjusted_on: date | None
    adjusted_by: str | None
    planned_label: str | None
    planned_due_on: date | None
    planned_bp: int | None
    coming_label: str | None
    coming_bp: int | None
    paid_fen: int | None

    payments: int | None
    next_planned_bp: int | None
    contracts_fen: int | None
    committed_fen: int | None
    by_payee_fen: int | None
    late_paid_fen: int | None
    last_paid_on: date | None
    cause: str | None
    cause_words: str | None
    cause_measures: str | None

    name: str = ""  # of a part what funds it, of a sum what it is the sum of
    level: str = ""  # of a sum: whose spending it tells, `Together`
    projects: int = 0
    left_out: int = 0
    planned_parts: int | None = None
    yellow_bp: int = 0
    red_bp: int = 0
    ahead_bp: int = 0
    actual_bp: int | None = None
    deviation_bp: int | None = None
    light: str = ""
    reaches_on: date | None = None
    days_behind: int | None = None
    due_next_fen: int | None = None
    overspent_since: date | None = None
    reason: str = ""
    note: str | None = None
    hint: str | None = None

    @property
    def limits(self) -> tuple[int, int, int]:
        """Return the limits of yellow, red and ahead that it is judged by."""
        return self.yellow_bp, self.red_bp, self.ahead_bp

    @property
    def overspent(self) -> bool:
        """Tell whether more is paid than the budget in force."""
        return None not in (self.paid_fen, self.budget_fen) and self.paid_fen > self.budget_fen  # type: ignore[operator]

    @property
    def known(self) -> bool:
        """Tell whether it can be summed up: of a budget of 0 nothing is to be planned."""
        if self.budget_fen is None or self.paid_fen is None:
            return False
        return self.budget_fen == 0 or (self.budget_fen > 0 and self.planned_bp is not None)
