"""Spending against plan (预算执行进度): a pure function over one row a project.

Deviation = paid ÷ budget − planned cumulative share, in percentage points, at the last planned
checkpoint on or before the as-of date. Everything is compared in whole numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.share import WHOLE_BP, percent, points
from perf_pipeline.domain.status import Light


def judge_spending(projects: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Add actual_bp, deviation_bp, light and reason to one row a project.

    Columns needed, all of whole numbers or None: budget_fen (None: no budget), paid_fen (None: no
    ledger), planned_bp (None: no plan), planned_label (None: nothing planned yet).
    """
    judged = projects.astype(object).copy()
    budget, paid, planned = judged["budget_fen"], judged["paid_fen"], judged["planned_bp"]
    has_budget = budget.notna() & (budget.fillna(0) > 0)
    has_share = has_budget & paid.notna()
    known = has_share & planned.notna()

    judged["actual_bp"] = None
    judged.loc[has_share, "actual_bp"] = _rounded_bp(paid[has_share], budget[has_share])
    judged["deviation_bp"] = None
    judged.loc[known, "deviation_bp"] = judged["actual_bp"][known] - planned[known]

    # deviation × budget, so that a limit is met or missed exactly
    exact = paid[known] * WHOLE_BP - planned[known] * budget[known]
    below_red = _mask(judged, exact < budget[known] * limits.red_bp)
    below_yellow = _mask(judged, exact < budget[known] * limits.yellow_bp)
    above_ahead = _mask(judged, exact > budget[known] * limits.ahead_bp)
    overspent = _mask(judged, paid[has_share] > budget[has_share])
    judged["light"] = np.select(
        [overspent, ~known, below_red, below_yellow, above_ahead],
        [Light.RED, Light.UNKNOWN, Light.RED, Light.YELLOW, Light.AHEAD],
        default=Light.GREEN,
    ).astype(object)
    judged["light"] = judged["light"].map(str)
    judged["reason"] = [_reason(row) for row in judged.to_dict("records")]
    return judged


def _rounded_bp(paid: pd.Series, budget: pd.Series) -> pd.Series:
    """Return paid ÷ budget in basis points, halves rounded up, in whole numbers."""
    return (paid * (2 * WHOLE_BP) + budget) // (budget * 2)


def _mask(frame: pd.DataFrame, condition: pd.Series) -> np.ndarray:
    """Spread a condition on some rows over all rows, false elsewhere."""
    return condition.astype(bool).reindex(frame.index, fill_value=False).to_numpy()


def _reason(row: Mapping[Hashable, Any]) -> str:
    budget, paid, planned = row["budget_fen"], row["paid_fen"], row["planned_bp"]
    if paid is None:
        return "没有收到支付台账，无法判断"
    if not isinstance(budget, int) or budget <= 0:
        return "没有预算数，无法计算执行率"
    actual = int(str(row["actual_bp"]))
    said = f"累计支付占预算{percent(actual)}"
    if isinstance(paid, int) and paid > budget:
        said += "，超出预算"
    if not isinstance(planned, int):
        return f"{said}；没有支出计划，无法判断进度"
    label = row["planned_label"]
    plan = f"计划{label}达到{percent(planned)}" if label else "计划尚未安排支出"
    deviation = int(str(row["deviation_bp"]))
    if deviation == 0:
        return f"{said}，{plan}，与计划一致"
    word = "高于计划" if deviation > 0 else "低于计划"
    return f"{said}，{plan}，{word}{points(abs(deviation))}个百分点"
