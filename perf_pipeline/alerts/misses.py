"""What deserves an alert: one select a rule, over all departments of a fiscal year at once.

Every select has the columns of `miss_columns`. Misses of judgements and outlooks stand at their
checkpoint; faults of files stand at the checkpoint that is newest when they are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache, partial

from sqlalchemy import (
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.alerts.miss_columns import miss_columns
from perf_pipeline.alerts.outlooks import select_outlooks
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import Departments, current, latest_snapshots
from perf_pipeline.warehouse.same import overtaken, same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    quarantined_row,
    snapshot,
    source_file,
    spending_result,
)
from perf_pipeline.warehouse.typed import Expression, Query

_OF_FILE = ("department_id", "fiscal_year", "path")  # what the versions of one file share


def select_misses(
    fiscal_year: int,
    configuration: AlertConfiguration,
    newest: Checkpoint | None,
    only: frozenset[int] | None = None,
) -> Query:
    """Select each miss of a year's newest judgements, in an alert's words.

    `newest` is the checkpoint at which the faults of files stand; None leaves them out. `only` are
    departments by row number; None: all.
    """
    levels = tuple((rule, each.levels) for rule, each in configuration.rules.items())
    return _misses(fiscal_year, levels, configuration.worse_by_bp, newest, only)


@lru_cache(maxsize=8)  # made once for a year's checkpoints, whichever departments are asked for
def _misses(
    fiscal_year: int,
    levels_of: tuple[tuple[str, tuple[str, ...]], ...],
    worse_by_bp: int,
    newest: Checkpoint | None,
    only: frozenset[int] | None,
) -> Query:
    levels, judged = dict(levels_of), partial(_judged, fiscal_year, only)
    parts = [
        judged("spending", spending_result, levels["spending"]),
        judged("indicator", indicator_result, levels["indicator"]),
    ]
    if "missing" in levels["data_missing"]:
        parts += [
            judged("data_missing", spending_result, {str(Light.UNKNOWN)}, "missing"),
            judged("data_missing", indicator_result, {str(Status.NO_DATA)}, "missing"),
        ]
    parts += select_outlooks(fiscal_year, levels, worse_by_bp, only)
    if newest is not None:
        whose = within(department.c.id, only)
        parts += [each.where(whose) for each in _of_files(newest, levels)]
    both = union_all(*parts).subquery()
    in_calendar = both.c.ordinal.is_not(None)  # what another calendar had judged is history
    order = (both.c.department_id, both.c.rule.desc(), both.c.evidence_id)
    return select(both).where(in_calendar).order_by(*order)


def judged_ordinals(fiscal_year: int, only: Departments = None) -> Query:
    """Select department_id, kind and the newest ordinal that a department was so judged at."""
    return (
        select(
            snapshot.c.department_id,
            snapshot.c.kind,
            func.max(checkpoint_table.c.ordinal).label("ordinal"),
        )
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            snapshot.c.kind.in_(["monitoring", "outlook"]),
            checkpoint_table.c.fiscal_year == fiscal_year,
            within(snapshot.c.department_id, only),
        )
        .group_by(snapshot.c.department_id, snapshot.c.kind)
    )


def _judged(
    fiscal_year: int,
    only: Departments,
    rule: str,
    table: Table,
    levels: Collection[str],
    level: str | None = None,
) -> Query:
    """Select the results whose light or status is among the levels; `level` renames it."""
    spending = table is spending_result
    word = table.c.light if spending else table.c.status
    project = table.c.project_name
    newest = latest_snapshots("monitoring", departments=only).subquery(
        f"newest_{rule}_{table.name}"
    )
    where = project if spending else func.coalesce(project, table.c.section)
    prefix = "S" if spending else "I"
    return (
        miss_columns(
            rule,
            snapshot_id=snapshot.c.id,
            subject_key=project if spending else table.c.indicator_key,
            level=word if level is None else literal(level),
            subject=literal("预算执行") if spending else table.c.name,
            place=DEPARTMENT_NAME + "／" + func.coalesce(where, ""),
            gap=table.c.reason,
            evidence=literal(f"追溯号 {prefix}") + cast(table.c.id, Text),
            evidence_id=table.c.id,
            about=literal(str(ItemKind.PROJECT if spending else ItemKind.INDICATOR)),
            about_key=project if spending else table.c.indicator_key,
        )
        .select_from(table)
        .join(newest, newest.c.id == table.c.snapshot_id)
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(word.in_(sorted(levels)), checkpoint_table.c.fiscal_year == fiscal_year)
    )


def _of_files(newest: Checkpoint, levels: Mapping[str, Collection[str]]) -> list[Query]:
    """Select the faults of the year's files, each file's newest version alone."""
    superseded = overtaken(source_file, *_OF_FILE, by="version")
    waiting = (
        select(quarantined_row.c.source_file_id, func.count().label("rows"))
        .where(current(quarantined_row))
        .group_by(quarantined_row.c.source_file_id)
        .subquery("waiting")
    )
    # a file that is only read again, by newer rules, has not come again
    again, other = source_file.alias("again"), source_file.alias("other")
    came_at = (
        select(func.min(again.c.loaded_at))
        .where(same(again, source_file, *_OF_FILE, "sha256"))
        .correlate(source_file)
        .scalar_subquery()
    )
    said_otherwise = exists().where(
        same(other, source_file, *_OF_FILE), other.c.sha256 != source_file.c.sha256
    )
    judged_before = exists().where(
        snapshot.c.kind == "monitoring",
        snapshot.c.department_id == source_file.c.department_id,
        snapshot.c.checkpoint_id == checkpoint_table.c.id,
        snapshot.c.created_at < came_at,
    )
    written: Expression = func.coalesce(source_file.c.reason, "")
    faults = (
        ("data_broken", "refused", source_file.c.outcome == "refused", written),
        (
            "data_broken",
            "quarantined",
            waiting.c.rows > 0,
            cast(waiting.c.rows, Text) + literal(" 行读不出，已隔离"),
        ),
        ("intake_failed", "failed", source_file.c.outcome == "failed", written),
        (
            "data_late",
            "late",
            and_(
                source_file.c.kind != "target_document",
                source_file.c.outcome == "loaded",
                judged_before,
            ),
            literal("评价之后才报送或更正，现为第")
            + cast(source_file.c.version, Text)
            + literal("版"),
        ),
        (
            "targets_changed",
            "changed",
            and_(source_file.c.kind == "target_document", said_otherwise),
            literal("现为第") + cast(source_file.c.version, Text) + literal("版"),
        ),
    )
    return [
        miss_columns(
            rule,
            snapshot_id=cast(null(), source_file.c.id.type),
            subject_key=source_file.c.path,
            level=literal(level),
            subject=source_file.c.path,
            place=DEPARTMENT_NAME,
            gap=gap,
            evidence=literal("文件 SHA-256 ") + source_file.c.sha256,
            evidence_id=source_file.c.id,
            about=literal(str(ItemKind.REGISTER)),
            about_key=source_file.c.kind,
        )
        .select_from(source_file)
        .join(department, department.c.id == source_file.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.name == newest.name)
        .outerjoin(waiting, waiting.c.source_file_id == source_file.c.id)
        .where(
            source_file.c.fiscal_year == newest.fiscal_year,
            or_(~superseded, source_file.c.id == waiting.c.source_file_id),
            fault,
        )
        for rule, level, fault, gap in faults
        if level in levels[rule]
    ]
