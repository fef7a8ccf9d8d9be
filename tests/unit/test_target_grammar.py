"""Target values as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import canonical, parse_target

WRITTEN = {
    "≥95%": ("number", ">=", "95", None, "%"),
    "95%以上": ("number", ">=", "95", None, "%"),
    "达到95%": ("number", ">=", "95", None, "%"),
    "达95%": ("number", ">=", "95", None, "%"),
    "需达到95%以上": ("number", ">=", "95", None, "%"),
    "不低于95%": ("number", ">=", "95", None, "%"),
    "＞＝95％": ("number", ">=", "95", None, "%"),
    ">=95%": ("number", ">=", "95", None, "%"),
    "≥ 95 %\n": ("number", ">=", "95", None, "%"),
    "≤5%": ("number", "<=", "5", None, "%"),
    "不超过80万元": ("number", "<=", "80", None, "万元"),
    "5%以内": ("number", "<=", "5", None, "%"),
    ">3次": ("number", ">", "3", None, "次"),
    "＜10天": ("number", "<", "10", None, "天"),
    "100%": ("number", "=", "100", None, "%"),
    "343个": ("number", "=", "343", None, "个"),
    "10元/户": ("number", "=", "10", None, "元/户"),
    "≥50000张/册": ("number", ">=", "50000", None, "张/册"),
    "≥50,000张": ("number", ">=", "50000", None, "张"),
    "≥3次": ("number", ">=", "3", None, "次"),
    "98.50%": ("number", "=", "98.5", None, "%"),
    "95": ("number", "=", "95", None, None),
    "1个": ("number", "=", "1", None, "个"),
    "0次": ("number", "=", "0", None, "次"),
    "零脱漏管": ("number", "=", "0", None, None),
    "0脱漏管": ("number", "=", "0", None, None),
    "无重新犯罪": ("number", "=", "0", None, None),
    "2-3次": ("range", "between", "2", "3", "次"),
    "95%～98%": ("range", "between", "95", "98", "%"),
    "是": ("yes_no", "=", "是", None, None),
    "否": ("yes_no", "=", "否", None, None),
    "不断提高": ("direction", None, "提高", None, None),
    "逐步提升": ("direction", None, "提高", None, None),
    "有效改善": ("direction", None, "提高", None, None),
    "逐年下降": ("direction", None, "降低", None, None),
    "12月底前": ("date", "<=", "2024-12-31", None, None),
    "2月底前": ("date", "<=", "2024-02-29", None, None),
    "2024年10月31日前完成": ("date", "<=", "2024-10-31", None, None),
    "年底前": ("date", "<=", "2024-12-31", None, None),
    "优": ("grade", "=", "优", None, None),
    "良好以上": ("grade", ">=", "良", None, None),
    "达到省级标准": ("text", None, None, None, None),
    "9月31日前": ("text", None, None, None, None),
    "3-2次": ("text", None, None, None, None),
    "": ("text", None, None, None, None),
}


@pytest.mark.parametrize(("raw", "expected"), WRITTEN.items())
def test_a_value_is_read_as_it_is_meant(raw: str, expected: tuple[str | None, ...]) -> None:
    read = parse_target(raw, fiscal_year=2024).to_dict()
    assert tuple(read.values()) == expected


def test_a_date_without_any_year_stays_text() -> None:
    assert parse_target("12月底前").kind is TargetKind.TEXT


@given(st.text(max_size=40))
def test_nothing_that_people_write_breaks_the_grammar(raw: str) -> None:
    assert parse_target(raw, fiscal_year=2024).kind in TargetKind


@given(
    sign=st.sampled_from(["≥", ">=", "≤", "<=", ">", "<", "", "＞＝", "达到"]),
    number=st.decimals(0, 10**9, places=2),
    unit=st.sampled_from(["%", "％", "个", "次", "元/户", "万元", ""]),
    blank=st.sampled_from(["", " ", "\n", "　"]),
)
def test_signs_blanks_and_width_do_not_change_the_number(
    sign: str, number: object, unit: str, blank: str
) -> None:
    read = parse_target(f"{sign}{blank}{number}{blank}{unit}")
    assert read.kind is TargetKind.NUMBER
    assert read.value == canonical(str(number))
    assert read.unit == (unit.replace("％", "%") or None)
