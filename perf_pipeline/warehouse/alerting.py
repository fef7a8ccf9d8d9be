"""Tables of alerts: what was missed, what became of it, who was told.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, UniqueConstraint

from perf_pipeline.warehouse.tables import CHANGES, metadata, reference, row_id

alert = Table(
    "alert",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "首次发现于哪一版评价；文件类为空", nullable=True),
    reference("item_id", "item.id", "所属事项；空为升级前的预警", nullable=True, changes=True),
    Column("rule", Text, nullable=False, comment="规则代码，见预警配置"),
    Column("subject_key", Text, nullable=False, comment="项目名称、指标主键或文件路径"),
    Column("level", Text, nullable=False, comment="灯色、状态或文件问题"),
    Column("subject", Text, nullable=False, comment="什么事项"),
    Column("place", Text, nullable=False, comment="哪个部门、项目"),
    Column("gap", Text, nullable=False, comment="差多少"),
    Column("since", Text, nullable=False, comment="自哪个检查点起"),
    Column("evidence", Text, nullable=False, comment="依据和追溯号"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    UniqueConstraint("department_id", "checkpoint_id", "rule", "subject_key", "level"),
    Index("ix_alert_item_id", "item_id", "rule", "subject_key"),  # what was said of a matter before
    comment="预警，同一事项同一检查点同一级别只有一行",
)

alert_event = Table(
    "alert_event",
    metadata,
    row_id(),
    reference("alert_id", "alert.id", "预警"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="new repeated acknowledged escalated resolved continued",
    ),
    Column("happened_at", DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
    Column("person", Text, comment="谁；系统自己为空"),
    Column("reason", Text, comment="理由"),
    Index("ix_alert_event_alert_id", "alert_id"),
    comment="预警的状态变化，最后一行为现状",
)

alert_message = Table(
    "alert_message",
    metadata,
    row_id(),
    Column("recipient", Text, nullable=False, comment="接收人，见预警配置"),
    Column("channel", Text, nullable=False, comment="渠道，见预警配置"),
    Column("day", Date, nullable=False, comment="哪一天的汇总"),
    Column("part", Integer, nullable=False, comment="第几部分；一条装不下时分开"),
    Column("message_key", Text, nullable=False, unique=True, comment="消息号，重试时不变"),
    Column("title", Text, nullable=False, comment="标题"),
    Column("body", Text, nullable=False, comment="正文"),
    Column(
        "state", Text, nullable=False, comment="waiting sending sent refused unclear", info=CHANGES
    ),
    Column("attempts", Integer, nullable=False, comment="试过几次", info=CHANGES),
    Column(
        "not_before",
        DateTime(timezone=True),
        nullable=False,
        comment="此前不试（UTC）",
        info=CHANGES,
    ),
    Column(
        "changed_at",
        DateTime(timezone=True),
        nullable=False,
        comment="状态变化时间（UTC）",
        info=CHANGES,
    ),
    Column("error", Text, comment="最近一次没有送成的原因", info=CHANGES),
    Column("left_to", Text, comment="还没有收到的地址，每行一个；空为全部", info=CHANGES),
    UniqueConstraint("recipient", "day", "part"),
    comment="发给接收人的预警汇总，每人每天一份",
)

alert_told = Table(
    "alert_told",
    metadata,
    row_id(),
    reference("event_id", "alert_event.id", "预警的哪次状态变化"),
    Column("recipient", Text, nullable=False, comment="接收人"),
    reference("message_id", "alert_message.id", "写在哪条消息里"),
    UniqueConstraint("event_id", "recipient"),
    comment="哪次状态变化已告诉谁，同一状态不告诉第二次",
)

# last, so that no register can take the name of a table above
