"""Columns of results in tables and sentences of reports, as their declaration says."""

from __future__ import annotations

from collections.abc import Mapping

from perf_pipeline.domain.unit import Unit
from perf_pipeline.reports.amounts import signed, wan
from perf_pipeline.warehouse.result import Result, Show, Told

NONE, NOT_GIVEN = "—", "未提供"


def in_table(row: Result, name: str) -> str:
    """Write a value under a heading that says its unit: amounts in 万元, deviations signed."""
    value, of = getattr(row, name), row.columns[name]
    if value is None:
        return nothing(of)
    match of.unit:
        case Unit.FEN:
            return wan(value)
        case Unit.POINTS:
            return signed(row.told(name).removesuffix(of.unit.value.chinese))
    return row.told(name)


def nothing(of: Told) -> str:
    """Write that a value is not known: an amount is to be handed in."""
    return NOT_GIVEN if of.unit is Unit.FEN else NONE


def known(row: Result, *where: Show) -> Mapping[str, Told]:
    """Return the columns, met in these places, of which the row knows something."""
    held = vars(row)
    return {name: of for name, of in row.shown(*where).items() if held[name] not in (None, "")}


def facts(row: Result) -> list[str]:
    """Write what stands beside a result, each with its label and unit: 支付笔数 438笔."""
    return [f"{of.label} {row.told(name)}" for name, of in known(row, Show.FACT).items()]
