"""What staff report is judged in the words of its target, and told as it was said."""

import pytest

from tests.one_indicator import CALENDAR, judge, reported


@pytest.mark.parametrize(
    ("raw", "said", "status"),
    [
        ("是", "是", "met"),
        ("是", "否", "missed"),
        ("是", "也许", "no_data"),
        ("不断提高", "逐步提升", "met"),
        ("不断提高", "无明显变化", "missed"),
        ("良好以上", "优", "met"),
        ("良好以上", "中", "missed"),
        ("达到省级标准", "达到省级标准", "met"),
        ("达到省级标准", "是", "met"),
        ("达到省级标准", "正在申报", "no_data"),
        ("≥95%", "96.5%", "met"),
        ("≥95%", "94.9", "missed"),
        ("零脱漏管", "0人", "met"),
        ("零脱漏管", "1人", "missed"),
        ("≥95%", None, "no_data"),
        # dates against dates: in time, late, on the very day
        ("2024年6月20日前完成", "2024-06-20", "met"),
        ("2024年6月20日前完成", "2024年6月21日", "missed"),
        ("6月底前", "6月30日", "met"),
        ("5月底前", "是", "met"),
        ("5月底前完成", "否", "missed"),
        ("10月底前完成", "否", "not_due"),
        ("10月底前完成", "2024年8月1日", "not_due"),  # an expected day, not one that was
        ("2024年5月底", "2024年7月1日", "missed"),  # expected after the day that has passed
        # numbers against words, words against numbers: told, never missed
        ("不断提高", "95%", "no_data"),
        ("是", "100%", "no_data"),
        ("良好以上", "92分", "no_data"),
        ("≥95%", "达到预期", "no_data"),
        ("≥95%", "92分", "no_data"),
        ("≥3次", "95%", "no_data"),
        ("≤80万元", "3次", "no_data"),
        # words that say attained, partly, not
        ("不断提高", "达到预期", "met"),
        ("有效改善", "成效显著", "met"),
        ("逐步提升", "优", "met"),
        ("逐步提升", "良", "no_data"),
        ("逐步降低", "高", "no_data"),
        ("逐步降低", "明显提高", "missed"),
        ("不断提高", "好", "met"),
        ("不断提高", "已达成预期指标", "met"),
        ("不断提高", "社会效益明显", "met"),
        ("不断提高", "持平", "missed"),
        ("是", "按期完成", "met"),
        ("是", "尚未完成", "missed"),
        ("是", "部分达成年度指标并具有一定效果", "missed"),
        ("良好以上", "达标", "missed"),
        ("良好以上", "达到年度目标", "met"),
        ("达到省级标准", "已达到省级标准。", "met"),
        ("及时", "及时", "met"),
        ("及时", "不及时", "missed"),
        # bounds, about, a fraction without its unit
        ("≥90%", "90%以上", "met"),
        ("≥95%", "90%以上", "no_data"),
        ("≤5%", "5%以下", "met"),
        ("≤5%", "6%以上", "missed"),
        ("≥50000份", "5万余份", "met"),
        ("≥100次", "约100次", "no_data"),
        ("≥95%", "0.95", "no_data"),
        ("≤5%", "0", "met"),
        ("2-3次", "4次", "missed"),
        ("≥95%", "94.996%", "missed"),
    ],
)
def test_what_staff_report_is_judged_in_the_words_of_the_target(
    raw: str, said: str | None, status: str
) -> None:
    assert reported(raw, said) == status


@pytest.mark.parametrize(
    ("raw", "said", "written"),
    [
        ("≥95%", "94.996%", "94.996%"),
        ("≤5%", "5.004%", "5.004%"),
        ("≤5%", "5.00%", "5.00%"),
        ("100%", "99.999%", "99.999%"),
    ],
)
def test_a_value_is_never_printed_on_the_other_side_of_its_limit(
    raw: str, said: str, written: str
) -> None:
    on = CALENDAR.checkpoint("2024Q4").ends_on
    judged = judge(raw, "2024Q4", measure="reported", reported_text=said, reported_on=on)
    assert judged["actual_text"] == written


@pytest.mark.parametrize(
    ("raw", "said"), [("不断提高", "95%"), ("良好以上", "92分"), ("≥95%", "及时"), ("是", "3次")]
)
def test_what_cannot_be_compared_is_told_with_both_values(raw: str, said: str) -> None:
    on = CALENDAR.checkpoint("2024Q4").ends_on
    judged = judge(raw, "2024Q4", measure="reported", reported_text=said, reported_on=on)
    assert f"填报值“{said}”无法与目标“{raw}”比较" in str(judged["reason"])


@pytest.mark.parametrize(("days", "status"), [(30, "met"), (29, "no_data"), (40, "no_data")])
def test_a_measured_value_beside_a_bare_one_of_unknown_bound_is_asked_about(
    days: int, status: str
) -> None:
    found = judge("30天", "2024-12", measure="reported", numerator=days, denominator=1)
    assert found["status"] == status
    assert ("没有写明是“≥”还是“≤”" in str(found["reason"])) is (status == "no_data")


@pytest.mark.parametrize("raw", ["≥90%", "≥5个", "1-5个"])
def test_counts_of_nothing_are_no_data(raw: str) -> None:
    """An office's own declaration may let a 分母 of 0 pass."""
    assert reported(raw, None, reported_numerator=0, reported_denominator=0) == "no_data"
