"""Drawing the sample of a re-check: half by risk, the rest by a seed; the same on any day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from perf_pipeline.monitoring.recheck.model import Rechecked

Key = tuple[str, str]  # department code, project name ("" for the department's own form)
FULL_MARKS_RISK, FAULT_RISK, GAP_RISK, UNVERIFIED_RISK = 20, 5, 2, 1


def risk(found: Rechecked) -> int:
    """Say how much a form asks to be looked at: full marks, faults, a gap, what nobody verified.

    Weights are this system's own; what counts is their order.
    """
    full = any(each.rule == "all_full_marks" for each in found.faults)
    gap = max(found.gap_centi or 0, 0) // 100
    unverified = found.unverified_centi // 100
    return (
        FULL_MARKS_RISK * full
        + FAULT_RISK * len(found.faults)
        + GAP_RISK * gap
        + UNVERIFIED_RISK * unverified
    )


def draw(forms: Mapping[Key, Rechecked], seed: int, size: int) -> frozenset[Key]:
    """Draw the forms to be looked at: the riskiest half of the sample, larger budgets first.

    The rest is drawn by the seed. Projects without a form are no forms.
    """
    there = {key: each for key, each in forms.items() if each.path is not None}
    risky = sorted(there, key=lambda key: (-risk(there[key]), -(there[key].budget_fen or 0), key))
    first = risky[: (size + 1) // 2]
    others = sorted(risky[len(first) :], key=lambda key: _lot(seed, key))
    return frozenset([*first, *others[: size - len(first)]])


def _lot(seed: int, key: Sequence[str]) -> str:
    return hashlib.sha256("\n".join((str(seed), *key)).encode()).hexdigest()
