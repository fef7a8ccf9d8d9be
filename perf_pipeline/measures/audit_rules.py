"""The rules of the internal audit (内部审计), in the order in which their findings are told."""

from __future__ import annotations

from sqlalchemy import null

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.measures import audit_checks, contract_checks, price_checks
from perf_pipeline.measures.audit_evidence import AuditRule, evidence, known
from perf_pipeline.measures.measure import files_without
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query


def _without(
    code: str, label: str, description: str, detail: str, *, of: tuple[str, str, str]
) -> AuditRule:
    """Make the rule that rows of a register dated in the year so far name an approval.

    `of` are the register and its columns of the date and the approval. Of a file without that
    column nothing is told: nobody knows what was approved.
    """
    register, dated, approval = of
    table = register_tables[register]

    def select(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
        mine = known(table, dated, checkpoint)
        amount = mine.c.cost_fen if "cost_fen" in mine.c else null()
        return evidence(
            mine, subject=mine.c.row_key, dated=dated, amount=amount, table=table
        ).where(
            mine.c[dated] >= checkpoint.starts_on,
            mine.c[approval].is_(None),
            mine.c.department_id.not_in(
                files_without(approval, register=register, seen=checkpoint)
            ),
        )

    return AuditRule(code, label, description, select, lambda row: detail)


AUDIT_RULES: tuple[AuditRule, ...] = (
    audit_checks.look_alike,
    audit_checks.like_voucher,
    audit_checks.told_differently,
    audit_checks.voucher_gap,
    audit_checks.over_budget,
    contract_checks.over_contract,
    contract_checks.before_contract,
    contract_checks.unknown_contract,
    contract_checks.other_payee,
    contract_checks.contracts_over_budget,
    price_checks.other_price,
    audit_checks.split,
    audit_checks.round_at_year_end,
    audit_checks.payee_once,
    _without(
        "asset_unapproved",
        "固定资产购置无批准",
        "本年取得的固定资产没有购置批准文号",
        "购置没有批准文号",
        of=("fixed_asset", "acquired_on", "acquisition_approval"),
    ),
    _without(
        "disposal_unapproved",
        "固定资产处置无批准",
        "本年处置的固定资产没有处置批准文号",
        "处置没有批准文号",
        of=("fixed_asset", "disposed_on", "disposal_approval"),
    ),
    _without(
        "issue_unapproved",
        "耗材领用无批准",
        "本年领用的耗材没有批准人",
        "领用没有批准人",
        of=("consumable_issue", "issued_on", "approved_by"),
    ),
)
RULE = {rule.code: rule for rule in AUDIT_RULES}
RULE_LABELS = {rule.code: rule.label for rule in AUDIT_RULES}
