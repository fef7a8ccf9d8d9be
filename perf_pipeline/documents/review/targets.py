"""Single targets that cannot work: not measurable, wrong unit, sign or year, or far from last
year's actual value: far too easy or too hard, or a change where the name says a level.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from perf_pipeline.documents.model import Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis, lexicon
from perf_pipeline.documents.review.forms import (
    Rule,
    Said,
    Subjects,
    Test,
    Told,
    all_indicators,
    indicators,
    of_document,
    of_each,
)
from perf_pipeline.domain.name_words import Meaning, meaning_of
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import NUMBERS, Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import find_values, parse_target
from perf_pipeline.domain.target_grammar.signs import SIGN_OF

_AT_LEAST = (Operator.GE, Operator.GT)
_AT_MOST = (Operator.LE, Operator.LT)
_EXECUTION = re.compile(r"(?:预算|资金|支出|经费)(?:执行|支付|支出)(?:率|进度)$")
_PERCENT_IN_NAME = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)[%％]")
_SIGN = re.compile(r"[≥≧⩾>＞]|以上")  # 达到100% is how sentences say it
_OPINION = re.compile(r"满意|知晓率|知晓度|认可度")
_ABOUT = re.compile(
    r"(?:(?<![预合节公契条违集签邀续履特解失相简制缔])约为?|大概|大致)\s*\d"
    r"|\d[^\d，。；]{0,6}(?:左右|上下)$"
)
_NUMBERLESS_ZERO = re.compile(r"^\D*(?:零|无|不发生|未发生)|^0[^\d.]{2,}")


def names_execution(name: str) -> bool:
    """Tell whether an indicator is the execution rate (预算执行率) by another name."""
    return _EXECUTION.search(name) is not None


def _aims(document: TargetDocument) -> Iterator[tuple[str, Indicator]]:
    """Give the indicators that can be judged as a single target."""
    return ((of, each) for of, each in all_indicators(document) if each.level3 and each.raw_value)


def _numbers(document: TargetDocument) -> Iterator[tuple[str, Indicator]]:
    return ((of, each) for of, each in _aims(document) if each.target.kind in NUMBERS)


def _is_whole(target: Target) -> bool:
    return is_percent(target.unit) and target.number == 100


def _of_each(
    severity: Severity, rule: str, aims: Subjects[Indicator] = _numbers
) -> Callable[[Test[Indicator]], Rule]:
    """Make a rule of a test that says what is wrong with one target."""

    def make(test: Test[Indicator]) -> Rule:
        def named(aim: Indicator) -> Said:
            said = test(aim)
            return (_told(aim, said[0]), said[1]) if said else None

        return of_each(aims, severity, rule, test.__name__)(named)

    return make


def _told(aim: Indicator, wrong: str) -> str:
    return f"指标“{aim.level3}”的指标值“{aim.raw_value}”{wrong}"


@_of_each(Severity.WARNING, basis.MEASURABLE, _aims)
def target_unmeasurable(aim: Indicator) -> Said:
    """不断提高 cannot be met or missed; a state that a person can confirm can."""
    direction = aim.target.kind is TargetKind.DIRECTION
    if direction or (aim.target.kind is TargetKind.TEXT and _vague(aim.raw_value)):
        return "无法衡量", "改为可比较的数值（如“较上年提高5%”），或写明可核实的标准"
    return None


def _vague(raw: str) -> bool:
    """Tell words that nobody can confirm; a number that was not understood is not vague."""
    told = (re.compile(r"\d"), lexicon.VERIFIABLE, lexicon.TEMPLATE)
    return raw != "" and not any(words.search(raw) for words in told)


@_of_each(Severity.WARNING, basis.MEASURABLE)
def target_approximate(aim: Indicator) -> Said:
    """约120人次 sets no bound: it is judged as a bare 120 is."""
    if aim.target.operator is not Operator.EQ or not _ABOUT.search(aim.raw_value):
        return None  # 不少于约300人 has a bound
    return "是大约的数，没有写明界限", "写明界限，如“≥120人次”“≤3天”"


@_of_each(Severity.WARNING, basis.UNITS)
def rate_without_percent(aim: Indicator) -> Said:
    """A rate (率) is in per cent, or in whatever the name says."""
    unit, number = aim.target.unit or "", aim.target.number
    if not lexicon.RATE.search(aim.level3) or lexicon.NOT_PER_CENT.search(aim.level3):
        return None
    if lexicon.PER_CENT_UNITS.search(unit) or lexicon.names_unit(aim.level3):
        return None
    if number == 0 or ":" in aim.raw_value or "：" in aim.raw_value:
        return None
    if unit:
        return f"的单位是“{unit}”，名称却是比率", "改用百分比，或改写指标名称"
    number = number * 100 if number <= 1 else number
    sign = SIGN_OF.get(aim.target.operator or Operator.EQ, "").removesuffix("=")
    written = f"若指比率，写作“{sign}{number.normalize():f}%”"
    return "没有百分号，名称却是比率", written


@_of_each(Severity.WARNING, basis.UNITS)
def count_in_percent(aim: Indicator) -> Said:
    """A number of times (次数), people (人数) or things (数量) is not a percentage."""
    percent = is_percent(aim.target.unit) and not lexicon.COMPARED.search(aim.raw_value)
    if percent and lexicon.COUNTED.search(aim.level3):
        return "是百分比，名称却是个数", "改为绝对数，或把名称改为相应的比率"
    return None


@_of_each(Severity.WARNING, basis.UNITS)
def count_in_money(aim: Indicator) -> Said:
    """Nor is it an amount of money."""
    money = lexicon.MONEY_UNIT.search(aim.target.unit or "") is not None
    if money and lexicon.COUNTED.search(aim.level3):
        return "是金额，名称却是个数", "改为个、次、人等计数单位；若考核的是支出，改列成本指标"
    return None


@_of_each(Severity.WARNING, basis.UNITS)
def value_without_unit(aim: Indicator) -> Said:
    """343 of what? Scores, ranks and indices need no unit."""
    if aim.target.unit or lexicon.RATE.search(aim.level3):
        return None
    if lexicon.UNITLESS.search(aim.level3 + aim.raw_value):
        return None
    if lexicon.names_unit(aim.level3) or _NUMBERLESS_ZERO.search(aim.raw_value):
        return None
    named = (parse_target(aim.level3[each.start : each.end]) for each in find_values(aim.level3))
    if any(each.unit and each.value == aim.target.value for each in named):  # 变压器3台 | 3
        return None
    return "没有计量单位", f"补上单位，如“{aim.raw_value}个”“{aim.raw_value}次”"


@_of_each(Severity.ERROR, basis.FEASIBLE)
def rate_beyond_whole(aim: Indicator) -> Said:
    """A rate of the whole cannot pass 100%."""
    highest = Decimal(aim.target.upper or aim.target.value or 0)
    beyond = highest > 100 or (highest == 100 and aim.target.operator is Operator.GT)
    if beyond and is_percent(aim.target.unit) and lexicon.PART_OF_A_WHOLE.search(aim.level3):
        return "超过100%，不可能达到", "改为不超过100%的指标值"
    return None


@_of_each(Severity.INFO, basis.FEASIBLE)
def rate_at_least_whole(aim: Indicator) -> Said:
    """≥100% of a whole says = 100%, as if there could be more."""
    signed = aim.target.operator is Operator.GE and _SIGN.search(aim.raw_value)
    rate = lexicon.RATE.search(aim.level3) and not lexicon.BEYOND_A_WHOLE.search(aim.level3)
    if signed and rate and _is_whole(aim.target):
        return "写作“≥100%”，而该比率最多为100%", "写作“=100%”，或改为有余地的“≥”值"
    return None


@_of_each(Severity.INFO, basis.FEASIBLE)
def everybody_content(aim: Indicator) -> Said:
    """Nobody is liked by all, or known to all: such a 100% is not realistic."""
    upward = aim.target.operator in (*_AT_LEAST, Operator.EQ)
    if upward and _is_whole(aim.target) and _OPINION.search(aim.level3):
        return "要求人人满意或知晓，难以实现", "参照往年调查结果设定，如“≥90%”"
    return None


@_of_each(Severity.ERROR, basis.DIRECTION)
def sign_against_direction(aim: Indicator) -> Said:
    """满意度 ≤90% and 投诉率 ≥5% would praise the bad."""
    operator = aim.target.operator
    said = meaning_of(aim.level3)
    less = said is Meaning.LITTLE
    more = said is Meaning.SOUGHT and lexicon.MORE_IS_BETTER.search(aim.level3) is not None
    more = more and aim.target.number != 100  # ≤100% says nothing, but nothing wrong
    if (more and operator in _AT_MOST) or (less and operator in _AT_LEAST):
        bad, good, better = ("≤", "≥", "越高") if more else ("≥", "≤", "越低")
        return f"用“{bad}”，而该指标{better}越好", f"改用“{good}”"
    return None


@_of_each(Severity.WARNING, basis.CONSISTENT)
def name_says_otherwise(aim: Indicator) -> Said:
    """A name that says 达到100% and a value of ≥98% are two promises."""
    told = {Decimal(number) for number in _PERCENT_IN_NAME.findall(aim.level3)}
    values = {aim.target.number, Decimal(aim.target.upper or aim.target.number)}
    if told and is_percent(aim.target.unit) and not told & values:
        return "与名称中的百分比不同", "统一名称和指标值；名称里不写数值"
    return None


@_of_each(Severity.WARNING, basis.UNITS)
def units_at_odds(aim: Indicator) -> Said:
    """95% of 万元: a share and an amount in one value, or one in the name and one in the value."""
    named = lexicon.UNIT_IN_NAME.search(aim.level3)
    words = aim.raw_value + (aim.target.unit or "") + (named[0] if named else "")
    if re.search("[%％]", words) and re.search("[百千万亿]元", words):
        return "既有百分号又有金额单位", "只保留与指标所计量的事物一致的单位"
    return None


@of_document(Severity.WARNING, basis.YEARLY)
def date_outside_year(document: TargetDocument) -> Iterator[Told]:
    """A year's target is due within that year."""
    year = document.fiscal_year
    for project, each in _aims(document) if year else ():
        dated = each.target.kind is TargetKind.DATE
        if dated and date.fromisoformat(each.target.value or "").year != year:
            proposal = f"改为{year}年内的时间；跨年项目写当年应完成的进度"
            yield each.where, _told(each, f"不在{year}年度内"), proposal, project


@of_each(indicators, Severity.WARNING, basis.DIRECTION)
def count_at_most(each: Indicator) -> Said:
    """Of what is produced (产出数量) more is better: 培训次数 ≤4次 would praise doing nothing."""
    counted = lexicon.COUNTED.search(each.level3) and "数量" in each.level2
    bad = meaning_of(each.level3) is Meaning.LITTLE or lexicon.KEPT_FEW.search(each.level3)
    if each.target.operator not in _AT_MOST or not counted or bad:
        return None
    said = f"指标“{each.level3}”的指标值“{each.raw_value}”用“≤”，而产出数量一般越多越好"
    return said, "改用“≥”或“=”；确需限制数量的，在名称中写明，如“会议次数控制数”"


@of_each(indicators, Severity.INFO, basis.EXECUTION_SCORED)
def execution_as_indicator(each: Indicator) -> Said:
    """The execution rate is scored by itself; as an indicator it counts twice."""
    scored = any(word in each.level1 for word in ("执行", "资金", "过程", "投入"))
    if scored or not names_execution(each.level3):
        return None
    said = f"“{each.level3}”列为{each.level2 or each.level1}，而它已单独计分"
    return said, "删去，或换成反映成本控制的指标（如单位成本、成本节约率）"


class IndicatorName(NamedTuple):
    """What an indicator is called from year to year: a project's, or of a section."""

    project: str
    section: str
    name: str


Actuals = Mapping[IndicatorName, Fraction]  # 95% is 19/20

FAR_RATE = Fraction(1, 10)  # ten percentage points
FAR_COUNT = Fraction(3, 10)  # three tenths of what was reached


_CHANGE = re.compile("[较比](?:上年|去年|上一?年度)|同比|环比")
_NAMES_CHANGE = re.compile("增|减|升|降|幅|提高|变化|同比|环比|增速|涨")


@of_each(indicators, Severity.WARNING, basis.CONSISTENT)
def change_from_last_year(each: Indicator) -> Said:
    """签约率 | 较上年提高2个百分点: is 70% reported, or 2? A name that says 提高幅度 asks for 2."""
    changes = each.target.kind is TargetKind.NUMBER and _CHANGE.search(each.raw_value)
    if not changes or _NAMES_CHANGE.search(each.level3):
        return None
    said = (
        f"指标“{each.level3}”的指标值“{each.raw_value}”是与上年相比的变化，"
        "名称却是当年的水平，填报时不知该填哪一个"
    )
    return said, f"把名称改为“{each.level3}提高（降低）幅度”，或写出当年应达到的数值"


def far_from_last_year(actuals: Actuals) -> tuple[Rule, Rule]:
    """Make the rules that a target is not far from last year's actual value (上年实际完成值)."""
    easy, hard = (partial(_far, actuals, easy=each) for each in (True, False))
    return (
        Rule("target_too_easy", Severity.WARNING, basis.FEASIBLE, easy),
        Rule("target_too_hard", Severity.WARNING, basis.FEASIBLE, hard),
    )


def _far(actuals: Actuals, document: TargetDocument, *, easy: bool) -> Iterator[Told]:
    for project, each in all_indicators(document):
        target = each.target
        actual = actuals.get(IndicatorName(project, each.section, each.level3))
        if actual is None or target.kind is not TargetKind.NUMBER:
            continue
        rate = is_percent(target.unit)
        aim = Fraction(target.number) / (100 if rate else 1)
        far = FAR_RATE if rate else abs(actual) * FAR_COUNT
        at_most = target.operator in (Operator.LE, Operator.LT)
        if abs(aim - actual) > far and easy is ((aim > actual) if at_most else (aim < actual)):
            reached = f"上年实际完成值{_write(actual, target)}"
            judged = "偏低，不费力即可完成" if easy else "偏高，可能难以完成"
            said = f"指标“{each.level3}”的指标值“{each.raw_value}”与{reached}相差过大，{judged}"
            yield each.where, said, f"参照{reached}重新测算，或说明变化的理由", project


def _write(actual: Fraction, target: Target) -> str:
    value = actual * 100 if is_percent(target.unit) else actual
    rounded = Decimal(round(value * 100)) / 100
    return f"{rounded.normalize():f}{target.unit or ''}"
