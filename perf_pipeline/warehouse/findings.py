"""Results that are lists: cases against their limits, findings of the audit, reports as kept."""

from __future__ import annotations

from datetime import date

from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, JudgedRow, data, key, sentence, told


class CaseLimit(
    JudgedRow, table="case_limit", says="办理期限：检查点上已超期的，和下一检查点前到期的"
):
    """A case (案件) whose time limit has run out, or runs out before the next checkpoint."""

    register: str = key("台账", "Register")
    case_key: str = key("业务主键", "Case")
    town: str | None = told("镇（办）", "Town", "台账没有这一列的为空")
    limit_name: str = data("期限代码", "Limit", "见台账声明")
    label: str = told("该办什么", "To be done", "如 受理、办结")
    starts_on: date = data("自哪天起算", "Starts on", "期限由它算出，只供程序用")
    due_on: date = told("期限最后一天", "Due on")
    days_overdue: int = told("超期天数", "Days overdue", "负数为剩余天数", Unit.DAYS)
    state: LimitState = data("现状", "State", "overdue 超期未办；soon 下一检查点前到期")
    place: str = told("来源文件、工作表、行", "Source")


class AuditFinding(
    JudgedRow, table="audit_finding", says="内部审计线索，每行是一条线索的一行证据；线索不是结论"
):
    """A row of evidence of a finding (线索) of the internal audit."""

    rule: str = key("检查规则代码", "Rule")
    subject_key: str = key("线索", "Finding", "同一规则下相同的为一条线索")
    project_name: str | None = key("项目名称", "Project name")
    detail: str = sentence("发现了什么", "What was found")
    source_table: str = data("证据所在的台账", "Register")
    row_key: str = data("证据行的业务主键", "Row")
    happened_on: date | None = data("证据行的日期", "Date", "每条线索只列第一行证据的出处")
    amount_fen: Big | None = told("证据行的金额", "Amount", unit=Unit.FEN)
    place: str = told("来源文件、工作表、行", "Source")


class Report(JudgedRow, table="report", says="季度监控报告"):
    """A checkpoint's report (监控报告) as it was kept."""

    title: str = told("标题", "Title")
    notice: str | None = told("数据说明", "About the data", "如“模拟数据”")
    monitoring_version: int = told("所依据的评价版本", "Version of the judgement")


class ReportLine(
    JudgedRow, table="report_line", says="报告的每一行：预算执行一个项目一行，指标一个一行"
):
    """A line of a report as it was kept, so that two versions can be compared.

    People are shown the results themselves; of what was kept, programs alone read more than names.
    """

    ordinal: int = data("顺序", "Order")
    part: str = data("部分", "Part", "spending 预算执行；indicator 绩效指标")
    project_name: str | None = key("项目名称", "Project name", "部门指标为空")
    section: str | None = key("分项工作", "Line of work")
    name: str = key("名称", "Name", "项目或指标名称")
    target_text: str = data("计划或目标", "Plan or target")
    actual_text: str = data("实际", "Actual")
    judgement: str = data("判断", "Judgement", "灯色或状态")
    reason: str = data("理由", "Reason")
    figure: str = data("追溯号", "Figure number", "可用 trace 命令查来源行")


case_limit = CaseLimit.table
audit_finding = AuditFinding.table
report = Report.table
report_line = ReportLine.table
