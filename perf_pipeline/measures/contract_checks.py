"""The checks of contracts (合同) against payments, payees and budgets, each as one select.

A contract's payments are those of the year alone: what earlier years paid is not in the ledger.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, and_, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.personal import Personal, masked
from perf_pipeline.measures.audit_checks import overrun
from perf_pipeline.measures.audit_evidence import audit_rule, evidence, joined, known, paid
from perf_pipeline.measures.measure import handed_in
from perf_pipeline.warehouse.budgets import budget_in_force
from perf_pipeline.warehouse.known import current, in_force
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Expression, Query, StoredRow

contract = register_tables["contract"]
# of one name: written with and without blanks, brackets of either width
SPELLED = ((" ", ""), ("\u3000", ""), ("（", "("), ("）", ")"))


@audit_rule(
    "超合同付款",
    "这一笔之后，合同在本年度的累计付款超过合同金额",
    lambda row: f"付款后累计超过合同金额{format_yuan(int(row.other))}元",
)
def over_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments after which a contract has been payments more than it is for, in this year alone."""
    payments = paid(checkpoint)
    known_columns = (contract.c[name] for name in ("department_id", "contract_no", "amount_fen"))
    contracts = select(*known_columns).where(in_force(contract, checkpoint)).subquery()
    over = overrun(payments, "contract_no", contracts, "amount_fen")
    return (
        evidence(payments, subject=payments.c.contract_no, other=over.c.amount_fen)
        .join(over, over.c.id == payments.c.id)
        .where(payments.c.amount_fen > 0)
    )


def _of_contract(payments: Subquery, checkpoint: Checkpoint) -> ColumnElement[bool]:
    return and_(
        same(contract, payments, "department_id", "fiscal_year", "contract_no"),
        current(contract, checkpoint),
    )


@audit_rule(
    "先付款后签约",
    "付款日期早于所写合同的签订日期",
    lambda row: f"付款早于合同签订日期{row.other}",
)
def before_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments made before the contract that they name was signed."""
    payments = paid(checkpoint)
    return (
        evidence(payments, subject=payments.c.contract_no, other=contract.c.signed_on)
        .join(contract, _of_contract(payments, checkpoint))
        .where(payments.c.paid_on < contract.c.signed_on, payments.c.amount_fen > 0)
    )


@audit_rule(
    "合同无登记",
    "支付台账写了合同号，而合同台账中没有这个合同",
    lambda row: f"合同台账中没有合同“{row.subject_key}”",
)
def unknown_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments that name a contract which the register of contracts, handed in, does not have."""
    payments = paid(checkpoint)
    return (
        evidence(payments, subject=payments.c.contract_no)
        .outerjoin(contract, _of_contract(payments, checkpoint))
        .where(
            payments.c.contract_no.is_not(None),
            contract.c.id.is_(None),
            handed_in("contract", payments, checkpoint),
        )
    )


def _another_payee(row: StoredRow) -> str:
    supplier = masked(row.other, Personal.NAME)
    return f"合同“{row.subject_key}”的供应商是“{supplier}”，款项付给了别的单位"


@audit_rule(
    "合同款付给他人",
    "写了合同号的付款，收款单位不是合同台账中的供应商（空格和全半角括号不同的不算）",
    _another_payee,
)
def other_payee(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments of a contract to another payee than its supplier; without a payee none is told."""
    payments = paid(checkpoint)
    return (
        evidence(payments, subject=payments.c.contract_no, other=contract.c.supplier)
        .join(contract, _of_contract(payments, checkpoint))
        .where(
            payments.c.amount_fen > 0, _spelled(payments.c.payee) != _spelled(contract.c.supplier)
        )
    )


def _spelled(name: Expression) -> Expression:
    for sign, plain in SPELLED:
        name = func.replace(name, sign, plain)
    return name


def _over_the_budget(row: StoredRow) -> str:
    signed, budget = (format_yuan(int(fen)) for fen in row.other.split("｜"))
    return f"连同这份合同，项目的合同共{signed}元，超过预算{budget}元"


@audit_rule(
    "签约超预算",
    "合同台账中项目的合同合计从这份起超过现行预算；跨年付款的合同本属正常",
    _over_the_budget,
)
def contracts_over_budget(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Contracts with which a project's contracts, of whatever year, pass its budget in force."""
    signed = known(contract, "signed_on", checkpoint)
    budget = budget_in_force(checkpoint)
    over = overrun(signed, "project_name", budget, "total_fen", dated="signed_on")
    return evidence(
        signed,
        subject=signed.c.project_name,
        dated="signed_on",
        other=joined(over.c.lowest_since, over.c.total_fen),
        table=contract,
    ).join(over, over.c.id == signed.c.id)
