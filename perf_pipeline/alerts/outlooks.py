"""Outlooks that deserve an alert: a target hardly to be reached, or one that has moved away."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlalchemy import (
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from perf_pipeline.alerts.miss_columns import miss_columns
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import Departments, latest_snapshots
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department, indicator_result, outlook, snapshot
from perf_pipeline.warehouse.typed import Expression, Query

UNLIKELY, WORSE = "outlook_unlikely", "outlook_worse"
LIKELY = "完成目标的可能性{0}（{1}）"
LESS_LIKELY = "完成目标的可能性由{0}变为{1}"
CHANGED, STILL = "：预计全年由{0}变为{1}", "：预计全年仍为{0}"
_HOLE = re.compile(r"\{\d\}")
FACT = "fact"  # at year end nothing is foretold any more: what was missed is told as missed


def select_outlooks(
    fiscal_year: int,
    levels: Mapping[str, Collection[str]],
    worse_by_bp: int,
    only: Departments = None,
) -> list[Query]:
    """Select what a year's newest outlooks say, a select for each rule and its levels.

    One has worsened that fell by so much. `only` are departments by row number; None: all.
    """
    parts = [
        _outlooks(
            fiscal_year,
            only,
            UNLIKELY,
            level=outlook.c.likelihood,
            gap=_filled(LIKELY, _percent(outlook.c.probability_bp), _tick()),
        ).where(outlook.c.likelihood.in_(sorted(levels[UNLIKELY])))
    ]
    for level in levels[WORSE]:
        before = _before(only)
        fell = before.c.probability_bp - outlook.c.probability_bp
        worse = _outlooks(
            fiscal_year,
            only,
            WORSE,
            level=literal(level),
            gap=_filled(
                LESS_LIKELY, _percent(before.c.probability_bp), _percent(outlook.c.probability_bp)
            )
            + func.coalesce(
                case(
                    (
                        before.c.point != outlook.c.point,
                        _filled(CHANGED, _amount(before.c.point), _amount(outlook.c.point)),
                    ),
                    else_=_filled(STILL, _amount(outlook.c.point)),
                ),
                "",
            ),
        )
        parts.append(
            worse.join(
                before, same(before, outlook, "snapshot_id", "subject", "subject_key")
            ).where(fell >= worse_by_bp)
        )
    return parts


def _outlooks(fiscal_year: int, only: Departments, rule: str, **columns: Expression) -> Query:
    """Select the newest outlooks of a year; an indicator's name is in its newest result."""
    newest = latest_snapshots("outlook", departments=only).subquery(f"newest_{rule}")
    judged = latest_snapshots("monitoring", departments=only).subquery(f"judged_{rule}")
    named = indicator_result
    where = func.coalesce(outlook.c.project_name, named.c.section, "")
    return (
        miss_columns(
            rule,
            snapshot_id=snapshot.c.id,
            subject_key=outlook.c.subject + literal("|") + outlook.c.subject_key,
            subject=func.coalesce(named.c.name, "预算执行"),
            place=DEPARTMENT_NAME + "／" + where,
            evidence=outlook.c.reason
            + func.coalesce(literal("；追溯号 I") + cast(named.c.id, Text), ""),
            evidence_id=outlook.c.id,
            about=case(
                (outlook.c.subject == "spending", str(ItemKind.PROJECT)),
                else_=str(ItemKind.INDICATOR),
            ),
            about_key=outlook.c.subject_key,
            **columns,
        )
        .select_from(outlook)
        .join(newest, newest.c.id == outlook.c.snapshot_id)
        .join(snapshot, snapshot.c.id == outlook.c.snapshot_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .outerjoin(judged, same(judged, snapshot, "department_id", "checkpoint_id"))
        .outerjoin(
            named,
            and_(
                named.c.snapshot_id == judged.c.id,
                outlook.c.subject == "indicator",
                named.c.indicator_key == outlook.c.subject_key,
            ),
        )
        .where(checkpoint_table.c.fiscal_year == fiscal_year, outlook.c.method != FACT)
    )


def _before(only: Departments) -> Subquery:
    """Select what was foretold before each outlook: at the last checkpoint, or a version ago.

    Two selects of pairs: one with an OR joins each of a department's outlooks with each other.
    Columns snapshot_id (of the outlook that came after), subject, subject_key, probability_bp
    and point, of the two the higher.
    """
    newest = latest_snapshots("outlook", departments=only).subquery("newest_before")
    at, earlier_at = checkpoint_table.alias("at"), checkpoint_table.alias("earlier_at")
    now, then = snapshot.alias("now"), snapshot.alias("then")
    is_one = now.c.kind == "outlook", within(now.c.department_id, only)
    last_checkpoint = (
        select(now.c.id.label("after"), newest.c.id.label("before"))
        .join(at, at.c.id == now.c.checkpoint_id)
        .join(
            earlier_at,
            and_(same(earlier_at, at, "fiscal_year"), earlier_at.c.ordinal == at.c.ordinal - 1),
        )
        .join(
            newest,
            and_(same(newest, now, "department_id"), newest.c.checkpoint_id == earlier_at.c.id),
        )
        .where(*is_one)
    )
    last_version = select(now.c.id.label("after"), then.c.id.label("before")).join(
        then,
        and_(
            same(then, now, "kind", "department_id", "checkpoint_id"),
            then.c.version == now.c.version - 1,
        ),
    )
    pairs = union_all(last_checkpoint, last_version.where(*is_one)).subquery()
    foretold = outlook.alias("foretold")
    return (
        select(
            pairs.c.after.label("snapshot_id"),
            foretold.c.subject,
            foretold.c.subject_key,
            func.max(foretold.c.probability_bp).label("probability_bp"),
            func.max(foretold.c.point).label("point"),
        )
        .join(foretold, foretold.c.snapshot_id == pairs.c.before)
        .group_by(pairs.c.after, foretold.c.subject, foretold.c.subject_key)
        .subquery("before")
    )


def _filled(message: str, *values: Expression) -> Expression:
    """Write a message with its values."""
    first, *others = _HOLE.split(message)
    said: Expression = literal(first)
    for value, text in zip(values, others, strict=True):
        said = said + value + literal(text)
    return said


def _percent(bp: Expression) -> Expression:
    """Write basis points as whole percent; what is between 0 and 1 is under 1%."""
    whole = cast(bp // 100, Text) + literal("%")
    return case((and_(bp > 0, bp < 100), literal("不到1%")), else_=whole)


def _amount(point: Expression) -> Expression:
    """Write a point as the reports do: 万元 and per cent with two digits, counts as they are."""
    size = func.abs(point)
    hundredths = case((outlook.c.measured_in == "fen", (size + 5_000) // 10_000), else_=size)
    rest = hundredths % 100
    padded = case((rest < 10, literal("0") + cast(rest, Text)), else_=cast(rest, Text))
    sign = case((and_(point < 0, hundredths > 0), literal("-")), else_=literal(""))
    written = sign + cast(hundredths // 100, Text) + literal(".") + padded
    return case(
        (outlook.c.measured_in == "fen", written + literal("万元")),
        (outlook.c.measured_in == "bp", written + literal("%")),
        else_=cast(point, Text),
    )


def _tick() -> Expression:
    """Write a likelihood as the form's tick."""
    words = {str(word): word.label for word in Likelihood}
    return case(words, value=outlook.c.likelihood, else_="")
