"""The words of a spending judgement: why its light, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from perf_pipeline.domain.calendar import Checkpoint, chinese_date
from perf_pipeline.domain.figures import write_apart, write_beside
from perf_pipeline.domain.money import format_wan, format_yuan
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light
from perf_pipeline.monitoring.project_money import ProjectMoney

_ALL = Fraction(100)  # per cent


def describe_spending(row: ProjectMoney, checkpoint: Checkpoint) -> ProjectMoney:
    """Add reason, note and hint, in Chinese, to a judged and paced project."""
    note = "；".join(_notes(row, checkpoint)) or None
    return row._replace(reason=spending_reason(row), note=note, hint=_hint(row, checkpoint))


def spending_reason(row: ProjectMoney, planned_exactly: Fraction | None = None) -> str:
    """Say why a light is what it is; digits enough to tell each figure from its limit.

    `planned_exactly` is what is planned, in basis points, where no whole number is: of a sum.
    """
    budget, paid = row.budget_fen, row.paid_fen
    if paid is None:
        return "没有收到支付台账，无法判断"
    if budget is None:
        spent = f"已支付{format_yuan(paid)}元，" if paid else ""
        return f"没有预算数，{spent}无法计算执行率"
    if budget <= 0:
        if paid > budget:
            return f"预算为{format_yuan(budget)}元，已支付{format_yuan(paid)}元，超出预算"
        if paid < budget:
            return "预算为0，退回的比支付的多，执行率不适用"
        return "预算为0，没有支付，执行率不适用"
    actual = Fraction(100 * paid, budget)
    share = planned_exactly / 100 if planned_exactly else _in_points(row.planned_bp or 0)[0]
    planned = row.planned_bp is not None
    said = f"累计支付占预算{write_beside(actual, [_ALL, *([share] if planned else [])])}%"
    if paid > budget:
        said += "，超出预算"
    if not planned:
        return f"{said}；没有支出计划，无法判断进度"
    label, coming = row.planned_label, row.coming_bp
    plan = f"计划{label}达到{write_beside(share, [actual])}%" if label else "计划尚未安排支出"
    then = ""
    if row.coming_label and coming is not None:
        then = f"；下一计划时点{row.coming_label}为{write_beside(_in_points(coming)[0], [actual])}%"
    if actual == share:
        return f"{said}，{plan}，与计划一致{then}"
    away = write_apart(actual - share, _in_points(0, *row.limits))
    word = "高于计划" if actual > share else "低于计划"
    return f"{said}，{plan}，{word}{away.removeprefix('-')}个百分点{then}"


@lru_cache(maxsize=1 << 12)  # many projects plan the same, few departments have limits of their own
def _in_points(*limits: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(bp, 100) for bp in limits)


def _notes(row: ProjectMoney, checkpoint: Checkpoint) -> Iterator[str]:
    if (row.paid_fen or 0) < 0:
        yield "退回的比支付的多，请核对台账"
    if checkpoint.last:
        if row.planned_bp and row.budget_fen and row.paid_fen is not None:
            short = -(-row.planned_bp * row.budget_fen // WHOLE_BP) - row.paid_fen
            if short > 0:
                yield f"到年底比计划少支付{format_wan(short, row.budget_fen)}万元"
    elif row.reaches_on is not None:
        yield f"按目前进度预计于{chinese_date(row.reaches_on)}达到计划，晚{row.days_behind}天"
    elif row.days_behind is None and row.planned_bp and row.budget_fen and row.paid_fen is not None:
        if row.paid_fen > 0:
            yield "按目前进度十年内达不到计划"
        elif row.paid_fen == 0:
            yield "尚无支付，无法按进度推算"
    if row.due_next_fen:
        due = format_wan(row.due_next_fen, row.budget_fen or 0)
        yield f"{checkpoint.next_label}前还应支付{due}万元"
    if row.committed_fen:
        yield _committed(row)
    if row.adjusted_on is not None:
        first, last = row.initial_budget_fen, row.budget_fen or 0
        was = "没有" if first is None else f"{format_wan(first, last)}万元"
        on, now = chinese_date(row.adjusted_on), format_wan(last, first or 0)
        if row.adjusted_by:
            yield f"年初预算{was}，{on}经{row.adjusted_by}调整为{now}万元"
        else:
            yield f"年初预算{was}，{on}调整为{now}万元"
    if row.carry_over_fen:
        yield f"预算含上年结转{format_wan(row.carry_over_fen)}万元"
    if row.late_paid_fen:
        yield f"年度终了后支付属于本年的{format_wan(row.late_paid_fen)}万元，未计入"


def _committed(row: ProjectMoney) -> str:
    said = f"另有已签合同未付{format_wan(row.committed_fen or 0)}万元"
    if row.by_payee_fen:
        said = f"{said}（{format_wan(row.by_payee_fen)}万元支付没有写明合同，按收款单位算）"
    if not row.budget_fen or row.paid_fen is None:
        return said
    bound = Fraction(100 * (row.paid_fen + (row.committed_fen or 0)), row.budget_fen)
    return f"{said}，与已支付合计占预算{write_beside(bound, [_ALL])}%"


def _hint(row: ProjectMoney, checkpoint: Checkpoint) -> str | None:
    """Say what the data say of slow spending (系统提示): since when nothing was paid."""
    if row.light not in (Light.RED, Light.YELLOW):
        return None
    if row.paid_fen is None or row.budget_fen is None or row.overspent:
        return None
    if row.last_paid_on is None:
        return f"截至{checkpoint.label}，本年没有任何支付"
    quiet = (checkpoint.ends_on - row.last_paid_on).days
    if quiet == 0:
        return None
    return f"{chinese_date(row.last_paid_on)}以来没有支付，已{quiet}天"
