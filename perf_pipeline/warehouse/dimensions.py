"""The rows that everything else refers to: departments and checkpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Column, ColumnElement, Connection, func, insert, select, update

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department
from perf_pipeline.warehouse.typed import StoredRow

# how a department is called: by its name, else by its code
DEPARTMENT_NAME = func.coalesce(department.c.name, department.c.code)
_ADDED = insert(department).returning(
    department.c.code, department.c.id, sort_by_parameter_order=True
)


class Departments:
    """Departments as they are known in a transaction that may add some, and name them."""

    def __init__(self, connection: Connection, codes: Collection[str]) -> None:
        """Look those of some codes up, which alone are asked for."""
        self._connection = connection
        columns = department.c.code, department.c.id, department.c.name
        known = select(*columns).where(among(department.c.code, codes))
        self._known: dict[str, tuple[int, str | None]] = {
            code: (number, name) for code, number, name in connection.execute(known)
        }

    @property
    def ids(self) -> list[int]:
        """The row numbers of those that there are."""
        return [number for number, _ in self._known.values()]

    def known_as(self, called: Mapping[str, str | None]) -> dict[str, int]:
        """Return departments' row numbers by code, adding what is new, named where named."""
        new = [{"code": code, "name": called[code]} for code in called if code not in self._known]
        if new:
            for code, number in self._connection.execute(_ADDED, new):
                self._known[code] = number, called[code]
        for code, name in called.items():
            number, known = self._known[code]
            if name is not None and name != known:
                named = update(department).where(department.c.id == number).values(name=name)
                self._connection.execute(named)
                self._known[code] = number, name
        return {code: self._known[code][0] for code in called}


def department_id(connection: Connection, code: str, name: str | None = None) -> int:
    """Return the row number of a department, as `Departments` does."""
    return Departments(connection, [code]).known_as({code: name})[code]


def by_department(
    connection: Connection, codes: Collection[str], said: Column[str], *rows: ColumnElement[bool]
) -> dict[tuple[int, str], set[str]]:
    """Return what a column says of departments in some rows of its table, by year and code."""
    table = said.table
    query = (
        select(table.c.fiscal_year, department.c.code, said)
        .join_from(table, department, department.c.id == table.c.department_id)
        .where(among(department.c.code, codes), *rows)
        .distinct()
    )
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for year, code, text in connection.execute(query):
        found[year, code].add(text)
    return found


@dataclass(frozen=True)
class DepartmentNames:
    """Whose a name is: departments' names by code, as registered and as their documents say."""

    registered: Mapping[str, str]
    learned: Mapping[str, str]

    def other_owner(self, name: str, code: str, own: str | None) -> str | None:
        """Return the code of another department that a name is known to be of.

        `own` is how the department of the code has called itself until now.

        What is registered is certain. What was only learned counts where this department, too, is
        known by a name of its own: a document laid into the wrong folder once must not claim it.
        """
        for owner, owned in self.registered.items():
            if owned == name:
                return owner if owner != code else None
        if own in (None, name):
            return None
        others = (owner for owner, owned in self.learned.items() if owned == name)
        return next((owner for owner in others if owner != code), None)


def known_names(connection: Connection) -> dict[str, str]:
    """Return the departments' names by code, as far as documents have told them."""
    named = select(department.c.code, department.c.name).where(department.c.name.is_not(None))
    named = named.order_by(department.c.id)  # of two of one name always the first is told
    return {row.code: row.name for row in connection.execute(named)}


def shown_names(connection: Connection) -> dict[int, str]:
    """Return how each department is called, by its row number: by its name, else by its code."""
    named = select(department.c.id, DEPARTMENT_NAME)
    return {number: name for number, name in connection.execute(named)}


def checkpoint_id(connection: Connection, checkpoint: Checkpoint) -> int:
    """Return the row number of a checkpoint, adding it where it is new.

    A checkpoint is its year and month; what else the calendar says of it is kept up to date.
    """
    said = {
        "ordinal": checkpoint.ordinal,
        "label": checkpoint.label,
        "ends_on": checkpoint.ends_on,
        "period_starts_on": checkpoint.period_starts_on,
    }
    known = connection.execute(
        select(checkpoint_table).where(checkpoint_table.c.name == checkpoint.name)
    ).one_or_none()
    if known is None:
        added = insert(checkpoint_table).values(
            fiscal_year=checkpoint.fiscal_year, name=checkpoint.name, **said
        )
        return int(connection.execute(added.returning(checkpoint_table.c.id)).scalar_one())
    if any(known._mapping[name] != value for name, value in said.items()):
        connection.execute(
            update(checkpoint_table).where(checkpoint_table.c.id == known.id).values(said)
        )
    return int(known.id)


def follow_calendar(connection: Connection, checkpoint: Checkpoint) -> None:
    """Let the year's checkpoints be those of the calendar that a checkpoint is of.

    One that the calendar no longer has loses its place in the year (`ordinal`): what was judged at
    it is kept as history.
    """
    of_year = select(checkpoint_table).where(
        checkpoint_table.c.fiscal_year == checkpoint.fiscal_year
    )
    for row in connection.execute(of_year).all():
        if row.ends_on.month in checkpoint.months:
            checkpoint_id(connection, replace(checkpoint, month=row.ends_on.month))
        elif row.ordinal is not None:
            connection.execute(
                update(checkpoint_table).where(checkpoint_table.c.id == row.id).values(ordinal=None)
            )


def checkpoint_of(row: StoredRow) -> Checkpoint:
    """Return the checkpoint that a row of the table `checkpoint` stands for.

    Of the calendar it knows the checkpoint before it and the year's end.
    """
    month = row.ends_on.month
    begins = row.period_starts_on.month if row.period_starts_on is not None else 1
    return Checkpoint(row.fiscal_year, month, tuple(sorted({begins - 1, month, 12} - {0})))
