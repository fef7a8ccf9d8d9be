"""The checks of the payment ledger, each as one select of its evidence.

A finding is a lead to follow up, not a verdict: each of these has innocent explanations.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Subquery,
    Text,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.personal import Personal, masked
from perf_pipeline.measures.audit_evidence import (
    audit_rule,
    evidence,
    groups,
    joined,
    once,
    paid,
    payment,
)
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.budgets import budget_in_force
from perf_pipeline.warehouse.engine import add_days
from perf_pipeline.warehouse.merging import still_said
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import source_file
from perf_pipeline.warehouse.staging import PLACED, PROVENANCE
from perf_pipeline.warehouse.typed import Expression, Query, StoredRow

DIGITS = "0123456789"
LONGEST_NUMBER = 15


@audit_rule(
    "疑似重复付款",
    "同一天、同一项目、同一收款单位、同一金额的付款不止一笔，已用红字冲销的除外",
    lambda row: f"同日、同项目、同收款单位、同金额的付款有{row.other}笔",
    payee=-3,
    fen=-1,
)
def look_alike(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments alike in day, project, payee and amount, less those that were reversed in red."""
    payments, times = paid(checkpoint), func.count()
    of_payee = ("department_id", "project_name", "payee")
    alike = (*of_payee, "paid_on", "amount_fen")
    fen, told = payments.c.amount_fen, times.label("times")
    several = groups(payments, alike, told).where(fen > 0).having(times > 1).subquery()
    red = groups(payments, (*of_payee, "amount_fen"), told).where(fen < 0).subquery()
    subject = joined(*(payments.c[name] for name in alike[1:]))
    return (
        evidence(payments, subject=subject, other=several.c.times)
        # a payee that is lacking equals none: nobody knows whether they are one
        .join(several, same(several, payments, *alike))
        .outerjoin(red, same(red, several, *of_payee) & (red.c.amount_fen == -several.c.amount_fen))
        .where(several.c.times - func.coalesce(red.c.times, 0) > 1)
    )


@audit_rule(
    "凭证号疑似重复",
    "去掉空格、横线和大小写后凭证号相同",
    lambda row: f"写法不同而号码相同的凭证有{row.other}张",
)
def like_voucher(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Vouchers that are the same number but for blanks, hyphens and capitals."""
    payments = paid(checkpoint)
    bare: Expression = func.upper(payments.c.voucher_no)
    for sign in (" ", "-", "－", "—", "_", "/"):
        bare = func.replace(bare, sign, "")
    told = (payments.c[name] for name in ("id", "department_id", "voucher_no"))
    spelled = once(select(*told, bare.label("bare")))
    alike, number = ("department_id", "bare"), spelled.c.voucher_no
    # written alike they are lines of one voucher, or of months that number anew: told on reading
    unlike = func.min(number) != func.max(number)
    several = groups(spelled, alike, func.count().label("times")).having(unlike).subquery()
    return (
        evidence(payments, subject=spelled.c.bare, other=several.c.times)
        .join(spelled, spelled.c.id == payments.c.id)
        .join(several, same(several, spelled, *alike))
    )


def _told_elsewhere(row: StoredRow) -> str:
    path, sheet, number, fen = row.other.rsplit("｜", 3)
    place = Place(path, sheet or None, int(number) if number else None)
    return f"{place}对同一凭证的记载不同（{format_yuan(int(fen))}元），以最后接入的文件为准"


@audit_rule(
    "同一凭证两处记载不同",
    "另一个文件的最新一版对同一凭证号的记载（日期、金额、项目等）与现行的不同",
    _told_elsewhere,
)
def told_differently(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments of which another file still says something else; the last word is what counts."""
    payments = paid(checkpoint)
    closed = payment.alias("closed_payment")
    names = [c.name for c in payment.c if c.name not in (*PROVENANCE, *PLACED)]
    said = still_said(
        payment,
        payment.c.fiscal_year == checkpoint.fiscal_year,
        within(payment.c.department_id, checkpoint.departments),
        of=checkpoint.departments,
    )
    differs = or_(*(closed.c[name].is_distinct_from(payments.c[name]) for name in names))
    return (
        evidence(
            payments,
            subject=payments.c.voucher_no,
            other=joined(said.c.path, said.c.sheet, said.c.row_number, closed.c.amount_fen),
        )
        .join(closed, same(closed, payments, "department_id", "fiscal_year", "row_key"))
        .join(said, said.c.id == closed.c.id)
        .where(said.c.path != source_file.c.path, differs)
    )


def _gap(row: StoredRow) -> str:
    before, _, missing = row.other.rpartition("｜")
    return f"凭证号在“{before}”之后缺{missing}个号"


@audit_rule(
    "凭证号不连续",
    "同一字头的凭证号中间缺号；台账只含部分凭证时本属正常",
    _gap,
)
def voucher_gap(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Vouchers before which numbers of their series are missing."""
    payments = paid(checkpoint)
    letters = func.rtrim(payments.c.voucher_no, DIGITS)
    paid_on = payments.c.paid_on
    month = cast(extract("year", paid_on) * 100 + extract("month", paid_on), Text)
    of_month = func.substr(payments.c.voucher_no, func.length(letters) + 1, 6) == month
    series = case((of_month, letters.concat(month)), else_=letters)  # 20240300001 begins anew
    names = ("id", "department_id", "row_key", "voucher_no")
    told = once(select(*(payments.c[name] for name in names), series.label("series")))
    digits = func.substr(told.c.voucher_no, func.length(told.c.series) + 1)
    fits = and_(func.length(digits) > 0, func.length(digits) <= LONGEST_NUMBER)
    # the number is taken only where there is one: a database may look at it before the condition
    number = cast(case((fits, digits), else_="0"), BigInteger)
    numbered = once(select(told, number.label("number")).where(fits))
    series_of = [numbered.c.department_id, numbered.c.series]
    in_order = [numbered.c.number, numbered.c.row_key]

    def before(column: Expression) -> Expression:
        return func.lag(column).over(partition_by=series_of, order_by=in_order)

    beside = select(
        numbered.c.id,
        numbered.c.series,
        numbered.c.number,
        before(numbered.c.number).label("number_before"),
        before(numbered.c.voucher_no).label("voucher_before"),
    ).subquery()
    missing = beside.c.number - beside.c.number_before - 1
    return (
        evidence(payments, subject=beside.c.series, other=joined(beside.c.voucher_before, missing))
        .join(beside, beside.c.id == payments.c.id)
        .where(missing > 0)
    )


def _over_budget(row: StoredRow) -> str:
    fen, _, lowered_on = row.other.partition("｜")
    said = f"付款后累计超过预算{format_yuan(int(fen))}元"
    return f"{said}；预算在付款之后（{lowered_on}）调整过" if lowered_on else said


@audit_rule(
    "超预算付款",
    "这一笔之后，项目的累计付款超过全年预算",
    _over_budget,
)
def over_budget(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
    """Payments after which a project has spent more than its budget in force, and has since."""
    payments = paid(checkpoint)
    over = overrun(payments, "project_name", budget_in_force(checkpoint), "total_fen")
    after = case((over.c.adjusted_on > payments.c.paid_on, over.c.adjusted_on))
    told = joined(over.c.total_fen, after)
    return (
        evidence(payments, subject=payments.c.project_name, other=told)
        .join(over, over.c.id == payments.c.id)
        .where(payments.c.amount_fen > 0)
    )


def overrun(
    rows: Subquery, subject: str, limits: Subquery, most: str, *, dated: str = "paid_on"
) -> Subquery:
    """Select rows (`id`) since which their subject has come to more than the `most` of its limit.

    With the limit's columns, and the least that the subject came to since each (`lowest_since`).
    What was taken back later, or on the same day, is paid no more, and nobody is told of it.
    """
    of, in_order = ("department_id", subject), (dated, "row_key")
    totals = groups(rows, of, func.sum(rows.c.amount_fen).label("total")).subquery()
    passed = once(
        select(limits)
        .join(totals, same(totals, limits, *of))
        .where(totals.c.total > limits.c[most])
    )
    cumulative = func.sum(rows.c.amount_fen).over(
        partition_by=[rows.c[name] for name in of], order_by=[rows.c[name] for name in in_order]
    )
    told = (rows.c[name] for name in ("id", *of, *in_order))
    summed = (
        select(*told, cumulative.label("cumulative"))
        .where(exists().where(same(passed, rows, *of)))
        .subquery()
    )
    # from the last to the first: a least of all that follow is made anew for each row
    lowest = func.min(summed.c.cumulative).over(
        partition_by=[summed.c[name] for name in of],
        order_by=[summed.c[name].desc() for name in in_order],
        rows=(None, 0),
    )
    since = select(summed, lowest.label("lowest_since")).subquery()
    over = select(since.c.id, since.c.lowest_since, passed).join(passed, same(passed, since, *of))
    return over.where(since.c.lowest_since > passed.c[most]).subquery()


@audit_rule(
    "疑似化整为零",
    "付款略低于审批限额，而前后几天内同一项目、同一收款单位另有这样的付款",
    lambda row: f"金额略低于审批限额{format_yuan(int(row.other))}元，几天内另有同样付款",
    payee=-1,
)
def split(checkpoint: Checkpoint, limits: AuditLimits) -> Query:
    """Payments just under the approval limit, with another such to the same payee days away."""
    lowest = limits.approval_limit_fen * limits.near_limit_bp // 10_000
    payments = paid(checkpoint)
    of_payee = [payments.c.department_id, payments.c.project_name, payments.c.payee]
    in_order = [payments.c.paid_on, payments.c.row_key]
    day: Expression = payments.c.paid_on
    near = (
        select(
            payments,
            func.lag(day).over(partition_by=of_payee, order_by=in_order).label("day_before"),
            func.lead(day).over(partition_by=of_payee, order_by=in_order).label("day_after"),
        )
        .where(
            payments.c.amount_fen >= lowest,
            payments.c.amount_fen < limits.approval_limit_fen,
            payments.c.payee.is_not(None),
        )
        .subquery()
    )
    subject = joined(near.c.project_name, near.c.payee)
    limit = literal(limits.approval_limit_fen, BigInteger)
    return evidence(near, subject=subject, other=limit).where(
        or_(
            near.c.paid_on <= add_days(near.c.day_before, limits.split_days),
            near.c.day_after <= add_days(near.c.paid_on, limits.split_days),
        )
    )


@audit_rule(
    "年底整数付款",
    "12月份金额为整万元（可设）的付款",
    lambda row: f"年底付款为整数{format_yuan(row.amount_fen)}元",
)
def round_at_year_end(checkpoint: Checkpoint, limits: AuditLimits) -> Query:
    """Payments of whole round amounts in the last month of the year."""
    payments = paid(checkpoint)
    return evidence(payments, subject=payments.c.project_name).where(
        extract("month", payments.c.paid_on) == 12,
        payments.c.amount_fen >= limits.round_fen,
        payments.c.amount_fen % limits.round_fen == 0,
    )


@audit_rule(
    "只出现一次的收款单位",
    "全年只付过一次、金额达到限额的收款单位",
    lambda row: f"收款单位“{masked(row.subject_key, Personal.NAME)}”本年只出现这一次",
    payee=-1,
)
def payee_once(checkpoint: Checkpoint, limits: AuditLimits) -> Query:
    """Payments of some size to a payee that the year's ledger names only once."""
    payments = paid(checkpoint)
    of = ("department_id", "payee")
    seen_once = groups(payments, of).having(func.count() == 1).subquery()
    return (
        evidence(payments, subject=payments.c.payee)
        .join(seen_once, same(seen_once, payments, *of))
        .where(payments.c.amount_fen >= limits.payee_once_fen)
    )
