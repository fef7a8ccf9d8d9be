"""Roles of the database (角色): who may do what to the warehouse."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a role of the database is for."""

    LOADER = "loader"  # the daily work: reads, adds, changes what the product itself changes
    ANALYST = "analyst"  # reads what was handed in and judged, of all departments
    AUDITOR = "auditor"  # reads everything, the log of acts too
    READER = "reader"  # reads what is of its departments

    @property
    def label(self) -> str:
        """Say what such a role may do."""
        return _LABELS[self]


_LABELS = {
    Role.LOADER: "可以读、可以增，改不了也删不了既往的行",
    Role.ANALYST: "可以看全部部门的数据和评价，看不到操作记录",
    Role.AUDITOR: "可以看全部，包括操作记录",
    Role.READER: "只能看自己部门的",
}
