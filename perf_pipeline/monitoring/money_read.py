"""The money of projects as it is judged, read of many departments at once.

A ledger of millions of payments is read from end to end whether it is asked about three hundred
departments or three thousand: so it is read before they are judged in parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import projects_to_judge
from perf_pipeline.monitoring.rows import rows_as
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.warehouse.dimensions import checkpoint_id

# paid in fen, by department, project and source
BySource = Mapping[tuple[int, str | None, str], int]


@dataclass(frozen=True)
class Money:
    """Projects with what was planned and paid, and what was paid by funding source."""

    seen: Checkpoint
    projects: list[ProjectMoney]
    by_source: BySource

    @classmethod
    def read(cls, connection: Connection, seen: Checkpoint) -> Money:
        """Read the money of the departments that a checkpoint is looked at for."""
        query = projects_to_judge(seen.of_some, checkpoint_id(connection, seen))
        found = connection.execute(query, seen.whose)
        projects = rows_as(ProjectMoney, found.keys(), found.all())
        paid = connection.execute(paid_by_source(seen.of_some), seen.whose)
        by_source = {
            (row.department_id, row.project_name, row.source): row.paid_fen for row in paid
        }
        return cls(seen, projects, by_source)

    def of(self, connection: Connection, seen: Checkpoint) -> Money:
        """Return the money of some of the departments, read where it was not yet."""
        whose, held = seen.departments or frozenset(), self.seen.departments or frozenset()
        if seen.of_departments(held) != self.seen.of_departments(held) or not whose <= held:
            return Money.read(connection, seen)
        projects = [each for each in self.projects if each.department_id in whose]
        return replace(self, seen=seen, projects=projects)
