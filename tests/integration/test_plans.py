"""Where a few departments of many are asked for, their rows are found by indexes.

On both databases, in a warehouse of a hundred departments that is filled by selects: of empty
tables PostgreSQL would read all, whatever indexes there are.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    String,
    Table,
    case,
    cast,
    event,
    insert,
    literal,
    select,
    text,
)

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.misses import select_misses
from perf_pipeline.alerts.raising import ALERTS
from perf_pipeline.alerts.stored import alerts_with_states
from perf_pipeline.domain.calendar import SOME
from perf_pipeline.measures.audit import AUDIT, erased
from perf_pipeline.measures.case_limits import LIMITS
from perf_pipeline.measures.compute import COUNTED, figures_query
from perf_pipeline.monitoring.evaluate import MONITORING
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.site.write import YEAR
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.changed import TOLD, changed_since, marks
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.plans import joined_as_sets, know_grown, know_sizes
from perf_pipeline.warehouse.schema import alert, department, metadata
from perf_pipeline.warehouse.typed import Expression
from tests.benchmarks.bench_city import QUARTERS

LAST = QUARTERS[-1]
DEPARTMENTS, FILES, VERSIONS = 100, 20, 2  # files and versions a department
JUDGED = DEPARTMENTS * len(QUARTERS) * VERSIONS
SOUGHT = (
    "payment",
    "petition_case",
    "measure_value",
    "spending_result",
    "indicator_result",
    "alert",
)
ROWS = {
    "source_file": DEPARTMENTS * FILES,
    "payment": 50_000,
    "petition_case": 20_000,
    "snapshot": 2 * JUDGED,
    "measure_value": 10 * JUDGED,
    "spending_result": 5 * JUDGED,
    "indicator_result": 20 * JUDGED,
    "alert": 100 * DEPARTMENTS,
    "alert_event": 100 * DEPARTMENTS,
}
# of a list SQLite goes through a table once: it is told that most rows are in it
FEW = {"sqlite": ({7},), "postgresql": ({7}, {7, 8, 9})}
FILLED = {
    str: "某",
    int: 0,
    date: date(2024, 5, 6),
    datetime: datetime(2024, 5, 6, tzinfo=UTC),
    bool: True,
}


def _fill(connection: Connection, name: str, rows: int) -> None:
    """Insert so many rows, numbered from 0, of all departments in turn."""
    table: Table = metadata.tables[name]
    numbers = select(literal(0).label("n")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < rows - 1))
    nth: Expression = numbers.c.n
    turn = nth // DEPARTMENTS
    own: dict[str, Expression] = {
        "department_id": nth % DEPARTMENTS + 1,
        "code": cast(nth, String),
        "path": cast(nth, String),
        "row_key": cast(nth, String),
        "subject_key": cast(nth, String),
        "fiscal_year": literal(2024),
        "source_file_id": nth % (DEPARTMENTS * FILES) + 1,
        "snapshot_id": nth % (2 * JUDGED) + 1,
        "alert_id": nth + 1,
        "checkpoint_id": turn % len(QUARTERS) + 1,
        "version": turn // len(QUARTERS) + 1,
        "light": literal("green"),
        "status": literal("met"),
        "target_kind": literal("number"),
        "behaviour": literal("累计"),
        "kind": case((nth < JUDGED, "monitoring"), else_="measures"),
    }
    if name == "snapshot":
        own["version"] = turn // len(QUARTERS) % VERSIONS + 1
    wanted = [c for c in table.c if not c.nullable and c.name != "id"]
    values = [own.get(c.name, literal(FILLED[c.type.python_type], c.type)) for c in wanted]
    named = [c.name for c in wanted] + (["snapshot_id"] if name == "alert" else [])
    values += [own["snapshot_id"]] if name == "alert" else []
    connection.execute(insert(table).from_select(named, select(*values).select_from(numbers)))


@contextmanager
def _plans(connection: Connection) -> Iterator[list[tuple[str, str]]]:
    """Keep each line of the plans of what is executed meanwhile, beside the statement."""
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    lines: list[tuple[str, str]] = []

    def look(*told: object) -> None:
        _, cursor, statement, parameters, *_ = told
        if str(statement).lstrip().startswith(("SELECT", "WITH")):
            beside = cursor.connection.cursor()  # type: ignore[attr-defined]
            beside.execute(explain + str(statement), parameters)
            lines.extend((str(row[-1]), str(statement)) for row in beside.fetchall())

    event.listen(connection, "before_cursor_execute", look)
    yield lines
    event.remove(connection, "before_cursor_execute", look)


def _read_whole(lines: list[tuple[str, str]]) -> list[str]:
    """Return the large tables that plans read from one end to the other, as often as they do."""
    found = []
    for line, statement in lines:
        if on := re.search(r"Seq Scan on (\w+)", line):
            found.append(on[1])
        elif on := re.match(r"SCAN (\w+)", line):
            of = re.search(rf"\b(\w+) AS {on[1]}\b", statement)
            found.append(of[1] if of else on[1])
    return sorted(each for each in found if each in SOUGHT)


def test_the_rows_of_a_few_departments_are_found_by_indexes(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:  # nothing is sealed: no test reads this warehouse's rows
        _fill(connection, "department", DEPARTMENTS)
        for each in QUARTERS:
            at = checkpoint_id(connection, each)
        for name, rows in ROWS.items():
            _fill(connection, name, rows)
    know_sizes(engine)
    whole = {
        (what, len(few)): tables
        for few in map(frozenset, FEW[engine.dialect.name])
        for what, tables in _read_of(engine, tmp_path, at, few).items()
    }
    assert not any(whole.values()), whole


def _read_of(engine: Engine, inbox: Path, at: int, few: frozenset[int]) -> dict[str, list[str]]:
    """Return which large tables are read whole for a few departments, by what asks for them."""
    seen, configuration = LAST.of_departments(few), load_configuration(inbox)
    with engine.begin() as connection:
        read: dict[str, list[tuple[str, str]]] = {}
        with _plans(connection) as read["judging"]:
            registers = frozenset({"payment", "petition_case"})
            connection.execute(figures_query(seen.of_some, registers), seen.whose)
            for query in (
                projects_to_judge(seen.of_some, at),
                indicators_to_judge(seen.of_some, at),
            ):
                connection.execute(query, seen.whose)
            connection.execute(paid_by_source(seen.of_some), seen.whose)
        with _plans(connection) as read["alerts"], joined_as_sets(connection, few):
            connection.execute(select_misses(2024, configuration, LAST, SOME), seen.whose)
        with _plans(connection) as read["states of alerts"]:
            alerts_with_states(connection, within(alert.c.department_id, few))
        with _plans(connection) as read["reports"]:
            load_reports(connection, LAST, few)
    assert all(read.values())
    return {what: _read_whole(lines) for what, lines in read.items()}


def test_what_is_new_and_who_was_erased_is_found_without_reading_what_there_was(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        _fill(connection, "department", DEPARTMENTS)
        for each in QUARTERS:
            checkpoint_id(connection, each)
        for name in ("source_file", "payment", "snapshot"):
            _fill(connection, name, ROWS[name])
    know_sizes(engine)
    with engine.begin() as connection:
        last = marks(connection, TOLD)
        for kind in (COUNTED, MONITORING, AUDIT, LIMITS, ALERTS, YEAR):
            with _plans(connection) as lines:
                assert not changed_since(connection, kind, LAST, last)
            judged = [line for line, _ in lines if re.search(r"(on|SEARCH|SCAN) snapshot\b", line)]
            assert all("rowid>" in line or "pk_snapshot" in line for line in judged), judged
            assert bool(judged) == bool(kind.reads or kind.tells)
        with _plans(connection) as lines:
            assert not erased(connection, LAST)
    assert any("ix_payment_payee_erased" in line for line, _ in lines), lines


def test_postgresql_looks_at_what_changed_by_a_tenth_and_at_tables_of_any_size(
    engine: Engine,
) -> None:
    looked: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(*told: object) -> None:
        if str(told[2]).startswith("ANALYZE"):
            looked.append(str(told[2]))

    know_sizes(engine)
    looked.clear()
    know_sizes(engine)
    assert not looked
    postgresql = engine.dialect.name == "postgresql"
    counted = "SELECT pg_stat_force_next_flush()" if postgresql else "SELECT 1"  # at the commit
    for many in (DEPARTMENTS, 1):  # one more is no tenth
        with engine.begin() as connection:
            if many > 1:
                _fill(connection, "department", many)
            else:
                connection.execute(insert(department).values(code="one of many"))
            connection.exec_driver_sql(counted)
        know_sizes(engine)
        assert looked == (["ANALYZE department"] if postgresql else [])
    if postgresql:
        with engine.connect() as connection:
            pages = text("UPDATE pg_class SET relpages = 300000 WHERE relname = 'department'")
            connection.execute(pages)  # of more than two gigabytes
            know_grown(connection, department)
            connection.rollback()


def test_statements_are_not_compiled(postgresql_url: str) -> None:
    with connect(postgresql_url).connect() as connection:
        assert connection.scalar(text("SHOW jit")) == "off"
