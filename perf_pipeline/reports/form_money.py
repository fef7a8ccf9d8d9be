"""The money of a form (项目资金): rows by source; execution as a live formula, its marks too."""

from __future__ import annotations

from collections.abc import Mapping

from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.reports.evaluated_year import ScoredProject
from perf_pipeline.reports.form_blocks import (
    MISSING,
    SOURCE_LABEL,
    amount,
    cell,
    executed_share,
    execution_rate,
    initial_budget,
    points,
)
from perf_pipeline.reports.form_parts import Money, MoneyColumn, MoneyRow
from perf_pipeline.reports.model import SpendingLine
from perf_pipeline.reports.sheet import LABEL, MARKS, TEXT, FormSheet, Formula, Look, Value
from perf_pipeline.warehouse.derived import ScoredLine

SCORED_ALL_THE_SAME = "本表不计分；系统评分按资金总额，含这笔资金，请核对得分"
Amounts = tuple[int | None, int | None, int | None]  # at first, in force, paid
Cells = Mapping[MoneyColumn, tuple[Value, Look]]


def write_funding(
    form: FormSheet, row: int, scored: ScoredProject, money: Money
) -> tuple[int, int]:
    """Write the money of a year; return the row of the total, which is scored, and the next."""
    amounts, top = _amounts(scored.line, scored.line.carry_over_fen), row + 1
    rows: list[Cells] = []
    for here, line in enumerate(money.rows, start=top):
        cells = _row(here, amounts[line.of], money, scored.execution, whole=here == top)
        if here == top:
            cells[MoneyColumn.REASON] = scored.line.said, TEXT
        elif line.of in money.unscored and any(amounts[line.of]):
            cells[MoneyColumn.REASON] = SCORED_ALL_THE_SAME, TEXT
        rows.append(cells)
    return top, _write(form, row, money, rows)


def write_funding_so_far(
    form: FormSheet, row: int, line: SpendingLine, money: Money, months: str
) -> int:
    """Write the money spent in the `months` of a year, 1—6月; return the next row."""
    amounts = _amounts(line, carried=None)  # only what the year's own money is made of
    at = money.column(MoneyColumn.PAID), money.column(MoneyColumn.INITIAL)
    rows: list[Cells] = []
    for here, each in enumerate(money.rows, start=row + 1):
        planned, _, spent = amounts[each.of]
        whole = here == row + 1
        if line.budget_fen == initial_budget(line):
            share = execution_rate((spent, here, at[0]), (planned, here, at[1]))
        else:
            share = executed_share(line.paid_fen if whole else None, line.budget_fen)
        foretold = line.outlook.point if whole and line.outlook else None
        told = {
            MoneyColumn.RATE: share,
            MoneyColumn.FORECAST: amount(foretold),
            MoneyColumn.REASON: (line.said if whole else None, TEXT),
        }
        rows.append(_money(amounts[each.of], whole=whole) | told)
    return _write(form, row, money, rows, months)


def _write(form: FormSheet, row: int, money: Money, rows: list[Cells], months: str = "") -> int:
    below = row + 1 + len(rows)
    form.put(row, money.side.span, money.side.label, LABEL, rows=below - row)
    form.put(row, money.rows_at, None, LABEL)
    for head in money.columns:
        form.put(row, head.span, head.label.replace("{months}", months), LABEL)
    for here, (line, cells) in enumerate(zip(money.rows, rows, strict=True), start=row + 1):
        form.put(here, money.rows_at, line.label, SOURCE_LABEL)
        for head in money.columns:
            form.put(here, head.span, *cells.get(head.value, (None, TEXT)))
    for each in range(row, below):
        form.need(each, 20)
    return below


def _amounts(line: SpendingLine, carried: int | None) -> dict[MoneyRow, Amounts]:
    """Return the amounts of each row; what was `carried` over is no fiscal money of the year."""
    initial = initial_budget(line)
    kept = line.budget_fen == initial  # of a budget that was changed only the total is known
    budget, paid = line.budget_by_source, line.paid_by_source
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
    row: int, amounts: Amounts, money: Money, mark: ScoredLine, *, whole: bool
) -> dict[MoneyColumn, tuple[Value, Look]]:
    _, in_force, executed = amounts
    at_paid, at_budget = money.column(MoneyColumn.PAID), money.column(MoneyColumn.BUDGET)
    rate = execution_rate((executed, row, at_paid), (in_force, row, at_budget))
    return _money(amounts, whole=whole) | {
        MoneyColumn.POINTS: (points(mark.points_centi) if whole else "—", MARKS),
        MoneyColumn.RATE: rate,
        MoneyColumn.SCORE: (_earned(row, mark, rate[0], money) if whole else "—", MARKS),
    }


def _money(amounts: Amounts, *, whole: bool) -> dict[MoneyColumn, tuple[Value, Look]]:
    columns = (MoneyColumn.INITIAL, MoneyColumn.BUDGET, MoneyColumn.PAID)
    absent = MISSING if whole else None
    return {of: amount(fen, absent) for of, fen in zip(columns, amounts, strict=True)}


def _earned(row: int, mark: ScoredLine, rate: Value, money: Money) -> Value:
    """Return the marks of execution, live: points × paid ÷ budget; set where it is overspent."""
    if not isinstance(rate, Formula) or mark.verdict is Verdict.UNMET:
        return points(mark.score_centi)
    paid, budget, worth = (
        cell(row, money.column(each))
        for each in (MoneyColumn.PAID, MoneyColumn.BUDGET, MoneyColumn.POINTS)
    )
    formula = f"=ROUND({worth}*MAX(MIN({paid}/{budget},1),0),2)"
    return Formula(formula, points(mark.score_centi))
