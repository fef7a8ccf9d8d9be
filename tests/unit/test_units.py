"""Units: what one of them counts, in targets, in what staff report and in what is written."""

from fractions import Fraction

import pytest

from perf_pipeline.domain.share import (
    is_for_each,
    is_percent,
    multiple,
    of_a_year,
    percent,
    points,
)
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
    ("reported", "unit", "right"),
    [
        ("21人次", "场", False),
        ("2万人次", "万场次", False),
        ("21名", "期", False),
        ("25场", "人次", False),
        ("300家", "万人", False),
        ("3人", "起", False),
        ("21场次", "场", True),
        ("21次", "场", True),
        ("21个", "场", True),
        ("40名", "人", True),
        ("40例", "人次", True),
        ("12户", "人", True),
        ("12件", "起", True),
        ("0人", "起", True),  # none is none of either
    ],
)
def test_people_are_no_things(reported: str, unit: str, right: bool) -> None:
    found = read_number(reported, Limits(">=", unit, 20 * 10**6, None))
    assert (found is not None) == right


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


@pytest.mark.parametrize(
    ("bp", "written"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (4567, "45.67"),
        (-1, "-0.01"),
        (-1234, "-12.34"),
        (12_000, "120.00"),
    ],
)
def test_a_share_is_written_to_the_hundredth_with_its_sign(bp: int, written: str) -> None:
    assert (points(bp), percent(bp)) == (written, f"{written}%")


@pytest.mark.parametrize("unit", ["%", "‰", "百分比", "个百分点"])
def test_each_way_to_write_a_share_is_one(unit: str) -> None:
    assert is_percent(unit)
    assert not is_percent("万元")


@pytest.mark.parametrize(
    ("unit", "left"),
    [
        ("次/年", "次"),
        ("次·年度", "次"),
        ("/年", None),
        ("年", "年"),
        ("次/村", "次/村"),
        (None, None),
    ],
)
def test_a_year_says_nothing_of_a_years_unit(unit: str | None, left: str | None) -> None:
    assert of_a_year(unit) == left


@pytest.mark.parametrize(
    ("unit", "each"),
    [
        *(("次/村", True), ("元/台", True), ("次/村/年", True)),
        *(("次/年", False), ("张/册", False), ("小时/件", False), ("起/10万人", False)),
        *(("个", False), ("", False), (None, False)),
    ],
)
def test_a_unit_is_of_each_where_two_things_are_named(unit: str | None, each: bool) -> None:
    assert is_for_each(unit) is each
