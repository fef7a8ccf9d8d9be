"""The reason of an unknown judgement where a file is waited for: which file, and what for."""

from __future__ import annotations

import pandas as pd

from perf_pipeline.domain.status import Status
from perf_pipeline.measures.expected import LEDGER
from perf_pipeline.measures.waiting import Waiting


def spending_waits(judged: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of spending that is not known, which ledger is waited for.

    Columns read: department_id, paid_fen, reason.
    """
    return judged.assign(
        reason=[
            _said(reason, waiting.of(int(whose), frozenset({LEDGER}))) if pd.isna(paid) else reason
            for whose, paid, reason in zip(
                judged["department_id"], judged["paid_fen"], judged["reason"], strict=True
            )
        ]
    )


def sums_wait(lines: pd.DataFrame, spending: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of sums of departments without any known payment, which ledger is waited for.

    Where payments are known, a sum without any has nothing to sum up: a file that is refused later
    is not why. Columns read: those of `spending_waits`.
    """
    known = set(spending.loc[spending["paid_fen"].notna(), "department_id"])
    told = lines["department_id"].isin(known)
    waits = spending_waits(lines, waiting)
    return lines.assign(reason=lines["reason"].where(told, waits["reason"]))


def indicators_wait(judged: pd.DataFrame, waiting: Waiting) -> pd.DataFrame:
    """Say, of indicators without data, which register is waited for.

    Columns read: department_id, measure, status, reason.
    """
    columns = (judged[name] for name in ("department_id", "measure", "status", "reason"))
    return judged.assign(
        reason=[
            _said(reason, waiting.of_measure(int(whose), measure))
            if status == Status.NO_DATA and isinstance(measure, str)
            else reason
            for whose, measure, status, reason in zip(*columns, strict=True)
        ]
    )


def _said(reason: str, waits: str | None) -> str:
    return f"{waits}，现在无法判断" if waits else reason
