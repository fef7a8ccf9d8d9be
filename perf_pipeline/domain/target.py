"""A target (目标值): what an indicator is promised to reach, as data.

What cannot be read keeps its raw text as kind `text`; nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

MICRO = 1_000_000  # numbers of targets are stored and compared in millionths (百万分之一)


class TargetKind(StrEnum):
    """What sort of promise a target is."""

    NUMBER = "number"
    RANGE = "range"
    YES_NO = "yes_no"
    DIRECTION = "direction"
    DATE = "date"
    GRADE = "grade"
    TEXT = "text"


NUMBERS = (TargetKind.NUMBER, TargetKind.RANGE)


class Operator(StrEnum):
    """How an actual value is compared with the target."""

    GE = ">="
    LE = "<="
    EQ = "="
    GT = ">"
    LT = "<"
    BETWEEN = "between"


FLOORS, CEILINGS = (Operator.GE, Operator.GT), (Operator.LE, Operator.LT)


@dataclass(frozen=True)
class Target:
    """A target value.

    `value` is a decimal string for numbers, an ISO date for dates, 是 or 否, a direction (提高,
    降低) or a grade; `upper` is the upper end of a range; `unit` is as written.
    """

    kind: TargetKind
    operator: Operator | None = None
    value: str | None = None
    upper: str | None = None
    unit: str | None = None

    @property
    def number(self) -> Decimal:
        """The value of a number or the lower end of a range."""
        if self.value is None:
            raise ValueError("this target has no number")
        return Decimal(self.value)

    def to_dict(self) -> dict[str, str | None]:
        """Return the target as `extract --json` writes it."""
        return {
            "kind": str(self.kind),
            "operator": None if self.operator is None else str(self.operator),
            "value": self.value,
            "upper": self.upper,
            "unit": self.unit,
        }
