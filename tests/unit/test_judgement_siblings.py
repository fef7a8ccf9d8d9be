"""Kinds of judgement that went wrong once, in wordings and figures that nobody tuned them on."""

from datetime import date

import pytest

from tests.one_indicator import judge

Report = tuple[str, str] | tuple[str, str, str]  # month and day, what was said, what it states
WORDS = "reported_text"


def year(raw: str, *reports: Report, **given: object) -> dict[str, object]:
    """Judge what staff reported over a year, as the newest report and all periods tell."""
    columns = ("numerator", "denominator", "reported_numerator", "reported_denominator")
    rows = [
        {
            "department_id": 1,
            "indicator_key": "k",
            "on": date.fromisoformat(f"2024-{day}"),
            "covers": rest[0] if rest else None,
            WORDS: said,
            **dict.fromkeys(columns),
        }
        for day, said, *rest in reports
    ]
    newest = rows[-1]
    return judge(
        raw,
        "2024-12",
        rows,
        department_id=1,
        indicator_key="k",
        measure="reported",
        reported_text=newest[WORDS],
        reported_on=newest["on"],
        **given,
    )


def quarters(*said: str) -> list[Report]:
    return list(zip(("03-31", "06-30", "10-31", "12-31"), said, strict=False))


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("安全生产责任事故", "0起", ("0起", "1起", "0起", "0起")),
        ("群体性事件", "零发生", ("0", "0", "2", "0")),
        ("重大舆情", "无", ("无", "有", "无", "无")),
        ("违规违纪人数", "≤0人", ("1人", "0人", "0人", "0人")),
        ("工资是否按时发放", "是", ("是", "是", "否", "是")),
        ("按时足额缴纳", "是", ("否", "是", "是", "是")),
        ("责任事故", "0起", ("无", "1起", "没有", "未发生")),
        ("泄密事件数", "不发生", ("0", "1", "0", "0")),
    ],
)
def test_what_broke_once_does_not_heal(name: str, raw: str, said: tuple[str, ...]) -> None:
    found = year(raw, *quarters(*said), name=name)
    assert found["status"] == "missed", found["reason"]


@pytest.mark.parametrize(
    ("name", "raw", "reports", "status"),
    [
        # a state stands as on the day; earlier days do not count
        ("养老保险参保率", "≥95%", quarters("90%", "93%", "94%", "96%"), "met"),
        ("绿化覆盖率", "≥40%", quarters("45%", "45%", "45%", "39%"), "missed"),
        # what is brought about once is as last reported
        ("完成竣工验收", "是", quarters("否", "否", "是", "是"), "met"),
        # of each period: they add up
        (
            "培训班期数",
            "≥8期",
            [("03-31", "2期", "本期数"), ("06-30", "3期", "本期数"), ("12-31", "3期", "本期数")],
            "met",
        ),
        (
            "培训班期数",
            "≥8期",
            [("03-31", "2期", "本期数"), ("06-30", "3期", "本期数"), ("12-31", "2期", "本期数")],
            "missed",
        ),
        # percentages of periods cannot be pooled without their counts
        ("抽检合格率", "≥98%", [("06-30", "99%", "本期数"), ("12-31", "97%", "本期数")], "no_data"),
        # a grade, the newest
        ("年度考核等次", "良好以上", quarters("中", "中", "良", "优"), "met"),
        # nobody reported in summer
        ("重大责任事故", "0起", [("03-31", "0起"), ("06-30", "0起"), ("12-31", "0起")], "no_data"),
        ("重大责任事故", "0起", [("12-31", "0起", "年初以来")], "met"),
        ("重大责任事故", "0起", [("06-30", "1起"), ("12-31", "0起", "年初以来")], "missed"),
        # words that nobody understands are told, not taken
        ("重大责任事故", "0起", quarters("0起", "基本没有", "0起", "0起"), "no_data"),
    ],
)
def test_periods_make_the_year(name: str, raw: str, reports: list[Report], status: str) -> None:
    found = year(raw, *reports, name=name)
    assert found["status"] == status, found["reason"]


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        ([("06-30", "9次"), ("12-31", "7次")], "no_data"),
        ([("06-30", "9次"), ("10-31", "4次"), ("12-31", "8次")], "no_data"),
        ([("03-31", "3次", "本期数"), ("06-30", "4次", "本期数"), ("12-31", "5次")], "no_data"),
        ([("06-30", "9次"), ("10-31", "4次", "本期数"), ("12-31", "12次")], "no_data"),
        ([("06-30", "9次"), ("10-31", "未统计"), ("12-31", "3次")], "no_data"),
        ([("06-30", "-1次"), ("12-31", "-2次")], "missed"),
        ([("06-30", "9次"), ("12-31", "9次")], "missed"),
        ([("06-30", "9次"), ("10-31", "4次"), ("12-31", "12次")], "met"),
        ([("06-30", "9次"), ("12-31", "4次", "本期数")], "met"),
        # 5, 3, 6: so far, which is short, or each of its period, which is not?
        ([("06-30", "5次"), ("10-31", "3次"), ("12-31", "6次")], "no_data"),
        ([("06-30", "5次"), ("10-31", "3次"), ("12-31", "6次", "年初以来")], "missed"),
    ],
)
def test_a_total_of_the_year_never_falls(reports: list[Report], status: str) -> None:
    found = year("≥12次", *reports, name="巡查次数")
    assert found["status"] == status, found["reason"]
    assert ("不会变小" in str(found["reason"])) is (status == "no_data")


@pytest.mark.parametrize(
    ("raw", "said", "status"),
    [
        ("2024年11月底前完成", "2024年11月30日", "met"),
        ("2024年11月底前完成", "2024年12月1日", "missed"),
        ("9月30日前", "2024/9/30", "met"),
        ("持续改善", "未达到预期", "missed"),
        ("有效提升", "较上年有所提升", "met"),
        ("显著", "效果显著", "met"),
        ("≥98%", "98%以上", "met"),
        ("≥98%", "约98%", "no_data"),
        ("≥98%", "97.9996%", "missed"),
        ("≤15天", "15个工作日", "no_data"),
        ("≤30天", "2个月", "no_data"),
        ("≤2天", "48小时", "no_data"),
        ("≤30天", "30日", "met"),
        ("≤20个工作日", "21个工作日", "missed"),
    ],
)
def test_words_dates_and_edges(raw: str, said: str, status: str) -> None:
    found = year(raw, ("12-31", said), name="某项工作")
    assert found["status"] == status, found["reason"]


def test_a_value_just_short_of_its_limit_is_not_printed_as_the_limit() -> None:
    for numerator, denominator, raw in ((97_999_6, 1_000_000, "≥98%"), (5_000_1, 1_000_000, "≤5%")):
        found = judge(raw, "2024-12", numerator=numerator, denominator=denominator)
        assert found["status"] == "missed"
        limit = raw[1:].removesuffix("%")
        assert str(found["actual_text"]).removesuffix("%") not in (limit, f"{limit}.00")


@pytest.mark.parametrize(
    ("name", "raw", "said", "status"),
    [
        ("月均走访次数", "≥4次", "3次", "missed"),
        ("平均响应时间", "≤30分钟", "28分钟", "met"),
        ("人均增收", "≥2000元", "1000元", "on_track"),
        ("户均增收", "≥500元/户", "200元", "behind"),
        ("年均培训次数", "≥4次", "2次", "on_track"),
    ],
)
def test_a_mean_holds_at_each_checkpoint_and_what_each_gets_grows(
    name: str, raw: str, said: str, status: str
) -> None:
    june = {"reported_text": said, "reported_on": date(2024, 6, 30), "measure": "reported"}
    assert judge(raw, "2024-06", name=name, **june)["status"] == status


def test_what_cannot_be_compared_is_told_with_the_unit_that_helps() -> None:
    found = year("每季度1期", *quarters("1期", "1期", "1期", "1期"), name="简报编印")
    assert "如“1期/季度”" in str(found["reason"])
    written = quarters(*["1期/季度"] * 4)
    assert year("每季度1期", *written, name="简报编印")["status"] == "met"


@pytest.mark.parametrize(
    ("name", "raw", "said", "status"),
    [
        ("设备购置费", "50万元", "60万元", "missed"),
        ("设备购置费", "50万元", "45万元", "met"),
        ("会议天数", "2天", "3天", "missed"),
        ("压减会议支出", "5万元", "6万元", "met"),
        ("成本节约率", "5%", "6%", "met"),
        ("补贴标准", "500元/人", "450元/人", "no_data"),
        ("施工扬尘影响", "3处", "4处", "no_data"),
    ],
)
def test_a_bare_amount_among_the_costs_is_the_most_that_may_be_spent(
    name: str, raw: str, said: str, status: str
) -> None:
    found = year(raw, ("12-31", said), name=name, level1="产出指标", level2="成本指标")
    assert found["status"] == status, found["reason"]
