"""Where values stand in a sentence, and which of its numbers are none."""

import pytest

from perf_pipeline.domain.target_grammar import FoundValue, find_values


def found(sentence: str) -> list[tuple[str, bool, bool]]:
    """Say each value as it is written, whether it names a bound, and whether it is money."""
    values: list[FoundValue] = find_values(sentence)
    return [(sentence[each.start : each.end], each.bounded, each.money) for each in values]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("办结率达到95%以上", [("达到95%以上", True, False)]),
        ("培训10期、800人次", [("10期", False, False), ("800人次", False, False)]),
        ("发放补助30万元", [("30万元", False, True)]),
        ("人均补助不超过500元", [("不超过500元", True, True)]),
        ("3天内答复", [("3天内", True, False)]),
        ("成活率≥85", [("≥85", True, False)]),
        ("成活率不低于85，巡查3次", [("3次", False, False)]),  # words, and no unit: 85 of what?
        ("24小时值班，巡查3次", [("3次", False, False)]),  # how long, and no target
        ("28.40/株，栽植10株", [("10株", False, False)]),  # half a unit, and no sign
        ("2024年完成", []),
        ("60岁以上老人体检", []),
        ("按照〔2020〕10号文件执行", []),
        ("安全生产", []),
    ],
)
def test_values_are_numbers_with_a_unit_or_behind_a_sign(
    sentence: str, values: list[tuple[str, bool, bool]]
) -> None:
    assert found(sentence) == values
