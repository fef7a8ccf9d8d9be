"""Results of the re-check (复核) of self-evaluations: forms, their rows, their faults."""

from __future__ import annotations

from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, JudgedRow, Show, told


class RecheckForm(JudgedRow, table="recheck_form", says="自评复核：每份自评表，及没有交表的项目"):
    """A self-evaluation that was re-checked, or a project of which none came."""

    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门整体为空", show=Show.KEY
    )
    path: str | None = told("自评表文件", "File", meaning="空为没有提交")
    sha256: str | None = told("文件内容的 SHA-256", "SHA-256", show=Show.DATA)
    budget_fen: Big | None = told("全年预算", "Budget", Unit.FEN)
    self_score_centi: int | None = told("自评得分", "Own score", Unit.MARKS, show=Show.HEAD)
    score_centi: int | None = told("复核得分", "Re-checked score", Unit.MARKS, show=Show.HEAD)
    unverified_centi: int = told("其中未核实", "Unverified", Unit.MARKS, "没有台账可核的得分")
    quality_centi: int = told("自评质量", "Quality", Unit.MARKS, "自评工作质量得分", show=Show.HEAD)
    grade: str | None = told("复核等级", "Grade", meaning="优 良 中 差；空为没有自评表")
    risk: int = told("风险", "Risk", meaning="越大越须抽查", show=Show.DATA)
    sampled: bool = told("抽中", "Drawn", meaning="按风险和种子抽中复核")


class RecheckLine(JudgedRow, table="recheck_line", says="自评复核：复核表的每一行"):
    """A row of the re-check sheet (复核表)."""

    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门整体为空", show=Show.KEY
    )
    ordinal: int = told("顺序", "Order", meaning="预算执行率为 0", show=Show.DATA)
    level1: str = told("一级指标", "First level", show=Show.KEY)
    level2: str = told("二级指标", "Second level", show=Show.KEY)
    name: str = told("三级指标", "Indicator", show=Show.KEY)
    nature: str = told("指标性质", "Kind", meaning="≥ ≤ ＝ 或定性")
    target: str = told("指标值", "Target", show=Show.HEAD)
    unit: str = told("度量单位", "Unit")
    weight_centi: int = told("权重", "Weight", Unit.MARKS, show=Show.HEAD)
    self_actual: str = told("自评完成值", "Own actual", show=Show.HEAD)
    self_score_centi: int | None = told("自评得分", "Own score", Unit.MARKS, show=Show.HEAD)
    actual: str = told("复核完成值", "Re-checked actual", show=Show.HEAD)
    score_centi: int = told("复核得分", "Re-checked score", Unit.MARKS, show=Show.HEAD)
    deviation_bp: int | None = told(
        "偏离度", "Deviation", Unit.SHARE, "（自评−复核）÷自评；空为自评无得分", show=Show.HEAD
    )
    verified: bool = told("已核实", "Verified", meaning="复核得分出自台账或填报记录")
    remark: str = told("备注", "Remark", show=Show.SENTENCE)


class RecheckFault(JudgedRow, table="recheck_fault", says="自评复核：每份自评表的问题"):
    """A fault (问题) of a self-evaluation."""

    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门整体为空", show=Show.KEY
    )
    rule: str = told("复核规则代码", "Rule", show=Show.DATA)
    label: str = told("问题", "Fault", show=Show.KEY)
    indicator_name: str | None = told("指标", "Indicator", meaning="整张表的为空", show=Show.KEY)
    detail: str = told("说明", "Detail", show=Show.SENTENCE)
    part: str = told("影响的质量项", "Part of the quality", show=Show.DATA)
    place: str = told("在表中的位置", "Place")


recheck_form = RecheckForm.table
recheck_line = RecheckLine.table
recheck_fault = RecheckFault.table
