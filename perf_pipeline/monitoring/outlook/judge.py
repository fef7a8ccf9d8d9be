"""From judged results to outlook rows: which subjects can be foretold, and how sure they are."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint, month_end
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.share import WHOLE_BP, is_percent, percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator
from perf_pipeline.measures.catalogue import REPORTED, declared_where, most_possible
from perf_pipeline.measures.open_cases import BANDS, COUNTED
from perf_pipeline.monitoring.outlook.deliverables import at_most
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Forecast, fact
from perf_pipeline.monitoring.outlook.known import in_bp
from perf_pipeline.monitoring.outlook.similar import Case, stored_cases
from perf_pipeline.monitoring.outlook.subjects import (
    INTERVALS,
    Measured,
    Method,
    stored,
    tell,
)
from perf_pipeline.monitoring.outlook.waiting import Waiting
from perf_pipeline.monitoring.outlook.wording import TOO_LITTLE, Sentence, outlook_reason

NUMBERS = ("number", "range")
OF_THE_PERIOD = declared_where(lambda each: each.of_the_period)
OF_A_FIXED_BASE = declared_where(lambda each: each.fixed_base)
MAY_HEAL = declared_where(lambda each: each.misses_may_heal)


def foretell_spending(
    results: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits
) -> pd.DataFrame:
    """Return one outlook row a project of this year.

    `results` has a row a project and judged checkpoint: department_id, project_name, fiscal_year,
    month, budget_fen, paid_fen, planned_bp; of this year the checkpoint, of earlier years the same
    month and December.
    """
    rows = results.assign(subject_key=results["project_name"], value=results["paid_fen"], base=1)
    rows["planned"] = pd.to_numeric(rows["planned_bp"]) / WHOLE_BP
    rows["limit"] = rows["budget_fen"]
    now = _this_year(rows, checkpoint)
    now["unknown"] = [
        "没有可用的支付数据，无法预计"
        if paid is None
        else (TOO_LITTLE if not paid and not budget else None)
        for paid, budget in zip(now["value"], now["limit"], strict=True)
    ]
    budget = pd.to_numeric(now["limit"]).to_numpy(dtype=float)
    now["measured"], now["unit"] = Measured.SPENDING, None
    now["at_least"] = np.where(budget > 0, budget * limits.spent_bp / WHOLE_BP, np.nan)
    now["at_most"] = np.nan
    paid = pd.to_numeric(now["value"]).to_numpy(dtype=float)
    known = budget > 0
    now["reached"] = [
        bool(each) if has else None
        for each, has in zip(paid >= now["at_least"].to_numpy(), known, strict=True)
    ]
    promise = f"执行率达到{percent(limits.spent_bp).replace('.00', '')}"
    now["promise"] = [promise if has else None for has in known]
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
        limit=results["target_micro"],
        planned=np.nan,
    )
    rows["limit"] = pd.to_numeric(rows["limit"]) / MICRO
    now = _this_year(rows, checkpoint)
    now[COUNTED] = _waiting(now, open_)
    kinds = [_measured(row) for row in now.to_dict("records")]
    now["measured"] = [kind if isinstance(kind, Measured) else None for kind in kinds]
    now["unknown"] = [None if isinstance(kind, Measured) else kind for kind in kinds]
    _targets(now)
    decided = {str(Status.MET): True, str(Status.MISSED): False}
    now["reached"] = now["status"].map(decided).astype(object)
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
    missed = pd.to_numeric(now["base"]) - pd.to_numeric(now["value"])
    found[:, BANDS - 1] = np.where(now["measure"].isin(MAY_HEAL), missed.fillna(0), 0)
    return found


def _this_year(rows: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    now = rows[rows["fiscal_year"] == checkpoint.fiscal_year]
    return now.reset_index(drop=True).astype(object)


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
        if row["measure"] == "execution_rate":
            return "与项目支出的预计相同，见全年预计执行数"
        if row["measure"] in OF_A_FIXED_BASE:
            return "分母全年不变，须看还有多少未完成，暂不能预计"
        within = 0 <= int(str(row["value"])) <= base
        return Measured.RATE if within else "比率超过100%，暂不能预计"
    if base != 1 or int(str(row["value"])) < 0:
        return "单位成本或非整数，不随时间累计，暂不能预计"
    if row["behaviour"] == Behaviour.COST:
        return Measured.AMOUNT
    if behaviour == Behaviour.CUMULATIVE or row["target_micro"] == 0:
        return Measured.COUNT
    return "不随时间累计，暂不能预计"


def _targets(now: pd.DataFrame) -> None:
    """Put the target into the value's own unit: at least, at most, or both."""
    scale = np.array([100.0 if is_percent(str(unit or "")) else 1.0 for unit in now["unit"]])
    target = pd.to_numeric(now["target_micro"]).to_numpy(dtype=float) / MICRO / scale
    upper = pd.to_numeric(now["upper_micro"]).to_numpy(dtype=float) / MICRO / scale
    operator = now["operator"].to_numpy()
    most = np.isin(operator, [str(Operator.LE), str(Operator.LT)])
    between = operator == str(Operator.BETWEEN)
    now["at_least"] = np.where(most, np.nan, target)
    now["at_most"] = np.where(most, target, np.where(between, upper, np.nan))


def _foretell(
    now: pd.DataFrame, rows: pd.DataFrame, checkpoint: Checkpoint, limits: OutlookLimits
) -> pd.DataFrame:
    """Add method, point, intervals, probability, likelihood and reason."""
    for name in (*INTERVALS, "probability_bp", "likelihood", "method", "similar_cases"):
        now[name] = None
    now["reason"] = now["unknown"]
    for measured in Measured:
        mine = now[now["unknown"].isna() & (now["measured"] == measured)]
        if len(mine):
            _foretell_kind(now, mine, rows, measured, checkpoint, limits)
    now["measured_in"] = [None if kind is None else str(kind) for kind in now["measured"]]
    return now


def _foretell_kind(
    now: pd.DataFrame,
    mine: pd.DataFrame,
    rows: pd.DataFrame,
    measured: Measured,
    checkpoint: Checkpoint,
    limits: OutlookLimits,
) -> None:
    if checkpoint.last:
        value = pd.to_numeric(mine["value"]).to_numpy(dtype=float)
        told = fact(value / pd.to_numeric(mine["base"]).to_numpy(dtype=float))
    else:
        panel = _panel(mine, rows, checkpoint)
        if measured is Measured.COUNT:  # nobody strives for as many as are allowed
            strives = np.isfinite(mine["at_least"].to_numpy(dtype=float))[panel["subject"]]
            panel["limit"] = panel["limit"].where(strives, 0.0)
        told = tell(panel, measured, checkpoint.month / 12, _as_waiting(mine, checkpoint))
        own = _own_years(panel, len(mine), measured)
        listed = dict(stored_cases(told.found, own))
        now.loc[mine.index, "similar_cases"] = [listed.get(row) for row in range(len(mine))]
    if measured is Measured.COUNT:
        most: Floats = pd.to_numeric(mine["measure"].map(most_possible())).to_numpy(dtype=float)
        told = at_most(told, most)
    foretold = np.isfinite(told.quantiles).all(axis=1)
    now.loc[mine.index[np.flatnonzero(~foretold)], "reason"] = TOO_LITTLE
    chance = _probabilities(mine, told, measured, checkpoint)[foretold]
    mine = mine.iloc[np.flatnonzero(foretold)]
    whole = stored(told.quantiles[foretold], measured).astype("int64").astype(object)
    similar, years = (
        np.nan_to_num(each[foretold]).astype(int).tolist() for each in (told.similar, told.years)
    )
    probability = [None if np.isnan(each) else _basis_points(each) for each in chance]
    likelihood = [None if each is None else limits.likelihood(each) for each in probability]
    if checkpoint.last:
        methods = [Method.FACT] * len(mine)
    else:
        methods = [Method.PAST_YEARS if own else Method.FIRST_YEAR for own in years]
    said = zip(
        methods,
        [measured] * len(mine),
        mine["unit"],
        similar,
        years,
        whole[["low80", "point", "high80"]].itertuples(index=False, name=None),
        mine["promise"],
        probability,
        likelihood,
        strict=True,
    )
    columns: dict[str, list[Any]] = {
        "method": [str(each) for each in methods],
        "probability_bp": probability,
        "likelihood": [None if each is None else str(each) for each in likelihood],
        "reason": [outlook_reason(Sentence(*each)) for each in said],
    }
    for name, values in (columns | {each: list(whole[each]) for each in INTERVALS}).items():
        now.loc[mine.index, name] = pd.Series(values, mine.index, object)


def _basis_points(chance: float) -> int:
    """Return a probability in basis points: never whole where it is not."""
    least, most = (1, WHOLE_BP - 1) if 0 < chance < 1 else (0, WHOLE_BP)
    return min(max(round(chance * WHOLE_BP), least), most)


def _panel(mine: pd.DataFrame, rows: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Return one row a subject and year: the value at this month, and at year end if past."""
    key = ["department_id", "subject_key"]
    subjects = mine[key].assign(subject=np.arange(len(mine)))
    joined = rows.merge(subjects, on=key)
    same = joined[joined["month"] == checkpoint.month]
    end = joined[(joined["month"] == 12) & (joined["fiscal_year"] < checkpoint.fiscal_year)]
    ends = {"value": "final_value", "base": "final_base", "limit": "final_limit"}
    end = end[["subject", "fiscal_year", *ends]].rename(columns=ends)
    panel = same.merge(end, on=["subject", "fiscal_year"], how="left")
    panel = panel.rename(columns={"fiscal_year": "year"})
    names = ("value", "base", "limit", "planned", *ends.values())
    return panel.assign(
        subject=panel["subject"].astype(int),
        year=panel["year"].astype(int),
        **{name: pd.to_numeric(panel[name]).astype(float) for name in names},
    )


def _as_waiting(mine: pd.DataFrame, checkpoint: Checkpoint) -> Waiting | None:
    if COUNTED[0] not in mine:
        return None
    left = (month_end(checkpoint.fiscal_year, 12) - checkpoint.ends_on).days
    cases, before, done = np.split(mine[COUNTED].to_numpy(dtype=float), 3, axis=1)
    return Waiting(cases, before, done, np.full(len(mine), float(left)))


def _own_years(panel: pd.DataFrame, subjects: int, measured: Measured) -> list[list[Case]]:
    """Return the past years of each subject as similar cases, the newest first."""
    past = panel[panel["value"].notna() & panel["final_value"].notna()]
    past = past.sort_values("year", ascending=False)
    then, end = (past[name].to_numpy() for name in ("value", "final_value"))
    if measured is not Measured.COUNT:
        base = "base" if measured is Measured.RATE else "limit"
        final_base = "final_base" if measured is Measured.RATE else "limit"
        then, end = in_bp(then, past[base].to_numpy()), in_bp(end, past[final_base].to_numpy())
    found: list[list[Case]] = [[] for _ in range(subjects)]
    for subject, *case in zip(past["subject"], past["year"], then, end, strict=True):
        found[subject].append(Case(None, *map(int, case)))
    return found


def _probabilities(
    mine: pd.DataFrame, told: Forecast, measured: Measured, checkpoint: Checkpoint
) -> Floats:
    """Return the probability of each promise; at year end the exact judgement decides."""
    low = mine["at_least"].to_numpy(dtype=float)
    high = mine["at_most"].to_numpy(dtype=float)
    if checkpoint.last:
        return np.array(
            [np.nan if yes is None or pd.isna(yes) else float(yes) for yes in mine["reached"]]
        )
    # more than allowed: of whole things the next one
    above = np.nextafter(high, 2) if measured is Measured.RATE else np.floor(high) + 1
    reaching, exceeding = (told.reaching(np.nan_to_num(each)) for each in (low, above))
    chance = np.where(np.isfinite(low), reaching, 1.0)
    chance = chance - np.where(np.isfinite(high), exceeding, 0.0)
    any_ = np.isfinite(low) | np.isfinite(high)
    return np.where(any_, np.clip(chance, 0.0, 1.0), np.nan)
