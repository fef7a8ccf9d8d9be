"""The rules of the internal audit (内部审计): what each looks for, and how it words a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import null

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.personal import Personal, masked
from perf_pipeline.measures.audit_checks import (
    like_vouchers,
    look_alikes,
    over_budget,
    round_at_year_end,
    seen_once,
    splits,
    told_differently,
    voucher_gaps,
)
from perf_pipeline.measures.audit_evidence import evidence, known
from perf_pipeline.measures.contract_checks import (
    before_contract,
    contracts_over_budget,
    other_payee,
    over_contract,
    unknown_contract,
)
from perf_pipeline.measures.measure import files_without
from perf_pipeline.measures.price_checks import other_price
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query, StoredRow

Rows = Callable[[Checkpoint, AuditLimits], Query]


@dataclass(frozen=True)
class AuditRule:
    """A check of the audit: `detail` says of one row of evidence what is odd about it.

    `payee` is which part of the subject names who was paid, `fen` which is an amount; both counted
    from its end.
    """

    code: str
    label: str
    description: str
    rows: Rows
    detail: Callable[[StoredRow], str]
    payee: int | None = None
    fen: int | None = None

    def told_subject(self, subject: str) -> str:
        """Write a subject so that it names no person, and money in yuan; offices and firms stay."""
        parts = subject.split("｜")
        if self.payee is not None:
            parts[self.payee] = masked(parts[self.payee], Personal.NAME)
        if self.fen is not None:
            parts[self.fen] = f"{format_yuan(int(parts[self.fen]))}元"
        return "｜".join(parts)


def _without(code: str, register: str, dated: str, approval: str) -> Rows:
    """Make the rule that rows of a register dated in the year so far name an approval.

    Of a file without that column nothing is told: nobody knows what was approved.
    """
    table = register_tables[register]

    def rows(checkpoint: Checkpoint, _limits: AuditLimits) -> Query:
        mine = known(table, dated, checkpoint)
        amount = mine.c.cost_fen if "cost_fen" in mine.c else null()
        return evidence(
            code, mine, subject=mine.c.row_key, dated=dated, amount=amount, table=table
        ).where(
            mine.c[dated] >= checkpoint.starts_on,
            mine.c[approval].is_(None),
            mine.c.department_id.not_in(
                files_without(approval, register=register, seen=checkpoint)
            ),
        )

    return rows


def _gap(row: StoredRow) -> str:
    before, _, missing = row.other.rpartition("｜")
    return f"凭证号在“{before}”之后缺{missing}个号"


def _told_elsewhere(row: StoredRow) -> str:
    path, sheet, number, fen = row.other.rsplit("｜", 3)
    place = Place(path, sheet or None, int(number) if number else None)
    return f"{place}对同一凭证的记载不同（{format_yuan(int(fen))}元），以最后接入的文件为准"


def _another_payee(row: StoredRow) -> str:
    supplier = masked(row.other, Personal.NAME)
    return f"合同“{row.subject_key}”的供应商是“{supplier}”，款项付给了别的单位"


def _over_the_budget(row: StoredRow) -> str:
    signed, budget = (format_yuan(int(fen)) for fen in row.other.split("｜"))
    return f"连同这份合同，项目的合同共{signed}元，超过预算{budget}元"


def _another_price(row: StoredRow) -> str:
    fen, denominator, promised = row.other.split("｜", 2)
    paid = write_beside(Fraction(int(fen), int(denominator)))
    total = format_yuan(int(fen))
    return f"项目累计付款{total}元，按台账的数量合每单位{paid}元，目标为“{promised}”"


AUDIT_RULES: tuple[AuditRule, ...] = (
    AuditRule(
        "look_alike",
        "疑似重复付款",
        "同一天、同一项目、同一收款单位、同一金额的付款不止一笔，已用红字冲销的除外",
        look_alikes,
        lambda row: f"同日、同项目、同收款单位、同金额的付款有{row.other}笔",
        payee=-3,
        fen=-1,
    ),
    AuditRule(
        "like_voucher",
        "凭证号疑似重复",
        "去掉空格、横线和大小写后凭证号相同",
        like_vouchers,
        lambda row: f"写法不同而号码相同的凭证有{row.other}张",
    ),
    AuditRule(
        "told_differently",
        "同一凭证两处记载不同",
        "另一个文件的最新一版对同一凭证号的记载（日期、金额、项目等）与现行的不同",
        told_differently,
        _told_elsewhere,
    ),
    AuditRule(
        "voucher_gap",
        "凭证号不连续",
        "同一字头的凭证号中间缺号；台账只含部分凭证时本属正常",
        voucher_gaps,
        _gap,
    ),
    AuditRule(
        "over_budget",
        "超预算付款",
        "这一笔之后，项目的累计付款超过全年预算",
        over_budget,
        lambda row: f"付款后累计超过预算{format_yuan(int(row.other))}元",
    ),
    AuditRule(
        "over_contract",
        "超合同付款",
        "这一笔之后，合同在本年度的累计付款超过合同金额",
        over_contract,
        lambda row: f"付款后累计超过合同金额{format_yuan(int(row.other))}元",
    ),
    AuditRule(
        "before_contract",
        "先付款后签约",
        "付款日期早于所写合同的签订日期",
        before_contract,
        lambda row: f"付款早于合同签订日期{row.other}",
    ),
    AuditRule(
        "unknown_contract",
        "合同无登记",
        "支付台账写了合同号，而合同台账中没有这个合同",
        unknown_contract,
        lambda row: f"合同台账中没有合同“{row.subject_key}”",
    ),
    AuditRule(
        "other_payee",
        "合同款付给他人",
        "写了合同号的付款，收款单位不是合同台账中的供应商（空格和全半角括号不同的不算）",
        other_payee,
        _another_payee,
    ),
    AuditRule(
        "contracts_over_budget",
        "签约超预算",
        "合同台账中项目的合同合计从这份起超过现行预算；跨年付款的合同本属正常",
        contracts_over_budget,
        _over_the_budget,
    ),
    AuditRule(
        "other_price",
        "实付单价与承诺不符",
        "目标承诺了单价（如10元/户），而项目累计付款除以台账的数量与它相差超过界限；少付的只在年底说",
        other_price,
        _another_price,
    ),
    AuditRule(
        "split",
        "疑似化整为零",
        "付款略低于审批限额，而前后几天内同一项目、同一收款单位另有这样的付款",
        splits,
        lambda row: f"金额略低于审批限额{format_yuan(int(row.other))}元，几天内另有同样付款",
        payee=-1,
    ),
    AuditRule(
        "round_at_year_end",
        "年底整数付款",
        "12月份金额为整万元（可设）的付款",
        round_at_year_end,
        lambda row: f"年底付款为整数{format_yuan(row.amount_fen)}元",
    ),
    AuditRule(
        "payee_once",
        "只出现一次的收款单位",
        "全年只付过一次、金额达到限额的收款单位",
        seen_once,
        lambda row: f"收款单位“{masked(row.subject_key, Personal.NAME)}”本年只出现这一次",
        payee=-1,
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
RULE = {rule.code: rule for rule in AUDIT_RULES}
