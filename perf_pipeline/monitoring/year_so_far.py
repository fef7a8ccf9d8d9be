"""The year's value of what is counted by period (年度口径): added up, or pooled.

At a checkpoint before the year's end a rate is judged by its own period; at the last one the year
is judged, by numerators over denominators of the whole year. Reported values that state their
period alone (本期数) are added to those before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.year_rule import Covers, YearRule
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.actuals import LARGEST, Limits
from perf_pipeline.monitoring.exact import or_none
from perf_pipeline.monitoring.reported_period import states, value_of_period, values_since
from perf_pipeline.monitoring.words import plain
from perf_pipeline.warehouse.frames import value_of

Subject = tuple[int, str]
ADDED = (str(YearRule.TOTAL), str(YearRule.POOLED))


def year_so_far(
    rows: pd.DataFrame, periods: pd.DataFrame | None, checkpoint: Checkpoint
) -> pd.DataFrame:
    """Put the year's value in the place of the period's where the year rule asks for it.

    Adds period_numerator and period_denominator, the period's own figure where it was replaced,
    and `not_added`, why reported values give none: they cannot be added up, or fall.
    """
    frame = rows.copy(deep=False)
    for name in ("period_numerator", "period_denominator", "not_added"):
        frame[name] = plain([None] * len(rows), rows)
    frame = _pooled(frame) if checkpoint.last else frame
    if periods is None or periods.empty:
        return frame
    changed = {name: frame[name].to_numpy(dtype=object).copy() for name in _CHANGED}
    rules = frame["year_rule"].to_numpy(dtype=object)
    added = np.isin(rules, ADDED) & (frame["measure"].to_numpy(dtype=object) == REPORTED)
    for at, mine in by_row(frame, periods, added):
        unit, name, raw = (frame[each].iloc[at] for each in ("unit", "name", "raw_target"))
        limits = Limits.of(str(name), str(raw), unit)
        operator, *ends = (value_of(frame[each].iloc[at]) for each in _ENDS)
        aimed = replace(limits, operator=operator, target_micro=ends[0], upper_micro=ends[1])
        if rules[at] == YearRule.TOTAL and (said := _falls(mine, limits, aimed)):
            _take_back(changed, at, said)
        elif _by_period(mine, rules[at]) and (rules[at] == YearRule.TOTAL or checkpoint.last):
            _add(changed, at, mine, str(rules[at]), limits)
    return frame.assign(**{name: plain(values, frame) for name, values in changed.items()})


_ENDS = ("operator", "target_micro", "upper_micro")
_CHANGED = (
    "reported_text",
    "reported_numerator",
    "reported_denominator",
    "period_numerator",
    "period_denominator",
    "not_added",
)


def by_row(
    rows: pd.DataFrame, periods: pd.DataFrame, wanted: np.ndarray
) -> Iterator[tuple[int, list[Mapping[str, Any]]]]:
    """Yield the place of each wanted row that has periods, with its periods in their order."""
    subjects = list(zip(rows["department_id"], rows["indicator_key"], strict=True))
    places = {subject: at for at, subject in enumerate(subjects) if wanted[at]}
    found: dict[int, list[Mapping[str, Any]]] = {}
    keys = zip(periods["department_id"], periods["indicator_key"], strict=True)
    chosen = [(place, at) for place, at in enumerate(map(places.get, keys)) if at is not None]
    records = periods.iloc[[place for place, _ in chosen]].to_dict("records")
    for (_, at), record in zip(chosen, records, strict=True):
        found.setdefault(at, []).append({str(name): value_of(v) for name, v in record.items()})
    for at in sorted(found):
        yield at, sorted(found[at], key=lambda each: each["on"])


def _by_period(mine: list[Mapping[str, object]], rule: str) -> bool:
    return states(mine[-1], rule) is Covers.PERIOD


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the year's figure of a measure that is judged by period in the place of the period's."""
    if "year_denominator" not in rows:
        return rows
    of_year = rows["year_denominator"].notna() & rows["year_rule"].isin(ADDED)
    differs = (rows["year_numerator"] != rows["numerator"]) | (
        rows["year_denominator"] != rows["denominator"]
    )
    pooled = (of_year & differs).to_numpy(dtype=bool)
    pairs = (("numerator", "year_numerator"), ("denominator", "year_denominator"))
    for name, year in pairs:
        now, whole = (rows[each].to_numpy(dtype=object) for each in (name, year))
        rows[f"period_{name}"] = plain(or_none(now, pooled), rows)
        rows[name] = plain(np.where(pooled, whole, now), rows)
    return rows


def _falls(mine: list[Mapping[str, Any]], limits: Limits, aimed: Limits) -> str | None:
    """Say where what was reported of the year so far is less than what was reported before it.

    Where it grew again (30, 20, 40) each may be of its period: that is settled where a later report
    says that it is of the year so far (填报口径), or where the target is met either way.
    """
    total = highest = summed = Fraction(0)
    said: list[str] = []  # of what makes the total, and the highest
    then: list[str] = []
    fell: list[str] = []
    for each in mine:
        value = value_of_period(each, YearRule.TOTAL, limits)
        if value is None or not value[1]:
            continue  # the total is at least what the others say
        if value[0] < 0:
            return None  # a net figure may fall
        summed += Fraction(*value)
        anew = states(each, YearRule.TOTAL) is Covers.YEAR
        words = f"{each['on'].month}月报“{each['reported_text'] or value[0]}”"
        total, said = Fraction(*value) + (0 if anew else total), [*(() if anew else said), words]
        if total < highest:
            fell = [*then, said[0]]
            continue
        highest, then = total, said
        fell = [] if each["covers"] == Covers.YEAR.label else fell
    met = total == highest and aimed.met_by(total) and aimed.met_by(summed)
    told = "" if met else "、".join(fell)
    return told and (
        f"年初以来的数不会变小，却是{told}；哪个不对请改正，是本期数的请把填报口径写作“本期数”；"
        "会增减的（如在岗人数）请在指标与度量对照表把年度口径写作“时点数”"
    )


def _take_back(changed: dict[str, np.ndarray], at: int, said: str) -> None:
    """Leave a row without a value, and say why."""
    changed["not_added"][at] = said
    for name in ("reported_text", "reported_numerator", "reported_denominator"):
        changed[name][at] = None


def _add(
    changed: dict[str, np.ndarray],
    at: int,
    mine: list[Mapping[str, Any]],
    rule: str,
    limits: Limits,
) -> None:
    """Add reported periods to the last report of the year so far, or pool their counts."""
    values = values_since(mine, rule, limits)
    known = [value for value in values if value is not None]
    numerator, denominator = (sum(parts) for parts in zip(*known, strict=True)) if known else (0, 0)
    if rule == YearRule.TOTAL and known:
        total = sum((Fraction(*value) for value in known), Fraction(0))
        numerator, denominator = total.numerator, total.denominator
    if len(known) < len(values) or max(abs(numerator), denominator) > LARGEST:
        words = "、".join(filter(None, (each["reported_text"] for each in mine[-len(values) :])))
        _take_back(changed, at, f"填报的是本期数，“{words}”不能合成全年数，请填写分子和分母")
        return
    now = values[-1]
    assert now is not None
    changed["reported_numerator"][at], changed["reported_denominator"][at] = numerator, denominator
    if len(values) > 1:
        changed["period_numerator"][at], changed["period_denominator"][at] = now
