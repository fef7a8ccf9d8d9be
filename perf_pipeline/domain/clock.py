"""The clock: the time that people live by here."""

from __future__ import annotations

from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
