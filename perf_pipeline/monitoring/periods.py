"""What the judgement of a year reads: what was reported and measured, period by period."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import BigInteger, Text, and_, cast, func, null, or_, select, true, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.measures.catalogue import MEASURES, REPORTED, code_of, fed_by
from perf_pipeline.measures.coverage import figure_of, indicator_measure, of_indicator
from perf_pipeline.monitoring.queries import same_department
from perf_pipeline.warehouse.known import in_force, latest_snapshots
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import indicator, measure_value, register_tables, target
from perf_pipeline.warehouse.typed import Query


@lru_cache(maxsize=8)
def periods_to_judge(checkpoint: Checkpoint) -> Query:
    """Select what was reported in the year so far, and the figures of each period.

    Columns: department_id, indicator_key, on, covers, numerator, denominator, reported_text,
    reported_numerator, reported_denominator, section. Measured figures are those of indicators
    that must hold in each period. Of reports of one day that which names the section comes first.
    """
    mapped, nothing = indicator_measure, null()
    told = register_tables["reported_value"]
    mapping = of_indicator(mapped, checkpoint)
    reports = (
        select(
            indicator.c.department_id,
            indicator.c.row_key.label("indicator_key"),
            told.c.as_of.label("on"),
            told.c.covers,
            cast(nothing, BigInteger).label("numerator"),
            cast(nothing, BigInteger).label("denominator"),
            told.c.reported_text,
            told.c.numerator.label("reported_numerator"),
            told.c.denominator.label("reported_denominator"),
            told.c.section,
        )
        .outerjoin(mapped, mapping)
        .join(
            told,
            and_(
                same_department(told, indicator),
                func.coalesce(told.c.project_name, "")
                == func.coalesce(indicator.c.project_name, ""),
                or_(told.c.section.is_(None), told.c.section == indicator.c.section),
                told.c.indicator_name == indicator.c.name,
            ),
        )
        .where(
            in_force(indicator, checkpoint),
            in_force(told, checkpoint),
            told.c.as_of <= checkpoint.ends_on,
            fed_by(mapped.c.measure, true()) == REPORTED,
        )
    )
    newest = latest_snapshots("measures", None, checkpoint.departments).subquery("earlier_measures")
    figure = measure_value.alias("earlier_figure")
    measured = (
        select(
            indicator.c.department_id,
            indicator.c.row_key.label("indicator_key"),
            checkpoint_table.c.ends_on.label("on"),
            cast(nothing, Text).label("covers"),
            figure.c.numerator,
            figure.c.denominator,
            cast(nothing, Text).label("reported_text"),
            cast(nothing, BigInteger).label("reported_numerator"),
            cast(nothing, BigInteger).label("reported_denominator"),
            cast(nothing, Text).label("section"),
        )
        .join(mapped, mapping)
        .join(target, of_indicator(target, checkpoint))
        .join(newest, same_department(newest, indicator))
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
                code_of(mapped.c.measure).in_(
                    [each.code for each in MEASURES if each.year is YearRule.EVERY]
                ),
            ),
        )
    )
    both = union_all(reports, measured).subquery("period")
    return select(both).order_by(
        *(both.c.department_id, both.c.indicator_key, both.c.on, both.c.section.is_(None))
    )
