"""What we know of a year's projects for a re-check: our newest scores, and their evidence."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import Connection, and_, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.recheck.model import OwnLine, OwnProject
from perf_pipeline.warehouse.known import latest_snapshots, newest_results, newest_rows
from perf_pipeline.warehouse.schema import (
    indicator_result,
    project_score,
    register_tables,
    self_evaluation_result,
    spending_result,
)
from perf_pipeline.warehouse.typed import Query, StoredRow


def own_projects(
    connection: Connection, year_end: Checkpoint, at: int
) -> dict[int, dict[str | None, OwnProject]]:
    """Return each department's projects by name; None is the department's own indicators.

    `at` is the row number of the year's last checkpoint.
    """
    paid = {
        (row.department_id, row.project_name): row.paid_fen
        for row in connection.execute(newest_results(spending_result, "monitoring", at))
    }
    budgets = {
        (row.department_id, row.project_name): row.budget_fen
        for row in connection.execute(newest_results(project_score, "self_evaluation", at))
    }
    lines: dict[tuple[int, str | None], list[StoredRow]] = {}
    for row in connection.execute(_lines(year_end, at)):
        lines.setdefault((row.department_id, row.project_name), []).append(row)
    found: dict[int, dict[str | None, OwnProject]] = {}
    for (whose, name), rows in lines.items():
        execution = next((_line(row) for row in rows if row.indicator_key is None), None)
        indicators = tuple(_line(row) for row in rows if row.indicator_key is not None)
        known = (budgets.get((whose, name)), paid.get((whose, name)), execution, indicators)
        found.setdefault(whose, {})[name] = OwnProject(name, *known)
    return found


def _lines(year_end: Checkpoint, at: int) -> Query:
    scored, judged = self_evaluation_result, indicator_result
    newest = latest_snapshots("self_evaluation", at).subquery("newest")
    monitored = latest_snapshots("monitoring", at).subquery("monitored")
    reported = newest_rows(
        register_tables["reported_value"],
        ["project_name", "section", "indicator_name"],
        "as_of",
        year_end,
    )
    return (
        select(
            newest.c.department_id,
            scored,
            judged.c.level2,
            judged.c.measure,
            judged.c.unit,
            judged.c.numerator,
            judged.c.denominator,
            judged.c.target_micro,
            reported.c.evidence,
        )
        .join(newest, newest.c.id == scored.c.snapshot_id)
        .outerjoin(monitored, monitored.c.department_id == newest.c.department_id)
        .outerjoin(
            judged,
            and_(
                judged.c.snapshot_id == monitored.c.id,
                judged.c.indicator_key == scored.c.indicator_key,
            ),
        )
        .outerjoin(
            reported,
            and_(
                reported.c.department_id == newest.c.department_id,
                reported.c.project_name_key == func.coalesce(judged.c.project_name, ""),
                reported.c.section_key == func.coalesce(judged.c.section, ""),
                reported.c.indicator_name == judged.c.name,
            ),
        )
        .order_by(newest.c.department_id, scored.c.id)
    )


def _line(row: StoredRow) -> OwnLine:
    counted = row.measure not in (None, REPORTED)
    written = {name: row._mapping[name] or "" for name in ("level1", "level2", "raw_target")}
    evidence = None if counted else row.evidence
    of = {"exact": _exact(row), "by_register": counted, "evidence": evidence}
    return OwnLine.of(row._mapping, **written, **of)


def _exact(row: StoredRow) -> Fraction | None:
    if row.numerator is None or not row.denominator or row.target_micro is None:
        return None
    one = multiple(row.unit) / (100 if is_percent(row.unit) else 1)
    return Fraction(row.numerator, row.denominator) / one
