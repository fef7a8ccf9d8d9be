"""The checks of the ledger's internal audit (内部审计): what each looks for, and its evidence.

Each rule selects its rows of evidence for all departments at once, with the columns department_id,
rule, subject_key, project_name, source_table, row_key, happened_on, amount_fen, other, path, sheet,
row_number. Rows of one rule and subject are one finding. A finding is a lead to follow up, not a
verdict: each of these has innocent explanations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.measures.measure import handed_in
from perf_pipeline.warehouse.engine import add_days
from perf_pipeline.warehouse.schema import register_tables, source_file

payment = register_tables["payment"]
contract = register_tables["contract"]
budget = register_tables["budget"]

DIGITS = "0123456789"
LONGEST_NUMBER = 15
Rows = Callable[[Checkpoint, AuditLimits], Select[Any]]


@dataclass(frozen=True)
class AuditRule:
    """A check of the audit: `detail` says of one row of evidence what is odd about it."""

    code: str
    label: str
    description: str
    rows: Rows
    detail: Callable[[Any], str]


def _known(table: Table, dated: str, checkpoint: Checkpoint) -> Any:
    """Select a register's current rows of the year that had happened by the checkpoint."""
    return (
        select(table)
        .where(
            table.c.closed_by_id.is_(None),
            table.c.fiscal_year == checkpoint.fiscal_year,
            table.c[dated] <= checkpoint.ends_on,
        )
        .subquery(f"known_{table.name}")
    )


def _paid(checkpoint: Checkpoint) -> Any:
    return _known(payment, "paid_on", checkpoint)


def _evidence(
    rule: str,
    rows: FromClause,
    *,
    subject: ColumnElement[Any],
    dated: str = "paid_on",
    amount: ColumnElement[Any] | None = None,
    other: ColumnElement[Any] | None = None,
    table: Table = payment,
) -> Select[Any]:
    project = rows.c.project_name if "project_name" in rows.c else null()
    return select(
        rows.c.department_id,
        literal(rule).label("rule"),
        cast(subject, Text).label("subject_key"),
        cast(project, Text).label("project_name"),
        literal(table.name).label("source_table"),
        rows.c.row_key,
        rows.c[dated].label("happened_on"),
        cast(rows.c.amount_fen if amount is None else amount, BigInteger).label("amount_fen"),
        cast(null() if other is None else other, Text).label("other"),
        source_file.c.path,
        rows.c.sheet,
        rows.c.row_number,
    ).join_from(rows, source_file, source_file.c.id == rows.c.source_file_id)


def _joined(*parts: ColumnElement[Any]) -> ColumnElement[Any]:
    """Write columns one after another, as a finding's subject."""
    text: ColumnElement[Any] = func.coalesce(cast(parts[0], Text), "")
    for part in parts[1:]:
        text = text + "｜" + func.coalesce(cast(part, Text), "")
    return text


def _look_alikes(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Payments alike in day, project, payee and amount, less those that were reversed in red."""
    paid = _paid(checkpoint)
    payee = func.coalesce(paid.c.payee, "")
    of_payee = [paid.c.department_id, paid.c.project_name, payee]
    alike = [*of_payee, paid.c.paid_on, paid.c.amount_fen]
    red = func.sum(case((paid.c.amount_fen < 0, 1), else_=0))
    counted = select(
        paid,
        func.count().over(partition_by=alike).label("times"),
        red.over(partition_by=[*of_payee, func.abs(paid.c.amount_fen)]).label("reversed"),
    ).subquery()
    subject = _joined(
        counted.c.project_name, counted.c.payee, counted.c.paid_on, counted.c.amount_fen
    )
    return _evidence("look_alike", counted, subject=subject, other=counted.c.times).where(
        counted.c.amount_fen > 0, counted.c.times > 1, counted.c.times - counted.c.reversed > 1
    )


def _like_vouchers(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Vouchers that are the same number but for blanks, hyphens and capitals."""
    paid = _paid(checkpoint)
    bare: ColumnElement[Any] = func.upper(paid.c.voucher_no)
    for sign in (" ", "-", "－", "—", "_", "/"):
        bare = func.replace(bare, sign, "")
    spelled = select(
        paid,
        bare.label("bare"),
        func.count().over(partition_by=[paid.c.department_id, bare]).label("times"),
    ).subquery()
    return _evidence("like_voucher", spelled, subject=spelled.c.bare, other=spelled.c.times).where(
        spelled.c.times > 1
    )


def _voucher_gaps(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Vouchers before which numbers of their series are missing."""
    paid = _paid(checkpoint)
    series = func.rtrim(paid.c.voucher_no, DIGITS)
    digits = func.substr(paid.c.voucher_no, func.length(series) + 1)
    fits = and_(func.length(digits) > 0, func.length(digits) <= LONGEST_NUMBER)
    # the number is taken only where there is one: a database may look at it before the condition
    number = cast(case((fits, digits), else_="0"), BigInteger)
    numbered = select(paid, series.label("series"), number.label("number")).where(fits).subquery()
    in_series = {
        "partition_by": [numbered.c.department_id, numbered.c.series],
        "order_by": [numbered.c.number, numbered.c.row_key],
    }
    beside = select(
        numbered,
        func.lag(numbered.c.number).over(**in_series).label("number_before"),
        func.lag(numbered.c.voucher_no).over(**in_series).label("voucher_before"),
    ).subquery()
    return _evidence(
        "voucher_gap",
        beside,
        subject=beside.c.series,
        other=_joined(beside.c.voucher_before, beside.c.number - beside.c.number_before - 1),
    ).where(beside.c.number - beside.c.number_before > 1)


def _over_budget(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Payments after which a project has spent more than its budget."""
    paid = _paid(checkpoint)
    running = _running(paid, paid.c.project_name)
    return (
        _evidence("over_budget", running, subject=running.c.project_name, other=budget.c.total_fen)
        .join(
            budget,
            and_(
                budget.c.department_id == running.c.department_id,
                budget.c.fiscal_year == running.c.fiscal_year,
                budget.c.project_name == running.c.project_name,
                budget.c.closed_by_id.is_(None),
            ),
        )
        .where(running.c.cumulative > budget.c.total_fen, running.c.amount_fen > 0)
    )


def _over_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Payments after which a contract has been paid more than it is for, in this year alone."""
    paid = _paid(checkpoint)
    running = _running(paid, paid.c.contract_no)
    return (
        _evidence(
            "over_contract", running, subject=running.c.contract_no, other=contract.c.amount_fen
        )
        .join(contract, _of_contract(running))
        .where(running.c.cumulative > contract.c.amount_fen, running.c.amount_fen > 0)
    )


def _running(paid: Any, subject: ColumnElement[Any]) -> Any:
    cumulative = func.sum(paid.c.amount_fen).over(
        partition_by=[paid.c.department_id, subject], order_by=[paid.c.paid_on, paid.c.row_key]
    )
    return select(paid, cumulative.label("cumulative")).subquery()


def _of_contract(paid: Any) -> ColumnElement[bool]:
    return and_(
        contract.c.department_id == paid.c.department_id,
        contract.c.fiscal_year == paid.c.fiscal_year,
        contract.c.contract_no == paid.c.contract_no,
        contract.c.closed_by_id.is_(None),
    )


def _before_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Payments made before the contract that they name was signed."""
    paid = _paid(checkpoint)
    return (
        _evidence("before_contract", paid, subject=paid.c.contract_no, other=contract.c.signed_on)
        .join(contract, _of_contract(paid))
        .where(paid.c.paid_on < contract.c.signed_on, paid.c.amount_fen > 0)
    )


def _unknown_contract(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
    """Payments that name a contract which the register of contracts, handed in, does not have."""
    paid = _paid(checkpoint)
    return (
        _evidence("unknown_contract", paid, subject=paid.c.contract_no)
        .outerjoin(contract, _of_contract(paid))
        .where(
            paid.c.contract_no.is_not(None),
            contract.c.id.is_(None),
            handed_in("contract", paid),
        )
    )


def _splits(checkpoint: Checkpoint, limits: AuditLimits) -> Select[Any]:
    """Payments just under the approval limit, with another such to the same payee days away."""
    lowest = limits.approval_limit_fen * limits.near_limit_bp // 10_000
    paid, beside = _paid(checkpoint), _paid(checkpoint).alias("beside")

    def near(rows: Any) -> ColumnElement[bool]:
        return and_(rows.c.amount_fen >= lowest, rows.c.amount_fen < limits.approval_limit_fen)

    another = (
        select(literal(1))
        .select_from(beside)
        .where(
            beside.c.department_id == paid.c.department_id,
            beside.c.project_name == paid.c.project_name,
            beside.c.payee == paid.c.payee,
            beside.c.id != paid.c.id,
            near(beside),
            beside.c.paid_on <= add_days(paid.c.paid_on, limits.split_days),
            paid.c.paid_on <= add_days(beside.c.paid_on, limits.split_days),
        )
        .exists()
    )
    subject = _joined(paid.c.project_name, paid.c.payee)
    limit = literal(limits.approval_limit_fen, BigInteger)
    return _evidence("split", paid, subject=subject, other=limit).where(near(paid), another)


def _round_at_year_end(checkpoint: Checkpoint, limits: AuditLimits) -> Select[Any]:
    """Payments of whole round amounts in the last month of the year."""
    paid = _paid(checkpoint)
    return _evidence("round_at_year_end", paid, subject=paid.c.project_name).where(
        extract("month", paid.c.paid_on) == 12,
        paid.c.amount_fen >= limits.round_fen,
        paid.c.amount_fen % limits.round_fen == 0,
    )


def _seen_once(checkpoint: Checkpoint, limits: AuditLimits) -> Select[Any]:
    """Payments of some size to a payee that the year's ledger names only once."""
    paid = _paid(checkpoint)
    times = func.count().over(partition_by=[paid.c.department_id, paid.c.payee])
    counted = select(paid, times.label("times")).where(paid.c.payee.is_not(None)).subquery()
    return _evidence("payee_once", counted, subject=counted.c.payee).where(
        counted.c.times == 1, counted.c.amount_fen >= limits.payee_once_fen
    )


def _without(code: str, register: str, dated: str, approval: str) -> Rows:
    """Make the rule that rows of a register dated in the year so far name an approval."""
    table = register_tables[register]

    def rows(checkpoint: Checkpoint, _limits: AuditLimits) -> Select[Any]:
        known = _known(table, dated, checkpoint)
        amount = known.c.cost_fen if "cost_fen" in known.c else null()
        return _evidence(
            code, known, subject=known.c.row_key, dated=dated, amount=amount, table=table
        ).where(known.c[dated] >= checkpoint.starts_on, known.c[approval].is_(None))

    return rows


def _gap(row: Any) -> str:
    before, _, missing = row.other.rpartition("｜")
    return f"凭证号在“{before}”之后缺{missing}个号"


AUDIT_RULES: tuple[AuditRule, ...] = (
    AuditRule(
        "look_alike",
        "疑似重复付款",
        "同一天、同一项目、同一收款单位、同一金额的付款不止一笔，已用红字冲销的除外",
        _look_alikes,
        lambda row: f"同日、同项目、同收款单位、同金额的付款有{row.other}笔",
    ),
    AuditRule(
        "like_voucher",
        "凭证号疑似重复",
        "去掉空格、横线和大小写后凭证号相同",
        _like_vouchers,
        lambda row: f"写法不同而号码相同的凭证有{row.other}张",
    ),
    AuditRule(
        "voucher_gap",
        "凭证号不连续",
        "同一字头的凭证号中间缺号；台账只含部分凭证时本属正常",
        _voucher_gaps,
        _gap,
    ),
    AuditRule(
        "over_budget",
        "超预算付款",
        "这一笔之后，项目的累计付款超过全年预算",
        _over_budget,
        lambda row: f"付款后累计超过预算{format_yuan(int(row.other))}元",
    ),
    AuditRule(
        "over_contract",
        "超合同付款",
        "这一笔之后，合同在本年度的累计付款超过合同金额",
        _over_contract,
        lambda row: f"付款后累计超过合同金额{format_yuan(int(row.other))}元",
    ),
    AuditRule(
        "before_contract",
        "先付款后签约",
        "付款日期早于所写合同的签订日期",
        _before_contract,
        lambda row: f"付款早于合同签订日期{row.other}",
    ),
    AuditRule(
        "unknown_contract",
        "合同无登记",
        "支付台账写了合同号，而合同台账中没有这个合同",
        _unknown_contract,
        lambda row: f"合同台账中没有合同“{row.subject_key}”",
    ),
    AuditRule(
        "split",
        "疑似化整为零",
        "付款略低于审批限额，而前后几天内同一项目、同一收款单位另有这样的付款",
        _splits,
        lambda row: f"金额略低于审批限额{format_yuan(int(row.other))}元，几天内另有同样付款",
    ),
    AuditRule(
        "round_at_year_end",
        "年底整数付款",
        "12月份金额为整万元（可设）的付款",
        _round_at_year_end,
        lambda row: f"年底付款为整数{format_yuan(row.amount_fen)}元",
    ),
    AuditRule(
        "payee_once",
        "只出现一次的收款单位",
        "全年只付过一次、金额达到限额的收款单位",
        _seen_once,
        lambda row: f"收款单位“{row.subject_key}”本年只出现这一次",
    ),
    AuditRule(
        "asset_unapproved",
        "固定资产购置无批准",
        "本年取得的固定资产没有购置批准文号",
        _without("asset_unapproved", "fixed_asset", "acquired_on", "acquisition_approval"),
        lambda row: "购置没有批准文号",
    ),
    AuditRule(
        "disposal_unapproved",
        "固定资产处置无批准",
        "本年处置的固定资产没有处置批准文号",
        _without("disposal_unapproved", "fixed_asset", "disposed_on", "disposal_approval"),
        lambda row: "处置没有批准文号",
    ),
    AuditRule(
        "issue_unapproved",
        "耗材领用无批准",
        "本年领用的耗材没有批准人",
        _without("issue_unapproved", "consumable_issue", "issued_on", "approved_by"),
        lambda row: "领用没有批准人",
    ),
)
RULE_LABELS = {rule.code: rule.label for rule in AUDIT_RULES}
