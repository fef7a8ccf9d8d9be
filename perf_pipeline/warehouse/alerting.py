"""Tables of alerts: what was missed, what became of it, who was told.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Text, UniqueConstraint

from perf_pipeline.warehouse.tables import CHANGES, moment, numbered, reference, words

alert = numbered(
    "alert",
    "预警，同一事项同一检查点同一级别只有一行",
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "首次发现于哪一版评价；文件类为空", nullable=True),
    reference("item_id", "item.id", "所属事项；空为升级前的预警", nullable=True, changes=True),
    words("rule", "规则代码，见预警配置"),
    words("subject_key", "项目名称、指标主键或文件路径"),
    words("level", "灯色、状态或文件问题"),
    words("subject", "什么事项"),
    words("place", "哪个部门、项目"),
    words("gap", "差多少"),
    words("since", "自哪个检查点起"),
    words("evidence", "依据和追溯号"),
    moment("created_at", "写入时间（UTC）"),
    UniqueConstraint("department_id", "checkpoint_id", "rule", "subject_key", "level"),
    Index("ix_alert_item_id", "item_id", "rule", "subject_key"),  # what was said of a matter before
)

alert_event = numbered(
    "alert_event",
    "预警的状态变化，最后一行为现状",
    reference("alert_id", "alert.id", "预警"),
    words("state", "new repeated acknowledged escalated resolved continued"),
    moment("happened_at", "时间（UTC）"),
    Column("person", Text, comment="谁；系统自己为空"),
    Column("reason", Text, comment="理由"),
    Index("ix_alert_event_alert_id", "alert_id"),
)

alert_message = numbered(
    "alert_message",
    "发给接收人的预警汇总，每人每天一份",
    words("recipient", "接收人，见预警配置"),
    words("channel", "渠道，见预警配置"),
    Column("day", Date, nullable=False, comment="哪一天的汇总"),
    Column("part", Integer, nullable=False, comment="第几部分；一条装不下时分开"),
    Column("message_key", Text, nullable=False, unique=True, comment="消息号，重试时不变"),
    words("title", "标题"),
    words("body", "正文"),
    words("state", "waiting sending sent refused unclear", info=CHANGES),
    Column("attempts", Integer, nullable=False, comment="试过几次", info=CHANGES),
    moment("not_before", "此前不试（UTC）", info=CHANGES),
    moment("changed_at", "状态变化时间（UTC）", info=CHANGES),
    Column("error", Text, comment="最近一次没有送成的原因", info=CHANGES),
    Column("left_to", Text, comment="还没有收到的地址，每行一个；空为全部", info=CHANGES),
    UniqueConstraint("recipient", "day", "part"),
)

alert_told = numbered(
    "alert_told",
    "哪次状态变化已告诉谁，同一状态不告诉第二次",
    reference("event_id", "alert_event.id", "预警的哪次状态变化"),
    words("recipient", "接收人"),
    reference("message_id", "alert_message.id", "写在哪条消息里"),
    UniqueConstraint("event_id", "recipient"),
)

# last, so that no register can take the name of a table above
