"""Limits by level: the nearest wins, and what is wrong is told by file and key."""

from pathlib import Path

import pytest

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.settings import Settings
from tests.one_money import money

LEVELS = """
province: {yellow_bp: -800, red_bp: -1800}
districts:
  高新区:
    red_bp: -1500
    departments: [zhengfawei, jiaoyuju]
departments:
  jiaoyuju: {ahead_bp: 3000}
  shuiwuju: {yellow_bp: -500}
"""


def settings(folder: Path, text: str | None) -> Settings:
    if text is not None:
        (folder / "limits.yaml").write_text(text, "utf-8")
    return Settings(inbox=folder)


def test_without_a_file_the_general_limits_hold_for_all(tmp_path: Path) -> None:
    assert settings(tmp_path, None).limit_levels() == (Limits(), {})
    assert settings(tmp_path, "").limit_levels() == (Limits(), {})


def test_the_nearest_level_wins_limit_by_limit(tmp_path: Path) -> None:
    general, nearer = settings(tmp_path, LEVELS).limit_levels()
    assert general == Limits(yellow_bp=-800, red_bp=-1800)
    assert nearer == {
        "zhengfawei": Limits(yellow_bp=-800, red_bp=-1500),
        "jiaoyuju": Limits(yellow_bp=-800, red_bp=-1500, ahead_bp=3000),
        "shuiwuju": Limits(yellow_bp=-500, red_bp=-1800),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("province: {yelow_bp: -5}", "province.yelow_bp 没有这样的键"),
        ("province: {yellow_bp: 慢}", "province.yellow_bp 应为整数"),
        ("province: {yellow_bp: 5}", "province.yellow_bp 应不大于 0"),
        ("province: {yellow_bp: -10.5}", "province.yellow_bp 应为整数"),
        ("departments: {a: {red_bp: -900}}", "departments.a：与上一级的界限合在一起"),
        (
            "districts: {甲: {departments: [a]}, 乙: {departments: [a]}}",
            "districts.乙：部门“a”列在两个区县里",
        ),
        ("- 1", "全文 应为“键: 值”"),
        ("province: [", "limits.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_file_and_key(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"limits\.yaml 无法使用") as error:
        settings(tmp_path, text).limit_levels()
    assert said in str(error.value)


def test_each_department_is_judged_by_its_own_limits() -> None:
    plan = {"budget_fen": 100, "paid_fen": 44, "planned_bp": 5000}
    projects = [money(department_code=code, **plan) for code in ("strict", "other")]
    own = {"strict": Limits(yellow_bp=-500)}
    judged = [judge_spending(each, Limits(), own) for each in projects]
    assert [(each.light, each.yellow_bp) for each in judged] == [("yellow", -500), ("green", -1000)]
