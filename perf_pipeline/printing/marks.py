"""How lights, statuses and numbers are written in the terminal; cells of a CSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.judgements import SpendingResult

LIGHT_STYLES = {"green": "green", "yellow": "yellow", "red": "bold red", "ahead": "magenta"}
STATUS_STYLES = {"met": "green", "on_track": "green", "behind": "yellow", "missed": "red"}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def print_line(console: Console, text: str) -> None:
    """Print a text as it is: nothing in it is markup, and a long line is not broken."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def picked(of: object, *names: str) -> dict[str, object]:
    """Return some values of an object by name, for JSON."""
    return {name: getattr(of, name) for name in names}


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
    counts = Counter(line["status"] for line in indicators)
    told = (f"{status_text(each)} {counts[each]}" for each in Status if counts[each])
    return "，".join(told)


def harmless(cell: object) -> object:
    """Return a cell of a CSV that a spreadsheet opens.

    A text that begins as a formula does, and is no number, stands behind a quote.
    """
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_SIGNS) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
