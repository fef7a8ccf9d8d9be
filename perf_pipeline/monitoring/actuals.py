"""The actual value of an indicator as an exact fraction, and as its target would write it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import parse_target

LARGEST = 2**63 - 1  # what a column of whole numbers holds


@dataclass(frozen=True)
class Reported:
    """A value that staff wrote: a number as a fraction, or a word (是, 提高, 优), or neither."""

    number: Fraction | None
    kind: str | None
    word: str | None


@lru_cache(maxsize=1 << 16)
def read_reported(text: str, target_unit: str | None) -> Reported:
    """Read a reported value (完成值) in the spelling of targets.

    A percentage is the fraction it stands for: 95% is 19/20, and 3万人次 is 30000. A bare number
    is in the target's unit. A number too long to be stored is but a word.
    """
    parsed = parse_target(text)
    if parsed.kind is TargetKind.NUMBER and parsed.value is not None:
        unit = target_unit if parsed.unit is None else parsed.unit
        number = Fraction(parsed.value) * multiple(unit) / (100 if is_percent(unit) else 1)
        if max(abs(number.numerator), number.denominator) <= LARGEST:
            return Reported(number, None, None)
        return Reported(None, str(TargetKind.TEXT), text.strip())
    return Reported(None, str(parsed.kind), parsed.value or text.strip())


def write_actual(numerator: int, denominator: int, unit: str | None) -> str:
    """Write an actual value as its target writes it: 96.53%, 343个, 10.00元/户.

    Per cent, quotients and multiples (3.20万人次) have two decimals, halves rounded away from zero;
    whole numbers have none.
    """
    times = multiple(unit) / (100 if is_percent(unit) else 1)
    if denominator == 1 and times == 1:
        return f"{numerator}{unit or ''}"
    doubled = abs(numerator) * 200 * times.denominator
    whole = denominator * times.numerator
    hundredths = (doubled + whole) // (2 * whole)
    sign = "-" if numerator < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}{unit or ''}"
