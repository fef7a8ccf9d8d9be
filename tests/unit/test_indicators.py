"""Indicators against targets: statuses by behaviour, exact at their thresholds."""

from datetime import date

import pandas as pd
import pytest

from perf_pipeline.domain.behaviour import deduce_behaviour
from perf_pipeline.domain.calendar import FiscalCalendar, month_end
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.reasons import describe_indicators
from perf_pipeline.warehouse.target_values import target_values

CALENDAR = FiscalCalendar((3, 6, 10, 12))


def judge(
    raw: str, quarter: str = "2024-06", seen: pd.DataFrame | None = None, **given: object
) -> dict[str, object]:
    """Judge one indicator with a target as written; `given` overrides its columns."""
    held = target_values(raw, parse_target(raw, fiscal_year=2024))
    row: dict[str, object] = {
        "name": "指标",
        "raw_target": raw,
        "target_kind": held["kind"],
        "operator": held["operator"],
        "value_text": held["value_text"],
        "target_micro": held["value_micro"],
        "upper_micro": held["upper_micro"],
        "unit": held["unit"],
        "measure": "some_measure",
        "mapped_behaviour": None,
        "due_on": None,
        "pace": None,
        "planned_bp": None,
        "numerator": None,
        "denominator": None,
        "reported_text": None,
        "reported_numerator": None,
        "reported_denominator": None,
        "reported_on": None,
        **given,
    }
    at = CALENDAR.checkpoint(quarter)
    judged = judge_indicators(pd.DataFrame([row], dtype=object), at, seen)
    return dict(describe_indicators(judged, at).to_dict("records")[0])


def reported(raw: str, said: str | None, quarter: str = "2024-06", **more: object) -> str:
    """Judge an indicator that staff report, from what they reported in that quarter."""
    on = CALENDAR.checkpoint(quarter).ends_on
    given = {"measure": "reported", "reported_text": said, "reported_on": on, **more}
    return str(judge(raw, quarter, **given)["status"])


@pytest.mark.parametrize(
    ("raw", "count", "status"),
    [
        ("每季度不少于2次", 8, "no_data"),
        ("≥2次/村", 8, "no_data"),
        ("≥2次/村", 0, "missed"),
        ("≥2次/年", 8, "met"),
        ("≥2次", 8, "met"),
    ],
)
def test_a_count_of_all_is_not_held_against_what_is_asked_for_each(
    raw: str, count: int, status: str
) -> None:
    found = judge(raw, "2024-12", measure="publicity_activities", numerator=count, denominator=1)
    assert found["status"] == status
    assert ("总数" in str(found["reason"])) == (status == "no_data")


@pytest.mark.parametrize(
    ("raw", "numerator", "denominator", "status"),
    [
        ("≥95%", 95, 100, "met"),
        ("≥95%", 94_999_999, 100_000_000, "missed"),
        ("≥95%", 950_000_001, 1_000_000_000, "met"),
        ("100%", 170, 171, "missed"),
        ("100%", 171, 171, "met"),
        ("≤5%", 5, 100, "met"),
        ("≤5%", 51, 1000, "missed"),
        (">95%", 95, 100, "missed"),
        ("95%-98%", 97, 100, "met"),
        ("95%-98%", 99, 100, "missed"),
        ("≥95%", 95 * 10**17, 10**19, "met"),
    ],
)
def test_a_rate_must_hold_at_each_checkpoint_exactly(
    raw: str, numerator: int, denominator: int, status: str
) -> None:
    assert judge(raw, numerator=numerator, denominator=denominator)["status"] == status


@pytest.mark.parametrize(
    ("quarter", "count", "status"),
    [
        ("2024-03", 50, "on_track"),
        ("2024-03", 49, "behind"),
        ("2024-06", 100, "on_track"),
        ("2024-06", 200, "met"),
        ("2024-10", 166, "on_track"),
        ("2024-10", 165, "behind"),
        ("2024-12", 199, "missed"),
        ("2024-12", 200, "met"),
    ],
)
def test_a_count_grows_to_its_yearly_value_and_is_never_missed_before(
    quarter: str, count: int, status: str
) -> None:
    assert judge("≥200个", quarter, numerator=count, denominator=1)["status"] == status


def test_the_part_of_a_whole_thing_is_not_asked_for() -> None:
    assert judge("≥3次", "2024-03", numerator=0, denominator=1)["status"] == "on_track"
    assert judge("≥3次", "2024-06", numerator=0, denominator=1)["status"] == "behind"


def test_pace_follows_the_spending_plan_where_the_map_says_so() -> None:
    given = {"mapped_behaviour": "累计", "pace": "支出计划", "planned_bp": 2000}
    judged = judge("≥95%", "2024-03", numerator=20, denominator=100, **given)
    assert judged["status"] == "on_track"
    assert "支出计划进度" in str(judged["reason"])


def test_a_one_off_is_not_due_before_its_day() -> None:
    due = {"mapped_behaviour": "一次性", "due_on": date(2024, 10, 31)}
    assert reported("1个", "0个", "2024-06", **due) == "not_due"
    assert reported("1个", "0个", "2024-10", **due) == "missed"
    assert reported("1个", "1个", "2024-06", **due) == "met"
    assert judge("1个", "2024-06", **due)["status"] == "not_due"
    assert judge("1个", "2024-10", **due)["status"] == "no_data"


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


def periods(*reports: tuple[int, str], covers: str | None = None) -> pd.DataFrame:
    """Make a year's reports, each with the month at whose end it stands."""
    columns = ("numerator", "denominator", "reported_numerator", "reported_denominator")
    rows = [
        {
            "department_id": 1,
            "indicator_key": "甲",
            "on": month_end(2024, month),
            "covers": covers,
            "reported_text": text,
            **dict.fromkeys(columns),
        }
        for month, text in reports
    ]
    return pd.DataFrame(rows, dtype=object)


@pytest.mark.parametrize(
    ("name", "raw", "quarter", "reports", "status", "words"),
    [
        ("重新犯罪", "0", "2024Q3", [(6, "0人"), (10, "1人")], "missed", "10月底1人"),
        (
            "重新犯罪",
            "无重新犯罪",
            "2024Q4",
            [(6, "0人"), (10, "1人"), (12, "0人")],
            "missed",
            "10月底1人，未达到目标（无重新犯罪），每期都须达到；12月底0人，不改变全年结论",
        ),
        (
            "及时赔付",
            "是",
            "2024Q4",
            [(10, "否"), (12, "是")],
            "missed",
            "12月底是，不改变全年结论",
        ),
        ("安全事故", "零事故", "2024Q4", [(3, "2起"), (6, "1起"), (12, "0起")], "missed", "2起"),
        (
            "安全事故",
            "零事故",
            "2024Q4",
            [(3, "0起"), (6, "0起"), (10, "0起"), (12, "0起")],
            "met",
            "达到目标",
        ),
        (
            "安全事故",
            "零事故",
            "2024Q4",
            [(3, "0起"), (6, "0起"), (12, "0起")],
            "no_data",
            "10月底没有填报值",
        ),
        ("完成验收", "是", "2024Q4", [(10, "否"), (12, "是")], "met", "达到目标"),  # done once
        ("群众安全感", "不断提高", "2024Q4", [(10, "持平"), (12, "提高")], "met", "达到目标"),
        ("不发生责任事故", "是", "2024Q4", [(3, "否"), (12, "是")], "missed", "3月底否"),
    ],
)
def test_a_break_of_what_must_hold_in_each_period_is_one_of_the_year(
    name: str,
    raw: str,
    quarter: str,
    reports: list[tuple[int, str]],
    status: str,
    words: str,
) -> None:
    month, text = reports[-1]
    given = {"measure": "reported", "reported_text": text, "reported_on": month_end(2024, month)}
    seen = periods(*reports)
    judged = judge(raw, quarter, seen, name=name, department_id=1, indicator_key="甲", **given)
    assert judged["status"] == status
    assert words in str(judged["reason"])


@pytest.mark.parametrize(
    ("covers", "rule", "value", "status"),
    [
        ("本期数", None, 6, "met"),
        ("年初以来", None, 3, "missed"),
        (None, None, 3, "missed"),
        (None, "时点数", 3, "missed"),
    ],
)
def test_reports_of_a_period_are_added_and_those_of_the_year_are_not(
    covers: str | None, rule: str | None, value: int, status: str
) -> None:
    given = {
        "measure": "reported",
        "reported_text": "3次",
        "reported_on": month_end(2024, 12),
        "mapped_year_rule": rule,
    }
    seen = periods((3, "1次"), (6, "2次"), (12, "3次"), covers=covers)
    judged = judge("≥5次", "2024Q4", seen, department_id=1, indicator_key="甲", **given)
    assert (judged["numerator"], judged["status"]) == (value, status)


def test_percentages_of_periods_do_not_make_one_of_the_year() -> None:
    given = {"measure": "reported", "reported_text": "99%", "reported_on": month_end(2024, 12)}
    seen = periods((6, "90%"), (12, "99%"), covers="本期数")
    judged = judge("≥95%", "2024Q4", seen, department_id=1, indicator_key="甲", **given)
    assert judged["status"] == "no_data"
    assert "不能合成全年数" in str(judged["reason"])


def test_a_report_for_an_earlier_checkpoint_says_nothing_about_this_one() -> None:
    earlier = {"measure": "reported", "reported_text": "是", "reported_on": date(2024, 3, 31)}
    assert judge("是", "2024-03", **earlier)["status"] == "met"
    assert judge("是", "2024-06", **earlier)["status"] == "no_data"


def test_a_price_is_met_at_or_below_its_limit() -> None:
    cost = {"name": "投保成本", "numerator": 1000 * 100, "denominator": 100 * 100}
    judged = judge("10元/户", **cost)
    assert (judged["status"], judged["actual_text"]) == ("met", "10.00元/户")
    more = {"numerator": 100_100, "denominator": 10_000}
    assert judge("10元/户", **cost | more)["status"] == "missed"
    assert judge("10元/户", **more)["status"] == "no_data"  # of a price, or of what is given


@pytest.mark.parametrize(("days", "status"), [(30, "met"), (29, "no_data"), (40, "no_data")])
def test_a_measured_value_beside_a_bare_one_of_unknown_bound_is_asked_about(
    days: int, status: str
) -> None:
    found = judge("30天", "2024-12", measure="reported", numerator=days, denominator=1)
    assert found["status"] == status
    assert ("没有写明是“≥”还是“≤”" in str(found["reason"])) is (status == "no_data")


def test_what_grows_past_its_upper_limit_is_missed_at_once() -> None:
    given = {"mapped_behaviour": "累计", "numerator": 8, "denominator": 1}
    assert judge("≤5起", "2024-06", **given)["status"] == "missed"


def test_a_total_below_its_limit_is_on_track_until_the_year_ends() -> None:
    assert judge("≤80万元", "2024-06", numerator=60_0000, denominator=1)["status"] == "on_track"
    assert judge("≤80万元", "2024-12", numerator=60_0000, denominator=1)["status"] == "met"
    assert judge("≤80万元", "2024-06", numerator=81_0000, denominator=1)["status"] == "missed"


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
