"""What a form leaves out of an indicator, guessed from the indicator library (指标库).

A guess fills nothing in: levels and values stay as written, no judgement rests on it. It stands
beside what was read, marked as a guess, for a person to confirm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from perf_pipeline.documents.model import Indicator
from perf_pipeline.documents.review.lexicon import names_unit
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import NUMBERS, Operator
from perf_pipeline.domain.target_grammar import begins_with_sign
from perf_pipeline.library.indicators import IndicatorLibrary

_WHOLE = ("0", "100")  # 0起 and 100% need no sign
_FRACTION = re.compile(r"[01](?:\.\d+)?")  # 0.95 of 1, or of 100: nobody knows


@dataclass(frozen=True)
class Guess:
    """What the library says of an indicator; of what the form says itself, a blank.

    `direction` is ≥, ≤ or =; `trade` the line of business (行业) whose indicator it is, `source`
    where the library has it from.
    """

    level1: str
    level2: str
    unit: str
    direction: str
    trade: str
    source: str

    @property
    def said(self) -> dict[str, str]:
        """What is guessed, by the label of each column (一级指标, 方向)."""
        labels = {"一级指标": self.level1, "二级指标": self.level2}
        labels |= {"计量单位": self.unit, "方向": self.direction}
        return {label: guessed for label, guessed in labels.items() if guessed}


def guess(of: Indicator, library: IndicatorLibrary) -> Guess | None:
    """Guess what a form leaves out of an indicator; None where nothing is, or nobody knows.

    A sentence leaves out no level: it has none.
    """
    known = library.find(of.level3) if of.level3 else None
    if known is None:
        return None
    bare = of.target.kind in NUMBERS and not of.target.unit
    fraction = is_percent(known.unit) and _FRACTION.fullmatch(of.target.value or "") is not None
    below = of.level1.removesuffix("指标") in ("", known.level1.removesuffix("指标"))
    levels = not of.evidence or bool(of.level1 or of.level2)
    signed = begins_with_sign(of.raw_value) or of.target.value in _WHOLE
    direction = "" if signed or of.target.operator is not Operator.EQ else known.sign
    found = Guess(
        known.level1 if levels and not of.level1 else "",
        known.level2 if levels and not of.level2 and below else "",
        known.unit if bare and not fraction and not names_unit(of.level3) else "",
        "" if direction == "=" else direction,
        known.trade,
        known.source,
    )
    return found if found.said else None
