"""How an indicator moves within the year, deduced from its target where nobody has said so."""

from __future__ import annotations

from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.target import TargetKind

_COST_NAMES = ("成本", "单价")


def deduce_behaviour(
    kind: str, operator: str | None, value: str | None, unit: str | None, name: str
) -> Behaviour:
    """Return the behaviour (年内表现) that a target's kind, unit and name suggest.

    A rate must hold at every checkpoint; a count grows; a zero must stay zero; an amount or a
    price with an upper limit is a cost; yes/no, direction and date speak for themselves.
    """
    match kind:
        case TargetKind.NUMBER | TargetKind.RANGE:
            pass
        case TargetKind.DIRECTION:
            return Behaviour.DIRECTION
        case TargetKind.DATE:
            return Behaviour.ONE_OFF
        case _:
            return Behaviour.YES_NO
    unit = unit or ""
    if is_percent(unit) or value == "0":
        return Behaviour.LEVEL
    if operator in ("<=", "<") or "/户" in unit or "/人" in unit or _names_cost(name):
        return Behaviour.COST
    return Behaviour.CUMULATIVE


def _names_cost(name: str) -> bool:
    return any(word in name for word in _COST_NAMES)
