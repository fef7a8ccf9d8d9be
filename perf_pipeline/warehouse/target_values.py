"""A target as the columns that hold it: numbers in whole millionths (百万分之一)."""

from __future__ import annotations

from decimal import Decimal

from perf_pipeline.domain.target import MICRO, Target, TargetKind

LARGEST = 2**63 - 1


def target_values(raw: str, aim: Target) -> dict[str, object]:
    """Return the columns raw_value, kind, operator, value_text, value_micro, upper_micro, unit."""
    numeric = aim.kind in (TargetKind.NUMBER, TargetKind.RANGE)
    return {
        "raw_value": raw,
        "kind": str(aim.kind),
        "operator": None if aim.operator is None else str(aim.operator),
        "value_text": aim.value,
        "value_micro": _micro(aim.value) if numeric else None,
        "upper_micro": _micro(aim.upper) if numeric else None,
        "unit": aim.unit,
    }


def _micro(number: str | None) -> int | None:
    """Return a decimal string in millionths; None where it has none or does not fit."""
    if number is None:
        return None
    scaled = Decimal(number) * MICRO
    return int(scaled) if scaled == int(scaled) and abs(scaled) <= LARGEST else None
