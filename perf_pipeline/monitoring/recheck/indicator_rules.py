"""The rules of a re-check about one indicator, each standing alone.

After the rules by which re-checks of self-evaluations are done in practice: what has no evidence
earns nothing, satisfaction is asked for in a survey, what is counted twice counts once. `keeps` is
the share of its marks that a fault leaves, where the rule says so by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from perf_pipeline.documents.review.lexicon import (
    FirstLevel,
    SecondLevel,
    first_level,
    second_level,
)
from perf_pipeline.domain.figures import share_beside
from perf_pipeline.domain.saying import is_empty
from perf_pipeline.domain.scoring import marks, read_weight, write_points
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.monitoring.recheck.completion import completion, differs
from perf_pipeline.monitoring.recheck.model import Pair, Quality
from perf_pipeline.monitoring.recheck.pairing import spelled
from perf_pipeline.registers.cells import DITTO

OVER = Fraction(13, 10)  # attained: from here a target was set too low
SLACK_CENTI = 5  # scores are typed with one or two decimals
_NO_COMPLAINT = re.compile(
    r"(?:无|没有|零|未收到|未接到|未发生)[^，。；]{0,8}(?:投诉|举报|意见|信访)"
)
_SURVEY = re.compile(r"问卷|调查|测评|回访|访谈|抽样|样本|评价表")
_DASHES = "-—–/ \u3000\n"
_UNREAD = (TargetKind.DIRECTION, TargetKind.TEXT)

Looks = Callable[[Pair, Sequence[Pair]], str | None]


@dataclass(frozen=True)
class IndicatorRule:
    """A rule: what it is called, what of the quality it speaks against, and what marks are left.

    `looks` says of an indicator, among all of its form, what is wrong; None where nothing is.
    """

    code: str
    label: str
    says: str
    quality: Quality
    keeps_bp: int | None
    looks: Looks


INDICATOR_RULES: list[IndicatorRule] = []  # in the order in which they stand below


def rule(
    label: str, says: str, quality: Quality, *, keeps_bp: int | None = None
) -> Callable[[Looks], Looks]:
    """Make a function that looks at an indicator a rule, whose code is the function's name."""

    def declare(looks: Looks) -> Looks:
        name = looks.__name__
        INDICATOR_RULES.append(IndicatorRule(name, label, says, quality, keeps_bp, looks))
        return looks

    return declare


@rule("无佐证", "没有台账支撑也没有佐证材料的，不得分", Quality.EVIDENT, keeps_bp=0)
def no_evidence(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """No register shows it and no evidence is named (佐证材料)."""
    own = pair.own
    if own is not None and ((own.by_register and own.known) or own.evidence):
        return None
    return None if pair.theirs.basis.strip() else "没有台账支撑，也没有写明佐证材料"


@rule("没有指标值", "没有指标值、不具考核性的，不得分", Quality.COMPLETE, keeps_bp=0)
def no_target(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """Nothing was promised, so nothing can be examined (不具考核性)."""
    empty = not pair.theirs.raw_value.strip() and (pair.own is None or not pair.own.raw_target)
    return "没有指标值，无法考核" if empty else None


@rule("无法衡量", "有方向而没有计算办法的，扣60%", Quality.COMPLETE, keeps_bp=4_000)
def unmeasurable(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """A direction or a wish without a way to compute it."""
    computed = pair.own is not None and pair.own.by_register and pair.own.known
    if computed or pair.target.kind not in _UNREAD or not pair.theirs.raw_value.strip():
        return None
    return f"指标值“{pair.theirs.raw_value}”只有方向或表述，没有计算办法"


@rule("满意度没有调查", "没有开展调查的满意度，不得分", Quality.EVIDENT, keeps_bp=0)
def no_survey(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """Satisfaction is what people were asked, not that nobody complained."""
    if first_level(pair.theirs) is not FirstLevel.SATISFACTION:
        return None
    own = pair.own
    told = f"{pair.actual} {pair.said} {own.evidence or '' if own else ''}"
    if _NO_COMPLAINT.search(told):
        return "满意度以“没有投诉”代替，没有开展调查"
    counted = own is not None and own.by_register and own.known
    return None if counted or _SURVEY.search(told) else "没有满意度调查的记录或佐证"


@rule("重复计分", "同一指标又作产出又作效益的，只计一次", Quality.COMPLETE, keeps_bp=0)
def counted_twice(pair: Pair, among: Sequence[Pair]) -> str | None:
    """The same indicator as output and as benefit: one counts."""
    for earlier in among:
        if earlier is pair:
            return None
        both = (first_level(earlier.theirs), first_level(pair.theirs))
        same = spelled(earlier.theirs.level3) == spelled(pair.theirs.level3)
        if same and both[0] is not both[1]:
            return f"与“{both[0] or earlier.theirs.level1}”中的同名指标重复，只计一次"
    return None


@rule("超额过多", "完成率超过130%的，提示目标偏低", Quality.TRUE)
def over_attained(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """Attained by far: the target may have been set too low; noted, not taken."""
    upward = pair.target.operator in (Operator.GE, Operator.GT)
    reached = completion(pair.target, pair.actual) if upward else None
    return f"完成率{_rate(reached)}，目标可能偏低" if reached and reached > OVER else None


@rule("未达标得满分", "未达到目标的，按完成比例计分", Quality.ARITHMETIC)
def below_target_with_full_marks(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """By its own words short of the target, yet with all of its marks."""
    weight, score = pair.weight_centi, pair.score_centi
    reached = completion(pair.target, pair.actual)
    if not weight or score is None or reached is None or reached >= 1:
        return None
    aim = pair.own.raw_target if pair.own else pair.theirs.raw_value
    if score < weight:
        return None
    return f"实际“{pair.actual}”未达到目标“{aim}”，却得满分{write_points(weight)}分"


@rule("得分与完成比例不符", "得分＝分值×完成比例", Quality.ARITHMETIC)
def score_off_formula(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """The score is not weight × completion (完成比例), by the form's own actual value."""
    weight, score = pair.weight_centi, pair.score_centi
    reached = completion(pair.target, pair.actual)
    if weight is None or score is None or reached is None or (reached < 1 and score >= weight):
        return None  # full marks below target are a fault of their own
    due = marks(weight, min(reached, Fraction(1)))
    if abs(due - score) <= SLACK_CENTI or reached > OVER:
        return None
    share = _rate(min(reached, Fraction(1)))
    return (
        f"完成比例{share}，按分值{write_points(weight)}分应得{write_points(due)}分，"
        f"自评{write_points(score)}分"
    )


@rule("得分超过分值", "得分不超过分值", Quality.ARITHMETIC)
def score_beyond_weight(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """No indicator earns more than its marks."""
    weight, score = pair.weight_centi, pair.score_centi
    if weight is None or score is None or score <= weight:
        return None
    return f"得{write_points(score)}分，超过分值{write_points(weight)}分"


@rule("分值、得分看不懂", "分值和得分写数字", Quality.ARITHMETIC)
def marks_unread(pair: Pair, among: Sequence[Pair]) -> str | None:
    """A weight or a score is no number, or is left blank where others have one."""
    for label, own, all_of_them in (
        ("分值", pair.theirs.weight, [each.theirs.weight for each in among]),
        ("得分", pair.score, [each.score for each in among]),
    ):
        if marks_are_unread(own):
            return f"{label}写作“{own.strip()}”，不是分数"
        if not own.strip(_DASHES) and any(read_weight(each) is not None for each in all_of_them):
            return f"没有写{label}"
    return None


@rule("没有完成值", "得分的写明完成值", Quality.COMPLETE)
def actual_missing(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """Marks are claimed, and nothing says for what."""
    claimed = pair.score_centi and is_empty(pair.actual.replace("数据", ""))
    return f"得{write_points(pair.score_centi or 0)}分而没有写完成值" if claimed else None


@rule("完成值与台账不符", "以台账、填报记录为准", Quality.TRUE)
def actual_differs(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """The registers have another value than the form."""
    own = pair.own
    if own is None or not own.known or own.actual_text is None:
        return None
    if own.exact is None:
        same = spelled(own.actual_text) == spelled(pair.actual)
        return None if same else f"自评填“{pair.actual or '空'}”，填报记录为“{own.actual_text}”"
    unit = pair.target.unit
    other = differs(pair.actual, own.exact, unit)
    if other is False:
        return None
    ours = f"台账为“{own.actual_text}”"
    if other is None:
        return f"自评填“{pair.actual or '空'}”，不是可比的数；{ours}"
    return f"自评填“{pair.actual}”，{ours}"


@rule("指标值与批复不符", "自评用批复的目标", Quality.COMPLETE)
def target_changed(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """The form's target is not the approved one, by which everything is judged."""
    own = pair.own
    if own is None or spelled(_signed(pair.theirs.raw_value)) == spelled(_signed(own.raw_target)):
        return None
    return f"指标值写作“{pair.theirs.raw_value}”，批复的是“{own.raw_target}”；按批复的目标复核"


@rule("指标改名", "指标名称与批复的一致", Quality.COMPLETE)
def renamed(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """The indicator stands under another name than the approved one."""
    if pair.own is None or not pair.renamed:
        return None
    return f"名称与批复的“{pair.own.name}”不同"


@rule("批复之外的指标", "自评按批复的指标", Quality.COMPLETE)
def added(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """The indicator is not among the approved ones."""
    return "批复的绩效目标中没有这个指标" if pair.own is None else None


@rule("成本指标方向反了", "成本指标用“≤”", Quality.ARITHMETIC)
def cost_at_least(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """A cost is kept, not reached: ≥ rewards spending."""
    cost = second_level(pair.theirs) is SecondLevel.COST
    money = "元" in (pair.theirs.raw_value + (pair.target.unit or ""))
    upward = pair.target.operator in (Operator.GE, Operator.GT)
    return "成本指标写成“≥”，超支反而达标" if cost and money and upward else None


@rule("扣分没有原因", "扣分的写明原因和改进措施", Quality.EXPLAINED)
def reason_missing(pair: Pair, _all: Sequence[Pair]) -> str | None:
    """Marks were lost and no reason is given."""
    weight, score = pair.weight_centi, pair.score_centi
    reason = pair.theirs.filled.reason.strip() if pair.theirs.filled else ""
    if not weight or score is None or score >= weight or reason in DITTO or not is_empty(reason):
        return None
    if reason:
        return f"扣{write_points(weight - score)}分而原因只写“{reason}”"
    return f"扣{write_points(weight - score)}分而没有说明原因"


def marks_are_unread(text: str) -> bool:
    """Tell whether a weight or a score says something that is no number; a dash says nothing."""
    return bool(text.strip(_DASHES)) and read_weight(text) is None


def _rate(share: Fraction) -> str:
    return share_beside(share.numerator, share.denominator, [Fraction(100), 100 * OVER])


def _signed(raw: str) -> str:
    """Write the signs of a target as letters, which `spelled` keeps."""
    for sign, letter in (("≥", "ge"), (">=", "ge"), ("≤", "le"), ("<=", "le"), (">", "gt")):
        raw = raw.replace(sign, letter)
    return raw.replace("<", "lt").replace("%", "pc").replace("％", "pc").replace(".", "p")
