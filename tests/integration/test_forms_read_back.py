"""The monitoring form that the project writes is read back as the figures it was made from."""

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import FormKind
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.query import load_reports
from tests.integration.reports_fixture import Q2, fill


def test_nothing_that_a_monitoring_form_says_is_lost(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with engine.connect() as connection:
        (report,) = load_reports(connection, Q2)
    for line in report.spending:
        path = tmp_path / f"{line.project}.xlsx"
        path.write_bytes(monitoring_form(report, line.project))
        document = extract_document(path)
        [project] = document.projects
        assert (document.fiscal_year, document.department) == (2024, report.department)
        assert project.kind is FormKind.MONITORING
        known = report.project(line.project)
        assert (project.name, project.code) == (line.project, known.code)
        assert project.objectives == known.objectives
        budget = project.budget
        if line.budget_fen is None:
            assert budget is None
        else:
            assert budget is not None
            assert (budget.total_fen, budget.fiscal_fen, budget.other_fen) == (
                line.budget_fen,
                line.budget_by_source.fiscal_fen,
                line.budget_by_source.other_fen,
            )
            assert budget.executed_fen == line.paid_fen
            assert budget.fiscal_executed_fen == line.paid_by_source.fiscal_fen
            assert budget.other_executed_fen == line.paid_by_source.other_fen
        written = [
            (i.level1 or "", i.level2 or "", i.name, i.raw_target, i.actual_text)
            for i in report.indicators_of(line.project)
        ]
        read = [
            (i.level1, i.level2, i.level3, i.raw_value, i.filled.actual if i.filled else None)
            for i in project.indicators
        ]
        assert [row[:4] for row in read] == [row[:4] for row in written]
        for (*_, actual), (*_, stated) in zip(read, written, strict=True):
            assert actual == stated or (stated is None and actual in ("未到期", "无数据"))
