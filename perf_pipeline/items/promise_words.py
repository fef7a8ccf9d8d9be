"""Reading a promise (承诺) as people write it: 6月底前加固57处, 年内支出不低于90万元.

A promise is one value, and perhaps the day by which. What could be read in two ways is not read:
how much more (再加固12处), about how much, hopes (力争), two figures, 6月前, two weeks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from perf_pipeline.domain.numerals import CHINESE, chinese_number, with_fractions
from perf_pipeline.domain.result_words import HOPED
from perf_pipeline.domain.target import Target, TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.domain.target_grammar.finding import find_values
from perf_pipeline.domain.target_grammar.measure_words import UNIT
from perf_pipeline.domain.target_grammar.signs import normalise

_MONTH = re.compile(f"(?P<month>[{CHINESE}]{{1,3}})月(?!份额)")
_YEAR = "(?:20[0-9]{2})"
_BEFORE = "(?:之前|以前|前|止|之内|以内|内|期间)?"
_DAY = re.compile(
    rf"(?:不超过|不晚于|不迟于|在|于|到|至|截至|截止)?(?P<day>(?:{_YEAR}年)?[0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号]|[上中下]旬|底|末|份)?|"
    rf"{_YEAR}[-./][0-9]{{1,2}}[-./][0-9]{{1,2}}|"
    rf"(?:{_YEAR}年)?第?[一二三四1-4]季度(?:底|末)?|(?:{_YEAR}年)?[上下]半年(?:底|末)?|"
    rf"{_YEAR}年(?:年?[底末])?|年[底末内]|本年度?|全年|当年|年度(?=内)){_BEFORE}"
)
_BARE_MONTH = re.compile("[0-9]月(?:之前|以前|前)")  # before June begins, or by its end?
_NEXT_YEAR = re.compile("明年|来年|次年|下年|去年|上年|往年|后年")
_RELATIVE = re.compile(
    "再|又|还|先|继续|另外?|追加|补[齐足]|剩余|剩下|余下|其余|还差|尚差|一半|翻番|倍|本月|下月|下个月|次月|当月|月月|"
    "[每各]|人均|逐[月年季]|同比|环比|[比较]|"
    "(?:新增|增加|提高|提升|增长|上升|下降|降低|减少|压减|压缩|缩短)(?!到|至|为)"
)
_ABOUT = re.compile("约|大概|左右|上下|将近|接近|近(?=[0-9])|[0-9十百千万][余多]|几|数十|若干")
_UNSURE = re.compile("预期|原则上|视|如果|若|待|可能|或")
_NOT = re.compile(
    "[不未无没](?!低于|少于|小于|超过|高于|多于|大于|得|能低于|能少于|突破|超|下于)|难以|难于"
)
_NUMERAL = re.compile(f"(?<![0-9.{CHINESE}])[{CHINESE}]+(?=(?:{UNIT.pattern}))")
# what is left of a day once the one that was read is taken out
_OTHER_DAY = re.compile("前|后|(?<![以之])内(?!容|部)|期间|[那届到]时|同步")
_PART = re.compile(f"尾款|余款|首付|预付|进度款|(?:进度|计划)的|其中|中的|的[{CHINESE}]成|部分")
_ODD = (_RELATIVE, _ABOUT, HOPED, _UNSURE, _NOT, _OTHER_DAY, _PART)
_DIGITS = re.compile("[0-9]+(?:[.,][0-9]+)*")
_CLAUSES = re.compile("[，,；;。\n]")


@dataclass(frozen=True)
class Promised:
    """What was promised: a number with its unit, and the day by which, where that is written."""

    target: Target
    by: date | None


def read_promise(text: str, fiscal_year: int) -> Promised | None:
    """Read one promise; None where it could mean something else."""
    said = with_fractions(normalise(_MONTH.sub(_in_figures, text)))
    if _BARE_MONTH.search(said) or _NEXT_YEAR.search(said):
        return None
    days = list(_DAY.finditer(said))
    if len(days) > 1:
        return None
    by, rest = None, said
    if days:
        due = parse_target(days[0]["day"], fiscal_year=fiscal_year)
        if due.kind is not TargetKind.DATE or due.value is None:
            return None
        by = date.fromisoformat(due.value)
        rest = said[: days[0].start()] + said[days[0].end() :]
    rest = rest.strip(",;。:、的将要应")
    if any(odd.search(rest) for odd in _ODD):
        return None
    rest = _NUMERAL.sub(lambda found: _figure(found[0]), rest)
    if len(_DIGITS.findall(rest)) > 1:
        return None
    target = parse_target(rest)
    if target.kind is not TargetKind.NUMBER or target.value is None:
        return None
    return Promised(target, by)


def promise_in(text: str, fiscal_year: int) -> tuple[str, date] | None:
    """Find the one promise with its day in a reason or measures, as its words and the day.

    None where there is none, or more than one.
    """
    found = []
    for clause in _CLAUSES.split(text):
        promised = read_promise(clause, fiscal_year)
        if promised is not None and promised.by is not None and find_values(clause):
            found.append((clause.strip(), promised.by))
    return found[0] if len(found) == 1 else None


def _in_figures(found: re.Match[str]) -> str:
    month = chinese_number(found["month"])
    return f"{month}月" if month and month <= 12 else found[0]


def _figure(numeral: str) -> str:
    number = chinese_number(numeral)
    return numeral if number is None else str(number)
