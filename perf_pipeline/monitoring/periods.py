"""What the judgement of a year reads: what was reported and measured, period by period."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import BigInteger, Text, cast, null, or_, select, true, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.measures.catalogue import MEASURES, REPORTED, code_of, fed_by
from perf_pipeline.measures.coverage import (
    figure_of,
    indicator_measure,
    of_indicator,
    said_of_indicator,
)
from perf_pipeline.warehouse.known import in_force, latest_snapshots
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import indicator, measure_value, register_tables, target
from perf_pipeline.warehouse.typed import Expression, Query

SAID = ("covers", "reported_text", "section")
COUNTS = ("numerator", "denominator", "reported_numerator", "reported_denominator")


@lru_cache(maxsize=8)
def periods_to_judge(checkpoint: Checkpoint) -> Query:
    """Select what was reported in the year so far, and the figures of each period.

    Columns: department_id, indicator_key, on, SAID and COUNTS. Measured figures are those of
    indicators that must hold in each period. Of reports of one day that which names the section
    comes first.
    """
    mapped, told = indicator_measure, register_tables["reported_value"]
    mapping = of_indicator(mapped, checkpoint)
    reports = (
        _period(
            told.c.as_of,
            covers=told.c.covers,
            reported_text=told.c.reported_text,
            reported_numerator=told.c.numerator,
            reported_denominator=told.c.denominator,
            section=told.c.section,
        )
        .outerjoin(mapped, mapping)
        .join(told, said_of_indicator(told))
        .where(
            in_force(indicator, checkpoint),
            in_force(told, checkpoint),
            told.c.as_of <= checkpoint.ends_on,
            fed_by(mapped.c.measure, true()) == REPORTED,
        )
    )
    newest = latest_snapshots("measures", None, checkpoint.departments).subquery("earlier_measures")
    figure = measure_value.alias("earlier_figure")
    every = [each.code for each in MEASURES if each.year is YearRule.EVERY]
    measured = (
        _period(
            checkpoint_table.c.ends_on,
            numerator=figure.c.numerator,
            denominator=figure.c.denominator,
        )
        .join(mapped, mapping)
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
                code_of(mapped.c.measure).in_(every),
            ),
        )
    )
    both = union_all(reports, measured).subquery("period")
    return select(both).order_by(
        *(both.c.department_id, both.c.indicator_key, both.c.on, both.c.section.is_(None))
    )


def _period(on: Expression, **known: Expression) -> Query:
    """Select a period of an indicator, what is not known of it as nothing."""
    columns: dict[str, Expression] = dict.fromkeys(SAID, cast(null(), Text))
    columns |= dict.fromkeys(COUNTS, cast(null(), BigInteger))
    return select(
        indicator.c.department_id,
        indicator.c.row_key.label("indicator_key"),
        on.label("on"),
        *(value.label(name) for name, value in (columns | known).items()),
    )
