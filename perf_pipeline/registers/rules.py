"""Rules between two columns of one row: what breaks them, in words."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from decimal import Decimal
from fractions import Fraction

from perf_pipeline.domain.saying import says_something
from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import Column, Register, Rule


def rules_of(declared: Register, there: Container[str]) -> list[Rule]:
    """Return the rules that hold for a file with the columns that are there."""
    return [
        each
        for each in declared.rules
        if not filled_together(each) or (each.column in there and each.other in there)
    ]


def filled_together(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Return the pairs of columns of which a rule asks the second to be filled where the first is.

    It is asked of a file that has both.
    """
    match rule.kind:
        case "not_before":
            return ((rule.column, rule.other),)
        case "both_or_neither":
            return ((rule.column, rule.other), (rule.other, rule.column))
    return ()


def empty_words(value: Value) -> str | None:
    """Say that a text says nothing (知道了, 已阅), in a column that asks for content."""
    empty = isinstance(value, str) and not says_something(value)
    return f"“{value}”没有说明具体内容" if empty else None


def rows_that_break(rule: Rule, declared: Register, read: Columns) -> dict[int, str]:
    """Say of each row that breaks a rule why; one of a wrong cell breaks none."""
    if check := {"adds_up": _sums_broken, "agrees": _disagreeing}.get(rule.kind):
        return check(rule, declared, read)
    column, other = declared.column(rule.column), declared.column(rule.other)
    unread = {*read.wrong[rule.column], *read.wrong[rule.other]}
    pairs = zip(read.values[rule.column], read.values[rule.other], strict=True)
    told = (_broken(rule, column, other, *pair) for pair in pairs)
    return {n: reason for n, reason in enumerate(told) if reason and n not in unread}


def _disagreeing(rule: Rule, declared: Register, read: Columns) -> dict[int, str]:
    """Say of which rows the value written is neither the counts' quotient nor the count."""
    rows = zip(*(read.values[n] for n in (rule.column, rule.other, str(rule.third))), strict=True)
    labels = [declared.column(name).label for name in (rule.other, str(rule.third))]
    return {
        n: f"与{labels[0]}÷{labels[1]}（{part}÷{whole}）不符，不知哪一个写错了"
        for n, (text, part, whole) in enumerate(rows)
        if isinstance(text, str) and isinstance(part, int) and isinstance(whole, int) and whole > 0
        if not _agrees(text, part, whole)
    }


def _agrees(text: str, part: int, whole: int) -> bool:
    """Tell whether a text is no number, or the one that two counts make, as far as written."""
    said = parse_target(text)
    if said.kind is not TargetKind.NUMBER or said.value is None:
        return True
    written = said.number
    half = Fraction(Decimal(1).scaleb(int(written.as_tuple().exponent))) / 2
    times = {"万": Fraction(10**4), "亿": Fraction(10**8)}.get(said.unit or "", multiple(said.unit))
    quotient, count = Fraction(part, whole) / times, Fraction(part) / times
    as_written = [quotient * 100] if is_percent(said.unit) else [quotient, count]
    if said.unit is None:
        as_written.append(quotient * 100)
    number = Fraction(written)
    if said.operator in (Operator.GE, Operator.GT):  # 95%以上
        return any(each >= number - half for each in as_written)
    if said.operator in (Operator.LE, Operator.LT):
        return any(each <= number + half for each in as_written)
    return any(abs(number - each) <= half for each in as_written)


def _sums_broken(rule: Rule, declared: Register, read: Columns) -> dict[int, str]:
    """Say of which rows the parts do not add up to the whole, where all of them are filled."""
    names = (rule.column, rule.other, str(rule.third))
    more = read.values[rule.beside] if rule.beside else [None] * len(read.rows)
    rows = zip(*(read.values[name] for name in names), more, strict=True)
    labels = [declared.column(name).label for name in names[1:]]
    return {
        n: f"不等于“{labels[0]}”与“{labels[1]}”之和，不知哪一个写错了单位或数"
        for n, (whole, one, other, on_top) in enumerate(rows)
        if isinstance(whole, int) and isinstance(one, int) and isinstance(other, int)
        if whole not in (one + other, one + other + (on_top if isinstance(on_top, int) else 0))
    }


def _broken(rule: Rule, column: Column, other: Column, value: Value, against: Value) -> str | None:
    """Say why a row's two values break a rule; None where they do not."""
    match rule.kind:
        case "not_before":
            if not isinstance(value, date):
                return None
            if not isinstance(against, date):
                return f"有{column.label}而没有{other.label}"
            return f"早于{other.label}（{against}）" if value < against else None
        case "at_most":
            comparable = isinstance(value, int) and isinstance(against, int)
            if comparable and value > against:  # type: ignore[operator]
                return f"大于{other.label}"
            return None
        case "both_or_neither":
            if (value is None) != (against is None):
                return f"{column.label}与{other.label}应同时填写或同时留空"
            return None
        case "filled_where":
            if value == rule.when and against is None:
                return f"为“{rule.when}”的，要填写{other.label}"
            return None
        case "any_of" if value is None and against is None:
            return f"{column.label}与{other.label}至少填写一项"
    return None
