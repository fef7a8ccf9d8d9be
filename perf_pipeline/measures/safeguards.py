"""Measures of the safeguards (保障措施): assets, consumables, and training of finance staff."""

from __future__ import annotations

from sqlalchemy import Table, and_, or_

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.measure import (
    Condition,
    Measure,
    happened,
    quotient,
    rate,
    total,
    within,
)


def _acquired(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.acquired_on, checkpoint)


def _acquisition_approved(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.acquisition_approval.is_not(None)


def _disposed(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.disposed_on, checkpoint)


def _disposal_approved(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.disposal_approval.is_not(None)


def _held_then(table: Table, checkpoint: Checkpoint) -> Condition:
    still = or_(table.c.disposed_on.is_(None), table.c.disposed_on > checkpoint.ends_on)
    return and_(happened(table.c.acquired_on, checkpoint), still)


def _in_use(table: Table, checkpoint: Checkpoint) -> Condition:
    return happened(table.c.in_use_on, checkpoint)


def _issued(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.issued_on, checkpoint)


def _issue_approved(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.approved_by.is_not(None)


def _held(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.held_on, checkpoint)


SAFEGUARD_MEASURES: tuple[Measure, ...] = (
    rate(
        "asset_acquisition_approved",
        "固定资产购置审批率",
        "有购置批准文号的资产件数 ÷ 年初以来取得的资产件数",
        "fixed_asset",
        due=_acquired,
        hit=_acquisition_approved,
    ),
    rate(
        "asset_disposal_approved",
        "固定资产处置审批率",
        "有处置批准文号的资产件数 ÷ 年初以来处置的资产件数",
        "fixed_asset",
        due=_disposed,
        hit=_disposal_approved,
    ),
    rate(
        "asset_in_use",
        "固定资产在用率",
        "已投入使用的资产件数 ÷ 检查点上持有的资产件数",
        "fixed_asset",
        due=_held_then,
        hit=_in_use,
    ),
    total(
        "consumable_issues",
        "耗材领用次数",
        "年初以来的耗材领用次数",
        "consumable_issue",
        over=_issued,
    ),
    rate(
        "consumable_issue_approved",
        "耗材领用审批率",
        "有批准人的领用次数 ÷ 年初以来的领用次数",
        "consumable_issue",
        due=_issued,
        hit=_issue_approved,
    ),
    total(
        "finance_trainings",
        "财务人员培训次数",
        "年初以来的财务人员培训次数",
        "staff_training",
        over=_held,
    ),
    quotient(
        "finance_training_attendance",
        "财务人员参训率",
        "参加人数 ÷ 应参加的财务人员数，年初以来各次培训合计",
        "staff_training",
        over=_held,
        numerator="attended",
        denominator="finance_staff",
    ),
)
