"""What indicators reached in the year before, from the warehouse, to review new targets by."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import Engine, select

from perf_pipeline.documents.review.targets import IndicatorName
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import checkpoint, department, indicator_result


def read_last_year(
    engine: Engine, department_name: str, fiscal_year: int | None
) -> dict[IndicatorName, Fraction]:
    """Return the actual values at the end of the year before `fiscal_year`.

    Per cent are fractions: 95% is 19/20. An indicator without data has no entry; a year whose
    last checkpoint was not judged has none, since a count of half a year is not the year's.
    """
    if fiscal_year is None or not department_name:
        return {}
    newest = latest_snapshots("monitoring").subquery()
    query = (
        select(
            indicator_result.c.project_name,
            indicator_result.c.section,
            indicator_result.c.name,
            indicator_result.c.numerator,
            indicator_result.c.denominator,
        )
        .join(newest, newest.c.id == indicator_result.c.snapshot_id)
        .join(department, department.c.id == newest.c.department_id)
        .join(checkpoint, checkpoint.c.id == newest.c.checkpoint_id)
        .where(
            department.c.name == department_name,
            checkpoint.c.fiscal_year == fiscal_year - 1,
            checkpoint.c.label == "12月底",
            indicator_result.c.numerator.is_not(None),
        )
    )
    with engine.connect() as connection:
        return {
            IndicatorName(row.project_name or "", row.section or "", row.name): Fraction(
                row.numerator, row.denominator or 1
            )
            for row in connection.execute(query)
        }
