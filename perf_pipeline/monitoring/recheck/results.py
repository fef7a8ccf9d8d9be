"""A year's re-check as kept: by department, and what it proposes for next year's budget (结果应用).

A proposal is what a rule says of the result; the finance office decides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import Connection, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import WHOLE, grade, half_up, marks, write_points
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import checkpoint_id_of, newest_results, notices_of_files
from perf_pipeline.warehouse.rechecks import RecheckFault, RecheckForm, RecheckLine
from perf_pipeline.warehouse.result import JudgedRow
from perf_pipeline.warehouse.schema import department

USE = {"优": "优先保障", "良": "予以保障", "中": "压缩预算", "差": "取消或暂停安排"}
Row = TypeVar("Row", bound=JudgedRow)


@dataclass(frozen=True)
class FormResult:
    """A self-evaluation's re-check with its rows and faults."""

    form: RecheckForm
    lines: tuple[RecheckLine, ...]
    faults: tuple[RecheckFault, ...]

    @property
    def name(self) -> str:
        """Name what the form is about."""
        return self.form.project_name or "部门整体"


@dataclass(frozen=True)
class DepartmentResult:
    """A department's re-check: its forms, and the mean of their scores by budget.

    `notices` are what its files say about themselves, as 模拟数据.
    """

    code: str
    name: str
    forms: tuple[FormResult, ...]
    notices: tuple[str, ...] = ()

    @property
    def projects(self) -> tuple[FormResult, ...]:
        """Return the projects' forms, without the department's own."""
        return tuple(each for each in self.forms if each.form.project_name is not None)

    @property
    def handed_in(self) -> int:
        """Count the projects of which a self-evaluation came."""
        return sum(each.form.path is not None for each in self.projects)

    @property
    def score_centi(self) -> int | None:
        """Weigh the projects' re-checked scores by budget; None where none can be weighed."""
        weighed = [
            (each.form.score_centi, each.form.budget_fen)
            for each in self.projects
            if each.form.score_centi is not None and each.form.budget_fen
        ]
        whole = sum(budget for _, budget in weighed)
        earned = sum(score * budget for score, budget in weighed)
        return marks(WHOLE, Fraction(earned, whole * WHOLE)) if whole else None

    @property
    def grade(self) -> str | None:
        """Return the department's grade; None unless all its projects were re-checked and weigh."""
        forms = [each.form for each in self.projects]
        if any(each.score_centi is None or each.budget_fen is None for each in forms):
            return None
        return None if self.score_centi is None else grade(self.score_centi)

    @property
    def quality_centi(self) -> int:
        """Return the mean quality of its self-evaluations; one that did not come has none."""
        earned = [each.form.quality_centi for each in self.projects]
        return half_up(Fraction(sum(earned), len(earned))) if earned else 0

    @property
    def faults(self) -> dict[str, int]:
        """Count its faults by kind, the most frequent first."""
        counted = Counter(fault.label for each in self.forms for fault in each.faults)
        return dict(counted.most_common())


def read_results(connection: Connection, year_end: Checkpoint) -> tuple[DepartmentResult, ...]:
    """Return the newest re-check of each department of a year, by code."""
    at = checkpoint_id_of(connection, year_end.name)
    if at is None:
        return ()
    forms = _read(connection, RecheckForm, at)
    lines, faults = _read(connection, RecheckLine, at), _read(connection, RecheckFault, at)
    named = select(department.c.id, department.c.code, DEPARTMENT_NAME)
    notices = notices_of_files(connection, year_end.fiscal_year)
    found = []
    for whose, code, called in connection.execute(named.order_by(department.c.code)):
        mine = tuple(
            FormResult(
                form,
                tuple(x for x in lines.get(whose, ()) if x.project_name == form.project_name),
                tuple(x for x in faults.get(whose, ()) if x.project_name == form.project_name),
            )
            for form in forms.get(whose, ())
        )
        if mine:
            found.append(DepartmentResult(code, called, mine, notices.get(whose, ())))
    return tuple(found)


def _read(connection: Connection, of: type[Row], at: int) -> dict[int, list[Row]]:
    rows = connection.execute(newest_results(of.table, "recheck", at)).mappings()
    by_department = grouped(rows, lambda row: int(row["department_id"]))
    return {whose: [of.of(row) for row in mine] for whose, mine in by_department.items()}


def proposal(found: FormResult, rules: RecheckRules) -> tuple[str, str]:
    """Propose what next year's budget of a project does with the result, and on what ground."""
    form = found.form
    if form.project_name is None:
        return "", "部门自身指标只占部分分值，不单独定级"
    if form.score_centi is None:
        said = f"核减{_cut(form.budget_fen, rules.not_handed_in_cut_bp)}"
        return said, "没有提交自评表"
    graded = grade(form.score_centi)
    grounds = [f"复核{write_points(form.score_centi)}分，等级{graded}"]
    said = USE[graded]
    if graded == "中":
        said += _cut(form.budget_fen, rules.medium_cut_bp)
    if form.quality_centi < rules.poor_quality_centi:
        grounds.append(f"自评质量{write_points(form.quality_centi)}分，不合要求")
        said += f"；自评不合要求，核减{_cut(form.budget_fen, rules.poor_quality_cut_bp)}"
    gap = form.gap_centi
    if gap is not None and gap > rules.wide_gap_centi:
        grounds.append(f"自评高出复核{write_points(gap)}分")
        said += "；说明差异原因并整改"
    if form.unverified_centi:
        grounds.append(f"其中{write_points(form.unverified_centi)}分没有台账可核")
    return said, "；".join(grounds)


def _cut(budget_fen: int | None, share_bp: int | None) -> str:
    if share_bp is None:
        return "（比例由财政部门定）"
    share = f"{share_bp // 100}%"
    if budget_fen is None:
        return f"{share}（没有预算数）"
    return f"{share}（按本年预算为{format_yuan(budget_fen * share_bp // WHOLE_BP)}元）"
