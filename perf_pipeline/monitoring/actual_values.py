"""The actual values of a frame of indicators: measured, or reported by staff in their place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import CARRIED
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.monitoring.counted import FEN_OF_YUAN, SUMS_IN_FEN, counts_all
from perf_pipeline.monitoring.exact import Mask, Numbers, whole_numbers
from perf_pipeline.monitoring.words import among, each
from perf_pipeline.warehouse.frames import value_of


@dataclass(frozen=True)
class Actuals:
    """Actual values: a fraction where `known`, else in `word` what staff wrote, if anything."""

    numerator: Numbers
    denominator: Numbers
    known: Mask
    word: np.ndarray


def of_this_checkpoint(rows: pd.DataFrame, checkpoint: Checkpoint) -> Mask:
    """Tell which reported values speak of a checkpoint.

    What was reported for an earlier checkpoint says nothing about this one, unless the indicator
    only grows or happens once.
    """
    begins = checkpoint.period_starts_on
    fresh = each(rows["reported_on"], lambda day: day is not None and day >= begins)
    usable: Mask = among(rows["measure"], (REPORTED,)) & (fresh | among(rows["behaviour"], CARRIED))
    return usable


def actual_values(rows: pd.DataFrame, numeric: Mask, usable: Mask) -> Actuals:
    """Take measured values, and in their place the reported ones where `usable`.

    A count of all, but for none at all, says nothing of what is asked for each (每村2次).
    """
    numerator, known = whole_numbers(rows["numerator"])
    denominator, has_denominator = whole_numbers(rows["denominator"])
    counts, _ = whole_numbers(rows["reported_numerator"])
    bases, has_counts = whole_numbers(rows["reported_denominator"])
    counted = usable & has_counts
    numerator = np.where(counted, counts, numerator)
    denominator = np.where(counted, bases, denominator)
    of_all = np.array(
        [counts_all(*about) for about in zip(rows["measure"], rows["unit"], strict=True)]
    )
    known = (known & has_denominator & ~(of_all.astype(bool) & (numerator != 0))) | counted
    in_fen = among(rows["measure"], sorted(SUMS_IN_FEN)) & ~counted
    denominator = np.where(in_fen, denominator * FEN_OF_YUAN, denominator)

    texts = rows["reported_text"].to_numpy(dtype=object)
    written = np.flatnonzero(usable & ~counted & ~pd.isna(texts))
    word = np.full(len(rows), None, dtype=object)
    word[written] = [str(text).strip() for text in texts[written]]
    asked = written[numeric[written]]
    columns = [rows[name].to_numpy(dtype=object)[asked] for name in LIMIT_COLUMNS]
    described = [rows[name].to_numpy(dtype=object)[asked] for name in ("name", "raw_target")]
    for at, name, raw, *limits in zip(asked, *described, *columns, strict=True):
        operator, unit, target, upper = map(value_of, limits)
        wanted = Limits.of(
            str(name), str(raw), unit, operator=operator, target_micro=target, upper_micro=upper
        )
        number = read_number(word[at], wanted)
        if number is not None:
            numerator[at], denominator[at] = number.numerator, number.denominator
            known[at], word[at] = True, None
    return Actuals(numerator, denominator, known, word)


LIMIT_COLUMNS = ("operator", "unit", "target_micro", "upper_micro")
