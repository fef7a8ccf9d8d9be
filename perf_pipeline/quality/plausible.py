"""What is readable and absurd (数字可疑): a ledger in another unit, a month left out.

What is compared stands here once: expectations warn of it with its rows, and `check`, the status
and the page ask about it among the open points. Nothing is corrected: only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.quality.doubles import cases_kept_twice, reported_twice
from perf_pipeline.quality.months import MONTH, Said, months_alike
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import department, indicator, register_tables, target
from perf_pipeline.warehouse.typed import Expression, Query

LESS = 1_000  # a whole ledger this many times smaller than its budgets is in another unit
MORE = 10  # a project with this many times its budget paid
POWERS = tuple(10**k for k in range(3, 7))  # by which two sums of one project differ exactly
FEW_MONTHS = 4  # with fewer months of payments, one without any tells nothing

payment, budget = register_tables["payment"], register_tables["budget"]
reported = register_tables["reported_value"]


def paid_by_project(only: Departments = None) -> Subquery:
    """Select what each project paid in the year so far, beside its budget (None: it has none).

    Of departments by row number; None: of all. Columns: department_id, fiscal_year, project_name,
    paid_fen, budget_fen.
    """
    of = (payment.c.department_id, payment.c.fiscal_year, payment.c.project_name)
    paid = (
        select(*of, cast(func.sum(payment.c.amount_fen), BigInteger).label("paid_fen"))
        .where(current(payment), within(payment.c.department_id, only))
        .group_by(*of)
        .subquery()
    )
    has = and_(same(budget, paid, "department_id", "fiscal_year", "project_name"), current(budget))
    return select(paid, budget.c.total_fen.label("budget_fen")).outerjoin(budget, has).subquery()


def ledgers(only: Departments = None) -> Subquery:
    """Select each department's ledger of a year, in sums.

    Columns: department_id, fiscal_year, paid_fen and budget_fen (of the projects with a budget),
    months (in which something was paid), first_month, last_month.
    """
    each = paid_by_project(only)
    of = (each.c.department_id, each.c.fiscal_year)
    summed = (
        select(
            *of,
            cast(func.sum(each.c.paid_fen), BigInteger).label("paid_fen"),
            cast(func.sum(each.c.budget_fen), BigInteger).label("budget_fen"),
        )
        .where(each.c.budget_fen.is_not(None))
        .group_by(*of)
        .subquery()
    )
    months = (
        select(
            payment.c.department_id,
            payment.c.fiscal_year,
            func.count(MONTH.distinct()).label("months"),
            func.min(MONTH).label("first_month"),
            func.max(MONTH).label("last_month"),
        )
        .where(current(payment), within(payment.c.department_id, only))
        .group_by(payment.c.department_id, payment.c.fiscal_year)
        .subquery()
    )
    return (
        select(months, summed.c.paid_fen, summed.c.budget_fen)
        .select_from(months.outerjoin(summed, same(summed, months, "department_id", "fiscal_year")))
        .subquery("ledger")
    )


def month_left_out(ledger: Subquery) -> ColumnElement[int]:
    """Give 1 for a ledger with payments in every month from its first to its last but one."""
    spanned = ledger.c.last_month - ledger.c.first_month + 1
    left_out = and_(ledger.c.months >= FEW_MONTHS, spanned - ledger.c.months == 1)
    return case((left_out, 1), else_=0).label("month_left_out")


def bare_fraction() -> ColumnElement[int]:
    """Give 1 for a reported value such as 0.95 where the indicator's target is in per cent."""
    in_percent = exists().where(
        same(indicator, reported, "department_id", "fiscal_year"),
        indicator.c.name == reported.c.indicator_name,
        current(indicator),
        same(target, indicator, "row_key", "department_id", "fiscal_year"),
        target.c.unit == "%",
        current(target),
    )
    text = func.trim(reported.c.reported_text)
    below_one = or_(text.like("0._%"), text.like("._%"))
    said = and_(below_one, text.not_like("%\\%", escape="\\"), text.not_like("%％"))
    return case((and_(said, in_percent), 1), else_=0).label("bare_fraction")


def implausible(connection: Connection, only: Departments = None) -> Iterator[Said]:
    """Give what is absurd: department, fiscal year, subject, what was found, what to do.

    `only` are departments by row number; None: all.
    """
    twice = (reported_twice, cases_kept_twice, months_alike)
    for look in (_ledgers, _projects, _fractions, *twice):
        yield from look(connection, only)


def _ledgers(connection: Connection, only: Departments) -> Iterator[Said]:
    ledger = ledgers(only)
    small = and_(ledger.c.paid_fen > 0, ledger.c.paid_fen <= ledger.c.budget_fen // LESS)
    query = _of_department(ledger, small.label("small"), month_left_out(ledger)).where(
        or_(small, month_left_out(ledger) == 1)
    )
    for row in connection.execute(query):
        of = (row.code, row.fiscal_year, "支付台账")
        if row.small:
            said = (
                f"累计支付{format_yuan(row.paid_fen)}元，不到预算{format_yuan(row.budget_fen)}元的"
            )
            yield *of, f"{said}千分之一", "核对台账和预算的金额单位（元、万元），写明单位后重交"
        if row.month_left_out:
            days = select(MONTH).where(
                payment.c.department_id == row.department_id,
                payment.c.fiscal_year == row.fiscal_year,
                current(payment),
            )
            there = set(connection.execute(days.distinct()).scalars())
            (month,) = {*range(row.first_month, row.last_month + 1)} - there
            said = f"{month}月没有任何支付，其余各月都有"
            yield *of, said, f"确认{month}月确实没有支付，还是漏交了那个月的台账"


def _projects(connection: Connection, only: Departments) -> Iterator[Said]:
    each = paid_by_project(only)
    exactly = [each.c.paid_fen * power == each.c.budget_fen for power in POWERS]
    absurd = or_(and_(each.c.budget_fen > 0, each.c.paid_fen >= each.c.budget_fen * MORE), *exactly)
    query = _of_department(each).where(absurd, each.c.paid_fen > 0)
    for row in connection.execute(query.order_by(each.c.project_name)):
        said = f"累计支付{format_yuan(row.paid_fen)}元，预算{format_yuan(row.budget_fen)}元"
        action = "核对台账和预算的金额单位（元、万元），写明单位后重交"
        yield row.code, row.fiscal_year, row.project_name, f"{said}，相差悬殊", action


def _fractions(connection: Connection, only: Departments) -> Iterator[Said]:
    named = (reported.c.indicator_name, reported.c.reported_text, reported.c.row_number)
    rows = select(reported.c.department_id, reported.c.fiscal_year, *named).where(
        current(reported),
        within(reported.c.department_id, only),
        bare_fraction() == literal(1),
    )
    query = _of_department(rows.subquery())
    for row in connection.execute(query):
        said = f"第{row.row_number}行填“{row.reported_text}”，而目标是百分比"
        action = f"确认是{row.reported_text}%，还是漏了百分号；写成95%的样子"
        yield row.code, row.fiscal_year, row.indicator_name, said, action


def _of_department(rows: Subquery, *more: Expression) -> Query:
    return (
        select(rows, department.c.code, *more)
        .join(department, department.c.id == rows.c.department_id)
        .order_by(department.c.code, rows.c.fiscal_year)
    )
