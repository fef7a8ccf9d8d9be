"""What a year of alerts asks people to read: items, alerts and messages, before and after.

Usage: python -m tests.benchmarks.bench_items [DEPARTMENTS]

The shipped year, then so many made-up offices (60), by the library alone. Each checkpoint is
judged on the fifth working day after it, and each Monday has its daily look; nobody answers. The
bureau is told of all offices, each office of its own. *Before* is one line for each change of an
alert's state that was told to somebody; *after* is what the digests say.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, func, select

from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import raise_alerts
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
    alert_message,
    alert_told,
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
    ("before", "lines to the bureau before"),
    ("after", "lines to the bureau after"),
    ("messages", "messages to the bureau"),
    ("longest_before", "lines of its longest day before"),
    ("longest_after", "lines of its longest day after"),
    ("own_before", "lines to the offices before"),
    ("own_after", "lines to the offices after"),
    ("own_messages", "messages to the offices"),
)


def play(inbox: Path, folder: Path, calendar: FiscalCalendar) -> dict[str, int]:
    """Let a year of an inbox pass in a new warehouse; return its counts."""
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    load_everything(engine, inbox)
    told = _told(engine, inbox, folder)
    quarters = calendar.checkpoints(FIRST_YEAR)
    judged_on = {working_day_after(each.ends_on, LAG): each for each in quarters}
    days = {date(FIRST_YEAR, 1, 8) + timedelta(weeks=week) for week in range(52)} | set(judged_on)
    for day in sorted(days):
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL)
        if (at := judged_on.get(day)) is not None:
            compute_measures(engine, at)
            evaluate_quarter(engine, at, Limits())
            foretell_quarter(engine, at, OutlookLimits())
            compute_case_limits(engine, at, calendar.after(at).ends_on)
            raise_alerts(engine, at, told, moment=moment)
        coming = calendar.coming(day)
        look_daily(engine, day, coming, told, remind=False, moment=moment)
        deliver(engine, told, moment)
    counts = _counts(engine)
    engine.dispose()
    return counts


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
    before: Counter[tuple[str, Any]] = Counter()
    after: Counter[tuple[str, Any]] = Counter()
    message, told = alert_message, alert_told
    with engine.connect() as connection:
        counts = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in (("offices", department), ("items", item), ("alerts", alert))
        }
        for row in connection.execute(
            select(message.c.recipient, message.c.day, func.count())
            .join(told, told.c.message_id == message.c.id)
            .group_by(message.c.recipient, message.c.day)
        ):
            before[row.recipient, row.day] = row[2]
        messages: Counter[str] = Counter()
        for row in connection.execute(select(message)):
            messages[row.recipient] += 1
            after[row.recipient, row.day] += sum("｜" in line for line in row.body.splitlines())
    for name, lines in (("before", before), ("after", after)):
        bureau = [count for (who, _), count in lines.items() if who == BUREAU]
        counts[name] = sum(bureau)
        counts[f"longest_{name}"] = max(bureau, default=0)
        counts[f"own_{name}"] = lines.total() - sum(bureau)
    counts["messages"] = messages[BUREAU]
    counts["own_messages"] = messages.total() - messages[BUREAU]
    return counts


def main(departments: int) -> None:
    """Print the counts of both as a Markdown table."""
    months = tuple(month for month, _ in CHECKPOINTS)
    with TemporaryDirectory() as one, TemporaryDirectory() as many:
        shipped = play(DATA, Path(one), CALENDAR)
        print(shipped, flush=True)
        make_city(Path(many) / "inbox", departments)
        made = play(Path(many) / "inbox", Path(many), FiscalCalendar(months))
    print(f"| a year | shipped office | {departments} made-up offices |\n|---|---|---|")
    for name, label in ROWS:
        print(f"| {label} | {shipped[name]} | {made[name]} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
