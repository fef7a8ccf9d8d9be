"""A bare share that is small is a floor only where its name says that it is sought."""

from fractions import Fraction

import pytest

from perf_pipeline.domain.bare_bound import bound_of_bare
from perf_pipeline.domain.target import Operator

GE, LE, EQ = Operator.GE, Operator.LE, Operator.EQ


@pytest.mark.parametrize(
    ("name", "unit", "value", "bound"),
    [
        ("游客增长率", "%", 8, GE),
        ("抽检率", "%", 5, GE),
        ("新技术覆盖率", "%", 15, GE),
        ("验收合格率", "%", 95, GE),
        ("差错率", "%", 1, LE),
        ("行政复议纠错率", "%", 10, EQ),
        ("撤稿率", "%", 2, EQ),
        ("床位周转缺口率", "%", 5, EQ),
        ("巡查次数", "次", 5, GE),
        ("安全事故", "起", 0, LE),
        ("某项率", "%", 0, LE),
    ],
)
def test_a_small_bare_share_is_asked_about(
    name: str, unit: str, value: int, bound: Operator
) -> None:
    assert bound_of_bare(unit, name, "产出指标", Fraction(value)) is bound
