"""Every file of the inbox as it stands: what it was taken for, and what became of its rows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.warehouse.departures import newest_files
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, InboxFile, inbox_files
from perf_pipeline.warehouse.outcomes import COUNTS, Left, listed
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
    return [_told(path, known.get(path), present.get(path)) for path in sorted({*present, *known})]


def _told(path: str, row: StoredRow | None, file: InboxFile | None) -> dict[str, object]:
    """Tell of a file that was taken in (its row), that lies in the inbox, or both."""
    of = row or file
    assert of is not None
    return {
        "path": path,
        "register": of.kind,
        "department": of.department,
        "fiscal_year": of.fiscal_year,
        "outcome": _outcome(row, file) if row else WAITING,
        "reason": row.reason if row else None,
        **{name: row._mapping[name] if row else 0 for name in COUNTS},
        "unit": row.unit if row else None,
        "ignored_columns": list(listed(row.ignored_columns)) if row else [],
        "notices": list(listed(row.notices)) if row else [],
        "sha256": row.sha256 if row else file and file.sha256(),
    }


def _outcome(row: StoredRow, file: InboxFile | None) -> str:
    outcome = str(row.outcome)
    if file is None:
        return str(row.state) if row.state in (Left.GONE, Left.KEPT) else str(Left.GONE)
    if (row.sha256 and file.size() != row.size) or file.sha256() != row.sha256:
        return WAITING
    again = outcome == "loaded" and file.path.stat().st_mtime > as_utc(row.loaded_at).timestamp()
    return UNCHANGED if again else outcome
