"""No printed share looks on the other side of its limit, wherever a result is written."""

from fractions import Fraction

import pytest

from perf_pipeline.domain.unit import Unit
from perf_pipeline.domain.whole_department import ScoredLine
from perf_pipeline.monitoring.whole_department.evaluate import declared_lines
from perf_pipeline.printing.marks import shares
from perf_pipeline.reports.cells import in_table
from perf_pipeline.reports.form_blocks import executed_share
from perf_pipeline.warehouse.judgements import SpendingResult, SpendingSum
from perf_pipeline.warehouse.result import DECLARED, Exactly

BUDGET = 1_000_000_00
LIMITS = {"yellow_bp": -1000, "red_bp": -2000, "ahead_bp": 2000}
NEAR = (-1000, -1, 0, 1, 1000)  # fen away from a limit; 0.001 % of the budget are 1000


def line(paid: int, planned_bp: int) -> SpendingResult:
    share = Fraction(paid * 10_000, BUDGET)
    actual_bp = (share + Fraction(1, 2)) // 1
    row = dict.fromkeys(SpendingResult.columns) | LIMITS
    row |= {"budget_fen": BUDGET, "paid_fen": paid, "planned_bp": planned_bp}
    row |= {"actual_bp": actual_bp, "deviation_bp": actual_bp - planned_bp}
    return SpendingResult.of({**row, "id": 1, "snapshot_id": 1})


def number(said: str) -> Fraction:
    plain = said.replace("−", "-").removesuffix("%").removesuffix("个百分点")
    return Fraction(plain.replace(",", ""))


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


@pytest.mark.parametrize("away", NEAR)
@pytest.mark.parametrize("planned_bp", [0, 3000, 10_000])
@pytest.mark.parametrize("limit", [0, *LIMITS.values()])
def test_a_share_stands_on_its_own_side_in_every_place(
    away: int, planned_bp: int, limit: int
) -> None:
    paid = BUDGET * (planned_bp + limit) // 10_000 + away
    row = line(paid, planned_bp)
    executed, _, deviation = shares(vars(row))
    share, look = executed_share(paid, BUDGET)
    assert share is not None
    in_form = f"{float(share):.{look.format.count('0') - 1}%}"
    exact = Fraction(100 * paid, BUDGET)
    for said in (row.told("actual_bp"), in_table(row, "actual_bp"), executed):
        for bound in (Fraction(100), Fraction(planned_bp, 100)):
            assert sign(number(said) - bound) == sign(exact - bound), said
    assert sign(number(in_form) - 100) == sign(exact - 100), in_form
    off = exact - Fraction(planned_bp, 100)
    for said in (row.told("deviation_bp"), in_table(row, "deviation_bp"), deviation):
        for bp in (0, *LIMITS.values()):
            assert sign(number(said) - Fraction(bp, 100)) == sign(off - Fraction(bp, 100)), said


def test_a_stored_share_that_is_not_of_its_row_is_written_as_it_is_stored() -> None:
    row = line(BUDGET + 1000, 10_000)
    assert row.told("actual_bp") == "100.001%"
    wrong = SpendingResult.of({**vars(row), "actual_bp": 4200})
    assert wrong.told("actual_bp") == "42.00%"


def test_every_rounded_share_of_a_judgement_says_what_it_is_exactly() -> None:
    """A column whose meaning is that it was rounded has its exact quotient beside it."""
    for table, of in DECLARED.items():
        for name, told in of.columns.items():
            rounded = "四舍五入" in told.meaning and told.unit in (Unit.SHARE, Unit.POINTS)
            if rounded and of is not SpendingSum:  # sums are added up of shares of several budgets
                assert isinstance(told.exactly, Exactly), (table, name)


def test_a_whole_departments_line_stands_on_its_side_of_its_limits() -> None:
    for declared in declared_lines():
        for limit in (declared.limit_bp, *(step.up_to_bp for step in declared.steps)):
            for away in (-1, 0, 1):
                value = Fraction(limit, 10_000) + Fraction(away, 10**7)
                said = number(ScoredLine(declared, value, 100, None, "").text)
                assert sign(said - Fraction(limit, 100)) == away
