"""Money on any day: what was paid of the budget in force, and what the plan said, without judging.

A project that spends more than its budget does so on a day, not at a checkpoint; so does a planned
point (计划时点) pass. Both are told as of any day, by the same rules and in the same words as at a
checkpoint, and nothing is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    case,
    func,
    literal,
    null,
    select,
)

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.execution import paid_by
from perf_pipeline.measures.measure import handed_in
from perf_pipeline.measures.waiting import waiting_files
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import planned_projects
from perf_pipeline.monitoring.spending import NO_NEARER, judge_spending
from perf_pipeline.monitoring.spending_words import spending_reason
from perf_pipeline.monitoring.waited import known_payments, spending_waits
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.same import of_project
from perf_pipeline.warehouse.schema import department, project, register_tables
from perf_pipeline.warehouse.typed import Query

payment = register_tables["payment"]
Project = tuple[int, str | None]  # the department's row number, and the project's name


class Change(NamedTuple):
    """What a day brings: money paid, or another budget (预算调整)."""

    on: date
    paid_fen: int
    budget_fen: int | None


# what is known at a checkpoint alone, and nothing of all else
_UNREAD = dict.fromkeys({*ProjectMoney._fields} - {*ProjectMoney._field_defaults})
# what programs are told of a project's money on a day
TOLD = (
    *("department", "project_name", "light", "budget_fen", "paid_fen", "planned_bp"),
    *("planned_due_on", "actual_bp", "deviation_bp", "yellow_bp", "red_bp", "ahead_bp"),
    *("overspent_since", "reason"),
)


def money_on(
    connection: Connection,
    day: AsOf,
    limits: Limits,
    nearer: Mapping[str, Limits] = NO_NEARER,
) -> list[ProjectMoney]:
    """Return how the money of all projects stands on a day, in the documents' order.

    `overspent_since` is the day from which on more is paid than the budget in force.
    """
    waiting = waiting_files(connection, day)
    rows = []
    for columns in connection.execute(_projects(day)).mappings():
        each = ProjectMoney(**{**_UNREAD, **columns})
        row = judge_spending(known_payments(each, waiting), limits, nearer)
        rows.append(spending_waits(row._replace(reason=spending_reason(row)), waiting))
    since = _overspent_since(connection, day, [each for each in rows if each.overspent])
    return [row._replace(overspent_since=since.get(_project(row))) for row in rows]


def _project(row: ProjectMoney) -> Project:
    return row.department_id, row.project_name


def _projects(day: AsOf) -> Query:
    paid = paid_by(day).subquery("paid_by_day")
    known = case((handed_in("payment", project, day), func.coalesce(paid.c.paid_fen, 0)))
    return (
        planned_projects(day)
        .add_columns(known.label("paid_fen"))
        .outerjoin(paid, of_project(paid, project))
        .order_by(department.c.code, project.c.ordinal, project.c.id)
    )


def _overspent_since(
    connection: Connection, day: AsOf, overspent: Sequence[ProjectMoney]
) -> dict[Project, date]:
    """Return since when each overspent project is: from then on it never was within its budget.

    A payment may pass the budget of its day, and a lowered budget what was paid before.
    """
    initial = {_project(row): row.initial_budget_fen for row in overspent}
    if not initial:
        return {}
    changes = defaultdict(list)
    whose = {department_id for department_id, _ in initial}
    paid = paid_by(day, payment.c.paid_on).add_columns(null())
    for query in (paid, _adjusted_by_day(day)):
        rows = query.where(among(query.selected_columns.department_id, whose))
        for department_id, project_name, on, paid_fen, budget_fen in connection.execute(rows):
            changes[department_id, project_name].append(Change(on, paid_fen, budget_fen))
    since = {each: over_since(budget, changes[each]) for each, budget in initial.items()}
    return {each: first for each, first in since.items() if first is not None}


def over_since(budget: int | None, changes: Iterable[Change]) -> date | None:
    """Return the day from which on more was paid than the budget of each day; None where not.

    `budget` is the year's first; None: none is known until an adjustment says one.
    """
    paid, since = 0, None
    for on, of_the_day in groupby(sorted(changes, key=lambda each: each.on), lambda each: each.on):
        for each in of_the_day:
            paid += each.paid_fen
            budget = each.budget_fen if each.budget_fen is not None else budget
        over = budget is not None and paid > budget
        since = (since or on) if over else None
    return since


def _adjusted_by_day(day: AsOf) -> Query:
    changed = register_tables["budget_adjustment"]
    return select(
        changed.c.department_id,
        changed.c.project_name,
        changed.c.effective_on,
        literal(0),
        changed.c.total_fen,
    ).where(
        in_force(changed, day),
        changed.c.effective_on <= day.ends_on,
    )
