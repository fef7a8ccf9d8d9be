"""What must hold in each period (每期都须达到): one break is a break for the year.

Later good periods do not heal it; they are told beside it. A period that nobody reported on may
have been broken, so that the year does not count as met while it is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint, month_end
from perf_pipeline.domain.status import Status
from perf_pipeline.domain.year_rule import Covers, YearRule
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.actual_values import actual_values
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.compared import AT_MOST, Compared
from perf_pipeline.monitoring.exact import Mask
from perf_pipeline.monitoring.reported_period import states
from perf_pipeline.monitoring.words import among, plain
from perf_pipeline.monitoring.year_so_far import by_row

PERIOD_COLUMNS = (
    "numerator",
    "denominator",
    "reported_text",
    "reported_numerator",
    "reported_denominator",
)


class _Period(NamedTuple):
    on: date
    held: bool
    broke: bool
    numerator: int | None
    denominator: int | None
    word: str | None
    text: str
    covers: Covers

    @property
    def said(self) -> str:
        return f"{point(self.on)}{self.text}"


def point(day: date) -> str:
    """Write a day as checkpoints are written: 10月底, 10月15日."""
    if (day + timedelta(days=1)).day == 1:
        return f"{day.month}月底"
    return f"{day.month}月{day.day}日"


def tell_broken_periods(
    judged: pd.DataFrame, periods: pd.DataFrame | None, numeric: Mask, checkpoint: Checkpoint
) -> pd.DataFrame:
    """Make what did not hold in a period missed, by its worst value of the year.

    Adds `broken`, the periods that did not hold with their values, and `after_break`, those after
    the last of them that did; both None where nothing broke. `unsettled` tells the periods that
    nobody reported on, or in words that cannot be compared; where nothing else broke there is then
    no data. Of a measured figure, a period in which nothing was to be counted breaks nothing.
    """
    frame = judged.assign(broken=None, after_break=None, unsettled=None)
    every = among(judged["year_rule"], (str(YearRule.EVERY),))
    if periods is None or periods.empty or not every.any():
        return frame
    changed = {name: frame[name].to_numpy(dtype=object).copy() for name in _CHANGED}
    for at, mine in _judged_periods(judged, periods, numeric, every):
        broken = [each for each in mine if each.broke]
        if judged["measure"].iloc[at] == REPORTED:
            changed["unsettled"][at] = "、".join(_unsettled(mine, checkpoint)) or None
        if not broken:
            if changed["unsettled"][at] is not None:
                changed["status"][at] = str(Status.NO_DATA)
            continue
        at_most = judged["operator"].iloc[at] in AT_MOST
        worst = max(broken, key=lambda each: _badness(each, at_most=at_most))
        after = [each for each in mine if each.held and each.on > broken[-1].on]
        changed["status"][at] = str(Status.MISSED)
        changed["broken"][at] = "、".join(each.said for each in broken)
        changed["after_break"][at] = "、".join(each.said for each in after) or None
        changed["numerator"][at], changed["denominator"][at] = worst.numerator, worst.denominator
        changed["word"][at] = worst.word
        changed["has_number"][at] = worst.denominator is not None
    return frame.assign(**{name: plain(values, frame) for name, values in changed.items()})


_CHANGED = (
    *("status", "broken", "after_break", "unsettled"),
    *("numerator", "denominator", "word", "has_number"),
)


def _unsettled(mine: Sequence[_Period], checkpoint: Checkpoint) -> Iterator[str]:
    """Say which periods of the year so far are not known to have held or not."""
    begins = checkpoint.starts_on
    whole = [each.on for each in mine if each.held and each.covers is Covers.YEAR]
    settled_until = max(whole, default=date.min)  # what is told of the year so far tells of it all
    for month in checkpoint.months[: checkpoint.ordinal]:
        ends = month_end(checkpoint.fiscal_year, month)
        told = [each for each in mine if begins <= each.on <= ends]
        if not told and settled_until < ends:
            yield f"{point(ends)}没有填报值"
        yield from (f"{each.said}无法比较" for each in told if not each.held and not each.broke)
        begins = ends + timedelta(days=1)


def _badness(period: _Period, *, at_most: bool) -> Fraction:
    if period.denominator is None or period.numerator is None:
        return Fraction(0)
    value = Fraction(period.numerator, period.denominator)
    return value if at_most else -value


def _judged_periods(
    judged: pd.DataFrame, periods: pd.DataFrame, numeric: Mask, every: Mask
) -> list[tuple[int, Sequence[_Period]]]:
    """Judge each period by itself, all at once, by the target that the checkpoint is judged by."""
    found = list(by_row(judged, periods, every))
    places = np.array([at for at, mine in found for _ in mine], dtype=int)
    flat: list[Mapping[str, Any]] = [each for _, mine in found for each in mine]
    if not flat:
        return []
    rows = judged.iloc[places].reset_index(drop=True)
    for name in PERIOD_COLUMNS:
        rows[name] = plain([each[name] for each in flat], rows)
    rows["reported_on"] = plain([each["on"] for each in flat], rows)
    usable = among(rows["measure"], (REPORTED,))
    values = actual_values(rows, numeric[places], usable)
    compared = Compared(rows, values, numeric[places])
    held, broke = compared.reached()
    about = ("unit", "target_micro", "upper_micro")
    limits = list(zip(*(rows[name] for name in about), strict=True))
    told = []
    for i, period in enumerate(flat):
        known = bool(compared.has_number[i])
        pair = (int(values.numerator[i]), int(values.denominator[i])) if known else (None, None)
        text = period["reported_text"]
        if text is None and known:
            text = write_actual(*pair, *limits[i])
        day = period["on"]
        verdict = (bool(held[i]), bool(broke[i]))
        states_of = states(period, str(YearRule.EVERY))
        word, text = values.word[i], str(text or "")
        told.append(_Period(day, *verdict, pair[0], pair[1], word, text, states_of))
    each_period = iter(told)
    return [(at, [next(each_period) for _ in mine]) for at, mine in found]
