"""Loading registers: what the reader read, as rows of the registers' tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Engine

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.batch import Batch, QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register, load_registers, register
from perf_pipeline.registers.handed_back import ASKED, PROPOSED, TOLD
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.headings import COLUMN_MAP
from perf_pipeline.registers.identity import settle
from perf_pipeline.registers.months_across import SO_FAR
from perf_pipeline.registers.reading import (
    keyed,
    of_lines,
    repeated_rows,
)
from perf_pipeline.registers.wording import hint
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
from perf_pipeline.warehouse.known_before import known_of, read_by
from perf_pipeline.warehouse.namesakes import take_out_namesakes
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import (
    PLAN_REGISTER,
    PlanEntry,
    plan_entries,
    stage_plans,
)
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.staged_file import Filler, Read, Staged, filled_by
from perf_pipeline.warehouse.standing import load_moved, note_folders
from perf_pipeline.warehouse.targets import load_targets
from perf_pipeline.warehouse.team import ALONE, Team

READING = "reading 26"  # raise it when the same register reads differently
MOST_AT_ONCE = 5_000  # rows of a file that are read before they are staged
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
    in_turn = sorted(load_registers(), key=_read_after)
    for _, alike in groupby(in_turn, key=_read_after):
        outcomes += _load_alike(engine, listed, [each.name for each in alike], team=team)
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
    return _load_alike(engine, listed_once(inbox), [name], of, team)


def _load_alike(
    engine: Engine,
    listed: Listed,
    names: Sequence[str],
    of: tuple[int, str] | None = None,
    team: Team = ALONE,
) -> tuple[FileOutcome, ...]:
    """Load registers, in the order of their names, none of which is read by another of them."""
    if COLUMN_MAP not in names and COLUMN_MAP not in listed.loaded:
        load_register(engine, listed, COLUMN_MAP, of, team)
    files = [file for file in inbox_files(listed, REGISTERS, of) if file.kind in names]
    outcomes = load_moved(engine, listed, files, _load, team)
    if of is None:
        listed.loaded.update(names)
    return tuple(sorted(outcomes, key=_kind))


def _kind(of: InboxFile | FileOutcome) -> str:
    return of.kind


def _read_after(declared: Register) -> int:
    return len(read_by(declared))


def _load(engine: Engine, departments: Sequence[Sequence[InboxFile]]) -> list[FileOutcome]:
    """Load files of registers, given by department: one register's after the other's."""
    every = sorted(chain.from_iterable(departments), key=_kind)
    return take_in(engine, (_incoming(engine, name, [*of]) for name, of in groupby(every, _kind)))


def _incoming(engine: Engine, name: str, files: Sequence[InboxFile]) -> Iterator[Incoming]:
    """Give files of a register to be taken in: what is known of all is read once."""
    declared = register(name)
    known = known_of(engine, files, declared)
    rules_of_all = content_hash(f"{READING} {declared.model_dump_json(exclude=UNREAD)}")
    rules = {of: _rules(rules_of_all, each) for of, each in known.items()}
    for file in files:
        fill = _register_filler(declared, file, known[file.of])
        yield Incoming(file, name, rules[file.of], fill)


def _rules(of_all: str, known: Known) -> str:
    """Sum up the rules by which a department's files are read: those of all, and its own."""
    rules = f"{of_all} {sorted(known.projects or ())}"
    return f"{rules} {sorted(known.columns.items())} {sorted(known.sources.items())}"


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
        beside: list[str] = []
        if not staged.is_first:
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
    return take_in(engine, [[Incoming(file, UNKNOWN, "unmatched", fill) for file in every]])
