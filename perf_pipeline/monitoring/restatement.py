"""Restatement (重述): what changed between two versions of a quarter's results, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.monitoring.causes import Restated, restate
from perf_pipeline.monitoring.results import RESULTS, Adjusted, read_adjustments, read_results
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.known import Departments, notices_of_files
from perf_pipeline.warehouse.locks import lock_history
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department, snapshot
from perf_pipeline.warehouse.typed import Query, StoredRow


def _told(figure: Restated) -> dict[str, Any]:
    """Return a figure as plain values for JSON."""
    change = figure.change
    return {
        "part": str(change.part),
        "change": str(change.kind),
        "project_name": change.project_name,
        "section": change.section,
        "name": change.name,
        "old_judgement": change.old_judgement,
        "new_judgement": change.new_judgement,
        "fields": [asdict(each) for each in change.fields],
        "causes": [asdict(each) for each in figure.causes],
        "explained": figure.explained,
    }


@dataclass(frozen=True)
class Restatement:
    """Two versions of a department's quarter side by side.

    `from_version` is None where there is but one version so far. `locks` tells who closed and
    reopened the quarter; `adjustments` what earlier, closed quarters left to this one.
    """

    department_code: str
    department: str
    quarter: str
    from_version: int | None
    to_version: int
    from_at: datetime | None
    to_at: datetime
    figures: tuple[Restated, ...]
    locks: tuple[dict[str, Any], ...]
    adjustments: tuple[Adjusted, ...]
    notices: tuple[str, ...]  # what the files say of themselves, such as 模拟数据

    def to_dict(self) -> dict[str, Any]:
        """Return the restatement as plain values for JSON."""
        return {
            "department": self.department,
            "department_code": self.department_code,
            "quarter": self.quarter,
            "from": self.from_version,
            "to": self.to_version,
            "from_at": None if self.from_at is None else self.from_at.isoformat(),
            "to_at": self.to_at.isoformat(),
            "changes": [_told(each) for each in self.figures],
            "locks": [
                {**each, "created_at": as_utc(each["created_at"]).isoformat()}
                for each in self.locks
            ],
            "adjustments": [each.to_dict() for each in self.adjustments],
            "notices": list(self.notices),
        }


Pair = tuple[StoredRow | None, StoredRow]  # two versions; None where there is none before


def diff_quarter(
    engine: Engine,
    checkpoint: Checkpoint,
    *,
    department_code: str | None = None,
    from_version: int | None = None,
    to_version: int | None = None,
    only: Departments = None,
) -> list[Restatement]:
    """Compare two versions of a quarter's results, of all departments, of one, or of some.

    Of those with row numbers (`only`), where they are given. Without versions, the newest is
    compared with the one before it. Raises NothingJudgedError where nothing is judged yet,
    ConfigurationError where no department has those versions.
    """
    if from_version is not None and from_version == to_version:
        raise ConfigurationError(f"要比较的两版相同：第{from_version}版")
    with engine.connect() as connection:
        found = connection.execute(_versions(checkpoint, department_code, only)).all()
        if not found:
            raise NothingJudgedError(f"数据仓库里还没有 {checkpoint.name} 的评价，请先运行 run")
        pairs = _pairs(found, from_version, to_version)
        if not pairs:
            held = sorted({each.version for each in found})
            raise ConfigurationError(
                f"{checkpoint.name} 没有要比较的版本；现有第 {'、'.join(map(str, held))} 版"
            )
        figures = _restated(connection, checkpoint, pairs)
        whose = {new.department_id for _, new in pairs}
        locks = lock_history(connection, checkpoint, whose)
        adjustments = read_adjustments(connection, [new.id for _, new in pairs])
        notices = notices_of_files(connection, checkpoint.fiscal_year, whose)
    return [
        Restatement(
            new.code,
            new.name,
            checkpoint.name,
            None if old is None else old.version,
            new.version,
            None if old is None else as_utc(old.created_at),
            as_utc(new.created_at),
            tuple(figures[new.department_id]),
            tuple(each for each in locks if each["department"] == new.code),
            tuple(adjustments.get(new.id, ())),
            tuple(dict.fromkeys(notices.get(new.department_id, ()))),
        )
        for old, new in pairs
    ]


def _versions(checkpoint: Checkpoint, code: str | None, only: Departments) -> Query:
    query = (
        select(
            snapshot,
            department.c.code,
            DEPARTMENT_NAME.label("name"),
        )
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            snapshot.c.kind == "monitoring",
            checkpoint_table.c.name == checkpoint.name,
            within(snapshot.c.department_id, only),
        )
        .order_by(department.c.code, snapshot.c.version)
    )
    return query if code is None else query.where(department.c.code == code)


def _pairs(
    found: Sequence[StoredRow], from_version: int | None, to_version: int | None
) -> list[Pair]:
    held: dict[int, dict[int, StoredRow]] = defaultdict(dict)
    for each in found:
        held[each.department_id][each.version] = each
    pairs = []
    for versions in held.values():
        new = versions.get(to_version or max(versions))
        if new is None:
            continue
        wanted = new.version - 1 if from_version is None else from_version
        old = versions.get(wanted)
        if old is None and from_version is not None:
            continue
        pairs.append((old, new))
    return pairs


def _restated(
    connection: Connection, checkpoint: Checkpoint, pairs: Sequence[Pair]
) -> dict[int, list[Restated]]:
    """Compare all pairs; return what changed of each department."""
    compared = [(old, new) for old, new in pairs if old is not None]
    olds, news = [old.id for old, _ in compared], [new.id for _, new in compared]
    sides = {
        part: (
            map(vars, read_results(connection, result, olds)),
            map(vars, read_results(connection, result, news)),
        )
        for part, result in RESULTS.items()
    }
    moments = {
        new.department_id: (as_utc(old.created_at), as_utc(new.created_at)) for old, new in compared
    }
    found = restate(connection, checkpoint, sides, moments)
    return grouped(found, lambda each: each.change.department_id)
