"""Scoring the common lines of the whole-department form, for all departments at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import ValidationError
from sqlalchemy import Connection, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import Overspending
from perf_pipeline.domain.whole_department import (
    LineDeclaration,
    ScoredLine,
    WholeDepartmentRules,
    score_line,
)
from perf_pipeline.monitoring.whole_department.figures import NAMES, read_figures
from perf_pipeline.registers.yaml_lines import read_yaml
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import notices_of_files
from perf_pipeline.warehouse.schema import department


class Lines(Declared):
    """What `lines.yaml` holds."""

    lines: tuple[LineDeclaration, ...]


@dataclass(frozen=True)
class WholeDepartment:
    """A department's common lines, with what they come to."""

    code: str
    name: str
    lines: tuple[ScoredLine, ...]
    notices: tuple[str, ...] = ()  # what its files say of themselves, as 模拟数据

    @property
    def score_centi(self) -> int:
        """Add up what is known; lines without data earn nothing."""
        return sum(line.score_centi or 0 for line in self.lines)

    @property
    def points_centi(self) -> int:
        """Add up the points of all lines."""
        return sum(line.points_centi for line in self.lines)

    @property
    def missing_centi(self) -> int:
        """Add up the points of the lines without data."""
        return sum(line.points_centi for line in self.lines if line.score_centi is None)


@cache
def declared_lines() -> tuple[LineDeclaration, ...]:
    """Return the declared lines; ConfigurationError, with file and line, where one is wrong."""
    file = read_yaml(files("perf_pipeline.monitoring.whole_department") / "lines.yaml", "指标声明")
    try:
        lines = Lines.model_validate(file.content).lines
    except ValidationError as error:
        raise file.refusal(error) from error
    for nth, line in enumerate(lines):
        if unknown := sorted(line.figures - NAMES):
            raise ConfigurationError(f"{file.place('lines', nth)}：没有数据“{'、'.join(unknown)}”")
    return lines


def whole_departments(
    connection: Connection,
    year_end: Checkpoint,
    rules: WholeDepartmentRules,
    overspent: Overspending = Overspending.PROPORTION,
) -> tuple[WholeDepartment, ...]:
    """Score the lines of every department of a year, by code; `overspent` is the place's own rule.

    Raises ConfigurationError for points that are set for a line that there is none of.
    """
    if unknown := sorted(set(rules.points) - {each.code for each in declared_lines()}):
        raise ConfigurationError(f"PERF_WHOLE_DEPARTMENT__POINTS：没有指标“{'、'.join(unknown)}”")
    figures = read_figures(connection, year_end)
    notices = notices_of_files(connection, year_end.fiscal_year)
    named = select(department.c.id, department.c.code, DEPARTMENT_NAME)
    return tuple(
        WholeDepartment(
            code,
            name,
            tuple(score_line(each, figures[whose], rules, overspent) for each in declared_lines()),
            notices.get(whose, ()),
        )
        for whose, code, name in connection.execute(named.order_by(department.c.code))
        if whose in figures
    )
