"""How lights, statuses and numbers are written in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.judgements import SpendingResult

LIGHT_STYLES = {"green": "green", "yellow": "yellow", "red": "bold red", "ahead": "magenta"}
STATUS_STYLES = {"met": "green", "on_track": "green", "behind": "yellow", "missed": "red"}


def light_text(light: str) -> str:
    """Write a light for the terminal, in its colour and in words."""
    style = LIGHT_STYLES.get(light, "dim")
    return f"[{style}]● {LIGHT_LABELS[Light(light)]}[/]"


def status_text(status: str) -> str:
    """Write an indicator's status for the terminal, in its colour and in words."""
    style = STATUS_STYLES.get(status, "dim")
    return f"[{style}]{STATUS_LABELS[Status(status)]}[/]"


def or_dash(value: int | None, write: Any) -> str:
    """Write a number, or — where there is none."""
    return "—" if value is None else str(write(value))


def shares(line: Mapping[str, object]) -> tuple[str, str, str]:
    """Write executed and planned share and their difference, the last without its unit."""
    names = ("actual_bp", "planned_bp", "deviation_bp")
    executed, planned, away = (SpendingResult.tell(name, line) or "—" for name in names)
    return executed, planned, away.removesuffix(Unit.POINTS.value.chinese)


def status_counts(indicators: list[dict[str, object]]) -> str:
    """Count indicators by status, in words."""
    parts = []
    for status in Status:
        count = sum(1 for line in indicators if line["status"] == status)
        if count:
            parts.append(f"{status_text(status)} {count}")
    return "，".join(parts)
