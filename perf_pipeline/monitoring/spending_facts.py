"""What is known of a project's money beside what was paid by the checkpoint.

Payments by funding source (资金来源), contracts signed and not yet paid (已签未付), payments after
the year's end that belong to it, and the day of the last payment. Each is one select for all
departments.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import (
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.execution import in_fen, paid_by
from perf_pipeline.measures.measure import handed_in
from perf_pipeline.warehouse.known import current, in_force
from perf_pipeline.warehouse.same import of_project, same
from perf_pipeline.warehouse.schema import project, register_tables
from perf_pipeline.warehouse.typed import Expression, Query

payment = register_tables["payment"]
contract = register_tables["contract"]
_SUPPLIED = ("department_id", "project_name", "supplier")


@lru_cache(maxsize=8)
def paid_by_source(checkpoint: Checkpoint) -> Query:
    """Select what was paid by project and funding source in the year so far."""
    return paid_by(checkpoint, payment.c.funding_source.label("source"))


def last_payments(checkpoint: Checkpoint) -> Subquery:
    """Select the day of each project's last payment in the year so far."""
    by_then = payment.c.paid_on <= checkpoint.ends_on
    paid = and_(in_force(payment, checkpoint), by_then, payment.c.amount_fen > 0)
    return _by_project(last_paid_on=func.max(payment.c.paid_on)).where(paid).subquery()


def late_payments(checkpoint: Checkpoint) -> Subquery:
    """Select what was paid after the year's end and belongs to it, seen at its last checkpoint.

    Budgets are kept on a cash basis (收付实现制, 《预算法》第五十八条): such a payment counts in
    the year in which it was made, and is only shown with the year to which it belongs.
    """
    of_this_year = and_(
        current(payment, checkpoint),
        payment.c.belongs_to_year == checkpoint.fiscal_year,
        payment.c.paid_on > date(checkpoint.fiscal_year, 12, 31),
        literal(checkpoint.last),
    )
    return _by_project(late_paid_fen=in_fen(payment.c.amount_fen)).where(of_this_year).subquery()


def _by_project(**values: Expression) -> Query:
    of = (payment.c.department_id, payment.c.project_name)
    return select(*of, *(value.label(name) for name, value in values.items())).group_by(*of)


def commitments(checkpoint: Checkpoint) -> Subquery:
    """Select by project what contracts were signed for, and what of it is not yet paid.

    A payment pays the contract that it names, or else those of its payee (收款单位) in the same
    project, from the day the first of them was signed: what counts by its payee alone is told
    beside. What one supplier was paid beyond its contracts does not reduce what another is owed.
    No row where no contract register was handed in.
    """
    of = [contract.c[name] for name in _SUPPLIED]
    signed = (
        select(
            *of,
            func.sum(contract.c.amount_fen).label("signed_fen"),
            func.min(contract.c.signed_on).label("first_signed_on"),
        )
        .where(
            in_force(contract, checkpoint),
            contract.c.signed_on <= checkpoint.ends_on,
        )
        .group_by(*of)
        .subquery("signed")
    )
    paid = _paid_to_suppliers(checkpoint)
    of_signed = [signed.c[name] for name in _SUPPLIED]
    since = paid.c.paid_on >= signed.c.first_signed_on
    paid_on_them = (
        select(
            *of_signed,
            func.sum(paid.c.amount_fen).label("paid_fen"),
            func.sum(case((paid.c.named, 0), else_=paid.c.amount_fen)).label("by_payee_fen"),
        )
        .join(paid, and_(same(paid, signed, *_SUPPLIED), since))
        .group_by(*of_signed)
        .subquery("paid_on_contracts")
    )
    owed = signed.c.signed_fen - func.coalesce(paid_on_them.c.paid_fen, 0)
    by_project = (
        select(
            signed.c.department_id,
            signed.c.project_name,
            in_fen(signed.c.signed_fen).label("contracts_fen"),
            in_fen(case((owed > 0, owed), else_=0)).label("committed_fen"),
            in_fen(func.coalesce(paid_on_them.c.by_payee_fen, 0)).label("by_payee_fen"),
        )
        .outerjoin(paid_on_them, same(paid_on_them, signed, *_SUPPLIED))
        .group_by(signed.c.department_id, signed.c.project_name)
        .subquery("by_project")
    )
    return (
        select(
            project.c.department_id,
            project.c.name.label("project_name"),
            func.coalesce(by_project.c.contracts_fen, 0).label("contracts_fen"),
            func.coalesce(by_project.c.committed_fen, 0).label("committed_fen"),
            by_project.c.by_payee_fen,
        )
        .select_from(project)
        .outerjoin(by_project, of_project(by_project, project))
        .where(in_force(project, checkpoint), handed_in("contract", project, checkpoint))
        .subquery("commitment")
    )


def _paid_to_suppliers(checkpoint: Checkpoint) -> Subquery:
    """Select payments with the supplier whose contracts they pay, of this year and earlier ones."""
    rows = select(
        payment.c.department_id,
        payment.c.project_name,
        payment.c.paid_on,
        payment.c.amount_fen,
    ).where(current(payment, checkpoint), payment.c.paid_on <= checkpoint.ends_on)
    if "contract_no" not in payment.c:
        columns = payment.c.payee.label("supplier"), false().label("named")
        return rows.add_columns(*columns).subquery("paid")
    named = and_(
        same(contract, payment, "department_id", "contract_no"),
        in_force(contract, checkpoint),
    )
    supplier = func.coalesce(contract.c.supplier, payment.c.payee)
    by_number = contract.c.contract_no.is_not(None).label("named")
    rows = rows.add_columns(supplier.label("supplier"), by_number).select_from(payment)
    return rows.outerjoin(contract, named).subquery("paid")
