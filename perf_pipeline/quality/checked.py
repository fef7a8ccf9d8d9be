"""Checking what changed: a table whose rows are as they were is not validated again.

The rows themselves are compared, by their digest: who changes a row behind the program's back is
found out, and reading rows costs a small part of validating them. Beside Great Expectations' own
results stands what was found, by the digest that it was found of. Of a table without rows, nothing
can be found by expectations of single rows: it has no results, and no page.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import Limits
from perf_pipeline.quality.check_result import CRITICAL, CheckResult, called
from perf_pipeline.quality.relations import JUDGED, judged_rows, relation
from perf_pipeline.warehouse.code_digest import code_digest

NOTE = "made_from.txt"
OF_ROWS = (  # how expectations are called that are asked of each row by itself, or of its key
    "expect_column_values_",
    "expect_column_pair_values_",
    "expect_compound_columns_to_be_unique",
)


def validated(
    engine: Engine,
    suites: Path,
    table: str,
    *,
    checkpoint: Checkpoint | None,
    limits: Limits,
    results: Path,
) -> tuple[CheckResult, ...]:
    """Return what `validate` finds of a table: from the last time, where nothing changed since.

    Dates in the failing rows are then written out (2024-06-30). Raises what `validate` raises.
    """
    name = table if checkpoint is None else f"{table}-{checkpoint.name}"
    noted = _notes(results) / f"{name}.json"
    digest, rows = _digest(engine, suites, table, checkpoint, limits)
    if not rows and (passing := _of_no_rows(suites / f"{table}.json", table)) is not None:
        shutil.rmtree(results / table / name, ignore_errors=True)
        return passing
    known = _known(noted, digest) if (results / table / name).is_dir() else None
    if known is not None:
        return known
    # Great Expectations takes seconds to import: only who checks anew pays for it
    from perf_pipeline.quality.validate import validate

    found = validate(engine, suites, table, checkpoint=checkpoint, limits=limits, results=results)
    noted.parent.mkdir(parents=True, exist_ok=True)
    kept = {"of": digest, "found": [asdict(each) for each in found]}
    noted.write_text(json.dumps(kept, ensure_ascii=False, default=_spelled), "utf-8")
    return found


def written_docs(suites: Path, results: Path, folder: Path) -> Path:
    """Write the pages of the newest results, where they are not those already; return the first."""
    index, note = folder / "index.html", folder / NOTE
    made_from = _results_digest(suites, results)
    if index.is_file() and note.is_file() and note.read_text("utf-8") == made_from:
        return index
    from perf_pipeline.quality.docs import build_docs  # with Great Expectations, which is slow

    index = build_docs(suites, results, folder)
    note.write_text(made_from, "utf-8")
    return index


def _notes(results: Path) -> Path:
    """Return where is noted what was found; Great Expectations would take it for its own."""
    return results.with_name(f"{results.name}-noted")


def _digest(
    engine: Engine, suites: Path, table: str, checkpoint: Checkpoint | None, limits: Limits
) -> tuple[str, int]:
    """Return the digest of what is validated by what, and how many rows it has."""
    rows = 0
    digest = hashlib.sha256(f"{code_digest()} {limits!r} {engine.url.database}".encode())
    suite = suites / f"{table}.json"
    digest.update(suite.read_bytes() if suite.is_file() else b"")
    with engine.connect() as connection:
        if table in JUDGED and checkpoint is not None:
            query = judged_rows(connection, table, checkpoint)
        else:
            query = relation(table).order_by("id")
        for row in connection.execution_options(yield_per=10_000).execute(query):
            digest.update(repr(tuple(row)).encode())
            rows += 1
    return digest.hexdigest(), rows


def _of_no_rows(suite: Path, table: str) -> tuple[CheckResult, ...] | None:
    """Return what a suite finds of no rows, or None where Great Expectations has to say it."""
    try:
        expected = json.loads(suite.read_text("utf-8"))["expectations"]
        if not all(each["type"].startswith(OF_ROWS) for each in expected):
            return None
        return tuple(_passing(table, **each) for each in expected)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _passing(
    table: str,
    type: str,
    kwargs: dict[str, object],
    severity: str = CRITICAL,
    description: str | None = None,
    **_of_gx: object,
) -> CheckResult:
    """Return what an expectation of a suite's file finds where there is nothing to find."""
    return CheckResult(
        table=table,
        expectation=called(type, kwargs),
        description=description or type,
        blocking=severity == CRITICAL,
        success=True,
        checked=0,
        failed=0,
        rows=(),
    )


def _known(noted: Path, digest: str) -> tuple[CheckResult, ...] | None:
    try:
        kept = json.loads(noted.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if kept["of"] != digest:
        return None
    return tuple(CheckResult(**{**each, "rows": tuple(each["rows"])}) for each in kept["found"])


def _results_digest(suites: Path, results: Path) -> str:
    """Sum up the files that the pages are made of, by name and time of change."""
    files = (path for folder in (suites, results) for path in sorted(folder.rglob("*.json")))
    lines = (f"{path} {path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join([code_digest(), *lines]).encode()).hexdigest()


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
