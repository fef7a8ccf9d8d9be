"""Spending rolled up (汇总): by funding source, line of work and department, from its parts.

Sums of fen against sums of fen, never averages of shares. A plan of several projects is what each
plans of its own budget. A project without a budget, a plan or a ledger is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from perf_pipeline.domain.funding import by_source
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Together
from perf_pipeline.monitoring.exact import (
    Factor,
    beside,
    compare,
    or_none,
    round_quotient,
    whole_numbers,
)
from perf_pipeline.monitoring.spending import LIMIT_COLUMNS, lights
from perf_pipeline.monitoring.spending_words import spending_reasons
from perf_pipeline.monitoring.words import plain

BUDGET_PARTS = ("fiscal_fen", "other_fen", "carry_over_fen")
NO_SECTION = "未分"
FISCAL, OTHER = "财政资金", "其他资金"
MOST_PARTS = 2**63 - 1  # what a column of whole numbers holds


def spending_lines(judged: pd.DataFrame, paid_by_source: pd.DataFrame) -> pd.DataFrame:
    """Return one row a line: level, project_name, name, projects, left_out, fen, shares, light.

    `judged` is what judge_spending returns, with fiscal_fen, other_fen, carry_over_fen and
    line_of_work; `paid_by_source` has department_id, project_name, source and paid_fen.
    """
    sources = _by_source(judged, paid_by_source)
    whole = judged.assign(
        section=judged["line_of_work"].where(judged["line_of_work"].notna(), NO_SECTION),
        everything="合计",
    )
    lines = [
        _rolled_up(sources, ["department_id", "project_name", "source"], Together.PROJECT_SOURCE),
        _rolled_up(sources, ["department_id", "source"], Together.SOURCE),
        _rolled_up(whole, ["department_id", "section"], Together.SECTION),
        _rolled_up(whole, ["department_id", "everything"], Together.DEPARTMENT),
    ]
    return pd.concat(lines, ignore_index=True)


def _by_source(judged: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each project and source that has a budget or payments."""
    known = (judged[name].astype(object) for name in ("budget_fen", *BUDGET_PARTS))
    rows = zip(*(_none_for_nan(column) for column in known), strict=True)
    budgets = [by_source(*row) for row in rows]
    kept = [
        "department_id",
        "project_name",
        "planned_bp",
        "planned_label",
        "coming_bp",
        *LIMIT_COLUMNS,
    ]
    parts = []
    for nth, source in enumerate((FISCAL, OTHER)):
        parted = plain([each[nth] for each in budgets], judged)
        part = judged[kept].assign(source=source, budget_fen=parted)
        parts.append(part.assign(has_ledger=judged["paid_fen"].notna().to_numpy()))
    budgeted = pd.concat(parts, ignore_index=True)
    place = ["department_id", "project_name", "source"]
    joined = budgeted.merge(paid[[*place, "paid_fen"]], on=place, how="left")
    amount, _ = whole_numbers(joined["paid_fen"])
    has_ledger = joined["has_ledger"].to_numpy(dtype=bool)
    joined["paid_fen"] = plain(or_none(amount, has_ledger), joined)
    budget, _ = whole_numbers(joined["budget_fen"])
    worth_a_line = (budget != 0) | (amount != 0)
    kept_lines: pd.DataFrame = joined.loc[worth_a_line].reset_index(drop=True)
    return kept_lines


def _rolled_up(parts: pd.DataFrame, by: Sequence[str], level: Together) -> pd.DataFrame:
    """Sum up parts by columns, the last of which names the line."""
    budget, has_budget = whole_numbers(parts["budget_fen"])
    paid, has_paid = whole_numbers(parts["paid_fen"])
    planned, has_plan = whole_numbers(parts["planned_bp"])
    coming, _ = whole_numbers(parts["coming_bp"])
    known = has_budget & has_paid & has_plan & (budget >= 0)
    summed = parts[list(by)].assign(
        # of Python's own numbers: a sum of products has no bound that 64 bits would keep
        budget_fen=np.where(known, budget, 0).astype(object),
        paid_fen=np.where(known, paid, 0).astype(object),
        planned_parts=np.where(known, planned, 0).astype(object) * budget.astype(object),
        coming_scaled=np.where(known, np.maximum(planned, coming), 0).astype(object)
        * budget.astype(object),
        projects=known.astype(np.int64),
        left_out=(~known).astype(np.int64),
        label=parts["planned_label"],
        **{name: parts[name].to_numpy() for name in LIMIT_COLUMNS},
    )
    groups = summed.groupby(list(by), sort=False, dropna=False)
    lines = groups[
        ["budget_fen", "paid_fen", "planned_parts", "coming_scaled", "projects", "left_out"]
    ].sum()
    firsts = groups[["label", *LIMIT_COLUMNS]].first()
    lines = lines.join(firsts).reset_index()
    return _judged(
        lines.assign(level=str(level), name=lines[by[-1]]), has_project="project_name" in by
    )


def _judged(lines: pd.DataFrame, *, has_project: bool) -> pd.DataFrame:
    budget, _ = whole_numbers(lines["budget_fen"])
    paid, _ = whole_numbers(lines["paid_fen"])
    planned = lines["planned_parts"].to_numpy(dtype=object)
    known = lines["projects"].to_numpy() > 0
    gap = paid.astype(object) * WHOLE_BP - planned
    passed = paid.astype(object) * WHOLE_BP > lines["coming_scaled"].to_numpy(dtype=object)
    shared = known & (budget > 0)
    overspent = known & (compare((paid,), (budget,)) > 0)

    def against(limit: Factor) -> np.ndarray:
        return compare((gap,), (budget, limit))

    light = lights(lines, overspent, shared, passed, against)
    project = lines["project_name"].to_numpy() if has_project else [None] * len(lines)
    figures = {
        "budget_fen": budget,
        "paid_fen": paid,
        "planned_bp": round_quotient((planned,), budget),
        "actual_bp": beside(
            round_quotient((paid, WHOLE_BP), budget),
            (WHOLE_BP,),
            lambda mark: compare((paid, WHOLE_BP), (budget, mark)),
        ),
        "deviation_bp": beside(
            round_quotient((gap,), budget),
            (0, *(lines[name].to_numpy() for name in LIMIT_COLUMNS)),
            against,
        ),
    }
    judged = lines.assign(
        project_name=plain(project, lines),
        planned_parts=plain(or_none(planned, shared & (planned <= MOST_PARTS)), lines),
        light=plain(light, lines),
        **{
            name: plain(or_none(values, known if name.endswith("_fen") else shared), lines)
            for name, values in figures.items()
        },
        planned=plain(
            [
                Fraction(int(part), int(whole) * WHOLE_BP) if of else None
                for part, whole, of in zip(planned, budget, shared, strict=True)
            ],
            lines,
        ),
    )
    # without a label nothing is planned yet; of several projects the first one's label serves
    label = _none_for_nan(lines["label"])
    reasons = spending_reasons(
        judged.assign(planned_label=label, coming_label=None, coming_bp=None)
    )
    judged["reason"] = plain(
        [
            _reason(reason, counted, left_out)
            for reason, counted, left_out in zip(
                reasons, lines["projects"], lines["left_out"], strict=True
            )
        ],
        lines,
    )
    return judged


def _none_for_nan(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), None)


def _reason(reason: str, counted: int, left_out: int) -> str:
    if not counted:
        return "没有可比较的项目：缺少预算、支出计划或支付台账"
    return f"{reason}；另有{left_out}个项目缺预算、计划或支付台账，未计入" if left_out else reason
