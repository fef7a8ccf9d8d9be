"""Tables of recomputations (复算): how many figures were drawn, and what came of each.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from perf_pipeline.warehouse.tables import moment, numbered, reference, words

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
