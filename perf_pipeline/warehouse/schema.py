"""All tables of the warehouse, each with its comments, as SQLAlchemy Core declarations.

Two kinds of rows, and one idea of history for each:

- *sourced rows* (documents and registers) carry where they stood in which file. A row is current
  while `closed_by_id` is null; a later file that changes or drops it closes it, nothing is deleted.
  A row that several files have is one row; `also_in_file` names the others.
- *judged rows* (measures, results, reports) belong to a `snapshot`, a numbered version of one
  kind of judgement for one department and checkpoint. A new version is written only when its
  content differs from the last one.

Money is in whole fen (分), shares in basis points (万分之一), target values in millionths
(百万分之一): integers throughout, so that nothing stored or compared is a float.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.tables import (
    Id,
    judged,
    metadata,
    reference,
    register_table,
    row_id,
    sourced,
)

__all__ = ["metadata"]

department = Table(
    "department",
    metadata,
    row_id(),
    Column("code", Text, nullable=False, unique=True, comment="部门代码，即收件文件夹名"),
    Column("name", Text, comment="部门名称，取自绩效目标文件"),
    comment="预算部门",
)

checkpoint = Table(
    "checkpoint",
    metadata,
    row_id(),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    Column("ordinal", Integer, nullable=False, comment="年内序号"),
    Column("name", Text, nullable=False, unique=True, comment="名称，如 2024Q3"),
    Column("label", Text, nullable=False, comment="文件中的写法，如 10月底"),
    Column("ends_on", Date, nullable=False, comment="截至日期"),
    UniqueConstraint("fiscal_year", "ordinal"),
    comment="绩效监控检查点",
)

source_file = Table(
    "source_file",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    Column("kind", Text, nullable=False, comment="target_document 或台账名"),
    Column("path", Text, nullable=False, comment="相对于收件文件夹的路径"),
    Column("sha256", Text, nullable=False, comment="文件内容的 SHA-256"),
    Column("size", BigInteger, nullable=False, comment="字节数"),
    Column("read_with", Text, nullable=False, comment="读取规则的摘要；规则变了就重读"),
    Column("version", Integer, nullable=False, comment="同一路径的第几版"),
    Column("outcome", Text, nullable=False, comment="loaded 已入库；refused 整个文件无法读取"),
    Column("reason", Text, comment="拒收原因"),
    Column("notice", Text, comment="文件自带的说明，如“模拟数据”"),
    Column("rows_read", Integer, nullable=False, comment="读到的数据行数"),
    Column("rows_loaded", Integer, nullable=False, comment="入库行数"),
    Column("rows_quarantined", Integer, nullable=False, comment="隔离行数"),
    Column("rows_skipped", Integer, nullable=False, comment="跳过行数（空行、合计行）"),
    Column("loaded_at", DateTime(timezone=True), nullable=False, comment="入库时间（UTC）"),
    UniqueConstraint("department_id", "fiscal_year", "path", "version"),
    CheckConstraint(
        "rows_read = rows_loaded + rows_quarantined + rows_skipped", name="nothing_lost"
    ),
    comment="收到的文件，每个内容一版",
)

quarantined_row = Table(
    "quarantined_row",
    metadata,
    row_id(),
    reference("source_file_id", "source_file.id", "来源文件"),
    Column("sheet", Text, comment="工作表"),
    Column("row_number", Integer, comment="行号"),
    Column("column_label", Text, comment="列名"),
    Column("value", Text, comment="原值"),
    Column("reason", Text, nullable=False, comment="隔离原因"),
    Column("row_text", Text, comment="整行原文（JSON）"),
    reference("closed_by_id", "source_file.id", "被哪个后来的文件取代", nullable=True),
    comment="读不进去而隔离的行",
)

also_in_file = Table(
    "also_in_file",
    metadata,
    row_id(),
    Column("table_name", Text, nullable=False, comment="行所在的表"),
    Column("row_id", Id, nullable=False, comment="行在该表中的行号"),
    reference("source_file_id", "source_file.id", "还有哪个文件也有这一行"),
    Column("sheet", Text, comment="在该文件中的工作表"),
    Column("row_number", Integer, comment="在该文件中的行号"),
    reference("closed_by_id", "source_file.id", "该文件的哪一版不再有这一行", nullable=True),
    Index("ix_also_in_file_row", "table_name", "row_id"),
    Index("ix_also_in_file_source_file_id", "source_file_id"),
    comment="同一行又见于别的文件：来源文件撤下它时，它仍然有据",
)

project = sourced(
    "project",
    "项目（绩效目标文件中的项目绩效目标表）",
    Column("name", Text, nullable=False, comment="项目名称"),
    Column("code", Text, comment="项目编码；文件未填为空"),
    Column("purpose", Text, comment="资金用途"),
    Column("objectives", Text, comment="绩效目标，每行一条"),
    Column("ordinal", Integer, nullable=False, comment="文件中的顺序"),
)

indicator = sourced(
    "indicator",
    "绩效指标；项目指标有项目名称，部门指标有分项工作",
    Column("project_name", Text, comment="项目名称；部门指标为空"),
    Column("section", Text, comment="分项工作；项目指标为空"),
    Column("level1", Text, comment="一级指标"),
    Column("level2", Text, comment="二级指标"),
    Column("name", Text, nullable=False, comment="三级指标，或部门指标名称"),
    Column("description", Text, comment="绩效指标描述，或所在句子"),
    Column("basis", Text, comment="指标值确定依据"),
    Column("ordinal", Integer, nullable=False, comment="文件中的顺序"),
)

target = sourced(
    "target",
    "指标的目标值；row_key 与 indicator 相同",
    Column("raw_value", Text, nullable=False, comment="指标值原文"),
    Column("kind", Text, nullable=False, comment="number range yes_no direction date grade text"),
    Column("operator", Text, comment=">= <= = > < between"),
    Column("value_text", Text, comment="目标值，规范写法"),
    Column("value_micro", BigInteger, comment="数值目标的百万分之一"),
    Column("upper_micro", BigInteger, comment="区间上限的百万分之一"),
    Column("unit", Text, comment="单位"),
)

spending_plan = sourced(
    "spending_plan",
    "资金支出计划（累计）",
    Column("project_name", Text, nullable=False, comment="项目名称"),
    Column("label", Text, nullable=False, comment="检查点写法，如 10月底"),
    Column("due_on", Date, nullable=False, comment="计划截至日期"),
    Column("share_bp", Integer, nullable=False, comment="累计支出比例，万分之一"),
)

register_tables: dict[str, Table] = {
    declared.name: register_table(declared) for declared in load_registers()
}

snapshot = Table(
    "snapshot",
    metadata,
    row_id(),
    Column("kind", Text, nullable=False, comment="measures、monitoring 或 report"),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("version", Integer, nullable=False, comment="第几版"),
    Column("content_hash", Text, nullable=False, comment="内容摘要"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    UniqueConstraint("kind", "department_id", "checkpoint_id", "version"),
    comment="度量、评价和报告的版本",
)


measure_value = judged(
    "measure_value",
    "度量：由台账计数得出的分子和分母",
    Column("measure", Text, nullable=False, comment="度量代码"),
    Column("project_name", Text, comment="项目名称；部门度量为空"),
    Column("numerator", BigInteger, nullable=False, comment="分子"),
    Column("denominator", BigInteger, nullable=False, comment="分母；计数类为 1"),
)

spending_result = judged(
    "spending_result",
    "预算执行结果：累计支出与计划比较",
    Column("project_name", Text, nullable=False, comment="项目名称"),
    Column("budget_fen", BigInteger, comment="全年预算，分；空为没有预算"),
    Column("paid_fen", BigInteger, comment="累计支付，分；空为没有支付台账"),
    Column("payments", Integer, comment="支付笔数；空为没有支付台账"),
    Column("planned_label", Text, comment="所比较的计划检查点"),
    Column("planned_bp", Integer, comment="计划累计比例，万分之一"),
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
    Column("numerator", BigInteger, comment="实际值分子；空为没有数据"),
    Column("denominator", BigInteger, comment="实际值分母"),
    Column("actual_text", Text, comment="实际值，按目标的写法"),
    Column("status", Text, nullable=False, comment="met on_track behind missed not_due no_data"),
    Column("reason", Text, nullable=False, comment="判断理由"),
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

alert = Table(
    "alert",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "首次发现于哪一版评价"),
    Column("rule", Text, nullable=False, comment="spending 支出偏离计划；indicator 指标未达标"),
    Column("subject_key", Text, nullable=False, comment="项目名称或指标主键"),
    Column("level", Text, nullable=False, comment="灯色或状态"),
    Column("subject", Text, nullable=False, comment="什么事项"),
    Column("place", Text, nullable=False, comment="哪个部门、项目"),
    Column("gap", Text, nullable=False, comment="差多少"),
    Column("since", Text, nullable=False, comment="自哪个检查点起"),
    Column("evidence", Text, nullable=False, comment="依据和追溯号"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    UniqueConstraint("department_id", "checkpoint_id", "rule", "subject_key", "level"),
    comment="预警，同一事项同一检查点同一级别只有一行",
)

alert_delivery = Table(
    "alert_delivery",
    metadata,
    row_id(),
    reference("alert_id", "alert.id", "预警"),
    Column("channel", Text, nullable=False, comment="渠道"),
    Column("delivered_at", DateTime(timezone=True), nullable=False, comment="送达时间（UTC）"),
    UniqueConstraint("alert_id", "channel"),
    comment="预警的送达记录，保证不重复发送",
)
