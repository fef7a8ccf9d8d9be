"""A target as the columns that hold it: numbers in whole millionths (百万分之一)."""

from __future__ import annotations

from fractions import Fraction

from perf_pipeline.domain.share import multiple
from perf_pipeline.domain.target import MICRO, NUMBERS, Target, TargetKind

LARGEST = 2**63 - 1


def target_values(raw: str, aim: Target) -> dict[str, object]:
    """Return the columns raw_value, kind, operator, value_text, value_micro, upper_micro, unit."""
    value, upper = (
        _micro(each, aim.unit) if aim.kind in NUMBERS else None for each in (aim.value, aim.upper)
    )
    if aim.kind in NUMBERS and (value is None or (upper is None and aim.upper is not None)):
        aim = Target(TargetKind.TEXT)  # beyond what a column holds: compared with nothing
    return {
        "raw_value": raw,
        "kind": str(aim.kind),
        "operator": None if aim.operator is None else str(aim.operator),
        "value_text": aim.value,
        "value_micro": value,
        "upper_micro": upper,
        "unit": aim.unit,
    }


def _micro(number: str | None, unit: str | None) -> int | None:
    """Return a decimal string in millionths of what is counted: 5万人次 is 50000 people.

    None where there is none or it does not fit.
    """
    if number is None:
        return None
    scaled = Fraction(number) * multiple(unit) * MICRO
    return int(scaled) if scaled.denominator == 1 and abs(scaled) <= LARGEST else None
