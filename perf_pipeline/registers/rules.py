"""Rules between two columns of one row: what breaks them, in words."""

from __future__ import annotations

from datetime import date

from perf_pipeline.domain.saying import says_something
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import Column, Register, Rule


def carry_over_rules(declared: Register) -> tuple[Rule, ...]:
    """Return the rule that a case of an earlier year was still open when the year began."""
    return tuple(
        Rule(
            name=f"{column.name}_carried_over",
            kind="open_in_year",
            column=column.name,
            other=column.carried_over_until,
        )
        for column in declared.columns
        if column.carried_over_until
    )


def empty_words(value: Value) -> str | None:
    """Say that a text says nothing (知道了, 已阅), in a column that asks for content."""
    empty = isinstance(value, str) and not says_something(value)
    return f"“{value}”没有说明具体内容" if empty else None


def sums_broken(rule: Rule, declared: Register, read: Columns) -> dict[int, str]:
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


def broken(
    rule: Rule, column: Column, other: Column, value: Value, against: Value, year_begins: date
) -> str | None:
    """Say why a row's two values break a rule in a year; None where they do not."""
    match rule.kind:
        case "not_before":
            if not isinstance(value, date):
                return None
            if not isinstance(against, date):
                return f"有{column.label}而没有{other.label}"
            return f"早于{other.label}{against}" if value < against else None
        case "at_most":
            comparable = isinstance(value, int) and isinstance(against, int)
            if comparable and value > against:  # type: ignore[operator]
                return f"大于{other.label}"
            return None
        case "both_or_neither":
            if (value is None) != (against is None):
                return f"{column.label}与{other.label}应同时填写或同时留空"
            return None
        case "open_in_year":
            before = isinstance(value, date) and value < year_begins
            over = isinstance(against, date) and against < year_begins
            return f"和{other.label}都在{year_begins.year}年度之前" if before and over else None
        case "filled_where":
            if value == rule.when and against is None:
                return f"为“{rule.when}”的，要填写{other.label}"
            return None
        case "adds_up":
            return None  # of three columns: `sums_broken`
        case "any_of":
            if value is None and against is None:
                return f"{column.label}与{other.label}至少填写一项"
            return None
