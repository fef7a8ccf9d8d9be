"""From judged results to outlook rows: which subjects can be foretold, and how sure they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

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
from perf_pipeline.monitoring.outlook.columns import (
    Column,
    Columns,
    as_objects,
    chosen_rows,
    filled,
    numbers,
    objects,
    records,
)
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
OF_SUBJECT = ("department_id", "subject", "subject_key", "project_name", "measured_in")
NEXT = 2.0**-27  # what a rate differs by that is another one: more than is lost in working it out


def foretell_spending(
    results: Columns, checkpoint: Checkpoint, limits: OutlookLimits
) -> list[dict[str, object]]:
    """Return one outlook row a project of this year, as table outlook has it, and its department.

    `results` has a row a project and judged checkpoint: department_id, project_name, fiscal_year,
    month, budget_fen, paid_fen, planned_bp; of this year the checkpoint and the one a quarter
    before, of earlier years the same month and December.
    """
    rows = as_objects(results)
    rows |= {
        "subject_key": rows["project_name"],
        "value": rows["paid_fen"],
        "base": np.ones(len(rows["paid_fen"])),
        "limit": rows["budget_fen"],
        "planned": numbers(rows["planned_bp"]) / WHOLE_BP,
    }
    now = _this_year(rows, checkpoint)
    paid, budget = numbers(now["value"]), numbers(now["limit"])
    wanted = np.where(budget > 0, budget * limits.spent_bp / WHOLE_BP, np.nan)
    known, nothing = np.isfinite(wanted), (paid == 0) & (np.nan_to_num(budget) == 0)
    promise = f"执行率达到{percent(limits.spent_bp).replace('.00', '')}"
    unknown = np.where(nothing, TOO_LITTLE, UNPAID).astype(object)
    now |= {
        "subject": filled("spending", paid),
        "measured_in": filled(str(Measured.SPENDING), paid),
        "unit": filled(None, paid),
        "unknown": np.where(nothing | np.isnan(paid), unknown, filled(None, paid)),
        "at_least": wanted,
        "above": np.full(len(paid), np.nan),
        "reached": np.where(known, paid >= wanted, np.nan),
        "promise": np.where(known, filled(promise, paid), filled(None, paid)),
    }
    return _foretell(now, rows, checkpoint, limits)


def foretell_indicators(
    results: Columns, checkpoint: Checkpoint, limits: OutlookLimits, open_: Columns
) -> list[dict[str, object]]:
    """Return one outlook row an indicator of this year; columns as table indicator_result.

    `open_` are the cases that wait, as measures.open_cases tells them.
    """
    rows = as_objects(results)
    rows |= {
        "subject_key": rows["indicator_key"],
        "value": rows["numerator"],
        "base": rows["denominator"],
        "limit": numbers(rows["target_micro"]) / MICRO,
        "planned": np.full(len(rows["numerator"]), np.nan),
    }
    now = _this_year(rows, checkpoint)
    kinds = [_measured(row, last=checkpoint.last) for row in records(now)]
    told = {str(Status.MET): 1.0, str(Status.MISSED): 0.0}
    now |= {
        "subject": filled("indicator", kinds),
        "measured_in": objects(str(k) if isinstance(k, Measured) else None for k in kinds),
        "unknown": objects(None if isinstance(kind, Measured) else kind for kind in kinds),
        "reached": np.array([told.get(each, np.nan) for each in now["status"]]),
        "promise": objects(f"达到目标（{raw}）" for raw in now["raw_target"]),
        "waiting": _waiting(now, as_objects(open_)),
    }
    now |= _targets(now)
    foretold = _foretell(now, rows, checkpoint, limits)
    if checkpoint.last:
        for judged, row in zip(records(now), foretold, strict=True):
            row["reason"] = _known(judged, str(row["reason"]))
    return foretold


def _known(row: Mapping[str, object], otherwise: str) -> str:
    """Say what an indicator came to in a year that is over, as it was judged."""
    if row["actual_text"] is None or row["target_kind"] not in NUMBERS:
        return otherwise
    reached = float(str(row["reached"]))
    return fact_reason(
        str(row["actual_text"]), str(row["promise"]), None if np.isnan(reached) else reached
    )


def _waiting(now: Columns, open_: Columns) -> Floats:
    """Return COUNTED of each indicator's measure; the late are those judged as missed by now."""
    whose, measures, projects = now["department_id"], now["measure"], now["project_name"]
    of = zip(open_["department_id"], open_["measure"], open_["project_name"], strict=True)
    place = {(each, measure, project or ""): at for at, (each, measure, project) in enumerate(of)}
    told = np.column_stack([numbers(open_[name]) for name in COUNTED])
    told = np.vstack([told, np.full(len(COUNTED), np.nan)])  # of what is not among them
    of_department = filled("", whose)
    mine, common = (
        told[[place.get(each, -1) for each in zip(whose, measures, named, strict=True)]]
        for named in (np.where(projects == None, "", projects), of_department)  # noqa: E711
    )
    found: Floats = np.nan_to_num(np.where(np.isnan(mine), common, mine))
    missed = np.nan_to_num(numbers(now["base"]) - numbers(now["value"]))
    heals = np.array([each in MAY_HEAL for each in measures], dtype=bool)
    found[:, BANDS - 1] = np.where(heals, missed, 0)
    return found


def _this_year(rows: Columns, checkpoint: Checkpoint) -> dict[str, Column]:
    now = (rows["fiscal_year"] == checkpoint.fiscal_year) & (rows["month"] == checkpoint.month)
    return chosen_rows(rows, np.flatnonzero(now))


def _measured(row: Mapping[str, object], *, last: bool) -> Measured | str:
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


def _not_foretold(row: Mapping[str, object]) -> str | None:
    """Say why a rate cannot be foretold before the year's end, if so."""
    if row["measure"] == REPORTED:
        return "填报的比率不知还有多少未办，暂不能预计"
    if row["measure"] in OF_THE_PERIOD:
        return "只统计本期的比率，年底另计，暂不能预计"
    if row["measure"] in OF_A_FIXED_BASE:
        return "分母全年不变，须看还有多少未完成，暂不能预计"
    return None if _grows(row) else STANDS


def _grows(row: Mapping[str, object]) -> bool:
    """Tell whether the year's figure grows from what is there: not what stands as on a day.

    Of what must hold in each period only a zero is foretold: one period tells nothing of the next.
    """
    rule = row.get("year_rule")
    if rule == YearRule.EVERY:
        return bool(row["target_micro"] == 0)
    return rule not in (YearRule.STATE, YearRule.LATEST)


def _targets(now: Columns) -> dict[str, Floats]:
    """Put what is promised into the value's own unit: at least so much, and below what is above."""
    rates = np.array([is_percent(str(unit or "")) for unit in now["unit"]], dtype=bool)
    whole = MICRO * np.where(rates, 100, 1)
    target, upper = (numbers(now[of]) / whole for of in ("target_micro", "upper_micro"))
    # more than 5 begins with the next number, and so does what is above 5
    next_, beyond = (np.where(rates, each + NEXT, np.floor(each) + 1) for each in (target, upper))
    at_most, less, equal, more, between = (
        now["operator"] == str(of)
        for of in (Operator.LE, Operator.LT, Operator.EQ, Operator.GT, Operator.BETWEEN)
    )
    # a bare value that is passed may be a ceiling: nobody knows whether that is good
    value, wanted = numbers(now["value"]) * whole, numbers(now["target_micro"])
    none = at_most | less | (equal & (value > wanted * numbers(now["base"])))
    return {
        "at_least": np.select([none, more], [np.nan, next_], target),
        "above": np.select([at_most, less, between], [next_, target, beyond], np.nan),
    }


def _foretell(
    now: Columns, rows: Columns, checkpoint: Checkpoint, limits: OutlookLimits
) -> list[dict[str, object]]:
    """Tell where each subject ends: point, intervals, method, chance, reason, similar cases."""
    of_subject = records({name: now[name] for name in OF_SUBJECT})
    nothing = dict.fromkeys((*INTERVALS, "probability_bp", "likelihood", "method", "similar_cases"))
    told = [
        {**subject, **nothing, "reason": unknown or TOO_LITTLE}
        for subject, unknown in zip(of_subject, now["unknown"], strict=True)
    ]
    for measured in sorted({*now["measured_in"]} - {None}):
        able = (now["measured_in"] == measured) & (now["unknown"] == filled(None, told))
        mine = np.flatnonzero(able)
        if len(mine):
            made = _foretold(chosen_rows(now, mine), rows, Measured(measured), checkpoint, limits)
            for at, foretold in made:
                told[mine[at]] |= foretold
    return told


def _foretold(
    mine: Columns,
    rows: Columns,
    measured: Measured,
    checkpoint: Checkpoint,
    limits: OutlookLimits,
) -> Iterator[tuple[int, dict[str, object]]]:
    """Give what is foretold of subjects of one kind by place, but for those of which nothing is."""
    listed: dict[int, str] = {}
    if checkpoint.last:
        told = fact(numbers(mine["value"]) / numbers(mine["base"]))
        chance = numbers(mine["reached"])
    else:
        known, habit, own = subjects_of(mine, rows, checkpoint, measured)
        waiting = None
        if measured is Measured.COUNT:
            # nobody strives for as many as are allowed; more than 5 is striven for as 6
            known = replace(known, base=np.nan_to_num(np.ceil(numbers(mine["at_least"]))))
        elif measured is Measured.RATE:
            left = (month_end(checkpoint.fiscal_year, 12) - checkpoint.ends_on).days
            waits, before, done = np.split(numbers(mine["waiting"]), 3, axis=1)
            waiting = Waiting(waits, before, done, np.full(len(waits), float(left)))
        told = tell(known, measured, numbers(mine["planned"]), waiting, habit)
        listed = dict(stored_cases(told.found, own))
        if measured is Measured.COUNT:
            most = most_possible()
            told = told.at_most(np.array([most.get(of, np.nan) for of in mine["measure"]], float))
        chance = _chance(mine, told)
    surely = np.rint(chance * WHOLE_BP)
    between = (chance > 0) & (chance < 1)  # never said to be whole
    surely = np.where(between, np.clip(surely, 1, WHOLE_BP - 1), surely)
    years, similar = np.nan_to_num(told.years), np.nan_to_num(np.floor(told.similar))
    made = stored(told.quantiles, measured)
    for at in np.flatnonzero(np.isfinite(told.quantiles).all(axis=1)).tolist():
        ends = {name: int(column[at]) for name, column in made.items()}
        likely = None if np.isnan(surely[at]) else int(surely[at])
        past = Method.PAST_YEARS if years[at] > 0 else Method.FIRST_YEAR
        said = Sentence(
            measured=measured,
            method=str(Method.FACT if checkpoint.last else past),
            unit=mine["unit"][at],
            similar=int(similar[at]),
            years=int(years[at]),
            **{name: ends[name] for name in ("low80", "point", "high80")},
            promise=mine["promise"][at],
            probability_bp=likely,
            likelihood=None if likely is None else str(limits.likelihood(likely)),
        )
        of_sentence = {
            name: getattr(said, name) for name in ("probability_bp", "likelihood", "method")
        }
        cases, reason = listed.get(at), outlook_reason(said)
        yield at, {**ends, **of_sentence, "similar_cases": cases, "reason": reason}


def _chance(mine: Columns, told: Forecast) -> Floats:
    """Return the probability of each promise."""
    low, above = numbers(mine["at_least"]), numbers(mine["above"])
    reaching, exceeding = (
        np.where(np.isfinite(each), told.reaching(np.nan_to_num(each)), other)
        for each, other in ((low, 1.0), (above, 0.0))
    )
    # a range that is missed by far is as unlikely as may be, and impossible only as either end is
    open_ = (reaching > 0) & (exceeding < 1)
    chance = np.where(open_, np.maximum(reaching - exceeding, UNLIKELY), 0.0)
    return np.where(np.isfinite(low) | np.isfinite(above), chance, np.nan)
