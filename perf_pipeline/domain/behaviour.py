"""How an indicator moves within the year, and how its periods make the year's value.

Both are deduced from the target where nobody has said so.
"""

from __future__ import annotations

import re

from perf_pipeline.domain.bare_bound import bound_of_bare, is_spent
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.target import CEILINGS, FLOORS, NUMBERS, Operator, TargetKind
from perf_pipeline.domain.target_grammar.measure_words import is_time
from perf_pipeline.domain.year_rule import YearRule

# a mean of spans of time or of cases, which no adding up of periods makes; what is told for each
# person or of a year (人均增收, 年均培训) grows through the year
_AVERAGED = re.compile(  # not 周均衡化学校数, nor 达到全省平均水平的村数
    r"(?:[日天周旬月季]人?|[次件例笔场])均(?![衡匀])|均价|人均[日周月]|(?<![人户亩村镇乡年])平均"
    r"(?!(?<=[省市国县区州业]平均)水平|[每各]?(?:人|户|亩|村|镇|乡|社区|年))"
)
_EACH = "人(?!次)|户|亩|村|社区|镇|乡|床|(?<![学师新考医])生|[日天周旬月季]"
_OF_EACH = re.compile(  # 生均经费 and 平均每户增收, but not 人均收入超过2万元的户数
    rf"(?:平均每个?(?P<of>{_EACH})|(?P<each>{_EACH})平?均(?![衡匀]))"
    r"(?!.*(?:达标|达到|超过|高于|低于|以上|以下).*[人户村镇乡]数)"
)
_PRICED = re.compile("[单造]价|单位成本")
_ADDS_UP = re.compile("累计|总|停[电水机]|中断|天数")  # lengths of time that make a year's
# what is brought about once: a 否 before it is done breaks nothing
_BROUGHT_ABOUT = re.compile(
    "完成|验收|建成|竣工|交付|投入使用|出台|制定|编制|印发|建立|成立|组建|通过|开通|上线|签订|创建|获得|取得|"
    "评为|达标|结项|结题|立项|尾款|挂牌"
)
# what there is of something on a day, told for each of those who share it (人均公园绿地面积)
_HELD_BY_EACH = re.compile(
    "(?:^每|[人户亩村镇乡生]均).*(?<!新增|完成|改造|建设|整治|种植)"
    "(?:面积|绿地|床位|保有|拥有|占有|藏[书量]|图书|存量|储备|余额|住房|车位|公厕|厕所|设施|里程"
    "|教师|医[生师]|护士|警力|网格员)"
)
# shares of what there is on a day, which no adding up of periods makes
_AS_IT_STANDS = re.compile(
    "覆盖率|参保率|占比|比例|比重|普及率|知晓率|入学率|连通|在册|持有|保有|达标率|普查率"
)

# what is asked for again in each span shorter than a year, and adds up to no year's value
_EACH_SPAN = re.compile("/(?:半年|季度?|个?月|旬|周|天|日|小时|学期)(?![㐀-鿿])")
_DONE_AGAIN = re.compile("(?:[场期班人批]?次|场|期|批|趟|遍|轮|回|件|篇|个)/")


def deduce_behaviour(
    kind: str,
    operator: str | None,
    value: str | None,
    unit: str | None,
    name: str,
    raw: str = "",
    level: str = "",
) -> Behaviour:
    """Return the behaviour (年内表现) that a target's kind, unit, name and level suggest.

    A rate must hold at every checkpoint, and so must a mean, what is asked for each month and
    what each has of a stock (人均公园绿地面积); a count grows; a zero must stay zero; an amount or
    a price with an upper limit, and a bare one among the costs (成本指标), is a cost; yes/no,
    direction and date speak for themselves.
    """
    match kind:
        case TargetKind.NUMBER | TargetKind.RANGE:
            pass
        case TargetKind.DIRECTION:
            return Behaviour.DIRECTION
        case TargetKind.DATE:
            return Behaviour.ONE_OFF
        case _:
            return Behaviour.YES_NO
    unit = unit or ""
    if is_percent(unit) or value == "0" or _is_done_again(unit) or is_average(name, raw):
        return Behaviour.LEVEL
    bare = operator == Operator.EQ
    spent = not bare and operator not in FLOORS and is_spent(unit, name, level)
    bound = bound_of_bare(unit, name, level, raw=raw) if bare else None
    if operator in CEILINGS or spent or bound is Operator.LE:
        return Behaviour.COST
    rate = bound is Operator.EQ and "/" in unit  # 补助标准500元/人: as laid down
    if rate or _EACH_SPAN.search(unit) or _HELD_BY_EACH.search(name):
        return Behaviour.LEVEL
    return Behaviour.CUMULATIVE


def is_average(name: str, raw: str) -> bool:
    """Tell whether an indicator is a mean by its name or target: 月均≥4次, 平均响应时间."""
    return bool(_AVERAGED.search(name) or _AVERAGED.search(raw))


def unit_for_each(unit: str | None, name: str) -> str | None:
    """Return a target's unit with what its name says that it is for: 元/人 of 人均增收."""
    each = _OF_EACH.search(name)
    if each is None or not unit or "/" in unit or is_percent(unit):
        return unit
    return f"{unit}/{each['of'] or each['each']}"


def _is_done_again(unit: str) -> bool:
    return bool(_DONE_AGAIN.match(unit) and _EACH_SPAN.search(unit))


def deduce_year_rule(
    behaviour: str,
    kind: str,
    operator: str | None,
    value: str | None,
    unit: str | None,
    name: str,
    raw: str = "",
) -> YearRule:
    """Return the year rule (年度口径) that an indicator's target and name suggest.

    What must not happen (a zero), duties answered 是/否 and what is to be done in each month or
    quarter must hold in each period; what is brought about once, a direction, a grade, a date and a
    unit price are as last reported; counts add up; shares, means and waits (响应时间) are pooled,
    or stand as on the day.
    """
    if behaviour == Behaviour.ONE_OFF:
        return YearRule.LATEST
    if kind == TargetKind.YES_NO:
        return YearRule.LATEST if _BROUGHT_ABOUT.search(name) else YearRule.EVERY
    if kind not in NUMBERS:
        return YearRule.LATEST
    if value is not None and not value.strip("0.") and operator != Operator.GE:
        return YearRule.EVERY
    if is_average(name, raw) and not is_percent(unit):
        return YearRule.POOLED
    if _is_done_again(unit or "") or (is_percent(unit) and _EACH_SPAN.search(unit or "")):
        return YearRule.EVERY
    if is_percent(unit):
        return YearRule.STATE if _AS_IT_STANDS.search(name) else YearRule.POOLED
    if behaviour == Behaviour.COST:
        if is_time(unit) and not _ADDS_UP.search(name):
            return YearRule.POOLED
        return YearRule.LATEST if "/" in (unit or "") or _PRICED.search(name) else YearRule.TOTAL
    return YearRule.TOTAL if behaviour == Behaviour.CUMULATIVE else YearRule.STATE
