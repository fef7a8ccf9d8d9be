"""The people whose names a department's registers hold, in whatever row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from perf_pipeline.domain.personal import ERASED, KnownPeople, Personal
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.schema import register_tables


def people_known(connection: Connection, departments: Collection[int]) -> Mapping[int, KnownPeople]:
    """Return the people named by declared columns of the departments' registers, of all years."""
    cells: dict[int, set[str]] = defaultdict(set)
    for name, table in sorted(register_tables.items()):
        for column in register(name).columns:
            if column.personal is Personal.NAME:
                said = table.c[column.name]
                query = select(table.c.department_id, said).distinct()
                filled = said.is_not(None) & (said != ERASED)
                for row in connection.execute(
                    query.where(table.c.department_id.in_(departments), filled)
                ):
                    cells[row.department_id].add(row[1])
    return defaultdict(KnownPeople, {of: KnownPeople(each) for of, each in cells.items()})
