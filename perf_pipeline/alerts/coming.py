"""What is looked at every day: cases that run out of time, registers to come, money.

All stand at the checkpoint that comes next, and none judges anything anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.domain.calendar import Checkpoint, OnDay
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.status import Light
from perf_pipeline.domain.time_limits import LimitState, limit_state
from perf_pipeline.items.kind import RECOMPUTED, TO_COME, ItemKind
from perf_pipeline.measures.case_limits import open_cases
from perf_pipeline.measures.expected import expected_registers
from perf_pipeline.monitoring.money_on_day import money_on
from perf_pipeline.recompute.record import standing_differences
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.dimensions import shown_names
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import source_file
from perf_pipeline.warehouse.typed import Query

CASES, REMINDER, MONEY = "cases", "reminder", "money"
DAILY = frozenset({CASES, REMINDER, MONEY, RECOMPUTED})

Miss = dict[str, Any]
LimitLevels = tuple[Limits, Mapping[str, Limits]]  # for all, and of departments by code
GENERAL: LimitLevels = (Limits(), {})


def select_coming(
    connection: Connection,
    day: date,
    coming: Checkpoint,
    configuration: AlertConfiguration,
    *,
    remind: bool,
    limits: LimitLevels = GENERAL,
) -> list[Miss]:
    """Return what is to be told on a day, in an alert's words, of all departments.

    `remind` tells that the checkpoint is near enough to ask for registers.
    """
    names = shown_names(connection)
    misses = list(_cases(connection, day, coming, configuration))
    misses += _money(connection, day, coming, limits)
    misses += _recomputed(connection)
    if remind:
        misses += _reminders(connection, coming)
    levels = {rule: configuration.rules[rule].levels for rule in DAILY}
    return [
        {**each, "place": names[each["department_id"]], "snapshot_id": None}
        | {"ordinal": coming.ordinal, "label": coming.label}
        for each in misses
        if each["level"] in levels[each["rule"]]
    ]


def _cases(
    connection: Connection, day: date, coming: Checkpoint, configuration: AlertConfiguration
) -> Iterator[Miss]:
    """Give a row for each limit of a case that has run out or runs out soon."""
    until = day + timedelta(days=configuration.cases_soon_days)
    found = connection.execute(open_cases(OnDay(day), until))
    # sorted here: one order on every database, whatever its collation, and of no rows too
    for row in sorted(found, key=lambda each: (each.due_on, each.register, each.case_key)):
        state = limit_state(row.due_on, None, day, until)
        since = row.due_on if state is LimitState.OVERDUE else row.starts_on
        yield {
            "department_id": row.department_id,
            "rule": CASES,
            "subject_key": f"{row.register}|{row.case_key}|{row.limit_name}",
            "level": str(state),
            "subject": f"{register(row.register).label} {row.case_key} {row.label}",
            "gap": f"应于{row.due_on}前{row.label}",
            "since": str(since),
            "evidence": str(Place(row.path, row.sheet, row.row_number)),
            "about": str(ItemKind.REGISTER),
            "about_key": row.register,
        }


def _money(
    connection: Connection, day: date, coming: Checkpoint, limits: LimitLevels
) -> Iterator[Miss]:
    """Give a row for each project that overspent or fell behind a planned point of late.

    That is, since the last checkpoint; what was so before has been judged there.
    """
    for each in money_on(connection, OnDay(day), *limits):
        behind = each.light in (Light.RED, Light.YELLOW)
        facts = {
            "overspent": each.overspent_since,
            "plan_passed": each.planned_due_on if behind else None,
        }
        late = {level: on for level, on in facts.items() if on and on >= coming.period_starts_on}
        for level, since in list(late.items())[:1]:
            yield {
                "department_id": each.department_id,
                "rule": MONEY,
                "subject_key": each.project_name,
                "level": level,
                "subject": f"{each.project_name} 预算执行",
                "gap": each.reason,
                "since": str(since),
                "evidence": f"{day.year}年度支付台账",
                "about": str(ItemKind.PROJECT),
                "about_key": each.project_name,
            }


def _recomputed(connection: Connection) -> Iterator[Miss]:
    """Give a row for each figure that came out otherwise from the original files."""
    for row in standing_differences(connection):
        yield {
            "department_id": row.department_id,
            "rule": RECOMPUTED,
            "subject_key": row.figure,
            "level": "differs",
            "subject": row.subject,
            "gap": row.said,
            "since": str(as_utc(row.happened_at).astimezone(LOCAL).date()),
            "evidence": f"追溯号 {row.figure}",
            "about": str(ItemKind.REGISTER),
            "about_key": RECOMPUTED,
        }


def _reminders(connection: Connection, coming: Checkpoint) -> Iterator[Miss]:
    """Give a row for each department that has not handed in all of a period's registers."""
    begins = datetime.combine(coming.period_starts_on, time(), LOCAL).astimezone(UTC)
    came = {
        (row.department_id, row.kind): as_utc(row.came_at)
        for row in connection.execute(_last_came(coming.fiscal_year))
    }
    absent: dict[int, list[str]] = defaultdict(list)
    stale: dict[int, list[str]] = defaultdict(list)
    for whose, name in sorted(expected_registers(connection, coming.fiscal_year)):
        label, last = register(name).label, came.get((whose, name))
        if last is None:
            absent[whose].append(label)
        elif last < begins:
            stale[whose].append(f"{label}（{last.astimezone(LOCAL).date()}以来）")
    for whose in sorted({*absent, *stale}):
        parts = [
            f"{head}：{'、'.join(labels)}"
            for head, labels in (("还没有报送", absent[whose]), ("这一期间没有更新", stale[whose]))
            if labels
        ]
        yield {
            "department_id": whose,
            "rule": REMINDER,
            "subject_key": coming.name,
            "level": "due",
            "subject": f"{coming.label}检查点的台账",
            "gap": "；".join(parts),
            "since": str(coming.period_starts_on),
            "evidence": f"收件文件夹中{coming.fiscal_year}年度的台账",
            "about": str(ItemKind.REGISTER),
            "about_key": TO_COME,
        }


def _last_came(fiscal_year: int) -> Query:
    """Select when each department's newest content of each register came.

    A file that is only read again, by newer rules, has not come again.
    """
    first = (
        select(
            source_file.c.department_id,
            source_file.c.kind,
            func.min(source_file.c.loaded_at).label("came_at"),
        )
        .where(source_file.c.fiscal_year == fiscal_year, source_file.c.outcome == "loaded")
        .group_by(source_file.c.department_id, source_file.c.kind, source_file.c.sha256)
        .subquery("first")
    )
    return select(
        first.c.department_id, first.c.kind, func.max(first.c.came_at).label("came_at")
    ).group_by(first.c.department_id, first.c.kind)
