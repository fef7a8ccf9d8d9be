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

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.schema import SchemaItem

from perf_pipeline.domain.personal import ERASED
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.derived import (
    adjustment,
    department_score,
    judged_until,
    outlook,
    project_score,
    quarter_lock,
    rollup_result,
    self_evaluation_result,
)
from perf_pipeline.warehouse.findings import audit_finding, case_limit, report, report_line
from perf_pipeline.warehouse.following_tables import (
    act,
    alert,
    alert_event,
    alert_message,
    alert_told,
    audit_verdict_said,
    erasure,
    item,
    item_event,
    item_told,
    recomputation,
    recomputed_figure,
    seal,
)
from perf_pipeline.warehouse.judgements import (
    indicator_result,
    measure_value,
    spending_line,
    spending_result,
)
from perf_pipeline.warehouse.rechecks import recheck_fault, recheck_form, recheck_line
from perf_pipeline.warehouse.result import DECLARED
from perf_pipeline.warehouse.tables import (
    CHANGES,
    PERSONAL,
    SEALED,
    SHARED,
    Id,
    closing,
    closing_index,
    metadata,
    moment,
    numbered,
    reference,
    register_table,
    sourced,
    words,
)

department = numbered(
    "department",
    "预算部门",
    Column("code", Text, nullable=False, unique=True, comment="部门代码，即收件文件夹名"),
    Column("name", Text, comment="部门名称，取自绩效目标文件", info=CHANGES),
    Column(
        "stood",
        Text,
        comment="打开各文件都无变化时，收件文件夹里的样子（摘要）；空为还要打开",
        info=CHANGES,
    ),
)

checkpoint = numbered(
    "checkpoint",
    "绩效监控检查点",
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    Column(
        "ordinal",
        Integer,
        comment="年内序号；空为现行日历已没有的检查点，评价留作历史",
        info=CHANGES,
    ),
    Column("name", Text, nullable=False, unique=True, comment="名称，年份和月份，如 2024-10"),
    words("label", "文件中的写法，如 10月底"),
    Column("ends_on", Date, nullable=False, comment="截至日期"),
    Column("period_starts_on", Date, comment="本期起始日期，即上一检查点的次日", info=CHANGES),
    info=SHARED,
)

source_file = numbered(
    "source_file",
    "收到的文件，每个内容一版",
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    words("kind", "target_document 或台账名"),
    words("path", "相对于收件文件夹的路径", info=CHANGES | SEALED),
    words("sha256", "文件内容的 SHA-256"),
    Column("size", BigInteger, nullable=False, comment="字节数"),
    words("read_with", "读取规则的摘要；规则变了就重读"),
    Column("version", Integer, nullable=False, comment="同一路径的第几版"),
    words(
        "outcome", "loaded 已入库；refused 整个文件无法读取；failed 程序读入失败；withdrawn 已撤下"
    ),
    Column("reason", Text, comment="拒收原因"),
    Column("notice", Text, comment="文件自带的说明，如“模拟数据”"),
    Column("unit", Text, comment="金额按什么单位读取；没有金额的为空"),
    Column("ignored_columns", Text, comment="没有用到的列，每行一个"),
    Column("lacking_columns", Text, comment="台账有而文件没有的列，每行一个"),
    Column(
        "so_far",
        Text,
        comment="表上的年初以来累计数（分），每行一个：项目、日期、数、收款单位的在哪一行",
    ),
    Column(
        "notices",
        Text,
        comment="读取时要告诉交表人的话，每行一条",
        info=CHANGES | SEALED,  # completed in the transaction that writes it
    ),
    Column(
        "earliest_on",
        Date,
        comment="各行所记的事最早发生在哪一天，此前的检查点与它无关；空为不分日期，或没有行",
    ),
    Column("rows_read", Integer, nullable=False, comment="读到的数据行数"),
    Column("rows_loaded", Integer, nullable=False, comment="入库行数"),
    Column("rows_quarantined", Integer, nullable=False, comment="隔离行数"),
    Column("rows_skipped", Integer, nullable=False, comment="跳过行数（空行、合计行）"),
    moment("loaded_at", "入库时间（UTC）"),
    UniqueConstraint("department_id", "fiscal_year", "path", "version"),
    CheckConstraint(
        "rows_read = rows_loaded + rows_quarantined + rows_skipped", name="nothing_lost"
    ),
    Index("ix_source_file_path", "path"),
)

departure = numbered(
    "departure",
    "离开收件文件夹的文件，每个变化一行，最新一行为准",
    reference("source_file_id", "source_file.id", "离开收件文件夹的文件，其现行版本"),
    words("state", "gone 不在了，待确认；kept 确认仍算；withdrawn 撤下；renamed 改名；back 又回来"),
    moment("happened_at", "何时（UTC）"),
    Column("person", Text, comment="谁确认的；系统看到的为空"),
    Column("reason", Text, comment="理由，或原来的路径"),
    Index("ix_departure_source_file_id", "source_file_id"),
)

# what a row said is overwritten once it has left quarantine
ERASED_IN_TIME = CHANGES | SEALED | PERSONAL
quarantined_row = numbered(
    "quarantined_row",
    "读不进去而隔离的行",
    reference("source_file_id", "source_file.id", "来源文件"),
    Column("sheet", Text, comment="工作表"),
    Column("row_number", Integer, comment="行号"),
    Column("column_label", Text, comment="列名"),
    Column("value", Text, comment="原值", info=ERASED_IN_TIME),
    words("reason", "隔离原因", info=ERASED_IN_TIME),
    Column("hint", Text, comment="怎么改", info=ERASED_IN_TIME),
    Column("row_text", Text, comment="整行原文（JSON）", info=ERASED_IN_TIME),
    Column("salt", Text, comment="随机数，与内容一同删除：由摘要猜不出内容", info=ERASED_IN_TIME),
    Column("mark", Text, comment="隔离号：由内容得出，改好的行凭它离开隔离"),
    closing("被哪个后来的文件取代"),
    closing_index("quarantined_row"),
    Index("ix_quarantined_row_mark", "mark"),
    Index("ix_quarantined_row_source_file_id", "source_file_id"),
)

also_in_file = numbered(
    "also_in_file",
    "同一行又见于别的文件：来源文件撤下它时，它仍然有据",
    words("table_name", "行所在的表"),
    Column("row_id", Id, nullable=False, comment="行在该表中的行号"),
    reference("source_file_id", "source_file.id", "还有哪个文件也有这一行"),
    Column("sheet", Text, comment="在该文件中的工作表"),
    Column("row_number", Integer, comment="在该文件中的行号"),
    closing("该文件的哪一版不再有这一行"),
    closing_index("also_in_file"),
    Index("ix_also_in_file_row", "table_name", "row_id"),
    Index("ix_also_in_file_source_file_id", "source_file_id"),
)

project = sourced(
    "project",
    "项目（绩效目标文件中的项目绩效目标表）",
    words("name", "项目名称"),
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
    words("name", "三级指标，或部门指标名称"),
    Column("description", Text, comment="绩效指标描述，或所在句子"),
    Column("basis", Text, comment="指标值确定依据"),
    Column("weight_text", Text, comment="分值，文件自定的权重原文；文件未填为空"),
    Column("ordinal", Integer, nullable=False, comment="文件中的顺序"),
)


def _aimed() -> Iterator[SchemaItem]:
    """Declare the columns of a target as it is written and as it is read."""
    yield words("raw_value", "指标值原文")
    yield words("kind", "number range yes_no direction date grade text")
    yield Column("operator", Text, comment=">= <= = > < between")
    yield Column("value_text", Text, comment="目标值，规范写法")
    yield Column("value_micro", BigInteger, comment="数值目标的百万分之一")
    yield Column("upper_micro", BigInteger, comment="区间上限的百万分之一")
    yield Column("unit", Text, comment="单位")


target = sourced(
    "target",
    "指标的目标值；row_key 与 indicator 相同",
    *_aimed(),
)

target_area = sourced(
    "target_area",
    "指标按区域或期间分列的目标值；每行一个区域",
    words("indicator_key", "指标的 row_key"),
    words("area", "区域或期间的名称，如 东街镇、中期"),
    *_aimed(),
)

spending_plan = sourced(
    "spending_plan",
    "资金支出计划（累计）",
    words("project_name", "项目名称"),
    words("label", "检查点写法，如 10月底"),
    Column("due_on", Date, nullable=False, comment="计划截至日期"),
    Column("share_bp", Integer, nullable=False, comment="累计支出比例，万分之一"),
)

snapshot = numbered(
    "snapshot",
    "度量、评价和报告的版本",
    words("kind", "measures、monitoring 或 report"),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("version", Integer, nullable=False, comment="第几版"),
    words("content_hash", "内容摘要"),
    moment("created_at", "写入时间（UTC）"),
    UniqueConstraint("kind", "department_id", "checkpoint_id", "version"),
)

register_tables: dict[str, Table] = {
    declared.name: register_table(declared) for declared in load_registers()
}

_payment = register_tables["payment"].c
# written out, as the index has it: for one that is bound no database takes an index of some rows
PAYEE_ERASED = _payment.payee == literal_column(f"'{ERASED}'")
Index(
    "ix_payment_payee_erased",
    _payment.fiscal_year,
    _payment.department_id,
    sqlite_where=PAYEE_ERASED,
    postgresql_where=PAYEE_ERASED,
)

INDICATOR_OF = ("project_name", "section", "indicator_name")  # what tells of an indicator
SPENDING = "预算执行"  # what a reason is about that is given for spending
