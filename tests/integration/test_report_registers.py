"""The quarter's page lists cases that are overdue or fall due soon, and the audit's findings."""

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.write import write_quarter
from tests.year import QUARTERS, judged_year


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
    assert f'超期<span data-column="days_overdue">{days[0]}天</span>' in page
    again = write_quarter(engine, QUARTERS[2], tmp_path)
    assert [each.is_new for each in again] == [True]
    assert [each.is_new for each in write_quarter(engine, QUARTERS[2], tmp_path)] == [False]
