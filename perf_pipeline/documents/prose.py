"""Indicators in sentences: "群众满意度达95%", "≥3种", "零脱漏管", in the department's own prose.

A sentence is cut into clauses; a value in a clause is an indicator, named by the words before it.
满意度、知晓率≥90% are two indicators, as are 受理率和答复率达到95%以上 and 培训10期、800人次.
What a sentence tells of the past, of budgets or of the department itself is no promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from perf_pipeline.documents.column_words import names_level
from perf_pipeline.documents.labels import without_blanks
from perf_pipeline.documents.model import Confidence, Indicator, Paragraph
from perf_pipeline.documents.packed_cells import with_room_of_name
from perf_pipeline.domain.target_grammar import FoundValue, find_values, parse_target

_PART = re.compile(r"^[一二三四五六七八九十]+、(?P<title>.+)$")
_HEADING = re.compile(
    r"[（(](?:[一二三四五六七八九十]+|\d+)[)）]\s*.+|\d+[.．、]\s*[^。；，]{2,20}"
)
_OUTER_NUMBER = re.compile(r"^[（(](?:[一二三四五六七八九十]+|\d+(?=[)）]\d+[.．、]))[)）]\s*")
_NUMBER = re.compile(r"[（(]?(?P<number>\d{1,2})(?:[)）、]|[.．](?P<figures>(?=\d))?)\s*")
_GOALS = re.compile(
    r"^(?:(?:绩效|总体|年度|预期|工作)目标|(?:年度)?绩效指标|主要指标)[：:]\s*(?P<text>.+)$"
)
_SAFEGUARDS = "保障措施"

_NO_FAULT = "(?:零|无|0)(?P<what>[一-鿿]{2,8})"
_ZERO = re.compile(r"(?<![\d.,])(?P<value>[零0](?P<what>[一-鿿]{2,6}))$")
_QUOTED_ZERO = re.compile(rf"[“\"](?P<value>{_NO_FAULT})[”\"]")
_WHAT = "(?:一起|一例)?(?P<what>[一-鿿]{2,20})"
_NEVER = (
    re.compile(
        "^(?:确保|保证|实现|做到|杜绝|争取|力争|力求|努力)"
        f".*?(?P<value>(?:无|未发生|未出现|不发生|不出现|杜绝){_WHAT})$"
    ),
    re.compile(f"(?P<value>(?<![暂尚若如])不(?:再)?(?:发生|出现){_WHAT})$"),
)
_IF = re.compile("^(?:如(?![期实])|若|倘|假如|一旦|只要|凡|除非|当)|前提|情况下|基础上|条件下")
_STANDARD = re.compile(r"^(?P<value>达到[一-鿿]{1,6}(?:标准|要求)[一-鿿]{0,2})$")
_AS_BEFORE = re.compile(
    r"(?P<value>(?:不低于|不少于|不高于|不超过|高于|低于|优于)(?:上年|去年|全[国省市县区]平均)[一-鿿]{0,4})$"
)
_METRIC = "[一-鿿]{2,6}[率度]"
# the words before 的 belong to both: 群众的满意度、知晓率; else those before the short name 办结率
_TWO_METRICS = re.compile(
    rf"^(?:(?P<owner>.*的)(?P<long>{_METRIC})|(?P<stem>.*?)(?P<short>(?:及时|按期|按时)?[一-鿿]{{2}}[率度]))"
    rf"[、和与](?P<second>{_METRIC})$"
)
_EACH = re.compile("(?:均|都|各|分别)$")
_VERBS = re.compile(r"^(?:(?:实现|做到|确保|及时办理|通过|保证|力争|争取|努力|将|把|使)+)")
_METRIC_END = re.compile(r"[率度数]$")
_LINKS = "、和与及，, "
_DESCRIBED = re.compile("^(?:对|为|向|围绕|针对)")  # 对12个镇街开展督导 counts what there is
_LABEL = re.compile(r"^(?:[^:：]{1,8}[:：]|其中|目标\d*|指标\d*)+(?=[^:：]{2})")
_TWO_LEVELS = re.compile(
    "(?:产出|成本|效益|效果|满意度)指标[（(\\d分)）]*[数质时成经社生可服][一-鿿]{1,8}指标"
)
MOST_PIECES = 3  # of a sentence that blanks were put into: 开展宣传 12场次 以上
SHORTEST_NAME = 4  # 办结率 alone does not say of what

_PAST = re.compile(
    r"(?<![较比于同])(?:上年|去年|上一年)|截至|截止|目前|近年来|已(?!接入)|共办理|共受理|累计完成"
)
_AHEAD = re.compile("今年|本年|全年|计划|力争|争取|确保|目标|要求")
_OF_ITSELF = re.compile(
    r"现有|实有|共有|设有|下设|内设|下辖|编制|在编|在职|退休|总人口|总面积|占地"
)
_BUDGET = re.compile(r"预算|收入|支出|资金|经费|拨款|投资|合同|总价|工资|奖金|安排")
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")


class _Found(NamedTuple):
    name: str
    raw_value: str


def read_prose(paragraphs: list[Paragraph], fiscal_year: int | None) -> list[Indicator]:
    """Read the department's indicators from its goals and lines of work.

    The safeguards (保障措施) that follow the goals hold none. A name stands once in a section.
    """
    section, found = "", []
    plain = _without_numbers([paragraph.text.strip() for paragraph in paragraphs])
    for paragraph, said in zip(paragraphs, plain, strict=True):
        text = paragraph.text.strip()
        if part := _PART.match(text):
            if _SAFEGUARDS in part["title"]:
                break
            section = part["title"]
            continue
        may_head, of_goal = _HEADING.fullmatch(text), text.lstrip("（(")[:1].isdigit()
        text = said.rstrip("。；;")
        if may_head:
            value = find_values(text) if of_goal else _ends_with_value(text)
            states = bool(value) or re.search("[，。；]", text) is not None
            if not states or not of_goal:
                section = text
            if not states:
                continue
        goals = _GOALS.match(text)
        sentences = re.split(r"[。；;]", goals["text"] if goals else text)
        for sentence in filter(None, map(str.strip, sentences)):
            for name, raw in _in_sentence(sentence, fiscal_year):
                target = parse_target(raw, fiscal_year=fiscal_year)
                says = Indicator(name, raw, target, paragraph.where, Confidence.GUESSED)
                found.append(replace(says, section=section, evidence=sentence))
    once: dict[tuple[str, str, str], Indicator] = {}
    for each in found:
        once.setdefault((each.section, each.level3, each.raw_value), each)
    return list(once.values())


def is_row(text: str) -> bool:
    """Tell a row of a table whose lines are lost: levels, or several cells with blanks between."""
    cells = text.split()
    if "。" in text or not cells:
        return False
    if _TWO_LEVELS.search(text) or (len(cells) > 1 and names_level(cells[0])):
        return True
    values = sum(_ends_with_value(cell, whole=True) for cell in cells)
    wide = len(re.split(r"\t|\s{2,}", text.strip())) > 2
    return values > 1 or (values == 1 and (wide or len(cells) > MOST_PIECES))


def _ends_with_value(text: str, *, whole: bool = False) -> bool:
    """Tell whether a text ends with a value that has a sign or a unit, or is no more than that."""
    found = find_values(text.strip())
    last = found[-1] if found else None
    if last is None or last.end < len(text.strip()) or re.fullmatch(r"[\d.,]+", text.strip()):
        return False
    return last.start == 0 or not whole


def _without_numbers(texts: Sequence[str]) -> list[str]:
    """Leave out the numbers before paragraphs.

    1.2万亩 may be 1. 2万亩: such a point is the number's where those around it count up to it.
    """
    plain: list[str] = []
    before = 0
    texts = [_OUTER_NUMBER.sub("", text) for text in texts]
    found = [_NUMBER.match(text) for text in texts]
    for text, (match, following) in zip(texts, pairwise([*found, None]), strict=True):
        own = int((match and match["number"]) or 0)
        clear = match is not None and match["figures"] is None
        second = following is not None and following["figures"] is None and following["number"]
        counted = (own > 1 and own == before + 1) or (own == 1 and second == "2")
        if match is not None and (clear or counted):
            text, before = text[match.end() :], own
        plain.append(text)
    return plain


def _in_sentence(sentence: str, fiscal_year: int | None) -> Iterator[_Found]:
    for quoted in _QUOTED_ZERO.finditer(sentence):
        if parse_target(quoted["value"]).value == "0":
            yield _Found(quoted["what"], quoted["value"])
    previous, year, past = "", fiscal_year, False
    for clause in re.split(r"[，,](?!\d{3}(?!\d))", sentence):
        clause = without_blanks(clause)  # 造林 1.5万亩 以上
        year = max(map(int, _YEAR.findall(clause)), default=year)
        past = bool(_PAST.search(clause)) or (past and not _AHEAD.search(clause))
        of_this_year = fiscal_year is None or year is None or year >= fiscal_year
        if of_this_year and not past and not _OF_ITSELF.search(clause):
            yield from _in_clause(clause, previous)
        previous = clause


def _in_clause(clause: str, previous: str) -> Iterator[_Found]:
    if standard := _STANDARD.match(clause):
        made = _without_values(previous)
        yield _Found(_VERBS.sub("", made).removeprefix("创建"), standard["value"])
        return
    for form in (_ZERO, *_NEVER):
        none = form.search(clause)
        if none and not _IF.search(clause) and parse_target(none["value"]).value == "0":
            yield _Found(none["what"], none["value"])
            return
    if compared := _AS_BEFORE.search(clause):
        yield from _named(_name(clause[: compared.start()], previous), [compared["value"]])
        return
    values = _promises(clause)
    if values:
        yield from _each_value(clause, previous, values)


def _promises(clause: str) -> list[FoundValue]:
    """Return the values of a clause that promise something.

    Before the last one, what is counted only describes: 3个 in 完成3个社区5000亩农田建设.
    """
    found = find_values(clause)
    last = found[-1] if found else None
    return [
        value
        for value in found
        if (value.bounded or not (value.money and _BUDGET.search(clause)))
        and (value.bounded or not _DESCRIBED.search(clause))
        and not re.match(r"[）)」”\"〕\]]", clause[value.end :])
        and not (clause[: value.start].endswith("的") and not value.bounded)
        and (value is last or value.bounded or clause[value.end : value.end + 1] in _LINKS)
    ]


def _each_value(clause: str, previous: str, values: list[FoundValue]) -> Iterator[_Found]:
    raws = [re.sub(r"\s", "", clause[value.start : value.end]) for value in values]
    before = clause[: values[0].start].strip()
    rest = clause[values[-1].end :].strip()
    together = all(not clause[a.end : b.start].strip(_LINKS) for a, b in pairwise(values))
    if together:  # 培训10期、800人次; 受理率、办结率分别达到95%、98%
        after = rest if len(values) == 1 else ""
        yield from _named(_name(before + after, previous), raws)
        return
    start = 0
    for value, raw in zip(values, raws, strict=True):
        words = clause[start : value.start].strip(_LINKS)
        after = rest if value is values[-1] else ""
        name = _name(words + after, previous)
        yield from _named(name, [raw])
        previous, start = name, value.end


def _named(name: str, raws: list[str]) -> Iterator[_Found]:
    """Give each metric its value: one for both (均达到95%), or one each (分别达到95%、98%)."""
    name = _EACH.sub("", name)
    if len(name) < 2:
        return
    two = _TWO_METRICS.match(name)
    stem = (two["owner"] or two["stem"]) if two else ""
    names = [stem + (two["long"] or two["short"]), stem + two["second"]] if two else [name]
    if len(names) == len(raws):
        pairs = list(zip(names, raws, strict=True))
    else:
        pairs = [(each, raw) for each in names for raw in raws]
    yield from (_Found(each, with_room_of_name(each, raw)) for each, raw in pairs)


def _without_values(text: str) -> str:
    for value in reversed(find_values(text)):
        text = text[: value.start] + text[value.end :]
    return text


def _name(words: str, previous: str) -> str:
    """Name an indicator: the words at the value, with those before the comma where needed."""
    name = _VERBS.sub("", _LABEL.sub("", words)).strip("：:的")
    before = _VERBS.sub("", _LABEL.sub("", previous)).strip()
    if find_values(before):
        before = ""
    if _METRIC_END.search(before) and not _METRIC_END.search(name):
        return before  # 普法工作覆盖率，在各个领域的普及情况达到90%
    if len(name) < SHORTEST_NAME and before:
        return before + name  # 办理三级交办信访事项,办结率达到100%
    return name
