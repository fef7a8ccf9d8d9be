"""Results of the re-check (复核) of self-evaluations: forms, their rows, their faults."""

from __future__ import annotations

from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, JudgedRow, Result, data, head, key, sentence, told


class Checked(Result):
    """What a re-check says of a self-evaluation, or of a project of which none came."""

    project_name: str | None = key("项目名称", "Project name", "部门整体为空")
    path: str | None = told("自评表文件", "File", "空为没有提交")
    sha256: str | None = data("文件内容的 SHA-256", "SHA-256")
    budget_fen: Big | None = told("全年预算", "Budget", unit=Unit.FEN)
    self_score_centi: int | None = head("自评得分", "Own score", unit=Unit.MARKS)
    score_centi: int | None = head("复核得分", "Re-checked score", unit=Unit.MARKS)
    unverified_centi: int = told("其中未核实", "Unverified", "没有台账可核的得分", Unit.MARKS)
    quality_centi: int = head("自评质量", "Quality", "自评工作质量得分", Unit.MARKS)

    @property
    def gap_centi(self) -> int | None:
        """Return by how many hundredths of a point the department claimed more."""
        if self.self_score_centi is None or self.score_centi is None:
            return None
        return self.self_score_centi - self.score_centi


class RecheckForm(
    Checked, JudgedRow, table="recheck_form", says="自评复核：每份自评表，及没有交表的项目"
):
    """A re-check as kept: with the grade, and whether it was drawn for the sample."""

    grade: str | None = told("复核等级", "Grade", "优 良 中 差；空为没有自评表")
    risk: int = data("风险", "Risk", "越大越须抽查")
    sampled: bool = told("抽中", "Drawn", "按风险和种子抽中复核")


class SheetLine(Result):
    """A row of the re-check sheet (复核表), of whatever project."""

    ordinal: int = data("顺序", "Order", "预算执行率为 0")
    level1: str = key("一级指标", "First level")
    level2: str = key("二级指标", "Second level")
    name: str = key("三级指标", "Indicator")
    nature: str = told("指标性质", "Kind", "≥ ≤ ＝ 或定性")
    target: str = head("指标值", "Target")
    unit: str = told("度量单位", "Unit")
    weight_centi: int = head("权重", "Weight", unit=Unit.MARKS)
    self_actual: str = head("自评完成值", "Own actual")
    self_score_centi: int | None = head("自评得分", "Own score", unit=Unit.MARKS)
    actual: str = head("复核完成值", "Re-checked actual")
    score_centi: int = head("复核得分", "Re-checked score", unit=Unit.MARKS)
    deviation_bp: int | None = head(
        "偏离度", "Deviation", "（自评−复核）÷自评；空为自评无得分", Unit.SHARE
    )
    verified: bool = told("已核实", "Verified", "复核得分出自台账或填报记录")
    remark: str = sentence("备注", "Remark")


class RecheckLine(SheetLine, JudgedRow, table="recheck_line", says="自评复核：复核表的每一行"):
    """A row of a project's re-check sheet, as kept."""

    project_name: str | None = key("项目名称", "Project name", "部门整体为空")


class RecheckFault(JudgedRow, table="recheck_fault", says="自评复核：每份自评表的问题"):
    """A fault (问题) of a self-evaluation."""

    project_name: str | None = key("项目名称", "Project name", "部门整体为空")
    rule: str = data("复核规则代码", "Rule")
    label: str = key("问题", "Fault")
    indicator_name: str | None = key("指标", "Indicator", "整张表的为空")
    detail: str = sentence("说明", "Detail")
    part: str = data("影响的质量项", "Part of the quality")
    place: str = told("在表中的位置", "Place")


recheck_form = RecheckForm.table
recheck_line = RecheckLine.table
recheck_fault = RecheckFault.table
