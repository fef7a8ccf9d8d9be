"""Tables of items (整改事项): one row a cause, what became of it, and who was told.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, UniqueConstraint

from perf_pipeline.warehouse.tables import moment, numbered, reference, words

item = numbered(
    "item",
    "整改事项：一个部门一年中同一原因只有一行；行号即事项编号",
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    words("kind", "project 项目；indicator 指标；register 台账或文件；pattern 审计线索"),
    words("subject_key", "项目名称、指标主键、台账名或审计规则"),
    words("subject", "什么事项，供人阅读"),
    words("place", "哪个部门、项目或分项工作"),
    words("first_seen", "首次出现于哪个检查点，如 3月底"),
    moment("opened_at", "首次出现的时间（UTC）"),
    UniqueConstraint("department_id", "fiscal_year", "kind", "subject_key"),
)

item_event = numbered(
    "item_event",
    "事项的状态变化，由事实推出；最后一行为现状",
    reference("item_id", "item.id", "事项"),
    words(
        "state",
        "watched opened chosen measures promised checked closed passed"
        " overdue escalated consequence",
    ),
    Column("due_on", Date, comment="下一步的期限；空为没有"),
    words("words", "现状的说明"),
    moment("happened_at", "时间（UTC）"),
    Index("ix_item_event_item_id", "item_id"),
)

item_told = numbered(
    "item_told",
    "事项的哪次状态变化已告诉谁，同一状态不告诉第二次",
    reference("item_event_id", "item_event.id", "事项的哪次状态变化"),
    words("recipient", "接收人"),
    reference("message_id", "alert_message.id", "写在哪条消息里"),
    UniqueConstraint("item_event_id", "recipient"),
)

# last, so that no register can take the name of a table above
