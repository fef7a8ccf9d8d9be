"""What an indicator earns at the edges, and the sentence that says so."""

from fractions import Fraction
from typing import Any

import pytest

from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.attainment import attain
from tests.unit.test_scoring import RULES, count, indicator

WORDS = {"target_micro": None, "denominator": None, "numerator": None}
MISSED = {"status": "missed"}
FAR_ABOVE = "的130.00%，目标可能偏低，按偏离程度调减）"
NOUGHT = {"operator": ">", "target_micro": 0, "unit": "次", "actual_text": "0次"}


def graded(wanted: str, got: str, kind: str = "grade") -> dict[str, Any]:
    return indicator(target_kind=kind, raw_target=wanted, actual_text=got, **WORDS)


@pytest.mark.parametrize(
    ("row", "share", "said"),
    [
        (count(100, 100), Fraction(1), "达到目标"),
        (count(50, 100), Fraction(1, 2), "(50个÷100个)"),
        (count(50, 100) | dict(unit=None), Fraction(1, 2), "(50个÷100)"),
        (count(200, 100, "<="), Fraction(1, 2), "(100个÷200个)"),
        (count(200, 100, "<=") | dict(unit=None), Fraction(1, 2), "(100÷200个)"),
        (count(230, 100), Fraction(9, 10), f"(1－10.00%)（230个超过目标100个{FAR_ABOVE}"),
        (count(230, 100) | dict(unit=None), Fraction(9, 10),
         f"(1－10.00%)（230个超过目标100{FAR_ABOVE}"),
        (count(150, 100, "=") | MISSED, Fraction(1), "(150个÷100个)"),
        (count(1, 1) | dict(target_micro=500_000, denominator=4, actual_text="0.25个") | MISSED,
         Fraction(1, 2), "(0.25个÷0.5个)"),
        (indicator(operator="<=", target_micro=100_000, numerator=1, denominator=200,
                   actual_text="0.5%"), Fraction(1, 5), "(0.1%÷0.5%)"),
        (indicator(operator="<=", unit="‰", target_micro=3_000, numerator=4, denominator=100_000,
                   actual_text="0.04‰"), Fraction(3, 4), "(0.03‰÷0.04‰)"),
        (indicator(target_micro=-500_000, numerator=-5004, denominator=1_000_000,
                   actual_text="-0.5004%"), Fraction(0), "(-0.5004%÷-0.5%)"),
        (indicator(operator="<=", unit="万元", target_micro=5_000_000_000, numerator=10_000,
                   denominator=1, actual_text="1.00万元"), Fraction(1, 2), "(0.5万元÷1.00万元)"),
        (count(0, 0, "<") | MISSED, Fraction(0), "(0个÷0个)"),
        (indicator(numerator=0, denominator=1, **NOUGHT), Fraction(0), "(0次÷0次)"),
        (count(9, 2, "between") | dict(upper_micro=10_000_000, status="met"),
         Fraction(1), "达到目标"),
        (indicator(status="not_due"), None, "无数据：完成期限未到"),
        (indicator(status="no_data"), None, "无数据：须由人填报"),
        (indicator(status="no_data", measure="payments"), None, "无数据：台账没有给出可评价的数"),
        (graded("优", "良"), Fraction(7, 10), "70.00%（部分达标，80%—60%）"),
        (graded("优", "中"), Fraction(0), "0.00%（未达标，60%—0%）"),  # two grades below
        (graded("优", "良", "text"), Fraction(0), "0.00%（未达标，60%—0%）"),  # no grade was asked
    ],
)  # fmt: skip
def test_what_an_indicator_earns_is_said_with_its_division(
    row: dict[str, Any], share: Fraction | None, said: str
) -> None:
    attained = attain(row, RULES)
    assert (attained.share, attained.formula) == (share, said)


def test_a_place_may_give_the_unmet_a_part_of_their_marks() -> None:
    attained = attain(graded("优", "差"), ScoringRules(unmet_bp=2_500))
    assert (attained.share, attained.formula) == (Fraction(1, 4), "25.00%（未达标，60%—0%）")
