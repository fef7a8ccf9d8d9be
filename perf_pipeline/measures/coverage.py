"""Which measure feeds each indicator: computed, reported by hand, or nothing yet (未覆盖)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, exists, func, or_, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.measures.catalogue import REPORTED, code_of, fed_by, known_codes, why_not
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import department, indicator, register_tables, target

indicator_measure = register_tables["indicator_measure"]

_PLACED = ("department_name", "fiscal_year", "project_name", "section", "measure")
_MAPPED = ("behaviour", "due_on", "pace", "year_rule", "direction", "note")


@dataclass(frozen=True)
class MappedIndicator:
    """A current indicator, and what the map says of it."""

    department: str
    department_name: str
    fiscal_year: int
    project_name: str | None
    section: str | None
    level: str  # its first and second level as one text
    name: str  # as the map names it: a second indicator of one name ends in #2
    measure: str | None
    behaviour: str | None
    due_on: date | None
    pace: str | None
    year_rule: str | None
    direction: str | None
    target: Target
    raw_target: str
    note: str | None

    @property
    def by_hand(self) -> bool:
        """Tell whether staff report the value."""
        return self.measure == REPORTED

    @property
    def uncovered(self) -> bool:
        """Tell whether nothing feeds it: not in the map, or mapped to what is not there."""
        return self.measure not in known_codes()

    @property
    def surroundings(self) -> str:
        """Return the project or line of work that it belongs to."""
        return f"{self.project_name or ''}{self.section or ''}"

    def __str__(self) -> str:
        """Name it for a reader: 部门 2024 项目或分项工作 指标."""
        code = f"（{why_not(self.measure)}）" if self.measure else ""
        place = self.project_name or self.section or ""
        return f"{self.department_name} {self.fiscal_year} {place}：{self.name}{code}"


def of_indicator(part: Table, seen: AsOf | None = None) -> ColumnElement[bool]:
    """Join the current rows of a table that are an indicator's own: its target, its map."""
    same_row = same(part, indicator, "department_id", "fiscal_year", "row_key")
    return and_(same_row, current(part, seen))


def said_of_indicator(part: FromClause) -> ColumnElement[bool]:
    """Join what people say of an indicator, by project, line of work (none: all) and name."""
    project: ColumnElement[str] = func.coalesce(part.c.project_name, "")
    if "project_name_key" in part.c:  # a column can be looked up, what is computed cannot
        project = part.c.project_name_key
    return and_(
        same(part, indicator, "department_id"),
        project == func.coalesce(indicator.c.project_name, ""),
        or_(part.c.section.is_(None), part.c.section == indicator.c.section),
        part.c.indicator_name == indicator.c.name,
    )


def figure_of(figure: FromClause, snapshot: FromClause) -> ColumnElement[bool]:
    """Join a measure's figure to the indicator that the map says it is of."""
    return and_(
        figure.c.snapshot_id == snapshot.c.id,
        figure.c.measure == code_of(indicator_measure.c.measure),
        or_(figure.c.project_name.is_(None), figure.c.project_name == indicator.c.project_name),
    )


def mapped_indicators(
    connection: Connection, only: Departments = None
) -> Sequence[MappedIndicator]:
    """Return every current indicator of departments, of all years, in the documents' order.

    `only` are departments by row number; None: all.
    """
    mapped = indicator_measure
    rows = connection.execute(
        select(
            department.c.code,
            DEPARTMENT_NAME.label("department_name"),
            indicator,
            fed_by(mapped.c.measure, _is_reported()).label("measure"),
            *(mapped.c[name] for name in _MAPPED),
            *(target.c[name] for name in ("kind", "operator", "value_text", "unit", "raw_value")),
        )
        .select_from(indicator)
        .join(department, department.c.id == indicator.c.department_id)
        .join(target, of_indicator(target))
        .outerjoin(mapped, of_indicator(mapped))
        .where(current(indicator), within(indicator.c.department_id, only))
        .order_by(indicator.c.fiscal_year, department.c.code, indicator.c.ordinal)
    )
    return [
        MappedIndicator(
            department=row.code,
            name=row.row_key.split(KEY_MARK, 2)[-1],
            level=f"{row.level1 or ''}{row.level2 or ''}",
            target=Target(
                TargetKind(row.kind),
                None if row.operator is None else Operator(row.operator),
                row.value_text,
                unit=row.unit,
            ),
            raw_target=row.raw_value,
            **{name: row._mapping[name] for name in (*_PLACED, *_MAPPED)},
        )
        for row in rows
    ]


def _is_reported() -> ColumnElement[bool]:
    """Tell of an indicator whether staff reported a value of it."""
    told = register_tables["reported_value"]
    of_year = same(told, indicator, "fiscal_year")
    return exists().where(said_of_indicator(told), of_year, current(told))
