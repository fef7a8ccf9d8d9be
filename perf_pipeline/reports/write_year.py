"""Writing a year's self-evaluation forms (绩效自评表): one a project, one for the department."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.reports.department_form import department_form
from perf_pipeline.reports.evaluated_year import EvaluatedYear, load_years
from perf_pipeline.reports.files import ReportFolder, form_names
from perf_pipeline.reports.form_declaration import (
    NATIONAL,
    DepartmentForm,
    SelfEvaluationForm,
    form_declaration,
)
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.write import load_as_closed
from perf_pipeline.warehouse.known import checkpoint_id_of


@dataclass(frozen=True)
class WrittenYear:
    """A department's self-evaluation forms, its own first, and which of them this run wrote."""

    department: str
    forms: tuple[Path, ...]
    written: tuple[Path, ...]


def write_year(
    engine: Engine,
    year_end: Checkpoint,
    out_dir: Path,
    form: str = NATIONAL,
    of_department: str = NATIONAL,
) -> list[WrittenYear]:
    """Write the forms of every department scored at a year's end.

    `form` and `of_department` are the codes or files of the projects' and the department's form.

    Files go to `out_dir/<department code>/<year>/`. A form that a clerk filled in is never lost.
    Raises ConfigurationError where scores are lacking or older than the judgement, or go by other
    weights than the form's.
    """
    declared = form_declaration(SelfEvaluationForm, form)
    own = form_declaration(DepartmentForm, of_department)
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, year_end.name)
        reports = [] if at is None else load_as_closed(connection, year_end, at)
    years = load_years(engine, year_end, reports)
    return [_write_forms(each, out_dir, declared, own) for each in years]


def _write_forms(
    year: EvaluatedYear, out_dir: Path, declared: SelfEvaluationForm, of_department: DepartmentForm
) -> WrittenYear:
    report = year.report
    folder = ReportFolder(out_dir, report.department_code, str(report.checkpoint.fiscal_year))
    own = f"{of_department.name}.xlsx"
    names = form_names(declared.name, [each.line.project_name for each in year.projects])
    written = [folder.write_for_filling(own, department_form(year, of_department))]
    for project, name in names.items():
        written.append(
            folder.write_for_filling(name, self_evaluation_form(year, project, declared))
        )
    return WrittenYear(
        department=report.department_code,
        forms=tuple(folder.path / name for name in (own, *names.values())),
        written=tuple(path for path in written if path is not None),
    )
