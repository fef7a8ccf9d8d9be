"""Page and Word: cases that are overdue or fall due soon, the audit's findings, safeguards."""

import io
import re
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.audit_rules import RULE_LABELS
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.word_report import word_report
from perf_pipeline.reports.write import write_quarter
from tests.integration.test_audit import COUNSEL, PATROL, audited
from tests.year import QUARTERS, judged_year

pytestmark = pytest.mark.on_sqlite


def test_the_page_shows_limits_and_findings_as_leads_with_their_evidence(
    engine: Engine, tmp_path: Path
) -> None:
    judged_year(engine, "2024-10")
    with engine.connect() as connection:
        (report,) = load_reports(connection, QUARTERS[2])
    steps = {kind[:2] for kind in report.limit_counts}
    assert {
        ("人民调解案件台账", "调结"),
        ("信访事项台账", "办结"),
        ("信访事项台账", "受理"),
    } <= steps
    assert sum(kind[2] for kind in report.limit_counts) == len(report.overdue) > 40
    days = [line.days_overdue for line in report.overdue]
    assert days == sorted(days, reverse=True)
    (over,) = [line for line in report.audit if line.label == "超预算付款"]
    assert (over.project_name, over.rows) == ("社会治安保险", 37)

    page = render_page(report)
    assert 'id="audit"' in page
    assert "先付款后签约" in page
    assert re.search(rf'data-column="days_overdue">(<span[^>]*>)?{days[0]}天<', page)
    again = write_quarter(engine, QUARTERS[2], tmp_path)
    assert [each.is_new for each in again] == [True]
    assert [each.is_new for each in write_quarter(engine, QUARTERS[2], tmp_path)] == [False]


def test_of_thousands_of_findings_some_of_each_rule_stand_on_page_and_in_word(
    engine: Engine, tmp_path: Path
) -> None:
    """A made-up office: two thousand payees seen once, and one or two of everything else."""
    many = [f"记-{n:04d},2024-03-06,{PATROL},{20_000 + n},财政资金,丙{n}," for n in range(2_000)]
    others = [
        f"付-{n},2024-12-0{n},{COUNSEL},{yuan},财政资金,{payee},{contract}"
        for n, yuan, payee, contract in (
            *((1, 500, "甲", "合1"), (2, 600, "乙", "合1"), (3, 700, "甲", "合9")),
            (4, 20_000, "甲", ""),
        )
    ]
    audited(
        engine,
        tmp_path,
        [*many, *others],
        contracts=[f"合1,{COUNSEL},甲,2024-12-02,99", f"合2,{COUNSEL},甲,2024-01-02,800"],
        budgets=[f"{COUNSEL},850", f"{PATROL},1000000000"],
        assets=["A1,电脑,2024-02-01,5000,批1,,,", "A2,电脑,2024-02-02,5000,,2024-03-01,报废,"],
        issues=["L1,2024-03-01,复印纸,3,某某,", "L2,2024-03-01,复印纸,3,某某,某某"],
    )
    compute_measures(engine, QUARTERS[3])
    evaluate_quarter(engine, QUARTERS[3], Limits())
    with engine.connect() as connection:
        (report,) = load_reports(connection, QUARTERS[3])
    found = {each.rule for each in report.audit}
    assert found == {
        *("over_budget", "over_contract", "before_contract", "unknown_contract", "other_payee"),
        *("contracts_over_budget", "round_at_year_end", "payee_once"),
        *("asset_unapproved", "disposal_unapproved", "issue_unapproved"),
    }
    assert len(report.audit) > 2_000
    page = render_page(report)
    document = Document(io.BytesIO(word_report(report)))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    told = {RULE_LABELS[rule] for rule in found}
    assert told <= cells
    assert all(label in page for label in told)
    assert page.count("本年只出现这一次") < 20
    kept = ("固定资产管理", "耗材管理", "财务人员培训", "内部控制")
    assert set(kept) <= cells
    assert all(each in page for each in kept)
    assert any("九、保障措施" in each.text for each in document.paragraphs)
    assert {"50.00%", "无数据", f"{len(report.audit)}条"} <= cells
