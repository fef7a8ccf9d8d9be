"""What a year of alerts asks people to read: items, alerts and messages, before and after.

Usage: python -m tests.benchmarks.bench_items [DEPARTMENTS] [--checkpoints-only]

So many made-up offices (60), or the shipped year for 0, by the library alone. Each checkpoint is
judged on the fifth working day after it, and each Monday has its daily look unless that is left
out; nobody answers. The bureau is told of all offices, each office of its own. *Before* is what
the digest said until items came, by its rule on the same alerts: a line for each change of an
alert's state, one for the cases of an office that change together; *after* is what the digests
say. A message is what a group robot carries at once. How far the year is goes to the standard
error.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, Row, func, select

from perf_pipeline.alerts.channels.robots import WeComRobot
from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.message import cut_to_size
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.state import TOLD, AlertState
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.working_days import working_day_after
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    alert_message,
    department,
    item,
)
from tests.benchmarks.made_city import CHECKPOINTS, FIRST_YEAR, make_city
from tests.year import CALENDAR, DATA, load_everything

BUREAU = "财政局"
LAG = 5  # working days from a checkpoint to its judgement
ROWS = (
    ("offices", "offices"),
    ("items", "items"),
    ("alerts", "alerts"),
    *(
        (f"{what}_{who}_{when}", f"{label} {name}, {when}")
        for who, name in (("bureau", "to the bureau"), ("own", "to the offices themselves"))
        for what, label in (
            ("lines", "lines"),
            ("longest", "longest day"),
            ("messages", "messages"),
        )
        for when in ("before", "after")
    ),
)


class Read:
    """What people were given to read, by recipient and day: lines, and messages of a robot."""

    def __init__(self) -> None:
        self.lines: Counter[tuple[str, Any]] = Counter()
        self.messages: Counter[tuple[str, Any]] = Counter()

    def add(self, recipient: str, day: Any, lines: list[str], counted: int) -> None:
        """Add what a recipient read on a day, `counted` lines of which tell of something."""
        if lines:
            self.lines[recipient, day] += counted
            self.messages[recipient, day] += len(cut_to_size(lines, WeComRobot.largest))

    def counts(self, when: str) -> dict[str, int]:
        """Return the figures of the bureau and of the offices."""
        told = {}
        for who in ("bureau", "own"):
            mine = [key for key in self.lines if (key[0] == BUREAU) == (who == "bureau")]
            told[f"lines_{who}_{when}"] = sum(self.lines[key] for key in mine)
            told[f"longest_{who}_{when}"] = max((self.lines[key] for key in mine), default=0)
            told[f"messages_{who}_{when}"] = sum(self.messages[key] for key in mine)
        return told


def play(
    inbox: Path, folder: Path, calendar: FiscalCalendar, *, mondays: bool = True
) -> dict[str, int]:
    """Let a year of an inbox pass in a new warehouse; return its counts."""
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    load_everything(engine, inbox)
    told, before, seen = _told(engine, inbox, folder), Read(), 0
    quarters = calendar.checkpoints(FIRST_YEAR)
    judged_on = {working_day_after(each.ends_on, LAG): each for each in quarters}
    weeks = range(52 if mondays else 0)
    looks = {date(FIRST_YEAR, 1, 8) + timedelta(weeks=week) for week in weeks}
    for day in sorted(looks | set(judged_on)):
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL)
        if (at := judged_on.get(day)) is not None:
            compute_measures(engine, at)
            evaluate_quarter(engine, at, Limits())
            foretell_quarter(engine, at, OutlookLimits())
            compute_case_limits(engine, at, calendar.after(at).ends_on)
            raise_alerts(engine, at, told, moment=moment)
        coming = calendar.coming(day)
        look_daily(engine, day, coming, told, remind=False, moment=moment)
        seen = _before(engine, day, seen, told, before)
        deliver(engine, told, moment)
        if at is not None:
            print(_counts(engine) | before.counts("before"), file=sys.stderr)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{day} {time.process_time():.0f} s {peak} MB", file=sys.stderr, flush=True)
    counts = _counts(engine) | before.counts("before")
    engine.dispose()
    return counts


def _before(engine: Engine, day: date, seen: int, told: AlertConfiguration, before: Read) -> int:
    """Add what the digest of a day said before there were items; return the newest event."""
    query = (
        select(alert_event.c.id.label("event_id"), alert_event.c.state, alert_event.c.reason)
        .add_columns(*(alert.c[name] for name in ("rule", "level", "subject", "place", "gap")))
        .add_columns(alert.c.id, alert.c.since, alert.c.evidence, department.c.code)
        .join(alert, alert.c.id == alert_event.c.alert_id)
        .join(department, department.c.id == alert.c.department_id)
        .where(alert_event.c.id > seen)
        .order_by(alert_event.c.id)
    )
    with engine.connect() as connection:
        newest = {row.id: row for row in connection.execute(query)}
    by_recipient: dict[str, dict[Any, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in newest.values():
        if row.state in TOLD:
            together = told.rules[row.rule].together
            key = (row.rule, row.level, row.code, row.state) if together else row.id
            for recipient in (BUREAU, row.code):
                by_recipient[recipient][key].append(row)
    for recipient, groups in by_recipient.items():
        lines = [_old_line(rows, told) for rows in groups.values()]
        before.add(recipient, day, lines, len(lines))
    return max((row.event_id for row in newest.values()), default=seen)


def _old_line(rows: list[Row[Any]], told: AlertConfiguration) -> str:
    """Write an alert, or those of a department that are told together, as the digest once did."""
    first, rule = rows[0], told.rules[rows[0].rule]
    if rule.together:
        few = "；".join(f"{row.id}号{row.subject}，{row.gap}" for row in rows[:5])
        head = f"{first.level}{len(rows)}件｜{first.place}：{few}"
    else:
        head = f"{first.id}号｜{first.level}｜{first.place}：{first.subject}。{first.gap}"
    if first.state == AlertState.RESOLVED:
        return f"{head}（{first.reason}）"
    return f"{head}。处理：{rule.advice.get(first.level, '')}。依据：{first.evidence}"


def _told(engine: Engine, inbox: Path, folder: Path) -> AlertConfiguration:
    with engine.connect() as connection:
        codes = list(connection.scalars(select(department.c.code).order_by(department.c.code)))
    shipped = load_configuration(inbox).model_dump(exclude={"channels", "recipients"})
    own = [{"name": code, "channel": "夹", "departments": [code]} for code in codes]
    return AlertConfiguration.model_validate(
        shipped
        | {"channels": {"夹": {"kind": "file", "folder": str(folder / "told")}}}
        | {"recipients": [{"name": BUREAU, "channel": "夹"}, *own]}
    )


def _counts(engine: Engine) -> dict[str, int]:
    after = Read()
    with engine.connect() as connection:
        counts = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in (("offices", department), ("items", item), ("alerts", alert))
        }
        for row in connection.execute(select(alert_message)):
            lines = row.body.splitlines()
            after.add(row.recipient, row.day, lines, sum("｜" in line for line in lines))
    return counts | after.counts("after")


def main(departments: int, *, mondays: bool) -> None:
    """Print the counts of a year as a Markdown table."""
    with TemporaryDirectory() as folder:
        inbox, calendar = DATA, CALENDAR
        if departments:
            inbox = Path(folder) / "inbox"
            calendar = FiscalCalendar(tuple(month for month, _ in CHECKPOINTS))
            make_city(inbox, departments)
        counts = play(inbox, Path(folder), calendar, mondays=mondays)
    print("| a year | |\n|---|---|")
    for name, label in ROWS:
        print(f"| {label} | {counts[name]:,} |")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("departments", type=int, nargs="?", default=60)
    asked.add_argument("--checkpoints-only", action="store_true")
    told = asked.parse_args()
    main(told.departments, mondays=not told.checkpoints_only)
