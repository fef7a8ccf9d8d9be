"""What all measures are made of: selects that give, for each source row, what it adds to a figure.

Adding up the rows gives the figure; reading the rows gives its evidence. So a figure and its
trace can never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Table,
    Text,
    and_,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    true,
)

from perf_pipeline.domain.calendar import AsOf, Checkpoint
from perf_pipeline.domain.personal import ERASED
from perf_pipeline.measures.cases import runs_for
from perf_pipeline.measures.conditions import Rows
from perf_pipeline.measures.deadlines import due_on
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.warehouse.among import sought
from perf_pipeline.warehouse.known import came_by, current, in_force, says_now
from perf_pipeline.warehouse.same import another, same
from perf_pipeline.warehouse.schema import (
    project,
    quarantined_row,
    register_tables,
    source_file,
)
from perf_pipeline.warehouse.typed import Expression, Query

Condition = ColumnElement[bool]
ADDED = ("numerator", "denominator", "counted")


@dataclass(frozen=True, eq=False)
class Adds:
    """Which known rows of a register's table a measure counts, and what each adds to it.

    Rows are those of the checkpoint's year unless `where` tells years apart itself (`any_year`), of
    departments but for those that `lacking` selects.
    """

    table: Table
    numerator: Expression
    denominator: Expression
    where: Sequence[Condition]
    checkpoint: Checkpoint
    counted: Expression | None = None
    by_project: bool = True
    any_year: bool = False
    lacking: Query | None = None

    @property
    def rows(self) -> list[Condition]:
        """What holds for the rows, but for `lacking`."""
        year = self.table.c.fiscal_year == self.checkpoint.fiscal_year
        return [
            current(self.table, self.checkpoint),
            true() if self.any_year else year,
            *self.where,
        ]

    def select(self, source: FromClause, *adds: Expression) -> Query:
        """Select what is added (three columns) from the table, or from sums of its rows."""
        by_project = self.by_project and "project_name" in source.c
        whose = source.c.department_id
        return select(
            whose,
            cast(source.c.project_name if by_project else null(), Text).label("project_name"),
            literal(self.table.name).label("source_table"),
            source.c.get("id", cast(null(), BigInteger)).label("source_id"),
            *(each.label(name) for each, name in zip(adds, ADDED, strict=True)),
        ).where(true() if self.lacking is None else whose.not_in(self.lacking))


Selects = Callable[[Adds], Query]


def source_rows(adds: Adds) -> Query:
    """Select what each row adds to a measure."""
    counted = cast(null() if adds.counted is None else adds.counted, Text)
    found = adds.select(adds.table, adds.numerator, adds.denominator, counted)
    return found.where(*adds.rows)


@lru_cache(maxsize=256)
def handed_in(register: str, table: FromClause, checkpoint: AsOf) -> Condition:
    """Hold for rows of `table` whose department had handed that year's register in.

    A file all of whose rows are in quarantine says nothing, and neither does a header alone, unless
    the register is declared to mean by it that nothing happened. What was withdrawn is out.
    """
    file, later = another(source_file, "handed_in"), another(source_file, "withdrawn_later")
    says_none = literal(declaration_of(register).empty_means_none)
    return exists().where(
        came_by(file, checkpoint),
        same(file, table, "department_id", "fiscal_year"),
        file.c.kind == register,
        file.c.outcome == "loaded",
        or_(file.c.rows_loaded > 0, and_(file.c.rows_quarantined == 0, says_none)),
        ~exists().where(
            came_by(later, checkpoint),
            later.c.path == file.c.path,
            later.c.version > file.c.version,
            later.c.outcome == "withdrawn",
        ),
    )


@lru_cache(maxsize=256)
def _in_quarantine(register: str, checkpoint: AsOf) -> Condition:
    """Hold for projects that a row in quarantine of the register names: what it says is unknown.

    One whose words were erased may have named any.
    """
    file = another(source_file, "quarantined_file")
    return exists().where(
        file.c.id == quarantined_row.c.source_file_id,
        file.c.kind == register,
        same(file, project, "department_id", "fiscal_year"),
        current(quarantined_row, checkpoint),
        or_(
            quarantined_row.c.row_text == ERASED,
            quarantined_row.c.row_text.like(literal("%") + project.c.name + literal("%")),
        ),
    )


@lru_cache(maxsize=1024)
def files_without(*columns: str, register: str, seen: AsOf) -> Query:
    """Select the departments (row numbers) of which a file of the year is without a column.

    One file without the column, and nobody knows what is asked of it. What a limit asks is asked of
    last year's cases too that run on; days granted, of cases alone that are late without them.
    """
    file = another(source_file, "without")
    lines = literal("\n") + file.c.lacking_columns + literal("\n")
    declared = declaration_of(register)
    asked: list[Condition] = []
    for name in columns:
        limits = [limit for limit in declared.limits if name in limit.columns]
        granted = [limit for limit in declared.limits if limit.extended_by == name]
        asked.append(
            and_(
                lines.contains(f"\n{name}\n"),
                or_(
                    file.c.fiscal_year == seen.fiscal_year,
                    _carried_over(file, declared, limits, seen) if limits else false(),
                ),
                or_(*(_late(file, declared, each, seen) for each in granted))
                if granted
                else true(),
            )
        )
    mine = seen.departments
    return select(file.c.department_id).where(
        sought(file.c.department_id, mine),
        says_now(file, seen),
        file.c.kind == register,
        file.c.rows_loaded > 0,
        or_(false(), *asked),
    )


def _carried_over(
    file: FromClause, declared: Register, limits: Sequence[TimeLimit], seen: AsOf
) -> Condition:
    """Hold for last year's files with a case that was not over, or may be due, in the year seen."""
    case = another(register_tables[declared.name], "carried_over")
    over = case.c[declared.closed_by] if declared.closed_by else null()
    return and_(
        file.c.fiscal_year == seen.fiscal_year - 1,
        exists().where(
            case.c.source_file_id == file.c.id,
            current(case, seen),
            or_(
                over.is_(None),
                over >= seen.starts_on,
                *(due_on(case, limit) >= seen.starts_on - timedelta(days=1) for limit in limits),
            ),
        ),
    )


def _late(file: FromClause, declared: Register, limit: TimeLimit, seen: AsOf) -> Condition:
    """Hold for files with a case whose limit passed in the year before it was done."""
    case = another(register_tables[declared.name], "late")
    due = due_on(case, limit)
    return exists().where(
        case.c.source_file_id == file.c.id,
        current(case, seen),
        due.between(seen.starts_on - timedelta(days=1), seen.ends_on - timedelta(days=1)),
        or_(case.c[limit.done_by].is_(None), case.c[limit.done_by] > due),
        runs_for(Rows(declared, case, seen.ends_on), limit),
    )


def zero_rows(register: str, checkpoint: Checkpoint, *, by_project: bool) -> Query:
    """Select a zero for each project (or department) whose department handed the register in.

    A count over a register that is there and says nothing is 0; over one that is not, no data. It
    is none either for a project whose rows wait in quarantine.
    """
    return select(
        project.c.department_id,
        cast(project.c.name if by_project else null(), Text).label("project_name"),
        literal(project.name).label("source_table"),
        project.c.id.label("source_id"),
        literal(0).label("numerator"),
        literal(1).label("denominator"),
        cast(null(), Text).label("counted"),
    ).where(
        in_force(project, checkpoint),
        handed_in(register, project, checkpoint),
        ~_in_quarantine(register, checkpoint) if by_project else true(),
    )


def within(column: Expression, checkpoint: Checkpoint) -> Condition:
    """Hold where a date lies in the year so far."""
    return column.between(checkpoint.starts_on, checkpoint.ends_on)
