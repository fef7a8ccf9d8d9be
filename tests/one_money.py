"""One project's money: what is known of it as given, and nothing of all else."""

from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.rows import rows_as

NOTHING = dict.fromkeys(ProjectMoney._fields[: -len(ProjectMoney._field_defaults)])


def money(**given: object) -> ProjectMoney:
    """Make a project's row as its select gives it."""
    [row] = rows_as(ProjectMoney, [{**NOTHING, "department_id": 1, **given}])
    return row
