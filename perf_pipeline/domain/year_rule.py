"""How periods make the year (年度口径), and what a reported value states (填报口径)."""

from __future__ import annotations

from enum import StrEnum


class YearRule(StrEnum):
    """How what was seen in the periods of a year becomes the year's value (年度口径)."""

    STATE = "state"  # as it stands on the day: 参保率
    TOTAL = "total"  # adds up: 宣传次数
    POOLED = "pooled"  # numerators over denominators of the whole year: 在线率, 满意度
    EVERY = "every"  # each period must hold, one break is a break for the year: 零脱漏管
    LATEST = "latest"  # the newest report replaces the older ones: 年度考核等次

    @property
    def label(self) -> str:
        """Return the rule's name as the map and the templates write it."""
        return YEAR_RULE_LABELS[self]


class Covers(StrEnum):
    """What a reported value states (填报口径)."""

    PERIOD = "period"  # what happened since the checkpoint before
    YEAR = "year"  # the year so far
    DAY = "day"  # as it stands on the day

    @property
    def label(self) -> str:
        """Return the word that the templates write."""
        return COVERS_LABELS[self]


YEAR_RULE_LABELS = {
    YearRule.STATE: "时点数",
    YearRule.TOTAL: "累计数",
    YearRule.POOLED: "全年合并计算",
    YearRule.EVERY: "每期都须达到",
    YearRule.LATEST: "以最新为准",
}
COVERS_LABELS = {Covers.PERIOD: "本期数", Covers.YEAR: "年初以来", Covers.DAY: "时点数"}
DEFAULT_COVERS = {
    YearRule.STATE: Covers.DAY,
    YearRule.TOTAL: Covers.YEAR,
    YearRule.POOLED: Covers.YEAR,
    YearRule.EVERY: Covers.PERIOD,
    YearRule.LATEST: Covers.YEAR,
}
YEAR_RULE_OF_LABEL = {label: rule for rule, label in YEAR_RULE_LABELS.items()}
COVERS_OF_LABEL = {label: covers for covers, label in COVERS_LABELS.items()}
