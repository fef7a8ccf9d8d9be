"""Units: what one of them counts, in targets, in what staff report and in what is written."""

from fractions import Fraction

import pytest

from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.actuals import Limits, read_number, write_actual
from perf_pipeline.warehouse.target_values import target_values


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        ("万人次", 10**4),
        ("亿元", 10**8),
        ("百万元", 10**6),
        ("万亿元", 10**12),
        ("千元", 1000),
        ("千瓦", 1),
        ("百分点", 1),
        ("个", 1),
        ("万", 1),  # nothing is counted in it: a name, not a multiple
        (None, 1),
    ],
)
def test_a_unit_says_how_many_it_stands_for(unit: str | None, times: int) -> None:
    assert multiple(unit) == times


def test_a_target_in_ten_thousands_is_stored_as_what_is_counted() -> None:
    for raw, micro in (("≥5万人次", 50_000), ("5000人次", 5_000), ("≥95%", 95)):
        assert target_values(raw, parse_target(raw))["value_micro"] == micro * 10**6
    assert target_values("≤5‰", parse_target("≤5‰"))["value_micro"] == 500_000


def test_a_count_in_ten_thousands_is_not_rounded_up_to_its_target() -> None:
    assert write_actual(99_996, 10, "万人次", 10**4 * 10**6) == "0.99996万人次"


@pytest.mark.parametrize(
    ("reported", "unit", "number"),
    [
        ("3万人次", "万人次", Fraction(30_000)),
        ("3", "万人次", Fraction(30_000)),
        ("30000人次", "万人次", Fraction(30_000)),
        ("95%", "%", Fraction(19, 20)),
        ("95", "%", Fraction(19, 20)),
        ("4‰", "‰", Fraction(4, 1000)),
    ],
)
def test_what_staff_report_is_read_in_its_own_unit_or_the_targets(
    reported: str, unit: str, number: Fraction
) -> None:
    assert read_number(reported, Limits(None, unit, None, None)) == number


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "written"),
    [
        (30_000, 1, "万人次", "3.00万人次"),
        (4, 1000, "‰", "4.00‰"),
        (972, 1029, "%", "94.46%"),
        (343, 1, "个", "343个"),
        (-1, 3, "%", "-33.33%"),
    ],
)
def test_an_actual_is_written_as_its_target_is(
    numerator: int, denominator: int, unit: str, written: str
) -> None:
    assert write_actual(numerator, denominator, unit) == written


def test_per_mille_is_a_share() -> None:
    assert is_percent("‰")
    assert not is_percent("万元")
