"""How grave an item is: the one order in which items stand on pages and in print. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.items.gap import Gap
from perf_pipeline.items.state import LATE, OVER, State

if TYPE_CHECKING:
    from perf_pipeline.items.points import Point

Gravity = tuple[int, int, int, Fraction]

_ASKS = frozenset({State.OPENED, State.CHOSEN})
_IN_HAND = frozenset({State.MEASURES, State.PROMISED, State.CHECKED})


def gravity(
    state: State | None, gap: Gap | None, *, broken_zero: bool, history: Sequence[object]
) -> Gravity:
    """Return what items are sorted by, the gravest first.

    First what is late, then what an answer is asked for, what is only told, what is in hand, what
    is closed. Among these: money at stake, a broken target of zero (零容忍), what deviated at the
    checkpoint before too, what newly does. Then by money, then by the share of the target that is
    missing: 79.77 % against 95 % before 94.46 %. `history` are judgements, the newest last.
    """
    fen = (gap.fen or 0) if gap else 0
    repeated = len(history) > 1 and all(each in DEVIATIONS for each in history[-2:])
    kind = 0 if fen else 1 if broken_zero else 2 if repeated else 3
    away = gap.part if gap and gap.part is not None else Fraction(0)
    return _band(state), kind, -fen, -away


def gravity_of(state: State, points: Sequence[Point]) -> Gravity:
    """Return what an item is sorted by as it stands: its state and its checkpoints, newest last."""
    now = points[-1] if points else None
    return gravity(
        state,
        now.gap if now else None,
        broken_zero=now is not None and now.broken_zero,
        history=[each.judgement for each in points],
    )


def _band(state: State | None) -> int:
    if state in LATE:
        return 0
    if state in _ASKS:
        return 1
    if state in _IN_HAND:
        return 3
    return 4 if state in OVER else 2
