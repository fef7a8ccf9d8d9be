"""Proposing a measure for an indicator by likeness of names, for a person to confirm.

A proposal is never used by itself: it stands beside the empty cell of the map that a person
fills. Likeness is that of the indicator's name to the measure's label, and how much of the label
the indicator's surroundings (project or line of work) speak of, so that 群众满意度 of a project
about 雪亮工程 finds 雪亮工程满意度. A measure of which the indicator and its surroundings name
nothing but what all trades have (满意度, 完成率, 次数) is another trade's, and is never offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from perf_pipeline.domain.bare_bound import DIRECTIONS, bounded
from perf_pipeline.domain.behaviour import deduce_behaviour, deduce_year_rule, unit_for_each
from perf_pipeline.domain.name_words import looks_bad
from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.domain.year_rule import YEAR_RULE_OF_LABEL, YearRule
from perf_pipeline.library.indicators import LibraryIndicator
from perf_pipeline.measures.catalogue import MEASURES, measure
from perf_pipeline.measures.coverage import MappedIndicator
from perf_pipeline.measures.expected import registers_behind
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.measure_declaration import MeasureDeclaration as Measure

OFFERED = 3
LEAST = 30  # below, names have hardly more in common than 率 or 数量
# what measures of all trades are called; each pair of letters of it tells no trade
OF_ALL_TRADES = (
    *("群众满意度", "满意率", "知晓率", "覆盖率", "完成率", "成功率", "办结率", "受理率", "答复率"),
    *("解决率", "接待率", "审批率", "完好率", "按期办结率", "按期受理率", "及时受理率"),
    *("工作满意度", "工作知晓率", "活动次数", "发放数量", "种类", "次数", "金额", "每户"),
    *("台账", "记录", "调查", "上级", "情况"),
)


@dataclass(frozen=True)
class Proposal:
    """A measure that an indicator may mean; confidence (把握) is 0 to 100."""

    measure: Measure
    confidence: int


def propose(
    name: str, surroundings: str, measures: Sequence[Measure] = MEASURES
) -> tuple[Proposal, ...]:
    """Return the likeliest measures for an indicator, best first; none where none is like it."""
    spoken_of = _pairs(surroundings) | _pairs(name)
    found = []
    for each in measures:
        named = _pairs(each.label)
        shared = 100 * len(named & spoken_of) / len(named) if named else 0.0
        confidence = round((2 * fuzz.ratio(name, each.label) + shared) / 3)
        if confidence >= LEAST and _trade(each) & spoken_of:
            found.append((-confidence, -shared, each.code, Proposal(each, confidence)))
    return tuple(proposal for *_, proposal in sorted(found, key=lambda each: each[:3])[:OFFERED])


def _trade(measure: Measure) -> frozenset[str]:
    """Return the pairs of letters that tell a measure's trade: in its label or its registers'."""
    labels = (measure.label, *(register(name).label for name in registers_behind(measure.code)))
    everywhere = frozenset[str]().union(*map(_pairs, OF_ALL_TRADES))
    return frozenset[str]().union(*map(_pairs, labels)) - everywhere


def propose_year_rule(indicator: MappedIndicator) -> YearRule:
    """Return the year rule (年度口径) that the map says, or the one to propose in its template."""
    if indicator.year_rule is not None:
        return YEAR_RULE_OF_LABEL[indicator.year_rule]
    aim = indicator.target
    about = (str(aim.kind), aim.operator, aim.value, aim.unit, indicator.name)
    behaviour = indicator.behaviour or str(
        deduce_behaviour(*about, indicator.raw_target, indicator.level)
    )
    suggested = deduce_year_rule(behaviour, *about, indicator.raw_target)
    if suggested is YearRule.EVERY or indicator.by_hand or indicator.uncovered:
        return suggested
    return measure(indicator.measure or "").year


def propose_direction(indicator: MappedIndicator, known: LibraryIndicator | None) -> str:
    """Return which side of a bare target (343个) is good, marked where its name does not tell.

    What the name leaves open the library may know. Else only what looks bad is guessed, for a
    person to confirm: a guess without ground would be copied.
    """
    bare = indicator.target
    if bare.kind is not TargetKind.NUMBER or bare.operator is not Operator.EQ:
        return ""
    if indicator.direction is not None:
        return indicator.direction
    named = {operator: label for label, operator in DIRECTIONS.items()}
    unit = unit_for_each(bare.unit, indicator.name)
    about = (indicator.name, indicator.level, indicator.raw_target)
    side = bounded(replace(bare, unit=unit), *about).operator or Operator.EQ
    if indicator.behaviour == Behaviour.COST:
        side = Operator.LE
    if side in named:
        return named[side]
    guess = "反向" if looks_bad(indicator.name) else "正向或反向"
    guess = named.get(known.direction, guess) if known else guess
    return f"{guess}？名称说不清，请核对后填写"


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
