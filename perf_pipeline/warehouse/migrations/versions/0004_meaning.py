"""What 0.2.0 changes of the schema of 0.1.0, beside what tables of registers and results add.

Checkpoints are named by their month from here on: 2024Q3 becomes 2024-10, wherever a row says so.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMED_BY = (("adjustment", "quarter"), ("alert", "subject_key"))  # beside the checkpoint itself


def upgrade() -> None:
    with op.batch_alter_table("alert_message") as message:
        message.add_column(
            sa.Column("left_to", sa.Text(), comment="还没有收到的地址，每行一个；空为全部")
        )
    with op.batch_alter_table("measure_value") as measured:
        for name in ("numerator", "denominator"):
            measured.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
    with op.batch_alter_table("self_evaluation_result") as scored:
        scored.alter_column("project_name", existing_type=sa.Text(), nullable=True)
    _outlooks()
    _checkpoints()
    _files()
    _areas()
    _ways_to_files()
    _verdicts()
    _items()
    _acts_and_seals()
    _recomputations()
    _erasures()
    _judged_until()


def _outlooks() -> None:
    with op.batch_alter_table("outlook") as outlook:
        outlook.add_column(
            sa.Column(
                "similar_cases",
                sa.Text(),
                comment="相似情况，JSON：数值的含义（budget 当时预算的万分之一，"
                "usual 通常全年数的万分之一，count 个数，rate 万分之一），"
                "各情况的来源（空为本身往年）、年度、同一时点和年底的数",
            )
        )


def _checkpoints() -> None:
    with op.batch_alter_table("checkpoint") as checkpoint:
        checkpoint.drop_constraint("uq_checkpoint_fiscal_year_ordinal", type_="unique")
        checkpoint.alter_column(
            "ordinal",
            existing_type=sa.Integer(),
            nullable=True,
            comment="年内序号；空为现行日历已没有的检查点，评价留作历史",
        )
        checkpoint.alter_column(
            "name", existing_type=sa.Text(), comment="名称，年份和月份，如 2024-10"
        )
    connection = op.get_bind()
    rows = sa.table(
        "checkpoint",
        *map(sa.column, ("id", "fiscal_year", "name")),
        sa.column("ends_on", sa.Date()),
    )
    for row in connection.execute(sa.select(rows)).all():
        name = f"{row.fiscal_year}-{row.ends_on.month:02d}"
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(name=name))
        for table, column in NAMED_BY:
            of = sa.table(table, sa.column(column))
            named = sa.update(of).where(of.c[column] == row.name)
            connection.execute(named.values({column: name}))


def _files() -> None:
    with op.batch_alter_table("source_file") as file:
        file.add_column(sa.Column("unit", sa.Text(), comment="金额按什么单位读取；没有金额的为空"))
        file.add_column(sa.Column("ignored_columns", sa.Text(), comment="没有用到的列，每行一个"))
        file.add_column(sa.Column("notices", sa.Text(), comment="读取时要告诉交表人的话，每行一条"))
        file.alter_column(
            "outcome",
            existing_type=sa.Text(),
            comment="loaded 已入库；refused 整个文件无法读取；failed 程序读入失败；withdrawn 已撤下",
        )
    op.create_table(
        "departure",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("source_file_id", ID, nullable=False, comment="离开收件文件夹的文件，其现行版本"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="gone 不在了，待确认；kept 确认仍算；withdrawn 撤下；renamed 改名；back 又回来",
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="何时（UTC）"),
        sa.Column("person", sa.Text(), comment="谁确认的；系统看到的为空"),
        sa.Column("reason", sa.Text(), comment="理由，或原来的路径"),
        sa.ForeignKeyConstraint(
            ["source_file_id"], ["source_file.id"], name=op.f("fk_departure_source_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
        comment="离开收件文件夹的文件，每个变化一行，最新一行为准",
    )
    op.create_index("ix_departure_source_file_id", "departure", ["source_file_id"])


def _areas() -> None:
    # fmt: off
    op.create_table(
        "target_area",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("department_id", ID, nullable=False, comment="部门"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, comment="财政年度"),
        sa.Column("source_file_id", ID, nullable=False, comment="来源文件"),
        sa.Column("sheet", sa.Text(), comment="工作表或表格"),
        sa.Column("row_number", sa.Integer(), comment="行号"),
        sa.Column("row_key", sa.Text(), nullable=False, comment="业务主键"),
        sa.Column("closed_by_id", ID, comment="被哪个后来的文件取代；空为现行"),
        sa.Column("restored_by_id", ID, comment="因某文件撤下而恢复；空为没有"),
        sa.Column("indicator_key", sa.Text(), nullable=False, comment="指标的 row_key"),
        sa.Column("area", sa.Text(), nullable=False, comment="区域或期间的名称，如 东街镇、中期"),
        sa.Column("raw_value", sa.Text(), nullable=False, comment="指标值原文"),
        sa.Column("kind", sa.Text(), nullable=False, comment="number range yes_no direction date grade text"),
        sa.Column("operator", sa.Text(), comment=">= <= = > < between"),
        sa.Column("value_text", sa.Text(), comment="目标值，规范写法"),
        sa.Column("value_micro", sa.BigInteger(), comment="数值目标的百万分之一"),
        sa.Column("upper_micro", sa.BigInteger(), comment="区间上限的百万分之一"),
        sa.Column("unit", sa.Text(), comment="单位"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["source_file.id"], name=op.f("fk_target_area_closed_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_target_area_department_id")),
        sa.ForeignKeyConstraint(["restored_by_id"], ["source_file.id"], name=op.f("fk_target_area_restored_by_id")),
        sa.ForeignKeyConstraint(["source_file_id"], ["source_file.id"], name=op.f("fk_target_area_source_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_area")),
        comment="指标按区域或期间分列的目标值；每行一个区域",
    )
    op.create_index("ix_target_area_source_file_id", "target_area", ["source_file_id"])
    op.create_index(
        "uq_target_area_current_key",
        "target_area",
        ["department_id", "fiscal_year", "row_key"],
        unique=True,
        sqlite_where=sa.text("closed_by_id IS NULL"),
        postgresql_where=sa.text("closed_by_id IS NULL"),
    )
    # fmt: on


def _ways_to_files() -> None:
    """Index what each file of an inbox is looked up by."""
    op.create_index("ix_source_file_path", "source_file", ["path"])
    op.create_index("ix_quarantined_row_source_file_id", "quarantined_row", ["source_file_id"])


def _verdicts() -> None:
    # fmt: off
    op.create_table(
        "audit_verdict_said",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("department_id", ID, nullable=False, comment="部门"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, comment="财政年度"),
        sa.Column("finding", sa.Text(), nullable=False, comment="线索编号"),
        sa.Column("verdict", sa.Text(), nullable=False, comment="confirmed 属实；explained 已解释；mistaken 误报"),
        sa.Column("words", sa.Text(), nullable=False, comment="核查情况"),
        sa.Column("person", sa.Text(), nullable=False, comment="核查人"),
        sa.Column("rows_seen", sa.Integer(), nullable=False, comment="核查时线索有几行证据"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_audit_verdict_said_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verdict_said")),
        comment="命令行作出的线索核查结论，只增不改；每条线索最新一行为准",
    )
    op.create_index("ix_audit_verdict_said_finding", "audit_verdict_said", ["department_id", "fiscal_year", "finding"])
    # fmt: on


def _items() -> None:
    # fmt: off
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("department_id", ID, nullable=False, comment="部门"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, comment="财政年度"),
        sa.Column("kind", sa.Text(), nullable=False, comment="project 项目；indicator 指标；register 台账或文件；pattern 审计线索"),
        sa.Column("subject_key", sa.Text(), nullable=False, comment="项目名称、指标主键、台账名或审计规则"),
        sa.Column("subject", sa.Text(), nullable=False, comment="什么事项，供人阅读"),
        sa.Column("place", sa.Text(), nullable=False, comment="哪个部门、项目或分项工作"),
        sa.Column("first_seen", sa.Text(), nullable=False, comment="首次出现于哪个检查点，如 3月底"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="首次出现的时间（UTC）"),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_item_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("department_id", "fiscal_year", "kind", "subject_key", name=op.f("uq_item_department_id_fiscal_year_kind_subject_key")),
        comment="整改事项：一个部门一年中同一原因只有一行；行号即事项编号",
    )
    op.create_table(
        "item_event",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("item_id", ID, nullable=False, comment="事项"),
        sa.Column("state", sa.Text(), nullable=False, comment="watched opened chosen measures promised checked closed passed overdue escalated consequence"),
        sa.Column("due_on", sa.Date(), comment="下一步的期限；空为没有"),
        sa.Column("words", sa.Text(), nullable=False, comment="现状的说明"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_event_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_event")),
        comment="事项的状态变化，由事实推出；最后一行为现状",
    )
    op.create_index("ix_item_event_item_id", "item_event", ["item_id"])
    op.create_table(
        "item_told",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("item_event_id", ID, nullable=False, comment="事项的哪次状态变化"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="接收人"),
        sa.Column("message_id", ID, nullable=False, comment="写在哪条消息里"),
        sa.ForeignKeyConstraint(["item_event_id"], ["item_event.id"], name=op.f("fk_item_told_item_event_id")),
        sa.ForeignKeyConstraint(["message_id"], ["alert_message.id"], name=op.f("fk_item_told_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_told")),
        sa.UniqueConstraint("item_event_id", "recipient", name=op.f("uq_item_told_item_event_id_recipient")),
        comment="事项的哪次状态变化已告诉谁，同一状态不告诉第二次",
    )
    with op.batch_alter_table("alert") as alert:
        alert.add_column(sa.Column("item_id", ID, comment="所属事项；空为升级前的预警"))
        alert.create_foreign_key(op.f("fk_alert_item_id"), "item", ["item_id"], ["id"])
        alert.create_index("ix_alert_item_id", ["item_id", "rule", "subject_key"])
    # fmt: on


def _acts_and_seals() -> None:
    # fmt: off
    op.create_table(
        "act",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("what", sa.Text(), nullable=False, comment="做了什么，见 docs/trust.md"),
        sa.Column("subject", sa.Text(), comment="对什么做的；写入数据的为空，见封存"),
        sa.Column("person", sa.Text(), nullable=False, comment="谁做的"),
        sa.Column("run", sa.Text(), nullable=False, comment="哪一次运行：Dagster 的运行号，或进程的编号"),
        sa.Column("code", sa.Text(), nullable=False, comment="程序和声明的摘要"),
        sa.Column("rules", sa.Text(), comment="设置中各项界限和规则的摘要；空为没有读设置"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
        sa.Column("previous", sa.Text(), nullable=False, comment="上一条的摘要；第一条为空文本"),
        sa.Column("digest", sa.Text(), nullable=False, comment="本条及其全部封存的摘要"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        comment="操作记录，只增不改，每条带着上一条的摘要",
    )
    op.create_table(
        "seal",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("act_id", ID, nullable=False, comment="哪次操作写入的"),
        sa.Column("table_name", sa.Text(), nullable=False, comment="哪张表的行"),
        sa.Column("kind", sa.Text(), nullable=False, comment="rows 写入的行；closings 关闭的行"),
        sa.Column("columns", sa.Text(), nullable=False, comment="封存了哪些列，逗号分隔，按此顺序"),
        sa.Column("department_id", ID, comment="部门的行号；表中没有部门的为空"),
        sa.Column("about_id", ID, comment="所属版本或来源文件的行号；都没有的为空"),
        sa.Column("first_id", ID, nullable=False, comment="第一行的行号；其后各行号相连"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="行数"),
        sa.Column("marks", sa.Text(), nullable=False, comment="每行摘要的前八位；关闭的行为行号和关闭它的文件"),
        sa.Column("content", sa.Text(), nullable=False, comment="各行摘要合起来的 SHA-256"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_seal_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        comment="封存：一次操作写入一张表的行，合成一个摘要",
    )
    op.create_index("ix_seal_act_id", "seal", ["act_id"])
    op.create_index("ix_seal_table_name_first_id", "seal", ["table_name", "first_id"])
    closed = sa.text("closed_by_id IS NOT NULL")
    for table in (
        *("also_in_file", "indicator", "project", "quarantined_row"),
        *("spending_plan", "target", "target_area"),
    ):
        op.create_index(
            f"ix_{table}_closed_by_id", table, ["closed_by_id"], sqlite_where=closed, postgresql_where=closed
        )
    # fmt: on


def _recomputations() -> None:
    # fmt: off
    op.create_table(
        "recomputation",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
        sa.Column("seed", sa.Text(), nullable=False, comment="抽取用的种子：同一种子抽到同样的数"),
        sa.Column("drawn", sa.Integer(), nullable=False, comment="抽取的数"),
        sa.Column("equal", sa.Integer(), nullable=False, comment="复算一致"),
        sa.Column("different", sa.Integer(), nullable=False, comment="复算不一致"),
        sa.Column("left", sa.Integer(), nullable=False, comment="未能复算"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputation")),
        comment="复算：由原始文件另算一遍抽到的数，每次一行",
    )
    op.create_table(
        "recomputed_figure",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("recomputation_id", ID, nullable=False, comment="哪次复算"),
        sa.Column("department_id", ID, nullable=False, comment="部门"),
        sa.Column("checkpoint_id", ID, nullable=False, comment="检查点"),
        sa.Column("figure", sa.Text(), nullable=False, comment="追溯号"),
        sa.Column("subject", sa.Text(), nullable=False, comment="什么数，供人阅读"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="equal 一致；different 不一致；left 未复算"),
        sa.Column("said", sa.Text(), nullable=False, comment="库中和复算的数，或为什么未复算"),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_recomputed_figure_checkpoint_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_recomputed_figure_department_id")),
        sa.ForeignKeyConstraint(["recomputation_id"], ["recomputation.id"], name=op.f("fk_recomputed_figure_recomputation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputed_figure")),
        comment="复算抽到的每个数，以及结果",
    )
    op.create_index("ix_recomputed_figure_recomputation_id", "recomputed_figure", ["recomputation_id"])
    # fmt: on


def _erasures() -> None:
    # fmt: off
    with op.batch_alter_table("quarantined_row") as row:
        row.add_column(sa.Column("salt", sa.Text(), comment="随机数，与内容一同删除：由摘要猜不出内容"))
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("table_name", sa.Text(), nullable=False, comment="哪张表的行"),
        sa.Column("row_id", ID, nullable=False, comment="行在该表中的行号"),
        sa.Column("digest", sa.Text(), nullable=False, comment="删除以前整行的摘要，即封存时的摘要"),
        sa.Column("left_digest", sa.Text(), nullable=False, comment="删除以后整行的摘要"),
        sa.Column("still_said", sa.Text(), comment="其中没有删除的年度仍写到的姓名，逐行"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        comment="个人信息已删除的行：凭原来的摘要仍可核验",
    )
    op.create_index("ix_erasure_row", "erasure", ["table_name", "row_id"])
    # fmt: on


def _judged_until() -> None:
    # fmt: off
    op.create_table(
        "judged_until",
        sa.Column("id", ID, nullable=False, comment="行号"),
        sa.Column("kind", sa.Text(), nullable=False, comment="哪种评价，同 snapshot.kind"),
        sa.Column("checkpoint_id", ID, nullable=False, comment="检查点"),
        sa.Column("rests_on", sa.Text(), nullable=False, comment="程序、声明和界限的摘要；空为下次全部重做"),
        sa.Column("files", ID, nullable=False, comment="当时最新的来源文件"),
        sa.Column("departures", ID, nullable=False, comment="当时最新的文件去向"),
        sa.Column("locks", ID, nullable=False, comment="当时最新的关账记录"),
        sa.Column("snapshots", ID, nullable=False, comment="当时最新的版本"),
        sa.Column("alerts", ID, nullable=False, comment="当时最新的预警变化"),
        sa.Column("verdicts", ID, nullable=False, comment="当时最新的核查结论"),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_judged_until_checkpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judged_until")),
        comment="评价看到哪里：其后有变化的部门才重新评价，最新一行为准",
    )
    op.create_index("ix_judged_until_checkpoint_id", "judged_until", ["checkpoint_id", "kind"])
    # fmt: on
