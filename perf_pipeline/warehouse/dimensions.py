"""The rows that everything else refers to: departments and checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, func, insert, select, update

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department
from perf_pipeline.warehouse.typed import StoredRow

_BY_CODE = select(department).where(department.c.code == bindparam("of_code"))


def department_id(connection: Connection, code: str, name: str | None = None) -> int:
    """Return the row number of a department, adding it where it is new, named where named."""
    known = connection.execute(_BY_CODE, {"of_code": code}).one_or_none()
    if known is None:
        added = insert(department).values(code=code, name=name).returning(department.c.id)
        return int(connection.execute(added).scalar_one())
    if name is not None and name != known.name:
        connection.execute(update(department).where(department.c.id == known.id).values(name=name))
    return int(known.id)


@dataclass(frozen=True)
class DepartmentNames:
    """Whose a name is: departments' names by code, as registered and as their documents say."""

    registered: Mapping[str, str]
    learned: Mapping[str, str]

    def other_owner(self, name: str, code: str) -> str | None:
        """Return the code of another department that a name is known to be of.

        What is registered is certain. What was only learned counts where this department, too, is
        known by a name of its own: a document laid into the wrong folder once must not claim it.
        """
        for owner, owned in self.registered.items():
            if owned == name:
                return owner if owner != code else None
        if self.learned.get(code) in (None, name):
            return None
        others = (owner for owner, owned in self.learned.items() if owned == name)
        return next((owner for owner in others if owner != code), None)


def known_names(connection: Connection, code: str | None = None) -> dict[str, str]:
    """Return the departments' names by code, or one's, as far as documents have told them."""
    named = select(department.c.code, department.c.name).where(department.c.name.is_not(None))
    if code is not None:
        named = named.where(department.c.code == code)
    return {row.code: row.name for row in connection.execute(named)}


def shown_names(connection: Connection) -> dict[int, str]:
    """Return how each department is called, by its row number: by its name, else by its code."""
    named = select(department.c.id, func.coalesce(department.c.name, department.c.code))
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
