"""The words of a judgement: lights, statuses, behaviours."""

from __future__ import annotations

from enum import StrEnum


class Light(StrEnum):
    """How spending stands against its plan (预算执行进度)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    AHEAD = "ahead"  # spending far before its plan: flagged, not praised
    UNKNOWN = "unknown"  # no budget or no plan: cannot be known


class Status(StrEnum):
    """How an indicator stands against its target at a checkpoint (绩效目标实现程度)."""

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    NOT_DUE = "not_due"
    NO_DATA = "no_data"


class Behaviour(StrEnum):
    """How an indicator moves within the year (年内表现), as written in the measure map."""

    LEVEL = "持续"  # must hold at each checkpoint that has data
    CUMULATIVE = "累计"  # grows to its yearly value
    ONE_OFF = "一次性"  # due at one date
    YES_NO = "是否"
    DIRECTION = "趋势"
    COST = "成本"  # must stay within its limit


CARRIED = (str(Behaviour.CUMULATIVE), str(Behaviour.ONE_OFF))  # an earlier report still holds


# what staff are asked to explain (偏差原因)
DEVIATIONS: frozenset[Light | Status] = frozenset(
    {Light.YELLOW, Light.RED, Light.AHEAD, Status.BEHIND, Status.MISSED}
)

LIGHT_LABELS: dict[Light, str] = {
    Light.GREEN: "正常",
    Light.YELLOW: "偏慢",
    Light.RED: "预警",
    Light.AHEAD: "超前",
    Light.UNKNOWN: "无法判断",
}

STATUS_LABELS: dict[Status, str] = {
    Status.MET: "已达标",
    Status.ON_TRACK: "进度正常",
    Status.BEHIND: "进度落后",
    Status.MISSED: "未达标",
    Status.NOT_DUE: "未到期",
    Status.NO_DATA: "无数据",
}
