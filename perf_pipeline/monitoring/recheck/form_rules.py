"""The rules of a re-check about a whole form, each standing alone: totals, money, what lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from perf_pipeline.documents.model import Budget, TargetDocument
from perf_pipeline.documents.review.marks import all_exactly_on_target
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.scoring import WHOLE, marks, read_weight, write_points
from perf_pipeline.monitoring.recheck.indicator_rules import SLACK_CENTI, marks_are_unread
from perf_pipeline.monitoring.recheck.model import (
    Fault,
    HandedIn,
    OwnLine,
    OwnProject,
    Pair,
    Quality,
)

ROUNDING_FEN = 5_000  # forms are written in 万元 with two decimals: half of the last
FEWEST_FOR_ALL = 3  # indicators of which it means something that all have full marks


@dataclass(frozen=True)
class Held:
    """A form held against what we know: its pairs, and the approved indicators that it lacks."""

    handed: HandedIn
    document: TargetDocument
    own: OwnProject | None
    pairs: Sequence[Pair]
    missing: Sequence[OwnLine]

    @property
    def where(self) -> str:
        """Say where the form stands."""
        return str(self.handed.form.where)


def indicators_missing(held: Held) -> Iterator[Fault]:
    """Approved indicators are all evaluated."""
    for line in held.missing:
        detail = f"批复的指标“{line.name}”（{line.raw_target}）没有自评"
        yield Fault("missing", "缺少指标", detail, held.where, Quality.COMPLETE, line.name)


def total_differs(held: Held) -> Iterator[Fault]:
    """The total (总分) is the sum of its parts."""
    total = read_weight(held.handed.form.score)
    summed = _summed(held)
    if total is not None and summed is not None and total != summed:
        detail = f"总分写作{write_points(total)}分，各项得分合计{write_points(summed)}分"
        yield Fault("total_differs", "总分不等于各项之和", detail, held.where, Quality.ARITHMETIC)


def sums_unread(held: Held) -> Iterator[Fault]:
    """The total and the marks of execution are numbers."""
    budget = held.handed.form.budget
    for label, text in (
        ("总分", held.handed.form.score),
        ("预算执行的分值", budget.weight if budget else ""),
        ("预算执行的得分", budget.score if budget else ""),
    ):
        if marks_are_unread(text):
            detail = f"{label}写作“{text}”，不是分数"
            yield Fault("sums_unread", f"{label}看不懂", detail, held.where, Quality.ARITHMETIC)


def money_unread(held: Held) -> Iterator[Fault]:
    """The form's money is amounts."""
    for found in held.document.findings:
        if found.code == "amount_unreadable" and found.project in ("", held.handed.form.name):
            told = (found.message, found.where)
            yield Fault("money_unread", "金额看不懂", *told, Quality.ARITHMETIC)


def weights_do_not_sum(held: Held) -> Iterator[Fault]:
    """Weights add up to 100 with those of execution."""
    weights = [each.weight_centi for each in held.pairs]
    known = [each for each in weights if each is not None]
    budget = held.handed.form.budget
    execution = read_weight(budget.weight) if budget else None
    whole = WHOLE if held.handed.project_name else None  # a department's own are a part only
    if len(known) != len(weights) or not weights or execution is None or whole is None:
        return
    summed = sum(known) + execution
    if summed != whole:
        detail = f"分值合计{write_points(summed)}分，应为{write_points(whole)}分"
        yield Fault("weights_do_not_sum", "分值不等于100", detail, held.where, Quality.ARITHMETIC)


def all_full_marks(held: Held) -> Iterator[Fault]:
    """A form without any loss is looked at first."""
    scored = [each for each in held.pairs if each.weight_centi and each.score_centi is not None]
    full = [each for each in scored if each.score_centi == each.weight_centi]
    if len(scored) >= FEWEST_FOR_ALL and len(full) == len(scored) == len(held.pairs):
        detail = f"{len(full)}项指标全部得满分"
        yield Fault("all_full_marks", "全部满分", detail, held.where, Quality.TRUE)


def all_on_target(held: Held) -> Iterator[Fault]:
    """Measured values scatter; a form whose every value repeats its target was copied."""
    for found in all_exactly_on_target(held.document):
        if found.project == held.handed.form.name:
            told = (found.message, found.where)
            yield Fault("all_exactly_on_target", "完成值都恰好等于目标", *told, Quality.TRUE)


def money_differs(held: Held) -> Iterator[Fault]:
    """Budget and execution are those of the budget in force and of the ledger."""
    budget, own = held.handed.form.budget, held.own
    if budget is None or own is None:
        return
    given = budget.total_fen if budget.adjusted_fen is None else budget.adjusted_fen
    for label, theirs, ours in (
        ("全年预算数", given, own.budget_fen),
        ("全年执行数", budget.executed_fen, own.paid_fen),
    ):
        if theirs is not None and ours is not None and abs(theirs - ours) > ROUNDING_FEN:
            detail = f"{label}填{format_yuan(theirs)}元，预算和支付台账为{format_yuan(ours)}元"
            yield Fault("money_differs", f"{label}与台账不符", detail, held.where, Quality.TRUE)


def execution_score_wrong(held: Held) -> Iterator[Fault]:
    """Execution earns its marks × the execution rate, capped, by the form's own money."""
    budget = held.handed.form.budget
    if budget is None:
        return
    weight, score = read_weight(budget.weight), read_weight(budget.score)
    rate = executed(budget)
    if weight is None or score is None or rate is None:
        return
    due = marks(weight, min(rate, Fraction(1)))
    if score > due + SLACK_CENTI:
        detail = f"按执行率应得{write_points(due)}分，自评{write_points(score)}分"
        yield Fault("execution_score", "执行率得分不符", detail, held.where, Quality.ARITHMETIC)


def executed(budget: Budget) -> Fraction | None:
    """Return the execution rate by a form's own money; None where it leaves some out."""
    given = budget.total_fen if budget.adjusted_fen is None else budget.adjusted_fen
    if budget.executed_fen is None or given <= 0:
        return None
    return max(Fraction(budget.executed_fen, given), Fraction(0))


def _summed(held: Held) -> int | None:
    scores = [each.score_centi for each in held.pairs]
    budget = held.handed.form.budget
    execution = read_weight(budget.score) if budget else None
    known = [each for each in scores if each is not None]
    complete = len(known) == len(scores) and scores and execution is not None
    return sum(known) + execution if complete and execution is not None else None


FORM_RULES = (
    indicators_missing,
    total_differs,
    sums_unread,
    money_unread,
    weights_do_not_sum,
    all_full_marks,
    all_on_target,
    money_differs,
    execution_score_wrong,
)
