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
