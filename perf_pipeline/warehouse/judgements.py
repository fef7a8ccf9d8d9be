"""Tables of what was measured, judged, foretold and reported: rows of a snapshot.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Text

from perf_pipeline.warehouse.tables import judged

measure_value = judged(
    "measure_value",
    "度量：由台账计数得出的分子和分母",
    Column("measure", Text, nullable=False, comment="度量代码"),
    Column("project_name", Text, comment="项目名称；部门度量为空"),
    Column("numerator", BigInteger, nullable=False, comment="分子"),
    Column("denominator", BigInteger, nullable=False, comment="分母；计数类为 1"),
    # how an indicator finds its figure
    Index("ix_measure_value_figure", "snapshot_id", "measure", "project_name"),
)


def _limits() -> tuple[Column[int], ...]:
    """Declare the limits of the light, as they were when it was judged."""
    return (
        Column("yellow_bp", Integer, comment="黄灯界限，百分之一个百分点"),
        Column("red_bp", Integer, comment="红灯界限，百分之一个百分点"),
        Column("ahead_bp", Integer, comment="超前界限，百分之一个百分点"),
    )


def _explanation() -> tuple[Column[str], ...]:
    """Declare why there is a deviation: as staff say, and what the data say."""
    return (
        Column("cause", Text, comment="偏差原因类别；空为未说明"),
        Column("cause_words", Text, comment="偏差原因说明"),
        Column("cause_measures", Text, comment="改进措施"),
        Column("hint", Text, comment="系统提示：数据反映的情况，不代替原因说明"),
    )


spending_result = judged(
    "spending_result",
    "预算执行结果：累计支出与计划比较",
    Column("project_name", Text, nullable=False, comment="项目名称"),
    Column("budget_fen", BigInteger, comment="全年预算，分；空为没有预算"),
    Column("initial_budget_fen", BigInteger, comment="年初预算数，分"),
    Column("carry_over_fen", BigInteger, comment="预算中的上年结转，分"),
    Column("line_of_work", Text, comment="分项工作；空为未分"),
    Column("paid_fen", BigInteger, comment="累计支付，分；空为没有支付台账"),
    Column("payments", Integer, comment="支付笔数；空为没有支付台账"),
    Column("planned_label", Text, comment="所比较的计划检查点"),
    Column("planned_bp", Integer, comment="计划累计比例，万分之一"),
    Column("actual_bp", BigInteger, comment="实际累计比例，万分之一，四舍五入"),
    Column("deviation_bp", BigInteger, comment="偏差，百分之一个百分点，四舍五入"),
    Column("light", Text, nullable=False, comment="green yellow red ahead unknown"),
    Column("reason", Text, nullable=False, comment="判断理由"),
    *_limits(),
    Column("reaches_on", Date, comment="按目前进度达到计划的日期；空为已达到或无法推算"),
    Column("days_behind", Integer, comment="按目前进度比计划晚几天；空为无法推算"),
    Column("due_next_fen", BigInteger, comment="下一检查点前还应支付，分；最后一个检查点为空"),
    Column("contracts_fen", BigInteger, comment="已签合同金额，分；空为没有合同台账"),
    Column("committed_fen", BigInteger, comment="已签合同未付金额，分；空为没有合同台账"),
    Column("late_paid_fen", BigInteger, comment="年度终了后支付、属于本年的金额，分，未计入"),
    Column("note", Text, comment="补充说明：进度推算、合同、预算调整"),
    *_explanation(),
)

spending_line = judged(
    "spending_line",
    "预算执行汇总：按资金来源、分项工作和部门，由各项目的分数相加",
    Column("level", Text, nullable=False, comment="project_source source section department"),
    Column("project_name", Text, comment="项目名称；跨项目的汇总为空"),
    Column("name", Text, nullable=False, comment="资金来源、分项工作的名称，或合计"),
    Column("projects", Integer, nullable=False, comment="计入的项目数"),
    Column("left_out", Integer, nullable=False, comment="缺预算、计划或台账而未计入的项目数"),
    Column("budget_fen", BigInteger, comment="预算，分"),
    Column("paid_fen", BigInteger, comment="累计支付，分"),
    Column("planned_bp", BigInteger, comment="按预算加权的计划累计比例，万分之一，四舍五入"),
    Column("actual_bp", BigInteger, comment="实际累计比例，万分之一，四舍五入"),
    Column("deviation_bp", BigInteger, comment="偏差，百分之一个百分点，四舍五入"),
    Column("light", Text, nullable=False, comment="green yellow red ahead unknown"),
    Column("reason", Text, nullable=False, comment="判断理由"),
)

indicator_result = judged(
    "indicator_result",
    "指标结果：实际值与目标值比较",
    Column("indicator_key", Text, nullable=False, comment="指标主键，同 indicator.row_key"),
    Column("project_name", Text, comment="项目名称；部门指标为空"),
    Column("section", Text, comment="分项工作；项目指标为空"),
    Column("level1", Text, comment="一级指标"),
    Column("level2", Text, comment="二级指标"),
    Column("name", Text, nullable=False, comment="三级指标，或部门指标名称"),
    Column("ordinal", Integer, nullable=False, comment="文件中的顺序"),
    Column("raw_target", Text, nullable=False, comment="目标值原文"),
    Column("target_kind", Text, nullable=False, comment="目标类别"),
    Column("operator", Text, comment="比较符"),
    Column("target_micro", BigInteger, comment="目标值，百万分之一"),
    Column("upper_micro", BigInteger, comment="区间上限，百万分之一"),
    Column("unit", Text, comment="单位"),
    Column("measure", Text, comment="度量代码；reported 为人工填报；空为未覆盖"),
    Column("behaviour", Text, nullable=False, comment="年内表现"),
    Column("behaviour_given", Boolean, comment="年内表现由人指定；否则为推定"),
    Column("initial_target", Text, comment="年初目标值原文；空为未调整"),
    Column("revised_by", Text, comment="批准调整目标的文号"),
    Column("phase_text", Text, comment="阶段目标，如 截至6月30日≥50%；空为没有"),
    Column("numerator", BigInteger, comment="实际值分子；空为没有数据"),
    Column("denominator", BigInteger, comment="实际值分母"),
    Column("actual_text", Text, comment="实际值，按目标的写法"),
    Column("status", Text, nullable=False, comment="met on_track behind missed not_due no_data"),
    Column("reason", Text, nullable=False, comment="判断理由"),
    *_explanation(),
)

case_limit = judged(
    "case_limit",
    "办理期限：检查点上已超期的，和下一检查点前到期的",
    Column("register", Text, nullable=False, comment="台账"),
    Column("case_key", Text, nullable=False, comment="业务主键"),
    Column("town", Text, comment="镇（办）；台账没有这一列的为空"),
    Column("limit_name", Text, nullable=False, comment="期限代码，见台账声明"),
    Column("label", Text, nullable=False, comment="该办什么，如 受理、办结"),
    Column("starts_on", Date, nullable=False, comment="自哪天起算"),
    Column("due_on", Date, nullable=False, comment="期限最后一天"),
    Column("days_overdue", Integer, nullable=False, comment="超期天数；负数为剩余天数"),
    Column("state", Text, nullable=False, comment="overdue 超期未办；soon 下一检查点前到期"),
    Column("place", Text, nullable=False, comment="来源文件、工作表、行"),
)

audit_finding = judged(
    "audit_finding",
    "内部审计线索，每行是一条线索的一行证据；线索不是结论",
    Column("rule", Text, nullable=False, comment="检查规则代码"),
    Column("subject_key", Text, nullable=False, comment="同一规则下相同的为一条线索"),
    Column("project_name", Text, comment="项目名称"),
    Column("detail", Text, nullable=False, comment="发现了什么"),
    Column("source_table", Text, nullable=False, comment="证据所在的台账"),
    Column("row_key", Text, nullable=False, comment="证据行的业务主键"),
    Column("happened_on", Date, comment="证据行的日期"),
    Column("amount_fen", BigInteger, comment="证据行的金额，分"),
    Column("place", Text, nullable=False, comment="来源文件、工作表、行"),
)

outlook = judged(
    "outlook",
    "全年预计：项目支出和指标在年底会到多少，能否完成目标",
    Column("subject", Text, nullable=False, comment="spending 项目支出；indicator 指标"),
    Column("subject_key", Text, nullable=False, comment="项目名称或指标主键"),
    Column("project_name", Text, comment="项目名称；部门指标为空"),
    Column("measured_in", Text, comment="fen 分；bp 万分之一；count 个数；unit 目标的单位"),
    Column("point", BigInteger, comment="预计值（中位数）；空为不能预计"),
    Column("low80", BigInteger, comment="80%区间下限"),
    Column("high80", BigInteger, comment="80%区间上限"),
    Column("low95", BigInteger, comment="95%区间下限"),
    Column("high95", BigInteger, comment="95%区间上限"),
    Column("probability_bp", Integer, comment="完成目标的可能性，万分之一"),
    Column("likelihood", Text, comment="certain 确定能；possible 有可能；impossible 完全不可能"),
    Column("method", Text, comment="fact past_years first_year"),
    Column("reason", Text, nullable=False, comment="怎样预计的，或为什么不能预计"),
)

report = judged(
    "report",
    "季度监控报告",
    Column("title", Text, nullable=False, comment="标题"),
    Column("notice", Text, comment="数据说明，如“模拟数据”"),
    Column("monitoring_version", Integer, nullable=False, comment="所依据的评价版本"),
)

report_line = judged(
    "report_line",
    "报告的每一行：预算执行一个项目一行，指标一个一行",
    Column("ordinal", Integer, nullable=False, comment="顺序"),
    Column("part", Text, nullable=False, comment="spending 预算执行；indicator 绩效指标"),
    Column("project_name", Text, comment="项目名称；部门指标为空"),
    Column("section", Text, comment="分项工作"),
    Column("name", Text, nullable=False, comment="项目或指标名称"),
    Column("target_text", Text, nullable=False, comment="计划或目标"),
    Column("actual_text", Text, nullable=False, comment="实际"),
    Column("judgement", Text, nullable=False, comment="灯色或状态"),
    Column("reason", Text, nullable=False, comment="理由"),
    Column("figure", Text, nullable=False, comment="追溯号，可用 trace 命令查来源行"),
)
