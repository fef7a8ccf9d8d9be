"""Writing a target so that reading it gives the same target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import signs
from perf_pipeline.domain.target_grammar.parsing import parse_target

SIGNS = {operator: sign for sign, operator in signs.SIGNS.items()}


def write_target(target: Target) -> str:
    """Write a target in the shortest spelling that reads back as the same target.

    A target of kind `text` has no spelling of its own (its cell keeps it) and is written empty.
    Raises ValueError for a target that the grammar cannot have read.
    """
    for spelling in _spellings(target):
        if parse_target(spelling) == target:
            return spelling
    raise ValueError(f"no spelling reads as {target}")


def _spellings(target: Target) -> Iterator[str]:
    value, unit = target.value or "", target.unit or ""
    match target.kind:
        case TargetKind.NUMBER if target.operator is Operator.EQ:
            yield f"{value}{unit}"
            yield f"={value}{unit}"
        case TargetKind.NUMBER if target.operator is not None:
            yield f"{SIGNS.get(target.operator, '')}{value}{unit}"
        case TargetKind.RANGE:
            yield f"{value}-{target.upper}{unit}"
            yield f"{value}~{target.upper}{unit}"
            yield f"≥{value}{unit}且≤{target.upper}{unit}"
        case TargetKind.DATE:
            day = date.fromisoformat(value)
            yield f"{day.year}年{day.month}月{day.day}日前"
        case TargetKind.GRADE:
            yield f"{value}以上" if target.operator is Operator.GE else value
        case TargetKind.TEXT:
            yield ""
        case _:
            yield value
