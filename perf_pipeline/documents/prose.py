"""Indicators in sentences: "群众满意度达95%", "≥3种", "零脱漏管", in the department's own prose.

A sentence is cut into clauses; a clause that ends in a value is an indicator, named by the words
before the value. 满意度、知晓率≥90% are two indicators, as are 受理率和答复率达到95%以上.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from perf_pipeline.documents.model import Confidence, DepartmentIndicator, Paragraph
from perf_pipeline.domain.target_grammar import parse_target

_PART = re.compile(r"^[一二三四五六七八九十]+、(?P<title>.+)$")
_SECTION = re.compile(r"^[（(](?:[一二三四五六七八九十]+|\d+)[)）]\s*(?P<title>.+)$")
_SUBSECTION = re.compile(r"^\d+[.．、]\s*(?P<title>[^。；，]{2,20})$")
_GOALS = re.compile(r"^(?:绩效目标|总体目标|绩效指标)[：:]\s*(?P<text>.+)$")
_SAFEGUARDS = "保障措施"

_VALUE = re.compile(
    r"(?P<value>(?:需?达到?|不低于|不少于|不超过|不高于|至少|≥|≤|>=|<=|＞|＜|>|<)?\s*"
    r"\d+(?:\.\d+)?\s*(?:%|％|次|种|个|起|件|人次|人|户|场|份|张|册|天|日|元|万元)"
    r"(?:以上|以下|以内|及以上)?)"
)
_ZERO = re.compile(r"(?P<value>[零0](?P<what>[一-鿿]{2,6}))$")
_QUOTED_ZERO = re.compile(r"[“\"](?P<value>(?:零|无|0)(?P<what>[一-鿿]{2,8}))[”\"]")
_STANDARD = re.compile(r"^(?P<value>达到[一-鿿]{1,6}(?:标准|要求)[一-鿿]{0,2})$")
_METRIC = "[一-鿿]{2,6}[率度]"
# the words before 的 belong to both: 群众的满意度、知晓率
_TWO_METRICS = re.compile(rf"^(?P<stem>.*的|.*?)(?P<a>{_METRIC})[、和与](?P<b>{_METRIC})$")
_VERBS = re.compile(r"^(?:实现|做到|确保|及时办理|通过|保证|力争|争取)")
_METRIC_END = re.compile(r"[率度数]$")
SHORTEST_NAME = 4  # 办结率 alone does not say of what


@dataclass(frozen=True)
class _Found:
    name: str
    raw_value: str


def read_prose(paragraphs: list[Paragraph], fiscal_year: int | None) -> list[DepartmentIndicator]:
    """Read the department's indicators from its goals and lines of work.

    The safeguards (保障措施) that follow the goals hold none. A name stands once in a section.
    """
    section, found = "", []
    for paragraph in paragraphs:
        text = paragraph.text.strip()
        if part := _PART.match(text):
            if _SAFEGUARDS in part["title"]:
                break
            section = part["title"]
            continue
        if heading := _SECTION.match(text):
            section = _without_number(heading["title"])
            continue
        if heading := _SUBSECTION.match(text):
            section = heading["title"].strip()
            continue
        goals = _GOALS.match(text)
        for sentence in _sentences(goals["text"] if goals else text):
            for each in _in_sentence(sentence):
                target = parse_target(each.raw_value, fiscal_year=fiscal_year)
                found.append(
                    DepartmentIndicator(
                        section,
                        each.name,
                        each.raw_value,
                        target,
                        sentence,
                        paragraph.where,
                        Confidence.GUESSED,
                    )
                )
    return _once_a_section(found)


def _once_a_section(found: list[DepartmentIndicator]) -> list[DepartmentIndicator]:
    kept: dict[tuple[str, str, str], DepartmentIndicator] = {}
    for indicator in found:
        kept.setdefault((indicator.section, indicator.name, indicator.raw_value), indicator)
    return list(kept.values())


def _without_number(title: str) -> str:
    return re.sub(r"^\d+[.．、]\s*", "", title).strip().rstrip("。")


def _sentences(text: str) -> Iterator[str]:
    for sentence in re.split(r"[。；;]", text):
        if sentence.strip():
            yield sentence.strip()


def _in_sentence(sentence: str) -> Iterator[_Found]:
    for quoted in _QUOTED_ZERO.finditer(sentence):
        yield _Found(quoted["what"], quoted["value"])
    previous = ""
    for clause in re.split(r"[，,]", sentence):
        clause = clause.strip()
        yield from _in_clause(clause, previous)
        previous = clause


def _in_clause(clause: str, previous: str) -> Iterator[_Found]:
    if standard := _STANDARD.match(clause):
        made = _VALUE.sub("", previous)
        yield _Found(_VERBS.sub("", made).removeprefix("创建"), standard["value"])
        return
    if zero := _ZERO.search(clause):
        yield _Found(zero["what"], zero["value"])
        return
    value = _last_value(clause)
    if value is None:
        return
    raw = re.sub(r"\s", "", value["value"])
    before, after = clause[: value.start()].strip(), clause[value.end() :].strip()
    if after and re.match(r"[）)」”\"]", after):
        return  # a number in brackets or quotes explains, it does not promise
    name = _name(before + after, previous)
    if not name:
        return
    two = _TWO_METRICS.match(name)
    if two:
        yield _Found(two["stem"] + two["a"], raw)
        yield _Found(two["stem"] + two["b"], raw)
    else:
        yield _Found(name, raw)


def _last_value(clause: str) -> re.Match[str] | None:
    found = list(_VALUE.finditer(clause))
    return found[-1] if found else None


def _name(words: str, previous: str) -> str:
    """Name an indicator: the words at the value, with those before the comma where needed."""
    name = _VERBS.sub("", words).strip("：:的")
    before = _VERBS.sub("", previous).strip()
    if _METRIC_END.search(before) and not _VALUE.search(before) and not _METRIC_END.search(name):
        return before  # 普法工作覆盖率，在各个领域的普及情况达到90%
    if len(name) < SHORTEST_NAME and before and not _VALUE.search(before):
        return before + name  # 办理三级交办信访事项,办结率达到100%
    return name
