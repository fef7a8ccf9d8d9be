"""From judged results to outlook rows: which subjects can be foretold, and how sure they are."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint, month_end
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.share import WHOLE_BP, is_percent, percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.measures.catalogue import REPORTED, declared_where, measure_that, most_possible
from perf_pipeline.measures.open_cases import BANDS, COUNTED
from perf_pipeline.monitoring.outlook.deliverables import at_most
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import UNLIKELY, Forecast, fact
from perf_pipeline.monitoring.outlook.similar import stored_cases
from perf_pipeline.monitoring.outlook.subjects import (
    INTERVALS,
    Measured,
    Method,
    Panel,
    stored,
    tell,
)
from perf_pipeline.monitoring.outlook.waiting import Waiting
from perf_pipeline.monitoring.outlook.wording import TOO_LITTLE, Sentence, outlook_reason
from perf_pipeline.registers.measure_declaration import Fills

STANDS = "不随时间累计，暂不能预计"
UNPAID = "没有可用的支付数据，无法预计"
NUMBERS = ("number", "range")
OF_THE_PERIOD = declared_where(lambda each: each.of_the_period)
OF_A_FIXED_BASE = declared_where(lambda each: each.fixed_base)
MAY_HEAL = declared_where(lambda each: each.misses_may_heal)
NEXT = 2.0**-27  # what a rate differs by that is another one: more than is lost in working it out


def foretell_spending(
    results: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits
) -> pd.DataFrame:
    """Return one outlook row a project of this year.

    `results` has a row a project and judged checkpoint: department_id, project_name, fiscal_year,
    month, budget_fen, paid_fen, planned_bp; of this year the checkpoint and the one a quarter
    before, of earlier years the same month and December.
    """
    rows = results.assign(
        subject_key=results["project_name"],
        value=results["paid_fen"],
        base=1,
        limit=results["budget_fen"],
        planned=pd.to_numeric(results["planned_bp"]) / WHOLE_BP,
    )
    now = _this_year(rows, checkpoint)
    paid, budget = _numbers(now["value"]), _numbers(now["limit"])
    known, nothing = budget > 0, (paid == 0) & (np.nan_to_num(budget) == 0)
    now["unknown"] = None
    now.loc[nothing, "unknown"] = TOO_LITTLE
    now.loc[np.isnan(paid), "unknown"] = UNPAID
    now["measured"], now["unit"] = Measured.SPENDING, None
    now["at_least"] = np.where(known, budget * limits.spent_bp / WHOLE_BP, np.nan)
    now["at_most"] = np.nan
    now["reached"] = np.where(known, paid >= now["at_least"], np.nan)
    now["promise"] = None
    now.loc[known, "promise"] = f"执行率达到{percent(limits.spent_bp).replace('.00', '')}"
    now["subject"] = "spending"
    return _foretell(now, rows, checkpoint, limits)


def foretell_indicators(
    results: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits, open_: pd.DataFrame
) -> pd.DataFrame:
    """Return one outlook row an indicator of this year; columns as table indicator_result.

    `open_` are the cases that wait, as measures.open_cases tells them.
    """
    rows = results.assign(
        subject_key=results["indicator_key"],
        value=results["numerator"],
        base=results["denominator"],
        limit=pd.to_numeric(results["target_micro"]) / MICRO,
        planned=np.nan,
    )
    now = _this_year(rows, checkpoint)
    now[COUNTED] = _waiting(now, open_)
    kinds = [_measured(row) for row in now.to_dict("records")]
    now["measured"] = [kind if isinstance(kind, Measured) else None for kind in kinds]
    now["unknown"] = [None if isinstance(kind, Measured) else kind for kind in kinds]
    _targets(now)
    now["reached"] = now["status"].map({str(Status.MET): 1.0, str(Status.MISSED): 0.0})
    now["promise"] = [f"达到目标（{raw}）" for raw in now["raw_target"]]
    now["subject"] = "indicator"
    return _foretell(now, rows, checkpoint, limits)


def _waiting(now: pd.DataFrame, open_: pd.DataFrame) -> Floats:
    """Return COUNTED of each indicator's measure; the late are those judged as missed by now."""
    key = ["department_id", "measure", "project_name"]
    told = open_.assign(project_name=open_["project_name"].fillna("")).set_index(key)[COUNTED]
    of_project = [tuple(row) for row in now[key].fillna("").to_numpy()]
    of_department = [(*each[:2], "") for each in of_project]
    found: Floats = told.reindex(of_project).to_numpy(dtype=float)
    found = np.where(np.isnan(found), told.reindex(of_department).to_numpy(dtype=float), found)
    found = np.nan_to_num(found)
    missed = np.nan_to_num(_numbers(now["base"]) - _numbers(now["value"]))
    found[:, BANDS - 1] = np.where(now["measure"].isin(MAY_HEAL), missed, 0)
    return found


def _this_year(rows: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    now = rows[
        (rows["fiscal_year"] == checkpoint.fiscal_year) & (rows["month"] == checkpoint.month)
    ]
    return now.reset_index(drop=True).astype(object)


def _numbers(values: pd.Series) -> Floats:
    return pd.to_numeric(values).to_numpy(dtype=float)


def _measured(row: dict[Hashable, Any]) -> Measured | str:
    """Tell what an indicator's value is, or why it cannot be foretold."""
    behaviour, base = row["behaviour"], row["base"]
    if row["target_kind"] not in NUMBERS:
        return "不是数量指标，由项目单位判断"
    if row["value"] is None or not isinstance(base, int) or base <= 0:
        return TOO_LITTLE
    if is_percent(str(row["unit"] or "")):
        if row["measure"] == REPORTED:
            return "填报的比率不知件数，暂不能预计"
        if row["measure"] in OF_THE_PERIOD:
            return "只统计本期的比率，年底另计，暂不能预计"
        if row["measure"] == (measure_that(Fills.EXECUTED) or ""):
            return "与项目支出的预计相同，见全年预计执行数"
        if row["measure"] in OF_A_FIXED_BASE:
            return "分母全年不变，须看还有多少未完成，暂不能预计"
        if not _grows(row):
            return STANDS
        within = 0 <= int(str(row["value"])) <= base
        return Measured.RATE if within else "比率超过100%，暂不能预计"
    if base != 1 or int(str(row["value"])) < 0:
        return "单位成本或非整数，不随时间累计，暂不能预计"
    if behaviour == Behaviour.COST and _grows(row):
        return Measured.AMOUNT
    if (behaviour == Behaviour.CUMULATIVE and _grows(row)) or row["target_micro"] == 0:
        return Measured.COUNT
    return STANDS


def _grows(row: dict[Hashable, Any]) -> bool:
    """Tell whether the year's figure grows from what is there: not what stands as on a day.

    Of what must hold in each period only a zero is foretold: one period tells nothing of the next.
    """
    rule = row.get("year_rule")
    if rule == YearRule.EVERY:
        return bool(row["target_micro"] == 0)
    return rule not in (YearRule.STATE, YearRule.LATEST)


def _targets(now: pd.DataFrame) -> None:
    """Put the target into the value's own unit: at least, at most, or both."""
    scale = np.array([100.0 if is_percent(str(unit or "")) else 1.0 for unit in now["unit"]])
    target, upper = (_numbers(now[of]) / MICRO / scale for of in ("target_micro", "upper_micro"))
    operator = now["operator"].to_numpy()
    # more than 5 begins with the next number, less than 5 ends with the one before
    more, less = (
        np.where(scale > 1, target + way * NEXT, np.nextafter(target, way * np.inf))
        for way in (1, -1)
    )
    target = np.where(operator == str(Operator.GT), more, target)
    target = np.where(operator == str(Operator.LT), less, target)
    most = np.isin(operator, [str(Operator.LE), str(Operator.LT)])
    between = operator == str(Operator.BETWEEN)
    now["at_least"] = np.where(most, np.nan, target)
    now["at_most"] = np.where(most, target, np.where(between, upper, np.nan))


def _foretell(
    now: pd.DataFrame, rows: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits
) -> pd.DataFrame:
    """Add method, point, intervals, probability, likelihood, reason and similar cases."""
    names = (*INTERVALS, "probability_bp", "likelihood", "method", "similar_cases")
    said = {name: np.full(len(now), None, dtype=object) for name in names}
    said["reason"] = now["unknown"].to_numpy(dtype=object, copy=True)
    unknown, kinds = now["unknown"].notna().to_numpy(), now["measured"].to_numpy()
    for measured in Measured:
        at = np.flatnonzero(~unknown & (kinds == measured))
        if len(at):
            made = _foretold(now.iloc[at], rows, measured, checkpoint, limits)
            said["reason"][at] = TOO_LITTLE
            for name, values in made.items():
                said[str(name)][made.index] = values
    named = [None if pd.isna(kind) else str(kind) for kind in kinds]
    return now.assign(**said, measured_in=np.array(named, dtype=object))


def _foretold(
    mine: pd.DataFrame,
    rows: pd.DataFrame,
    measured: Measured,
    checkpoint: Checkpoint,
    limits: OutlookLimits,
) -> pd.DataFrame:
    """Return what is foretold of subjects of one kind, without those of which nothing can be."""
    listed: dict[int, str] = {}
    if checkpoint.last:
        told = fact(_numbers(mine["value"]) / _numbers(mine["base"]))
        chance = _numbers(mine["reached"])
    else:
        panel = Panel.of(mine, rows, checkpoint)
        if measured is Measured.COUNT:
            # nobody strives for as many as are allowed: none come where none came yet; of what has
            # begun to come that says nothing. More than 5 is striven for as 6
            wanted, limit = np.ceil(_numbers(mine["at_least"])), panel.limit.copy()
            allowed = np.where(panel.value[:, 0] > 0, np.nan, 0.0)
            limit[:, 0] = np.where(np.isfinite(wanted), wanted, allowed)
            panel = replace(panel, limit=limit)
        told = tell(panel, measured, checkpoint.month / 12, _as_waiting(mine, checkpoint))
        listed = dict(stored_cases(told.found, panel.own_years(measured)))
        if measured is Measured.COUNT:
            told = at_most(told, _numbers(mine["measure"].map(most_possible())))
        chance = _chance(mine, told, measured)
    known = np.flatnonzero(np.isfinite(told.quantiles).all(axis=1))
    mine = mine.iloc[known]
    made = stored(told.quantiles[known], measured).astype("int64").astype(object)
    similar, years = (
        np.nan_to_num(each[known]).astype(int).tolist() for each in (told.similar, told.years)
    )
    methods = [Method.PAST_YEARS if own else Method.FIRST_YEAR for own in years]
    methods = [Method.FACT] * len(mine) if checkpoint.last else methods
    probability = [None if np.isnan(each) else _basis_points(each) for each in chance[known]]
    likelihood = [None if each is None else limits.likelihood(each) for each in probability]
    said = zip(
        methods,
        [measured] * len(mine),
        mine["unit"],
        similar,
        years,
        made[["low80", "point", "high80"]].itertuples(index=False, name=None),
        mine["promise"],
        probability,
        likelihood,
        strict=True,
    )
    return made.assign(
        method=[str(each) for each in methods],
        probability_bp=pd.Series(probability, dtype=object),
        likelihood=pd.Series([each and str(each) for each in likelihood], dtype=object),
        reason=[outlook_reason(Sentence(*each)) for each in said],
        similar_cases=pd.Series(map(listed.get, known.tolist()), dtype=object),
    ).set_axis(mine.index)


def _basis_points(chance: float) -> int:
    """Return a probability in basis points: never whole where it is not."""
    least, most = (1, WHOLE_BP - 1) if 0 < chance < 1 else (0, WHOLE_BP)
    return min(max(round(chance * WHOLE_BP), least), most)


def _as_waiting(mine: pd.DataFrame, checkpoint: Checkpoint) -> Waiting | None:
    if COUNTED[0] not in mine:
        return None
    left = (month_end(checkpoint.fiscal_year, 12) - checkpoint.ends_on).days
    cases, before, done = np.split(mine[COUNTED].to_numpy(dtype=float), 3, axis=1)
    return Waiting(cases, before, done, np.full(len(mine), float(left)))


def _chance(mine: pd.DataFrame, told: Forecast, measured: Measured) -> Floats:
    """Return the probability of each promise."""
    low, high = _numbers(mine["at_least"]), _numbers(mine["at_most"])
    # more than allowed: of whole things the next one
    above = high + NEXT if measured is Measured.RATE else np.floor(high) + 1
    reaching, exceeding = (told.reaching(np.nan_to_num(each)) for each in (low, above))
    reaching = np.where(np.isfinite(low), reaching, 1.0)
    exceeding = np.where(np.isfinite(high), exceeding, 0.0)
    # a range that is missed by far is as unlikely as may be, and impossible only as either end is
    open_ = (reaching > 0) & (exceeding < 1)
    chance = np.where(open_, np.maximum(reaching - exceeding, UNLIKELY), 0.0)
    any_ = np.isfinite(low) | np.isfinite(high)
    return np.where(any_, chance, np.nan)
