"""The actual value of an indicator as an exact fraction, and as its target would write it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import parse_target


@dataclass(frozen=True)
class Reported:
    """A value that staff wrote: a number as a fraction, or a word (是, 提高, 优), or neither."""

    number: Fraction | None
    kind: str | None
    word: str | None


@lru_cache(maxsize=4096)
def read_reported(text: str, target_unit: str | None) -> Reported:
    """Read a reported value (完成值) in the spelling of targets.

    A percentage is the fraction it stands for: 95% is 19/20. A bare number for a target in per
    cent is a percentage.
    """
    parsed = parse_target(text)
    if parsed.kind is TargetKind.NUMBER and parsed.value is not None:
        number = Fraction(Decimal(parsed.value))
        if is_percent(parsed.unit) or (parsed.unit is None and is_percent(target_unit)):
            number /= 100
        return Reported(number, None, None)
    return Reported(None, str(parsed.kind), parsed.value or text.strip())


def write_actual(numerator: int, denominator: int, unit: str | None) -> str:
    """Write an actual value as its target writes it: 96.53%, 343个, 10.00元/户.

    Per cent and quotients have two decimals, halves rounded up; whole numbers have none.
    """
    scale = 100 if is_percent(unit) else 1
    value = Fraction(numerator * scale, denominator)
    if denominator == 1 and not is_percent(unit):
        return f"{numerator}{unit or ''}"
    hundredths = (abs(value) * 200 + 1) // 2
    sign = "-" if value < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}{unit or ''}"
