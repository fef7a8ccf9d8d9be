"""By when an asset must be new: the UI marks what is late, whatever did not run."""

from datetime import timedelta

import dagster as dg

from assets.partitions import TIMEZONE, calendar, settings

HOLIDAYS = 12  # the longest public holiday, with the weekends and working Sundays around it
LAST_DAY = 28  # that every month has
DAYS = min(settings.report_lag_days * 7 // 5 + HOLIDAYS, LAST_DAY)
MONTHS = calendar.partition_cron.split()[3]

# from the day after a checkpoint: its working days are over by then, whatever holiday lies between
AFTER_CHECKPOINT = dg.FreshnessPolicy.cron(
    deadline_cron=f"0 12 {DAYS} {MONTHS} *",
    lower_bound_delta=timedelta(days=DAYS),
    timezone=TIMEZONE,
)
AFTER_YEAR_END = dg.FreshnessPolicy.cron(
    deadline_cron=f"0 12 {LAST_DAY} 1 *",
    lower_bound_delta=timedelta(days=LAST_DAY),
    timezone=TIMEZONE,
)
EVERY_DAY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=26), warn_window=timedelta(hours=25)
)
