"""Results of what was measured and judged: rows of a snapshot.

Each class declares its table, see `result`; `schema` imports them, so that there is one place to
import tables from.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, Exactly, JudgedRow, Result, Show, told


class MeasureValue(
    JudgedRow,
    table="measure_value",
    says="度量：由台账计数得出的分子和分母",
    # how an indicator finds its figure
    indexes=(Index("ix_measure_value_figure", "snapshot_id", "measure", "project_name"),),
):
    """A measure (度量) at a checkpoint: what registers come to, as a quotient."""

    measure: str = told("度量代码", "Measure", show=Show.KEY)
    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门度量为空", show=Show.KEY
    )
    numerator: Big | None = told(
        "分子", "Numerator", meaning="检查点所评价的；空为本期没有数据", show=Show.DATA
    )
    denominator: Big | None = told(
        "分母", "Denominator", meaning="计数类为 1；空为本期没有数据", show=Show.DATA
    )
    year_numerator: Big | None = told(
        "全年分子", "Numerator of the year", meaning="按年度口径，年初以来", show=Show.DATA
    )
    year_denominator: Big | None = told(
        "全年分母", "Denominator of the year", meaning="计数类为 1", show=Show.DATA
    )


class Explained(Result):
    """Why there is a deviation (偏差原因): as staff say, and what the data say (系统提示)."""

    cause: str | None = told(
        "偏差原因类别", "Kind of reason", meaning="空为未说明", show=Show.SENTENCE
    )
    cause_words: str | None = told("偏差原因说明", "Reason given", show=Show.SENTENCE)
    cause_measures: str | None = told("改进措施", "Remedy", show=Show.SENTENCE)
    hint: str | None = told(
        "系统提示",
        "What the data say",
        meaning="数据反映的情况，不代替原因说明",
        show=Show.SENTENCE,
    )

    @property
    def said(self) -> str | None:
        """Write what staff said on one line; None where they said nothing."""
        if self.cause is None:
            return None
        measures = f"。改进措施：{self.cause_measures}" if self.cause_measures else ""
        return f"{self.cause}：{self.cause_words}{measures}"


class SpendingResult(
    Explained, JudgedRow, table="spending_result", says="预算执行结果：累计支出与计划比较"
):
    """Spending of a project against its plan (预算执行进度)."""

    project_name: str = told("项目名称", "Project name", show=Show.KEY)
    budget_fen: Big | None = told(
        "预算数", "Budget", Unit.FEN, "全年预算，空为没有预算", show=Show.HEAD, form="全年预算数"
    )
    initial_budget_fen: Big | None = told("年初预算", "Initial budget", Unit.FEN, form="年初预算数")
    carry_over_fen: Big | None = told(
        "上年结转", "Carried over", Unit.FEN, "预算中的上年结转", form="上年结转资金"
    )
    line_of_work: str | None = told("分项工作", "Line of work", meaning="空为未分")
    paid_fen: Big | None = told(
        "累计支付", "Paid", Unit.FEN, "空为没有支付台账", show=Show.HEAD, form="执行数"
    )
    payments: int | None = told("支付笔数", "Payments", Unit.TIMES, "空为没有支付台账")
    planned_label: str | None = told(
        "计划时点", "Plan point", meaning="所比较的计划检查点", show=Show.HEAD
    )
    planned_bp: int | None = told(
        "计划", "Plan", Unit.SHARE, "计划累计比例", show=Show.HEAD, view="planned_share"
    )
    actual_bp: Big | None = told(
        "执行率",
        "Executed",
        Unit.SHARE,
        "实际累计比例，四舍五入",
        show=Show.HEAD,
        view="execution_rate",
        form="执行率",
        exactly=Exactly("paid_fen", "budget_fen", (WHOLE_BP, "planned_bp")),
    )
    deviation_bp: Big | None = told(
        "偏差",
        "Deviation",
        Unit.POINTS,
        "四舍五入",
        show=Show.HEAD,
        view="deviation_points",
        exactly=Exactly(
            "paid_fen", "budget_fen", (0, "yellow_bp", "red_bp", "ahead_bp"), less="planned_bp"
        ),
    )
    light: Light = told(
        "判断", "Judgement", meaning="green yellow red ahead unknown", show=Show.HEAD
    )
    reason: str = told("判断理由", "Reason", show=Show.SENTENCE)
    yellow_bp: int | None = told(
        "黄灯界限", "Yellow limit", Unit.POINTS, show=Show.DATA, view="yellow_points"
    )
    red_bp: int | None = told(
        "红灯界限", "Red limit", Unit.POINTS, show=Show.DATA, view="red_points"
    )
    ahead_bp: int | None = told(
        "超前界限", "Ahead limit", Unit.POINTS, show=Show.DATA, view="ahead_points"
    )
    reaches_on: date | None = told(
        "按目前进度达到计划的日期", "Reaches its plan on", meaning="空为已达到或无法推算"
    )
    days_behind: int | None = told(
        "按目前进度比计划晚", "Days behind the plan", Unit.DAYS, "天数；空为无法推算"
    )
    due_next_fen: Big | None = told(
        "下一检查点前还应支付", "Due before the next point", Unit.FEN, "最后一个检查点为空"
    )
    contracts_fen: Big | None = told("已签合同金额", "Contracts", Unit.FEN, "空为没有合同台账")
    committed_fen: Big | None = told(
        "已签合同未付金额", "Contracted, unpaid", Unit.FEN, "空为没有合同台账"
    )
    late_paid_fen: Big | None = told(
        "年度终了后支付的本年金额", "Paid after the year", Unit.FEN, "未计入"
    )
    note: str | None = told(
        "补充说明", "Note", meaning="进度推算、合同、预算调整", show=Show.SENTENCE
    )

    @property
    def figure(self) -> str:
        """The number that `trace` takes (追溯号)."""
        return f"S{self.id}"


class SpendingSum(
    JudgedRow,
    table="spending_line",
    says="预算执行汇总：按资金来源、分项工作和部门，由各项目的分数相加",
):
    """Spending of several projects, added up in fen (预算执行汇总)."""

    level: str = told(
        "层次", "Level", meaning="project_source source section department", show=Show.KEY
    )
    project_name: str | None = told(
        "项目名称", "Project name", meaning="跨项目的汇总为空", show=Show.KEY
    )
    name: str = told("名称", "Name", meaning="资金来源、分项工作的名称，或合计", show=Show.KEY)
    projects: int = told("项目数", "Projects", Unit.THINGS, "计入的项目数")
    left_out: int = told(
        "未计入的项目数", "Left out", Unit.THINGS, "缺预算、计划或台账而未计入的项目数"
    )
    budget_fen: Big | None = told("预算数", "Budget", Unit.FEN, show=Show.HEAD)
    paid_fen: Big | None = told("累计支付", "Paid", Unit.FEN, show=Show.HEAD)
    planned_bp: Big | None = told(
        "计划",
        "Plan",
        Unit.SHARE,
        "按预算加权的计划累计比例，四舍五入",
        show=Show.HEAD,
        view="planned_share",
    )
    actual_bp: Big | None = told(
        "执行率",
        "Executed",
        Unit.SHARE,
        "实际累计比例，四舍五入",
        show=Show.HEAD,
        view="execution_rate",
        exactly=Exactly("paid_fen", "budget_fen", (WHOLE_BP, "planned_bp")),
    )
    deviation_bp: Big | None = told(
        "偏差", "Deviation", Unit.POINTS, "四舍五入", show=Show.HEAD, view="deviation_points"
    )
    light: Light = told(
        "判断", "Judgement", meaning="green yellow red ahead unknown", show=Show.HEAD
    )
    reason: str = told("判断理由", "Reason", show=Show.SENTENCE)


class IndicatorResult(
    Explained, JudgedRow, table="indicator_result", says="指标结果：实际值与目标值比较"
):
    """An indicator (绩效指标) against its target, of a project or of a line of work."""

    indicator_key: str = told(
        "指标主键", "Indicator key", meaning="同 indicator.row_key", show=Show.DATA
    )
    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门指标为空", show=Show.KEY
    )
    section: str | None = told("分项工作", "Line of work", meaning="项目指标为空", show=Show.KEY)
    level1: str | None = told("一级指标", "First level", show=Show.KEY, form="一级指标")
    level2: str | None = told("二级指标", "Second level", show=Show.KEY, form="二级指标")
    name: str = told(
        "指标名称",
        "Indicator",
        meaning="三级指标，或部门指标名称",
        show=Show.KEY,
        view="indicator_name",
        form="三级指标",
    )
    ordinal: int = told("文件中的顺序", "Order", show=Show.DATA)
    raw_target: str = told("目标值", "Target", meaning="原文", show=Show.HEAD, form="年度指标值")
    target_kind: str = told("目标类别", "Kind of target", show=Show.DATA)
    operator: str | None = told("比较符", "Operator", show=Show.DATA)
    target_micro: Big | None = told(
        "评价时的目标值",
        "Target value",
        Unit.MILLIONTHS,
        "按单位；%为百分之几",
        show=Show.DATA,
        view="target_value",
    )
    upper_micro: Big | None = told(
        "评价时的区间上限", "Upper limit", Unit.MILLIONTHS, show=Show.DATA, view="target_upper"
    )
    unit: str | None = told("单位", "Unit", show=Show.DATA)
    measure: str | None = told(
        "度量代码", "Measure", meaning="reported 为人工填报；空为未覆盖", show=Show.DATA
    )
    behaviour: str = told("年内表现", "Behaviour", show=Show.DATA)
    behaviour_given: bool | None = told(
        "年内表现由人指定", "Behaviour given", meaning="否则为推定", show=Show.DATA
    )
    year_rule: str | None = told(
        "年度口径", "Year rule", meaning="state total pooled every latest", show=Show.DATA
    )
    initial_target: str | None = told("年初目标值", "Initial target", meaning="原文；空为未调整")
    revised_by: str | None = told("批准调整目标的文号", "Revised by")
    phase_text: str | None = told(
        "阶段目标", "Phase target", meaning="如 截至6月30日≥50%；空为没有"
    )
    numerator: Big | None = told("实际值分子", "Numerator", meaning="空为没有数据", show=Show.DATA)
    denominator: Big | None = told("实际值分母", "Denominator", show=Show.DATA)
    actual_text: str | None = told(
        "实际", "Actual", meaning="实际值，按目标的写法", show=Show.HEAD, form="实际完成值"
    )
    status: Status = told(
        "状态", "Status", meaning="met on_track behind missed not_due no_data", show=Show.HEAD
    )
    reason: str = told("判断理由", "Reason", show=Show.SENTENCE)
    note: str | None = told(
        "补充说明",
        "Note",
        meaning="目标调整、过期的阶段目标、文件中的矛盾",
        show=Show.SENTENCE,
    )

    @property
    def figure(self) -> str:
        """The number that `trace` takes (追溯号)."""
        return f"I{self.id}"

    @property
    def levels(self) -> str:
        """Write the first two levels as one: 产出指标·质量指标; empty for none."""
        return "·".join(filter(None, (self.level1, self.level2)))


measure_value = MeasureValue.table
spending_result = SpendingResult.table
spending_line = SpendingSum.table
indicator_result = IndicatorResult.table
