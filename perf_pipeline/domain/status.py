"""The words of a judgement: lights, statuses, behaviours."""

from __future__ import annotations

from enum import StrEnum

from perf_pipeline.domain.words import Word


class Light(Word):
    """How spending stands against its plan (预算执行进度)."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "偏慢"
    RED = "red", "预警"
    AHEAD = "ahead", "超前"  # spending far before its plan: flagged, not praised
    UNKNOWN = "unknown", "无法判断"  # no budget or no plan: cannot be known


class Together(Word):
    """Whose spending is told in one sum (预算执行汇总)."""

    PROJECT_SOURCE = "project_source", "项目资金来源"
    SOURCE = "source", "资金来源"
    SECTION = "section", "分项工作"
    DEPARTMENT = "department", "部门"


class Status(Word):
    """How an indicator stands against its target at a checkpoint (绩效目标实现程度)."""

    MET = "met", "已达标"
    ON_TRACK = "on_track", "进度正常"
    BEHIND = "behind", "进度落后"
    MISSED = "missed", "未达标"
    NOT_DUE = "not_due", "未到期"
    NO_DATA = "no_data", "无数据"


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

LIGHT_LABELS = {each: each.label for each in Light}
STATUS_LABELS = {each: each.label for each in Status}
