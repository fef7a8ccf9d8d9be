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
from perf_pipeline.measures.catalogue import (
    OF_THE_PERIOD,
    REPORTED,
    declared_where,
    measure_that,
    most_possible,
)
from perf_pipeline.measures.open_cases import BANDS, COUNTED
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import UNLIKELY, Forecast, fact
from perf_pipeline.monitoring.outlook.similar import stored_cases
from perf_pipeline.monitoring.outlook.subjects import (
    INTERVALS,
    stored,
    subjects_of,
    tell,
)
from perf_pipeline.monitoring.outlook.told import Measured, Method
from perf_pipeline.monitoring.outlook.waiting import Waiting
from perf_pipeline.monitoring.outlook.wording import (
    TOO_LITTLE,
    Sentence,
    fact_reason,
    outlook_reason,
)
from perf_pipeline.registers.measure_declaration import Base, Fills, StillOpen

STANDS = "不随时间累计，暂不能预计"
UNPAID = "没有可用的支付数据，无法预计"
NUMBERS = ("number", "range")
OF_A_FIXED_BASE = declared_where(lambda each: each.base is Base.FIXED)
MAY_HEAL = declared_where(lambda each: each.open is StillOpen.HIT)
SAID = ("probability_bp", "likelihood", "method", "similar_cases", "reason")
WHOLE = [*INTERVALS, "similar", "years", "probability_bp"]
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
    wanted = np.where(budget > 0, budget * limits.spent_bp / WHOLE_BP, np.nan)
    known, nothing = np.isfinite(wanted), (paid == 0) & (np.nan_to_num(budget) == 0)
    promise = f"执行率达到{percent(limits.spent_bp).replace('.00', '')}"
    now = now.assign(
        subject="spending",
        measured=str(Measured.SPENDING),
        unit=None,
        unknown=pd.Series(np.where(nothing, TOO_LITTLE, UNPAID)).where(
            nothing | np.isnan(paid), None
        ),
        at_least=wanted,
        above=np.nan,
        reached=np.where(known, paid >= wanted, np.nan),
        promise=pd.Series(promise, now.index).where(known, None),
    )
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
    kinds = [_measured(row, last=checkpoint.last) for row in now.to_dict("records")]
    now["measured"] = [str(kind) if isinstance(kind, Measured) else None for kind in kinds]
    now["unknown"] = [None if isinstance(kind, Measured) else kind for kind in kinds]
    _targets(now)
    now["reached"] = now["status"].map({str(Status.MET): 1.0, str(Status.MISSED): 0.0})
    now["promise"] = [f"达到目标（{raw}）" for raw in now["raw_target"]]
    now["subject"] = "indicator"
    told = _foretell(now, rows, checkpoint, limits)
    if checkpoint.last:
        told["reason"] = [_known(row) for row in told.to_dict("records")]
    return told


def _known(row: dict[Hashable, Any]) -> str:
    """Say what an indicator came to in a year that is over, as it was judged."""
    if pd.isna(row["actual_text"]) or row["target_kind"] not in NUMBERS:
        return str(row["reason"])
    reached = None if pd.isna(row["reached"]) else row["reached"]
    return fact_reason(row["actual_text"], row["promise"], reached)


def _waiting(now: pd.DataFrame, open_: pd.DataFrame) -> Floats:
    """Return COUNTED of each indicator's measure; the late are those judged as missed by now."""
    key = ["department_id", "measure", "project_name"]
    told = open_.assign(project_name=open_["project_name"].fillna("")).set_index(key)[COUNTED]
    of_project = [tuple(row) for row in now[key].fillna("").to_numpy()]
    of_department = [(*each[:2], "") for each in of_project]
    mine, common = (told.reindex(of).to_numpy(dtype=float) for of in (of_project, of_department))
    found: Floats = np.nan_to_num(np.where(np.isnan(mine), common, mine))
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


def _measured(row: dict[Hashable, Any], *, last: bool) -> Measured | str:
    """Tell what an indicator's value is, or why it cannot be foretold.

    At the year's end nothing is foretold: what stands then is the fact.
    """
    behaviour, base = row["behaviour"], row["base"]
    if row["target_kind"] not in NUMBERS:
        return "不是数量指标，由项目单位判断"
    if row["value"] is None or not isinstance(base, int) or base <= 0:
        return TOO_LITTLE
    if is_percent(str(row["unit"] or "")):
        if row["measure"] == (measure_that(Fills.EXECUTED) or ""):
            return "与项目支出的预计相同，见全年预计执行数"
        if not last and (why := _not_foretold(row)):
            return why
        within = 0 <= int(str(row["value"])) <= base
        return Measured.RATE if within else "比率超过100%，暂不能预计"
    if base != 1 or int(str(row["value"])) < 0:
        return "单位成本或非整数，不随时间累计，暂不能预计"
    if behaviour == Behaviour.COST and _grows(row):
        return Measured.AMOUNT
    if (behaviour == Behaviour.CUMULATIVE and _grows(row)) or row["target_micro"] == 0 or last:
        return Measured.COUNT
    return STANDS


def _not_foretold(row: dict[Hashable, Any]) -> str | None:
    """Say why a rate cannot be foretold before the year's end, if so."""
    if row["measure"] == REPORTED:
        return "填报的比率不知还有多少未办，暂不能预计"
    if row["measure"] in OF_THE_PERIOD:
        return "只统计本期的比率，年底另计，暂不能预计"
    if row["measure"] in OF_A_FIXED_BASE:
        return "分母全年不变，须看还有多少未完成，暂不能预计"
    return None if _grows(row) else STANDS


def _grows(row: dict[Hashable, Any]) -> bool:
    """Tell whether the year's figure grows from what is there: not what stands as on a day.

    Of what must hold in each period only a zero is foretold: one period tells nothing of the next.
    """
    rule = row.get("year_rule")
    if rule == YearRule.EVERY:
        return bool(row["target_micro"] == 0)
    return rule not in (YearRule.STATE, YearRule.LATEST)


def _targets(now: pd.DataFrame) -> None:
    """Put what is promised into the value's own unit: at least so much, and below what is above."""
    rates = np.array([is_percent(str(unit or "")) for unit in now["unit"]])
    whole = MICRO * np.where(rates, 100, 1)
    target, upper = (_numbers(now[of]) / whole for of in ("target_micro", "upper_micro"))
    # more than 5 begins with the next number, and so does what is above 5
    next_, beyond = (np.where(rates, each + NEXT, np.floor(each) + 1) for each in (target, upper))
    at_most, less, equal, more, between = (
        (now["operator"] == str(of)).to_numpy()
        for of in (Operator.LE, Operator.LT, Operator.EQ, Operator.GT, Operator.BETWEEN)
    )
    # a bare value that is passed may be a ceiling: nobody knows whether that is good
    value, wanted = _numbers(now["value"]) * whole, _numbers(now["target_micro"])
    none = at_most | less | (equal & (value > wanted * _numbers(now["base"])))
    now["at_least"] = np.select([none, more], [np.nan, next_], target)
    now["above"] = np.select([at_most, less, between], [next_, target, beyond], np.nan)


def _foretell(
    now: pd.DataFrame, rows: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits
) -> pd.DataFrame:
    """Add method, point, intervals, probability, likelihood, reason and similar cases."""
    parts = [
        _foretold(mine, rows, Measured(str(measured)), checkpoint, limits)
        for measured, mine in now[now["unknown"].isna()].groupby("measured")
    ]
    told = pd.concat([*parts, pd.DataFrame(columns=[*INTERVALS, *SAID], dtype=object)])
    told = told.reindex(index=now.index, columns=[*INTERVALS, *SAID])
    told["reason"] = told["reason"].fillna(now["unknown"]).fillna(TOO_LITTLE)
    now[told.columns] = told.where(told.notna(), None)
    return now.rename(columns={"measured": "measured_in"})


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
        known, habit, own = subjects_of(mine, rows, checkpoint, measured)
        waiting = None
        if measured is Measured.COUNT:
            # nobody strives for as many as are allowed; more than 5 is striven for as 6
            known = replace(known, base=np.nan_to_num(np.ceil(_numbers(mine["at_least"]))))
        elif measured is Measured.RATE:
            left = (month_end(checkpoint.fiscal_year, 12) - checkpoint.ends_on).days
            waits, before, done = np.split(mine[COUNTED].to_numpy(dtype=float), 3, axis=1)
            waiting = Waiting(waits, before, done, np.full(len(mine), float(left)))
        told = tell(known, measured, _numbers(mine["planned"]), waiting, habit)
        listed = dict(stored_cases(told.found, own))
        if measured is Measured.COUNT:
            told = told.at_most(_numbers(mine["measure"].map(most_possible())))
        chance = _chance(mine, told)
    past = np.where(told.years > 0, str(Method.PAST_YEARS), str(Method.FIRST_YEAR))
    surely = np.rint(chance * WHOLE_BP)
    between = (chance > 0) & (chance < 1)  # never said to be whole
    made = stored(told.quantiles, measured).assign(
        similar=np.floor(told.similar),
        years=told.years,
        method=str(Method.FACT) if checkpoint.last else past,
        unit=mine["unit"].to_numpy(),
        promise=mine["promise"].to_numpy(),
        probability_bp=np.where(between, np.clip(surely, 1, WHOLE_BP - 1), surely),
        similar_cases=pd.Series(listed, dtype=object),
    )
    able = np.flatnonzero(np.isfinite(told.quantiles).all(axis=1))
    made = made.set_index(mine.index).iloc[able]
    made = made.fillna({"similar": 0, "years": 0}).astype(dict.fromkeys(WHOLE, "Int64"))
    made = made.astype(object).where(made.notna(), None)
    made["likelihood"] = [
        None if each is None else str(limits.likelihood(each)) for each in made["probability_bp"]
    ]
    said = made[list(Sentence._fields[1:])].itertuples(index=False, name=None)
    return made.assign(reason=[outlook_reason(Sentence(measured, *each)) for each in said])


def _chance(mine: pd.DataFrame, told: Forecast) -> Floats:
    """Return the probability of each promise."""
    low, above = _numbers(mine["at_least"]), _numbers(mine["above"])
    reaching, exceeding = (
        np.where(np.isfinite(each), told.reaching(np.nan_to_num(each)), other)
        for each, other in ((low, 1.0), (above, 0.0))
    )
    # a range that is missed by far is as unlikely as may be, and impossible only as either end is
    open_ = (reaching > 0) & (exceeding < 1)
    chance = np.where(open_, np.maximum(reaching - exceeding, UNLIKELY), 0.0)
    return np.where(np.isfinite(low) | np.isfinite(above), chance, np.nan)
