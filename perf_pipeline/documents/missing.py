"""What a form leaves out or says so that nobody can measure it."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.documents.model import Finding, FormKind, Project, Severity
from perf_pipeline.domain.target import TargetKind


def what_is_missing(project: Project) -> Iterator[Finding]:
    """Give a finding for each part that a project's form lacks."""

    def found(severity: Severity, code: str, message: str, where: str = project.where) -> Finding:
        told = f"{project.name}：{message}"
        return Finding(severity, code, told, where, project=project.name)

    if not project.name:
        yield found(Severity.ERROR, "project_name_missing", "没有项目名称")
    if project.code is None and project.kind is FormKind.PROJECT:
        yield found(Severity.WARNING, "project_code_missing", "没有填写项目编码")
    if project.budget is None:
        yield found(Severity.WARNING, "budget_missing", "文件没有写明预算数")
    if not project.spending_plan and project.kind is FormKind.PROJECT:
        yield found(Severity.WARNING, "plan_missing", "没有资金支出计划")
    if not project.indicators:
        yield found(Severity.ERROR, "indicators_missing", "没有绩效指标")
    for each in project.indicators:
        if each.target.kind in (TargetKind.TEXT, TargetKind.DIRECTION):
            message = f"指标“{each.level3}”的指标值“{each.raw_value}”无法衡量"
            yield found(Severity.WARNING, "target_unmeasurable", message, each.where)
