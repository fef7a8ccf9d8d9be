"""The values of a target document one by one: what was read, where, and how each is mended.

A value's address (项目2·指标3·指标值) says which one it is for as long as the document is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from perf_pipeline.documents.model import (
    Budget,
    Confidence,
    PlanPoint,
    Project,
    TargetDocument,
    Where,
)
from perf_pipeline.domain.money import parse_amount_fen
from perf_pipeline.domain.spending_plan import percent_of
from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.domain.target_grammar.signs import SIGN_OF

LONGEST_TEXT = 2_000
WAN = "（万元）"  # ends the label of an amount
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)[%％]")


@dataclass(frozen=True)
class Value:
    """A value as a person checks it; a correction is written as `written` is."""

    address: str
    project: str
    subject: str
    field: str
    written: str
    read_as: str
    where: str
    confidence: Confidence


@dataclass(frozen=True)
class Field:
    """A field of a project, plan point or indicator: how it is written, and how it is mended.

    `mend` takes the object, the corrected text and the fiscal year, and raises ValueError, in
    Chinese, for a text that it cannot read.
    """

    label: str
    write: Callable[[Any], str]
    mend: Callable[[Any, str, int | None], Any]
    read_as: Callable[[Any], str] = lambda _of: ""


def _text(label: str, name: str) -> Field:
    def mend(of: Any, text: str, _year: int | None) -> Any:
        return replace(of, **{name: text})

    return Field(label, lambda of: getattr(of, name) or "", mend)


def _amount(label: str, name: str) -> Field:
    def write(of: Project) -> str:
        fen = None if of.budget is None else getattr(of.budget, name)
        return "" if fen is None else f"{(Decimal(fen) / 1_000_000).normalize():f}"

    def mend(of: Project, text: str, _year: int | None) -> Project:
        fen = parse_amount_fen(text, "万元")
        if of.budget is None:
            if name != "total_fen":
                raise ValueError("请先填写预算数")
            return replace(of, budget=Budget(fen, None, None, of.where))
        changes: dict[str, Any] = {name: fen}
        return replace(of, budget=replace(of.budget, **changes))

    return Field(label, write, mend)


def _mend_share(of: PlanPoint, text: str, _year: int | None) -> PlanPoint:
    found = _SHARE.fullmatch(text)
    if found is None or Decimal(found[1]) > 100:
        raise ValueError("应为0%到100%之间的累计比例，如 50%")
    return replace(of, share=Decimal(found[1]).scaleb(-2))


def _mend_objectives(of: Project, text: str, _year: int | None) -> Project:
    lines = (line.strip() for line in text.splitlines())
    return replace(of, objectives=tuple(line for line in lines if line))


def _mend_target(of: Any, text: str, year: int | None) -> Any:
    target = parse_target(text, fiscal_year=year)
    if target.kind is TargetKind.TEXT:
        raise ValueError("读不出指标值；请写成 ≥95%、12场、是、10月底前 这样的形式")
    return replace(of, raw_value=text, target=target)


def say_target(target: Target) -> str:
    """Say how a target was understood: ≥ 95 %, 3000～5000 册, 2025-11-30 前, 无法衡量."""
    value, unit = target.value or "", target.unit or ""
    match target.kind:
        case TargetKind.NUMBER:
            return f"{SIGN_OF.get(target.operator or Operator.EQ, '=')} {value} {unit}".strip()
        case TargetKind.RANGE:
            return f"{value}～{target.upper} {unit}".strip()
        case TargetKind.DATE:
            return f"{value} 前"
        case TargetKind.TEXT:
            return "文字，无法比较"
        case TargetKind.DIRECTION:
            return f"趋势：{value}"
        case TargetKind.GRADE:
            return f"等级：{value}{'以上' if target.operator is Operator.GE else ''}"
        case TargetKind.YES_NO:
            return f"是否：{value}"


_VALUE = Field("指标值", lambda of: of.raw_value, _mend_target, lambda of: say_target(of.target))

PROJECT = (
    _text("项目编码", "code"),
    _text("项目名称", "name"),
    _text("资金用途", "purpose"),
    Field("绩效目标", lambda of: "\n".join(of.objectives), _mend_objectives),
    _amount(f"预算数{WAN}", "total_fen"),
    _amount(f"财政资金{WAN}", "fiscal_fen"),
    _amount(f"其他资金{WAN}", "other_fen"),
)
PLAN = (Field("累计支出比例", lambda of: percent_of(of.share), _mend_share),)
INDICATOR = (
    _text("一级指标", "level1"),
    _text("二级指标", "level2"),
    _text("三级指标", "level3"),
    _text("绩效指标描述", "description"),
    _VALUE,
    _text("指标值确定依据", "basis"),
)
STATED = (_text("指标名称", "level3"), _VALUE)  # in a sentence
DEPARTMENT = (_text("一级指标", "level1"), _text("二级指标", "level2"), *STATED)  # in its own form


def list_values(document: TargetDocument) -> Iterator[Value]:
    """Give every value that a person may correct, in the document's order."""
    for n, project in enumerate(document.projects, start=1):
        for field in PROJECT:
            yield _value(f"项目{n}", project, field, project.name, "项目")
        for m, point in enumerate(project.spending_plan, start=1):
            for field in PLAN:
                yield _value(f"项目{n}·计划{m}", point, field, project.name, point.label)
        for m, indicator in enumerate(project.indicators, start=1):
            for field in INDICATOR:
                yield _value(
                    f"项目{n}·指标{m}", indicator, field, project.name, f"指标 {indicator.level3}"
                )
    for n, stated in enumerate(document.department_indicators, start=1):
        for field in DEPARTMENT if stated.level1 else STATED:
            yield _value(f"部门指标{n}", stated, field, "", stated.level3)


def _value(prefix: str, of: Any, field: Field, project: str, subject: str) -> Value:
    confidence = getattr(of, "confidence", Confidence.RULE)
    return Value(
        f"{prefix}·{field.label}",
        project,
        subject,
        field.label,
        field.write(of),
        field.read_as(of),
        of.where,
        confidence,
    )


_ADDRESS = re.compile(
    r"(?:项目(?P<project>\d{1,4})(?:·(?P<part>计划|指标)(?P<line>\d{1,4}))?"
    r"|部门指标(?P<stated>\d{1,5}))·(?P<field>.{1,20})"
)


def mend(document: TargetDocument, address: str, text: str, where: Where) -> TargetDocument:
    """Return the document with one value corrected, which from now on stands at `where`.

    Raises ValueError, in Chinese, for an address that is not of this document or a text that the
    field cannot hold.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"编号“{address}”不是更正表里的编号")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"文字长达{len(text)}字，最多{LONGEST_TEXT}字")
    year = document.fiscal_year

    def change(items: tuple[Any, ...], number: str, by: Callable[[Any], Any]) -> tuple[Any, ...]:
        position = int(number) - 1
        if not 0 <= position < len(items):
            raise ValueError(f"文件里没有编号“{address}”所指的内容")
        return (*items[:position], by(items[position]), *items[position + 1 :])

    def into(fields: tuple[Field, ...]) -> Callable[[Any], Any]:
        field = next((each for each in fields if each.label == found["field"]), None)
        if field is None:
            raise ValueError(f"编号“{address}”不是更正表里的编号")
        return lambda of: _at(field.mend(of, text, year), where)

    def of_project(project: Project) -> Project:
        if found["part"] == "计划":
            points = change(project.spending_plan, found["line"], into(PLAN))
            return replace(project, spending_plan=points)
        if found["part"] == "指标":
            lines = change(project.indicators, found["line"], into(INDICATOR))
            return replace(project, indicators=lines)
        mended: Project = into(PROJECT)(project)
        return mended if mended.name == project.name else _all_at(mended, where)

    if found["stated"]:
        stated = change(document.department_indicators, found["stated"], into(DEPARTMENT))
        return replace(document, department_indicators=stated)
    return replace(document, projects=change(document.projects, found["project"], of_project))


def _all_at(project: Project, where: Where) -> Project:
    """Let all of a renamed project stand where its new name does: the name is part of each."""
    return replace(
        project,
        spending_plan=tuple(replace(each, where=where) for each in project.spending_plan),
        indicators=tuple(replace(each, where=where) for each in project.indicators),
    )


def _at(of: Any, where: Where) -> Any:
    """Let what was corrected stand where its correction stands; a person has vouched for it."""
    changes: dict[str, object] = {"where": where}
    if hasattr(of, "confidence"):
        changes["confidence"] = Confidence.RULE
    if isinstance(of, Project) and of.budget is not None:
        changes["budget"] = replace(of.budget, where=where)
    return replace(of, **changes)
