"""One indicator on its way through the judgement: what is read of it, and what each step adds."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from perf_pipeline.domain.target import NUMBERS, Operator
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.rows import of_many_columns

AT_MOST = (Operator.LE, Operator.LT)


@of_many_columns
class Indicator(NamedTuple):
    """An indicator (绩效指标) with its target, its figure and what was reported; None: nothing.

    What has a default is added by the steps of the judgement: `target_in_force` says what the
    target was before it was revised and what a phase asks for; `judge_indicators` puts its own
    reading in the place of unit and operator, the year's figure in that of the period's, and adds
    the others.
    """

    department_id: int
    indicator_key: str
    project_name: str | None
    section: str | None
    level1: str | None
    level2: str | None
    name: str
    ordinal: int
    raw_target: str
    target_kind: str
    operator: str | None
    value_text: str | None
    target_micro: int | None
    upper_micro: int | None
    unit: str | None
    revised_raw: str | None
    revised_by: str | None
    revised_on: date | None
    earlier_raw: str | None  # what it was revised to before the checkpoint's period
    phase_raw: str | None
    phase_due_on: date | None
    measure: str | None
    mapped_behaviour: str | None
    mapped_direction: str | None
    mapped_year_rule: str | None
    due_on: date | None
    pace: str | None
    planned_bp: int | None
    plan_end_bp: int | None
    numerator: int | None
    denominator: int | None
    year_numerator: int | None
    year_denominator: int | None
    reported_text: str | None
    reported_numerator: int | None
    reported_denominator: int | None
    reported_on: date | None
    cause: str | None
    cause_words: str | None
    cause_measures: str | None

    initial_target: str | None = None
    phase_micro: int | None = None
    phase_text: str | None = None

    behaviour: str = ""
    behaviour_given: bool = False  # by a person, not deduced
    year_rule: str = ""
    period_numerator: int | None = None  # the period's own figure, where the year's took its place
    period_denominator: int | None = None
    not_added: str | None = None  # why reported values give no figure of the year
    word: str | None = None  # what staff wrote, where it is no number
    has_number: bool = False
    status: str = ""
    broken: str | None = None  # the periods that did not hold, with their values
    after_break: str | None = None  # those after the last of them that did
    unsettled: str | None = None  # those that nobody reported on, or in words of no rule
    actual_text: str | None = None
    reason: str = ""
    note: str | None = None
    hint: str | None = None

    @property
    def key(self) -> tuple[int, str]:
        """Return what one indicator is known by."""
        return self.department_id, self.indicator_key

    @property
    def numeric(self) -> bool:
        """Tell whether its target is a number."""
        return self.target_kind in NUMBERS

    @property
    def level(self) -> str:
        """Return its first and second level as one text."""
        return f"{self.level1 or ''}{self.level2 or ''}"

    @property
    def reported(self) -> bool:
        """Tell whether staff report it."""
        return self.measure == REPORTED
