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
    _checkpoints()
    _files()


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
