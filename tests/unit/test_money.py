"""Amounts to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.money import LARGEST_FEN, format_wan, format_yuan, parse_amount_fen


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("80万", "元", 80_000_000),
        ("80 万元", "元", 80_000_000),
        ("0.5亿", "元", 5_000_000_000),
        ("1,234.56", "元", 123_456),
        ("１，２３４．５６元", "元", 123_456),
        ("￥12.3", "元", 1_230),
        ("（12.30）", "元", -1_230),
        ("-5元", "元", -500),
        ("0.000001", "万元", 1),
        ("100", "万元", 100_000_000),
    ],
)
def test_an_amount_is_read_to_the_fen(text: str, unit: str, fen: int) -> None:
    assert parse_amount_fen(text, unit) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "1.234",
        "1,23",
        "12元3角",
        "1e5",
        "--5",
        "(-5)",
        "9" * 30,
        "9" * 99,
        "0.01" + "0" * 30 + "1",
    ],
)
def test_what_is_no_amount_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="金额"):
        parse_amount_fen(text)


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_writing_and_reading_gives_the_same_fen(fen: int) -> None:
    assert parse_amount_fen(format_yuan(fen)) == fen


def test_ten_thousands_have_two_decimals_rounded_half_up() -> None:
    written = [format_wan(fen) for fen in (80_000_000, 5_000, -12_345_678, 0)]
    assert written == ["80.00", "0.01", "-12.35", "0.00"]


def test_an_amount_is_never_written_as_nothing_nor_as_another_that_stands_beside_it() -> None:
    assert [format_wan(fen) for fen in (4_999, -2_000, 1)] == ["0.005", "-0.002", "0.000001"]
    assert (format_wan(100_000, 100_100), format_wan(100_100, 100_000)) == ("0.10", "0.1001")
    assert format_wan(100_000, 100_000) == "0.10"
