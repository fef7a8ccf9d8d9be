"""What 0.2.0 adds to the schema of 0.1.0.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("alert_message") as message:
        message.add_column(
            sa.Column("left_to", sa.Text(), comment="还没有收到的地址，每行一个；空为全部")
        )
    with op.batch_alter_table("measure_value") as measured:
        for name, kind in (("numerator", "分子"), ("denominator", "分母")):
            more = "；计数类为 1" if kind == "分母" else ""
            measured.alter_column(
                name,
                existing_type=sa.BigInteger(),
                nullable=True,
                comment=f"检查点所评价的{kind}{more}；空为本期没有数据",
            )
            year = sa.Column(
                f"year_{name}", sa.BigInteger(), comment=f"按年度口径，年初以来的{kind}{more}"
            )
            measured.add_column(year)
