"""When an item asks for an answer, and by when each step is due (整改规则): from rules.yaml."""

from __future__ import annotations

from pydantic import Field

from perf_pipeline.domain.declared import Declared


class ItemRules(Declared):
    """The rules of the loop (整改闭环); days are working days (工作日), months calendar months.

    `demands` says at which levels of which alert rules an answer is asked for. Sources and what
    no source says: docs/decisions/items.md.
    """

    demands: dict[str, tuple[str, ...]]
    broken_zero: bool = True  # a target of zero that was broken asks for an answer at once
    in_a_row: int = Field(3, ge=2, le=12)  # so many checkpoints in a row with a warning
    choose_within: int = Field(10, ge=1, le=60)  # from the warning to the choice
    measures_within: int = Field(15, ge=1, le=90)  # from the choice to the measures
    check_after: int = Field(5, ge=0, le=30)  # registers come so long after a promise's date
    escalate_after: int = Field(5, ge=1, le=60)  # from a missed deadline to the next higher
    consequence_after_months: int = Field(1, ge=1, le=12)  # from the demand that nobody met
    consequence: str  # what is then proposed; the tool never does it
