"""Tables of what follows from judgements, and of who did what: `schema` gives them to all.

Alerts (预警), items (整改事项), verdicts on findings that were said at the command line (those of
workbooks are a register), recomputations (复算), acts (操作) and their seals (封存).
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Text, UniqueConstraint

from perf_pipeline.warehouse.tables import (
    BY_OWNER,
    CHAIN,
    CHANGES,
    Id,
    moment,
    numbered,
    reference,
    words,
)

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

audit_verdict_said = numbered(
    "audit_verdict_said",
    "命令行作出的线索核查结论，只增不改；每条线索最新一行为准",
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    words("finding", "线索编号"),
    words("verdict", "confirmed 属实；explained 已解释；mistaken 误报"),
    words("words", "核查情况"),
    words("person", "核查人"),
    Column("rows_seen", Integer, nullable=False, comment="核查时线索有几行证据"),
    moment("said_at", "写入时间（UTC）"),
    Index("ix_audit_verdict_said_finding", "department_id", "fiscal_year", "finding"),
)

recomputation = numbered(
    "recomputation",
    "复算：由原始文件另算一遍抽到的数，每次一行",
    moment("happened_at", "时间（UTC）"),
    words("seed", "抽取用的种子：同一种子抽到同样的数"),
    Column("drawn", Integer, nullable=False, comment="抽取的数"),
    Column("equal", Integer, nullable=False, comment="复算一致"),
    Column("different", Integer, nullable=False, comment="复算不一致"),
    Column("left", Integer, nullable=False, comment="未能复算"),
)

recomputed_figure = numbered(
    "recomputed_figure",
    "复算抽到的每个数，以及结果",
    reference("recomputation_id", "recomputation.id", "哪次复算"),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    words("figure", "追溯号"),
    words("subject", "什么数，供人阅读"),
    words("outcome", "equal 一致；different 不一致；left 未复算"),
    words("said", "库中和复算的数，或为什么未复算"),
    Index("ix_recomputed_figure_recomputation_id", "recomputation_id"),
)

act = numbered(
    "act",
    "操作记录，只增不改，每条带着上一条的摘要",
    words("what", "做了什么，见 docs/trust.md"),
    Column("subject", Text, comment="对什么做的；写入数据的为空，见封存"),
    words("person", "谁做的"),
    words("run", "哪一次运行：Dagster 的运行号，或进程的编号"),
    words("code", "程序和声明的摘要"),
    Column("rules", Text, comment="设置中各项界限和规则的摘要；空为没有读设置"),
    moment("happened_at", "时间（UTC）"),
    words("previous", "上一条的摘要；第一条为空文本"),
    words("digest", "本条及其全部封存的摘要"),
    info=CHAIN,
)

seal = numbered(
    "seal",
    "封存：一次操作写入一张表的行，合成一个摘要",
    reference("act_id", "act.id", "哪次操作写入的"),
    words("table_name", "哪张表的行"),
    words("kind", "rows 写入的行；closings 关闭的行"),
    words("columns", "封存了哪些列，逗号分隔，按此顺序"),
    Column("department_id", Id, comment="部门的行号；表中没有部门的为空"),
    Column("about_id", Id, comment="所属版本或来源文件的行号；都没有的为空"),
    Column("first_id", Id, nullable=False, comment="第一行的行号；其后各行号相连"),
    Column("rows", Integer, nullable=False, comment="行数"),
    words("marks", "每行摘要的前八位；关闭的行为行号和关闭它的文件"),
    words("content", "各行摘要合起来的 SHA-256"),
    Index("ix_seal_act_id", "act_id"),
    Index("ix_seal_table_name_first_id", "table_name", "first_id"),
    info=CHAIN,
)

erasure = numbered(
    "erasure",
    "个人信息已删除的行：凭原来的摘要仍可核验",
    words("table_name", "哪张表的行"),
    Column("row_id", Id, nullable=False, comment="行在该表中的行号"),
    words("digest", "删除以前整行的摘要，即封存时的摘要"),
    words("left_digest", "删除以后整行的摘要"),
    Column("still_said", Text, comment="其中没有删除的年度仍写到的姓名，逐行", info=BY_OWNER),
    Index("ix_erasure_row", "table_name", "row_id"),
)
