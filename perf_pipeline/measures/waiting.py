"""Which file a figure waits for (待读入): a register that came, and of which nothing counts yet.

A register that was refused, whose rows are all in quarantine or that is a header alone says
nothing of what was done: the figure is unknown, not zero, and "没有收到" would be untrue. Nor are
other files of the register all of it while one waits: last month's sum is not this month's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import Connection, and_, exists, false, func, or_, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.expected import LEDGER, decided_registers, registers_behind
from perf_pipeline.measures.measure import files_without
from perf_pipeline.measures.so_far import unlike_so_far
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.file_kinds import DOCUMENTS, KIND_LABELS
from perf_pipeline.warehouse.known import current, newest_files
from perf_pipeline.warehouse.named_months import months_named
from perf_pipeline.warehouse.schema import (
    checkpoint,
    quarantined_row,
    register_tables,
    snapshot,
    source_file,
)
from perf_pipeline.warehouse.typed import StoredRow

_TOLD_OF_A_FILE = ("id", "department_id", "kind", "path", "outcome", "reason", "rows_loaded")


@dataclass(frozen=True)
class Waiting:
    """What is waited for: files by department_id and register, columns by it and name."""

    said: Mapping[tuple[int, str], str]
    refused: Collection[tuple[int, str]] = ()  # of which a whole file is not known
    lacking: Collection[tuple[int, str, str]] = ()  # with the register before the column
    came: Collection[tuple[int, str]] = ()  # of which any file of the year was handed in

    def of(self, department_id: int, registers: frozenset[str]) -> str | None:
        """Return what is waited for of some registers of a department; None for nothing."""
        if not self.said:
            return None
        words = [self.said.get((department_id, each)) for each in sorted(registers)]
        return "；".join(filter(None, words)) or None

    def is_part_of(self, department_id: int, registers: Collection[str]) -> bool:
        """Say whether what is known of some registers is a part, since a file was refused."""
        refused = self.refused
        return bool(refused) and any((department_id, each) in refused for each in registers)

    def of_measure(self, department_id: int, code: str) -> str | None:
        """Return what a measure waits for: a file, or a column that a file did without."""
        behind = sorted(registers_behind(code))
        if files := self.of(department_id, frozenset(behind)):
            return files
        if (
            code != REPORTED
            and behind
            and not any((department_id, each) in self.came for each in behind)
        ):
            return "、".join(f"没有收到{declaration_of(each).label}" for each in behind)
        if not self.lacking or code == REPORTED or code not in known_codes():
            return None
        register = declaration_of(measure(code).of_register)
        return next(
            (
                f"{register.label}没有“{column.label}”一列，补上后重交"
                for column in register.needed(measure(code))
                if (department_id, register.name, column.name) in self.lacking
            ),
            None,
        )


def _lacking(connection: Connection, seen: AsOf) -> Iterator[tuple[int, str, str]]:
    """Give the needed columns that a file of a department's register is without."""
    file = source_file.c
    any_lack = select(file.kind, file.lacking_columns).where(
        file.lacking_columns.is_not(None), within(file.department_id, seen.departments)
    )
    lack = {
        (kind, name)
        for kind, names in connection.execute(any_lack.distinct())
        for name in names.split("\n")
    }
    for declared in load_registers():
        for column in declared.needed():
            if (declared.name, column.name) in lack:
                without = files_without(column.name, register=declared.name, seen=seen)
                for department_id in connection.execute(without.distinct()).scalars():
                    yield department_id, declared.name, column.name


def waiting_files(connection: Connection, seen: AsOf) -> Waiting:
    """Return which files of the year are waited for, of departments, as they are seen.

    A register is waited for as long as a file of it could not be read or has rows in quarantine.
    """
    rows = (
        select(quarantined_row.c.source_file_id, func.count().label("waiting"))
        .where(current(quarantined_row, seen))
        .group_by(quarantined_row.c.source_file_id)
        .subquery("in_quarantine")
    )
    query = (
        select(*(source_file.c[name] for name in _TOLD_OF_A_FILE))
        .add_columns(func.coalesce(rows.c.waiting, 0).label("waiting"))
        .outerjoin(rows, rows.c.source_file_id == source_file.c.id)
        .where(
            source_file.c.id.in_(newest_files(seen)),
            source_file.c.fiscal_year == seen.fiscal_year,
            within(source_file.c.department_id, seen.departments),
            source_file.c.outcome != "withdrawn",
        )
        .order_by(source_file.c.path)
    )
    files = connection.execute(query).all()
    came = {(file.department_id, file.kind) for file in files}
    with_rows = {(file.department_id, file.kind) for file in files if file.rows_loaded}
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    refused: dict[tuple[int, str], StoredRow] = {}  # the first file of a register
    for file in files:
        of = (file.department_id, file.kind)
        word = _waited_for(file, alone=of not in with_rows)
        if file.kind in KIND_LABELS and word:
            name = file.path.rpartition("/")[2]
            found[of].append(f"“{name}”{word}")
            if file.outcome == "refused" and file.kind in register_tables:
                refused[of] = min(refused.get(of, file), file, key=lambda each: each.id)
    partly = {of for of, first in refused.items() if not _was_told(connection, seen, first)}
    for each in unlike_so_far(connection, seen, seen.departments):
        if each.read < each.so_far and not each.of_payee:
            found[each.department_id, LEDGER].append(f"“{each.project}”{each}")
            partly.add((each.department_id, LEDGER))
    said = {of: "；".join(words) for of, words in found.items()}
    return Waiting(said, partly, frozenset(_lacking(connection, seen)), came)


def _was_told(connection: Connection, seen: AsOf, refused: StoredRow) -> bool:
    """Tell whether a checkpoint was judged, by rows of its last month, before a file was refused.

    Then what the file brings is of later months, or corrects what is known: a November's ledger
    that cannot be read takes nothing from March. A file handed in again came when it came first.
    """
    versions = select(source_file).where(
        source_file.c.path == refused.path, source_file.c.id <= refused.id
    )
    newest_first = connection.execute(versions.order_by(source_file.c.id.desc()))
    *_, first = takewhile(lambda each: each.outcome == "refused", newest_first)
    table = register_tables[refused.kind]
    days = [each.name for each in declaration_of(refused.kind).days]
    last_month = (table.c[day].between(seen.ends_on.replace(day=1), seen.ends_on) for day in days)
    there = exists().where(
        table.c.department_id == refused.department_id,
        table.c.source_file_id < first.id,
        current(table, seen),
        or_(false(), *last_month),
    )
    judged = exists().where(
        snapshot.c.kind == "monitoring",
        snapshot.c.department_id == refused.department_id,
        snapshot.c.created_at < first.loaded_at,
        snapshot.c.checkpoint_id == checkpoint.c.id,
        checkpoint.c.ends_on == seen.ends_on,
    )
    return bool(connection.scalar(select(and_(there, judged))))


def _waited_for(file: StoredRow, *, alone: bool) -> str | None:
    """Return what a file waits for, `alone` where none of its register has a row.

    Beside others one that is named after a month, and has a heading alone, says that nothing was
    done in it.
    """
    if file.outcome == "failed":
        return "读入失败，由系统管理员处理"
    if file.outcome == "refused":
        reason = (file.reason or "").rpartition("：")[2] if "：" in (file.reason or "") else ""
        return f"整份拒收，等待改正（{reason or '见拒收原因'}）"
    if file.kind in DOCUMENTS:  # a part that could not be read leaves nothing old in force
        return None
    if file.waiting and not file.rows_loaded:
        return f"的{file.waiting}行全部隔离，等待改正"
    if file.waiting:
        return f"有{file.waiting}行隔离，等待改正"
    if file.rows_loaded or file.kind in decided_registers():
        return None
    if alone or not months_named(file.path):
        return "只有表头，没有一行；确实没有发生的，填一行数字为0的"
    return None
