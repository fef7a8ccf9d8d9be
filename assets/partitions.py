"""Checkpoints as partitions named by their month: the calendar is data, the cron comes from it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg

from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
from perf_pipeline.settings import Settings

TIMEZONE = "Asia/Shanghai"
KEY_FORMAT = "%Y-%m"


def quarter_partitions(
    calendar: FiscalCalendar, first_year: int
) -> dg.TimeWindowPartitionsDefinition:
    """Return a window from the end of each checkpoint on; its key is the checkpoint's name.

    With the end offset a partition is there from its own checkpoint's last minute, not from the
    next one's.
    """
    return dg.TimeWindowPartitionsDefinition(
        start=f"{first_year}-01",
        fmt=KEY_FORMAT,
        cron_schedule=calendar.partition_cron,
        timezone=TIMEZONE,
        end_offset=1,
    )


def checkpoint_before(calendar: FiscalCalendar, day: date) -> Checkpoint:
    """Return the last checkpoint that ended before a day."""
    years = (day.year - 1, day.year)
    passed = [c for year in years for c in calendar.checkpoints(year) if c.ends_on < day]
    return passed[-1]


def passed_checkpoints(
    calendar: FiscalCalendar, year: int, first_year: int, day: date
) -> tuple[Checkpoint, ...]:
    """Return a year's checkpoints that ended before a day: those that can be judged.

    None of a year that lies ahead or before the first year that is monitored.
    """
    if not first_year <= year <= day.year:
        return ()
    return tuple(c for c in calendar.checkpoints(year) if c.ends_on < day)


def report_due(checkpoint: Checkpoint) -> date:
    """Return the working day on which a checkpoint is judged."""
    return settings.calendar_file().working_day_after(checkpoint.ends_on, settings.report_lag_days)


def self_evaluation_due(year_end: Checkpoint) -> date:
    """Return the working day on which the year that ends with a checkpoint is scored.

    Never before the checkpoint itself is judged.
    """
    lag = max(settings.self_evaluation_lag_days, settings.report_lag_days)
    return settings.calendar_file().working_day_after(year_end.ends_on, lag)


def reminder_due(coming: Checkpoint, working_days: int) -> date:
    """Return the day from which a checkpoint's registers are asked for."""
    return settings.calendar_file().working_day_before(coming.ends_on, working_days)


def today() -> date:
    """Return today's date where the departments are."""
    return datetime.now(ZoneInfo(TIMEZONE)).date()


settings = Settings()
calendar = settings.calendar()
first_year = settings.calendar_file().first_year
quarters = quarter_partitions(calendar, first_year)
years = dg.TimeWindowPartitionsDefinition(
    start=str(first_year), fmt="%Y", cron_schedule="0 0 1 1 *", timezone=TIMEZONE
)
