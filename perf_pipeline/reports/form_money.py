"""The money of a self-evaluation form (项目资金): rows by source, execution and its marks, live."""

from __future__ import annotations

from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.reports.evaluated_year import Mark, ScoredProject
from perf_pipeline.reports.form_blocks import (
    MISSING,
    SOURCE_LABEL,
    amount,
    cell,
    execution_rate,
    initial_budget,
    points,
)
from perf_pipeline.reports.form_declaration import Money, MoneyColumn, MoneyRow
from perf_pipeline.reports.sheet import LABEL, TEXT, FormSheet, Formula, Look, Value

MARKS = Look(format="0.00")
Amounts = tuple[int | None, int | None, int | None]  # at first, in force, paid


def write_funding(
    form: FormSheet, row: int, scored: ScoredProject, money: Money
) -> tuple[int, int]:
    """Write the money; return the row of the total, whose execution is scored, and the next."""
    below = row + 1 + len(money.rows)
    form.put(row, money.side.span, money.side.label, LABEL, rows=below - row)
    form.put(row, money.rows_at, None, LABEL)
    for head in money.columns:
        form.put(row, head.span, head.label, LABEL)
    amounts = _amounts(scored)
    for here, line in enumerate(money.rows, start=row + 1):
        form.put(here, money.rows_at, line.label, SOURCE_LABEL)
        cells = _row(here, amounts[line.of], money, scored.execution, whole=here == row + 1)
        if here == row + 1:
            cells[MoneyColumn.REASON] = scored.line.said, TEXT
        for head in money.columns:
            form.put(here, head.span, *cells[head.value])
    for each in range(row, below):
        form.need(each, 20)
    return row + 1, below


def _amounts(scored: ScoredProject) -> dict[MoneyRow, Amounts]:
    line = scored.line
    initial = initial_budget(line)
    kept = line.budget_fen == initial  # of a budget that was changed only the total is known
    budget, paid, carried = line.budget_by_source, line.paid_by_source, line.carry_over_fen
    fiscal, spent = budget.fiscal_fen, paid.fiscal_fen
    if carried and fiscal is not None:
        fiscal, spent = fiscal - carried, None  # the ledger does not tell the two apart
    return {
        MoneyRow.TOTAL: (initial, line.budget_fen, line.paid_fen),
        MoneyRow.FISCAL: (fiscal, fiscal if kept else None, spent),
        MoneyRow.CARRY_OVER: (carried if kept else None, carried, None),
        MoneyRow.OTHER: (budget.other_fen, budget.other_fen if kept else None, paid.other_fen),
        MoneyRow.UNKNOWN: (None, None, None),
    }


def _row(
    row: int, amounts: Amounts, money: Money, mark: Mark, *, whole: bool
) -> dict[MoneyColumn, tuple[Value, Look]]:
    planned, in_force, executed = amounts
    absent = MISSING if whole else None
    at_paid, at_budget = money.column(MoneyColumn.PAID), money.column(MoneyColumn.BUDGET)
    rate = execution_rate((executed, row, at_paid), (in_force, row, at_budget))
    return {
        MoneyColumn.INITIAL: amount(planned, absent),
        MoneyColumn.BUDGET: amount(in_force, absent),
        MoneyColumn.PAID: amount(executed, absent),
        MoneyColumn.POINTS: (points(mark.points_centi) if whole else "—", MARKS),
        MoneyColumn.RATE: rate,
        MoneyColumn.SCORE: (_earned(row, mark, rate[0], money) if whole else "—", MARKS),
        MoneyColumn.REASON: (None, TEXT),
    }


def _earned(row: int, mark: Mark, rate: Value, money: Money) -> Value:
    """Return the marks of execution, live: points × paid ÷ budget; set where it is overspent."""
    if not isinstance(rate, Formula) or mark.verdict is Verdict.UNMET:
        return points(mark.score_centi)
    paid, budget, worth = (
        cell(row, money.column(each))
        for each in (MoneyColumn.PAID, MoneyColumn.BUDGET, MoneyColumn.POINTS)
    )
    formula = f"=ROUND({worth}*MAX(MIN({paid}/{budget},1),0),2)"
    return Formula(formula, points(mark.score_centi))
