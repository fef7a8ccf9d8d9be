"""Re-checking one self-evaluation: its rows with our score beside, its faults, its quality.

A row's marks come from our own figure where there is one, else from the form's own actual value by
the formula, which is then unverified (未核实). A re-check never gives more than was claimed, and
of several deductions for one indicator the largest alone is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from perf_pipeline.documents.model import TargetDocument
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import CENTI, half_up, marks, read_weight
from perf_pipeline.domain.target import Target, TargetKind
from perf_pipeline.domain.target_grammar.signs import SIGN_OF
from perf_pipeline.monitoring.recheck.completion import completion
from perf_pipeline.monitoring.recheck.form_rules import FORM_RULES, Held, executed
from perf_pipeline.monitoring.recheck.indicator_rules import INDICATOR_RULES
from perf_pipeline.monitoring.recheck.model import (
    Fault,
    HandedIn,
    OwnProject,
    Pair,
    Quality,
    Rechecked,
    deviation_bp,
)
from perf_pipeline.monitoring.recheck.pairing import pair
from perf_pipeline.warehouse.rechecks import Checked, SheetLine

OF_WHOLE_FORM = Fraction(1, 3)  # of a part of the quality, what one fault of the whole form takes
NOT_HANDED_IN = Fault(
    "not_handed_in", "没有提交自评表", "没有收到这个项目的自评表", "", Quality.COMPLETE
)


def recheck(
    handed: HandedIn, document: TargetDocument, own: OwnProject | None, rules: RecheckRules
) -> Rechecked:
    """Re-check a form of a document against what we know of its project (None: nothing)."""
    pairs, missing = pair(handed.form.indicators, own.lines if own else ())
    held = Held(handed, document, own, pairs, missing)
    by_pair = [_faults(each, pairs, rules) for each in pairs]
    faults = [fault for of_form in FORM_RULES for fault in of_form(held)]
    lines = [
        *_execution(held),
        *(_line(n, each, by_pair[n - 1]) for n, each in enumerate(pairs, start=1)),
    ]
    faults += [fault for mine in by_pair for fault in mine]
    total = read_weight(handed.form.score)
    claimed = [line.self_score_centi for line in lines]
    summed = None if None in claimed or not lines else sum(each or 0 for each in claimed)
    return Rechecked(
        project_name=handed.project_name,
        path=handed.path,
        sha256=handed.sha256,
        budget_fen=own.budget_fen if own else None,
        self_score_centi=summed if total is None else total,
        score_centi=sum(line.score_centi for line in lines),
        unverified_centi=sum(line.score_centi for line in lines if not line.verified),
        quality_centi=quality(faults, len(pairs) + len(missing), rules),
        lines=tuple(lines),
        faults=tuple(faults),
    )


def without_form(own: OwnProject) -> Rechecked:
    """Return what stands for a project of which no self-evaluation came."""
    nothing = dict.fromkeys(Checked.columns)
    return Rechecked.of(
        nothing,
        project_name=own.name,
        budget_fen=own.budget_fen,
        unverified_centi=0,
        quality_centi=0,
        lines=(),
        faults=(NOT_HANDED_IN,),
    )


def quality(faults: Sequence[Fault], indicators: int, rules: RecheckRules) -> int:
    """Score a self-evaluation's own quality, in hundredths of a point out of 100.

    Of each part an indicator with a fault takes its share, a fault of the whole form a third.
    """
    earned = Fraction(0)
    for part in Quality:
        mine = [each for each in faults if each.quality is part]
        wrong = len({each.indicator for each in mine if each.indicator is not None})
        whole = sum(each.indicator is None for each in mine)
        taken = Fraction(wrong, max(indicators, 1)) + whole * OF_WHOLE_FORM
        earned += getattr(rules.quality, part) * max(1 - taken, Fraction(0))
    return half_up(earned * CENTI)


def _faults(each: Pair, among: Sequence[Pair], rules: RecheckRules) -> list[Fault]:
    found = []
    for rule in INDICATOR_RULES:
        detail = rule.looks(each, among)
        if detail is not None:
            keeps = rules.keeps(rule.code, rule.keeps_bp)
            name, where = each.theirs.level3, str(each.theirs.where)
            told = (rule.code, rule.label, f"“{name}”{detail}", where, rule.quality)
            found.append(Fault(*told, indicator=name, keeps=keeps))
    return found


def _line(ordinal: int, each: Pair, faults: Sequence[Fault]) -> SheetLine:
    own = each.own
    weight = each.weight_centi or (own.points_centi if own else 0)
    share, verified = _share(each)
    keeps = min((fault.keeps for fault in faults if fault.keeps is not None), default=Fraction(1))
    score = marks(weight, min(share, keeps))
    if each.score_centi is not None:
        score = min(score, each.score_centi)
    told = [fault.detail.removeprefix(f"“{each.theirs.level3}”") for fault in faults]
    actual = own.actual_text if own is not None and own.known else each.actual
    return SheetLine(
        ordinal=ordinal,
        level1=each.theirs.level1,
        level2=each.theirs.level2,
        name=each.theirs.level3,
        nature=_nature(each.target),
        target=_value(each),
        unit=each.target.unit or "",
        weight_centi=weight,
        self_actual=each.actual,
        self_score_centi=each.score_centi,
        deviation_bp=deviation_bp(each.score_centi, score),
        actual=actual or "无数据",
        score_centi=score,
        verified=verified,
        remark="；".join(told if verified else [*told, "未核实"]),
    )


def _share(each: Pair) -> tuple[Fraction, bool]:
    """Return the share of its marks that a row earns, and whether our own figures say so."""
    own = each.own
    if own is not None and own.share is not None:
        return own.share, True
    reached = completion(each.target, each.actual)
    if reached is not None:
        return min(reached, Fraction(1)), False
    claimed = each.score_centi
    if claimed is None or not each.weight_centi:
        return Fraction(0), False
    return Fraction(claimed, each.weight_centi), False


def _execution(held: Held) -> list[SheetLine]:
    budget, own = held.handed.form.budget, held.own.execution if held.own else None
    if budget is None and own is None:
        return []
    weight = read_weight(budget.weight) if budget else None
    claimed = read_weight(budget.score) if budget else None
    weight = weight if weight is not None else (own.points_centi if own else 0)
    rate = executed(budget) if budget else None
    share = own.share if own is not None else None
    score = marks(weight, min(rate or Fraction(0), Fraction(1)) if share is None else share)
    score = score if claimed is None else min(score, claimed)
    own_text = own.actual_text if own else None
    return [
        SheetLine(
            ordinal=0,
            level1="预算执行",
            level2="",
            name="预算执行率",
            nature="≥",
            target="100",
            unit="%",
            weight_centi=weight,
            self_actual="" if rate is None else f"{write_beside(100 * rate, [Fraction(100)])}%",
            self_score_centi=claimed,
            actual=own_text or "无数据",
            score_centi=score,
            deviation_bp=deviation_bp(claimed, score),
            verified=share is not None,
            remark="" if share is not None else "未核实",
        )
    ]


def _nature(target: Target) -> str:
    return SIGN_OF.get(target.operator, "区间") if target.operator else "定性"


def _value(each: Pair) -> str:
    if each.target.kind is TargetKind.NUMBER:
        return each.target.value or ""
    return each.own.raw_target if each.own else each.theirs.raw_value
