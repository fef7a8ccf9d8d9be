"""The forms that the project writes are read back as the figures they were made from."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import FormKind
from perf_pipeline.domain.scoring import read_weight
from perf_pipeline.reports.department_form import department_form
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from tests.golden_forms import judged_year
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import Q2


def test_nothing_that_a_monitoring_form_says_is_lost(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with engine.connect() as connection:
        (report,) = load_reports(connection, Q2)
    for line in report.spending:
        path = tmp_path / f"{line.project_name}.xlsx"
        path.write_bytes(monitoring_form(report, line.project_name))
        document = extract_document(path)
        [project] = document.projects
        assert (document.fiscal_year, document.department) == (2024, report.department)
        assert project.kind is FormKind.MONITORING
        known = report.project(line.project_name)
        assert (project.name, project.code) == (line.project_name, known.code)
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
            for i in report.indicators_of(line.project_name)
        ]
        read = [
            (i.level1, i.level2, i.level3, i.raw_value, i.filled.actual if i.filled else None)
            for i in project.indicators
        ]
        assert [row[:4] for row in read] == [row[:4] for row in written]
        for (*_, actual), (*_, stated) in zip(read, written, strict=True):
            assert actual == stated or (stated is None and actual in ("未到期", "无数据"))


def test_nothing_that_a_self_evaluation_form_says_is_lost(engine: Engine, tmp_path: Path) -> None:
    _, year = judged_year(engine)
    report = year.report
    for scored in year.projects:
        line = scored.line
        path = tmp_path / f"{line.project_name}.xlsx"
        path.write_bytes(self_evaluation_form(year, line.project_name))
        document = extract_document(path)
        assert (document.fiscal_year, document.department) == (2024, report.department)
        assert document.title == "项目支出绩效自评表"
        [project] = document.projects
        known = report.project(line.project_name)
        assert project.kind is FormKind.SELF_EVALUATION
        assert (project.name, project.code) == (line.project_name, known.code)
        assert project.objectives == known.objectives
        assert read_weight(project.score) == scored.score.score_centi
        if line.budget_fen is None:
            assert project.budget is None
        else:
            budget = project.budget
            assert budget is not None
            assert (budget.total_fen, budget.adjusted_fen) == (line.budget_fen, line.budget_fen)
            assert (budget.fiscal_fen, budget.other_fen) == (
                line.budget_by_source.fiscal_fen,
                line.budget_by_source.other_fen,
            )
            assert budget.executed_fen == line.paid_fen
            assert budget.fiscal_executed_fen == line.paid_by_source.fiscal_fen
            assert read_weight(budget.weight) == scored.execution.points_centi
            assert read_weight(budget.score) == scored.execution.score_centi
        written = [
            (
                *(i.level1, i.level2, i.name, i.raw_target, i.actual_text or "无数据"),
                *(
                    scored.marks[i.indicator_key].points_centi,
                    scored.marks[i.indicator_key].score_centi,
                ),
            )
            for i in report.indicators_of(line.project_name)
        ]
        assert [
            (
                *(i.level1, i.level2, i.level3, i.raw_value, i.filled and i.filled.actual),
                *(read_weight(i.weight), i.filled and read_weight(i.filled.score)),
            )
            for i in project.indicators
        ] == written


def test_nothing_that_a_departments_self_evaluation_form_says_is_lost(
    engine: Engine, tmp_path: Path
) -> None:
    _, year = judged_year(engine)
    report = year.report
    path = tmp_path / "部门整体支出绩效自评表.xlsx"
    path.write_bytes(department_form(year))
    document = extract_document(path)
    assert (document.fiscal_year, document.department) == (2024, report.department)
    assert read_weight(document.score) == year.score.score_centi
    assert document.projects == ()
    assert [
        (t.name, t.content, t.amount_fen, t.executed_fen, t.done, read_weight(t.score))
        for t in document.tasks
    ] == [
        (
            each.line.project_name,
            report.project(each.line.project_name).purpose,
            *(each.line.budget_fen, each.line.paid_fen, each.done, each.score.score_centi),
        )
        for each in year.projects
    ]
    assert [
        (i.section, i.level3, i.raw_value, i.filled and i.filled.actual)
        for i in document.department_indicators
    ] == [
        (i.section, i.name, i.raw_target, i.actual_text or "无数据")
        for i in report.indicators
        if not i.project_name
    ]


def test_an_indicator_over_several_rows_is_read_once(engine: Engine, tmp_path: Path) -> None:
    _, year = judged_year(engine)
    words = "因上级统一调整工作部署，集中宣传活动推迟。" * 60
    said = {"cause": "人员保障", "cause_words": words}
    lines = tuple(replace(line, **said) for line in year.report.indicators)
    long = replace(year, report=replace(year.report, indicators=lines))
    path = tmp_path / "长.xlsx"
    path.write_bytes(self_evaluation_form(long, "信访维稳经费"))
    [project] = extract_document(path).projects
    told = [each.filled.reason for each in project.indicators if each.filled]
    assert told == [f"人员保障：{words}"] * len(year.report.indicators_of("信访维稳经费"))
