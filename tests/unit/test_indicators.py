"""What holds of every indicator: no data is never met; behaviour is deduced from the words."""

import pytest

from perf_pipeline.domain.behaviour import deduce_behaviour
from perf_pipeline.domain.target_grammar import parse_target
from tests.one_indicator import judge


@pytest.mark.parametrize("raw", ["≥95%", "343个", "是", "不断提高", "优", "达到省级标准", "≤5%"])
@pytest.mark.parametrize("quarter", ["2024-03", "2024-12"])
def test_no_data_is_never_met(raw: str, quarter: str) -> None:
    judged = judge(raw, quarter)
    assert judged["status"] == "no_data"
    assert judged["actual_text"] is None


def test_an_uncovered_indicator_says_so() -> None:
    assert "没有度量与该指标对应" in str(judge("≥95%", measure=None)["reason"])


@pytest.mark.parametrize(
    ("raw", "name", "behaviour"),
    [
        ("≥95%", "设备在线率", "持续"),
        ("≥3次", "活动次数", "累计"),
        ("零脱漏管", "脱漏管", "持续"),
        ("10元/户", "投保成本", "成本"),
        ("不超过80万元", "支出", "成本"),
        ("是", "网络连通性", "是否"),
        ("不断提高", "工作效率", "趋势"),
        ("12月底前", "验收", "一次性"),
    ],
)
def test_the_behaviour_is_deduced_from_unit_and_name(raw: str, name: str, behaviour: str) -> None:
    target = parse_target(raw, fiscal_year=2024)
    operator = None if target.operator is None else str(target.operator)
    assert deduce_behaviour(target.kind, operator, target.value, target.unit, name) == behaviour
