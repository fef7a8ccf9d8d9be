"""One project's money: what is known of it as given, and nothing of all else."""

from typing import Any

from perf_pipeline.monitoring.project_money import ProjectMoney

NOTHING = dict.fromkeys(ProjectMoney._fields[: -len(ProjectMoney._field_defaults)])


def money(**given: Any) -> ProjectMoney:
    """Make a project's row as its select gives it."""
    return ProjectMoney(**{**NOTHING, "department_id": 1, **given})
