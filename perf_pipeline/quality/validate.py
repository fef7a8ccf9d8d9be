"""Validating a table against its suite: every failing row by name, however many there are.

Small tables are validated as frames of plain Python values, which takes some 15 ms an
expectation and compares whole numbers of any size exactly; large ones in the database.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
from sqlalchemy import Engine, func, select, text

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.place import program_folder
from perf_pipeline.quality.check_result import CRITICAL, CheckResult, called, compared
from perf_pipeline.quality.engine import gx, working_context
from perf_pipeline.quality.relations import JUDGED, judged_frame, read_frame, relation
from perf_pipeline.quality.suites import suite_of_register
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.compared import PASSING
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import metadata, register_tables, source_file

LARGEST_FRAME = 100_000
IDS_AT_ONCE = 500
KEY = "id"
BY_TYPE = "expect_column_values_to_be_in_type_list"


def validate(
    engine: Engine,
    suites: Path,
    table: str,
    *,
    checkpoint: Checkpoint | None = None,
    limits: Limits | None = None,
    results: Path | None = None,
    largest_frame: int = LARGEST_FRAME,
) -> tuple[CheckResult, ...]:
    """Validate a table: the current rows of a sourced one, a quarter's judgement of a judged one.

    `results` is the folder in which Great Expectations keeps the newest result for its pages.
    Raises ConfigurationError when the suite's file is missing or cannot be read, or when an
    expectation cannot be evaluated at all.
    """
    suite = load_suite(suites, table)
    name = table if checkpoint is None else f"{table}-{checkpoint.name}"
    frame = _frame(engine, table, checkpoint, limits or Limits(), largest_frame)
    context = working_context(results)
    if frame is not None:
        source = context.data_sources.add_or_update_pandas(f"frames_{name}")
        asset = source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe("current")
        outcome = _run(context, suite, name, batch, {"dataframe": frame})
        checks = tuple(_check(engine, table, each) for each in outcome.results)
    else:
        with _view(engine, table) as view:
            url = engine.url.render_as_string(hide_password=False)
            sources = context.data_sources
            source = sources.add_or_update_sql(name=f"database_{name}", connection_string=url)
            _drop_types(suite)
            batch = source.add_table_asset(name, view).add_batch_definition_whole_table("current")
            outcome = _run(context, suite, name, batch, None)
            checks = tuple(_check(engine, table, each) for each in outcome.results)
    if results is not None:
        _forget_earlier(results / table / name)
    return checks


def load_suite(suites: Path, table: str) -> Any:
    """Read a suite's file, in Great Expectations' own format.

    Of a register that the installation declares for itself, maybe in a shipped one's place, the
    shipped files say nothing: its suite is made here.
    """
    path = suites / f"{table}.json"
    own = table in register_tables and register(table).own
    if own and (not path.exists() or suites.samefile(program_folder() / "expectations")):
        return gx.ExpectationSuite(**suite_of_register(register(table)))
    try:
        return gx.ExpectationSuite(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"质量套件 {path} 无法使用：{error}") from error


def _run(
    context: Any, suite: Any, name: str, batch: Any, parameters: dict[str, object] | None
) -> Any:
    definition = context.validation_definitions.add_or_update(
        gx.ValidationDefinition(name=name, data=batch, suite=context.suites.add_or_update(suite))
    )
    return definition.run(
        batch_parameters=parameters,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [KEY],
            "include_unexpected_rows": False,
        },
        run_id=gx.RunIdentifier(run_name=name, run_time=datetime.now(UTC)),
    )


def _forget_earlier(runs: Path) -> None:
    """Keep only the newest of a validation's results: the history is in the warehouse."""
    for earlier in sorted(runs.iterdir())[:-1] if runs.is_dir() else ():
        shutil.rmtree(earlier, ignore_errors=True)


def _frame(
    engine: Engine, table: str, checkpoint: Checkpoint | None, limits: Limits, largest_frame: int
) -> pd.DataFrame | None:
    """Read what is validated into a frame, or None where it is too large for one."""
    with engine.connect() as connection:
        if table in JUDGED:
            if checkpoint is None:
                raise ValueError(f"{table} is validated at a checkpoint")
            return judged_frame(connection, table, checkpoint, limits)
        query = relation(table)
        size = connection.scalar(select(func.count()).select_from(query.subquery()))
        return None if (size or 0) > largest_frame else read_frame(connection, query)


def _drop_types(suite: Any) -> None:
    """Leave out what the database enforces by itself: a column's type is the schema's."""
    kept = [each for each in suite.expectations if each.expectation_type != BY_TYPE]
    suite.expectations[:] = kept


@contextmanager
def _view(engine: Engine, table: str) -> Iterator[str]:
    """Lay a view over what is validated of a table, for as long as it is being validated.

    Great Expectations cannot name the failing rows of a query, but it can those of a view.
    """
    name = f"{PASSING}{table}_{uuid4().hex[:12]}"
    query = relation(table).compile(engine, compile_kwargs={"literal_binds": True})
    with write_transaction(engine) as connection:
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {query}")
    try:
        yield name
    finally:
        with write_transaction(engine) as connection:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _check(engine: Engine, table: str, outcome: Any) -> CheckResult:
    config = outcome.expectation_config
    result = outcome.result
    raised = outcome.exception_info or {}
    broken = [each for each in _exceptions(raised) if each.get("raised_exception")]
    if broken:
        raise ConfigurationError(
            f"{table} 的期望“{config.description or config.type}”无法计算："
            f"{broken[0].get('exception_message')}"
        )
    ids = _failing_ids(engine, result) if not outcome.success else []
    return CheckResult(
        table=table,
        expectation=called(config.type, config.kwargs),
        description=config.description or config.type,
        blocking=str(getattr(config.severity, "value", config.severity)) == CRITICAL,
        success=bool(outcome.success),
        checked=int(result.get("element_count") or 0),
        failed=len(ids) if ids else int(result.get("unexpected_count") or 0),
        rows=tuple(_rows(engine, table, ids, compared(config.kwargs))),
    )


def _exceptions(raised: dict[str, object]) -> list[dict[str, object]]:
    if "raised_exception" in raised:
        return [raised]
    return [each for each in raised.values() if isinstance(each, dict)]


def _failing_ids(engine: Engine, result: dict[str, Any]) -> list[int]:
    """Return the row numbers of all failing rows.

    A frame lists them all. The database's list is capped, but comes with the query that it is
    from; run without a cap, that query names every one.
    """
    query = result.get("unexpected_index_query")
    if isinstance(query, str) and query.lstrip().upper().startswith(("SELECT", "WITH")):
        with engine.connect() as connection:
            found = connection.execute(text(query.rstrip().rstrip(";"))).mappings()
            return sorted({int(row[KEY]) for row in found})
    listed = result.get("unexpected_index_list") or []
    return sorted({int(each[KEY]) for each in listed})


def _rows(
    engine: Engine, name: str, ids: Sequence[int], columns: list[str]
) -> list[dict[str, object]]:
    """Read the failing rows: where they stand, their key, and the columns at fault."""
    table = metadata.tables[name]
    # of a date's year, which rules compare, the date itself
    faulty = {name: None for each in columns for name in (each, each.removesuffix("_year"))}
    shown = [table.c[name] for name in faulty if name in table.c]
    keys = (
        "row_key",
        "project_name",
        "section",
        "name",
        "raw_target",
        "actual_text",
        "reason",
        "path",
    )
    named = [table.c[key] for key in keys if key in table.c and table.c[key] not in shown]
    query = select(table.c.id, *named, *shown)
    if "source_file_id" in table.c:
        place = (source_file.c.path.label("file"), table.c.sheet, table.c.row_number)
        query = select(table.c.id, *place, *named, *shown).join(
            source_file, source_file.c.id == table.c.source_file_id
        )
    found: list[dict[str, object]] = []
    with engine.connect() as connection:
        for start in range(0, len(ids), IDS_AT_ONCE):
            batch = query.where(table.c.id.in_(ids[start : start + IDS_AT_ONCE]))
            found += [dict(row) for row in connection.execute(batch).mappings()]
    return found
