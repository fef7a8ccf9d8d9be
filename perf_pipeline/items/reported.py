"""What staff reported of an indicator by a day (人工填报指标值), to hold a promise against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, select

from perf_pipeline.domain.status import CARRIED
from perf_pipeline.domain.year_rule import Covers, YearRule
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.monitoring.reported_period import states, values_since
from perf_pipeline.monitoring.results import IndicatorOf
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import register_tables

Named = tuple[int, str, str]  # department, project, indicator
Report = Mapping[str, Any]


@dataclass(frozen=True)
class Reported:
    """A figure as reported, and the day that it is of."""

    value: Fraction
    on: date


def read_reports(
    connection: Connection, fiscal_year: int, departments: Collection[int]
) -> Mapping[Named, list[Report]]:
    """Read what was reported in a year, as it stands now, by what it is of, oldest first."""
    told = register_tables["reported_value"]
    query = (
        select(told)
        .where(
            told.c.fiscal_year == fiscal_year,
            among(told.c.department_id, departments),
            current(told),
        )
        .order_by(told.c.as_of, told.c.section.is_not(None), told.c.id)
    )
    found: dict[Named, list[Report]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        named = (row["department_id"], row["project_name"] or "", row["indicator_name"])
        parts = {f"reported_{part}": row[part] for part in ("numerator", "denominator")}
        found[named].append({**row, **parts, "on": row["as_of"]})
    return found


def reported_by(
    reports: Sequence[Report], row: IndicatorOf, on: date, ended: Iterable[date], wanted: Limits
) -> Reported | None:
    """Return what was reported of an indicator by a day; None where nothing of then can be read.

    `ended` are the days of its checkpoints. A report of an earlier period says nothing of this
    one, unless the indicator only grows. Values of single periods (本期数) are added up.
    """
    # of one day, what names the line of work counts, which comes last
    about = [each for each in reports if each["section"] in (None, row.section)]
    mine = list({each["on"]: each for each in about if each["on"] <= on}.values())
    before = max((day for day in ended if day < on), default=date.min)
    if not mine or (mine[-1]["on"] <= before and row.behaviour not in CARRIED):
        return None
    rule = row.year_rule or str(YearRule.LATEST)
    newest = mine[-1]
    if rule == YearRule.TOTAL and states(newest, rule) is Covers.PERIOD:
        of_a_period = wanted._replace(operator=None, target_micro=None, upper_micro=None)
        values = values_since(mine, rule, of_a_period)
        known = [Fraction(*each) for each in values if each is not None]
        value = sum(known, Fraction(0)) if len(known) == len(values) else None
    elif newest["reported_denominator"] is not None:
        value = Fraction(newest["reported_numerator"], newest["reported_denominator"])
    else:
        value = read_number(newest["reported_text"] or "", wanted, newest["on"].year)
    return None if value is None else Reported(value, newest["on"])
