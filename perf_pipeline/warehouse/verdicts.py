"""The table of verdicts that were said at the command line; those of workbooks are a register.

`schema` imports it, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text

from perf_pipeline.warehouse.tables import metadata, reference, row_id

audit_verdict_said = Table(
    "audit_verdict_said",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
    Column("finding", Text, nullable=False, comment="线索编号"),
    Column(
        "verdict", Text, nullable=False, comment="confirmed 属实；explained 已解释；mistaken 误报"
    ),
    Column("words", Text, nullable=False, comment="核查情况"),
    Column("person", Text, nullable=False, comment="核查人"),
    Column("rows_seen", Integer, nullable=False, comment="核查时线索有几行证据"),
    Column("said_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    Index("ix_audit_verdict_said_finding", "department_id", "fiscal_year", "finding"),
    comment="命令行作出的线索核查结论，只增不改；每条线索最新一行为准",
)
