"""Failed intakes (读入失败): what went wrong was ours, and the next run tries again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, select

from perf_pipeline.warehouse.same import overtaken
from perf_pipeline.warehouse.schema import source_file

FAILED = "failed"


def still_failed() -> ColumnElement[bool]:
    """Hold for a file's newest version where its intake failed."""
    return and_(source_file.c.outcome == FAILED, ~overtaken(source_file, "path", by="version"))


def failed_departments(connection: Connection, fiscal_year: int) -> frozenset[int]:
    """Return the departments with a file of the year whose intake failed when last tried.

    What is judged of them is not renewed: it would be told of files that lie in the inbox.
    """
    failed = select(source_file.c.department_id).where(
        source_file.c.fiscal_year == fiscal_year, still_failed()
    )
    return frozenset(connection.execute(failed).scalars())
