"""Results of what was measured and judged: rows of a snapshot.

Each class declares its table, see `result`; `schema` imports them, so that there is one place to
import tables from.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light, Status, Together
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import (
    Big,
    Exactly,
    JudgedRow,
    Result,
    data,
    head,
    key,
    sentence,
    told,
)

# the shares that spending is written by, with digits enough beside these limits
_EXECUTED = Exactly("paid_fen", "budget_fen", (WHOLE_BP, "planned_bp"))
_OFF_PLAN = Exactly(
    "paid_fen", "budget_fen", (0, "yellow_bp", "red_bp", "ahead_bp"), less="planned_bp"
)


class MeasureValue(
    JudgedRow,
    table="measure_value",
    says="度量：由台账计数得出的分子和分母",
    # how an indicator finds its figure
    indexes=(Index("ix_measure_value_figure", "snapshot_id", "measure", "project_name"),),
):
    """A measure (度量) at a checkpoint: what registers come to, as a quotient."""

    measure: str = key("度量代码", "Measure")
    project_name: str | None = key("项目名称", "Project name", "部门度量为空")
    numerator: Big | None = data("分子", "Numerator", "检查点所评价的；空为本期没有数据")
    denominator: Big | None = data("分母", "Denominator", "计数类为 1；空为本期没有数据")
    year_numerator: Big | None = data("全年分子", "Numerator of the year", "按年度口径，年初以来")
    year_denominator: Big | None = data("全年分母", "Denominator of the year", "计数类为 1")


class Explained(Result):
    """Why there is a deviation (偏差原因): as staff say, and what the data say (系统提示)."""

    cause: str | None = sentence("偏差原因类别", "Kind of reason", "空为未说明")
    cause_words: str | None = sentence("偏差原因说明", "Reason given")
    cause_measures: str | None = sentence("改进措施", "Remedy")
    hint: str | None = sentence("系统提示", "What the data say", "数据反映的情况，不代替原因说明")

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

    project_name: str = key("项目名称", "Project name")
    budget_fen: Big | None = head(
        "预算数", "Budget", "全年预算，空为没有预算", Unit.FEN, form="全年预算数"
    )
    initial_budget_fen: Big | None = told(
        "年初预算", "Initial budget", unit=Unit.FEN, form="年初预算数"
    )
    carry_over_fen: Big | None = told(
        "上年结转", "Carried over", "预算中的上年结转", Unit.FEN, form="上年结转资金"
    )
    line_of_work: str | None = told("分项工作", "Line of work", "空为未分")
    paid_fen: Big | None = head("累计支付", "Paid", "空为没有支付台账", Unit.FEN, form="执行数")
    payments: int | None = told("支付笔数", "Payments", "空为没有支付台账", Unit.TIMES)
    planned_label: str | None = head("计划时点", "Plan point", "所比较的计划检查点")
    planned_bp: int | None = head("计划", "Plan", "计划累计比例", Unit.SHARE, view="planned_share")
    actual_bp: Big | None = head(
        "执行率",
        "Executed",
        "实际累计比例，四舍五入",
        Unit.SHARE,
        view="execution_rate",
        form="执行率",
        exactly=_EXECUTED,
    )
    deviation_bp: Big | None = head(
        "偏差",
        "Deviation",
        "四舍五入",
        Unit.POINTS,
        view="deviation_points",
        exactly=_OFF_PLAN,
    )
    light: Light = head("判断", "Judgement", "green yellow red ahead unknown")
    reason: str = sentence("判断理由", "Reason")
    yellow_bp: int | None = data("黄灯界限", "Yellow limit", unit=Unit.POINTS, view="yellow_points")
    red_bp: int | None = data("红灯界限", "Red limit", unit=Unit.POINTS, view="red_points")
    ahead_bp: int | None = data("超前界限", "Ahead limit", unit=Unit.POINTS, view="ahead_points")
    reaches_on: date | None = told(
        "按目前进度达到计划的日期", "Reaches its plan on", "空为已达到或无法推算"
    )
    days_behind: int | None = told(
        "按目前进度比计划晚", "Days behind the plan", "天数；空为无法推算", Unit.DAYS
    )
    due_next_fen: Big | None = told(
        "下一检查点前还应支付", "Due before the next point", "最后一个检查点为空", Unit.FEN
    )
    contracts_fen: Big | None = told("已签合同金额", "Contracts", "空为没有合同台账", Unit.FEN)
    committed_fen: Big | None = told(
        "已签合同未付金额", "Contracted, unpaid", "空为没有合同台账", Unit.FEN
    )
    late_paid_fen: Big | None = told(
        "年度终了后支付的本年金额", "Paid after the year", "未计入", Unit.FEN
    )
    note: str | None = sentence("补充说明", "Note", "进度推算、合同、预算调整")

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

    level: Together = key("层次", "Level", "project_source source section department")
    project_name: str | None = key("项目名称", "Project name", "跨项目的汇总为空")
    name: str = key("名称", "Name", "资金来源、分项工作的名称，或合计")
    projects: int = told("项目数", "Projects", "计入的项目数", Unit.THINGS)
    left_out: int = told(
        "未计入的项目数", "Left out", "缺预算、计划或台账而未计入的项目数", Unit.THINGS
    )
    budget_fen: Big | None = head("预算数", "Budget", unit=Unit.FEN)
    paid_fen: Big | None = head("累计支付", "Paid", unit=Unit.FEN)
    planned_parts: Big | None = data(
        "按预算加权的计划数", "Plan weighted by budget", "万分之一分；空为没有可计入的，或数太大"
    )
    planned_bp: Big | None = head(
        "计划",
        "Plan",
        "按预算加权的计划累计比例，四舍五入",
        Unit.SHARE,
        view="planned_share",
        exactly=Exactly("planned_parts", "budget_fen", ("actual_bp",), so_many=WHOLE_BP),
    )
    actual_bp: Big | None = head(
        "执行率",
        "Executed",
        "实际累计比例，四舍五入",
        Unit.SHARE,
        view="execution_rate",
        exactly=_EXECUTED,
    )
    deviation_bp: Big | None = head(
        "偏差",
        "Deviation",
        "四舍五入",
        Unit.POINTS,
        view="deviation_points",
        exactly=_OFF_PLAN,
    )
    light: Light = head("判断", "Judgement", "green yellow red ahead unknown")
    reason: str = sentence("判断理由", "Reason")
    yellow_bp: int | None = data("黄灯界限", "Yellow limit", unit=Unit.POINTS, view="yellow_points")
    red_bp: int | None = data("红灯界限", "Red limit", unit=Unit.POINTS, view="red_points")
    ahead_bp: int | None = data("超前界限", "Ahead limit", unit=Unit.POINTS, view="ahead_points")


class IndicatorResult(
    Explained, JudgedRow, table="indicator_result", says="指标结果：实际值与目标值比较"
):
    """An indicator (绩效指标) against its target, of a project or of a line of work."""

    indicator_key: str = data("指标主键", "Indicator key", "同 indicator.row_key")
    project_name: str | None = key("项目名称", "Project name", "部门指标为空")
    section: str | None = key("分项工作", "Line of work", "项目指标为空")
    level1: str | None = key("一级指标", "First level", form="一级指标")
    level2: str | None = key("二级指标", "Second level", form="二级指标")
    name: str = key(
        "指标名称", "Indicator", "三级指标，或部门指标名称", view="indicator_name", form="三级指标"
    )
    ordinal: int = data("文件中的顺序", "Order")
    raw_target: str = head("目标值", "Target", "原文", form="年度指标值")
    target_kind: str = data("目标类别", "Kind of target")
    operator: str | None = data("比较符", "Operator")
    target_micro: Big | None = data(
        "评价时的目标值",
        "Target value",
        "按单位；%为百分之几",
        Unit.MILLIONTHS,
        view="target_value",
    )
    upper_micro: Big | None = data(
        "评价时的区间上限", "Upper limit", unit=Unit.MILLIONTHS, view="target_upper"
    )
    unit: str | None = data("单位", "Unit")
    measure: str | None = data("度量代码", "Measure", "reported 为人工填报；空为未覆盖")
    behaviour: str = data("年内表现", "Behaviour")
    behaviour_given: bool | None = data("年内表现由人指定", "Behaviour given", "否则为推定")
    year_rule: str | None = data("年度口径", "Year rule", "state total pooled every latest")
    initial_target: str | None = told("年初目标值", "Initial target", "原文；空为未调整")
    revised_by: str | None = told("批准调整目标的文号", "Revised by")
    phase_text: str | None = told("阶段目标", "Phase target", "如 截至6月30日≥50%；空为没有")
    numerator: Big | None = data("实际值分子", "Numerator", "空为没有数据")
    denominator: Big | None = data("实际值分母", "Denominator")
    actual_text: str | None = head("实际", "Actual", "实际值，按目标的写法", form="实际完成值")
    status: Status = head("状态", "Status", "met on_track behind missed not_due no_data")
    reason: str = sentence("判断理由", "Reason")
    note: str | None = sentence("补充说明", "Note", "目标调整、过期的阶段目标、文件中的矛盾")

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
