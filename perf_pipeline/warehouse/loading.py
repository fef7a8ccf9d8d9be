"""Loading registers: what the reader read, as rows of the registers' tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, select

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.batch import Batch, QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register, load_registers, register
from perf_pipeline.registers.handed_back import ASKED, PROPOSED, TOLD
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.headings import COLUMN_MAP, HeadingNames, label_key
from perf_pipeline.registers.identity import settle
from perf_pipeline.registers.months_across import SO_FAR
from perf_pipeline.registers.reading import (
    keyed,
    of_lines,
    repeated_rows,
)
from perf_pipeline.registers.wording import hint
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.conflicts import beside_others
from perf_pipeline.warehouse.history import content_hash
from perf_pipeline.warehouse.inbox import (
    REGISTERS,
    UNKNOWN,
    InboxFile,
    Listed,
    inbox_files,
    listed_once,
)
from perf_pipeline.warehouse.intake import take_in
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.namesakes import take_out_namesakes
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import (
    PLAN_REGISTER,
    PlanEntry,
    plan_entries,
    stage_plans,
)
from perf_pipeline.warehouse.schema import department, project, register_tables
from perf_pipeline.warehouse.staged_file import Filler, Read, Staged, filled_by
from perf_pipeline.warehouse.standing import load_moved, note_folders
from perf_pipeline.warehouse.targets import load_targets
from perf_pipeline.warehouse.team import ALONE, Team

BUDGET = "budget"  # 项目预算表
READING = "reading 25"  # raise it when the same register reads differently
MOST_AT_ONCE = 5_000  # rows of a file that are read before they are staged
Of = tuple[int, str]  # a year and a department's code
UNREAD = {"measures", "left_out"}  # what of a declaration no cell is read by


def load_inbox(
    engine: Engine,
    inbox: Path | Listed,
    registered: Mapping[str, str] | None = None,
    team: Team = ALONE,
) -> list[FileOutcome]:
    """Load all that lies in an inbox: documents, registers, and what is neither.

    `registered` are the departments' names by code, as for `load_targets`.
    """
    listed = listed_once(inbox)
    outcomes = list(load_targets(engine, listed, registered, team))
    for declared in sorted(load_registers(), key=lambda each: len(read_by(each))):
        outcomes += load_register(engine, listed, declared.name, team=team)
    return [*outcomes, *refuse_unmatched(engine, listed)]


def load_register(
    engine: Engine,
    inbox: Path | Listed,
    name: str,
    of: tuple[int, str] | None = None,
    team: Team = ALONE,
) -> tuple[FileOutcome, ...]:
    """Load every file of one register: of a year and a department's code, or of all of them.

    The `team` reads the files, a department's by one. What people say of columns is loaded before,
    once for an inbox that is listed once.
    """
    listed = listed_once(inbox)
    if COLUMN_MAP in read_by(register(name)) and COLUMN_MAP not in listed.loaded:
        load_register(engine, listed, COLUMN_MAP, of, team)
    of_register = [file for file in inbox_files(listed, REGISTERS, of) if file.kind == name]
    outcomes = load_moved(engine, listed, of_register, partial(_load, name), team)
    if of is None:
        listed.loaded.add(name)
    return outcomes


def _load(
    name: str, engine: Engine, departments: Sequence[Sequence[InboxFile]]
) -> list[FileOutcome]:
    """Load files of one register, given by department: what is known of all is read once."""
    declared = register(name)
    every = [file for files in departments for file in files]
    known = known_of(engine, every, declared)
    rules_of_all = content_hash(f"{READING} {declared.model_dump_json(exclude=UNREAD)}")
    rules = {of: _rules(rules_of_all, each) for of, each in known.items()}
    incoming = (
        Incoming(file, name, rules[file.of], _register_filler(declared, file, known[file.of]))
        for file in every
    )
    return take_in(engine, incoming)


def _rules(of_all: str, known: Known) -> str:
    """Sum up the rules by which a department's files are read: those of all, and its own."""
    rules = f"{of_all} {sorted(known.projects or ())}"
    return f"{rules} {sorted(known.columns.items())} {sorted(known.sources.items())}"


def known_of(engine: Engine, files: Sequence[InboxFile], declared: Register) -> dict[Of, Known]:
    """Return what is known of a register's files before they are opened, by year and department."""
    every = {file.of for file in files}
    with engine.connect() as connection:
        projects = _projects(connection, every) if _names_projects(declared) else None
        columns = {} if declared.name == COLUMN_MAP else _columns(connection, every, declared)
        sources = _sources(connection, every) if declared.amount is not None else {}
    return {
        of: Known(
            None if projects is None else frozenset(projects.get(of, ())),
            columns.get(of[1], {}),
            sources.get(of, {}),
        )
        for of in every
    }


def read_by(declared: Register) -> tuple[str, ...]:
    """Return the registers by which one is read: they are loaded before it, or it is read again."""
    first = () if declared.name == COLUMN_MAP else (COLUMN_MAP,)
    return first if declared.amount is None else (*first, BUDGET)


def _names_projects(declared: Register) -> bool:
    return any(column.known_project for column in declared.columns)


def _of(table: Table, every: Collection[Of], *columns: ColumnElement[Any]) -> Select[Any]:
    """Select columns of a table's rows in force, of years and departments, with both."""
    return (
        select(department.c.code, table.c.fiscal_year, *columns)
        .join(department, department.c.id == table.c.department_id)
        .where(
            among(department.c.code, {code for _, code in every}),
            among(table.c.fiscal_year, {year for year, _ in every}),
            current(table),
        )
    )


def _projects(connection: Connection, every: Collection[Of]) -> dict[Of, set[str]]:
    """Return the names of departments' projects, as their target documents give them."""
    found: dict[Of, set[str]] = defaultdict(set)
    for row in connection.execute(_of(project, every, project.c.name)):
        found[row.fiscal_year, row.code].add(row.name)
    return found


def _columns(
    connection: Connection, every: Collection[Of], declared: Register
) -> dict[str, dict[str, str]]:
    """Return what departments' 列对照表 of all years say of headings, the newest last."""
    said = register_tables[COLUMN_MAP]
    rows = (
        select(department.c.code, said.c.heading, said.c.column_label)
        .join(department, department.c.id == said.c.department_id)
        .where(
            among(department.c.code, {code for _, code in every}),
            said.c.register_label == declared.label,
            current(said),
        )
        .order_by(said.c.fiscal_year, said.c.id)
    )
    names = HeadingNames(declared, {})
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(rows):
        # an answer that names no column is no answer: the file goes on asking
        if not row.column_label or names.of(row.column_label):
            found[row.code][label_key(row.heading)] = names.of(row.column_label) or ""
    return found


def _sources(connection: Connection, every: Collection[Of]) -> dict[Of, dict[str, str]]:
    """Return the source of funds of each of the departments' projects that has only one."""
    budget = register_tables[BUDGET]
    told = (budget.c.project_name, budget.c.fiscal_fen, budget.c.other_fen, budget.c.total_fen)
    sources: dict[Of, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(_of(budget, every, *told)):
        if row.fiscal_fen == row.total_fen and not row.other_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "财政资金"
        elif row.other_fen == row.total_fen and not row.fiscal_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "其他资金"
    return sources


def _register_filler(declared: Register, file: InboxFile, known: Known) -> Filler:
    def fill(path: Path, shares: bool) -> Read:
        batches = RegisterBatches(path, declared, file.fiscal_year, known)
        drawn, rest = _drawn(batches)
        if rest is not None:  # a small one is read anew: no process waits for its turn
            left = batches if shares else chain(drawn, rest)
            return Read(partial(say, batches, left), is_whole=False)
        batches.once = shares
        return Read(partial(say, batches, drawn))  # by turns, if its group is written anew

    def say(batches: RegisterBatches, drawn: Iterable[Batch], staged: Staged) -> None:
        rows = staged.table(register_tables[declared.name])
        entries: list[PlanEntry] = []
        void: list[tuple[str, Value]] = []
        # what decides for the year (a plan, a target) is of all its checkpoints
        days = declared.days if declared.decides is None else ()
        dated = [declared.columns.index(each) for each in days]
        first_days: list[date | None] = []
        for batch in drawn:
            if declared.name == PLAN_REGISTER:
                entries += plan_entries(batch, declared)
            sheets = [batch.sheet] * len(batch.keys)
            empty = [[None] * len(batch.keys) for _ in declared.left_out]
            rows.add([sheets, batch.row_numbers, batch.keys, *batch.columns, *empty])
            staged.quarantine_rows(_hinted(declared, batch.quarantined))
            staged.read += batch.rows_read
            staged.skipped += batch.skipped
            void += batch.void
            first_days += [_first_day(batch.columns[nth]) for nth in dated if batch.keys]
        shared = [
            keyed(declared, row[0], row[1], row[2], row[3], tuple(row[4:]))
            for row in rows.shared_keys()
        ]
        settled = settle(shared)
        rows.settle(settled)
        staged.quarantine_rows(_hinted(declared, repeated_rows(batches, settled.repeats)))
        staged.notice = batches.told.notice
        staged.unit = batches.told.unit
        if all(first_days):
            staged.earliest_on = min(filter(None, first_days), default=None)
        by_content = any(each.code == "no_number" for each in batches.told.notices)
        beside, met = beside_others(rows, declared, file, void, by_content=by_content)
        if met:
            namesakes = take_out_namesakes(rows, declared, file)
            staged.quarantine_rows(_hinted(declared, repeated_rows(batches, namesakes)))
        of_file = (*batches.told.notices, *of_lines(declared, settled.vouchers_of_lines))
        staged.notices = [*map(str, of_file), *beside]
        staged.lacking_columns = batches.told.lacking_columns
        staged.so_far = [
            json.dumps((project, f"{day}", fen, row), ensure_ascii=False)
            for (project, day, row), fen in batches.told.so_far.items()
        ]
        stage_plans(staged, entries, file)
        used = (*TOLD, SO_FAR, *PROPOSED, *ASKED, "序号")
        staged.ignored_columns = [each for each in batches.told.ignored_columns if each not in used]
        staged.mended = batches.told.marks

    return fill


def _drawn(batches: Iterable[Batch]) -> tuple[list[Batch], Iterator[Batch] | None]:
    """Draw batches; where they have many rows, the first of them, with those to be drawn yet."""
    drawn, rows, rest = [], 0, iter(batches)
    for batch in rest:
        drawn.append(batch)
        rows += batch.rows_read
        if rows > MOST_AT_ONCE:
            return drawn, rest
    return drawn, None


def _first_day(column: Sequence[Value]) -> date | None:
    """Return the first day of a column; None where a row has none."""
    days = [each for each in column if isinstance(each, date)]
    return min(days) if len(days) == len(column) else None


def _hinted(declared: Register, rows: Sequence[QuarantinedRow]) -> list[QuarantinedRow]:
    """Say of each quarantined row what to do about it."""
    return [
        replace(row, hint=hint(declared, row.column_label, row.value, row.reason)) for row in rows
    ]


def refuse_unmatched(engine: Engine, inbox: Path | Listed) -> tuple[FileOutcome, ...]:
    """Record the files among the registers whose name fits no register, as refused.

    These are the last of an inbox: now it is known whose folders stand.
    """
    listed = listed_once(inbox)
    files = [each for each in inbox_files(listed, REGISTERS) if each.kind == UNKNOWN]
    outcomes = load_moved(engine, listed, files, _load_unmatched)
    note_folders(engine, listed)
    return outcomes


def _load_unmatched(
    engine: Engine, departments: Sequence[Sequence[InboxFile]]
) -> list[FileOutcome]:
    def refuse(path: Path) -> NoReturn:
        labels = "、".join(declared.label for declared in load_registers())
        raise LayoutError(
            f"文件名与任何台账都不符；文件名应以台账名开头：{labels}", Place(path.name)
        )

    fill, every = filled_by(refuse), chain.from_iterable(departments)
    return take_in(engine, (Incoming(file, UNKNOWN, "unmatched", fill) for file in every))
