"""Where people who are to be erased are named beside their columns: in sentences and subjects.

A sentence of an erased year that names one of them goes as a whole. One of a year that stays keeps
what it says, and the name is noted, so that it goes on being masked where the sentence is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, or_, select, update

from perf_pipeline.domain.finding import NUMBERED, finding_number
from perf_pipeline.domain.personal import ERASED, KnownPeople, Personal, masked, people_in
from perf_pipeline.warehouse.known_people import Cells, is_told, name_columns, still_said
from perf_pipeline.warehouse.schema import (
    audit_finding,
    checkpoint,
    department,
    erasure,
    register_tables,
    snapshot,
)
from perf_pipeline.warehouse.tables import PROSE

Changes = Mapping[int, Mapping[str, object]]  # by the row's number, new values by column
NOTHING: Changes = {}
NOBODY: Cells = {}


@dataclass(frozen=True)
class Sentences:
    """Cells of sentences to be erased, by table; and who is named in those that stay."""

    erased: Mapping[str, Changes]
    still: Cells


def sentences_naming(connection: Connection, cells: Cells, fiscal_year: int) -> Sentences:
    """Look for people of erased cells in all sentences; those of years before one are to go."""
    people = {of: KnownPeople(each) for of, each in cells.items()}
    erased: dict[str, dict[int, dict[str, object]]] = defaultdict(dict)
    still: dict[int, set[str]] = defaultdict(set)
    for name, table in sorted(register_tables.items()):
        sentences = [column for column in table.c if column.info == PROSE]
        if not sentences:
            continue
        own = name_columns(table)
        query = select(
            table.c.id, table.c.department_id, table.c.fiscal_year, *sentences, *own
        ).where(table.c.department_id.in_(people), or_(*map(is_told, sentences)))
        for number, of, year, *said in connection.execute(query):
            mine = _people_of(said[len(sentences) :])
            for column, text in zip(sentences, said, strict=False):
                if text in (None, ERASED):
                    continue
                named = {each for _, each in people[of].found_in(text)}
                if year >= fiscal_year:
                    still[of] |= named
                elif named or any(each in text for each in mine):
                    erased[name].setdefault(number, {})[column.name] = ERASED
    return Sentences(erased, still)


def names_of(
    connection: Connection, table: Table, ids: Collection[int], still: Cells
) -> Mapping[int, Sequence[str]]:
    """Return whom rows name in their own columns that a sentence that stays names too."""
    if table.name not in register_tables or not still:
        return {}
    query = select(table.c.id, table.c.department_id, *name_columns(table))
    return {
        number: sorted(still.get(of, set()).intersection(_people_of(cells)))
        for number, of, *cells in connection.execute(query.where(table.c.id.in_(ids)))
    }


def forget_unsaid(connection: Connection, still: Cells) -> None:
    """Forget the names of erased people whom no sentence names any more."""
    for number, of, names in list(still_said(connection)):
        kept = [each for each in names if each in still.get(of, ())]
        if kept != names:
            forget = update(erasure).where(erasure.c.id == number)
            connection.execute(forget.values(still_said="\n".join(kept) or None))


def subjects_naming(connection: Connection, cells: Cells, fiscal_year: int) -> Changes:
    """Return subjects of the audit's findings of years before one without whom they name.

    Each keeps its finding's number: what was said of it stays with it.
    """
    query = (
        select(
            audit_finding.c.id,
            audit_finding.c.rule,
            audit_finding.c.subject_key,
            department.c.id,
            department.c.code,
            checkpoint.c.fiscal_year,
        )
        .join(snapshot, snapshot.c.id == audit_finding.c.snapshot_id)
        .join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .where(checkpoint.c.fiscal_year < fiscal_year)
    )
    changed = {}
    for number, rule, subject, of, code, year in connection.execute(query):
        parts = [
            masked(each, Personal.NAME) if each in cells.get(of, ()) else each
            for each in subject.split("｜")
        ]
        if (told := "｜".join(parts)) != subject:
            kept = finding_number(code, year, rule, subject)
            changed[number] = {"subject_key": f"{kept}{NUMBERED}{told}"}
    return changed


def _people_of(cells: Collection[str | None]) -> set[str]:
    return {each for cell in cells if cell and cell != ERASED for each in people_in(cell)}
