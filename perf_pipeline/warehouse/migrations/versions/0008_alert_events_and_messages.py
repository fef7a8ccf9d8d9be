"""Alert events and messages.

Revision ID: 0008
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0001"

row_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # SQLite rebuilds `alert` to change it, which must come before anything refers to its rows
    op.drop_table("alert_delivery")
    with op.batch_alter_table("alert") as batch_op:
        batch_op.alter_column(
            "snapshot_id",
            existing_type=row_number,
            nullable=True,
            comment="首次发现于哪一版评价；文件类为空",
        )
        for name, comment in (
            ("rule", "规则代码，见预警配置"),
            ("subject_key", "项目名称、指标主键或文件路径"),
            ("level", "灯色、状态或文件问题"),
        ):
            batch_op.alter_column(name, existing_type=sa.Text(), comment=comment)
    op.create_table(
        "alert_event",
        sa.Column("id", row_number, nullable=False, comment="行号"),
        sa.Column("alert_id", row_number, nullable=False, comment="预警"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="new repeated acknowledged escalated resolved continued",
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
        sa.Column("person", sa.Text(), nullable=True, comment="谁；系统自己为空"),
        sa.Column("reason", sa.Text(), nullable=True, comment="理由"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
        comment="预警的状态变化，最后一行为现状",
    )
    op.create_index("ix_alert_event_alert_id", "alert_event", ["alert_id"], unique=False)
    op.execute(
        "INSERT INTO alert_event (alert_id, state, happened_at) SELECT id, 'new', created_at FROM alert"
    )
    op.create_table(
        "alert_message",
        sa.Column("id", row_number, nullable=False, comment="行号"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="接收人，见预警配置"),
        sa.Column("channel", sa.Text(), nullable=False, comment="渠道，见预警配置"),
        sa.Column("day", sa.Date(), nullable=False, comment="哪一天的汇总"),
        sa.Column("part", sa.Integer(), nullable=False, comment="第几部分；一条装不下时分开"),
        sa.Column("message_key", sa.Text(), nullable=False, comment="消息号，重试时不变"),
        sa.Column("title", sa.Text(), nullable=False, comment="标题"),
        sa.Column("body", sa.Text(), nullable=False, comment="正文"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting sending sent refused unclear"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="试过几次"),
        sa.Column(
            "not_before", sa.DateTime(timezone=True), nullable=False, comment="此前不试（UTC）"
        ),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, comment="状态变化时间（UTC）"
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="最近一次没有送成的原因"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_alert_message_message_key")),
        sa.UniqueConstraint(
            "recipient", "day", "part", name=op.f("uq_alert_message_recipient_day_part")
        ),
        comment="发给接收人的预警汇总，每人每天一份",
    )
    op.create_table(
        "alert_told",
        sa.Column("id", row_number, nullable=False, comment="行号"),
        sa.Column("event_id", row_number, nullable=False, comment="预警的哪次状态变化"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="接收人"),
        sa.Column("message_id", row_number, nullable=False, comment="写在哪条消息里"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["alert_event.id"], name=op.f("fk_alert_told_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["alert_message.id"], name=op.f("fk_alert_told_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_told")),
        sa.UniqueConstraint("event_id", "recipient", name=op.f("uq_alert_told_event_id_recipient")),
        comment="哪次状态变化已告诉谁，同一状态不告诉第二次",
    )
