"""The table of verdicts that were said at the command line; those of workbooks are a register.

`schema` imports it, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from perf_pipeline.warehouse.tables import moment, numbered, reference, words

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
