"""Tables of recomputations (复算): how many figures were drawn, and what came of each.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text

from perf_pipeline.warehouse.tables import metadata, reference, row_id

recomputation = Table(
    "recomputation",
    metadata,
    row_id(),
    Column("happened_at", DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
    Column("seed", Text, nullable=False, comment="抽取用的种子：同一种子抽到同样的数"),
    Column("drawn", Integer, nullable=False, comment="抽取的数"),
    Column("equal", Integer, nullable=False, comment="复算一致"),
    Column("different", Integer, nullable=False, comment="复算不一致"),
    Column("left", Integer, nullable=False, comment="未能复算"),
    comment="复算：由原始文件另算一遍抽到的数，每次一行",
)

recomputed_figure = Table(
    "recomputed_figure",
    metadata,
    row_id(),
    reference("recomputation_id", "recomputation.id", "哪次复算"),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("figure", Text, nullable=False, comment="追溯号"),
    Column("subject", Text, nullable=False, comment="什么数，供人阅读"),
    Column("outcome", Text, nullable=False, comment="equal 一致；different 不一致；left 未复算"),
    Column("said", Text, nullable=False, comment="库中和复算的数，或为什么未复算"),
    Index("ix_recomputed_figure_recomputation_id", "recomputation_id"),
    comment="复算抽到的每个数，以及结果",
)
