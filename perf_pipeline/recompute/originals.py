"""The original files behind a judgement, by what the warehouse says was handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, select

from perf_pipeline.foreign.names import called
from perf_pipeline.recompute.plain_figures import newest_years, refuse_repeats
from perf_pipeline.recompute.plain_file import (
    NotPlain,
    PlainRow,
    PutAside,
    plain_rows,
    read_original,
)
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import project, quarantined_row, source_file
from perf_pipeline.warehouse.typed import StoredRow


class Originals:
    """The files in force of all departments, each read from the inbox at most once.

    From the warehouse come the files' names, hashes and rows in quarantine, as departments were
    told of them; not one of their values.
    """

    def __init__(self, connection: Connection, inbox: Path) -> None:
        """Note what was handed in; nothing is read yet."""
        self.connection, self.inbox = connection, inbox
        self._rows = cache(self._read)
        self._plain = cache(self._rows_or_why)

    def rows_of(self, department: int, kind: str, year: int) -> tuple[PlainRow, ...] | None:
        """Return the plain rows of a register of a department's year; None where none came.

        A register whose cases are carried over has one row a case, of all years. Raises NotPlain.
        """
        return self._rows(department, kind, year)

    def has_aside(self, department: int, kind: str) -> bool:
        """Tell whether rows of a register wait in quarantine: what they say is unknown."""
        query = select(quarantined_row.c.id).join(
            source_file, source_file.c.id == quarantined_row.c.source_file_id
        )
        waiting = query.where(
            current(quarantined_row),
            source_file.c.department_id == department,
            source_file.c.kind == kind,
        )
        return self.connection.execute(waiting.limit(1)).first() is not None

    def last_came(self, department: int, kinds: Sequence[str]) -> datetime | None:
        """Return when the newest file of some registers of a department came."""
        query = select(func.max(source_file.c.loaded_at)).where(
            source_file.c.department_id == department, source_file.c.kind.in_(kinds)
        )
        found = self.connection.scalar(query)
        return None if found is None else as_utc(found)

    def projects(self, department: int, year: int) -> frozenset[str]:
        """Return the names of a department's projects, as its target documents write them."""
        query = select(project.c.name).where(
            current(project), project.c.department_id == department, project.c.fiscal_year == year
        )
        return frozenset(self.connection.execute(query).scalars())

    def _read(self, department: int, kind: str, year: int) -> tuple[PlainRow, ...] | None:
        declared = register(kind)
        carried = declared.came_in is not None
        by_year: dict[int, list[PlainRow]] = defaultdict(list)
        for file in self._files(department, kind, None if carried else year):
            plain = self._plain(file)
            if isinstance(plain, NotPlain):
                raise plain
            by_year[file.fiscal_year] += plain
        says = {each for each, rows in by_year.items() if rows or declared.empty_means_none}
        if year not in says:
            return None
        for rows in by_year.values():
            refuse_repeats(rows, declared)
        self._refuse_unknown_projects(by_year[year], department, year)
        return newest_years(by_year, declared) if carried else tuple(by_year[year])

    def _files(self, department: int, kind: str, year: int | None) -> Sequence[StoredRow]:
        newest = select(func.max(source_file.c.id)).group_by(source_file.c.path)
        query = select(source_file).where(
            source_file.c.id.in_(newest.scalar_subquery()),
            source_file.c.department_id == department,
            source_file.c.kind == kind,
            source_file.c.outcome != "withdrawn",
        )
        if year is not None:
            query = query.where(source_file.c.fiscal_year == year)
        found = self.connection.execute(query.order_by(source_file.c.path)).all()
        for each in found:
            if each.outcome != "loaded":
                raise NotPlain(f"{each.path}：最新一版没有读入，用的是以前的")
        return found

    def _rows_or_why(self, file: StoredRow) -> tuple[PlainRow, ...] | NotPlain:
        try:
            return self._rows_of(file)
        except NotPlain as reason:
            return reason

    def _rows_of(self, file: StoredRow) -> tuple[PlainRow, ...]:
        if file.unit not in (None, "元"):
            raise NotPlain(f"{file.path}：金额按“{file.unit}”读取，复算只读元")
        aside = select(quarantined_row.c.sheet, quarantined_row.c.row_number).where(
            quarantined_row.c.source_file_id == file.id
        )
        put_aside = PutAside(
            frozenset((row.sheet, row.row_number) for row in self.connection.execute(aside))
        )
        content = read_original(called(self.inbox / file.path), file.sha256)
        return plain_rows(content, file.path, register(file.kind), put_aside)

    def _refuse_unknown_projects(
        self, rows: Sequence[PlainRow], department: int, year: int
    ) -> None:
        known = self.projects(department, year)
        for row in rows:
            named = row.cells.get("project_name")
            if named is not None and named not in known:
                raise NotPlain(f"{row.file} 第{row.number}行：项目名称与目标文件不是逐字相同")
