"""The audit of a ledger: what is odd is found with its rows, what is not is let be."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.personal import ERASED
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import audit_finding
from perf_pipeline.warehouse.targets import load_targets
from tests.year import DATA, DEPARTMENT, QUARTERS, take_everything_in

COUNSEL, PATROL = "信访维稳经费", "综治重点工作经费"
PAYMENTS = "凭证号,支付日期,项目名称,支付金额（元）,资金来源,收款单位,合同号"
CONTRACTS = "合同号,项目名称,供应商,签订日期,合同金额（元）"
ASSETS = "资产编号,资产名称,取得日期,原值（元）,购置批准文号,处置日期,处置方式,处置批准文号"
ISSUES = "领用单号,领用日期,耗材名称,数量,领用人,批准人"
BUDGETS = "项目名称,预算数（元）"
ADJUSTMENTS = "项目名称,生效日期,调整后预算数（元）"

Found = dict[str, list[tuple[str, str]]]


def audited(
    engine: Engine,
    folder: Path,
    payments: list[str],
    *,
    limits: AuditLimits | None = None,
    quarter: int = 3,
    **others: list[str],
) -> Found:
    """Audit a ledger of these lines; return each rule's evidence as (subject, row)."""
    registers = folder / "2024" / DEPARTMENT / "registers"
    registers.mkdir(parents=True, exist_ok=True)
    files = {
        "支付台账": (PAYMENTS, payments),
        "合同台账": (CONTRACTS, others.get("contracts")),
        "固定资产台账": (ASSETS, others.get("assets")),
        "耗材领用台账": (ISSUES, others.get("issues")),
        "项目预算表": (BUDGETS, others.get("budgets")),
        "预算调整表": (ADJUSTMENTS, others.get("adjustments")),
    }
    for label, (header, lines) in files.items():
        if lines is not None:
            (registers / f"{label}.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    load_targets(engine, DATA)
    for name in (
        "budget",
        "budget_adjustment",
        "contract",
        "payment",
        "fixed_asset",
        "consumable_issue",
    ):
        for outcome in load_register(engine, folder, name):
            assert outcome.rows_quarantined == 0
    audit_ledgers(engine, QUARTERS[quarter], limits or AuditLimits())
    found: Found = {}
    for row in findings(engine, QUARTERS[quarter].name):
        found.setdefault(row.rule, []).append((row.subject_key, row.row_key))  # type: ignore[attr-defined]
    return found


def findings(engine: Engine, quarter: str) -> list[object]:
    with engine.connect() as connection:
        newest = latest_snapshots("audit", checkpoint_id_of(connection, quarter)).subquery()
        query = select(audit_finding).join(newest, newest.c.id == audit_finding.c.snapshot_id)
        return list(connection.execute(query.order_by(audit_finding.c.id)))


def test_alike_payments_are_found_unless_one_was_reversed(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-1,2024-03-01,{COUNSEL},500,财政资金,甲公司,",
            f"记-2,2024-03-01,{COUNSEL},500,财政资金,甲公司,",
            f"记-3,2024-03-02,{COUNSEL},500,财政资金,甲公司,",
            f"记-4,2024-03-01,{COUNSEL},500,财政资金,乙公司,",
            f"记-5,2024-03-05,{PATROL},80,财政资金,甲公司,",
            f"记-6,2024-03-05,{PATROL},80,财政资金,甲公司,",
            f"记-7,2024-03-09,{PATROL},-80,财政资金,甲公司,",
            *(f"记-{n},2024-03-11,{PATROL},60,财政资金,," for n in (8, 9)),  # perhaps of two payees
        ],
    )
    subject = f"{COUNSEL}｜甲公司｜2024-03-01｜50000"
    assert found == {"look_alike": [(subject, "记-1"), (subject, "记-2")]}


def test_a_ledger_that_says_itself_that_a_payee_was_erased_is_audited(
    engine: Engine, tmp_path: Path
) -> None:
    alike = [f"记-{n},2024-03-01,{COUNSEL},500,财政资金,甲公司," for n in (1, 2)]
    said = f"记-3,2024-03-02,{COUNSEL},700,财政资金,{ERASED},"
    assert list(audited(engine, tmp_path, [*alike, said])) == ["look_alike"]


def test_vouchers_that_differ_only_in_spelling_are_found(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"PZ-03-7,2024-03-01,{COUNSEL},1,财政资金,甲,",
            f"pz 037,2024-03-02,{COUNSEL},2,财政资金,甲,",
            f"PZ-03-8,2024-03-03,{COUNSEL},3,财政资金,甲,",
            *(f"记-9,2024-0{month}-03,{COUNSEL},3,财政资金,甲," for month in (3, 4)),
        ],
    )
    assert found["like_voucher"] == [("PZ037", "PZ-03-7"), ("PZ037", "pz 037")]


def test_a_voucher_that_two_files_tell_differently_is_found(engine: Engine, tmp_path: Path) -> None:
    registers = tmp_path / "2024" / DEPARTMENT / "registers"
    registers.mkdir(parents=True)

    def hand_in(name: str, *lines: str) -> None:
        file = registers / f"支付台账{name}.csv"
        file.write_text("\n".join([PAYMENTS, *lines]) + "\n", "utf-8")
        load_register(engine, tmp_path, "payment")

    def told() -> list[tuple[str, str]]:
        audit_ledgers(engine, QUARTERS[3], AuditLimits())
        rows = findings(engine, QUARTERS[3].name)
        return [
            (row.row_key, row.detail)  # type: ignore[attr-defined]
            for row in rows
            if row.rule == "told_differently"  # type: ignore[attr-defined]
        ]

    load_targets(engine, DATA)
    same = f"记-2,2024-03-02,{COUNSEL},70,财政资金,乙,"
    hand_in("一季度", f"记-1,2024-03-01,{COUNSEL},500,财政资金,甲,", same)
    hand_in("上半年", f"记-1,2024-03-01,{COUNSEL},600,财政资金,甲,", same)
    ((key, detail),) = told()
    assert key == "记-1"
    assert "支付台账一季度.csv” 第2行" in detail
    assert "500" in detail

    hand_in("一季度", f"记-1,2024-03-01,{COUNSEL},600,财政资金,甲,", same)
    assert told() == []


def test_gaps_in_a_series_of_vouchers_are_found_series_by_series(
    engine: Engine, tmp_path: Path
) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-{number},2024-03-01,{COUNSEL},{cents},财政资金,甲,"
            for cents, number in enumerate(("008", "009", "010", "013", "014", "甲"), start=1)
        ]
        + [f"银-{number},2024-03-02,{COUNSEL},{number},财政资金,甲," for number in (20, 21)]
        + [
            f"2024{number},2024-0{number[1]}-02,{COUNSEL},9{number[-1]},财政资金,甲,"
            for number in ("0300001", "0300002", "0400001", "0400002")
        ]
        + [f"{'9' * 30},2024-03-02,{COUNSEL},7,财政资金,甲,"],
    )
    assert found == {"voucher_gap": [("记-", "记-013")]}
    (row,) = findings(engine, "2024-12")
    assert row.detail == "凭证号在“记-010”之后缺2个号"  # type: ignore[attr-defined]
    assert row.place == f"文件“2024/{DEPARTMENT}/registers/支付台账.csv” 第5行"  # type: ignore[attr-defined]


def test_payments_above_budget_are_found_from_the_one_that_crosses_it(
    engine: Engine, tmp_path: Path
) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-1,2024-03-01,{PATROL},60,财政资金,甲,",
            f"记-2,2024-04-01,{PATROL},40,财政资金,甲,",
            f"记-3,2024-05-01,{PATROL},2,财政资金,甲,",
            f"记-4,2024-06-01,{PATROL},-1,财政资金,甲,",
            f"记-5,2024-06-02,{COUNSEL},900,财政资金,甲,",
        ],
        budgets=[f"{PATROL},100", f"{COUNSEL},1000"],
    )
    assert found == {"over_budget": [(PATROL, "记-3")]}


@pytest.mark.parametrize(
    ("adjusted", "told"),
    [
        ("2024-09-10,300", {}),  # raised: within the budget in force
        ("2024-09-10,120", {"over_budget": [(PATROL, "记-1")]}),  # raised by too little
        ("2024-12-20,300", {"over_budget": [(PATROL, "记-1")]}),  # not in force by 31 October
        ("2024-09-10,90", {"over_budget": [(PATROL, "记-1")]}),  # lowered
    ],
)
def test_spending_is_held_against_the_budget_in_force(
    engine: Engine, tmp_path: Path, adjusted: str, told: Found
) -> None:
    found = audited(
        engine,
        tmp_path,
        [f"记-1,2024-09-17,{PATROL},150,财政资金,甲公司,"],
        quarter=2,
        budgets=[f"{PATROL},100"],
        adjustments=[f"{PATROL},{adjusted}"],
    )
    assert found == told


def test_a_payment_that_a_later_cut_put_over_the_budget_is_told_so(
    engine: Engine, tmp_path: Path
) -> None:
    audited(
        engine,
        tmp_path,
        [f"记-1,2024-09-17,{PATROL},95,财政资金,甲公司,"],
        quarter=2,
        budgets=[f"{PATROL},100"],
        adjustments=[f"{PATROL},2024-10-10,90"],
    )
    (row,) = findings(engine, "2024-10")
    said = "付款后累计超过预算90.00元；预算在付款之后（2024-10-10）调整过"
    assert row.detail == said  # type: ignore[attr-defined]


def test_payments_are_held_against_their_contracts(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-1,2024-03-01,{PATROL},60,财政资金,甲,合1",
            f"记-2,2024-03-05,{PATROL},30,财政资金,甲,合1",
            f"记-3,2024-03-06,{PATROL},20,财政资金,甲,合1",
            f"记-4,2024-03-07,{PATROL},20,财政资金,甲,合9",
            f"记-5,2024-03-08,{PATROL},21,财政资金,甲,",
        ],
        contracts=[f"合1,{PATROL},甲,2024-03-05,100"],
    )
    assert found == {
        "before_contract": [("合1", "记-1")],
        "over_contract": [("合1", "记-3")],
        "unknown_contract": [("合9", "记-4")],
    }


def test_a_contracts_money_goes_to_its_supplier(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-1,2024-03-06,{PATROL},10,财政资金,甲（集团）公司,合1",
            f"记-2,2024-03-07,{PATROL},11,财政资金,甲 (集团)公司,合1",
            f"记-3,2024-03-08,{PATROL},12,财政资金,乙公司,合1",
            f"记-4,2024-03-09,{PATROL},-12,财政资金,乙公司,合1",
            f"记-5,2024-03-10,{PATROL},13,财政资金,,合1",
            f"记-6,2024-03-11,{PATROL},14,财政资金,乙公司,合2",
        ],
        contracts=[
            f"合1,{PATROL},甲（集团）公司,2024-03-05,100",
            f"合2,{PATROL},乙公司,2024-03-05,100",
        ],
    )
    assert found == {"other_payee": [("合1", "记-3")]}


def test_contracts_are_held_against_the_budget_in_force(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [],
        budgets=[f"{PATROL},100", f"{COUNSEL},100"],
        adjustments=[f"{COUNSEL},2024-06-01,300"],
        contracts=[
            f"合1,{PATROL},甲,2023-12-05,100",
            f"合2,{PATROL},甲,2024-03-05,1",
            f"合3,{COUNSEL},甲,2024-03-05,250",
        ],
    )
    assert found == {"contracts_over_budget": [(PATROL, "合2")]}


def test_what_a_household_cost_is_held_against_what_was_promised(engine: Engine) -> None:
    take_everything_in(engine)
    told: dict[str, list[str]] = {}
    for checkpoint in QUARTERS:
        compute_measures(engine, checkpoint)
        audit_ledgers(engine, checkpoint, AuditLimits())
        rows = findings(engine, checkpoint.name)
        told[checkpoint.name] = [r.detail for r in rows if r.rule == "other_price"]  # type: ignore[attr-defined]
    assert told["2024-03"] == []
    (at_the_end,) = told["2024-12"]
    assert "合每单位13.12元，目标为“10元/户”" in at_the_end
    audit_ledgers(engine, QUARTERS[3], AuditLimits(price_slack_bp=4_000))
    assert not [r for r in findings(engine, "2024-12") if r.rule == "other_price"]  # type: ignore[attr-defined]


def test_without_a_register_of_contracts_no_contract_is_called_unknown(
    engine: Engine, tmp_path: Path
) -> None:
    assert audited(engine, tmp_path, [f"记-1,2024-03-01,{PATROL},60,财政资金,甲,合1"]) == {}


def test_splits_are_payments_just_under_the_limit_days_apart(
    engine: Engine, tmp_path: Path
) -> None:
    lines = [
        f"记-1,2024-03-01,{PATROL},4800,财政资金,甲,",
        f"记-2,2024-03-06,{PATROL},4900,财政资金,甲,",
        f"记-3,2024-03-20,{PATROL},4850,财政资金,甲,",
        f"记-4,2024-03-06,{PATROL},4900,财政资金,乙,",
        f"记-5,2024-03-07,{PATROL},5000,财政资金,甲,",
        f"记-6,2024-03-07,{PATROL},4400,财政资金,甲,",
    ]
    limits = AuditLimits(approval_limit_fen=500_000, payee_once_fen=10**12)
    found = audited(engine, tmp_path, lines, limits=limits)
    assert found == {"split": [(f"{PATROL}｜甲", "记-1"), (f"{PATROL}｜甲", "记-2")]}


def test_round_amounts_at_year_end_and_payees_seen_once_are_found(
    engine: Engine, tmp_path: Path
) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-1,2024-11-30,{PATROL},20000,财政资金,甲,",
            f"记-2,2024-12-30,{PATROL},20000,财政资金,甲,",
            f"记-3,2024-12-30,{PATROL},20000.01,财政资金,甲,",
            f"记-4,2024-12-30,{PATROL},15000.01,财政资金,丙,",
            f"记-5,2024-12-31,{PATROL},9999,财政资金,丁,",
        ],
    )
    assert found == {
        "payee_once": [("丙", "记-4")],
        "round_at_year_end": [(PATROL, "记-2")],
    }


def test_assets_and_consumables_without_approval_are_found(engine: Engine, tmp_path: Path) -> None:
    found = audited(
        engine,
        tmp_path,
        [],
        assets=[
            "A1,电脑,2024-02-01,5000,批1,,,",
            "A2,电脑,2024-02-02,5000,,,,",
            "A3,打印机,2019-01-01,900,,2024-05-01,报废,",
            "A4,打印机,2019-01-01,900,,2024-05-01,报废,处2",
        ],
        issues=["L1,2024-03-01,复印纸,3,某某,", "L2,2024-03-01,复印纸,3,某某,某某"],
    )
    assert found == {
        "asset_unapproved": [("A2", "A2")],
        "disposal_unapproved": [("A3", "A3")],
        "issue_unapproved": [("L1", "L1")],
    }


def test_what_happens_after_a_checkpoint_is_not_known_at_it(engine: Engine, tmp_path: Path) -> None:
    lines = [
        f"记-1,2024-03-01,{PATROL},500,财政资金,甲,",
        f"记-2,2024-07-01,{PATROL},30000,财政资金,乙,",
    ]
    assert audited(engine, tmp_path, lines, quarter=1) == {}
    assert set(audited(engine, tmp_path, lines, quarter=2)) == {"payee_once"}


def test_a_second_audit_writes_no_version(engine: Engine, tmp_path: Path) -> None:
    audited(engine, tmp_path, [f"记-1,2024-03-01,{PATROL},30000,财政资金,甲,"])
    again = audit_ledgers(engine, QUARTERS[3], AuditLimits())
    assert [(each.version, each.is_new) for each in again] == [(1, False)]


def test_every_rule_says_what_it_looks_for() -> None:
    assert len({rule.code for rule in AUDIT_RULES}) == len(AUDIT_RULES)
    assert all(rule.label and rule.description for rule in AUDIT_RULES)


@pytest.mark.parametrize("quarter", range(4))
def test_the_shipped_year_tells_of_the_same_overspending_as_its_lights(
    engine: Engine, quarter: int
) -> None:
    take_everything_in(engine)
    audit_ledgers(engine, QUARTERS[quarter], AuditLimits())
    found: Any = findings(engine, QUARTERS[quarter].name)
    over = {row.project_name for row in found if row.rule == "over_budget"}
    assert over == ({"社会治安保险"} if quarter >= 2 else set())
