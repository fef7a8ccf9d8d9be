"""Forms are data: each shipped place's form is drawn from its file, and read back."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import read_weight
from perf_pipeline.reports.amounts import exact_wan
from perf_pipeline.reports.evaluated_year import EvaluatedYear
from perf_pipeline.reports.form_declaration import (
    SHIPPED,
    CommonLinesForm,
    DepartmentForm,
    MonitoringForm,
    SelfEvaluationForm,
    form_declaration,
    shipped_forms,
)
from perf_pipeline.reports.form_money import SCORED_ALL_THE_SAME
from perf_pipeline.reports.form_parts import Form
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.warehouse.derived import ScoredLine
from tests.golden_forms import judged_year

pytestmark = pytest.mark.on_sqlite

PROJECT, MONITORED = "信访维稳经费", "综治重点工作经费"


def weighed(year: EvaluatedYear, execution: int) -> EvaluatedYear:
    """Return the year with other points for execution, as a place's own weights give."""

    def other(mark: ScoredLine) -> ScoredLine:
        return replace(mark, points_centi=execution * 100)

    projects = tuple(replace(each, execution=other(each.execution)) for each in year.projects)
    return replace(year, projects=projects)


def of_ones_own(folder: Path) -> SelfEvaluationForm:
    """Return a form from a file, two columns of which have other heads."""
    written = (SHIPPED / "self_evaluation" / "national.yaml").read_text("utf-8")
    for before, after in (
        ("code: national", "code: own"),
        ("label: 年度指标值, span: [5, 5]", "label: 指标值, span: [5, 5]"),
        ("label: 实际完成值, span: [6, 6]", "label: 全年完成值, span: [6, 6]"),
    ):
        assert before in written
        written = written.replace(before, after)
    path = folder / "own.yaml"
    path.write_text(written, "utf-8")
    return form_declaration(SelfEvaluationForm, str(path))


def test_every_places_form_says_what_the_national_one_says(engine: Engine, tmp_path: Path) -> None:
    _, year = judged_year(engine)
    told = {}
    for declared in (*shipped_forms(SelfEvaluationForm), of_ones_own(tmp_path)):
        path = tmp_path / f"{declared.code}.xlsx"
        own = weighed(year, declared.execution_points)
        path.write_bytes(self_evaluation_form(own, PROJECT, declared))
        (project,) = extract_document(path, assumed_year=2024).projects
        told[declared.code] = [
            (
                each.level3,
                each.target,
                each.filled and each.filled.actual,
                read_weight(each.weight),
                each.filled and read_weight(each.filled.score),
            )
            for each in project.indicators
        ]
        assert project.name == PROJECT
        assert project.budget is not None
        assert project.budget.executed_fen == 38_150_000
    assert set(told) == {"anhui", "hebei", "hubei", "national", "own", "sichuan", "yunnan"}
    assert len(told["national"]) == 6
    assert all(each == told["national"] for each in told.values())

    (scored,) = [each for each in year.projects if each.line.project_name == PROJECT]
    paid = replace(scored.line.paid_by_source, other_fen=100)
    paid_otherwise = replace(
        year, projects=(replace(scored, line=replace(scored.line, paid_by_source=paid)),)
    )
    for each, says in ((year, False), (paid_otherwise, True)):
        declared = form_declaration(SelfEvaluationForm, "sichuan")
        book = load_workbook(io.BytesIO(self_evaluation_form(each, PROJECT, declared)))
        texts = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
        assert (SCORED_ALL_THE_SAME in texts) is says


def test_a_form_of_other_weights_than_the_scores_is_refused(engine: Engine) -> None:
    _, year = judged_year(engine)
    with pytest.raises(ConfigurationError, match="湖北的表预算执行率占20分，评分用的是10分"):
        self_evaluation_form(year, PROJECT, form_declaration(SelfEvaluationForm, "hubei"))


KINDS = (SelfEvaluationForm, MonitoringForm, DepartmentForm, CommonLinesForm)


@pytest.mark.parametrize("kind", KINDS)
def test_another_form_is_a_file(kind: type[Form], tmp_path: Path) -> None:
    written = (SHIPPED / kind.kind / "national.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(written.replace("code: national", "code: own"), "utf-8")
    assert form_declaration(kind, str(own)).code == "own"


def test_six_provinces_have_forms_and_each_says_where_it_was_seen() -> None:
    shipped = [each for kind in KINDS for each in shipped_forms(kind)]
    places = {each.place for each in shipped}
    assert places >= {"全国", "四川", "河北", "湖北", "云南", "安徽", "重庆"}
    assert all(each.source for each in shipped)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_form_is_asked_for_by_its_file_s_name(kind: type[Form]) -> None:
    named = sorted(path.stem for path in Path(str(SHIPPED / kind.kind)).glob("*.yaml"))
    assert [each.code for each in shipped_forms(kind)] == named


def test_a_place_s_monitoring_form_says_what_the_national_one_says(engine: Engine) -> None:
    half, _ = judged_year(engine)
    for declared in shipped_forms(MonitoringForm):
        sheet = load_workbook(io.BytesIO(monitoring_form(half, MONITORED, declared))).worksheets[0]
        texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
        spent = next(each for each in half.spending if each.project_name == MONITORED)
        lines = half.indicators_of(MONITORED)
        numbers = {cell.value for row in sheet.iter_rows() for cell in row}
        assert float(exact_wan(spent.paid_fen or 0)) in numbers, declared.code
        assert {each.name for each in lines} <= texts, declared.code
        assert {each.actual_text for each in lines if each.actual_text} <= texts, declared.code
        assert not any("{months}" in each for each in texts), declared.code
        assert any("1—6月执行数" in each for each in texts), declared.code


def test_a_column_that_a_kind_cannot_know_is_refused(tmp_path: Path) -> None:
    written = (SHIPPED / "monitoring" / "hubei.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(written.replace("value: remark", "value: score"), "utf-8")
    with pytest.raises(ConfigurationError, match="这种表没有栏目：score"):
        form_declaration(MonitoringForm, str(own))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("value: score", "value: marks", r"own.yaml 第\d+行.*value"),
        ("span: [12, 12], value: score", "span: [12, 13], value: score", "资金的列重叠或超出12列"),
        ("value: points", "value: blank", "第"),
        ("of: total", "of: fiscal", "资金的第一行须为 total"),
    ],
)
def test_a_wrong_declaration_is_told_with_file_and_line(
    before: str, after: str, told: str, tmp_path: Path
) -> None:
    written = (SHIPPED / "self_evaluation" / "yunnan.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(written.replace(before, after, 1), "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        form_declaration(SelfEvaluationForm, str(own))


def test_an_unknown_form_is_told_with_those_that_there_are() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"没有代码为“x”的表格；可用：anhui（安徽）、hebei（河北）、hubei（湖北）",
    ):
        form_declaration(SelfEvaluationForm, "x")
