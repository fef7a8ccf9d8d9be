"""What is not known while a file is waited for, and the reason: which file, and what for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from perf_pipeline.domain.status import Status
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.measures.expected import LEDGER, registers_behind, that_decide
from perf_pipeline.measures.waiting import Waiting
from perf_pipeline.warehouse.frames import values_of


def known_payments(
    projects: pd.DataFrame, waiting: Waiting, *, passed: bool = True
) -> pd.DataFrame:
    """Take away what was paid where a ledger was refused: the others are not all of it.

    More than the budget stays where `passed`: that much was paid, whatever else waits; but a sum
    of such projects alone is none of the department. Columns read: department_id, paid_fen,
    budget_fen.
    """
    columns = (projects[name] for name in ("department_id", "paid_fen", "budget_fen"))
    known = [
        not waiting.is_part_of(int(whose), (LEDGER,))
        or (passed and None not in (paid, budget) and paid > budget)
        for whose, paid, budget in zip(*map(values_of, columns), strict=True)
    ]
    return _only(projects, ("paid_fen", "payments"), known)


def known_counts(indicators: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Take away what was counted where a file of the measure's registers was refused.

    Columns read: department_id, measure; emptied are numerator and denominator, also of the year.
    """
    columns = (indicators[name] for name in ("department_id", "measure"))
    known = [
        measure in (REPORTED, None) or not waiting.is_part_of(int(whose), registers_behind(measure))
        for whose, measure in zip(*map(values_of, columns), strict=True)
    ]
    counts = ("numerator", "denominator", "year_numerator", "year_denominator")
    return _only(indicators, counts, known)


def _only(frame: pd.DataFrame, names: Sequence[str], known: Sequence[bool]) -> pd.DataFrame:
    """Empty columns, those of them that there are, where they are not known."""
    there = [name for name in names if name in frame]
    mask = pd.Series(known, frame.index, dtype=bool)
    return frame.assign(**{name: frame[name].where(mask, None) for name in there})


def spending_waits(judged: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of spending that is not known, or known in part, which ledger is waited for.

    Of spending that is known, also which budget, plan or contract: the one in force stays so until
    another can be read, and a contradiction is a fact to show. Columns read: department_id,
    paid_fen, reason.
    """
    decide = that_decide("money") | {"contract"}

    def said(reason: str, whose: int, *, known: bool) -> str:
        waits = waiting.of(whose, frozenset({LEDGER}))
        if not known:
            return _said(reason, waits)
        if waiting.is_part_of(whose, (LEDGER,)):
            reason = f"{reason}；{waits}，实际支付可能不止这些"
        decided = waiting.of(whose, decide)
        return f"{reason}；{decided}，预算、计划或合同可能有变" if decided else reason

    return judged.assign(
        reason=[
            said(reason, int(whose), known=not pd.isna(paid))
            for whose, paid, reason in zip(
                judged["department_id"], judged["paid_fen"], judged["reason"], strict=True
            )
        ]
    )


def sums_wait(lines: pd.DataFrame, spending: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of sums of departments without any known payment, which ledger is waited for.

    Where payments are known, a sum without any has nothing to sum up: no file is why. Columns
    read: those of `spending_waits`.
    """
    known = set(spending.loc[spending["paid_fen"].notna(), "department_id"])
    told = lines["department_id"].isin(known)
    waits = spending_waits(lines, waiting)
    return lines.assign(reason=lines["reason"].where(told, waits["reason"]))


def indicators_wait(judged: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of indicators without data, which register is waited for, and of each, which target.

    A value that was reported stays in force, as a target does, while a newer one waits. Columns
    read: department_id, measure, status, reason.
    """
    decide = that_decide("targets")

    def said(whose: int, measure: object, status: str, reason: str) -> str:
        if isinstance(measure, str):
            if status == Status.NO_DATA:
                reason = _said(reason, waiting.of_measure(whose, measure))
            elif waiting.is_part_of(whose, behind := registers_behind(measure)):
                reason = f"{reason}；{waiting.of(whose, behind)}，填报的数可能有变"
        decided = waiting.of(whose, decide)
        return f"{reason}；{decided}，目标或度量可能有变" if decided else reason

    columns = (judged[name] for name in ("department_id", "measure", "status", "reason"))
    return judged.assign(
        reason=[said(int(whose), *of) for whose, *of in zip(*columns, strict=True)]
    )


def _said(reason: str, waits: str | None) -> str:
    return f"{waits}，现在无法判断" if waits else reason
