"""Roles of the database (角色): who may do what to the warehouse."""

from __future__ import annotations

from perf_pipeline.domain.words import Word


class Role(Word):
    """What a role of the database is for."""

    # the daily work: reads, adds, changes what the product itself changes
    LOADER = "loader", "可以读、可以增，改不了也删不了既往的行"
    # reads what was handed in and judged, of all departments
    ANALYST = "analyst", "可以看全部部门的数据和评价，看不到操作记录"
    AUDITOR = "auditor", "可以看全部，包括操作记录"  # reads everything, the log of acts too
    READER = "reader", "只能看自己部门的"  # reads what is of its departments
