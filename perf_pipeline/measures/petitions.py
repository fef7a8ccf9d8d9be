"""Measures of petition cases (信访), with the time limits of 《信访工作条例》(2022).

Acceptance (受理) within 15 days of receipt; closing (办结) within 60 days of acceptance, extended
once by at most 30: these numbers, with their articles, stand in the register's declaration.
Calendar days; the last day of a limit still counts as in time. A case whose limit has not passed
and which is not done is in neither count.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import Table, and_, func, or_, true

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.measure import Condition, Measure, happened, rate, within
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.engine import add_days

_LIMITS = register("petition_case")
ACCEPTANCE_DAYS = _LIMITS.limit("acceptance").days
CLOSING_DAYS = _LIMITS.limit("closing").days
SUPERIORS = ("中央", "省", "市")
CONTENT = ("满意", "基本满意")

Kind = Callable[[Table], Condition]


def _acceptance_limit(table: Table) -> add_days:
    return add_days(table.c.received_on, ACCEPTANCE_DAYS)


def _closing_limit(table: Table) -> add_days:
    days = func.coalesce(table.c.extended_days, 0) + CLOSING_DAYS
    return add_days(table.c.accepted_on, days)


def _any(_table: Table) -> Condition:
    return true()


def _online(table: Table) -> Condition:
    return table.c.channel == "网上"


def _key(table: Table) -> Condition:
    return table.c.is_key.is_(True)


def _from_superiors(table: Table) -> Condition:
    return table.c.assigned_by.in_(SUPERIORS)


def _from_leaders(table: Table) -> Condition:
    return table.c.assigned_by == "区领导"


def _acceptance_due(table: Table, checkpoint: Checkpoint, *, kind: Kind) -> Condition:
    return and_(
        kind(table),
        within(table.c.received_on, checkpoint),
        or_(
            happened(table.c.accepted_on, checkpoint), _acceptance_limit(table) < checkpoint.ends_on
        ),
    )


def _accepted_in_time(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(
        happened(table.c.accepted_on, checkpoint), table.c.accepted_on <= _acceptance_limit(table)
    )


def _closing_due(table: Table, checkpoint: Checkpoint, *, kind: Kind) -> Condition:
    return and_(
        kind(table),
        within(table.c.received_on, checkpoint),
        happened(table.c.accepted_on, checkpoint),
        or_(happened(table.c.closed_on, checkpoint), _closing_limit(table) < checkpoint.ends_on),
    )


def _closed_in_time(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(happened(table.c.closed_on, checkpoint), table.c.closed_on <= _closing_limit(table))


def _closed(table: Table, checkpoint: Checkpoint) -> Condition:
    return happened(table.c.closed_on, checkpoint)


def _rated(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(
        within(table.c.received_on, checkpoint),
        _closed(table, checkpoint),
        table.c.satisfaction.is_not(None),
    )


def _content(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.satisfaction.in_(CONTENT)


def _visits(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(table.c.channel == "来访", within(table.c.received_on, checkpoint))


def _hosted(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.hosted.is_(True)


def _acceptance(code: str, label: str, kind: Kind, of_what: str) -> Measure:
    return rate(
        code,
        label,
        f"{of_what}：收到后{ACCEPTANCE_DAYS}日内受理的件数 ÷ 已受理或受理期限已过的件数",
        "petition_case",
        due=partial(_acceptance_due, kind=kind),
        hit=_accepted_in_time,
    )


def _closing(code: str, label: str, kind: Kind, of_what: str) -> Measure:
    return rate(
        code,
        label,
        f"{of_what}：受理后{CLOSING_DAYS}日（经批准可延长）内办结的件数"
        " ÷ 已办结或办结期限已过的件数",
        "petition_case",
        due=partial(_closing_due, kind=kind),
        hit=_closed_in_time,
    )


def _resolution(code: str, label: str, kind: Kind, of_what: str) -> Measure:
    return rate(
        code,
        label,
        f"{of_what}：已办结的件数 ÷ 已办结或办结期限已过的件数",
        "petition_case",
        due=partial(_closing_due, kind=kind),
        hit=_closed,
    )


PETITION_MEASURES: tuple[Measure, ...] = (
    _acceptance("petition_on_time_acceptance", "按期受理率", _any, "全部信访事项"),
    _closing("petition_on_time_closing", "按期办结率", _any, "全部信访事项"),
    _acceptance("petition_online_acceptance", "网上信访及时受理率", _online, "网上信访事项"),
    _closing("petition_online_closing", "网上信访按期答复率", _online, "网上信访事项"),
    _resolution("petition_key_resolved", "重要信访事项解决率", _key, "重要信访事项"),
    _resolution(
        "petition_superior_closed", "上级交办办结率", _from_superiors, "中央、省、市交办事项"
    ),
    _resolution("petition_leader_closed", "区领导批示办结率", _from_leaders, "区领导批示事项"),
    rate(
        "petition_satisfaction",
        "信访群众满意率",
        "评价为满意或基本满意的件数 ÷ 已评价的件数",
        "petition_case",
        due=_rated,
        hit=_content,
    ),
    rate(
        "petition_visits_hosted",
        "群众上访接待率",
        "得到接待的来访件数 ÷ 来访件数",
        "petition_case",
        due=_visits,
        hit=_hosted,
    ),
)
