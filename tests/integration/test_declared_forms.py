"""Forms are data: each shipped place's form is drawn from its file, and read back."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import read_weight
from perf_pipeline.reports.evaluated_year import EvaluatedYear
from perf_pipeline.reports.form_declaration import (
    SHIPPED,
    SelfEvaluationForm,
    form_declaration,
    shipped_forms,
)
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from tests.golden_forms import judged_year

PROJECT = "信访维稳经费"


def weighed(year: EvaluatedYear, execution: int) -> EvaluatedYear:
    """Return the year with other points for execution, as a place's own weights give."""

    def other(mark):  # type: ignore[no-untyped-def]
        return replace(mark, points_centi=execution * 100)

    projects = tuple(replace(each, execution=other(each.execution)) for each in year.projects)
    return replace(year, projects=projects)


def test_every_places_form_says_what_the_national_one_says(engine: Engine, tmp_path: Path) -> None:
    _, year = judged_year(engine)
    told = {}
    for declared in shipped_forms(SelfEvaluationForm):
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
    assert set(told) == {"anhui", "hubei", "national", "sichuan", "yunnan"}
    assert len(told["national"]) == 6
    assert all(each == told["national"] for each in told.values())


def test_a_form_of_other_weights_than_the_scores_is_refused(engine: Engine) -> None:
    _, year = judged_year(engine)
    with pytest.raises(ConfigurationError, match="湖北的表预算执行率占20分，评分用的是10分"):
        self_evaluation_form(year, PROJECT, form_declaration(SelfEvaluationForm, "hubei"))


def test_another_form_is_a_file(tmp_path: Path) -> None:
    written = (SHIPPED / "self_evaluation" / "yunnan.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(written.replace("code: yunnan", "code: own"), "utf-8")
    assert form_declaration(SelfEvaluationForm, str(own)).code == "own"


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
        ConfigurationError, match=r"没有代码为“x”的表格；可用：anhui（安徽）、hubei（湖北）"
    ):
        form_declaration(SelfEvaluationForm, "x")
