"""Tables of items (整改事项): one row a cause, what became of it, and who was told.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, UniqueConstraint

from perf_pipeline.warehouse.tables import metadata, reference, row_id

item = Table(
    "item",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="project 项目；indicator 指标；register 台账或文件；pattern 审计线索",
    ),
    Column("subject_key", Text, nullable=False, comment="项目名称、指标主键、台账名或审计规则"),
    Column("subject", Text, nullable=False, comment="什么事项，供人阅读"),
    Column("place", Text, nullable=False, comment="哪个部门、项目或分项工作"),
    Column("first_seen", Text, nullable=False, comment="首次出现于哪个检查点，如 3月底"),
    Column("opened_at", DateTime(timezone=True), nullable=False, comment="首次出现的时间（UTC）"),
    UniqueConstraint("department_id", "fiscal_year", "kind", "subject_key"),
    comment="整改事项：一个部门一年中同一原因只有一行；行号即事项编号",
)

item_event = Table(
    "item_event",
    metadata,
    row_id(),
    reference("item_id", "item.id", "事项"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="watched opened chosen measures promised checked closed passed"
        " overdue escalated consequence",
    ),
    Column("due_on", Date, comment="下一步的期限；空为没有"),
    Column("words", Text, nullable=False, comment="现状的说明"),
    Column("happened_at", DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
    Index("ix_item_event_item_id", "item_id"),
    comment="事项的状态变化，由事实推出；最后一行为现状",
)

item_told = Table(
    "item_told",
    metadata,
    row_id(),
    reference("item_event_id", "item_event.id", "事项的哪次状态变化"),
    Column("recipient", Text, nullable=False, comment="接收人"),
    reference("message_id", "alert_message.id", "写在哪条消息里"),
    UniqueConstraint("item_event_id", "recipient"),
    comment="事项的哪次状态变化已告诉谁，同一状态不告诉第二次",
)

# last, so that no register can take the name of a table above
