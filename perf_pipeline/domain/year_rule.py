"""How periods make the year (年度口径), and what a reported value states (填报口径)."""

from __future__ import annotations

from perf_pipeline.domain.words import Word


class YearRule(Word):
    """How what was seen in the periods of a year becomes the year's value (年度口径)."""

    STATE = "state", "时点数"  # as it stands on the day: 参保率
    TOTAL = "total", "累计数"  # adds up: 宣传次数
    # numerators over denominators of the whole year: 在线率, 满意度
    POOLED = "pooled", "全年合并计算"
    # each period must hold, one break is a break for the year: 零脱漏管
    EVERY = "every", "每期都须达到"
    LATEST = "latest", "以最新为准"  # the newest report replaces the older ones: 年度考核等次


class Covers(Word):
    """What a reported value states (填报口径)."""

    PERIOD = "period", "本期数"  # what happened since the checkpoint before
    YEAR = "year", "年初以来"  # the year so far
    DAY = "day", "时点数"  # as it stands on the day


DEFAULT_COVERS = {
    YearRule.STATE: Covers.DAY,
    YearRule.TOTAL: Covers.YEAR,
    YearRule.POOLED: Covers.YEAR,
    YearRule.EVERY: Covers.PERIOD,
    YearRule.LATEST: Covers.YEAR,
}
YEAR_RULE_OF_LABEL = {rule.label: rule for rule in YearRule}
COVERS_OF_LABEL = {covers.label: covers for covers in Covers}
