"""Two ceilings, or two dates, for what is called alike are told beside both judgements."""

import pytest

from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicator_notes import note_indicators
from perf_pipeline.warehouse.target_values import target_values
from tests.one_indicator import CALENDAR, NOTHING

Named = tuple[str | None, str, str]  # project, name, target as written


def told(*named: Named) -> list[str | None]:
    rows = []
    for project, name, raw in named:
        held = target_values(raw, parse_target(raw, fiscal_year=2024))
        rows.append(
            {
                **NOTHING,
                **{"department_id": 1, "project_name": project, "name": name, "raw_target": raw},
                "target_kind": held["kind"],
                "operator": held["operator"],
                "value_text": held["value_text"],
                "target_micro": held["value_micro"],
                "unit": held["unit"],
            }
        )
    at = CALENDAR.checkpoint("2024-12")
    judged = [Indicator(**row)._replace(status="met") for row in rows]
    return [row.note for row in note_indicators(judged, [], at)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("甲", "单位面积能耗", "≤80千瓦时"), ("甲", "单位面积能耗量", "≤75千瓦时")),
        (("甲", "百公里油耗", "≤9升"), ("甲", "百公里油耗", "≤10升")),
        (("甲", "规划完成时间", "2024年6月底前"), ("甲", "规划编制完成时间", "2024年9月底前")),
        (("甲", "投诉率", "≤5%"), (None, "群众投诉率", "≤3%")),
        (("甲", "事故数", "≤3起"), ("甲", "重大事故数", "≤5起")),
    ],
)
def test_limits_that_contradict_are_told_beside_both(one: Named, other: Named) -> None:
    assert told(one, other) == [
        f"与“{b[1]}”（{b[0] or '部门'}）说法相近而目标不同（“{b[2]}”），请核对"
        for b in (other, one)
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("甲", "百公里油耗", "≤9升"), ("乙", "百公里油耗", "≤10升")),
        (("甲", "工程开工时间", "2024年3月底前"), ("甲", "工程竣工时间", "2024年9月底前")),
        (("甲", "工程完成时间", "2024年9月底前"), ("甲", "工程招标完成时间", "2024年3月底前")),
        (("甲", "投诉率", "≤5%"), ("甲", "投诉件数", "≤5件")),
        (("甲", "投诉率", "≤5%"), ("甲", "群众投诉率", "≤5%")),
        (("甲", "成本", "≤5万元"), ("甲", "设备成本", "≤3万元")),
        (("甲", "事故数", "≤3起"), ("甲", "重大事故数", "≤1起")),
        (("甲", "工程完成时间", "2024年6月底前"), ("甲", "二期工程完成时间", "2024年9月底前")),
        (("甲", "路面工程完成时间", "2024年6月底前"), ("甲", "工程完成时间", "2024年9月底前")),
        (("甲", "检查完成时间", "2024年6月底前"), ("甲", "下半年检查完成时间", "2024年12月底前")),
        (("甲", "办结天数", "≤5天"), ("甲", "平均办结天数", "≤3天")),
    ],
)
def test_limits_of_two_things_contradict_nothing(one: Named, other: Named) -> None:
    assert told(one, other) == [None, None]
