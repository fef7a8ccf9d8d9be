"""What 0.2.0 changes of the schema of 0.1.0, beside what tables of registers and results add.

Checkpoints are named by their month from here on: 2024Q3 becomes 2024-10, wherever a row says so.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from perf_pipeline.warehouse.migrations.stated import ID, create_tables

revision = "0004"
down_revision = "0003"

NAMED_BY = (("adjustment", "quarter"), ("alert", "subject_key"))  # beside the checkpoint itself


def upgrade() -> None:
    create_tables(__file__)
    with op.batch_alter_table("alert_message") as message:
        message.add_column(
            sa.Column("left_to", sa.Text(), comment="还没有收到的地址，每行一个；空为全部")
        )
    with op.batch_alter_table("measure_value") as measured:
        for name in ("numerator", "denominator"):
            measured.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
    with op.batch_alter_table("self_evaluation_result") as scored:
        scored.alter_column("project_name", existing_type=sa.Text(), nullable=True)
    with op.batch_alter_table("alert") as alert:
        alert.add_column(sa.Column("item_id", ID, comment="所属事项；空为升级前的预警"))
        alert.create_foreign_key(op.f("fk_alert_item_id"), "item", ["item_id"], ["id"])
        alert.create_index("ix_alert_item_id", ["item_id", "rule", "subject_key"])
    with op.batch_alter_table("department") as department:
        stood = "打开各文件都无变化时，收件文件夹里的样子（摘要）；空为还要打开"
        department.add_column(sa.Column("stood", sa.Text(), comment=stood))
    with op.batch_alter_table("quarantined_row") as row:
        salt = "随机数，与内容一同删除：由摘要猜不出内容"
        row.add_column(sa.Column("salt", sa.Text(), comment=salt))
    _outlooks()
    _checkpoints()
    _files()
    _indexes()


def _outlooks() -> None:
    with op.batch_alter_table("outlook") as outlook:
        outlook.add_column(
            sa.Column(
                "similar_cases",
                sa.Text(),
                comment="相似情况，JSON：数值的含义（budget 当时预算的万分之一，"
                "usual 通常全年数的万分之一，count 本身往年为个数、公开数据同usual，rate 万分之一），"
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
        lacking = "台账有而文件没有的列，每行一个"
        file.add_column(sa.Column("lacking_columns", sa.Text(), comment=lacking))
        so_far = "表上的年初以来累计数（分），每行一个：项目、日期、数、收款单位的在哪一行"
        file.add_column(sa.Column("so_far", sa.Text(), comment=so_far))
        earliest = "各行所记的事最早发生在哪一天，此前的检查点与它无关；空为不分日期，或没有行"
        file.add_column(sa.Column("earliest_on", sa.Date(), comment=earliest))
        file.add_column(sa.Column("notices", sa.Text(), comment="读取时要告诉交表人的话，每行一条"))
        file.alter_column(
            "outcome",
            existing_type=sa.Text(),
            comment="loaded 已入库；refused 整个文件无法读取；failed 程序读入失败；withdrawn 已撤下",
        )


def _indexes() -> None:
    """Index what each file of an inbox is looked up by, and the way to the rows that it closed."""
    op.create_index("ix_source_file_path", "source_file", ["path"])
    op.create_index("ix_quarantined_row_source_file_id", "quarantined_row", ["source_file_id"])
    closed = sa.text("closed_by_id IS NOT NULL")
    partial: Any = {"sqlite_where": closed, "postgresql_where": closed}
    for table in (
        *("also_in_file", "indicator", "project", "quarantined_row"),
        *("spending_plan", "target", "target_area"),
    ):
        op.create_index(f"ix_{table}_closed_by_id", table, ["closed_by_id"], **partial)
