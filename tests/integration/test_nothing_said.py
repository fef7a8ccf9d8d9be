"""What cannot be known, or is so no more, accuses nobody; and all of it as of any past moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, Executable, select

from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.measures.audit import audit_ledgers, evidence_rows
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.compute import compute_measures, figure_query
from perf_pipeline.measures.waiting import waiting_files
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import measure_value
from perf_pipeline.warehouse.targets import load_targets
from tests.integration.test_audit import COUNSEL, audited, findings
from tests.year import DATA, DEPARTMENT, QUARTERS


def test_what_was_taken_back_is_over_no_budget_and_no_contract(
    engine: Engine, tmp_path: Path
) -> None:
    found = audited(
        engine,
        tmp_path,
        [
            f"记-10,2024-05-01,{COUNSEL},900000,财政资金,甲公司,合1",
            f"记-2,2024-05-01,{COUNSEL},-400000,财政资金,甲公司,合1",
            f"记-30,2024-06-01,{COUNSEL},200000,财政资金,甲公司,合1",
            f"记-40,2024-07-01,{COUNSEL},200000,财政资金,甲公司,合1",
            f"记-50,2024-08-01,{COUNSEL},-50000,财政资金,甲公司,合1",
        ],
        contracts=[f"合1,{COUNSEL},甲公司,2024-01-01,800000"],
        quarter=3,
    )
    assert [row for _, row in found["over_budget"]] == ["记-40"]  # 850,000 of 800,000 stay paid
    assert [row for _, row in found["over_contract"]] == ["记-40"]


@pytest.mark.on_sqlite
def test_of_a_register_without_its_column_of_approvals_nothing_is_said(
    engine: Engine, tmp_path: Path
) -> None:
    """An empty cell says that there was no approval; a column that is not there says nothing."""
    registers = tmp_path / "2024" / DEPARTMENT / "registers"
    registers.mkdir(parents=True)
    lines = {
        "固定资产台账": "资产编号,资产名称,取得日期,原值,购置批准文号\nZ1,电脑,2024-02-01,5000,",
        "耗材领用台账": "领用单号,领用日期,耗材名称,数量,领用人\nL1,2024-02-03,纸,5,某某",
    }
    for label, text in lines.items():
        (registers / f"{label}.csv").write_text(f"{text}\n", "utf-8")
    load_targets(engine, DATA)
    for name in ("fixed_asset", "consumable_issue"):
        load_register(engine, tmp_path, name)
    # a version that cannot be read leaves the rows of the one before, and what it was without
    (registers / "耗材领用台账.csv").write_text("甲,乙\n1,2\n", "utf-8")
    load_register(engine, tmp_path, "consumable_issue")
    audit_ledgers(engine, QUARTERS[3], AuditLimits())
    compute_measures(engine, QUARTERS[3])
    assert [row.rule for row in findings(engine, QUARTERS[3].name)] == ["asset_unapproved"]  # type: ignore[attr-defined]
    with engine.connect() as connection:
        newest = latest_snapshots("measures").subquery()
        figures = select(measure_value).join(newest, newest.c.id == measure_value.c.snapshot_id)
        counted = {row.measure: row.numerator for row in connection.execute(figures)}
        waited = waiting_files(connection, QUARTERS[3])
    assert counted["asset_acquisition_approved"] == 0
    assert "consumable_issue_approved" not in counted
    assert (1, "consumable_issue", "approved_by") in waited.lacking
    told = waited.of_measure(1, "consumable_issue_approved")
    assert told is not None
    assert told.startswith("“耗材领用台账.csv”整份拒收，等待改正")


def test_every_select_of_the_heart_can_be_asked_of_a_past_moment(engine: Engine) -> None:
    then = QUARTERS[3].as_known(datetime.now(UTC))
    selects: list[Executable] = [
        evidence_rows(then, AuditLimits()),
        projects_to_judge(then, 1),
        indicators_to_judge(then, 1),
        *(figure_query(each, then) for each in MEASURES),
    ]
    with engine.connect() as connection:
        for each in selects:
            assert list(connection.execute(each)) == []
