"""Tables of what is made from results: locks, adjustments, scores, roll-ups.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text

from perf_pipeline.warehouse.tables import judged, metadata, reference, row_id

quarter_lock = Table(
    "quarter_lock",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "当时的评价版本"),
    Column("action", Text, nullable=False, comment="closed 关账；reopened 重新开账"),
    Column("actor", Text, nullable=False, comment="操作人"),
    Column("reason", Text, comment="理由；重新开账必填"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    Index("ix_quarter_lock_quarter", "department_id", "checkpoint_id"),
    comment="关账与重新开账的记录，只增不改；最新一条为现状",
)

adjustment = judged(
    "adjustment",
    "调整：已关账检查点的数字与现在所知不同，记入其后第一个未关账的检查点",
    Column("quarter", Text, nullable=False, comment="已关账的检查点，如 2024-03"),
    Column("closed_version", Integer, nullable=False, comment="关账时的评价版本"),
    Column("part", Text, nullable=False, comment="spending 预算执行；indicator 绩效指标"),
    Column("subject_key", Text, nullable=False, comment="项目名称或指标主键"),
    Column("project_name", Text, comment="项目名称；部门指标为空"),
    Column("section", Text, comment="分项工作；项目指标为空"),
    Column("name", Text, nullable=False, comment="项目或指标名称"),
    Column("closed_numerator", BigInteger, comment="关账时的分子；预算执行为累计支付，分"),
    Column("closed_denominator", BigInteger, comment="关账时的分母"),
    Column("known_numerator", BigInteger, comment="现在所知的分子；预算执行为累计支付，分"),
    Column("known_denominator", BigInteger, comment="现在所知的分母"),
    Column("closed_text", Text, nullable=False, comment="关账时的数字"),
    Column("known_text", Text, nullable=False, comment="现在所知的数字"),
    Column("difference_text", Text, comment="相差多少；文字类为空"),
    Column("closed_judgement", Text, comment="关账时的灯色或状态；空为当时没有该项"),
    Column("known_judgement", Text, comment="按现在所知的灯色或状态；空为现在没有该项"),
    Column("sources", Text, nullable=False, comment="引起变化的来源行（JSON）"),
)

self_evaluation_result = judged(
    "self_evaluation_result",
    "绩效自评：每项指标和预算执行率的得分",
    Column("project_name", Text, nullable=False, comment="项目名称"),
    Column("ordinal", Integer, nullable=False, comment="顺序；预算执行率为 0"),
    Column("part", Text, nullable=False, comment="execution output benefit satisfaction cost"),
    Column("indicator_key", Text, comment="指标主键；预算执行率为空"),
    Column("level1", Text, comment="一级指标，文件原文"),
    Column("name", Text, nullable=False, comment="三级指标名称，或预算执行率"),
    Column("raw_target", Text, comment="目标值原文"),
    Column("actual_text", Text, comment="全年实际值；空为没有数据"),
    Column("points_centi", Integer, nullable=False, comment="分值，百分之一分"),
    Column("score_centi", Integer, nullable=False, comment="得分，百分之一分"),
    Column("verdict", Text, nullable=False, comment="met partly unmet over_fulfilled no_data"),
    Column("arithmetic", Text, nullable=False, comment="得分的算式和理由"),
)

project_score = judged(
    "project_score",
    "绩效自评：项目得分",
    Column("project_name", Text, nullable=False, comment="项目名称"),
    Column("budget_fen", BigInteger, comment="全年预算，分；空为没有预算"),
    Column("score_centi", Integer, nullable=False, comment="得分，百分之一分"),
    Column("missing_centi", Integer, nullable=False, comment="没有数据的分值，百分之一分"),
    Column("grade", Text, comment="优 良 中 差；空为数据不全，等级未定"),
    Column("arithmetic", Text, nullable=False, comment="得分的算式和理由"),
)

department_score = judged(
    "department_score",
    "绩效自评：部门得分，各项目得分按全年预算加权",
    Column("budget_fen", BigInteger, nullable=False, comment="参与加权的全年预算，分"),
    Column("score_centi", Integer, comment="得分，百分之一分；空为没有可加权的项目"),
    Column("missing_centi", Integer, comment="没有数据的分值，百分之一分"),
    Column("projects", Integer, nullable=False, comment="项目数"),
    Column("projects_left_out", Integer, nullable=False, comment="没有预算而未加权的项目数"),
    Column("grade", Text, comment="优 良 中 差；空为数据不全，等级未定"),
    Column("arithmetic", Text, nullable=False, comment="得分的算式和理由"),
)

rollup_result = Table(
    "rollup_result",
    metadata,
    row_id(),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("version", Integer, nullable=False, comment="第几版；内容有变才有新版"),
    Column("level", Text, nullable=False, comment="department district city all"),
    Column("city", Text, comment="市；全部为空"),
    Column("district", Text, comment="区县；市和全部为空"),
    Column("department", Text, comment="部门代码；区县、市和全部为空"),
    Column("unit", Text, nullable=False, comment="名称"),
    Column("figure", Text, nullable=False, comment="汇总项，如 paid_fen、status_met 或度量代码"),
    Column("numerator", BigInteger, nullable=False, comment="合计数，或分子合计；金额为分"),
    Column("denominator", BigInteger, comment="分母合计；空为计数"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    Index("ix_rollup_result_checkpoint_version", "checkpoint_id", "version"),
    comment="汇总：部门、区县、市，只加件数和金额，不平均比率",
)
