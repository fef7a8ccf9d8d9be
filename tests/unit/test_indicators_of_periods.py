"""Reports of periods: what is added up, what must hold in each, what an earlier one says."""

from datetime import date

import pytest

from perf_pipeline.domain.calendar import month_end
from tests.one_indicator import judge


def periods(*reports: tuple[int, str], covers: str | None = None) -> list[dict[str, object]]:
    """Make a year's reports, each with the month at whose end it stands."""
    columns = ("numerator", "denominator", "reported_numerator", "reported_denominator")
    return [
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
    later = judge("是", "2024-06", **earlier)
    assert later["status"] == "no_data"
    assert later["reason"] == "截至6月底，3月底以后没有收到填报值"


@pytest.mark.parametrize(
    ("raw", "covers", "status", "words"),
    [
        ("≥95%", None, "no_data", "3月报“90/100”、12月报“8/8”"),  # 98/108 of its periods, or 100%
        ("≥95%", "年初以来", "no_data", "3月报“90/100”、12月报“8/8”"),  # counts only grow
        ("≥95%", "本期数", "missed", "全年合并98/108，其中本期8/8"),
        ("≥90%", None, "met", ""),  # either way
    ],
)
def test_counts_of_the_year_so_far_never_fall(
    raw: str, covers: str | None, status: str, words: str
) -> None:
    counts = {"reported_numerator": 8, "reported_denominator": 8}
    counted = ((90, 100), (8, 8))
    seen = [
        each | {"reported_text": None, "reported_numerator": hits, "reported_denominator": of}
        for each, (hits, of) in zip(periods((3, ""), (12, ""), covers=covers), counted, strict=True)
    ]
    given = {"measure": "reported", "reported_on": month_end(2024, 12), **counts}
    judged = judge(
        raw, "2024-12", seen, name="受理及时率", department_id=1, indicator_key="甲", **given
    )
    assert judged["status"] == status
    assert words in str(judged["reason"])


@pytest.mark.parametrize(
    ("raw", "counts", "words"),
    [
        ("≥95%", [(90, 100, None), (8, 8, None), (96, 101, None)], "3月报“90/100”、6月报“8/8”"),
        ("≥95%", [(90, 100, None), (8, 8, None), (96, 101, "本期数")], "3月报“90/100”、6月报“8/8”"),
        (
            "≥97%",  # the year so far is at least what its periods are together
            [(90, 100, "本期数"), (98, 100, "本期数"), (99, 100, None)],
            "3月报“90/100”、6月报“98/100”、12月报“99/100”",
        ),
        ("≥95%", [(90, 100, None), (8, 8, None), (300, 310, "年初以来")], ""),
    ],
)
def test_counts_that_grew_again_or_are_less_than_their_periods_are_asked_about(
    raw: str, counts: list[tuple[int, int, str | None]], words: str
) -> None:
    seen = [
        report
        | {"reported_text": None, "reported_numerator": hit, "reported_denominator": of}
        | {"covers": covers}
        for report, (hit, of, covers) in zip(
            periods((3, ""), (6, ""), (12, "")), counts, strict=True
        )
    ]
    newest = {name: seen[-1][name] for name in ("reported_numerator", "reported_denominator")}
    given = {"measure": "reported", "reported_on": month_end(2024, 12), "name": "受理及时率"}
    judged = judge(raw, "2024-12", seen, department_id=1, indicator_key="甲", **given, **newest)
    assert judged["status"] == ("no_data" if words else "met")
    assert words in str(judged["reason"])


def test_different_things_seen_in_each_period_grow_by_those_of_the_year() -> None:
    figures = {"numerator": 2, "denominator": 1, "year_numerator": 60, "year_denominator": 1}
    judged = judge("≥88台", "2024-06", measure="devices_inspected", name="巡检设备数", **figures)
    assert (judged["status"], judged["actual_text"]) == ("on_track", "60台")


def test_counts_against_words_are_told_and_not_missing() -> None:
    given = {"reported_numerator": 4, "reported_denominator": 5, "measure": "reported"}
    judged = judge("逐步完善", "2024-06", reported_on=month_end(2024, 6), **given)
    assert judged["status"] == "no_data"
    assert "4/5无法与目标“逐步完善”比较" in str(judged["reason"])


def test_one_break_of_the_year_so_far_is_told_once() -> None:
    """A measured total still holds in December what broke in June; a report of it likewise."""
    told = []
    for measure, covers in (("publicity_activities", None), ("reported", "年初以来")):
        seen = periods((3, "0起"), (6, "1起"), (10, "1起"), (12, "1起"), covers=covers)
        if covers is None:
            counts = (0, 1, 1, 1)
            seen = [
                each | {"reported_text": None, "numerator": many, "denominator": 1}
                for each, many in zip(seen, counts, strict=True)
            ]
        given = {"measure": measure, "mapped_year_rule": "每期都须达到", "name": "事故起数"}
        judged = judge("0起", "2024-12", seen, department_id=1, indicator_key="甲", **given)
        told.append((judged["status"], judged["reason"]))
    assert set(told) == {("missed", "6月底1起，未达到目标（0起），每期都须达到")}


@pytest.mark.parametrize(
    ("counts", "broken"),
    [
        ([(90, 100), (90, 100), (99, 100), (90, 100)], "3月底90.00%、12月底90.00%"),
        ([(90, 100), (180, 200), (270, 300), (270, 300)], "3月底90.00%、6月底90.00%、10月底90.00%"),
    ],
)
def test_a_break_anew_is_told_though_the_share_is_the_same(
    counts: list[tuple[int, int]], broken: str
) -> None:
    seen = [
        report | {"reported_text": None, "numerator": hit, "denominator": of}
        for report, (hit, of) in zip(
            periods((3, ""), (6, ""), (10, ""), (12, "")), counts, strict=True
        )
    ]
    given = {"measure": "asset_in_use", "mapped_year_rule": "每期都须达到", "name": "在用率"}
    judged = judge("≥95%", "2024-12", seen, department_id=1, indicator_key="甲", **given)
    assert str(judged["reason"]).startswith(f"{broken}，未达到目标")
