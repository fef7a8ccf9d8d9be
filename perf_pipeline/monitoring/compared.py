"""Actual values compared with targets, phases and pace, exactly, for all indicators at once.

Numbers are compared crosswise in whole numbers (actual × target's denominator against target ×
actual's denominator), so that a value exactly on its threshold is on it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP, is_percent
from perf_pipeline.domain.target import MICRO, Operator, TargetKind
from perf_pipeline.domain.word_verdict import says_reached
from perf_pipeline.monitoring.actual_values import Actuals
from perf_pipeline.monitoring.exact import Mask, Numbers, compare, floor_quotient, whole_numbers
from perf_pipeline.monitoring.words import among, coded, each

NUMBERS = (str(TargetKind.NUMBER), str(TargetKind.RANGE))
AT_MOST = (str(Operator.LE), str(Operator.LT))
PACE_OF_PLAN = "支出计划"
WORD_TARGET = ("target_kind", "value_text", "raw_target")


class Compared:
    """A frame's columns as arrays, made once and asked in several ways."""

    def __init__(self, rows: pd.DataFrame, values: Actuals, numeric: Mask) -> None:
        """Compare rows with their values; `numeric` tells whose targets are numbers."""
        self.rows = rows
        self.values = values
        self.numeric = numeric
        self.target, has_target = whole_numbers(rows["target_micro"])
        self.has_number = numeric & has_target & values.known & (values.denominator != 0)
        self.denominator = values.denominator
        percent = each(rows["unit"], is_percent)
        self.actual = (values.numerator, np.where(percent, 100 * MICRO, MICRO))
        self.operator = coded(rows["operator"])
        self.behaviour = coded(rows["behaviour"])
        self.at_most = among(self.operator, AT_MOST)
        self.whole = values.known & (values.denominator == 1)
        upper, has_upper = whole_numbers(rows["upper_micro"])
        self.above_upper = self.has_number & has_upper & (self.against(upper) > 0)

    def against(self, micro: Numbers) -> np.ndarray:
        """Return the sign of the actual less a value in millionths."""
        return compare(self.actual, (micro, self.denominator))

    def reaches(self, micro: Numbers) -> Mask:
        """Tell whether the actual is on the good side of a value, or on it."""
        sign = self.against(micro)
        return np.where(self.at_most, sign <= 0, sign >= 0)

    def reached(self) -> tuple[Mask, Mask]:
        """Tell where the actual reaches its target and where not; neither where unknown."""
        sign = self.against(self.target)
        exceeds = among(self.operator, (str(Operator.GT),))
        undercuts = among(self.operator, (str(Operator.LT),))
        between = among(self.operator, (str(Operator.BETWEEN),))
        reached = np.where(self.at_most, sign <= 0, sign >= 0)
        reached &= ~((exceeds | undercuts) & (sign == 0)) & ~(between & self.above_upper)
        # of a bare value that may be a floor or a ceiling only the value itself is known to be good
        told = self.has_number & ((sign == 0) | ~among(self.operator, (str(Operator.EQ),)))
        yes, no = told & reached, told & ~reached
        words = np.flatnonzero(~pd.isna(self.values.word) & ~self.numeric)
        columns = [self.rows[name].to_numpy(dtype=object)[words] for name in WORD_TARGET]
        columns += [self.values.word[words], self.rows["reported_on"].to_numpy(dtype=object)[words]]
        answers = [says_reached(*said) for said in zip(*columns, strict=True)]
        yes[words] = [answer is True for answer in answers]
        no[words] = [answer is False for answer in answers]
        return yes, no

    def phase(self) -> tuple[Mask, Mask]:
        """Tell where a target of the phase (阶段目标) is set, and where the actual keeps to it."""
        if "phase_micro" not in self.rows:
            nowhere = np.zeros(len(self.rows), dtype=bool)
            return nowhere, nowhere
        phase, has_phase = whole_numbers(self.rows["phase_micro"])
        phased = self.has_number & has_phase
        return phased, phased & self.reaches(phase)

    def on_pace(self, checkpoint: Checkpoint) -> Mask:
        """Tell where a growing value has reached its due share of the target.

        The due share is that of the year gone by, in months, or of the spending plan where the
        map says so; of a count of whole things, the part of a thing that is due is not asked for.
        """
        planned, has_plan = whole_numbers(self.rows["planned_bp"])
        by_plan = has_plan & among(self.rows["pace"], (PACE_OF_PLAN,))
        share = np.where(by_plan, planned, checkpoint.month)
        due = floor_quotient((self.target, share), np.where(by_plan, WHOLE_BP, 12))
        due = np.where(self.whole, due - due % MICRO, due)
        paced: Mask = self.has_number & (self.against(due) >= 0)
        return paced
