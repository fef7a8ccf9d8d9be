"""Spending rolled up (汇总): by funding source, line of work and department, from its parts.

Sums of fen against sums of fen, never averages of shares. A plan of several projects is what each
plans of its own budget. A project without a budget, a plan or a ledger is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from perf_pipeline.domain.funding import by_source
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Together
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.spending import light_of, whole_beside
from perf_pipeline.monitoring.spending_words import spending_reason

NO_SECTION = "未分"
FISCAL, OTHER = "财政资金", "其他资金"
MOST_PARTS = 2**63 - 1  # what a column of whole numbers holds


def spending_lines(
    projects: Sequence[ProjectMoney], paid: Mapping[tuple[int, str | None, str], int]
) -> list[ProjectMoney]:
    """Sum judged projects up; `paid` is by department, project and source."""
    sources = list(_by_source(projects, paid))
    return [
        *_rolled_up(sources, Together.PROJECT_SOURCE, lambda part: part.name),
        *_rolled_up(sources, Together.SOURCE, lambda part: part.name),
        *_rolled_up(projects, Together.SECTION, lambda part: part.line_of_work or NO_SECTION),
        *_rolled_up(projects, Together.DEPARTMENT, lambda part: "合计"),
    ]


def _by_source(
    projects: Sequence[ProjectMoney], paid: Mapping[tuple[int, str | None, str], int]
) -> Iterator[ProjectMoney]:
    """Give a part for each project and source that has a budget or payments."""
    for nth, source in enumerate((FISCAL, OTHER)):
        for each in projects:
            funds = (each.budget_fen, each.fiscal_fen, each.other_fen, each.carry_over_fen)
            budget = by_source(*funds)[nth]
            amount = paid.get((each.department_id, each.project_name, source), 0)
            if budget or amount:
                known = None if each.paid_fen is None else amount
                yield each._replace(name=source, budget_fen=budget, paid_fen=known)


def _rolled_up(
    parts: Sequence[ProjectMoney], level: Together, name: Callable[[ProjectMoney], str]
) -> Iterator[ProjectMoney]:
    """Sum up a level's parts by what names its lines, in the order in which these come."""
    by_project = level is Together.PROJECT_SOURCE

    def place(part: ProjectMoney) -> tuple[int, str | None, str]:
        return part.department_id, part.project_name if by_project else None, name(part)

    for (_, project, named), mine in grouped(parts, place).items():
        yield _sum(level, project, named, mine)


def _sum(
    level: Together, project: str | None, name: str, parts: Sequence[ProjectMoney]
) -> ProjectMoney:
    known = [part for part in parts if part.known]
    left_out = len(parts) - len(known)
    budget = sum(part.budget_fen or 0 for part in known)
    paid = sum(part.paid_fen or 0 for part in known)
    planned = sum((part.planned_bp or 0) * (part.budget_fen or 0) for part in known)
    coming = sum(
        max(part.planned_bp or 0, part.coming_bp or 0) * (part.budget_fen or 0) for part in known
    )
    of = parts[0]
    share = None
    deviation = Fraction(0) if known and budget == paid == 0 else None
    # without a label nothing is planned yet; of several projects the first one's label serves
    label = next((part.planned_label for part in parts if part.planned_label), None)
    whole = of._replace(
        budget_fen=budget,
        paid_fen=paid,
        planned_label=label,
        coming_label=None,
        planned_bp=None,
        actual_bp=None,
        deviation_bp=None,
    )
    if budget > 0:
        share, actual = Fraction(planned, budget), Fraction(paid * WHOLE_BP, budget)
        deviation = actual - share
        whole = whole._replace(
            planned_bp=whole_beside(share, ()),
            actual_bp=whole_beside(actual, (WHOLE_BP,)),
            deviation_bp=whole_beside(deviation, (0, *of.limits)),
        )
    overspent, passed = bool(known) and paid > budget, paid * WHOLE_BP > coming
    reason = "没有可比较的项目：缺少预算、支出计划或支付台账"
    if known:
        reason = spending_reason(whole, share)
        reason += f"；另有{left_out}个项目缺预算、计划或支付台账，未计入" if left_out else ""
    return whole._replace(
        level=str(level),
        project_name=project,
        name=name,
        projects=len(known),
        left_out=left_out,
        budget_fen=budget if known else None,
        paid_fen=paid if known else None,
        planned_parts=planned if share is not None and planned <= MOST_PARTS else None,
        light=str(light_of(deviation, of.limits, overspent=overspent, passed=passed)),
        reason=reason,
    )
