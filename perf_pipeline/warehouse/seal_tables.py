"""Tables of acts (操作) and of their seals (封存): who did what, and the hashes of what it wrote.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Text

from perf_pipeline.warehouse.tables import (
    BY_OWNER,
    CHAIN,
    Id,
    moment,
    numbered,
    reference,
    words,
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
