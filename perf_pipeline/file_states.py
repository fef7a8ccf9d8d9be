"""Every file of the inbox as it stands: what it was taken for, and what became of its rows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.warehouse.departures import Left, newest_files
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, InboxFile, inbox_files
from perf_pipeline.warehouse.intake import COUNTS, listed
from perf_pipeline.warehouse.typed import StoredRow

WAITING = "waiting"  # lies in the inbox and was not read yet, as it is now
UNCHANGED = "unchanged"  # handed in again since it was loaded, and the same to the byte
OUTCOME_LABELS = {
    "loaded": "已入库",
    UNCHANGED: "未变",
    "refused": "拒收",
    "failed": "读入失败",
    WAITING: "等待读入",
    "gone": "已移走，待确认",
    "kept": "已移走，仍计入",
}


def read_files(engine: Engine, inbox: Path) -> list[dict[str, object]]:
    """Return a dict for each file, by path.

    path, register (the register's name, target_document or unknown), department (its code),
    fiscal_year, outcome (one of OUTCOME_LABELS), reason, rows_read, rows_loaded, rows_quarantined,
    rows_skipped (the first is the sum of the others), unit, ignored_columns, notices, sha256.
    """
    there = (*inbox_files(inbox, TARGETS), *inbox_files(inbox, REGISTERS))
    present = {each.relative: each for each in there}
    with engine.connect() as connection:
        known = {row.path: row for row in connection.execute(newest_files())}
    return [
        _taken_in(known[path], present.get(path)) if path in known else _waiting(present[path])
        for path in sorted({*present, *known})
    ]


def _taken_in(row: StoredRow, file: InboxFile | None) -> dict[str, object]:
    outcome = row.outcome
    if file is None:
        outcome = row.state if row.state in (Left.GONE, Left.KEPT) else str(Left.GONE)
    elif (row.sha256 and file.size() != row.size) or file.sha256() != row.sha256:
        outcome = WAITING
    elif outcome == "loaded" and file.path.stat().st_mtime > as_utc(row.loaded_at).timestamp():
        outcome = UNCHANGED
    return {
        "path": row.path,
        "register": row.kind,
        "department": row.department,
        "fiscal_year": row.fiscal_year,
        "outcome": outcome,
        "reason": row.reason,
        **{name: row._mapping[name] for name in COUNTS},
        "unit": row.unit,
        "ignored_columns": list(listed(row.ignored_columns)),
        "notices": list(listed(row.notices)),
        "sha256": row.sha256,
    }


def _waiting(file: InboxFile) -> dict[str, object]:
    return {
        "path": file.relative,
        "register": file.kind,
        "department": file.department,
        "fiscal_year": file.fiscal_year,
        "outcome": WAITING,
        "reason": None,
        **dict.fromkeys(COUNTS, 0),
        "unit": None,
        "ignored_columns": [],
        "notices": [],
        "sha256": file.sha256(),
    }
