"""What the judgement of a year reads: what was reported and measured, period by period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, cast, null, or_, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.measures.catalogue import MEASURES, code_of
from perf_pipeline.measures.coverage import figure_of, indicator_measure, of_indicator
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.warehouse.dicts import read_dicts
from perf_pipeline.warehouse.known import in_force, latest_snapshots
from perf_pipeline.warehouse.plans import joined_as_sets
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import indicator, measure_value, register_tables, target
from perf_pipeline.warehouse.typed import Query

Report = dict[str, Any]
Periods = Mapping[tuple[int, str], Sequence[Report]]  # by indicator, in the order of their days
COUNTS = ("numerator", "denominator")
EVERY = frozenset(each.code for each in MEASURES if each.year is YearRule.EVERY)


def periods_to_judge(
    connection: Connection, checkpoint: Checkpoint, indicators: Sequence[Indicator]
) -> Periods:
    """Read what was reported of indicators in the year so far, and the figures of each period.

    Measured figures are those of indicators that must hold in each period. Of reports of one day
    that which names the section is taken.
    """
    seen, whose = checkpoint.of_some, checkpoint.whose
    reports = grouped(
        read_dicts(connection, reports_so_far(seen), whose),
        lambda each: (each["department_id"], each["project_name"] or "", each["indicator_name"]),
    )
    found = {row.key: list(_reports_of(row, reports)) for row in indicators if row.reported}
    in_each = sorted({row.department_id for row in indicators if _must_hold_in_each(row)})
    if in_each:
        with joined_as_sets(connection, in_each):
            measured = read_dicts(connection, figures_so_far(seen), {"whose": in_each})
        found |= grouped(measured, lambda each: (each["department_id"], each["indicator_key"]))
    return {key: _by_day(periods) for key, periods in found.items()}


def _reports_of(
    row: Indicator, reports: Mapping[tuple[int, str, str], list[Report]]
) -> Iterator[Report]:
    """Give what is said of an indicator, by project, line of work (none: all) and name."""
    for each in reports.get((row.department_id, row.project_name or "", row.name), ()):
        if each["section"] is None or each["section"] == row.section:
            yield each


def _must_hold_in_each(row: Indicator) -> bool:
    of_map = row.mapped_year_rule == YearRule.EVERY.label
    return of_map or row.target_micro == 0 or row.measure in EVERY


def _by_day(periods: Iterable[Report]) -> list[Report]:
    """Put periods in the order of their days, one a day, which names its section if any does."""
    of: dict[date, Report] = {}
    for each in sorted(periods, key=lambda each: (each["on"], each["section"] is None)):
        of.setdefault(each["on"], each)
    return list(of.values())


@lru_cache(maxsize=8)
def reports_so_far(checkpoint: Checkpoint) -> Query:
    """Select what was reported in the year so far, of whatever indicator."""
    table = register_tables["reported_value"]
    told = table.c
    return select(
        *(told[name] for name in ("department_id", "project_name", "section", "indicator_name")),
        *(told.as_of.label("on"), told.covers, told.reported_text),
        *(told[name].label(f"reported_{name}") for name in COUNTS),
        *(cast(null(), BigInteger).label(name) for name in COUNTS),
    ).where(in_force(table, checkpoint), told.as_of <= checkpoint.ends_on)


@lru_cache(maxsize=8)
def figures_so_far(checkpoint: Checkpoint) -> Query:
    """Select the figures of each period of the year of indicators that must hold in each."""
    mapped = indicator_measure
    newest = latest_snapshots("measures", None, checkpoint.departments).subquery("earlier_measures")
    figure = measure_value.alias("earlier_figure")
    nothing = ("covers", "reported_text", "section")
    return (
        select(
            indicator.c.department_id,
            indicator.c.row_key.label("indicator_key"),
            checkpoint_table.c.ends_on.label("on"),
            *(cast(null(), Text).label(name) for name in nothing),
            *(figure.c[name] for name in COUNTS),
            *(cast(null(), BigInteger).label(f"reported_{name}") for name in COUNTS),
        )
        .join(mapped, of_indicator(mapped, checkpoint))
        .join(target, of_indicator(target, checkpoint))
        .join(newest, same(newest, indicator, "department_id"))
        .join(checkpoint_table, checkpoint_table.c.id == newest.c.checkpoint_id)
        .join(figure, figure_of(figure, newest))
        .where(
            in_force(indicator, checkpoint),
            checkpoint_table.c.fiscal_year == checkpoint.fiscal_year,
            checkpoint_table.c.ordinal.is_not(None),  # periods are those of the calendar in force
            checkpoint_table.c.ends_on <= checkpoint.ends_on,
            figure.c.denominator.is_not(None),
            or_(
                mapped.c.year_rule == YearRule.EVERY.label,
                target.c.value_micro == 0,
                code_of(mapped.c.measure).in_(EVERY),
            ),
        )
    )
