"""What a made-up city costs at the least: the database's own loader, and six sums by bare SQL.

The six sums are, over the warehouse's own register tables and at each checkpoint, what was paid by
project, how often, its budget and the share planned, and of each indicator that has a measure,
numerator and denominator; both stored as tables. All that the report tables hold is `bare_sql`'s.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from perf_pipeline.domain.calendar import Checkpoint

SPELLED = {  # days after a date, and the number that a text tells
    "sqlite": ("date({0}, '+' || ({1}) || ' days')", "CAST({0} AS INTEGER)"),
    "postgresql": ("({0} + CAST({1} AS INTEGER))", "CAST(SUBSTRING({0} FROM '^[0-9]+') AS BIGINT)"),
}
PAID = """
    SELECT department_id, project_name, SUM(amount_fen) AS paid_fen, COUNT(*) AS payments
    FROM payment
    WHERE closed_by_id IS NULL AND fiscal_year = {year} AND paid_on <= '{until}'
    GROUP BY department_id, project_name
"""
SPENDING = f"""
    WITH paid AS ({PAID})
    SELECT budget.department_id, budget.project_name, budget.total_fen AS budget_fen,
        COALESCE(paid.paid_fen, 0) AS paid_fen, COALESCE(paid.payments, 0) AS payments,
        spending_plan.share_bp AS planned_bp
    FROM budget
    LEFT JOIN paid ON paid.department_id = budget.department_id
        AND paid.project_name = budget.project_name
    LEFT JOIN spending_plan ON spending_plan.department_id = budget.department_id
        AND spending_plan.project_name = budget.project_name AND spending_plan.due_on = '{{until}}'
        AND spending_plan.closed_by_id IS NULL
    WHERE budget.closed_by_id IS NULL AND budget.fiscal_year = {{year}}
"""
IN_TIME = """
    SELECT department_id, '{measure}' AS measure,
        SUM(CASE WHEN {done} <= {limit} THEN 1 ELSE 0 END) AS numerator, COUNT(*) AS denominator
    FROM petition_case
    WHERE closed_by_id IS NULL AND fiscal_year = {year}
        AND ({done} <= '{until}' OR {limit} < '{until}')
    GROUP BY department_id
"""
INDICATORS = """
    WITH figures AS (
        {acceptance} UNION ALL {closing} UNION ALL
        SELECT department_id, 'petition_satisfaction',
            SUM(CASE WHEN satisfaction IN ('满意', '基本满意') THEN 1 ELSE 0 END), COUNT(*)
        FROM petition_case
        WHERE closed_by_id IS NULL AND fiscal_year = {year}
            AND closed_on <= '{until}' AND satisfaction IS NOT NULL
        GROUP BY department_id
    ), fed AS (
        SELECT department_id, project_name, indicator_name, measure FROM indicator_measure
        WHERE closed_by_id IS NULL AND fiscal_year = {year}
    )
    SELECT fed.department_id, fed.project_name, indicator_name AS name, numerator, denominator
    FROM fed JOIN figures
        ON figures.department_id = fed.department_id AND figures.measure = fed.measure
    UNION ALL
    SELECT fed.department_id, fed.project_name, indicator_name, paid_fen, budget_fen
    FROM fed JOIN {spending} AS spent
        ON spent.department_id = fed.department_id AND spent.project_name = fed.project_name
    WHERE measure = 'execution_rate'
    UNION ALL
    SELECT fed.department_id, fed.project_name, fed.indicator_name,
        COALESCE(numerator, {told}), COALESCE(denominator, 1)
    FROM fed JOIN reported_value AS said
        ON said.department_id = fed.department_id AND said.project_name = fed.project_name
        AND said.indicator_name = fed.indicator_name
    WHERE measure = 'reported' AND said.as_of = '{until}' AND said.closed_by_id IS NULL
"""
EXTENDED = "60 + COALESCE(extended_days, 0)"


def six_sums(engine: Engine, checkpoints: Sequence[Checkpoint]) -> None:
    """Compute and store a table of spending and one of indicators for each checkpoint."""
    with engine.begin() as connection:
        for each in checkpoints:
            spending, indicators = (
                f"sums_{of}_result_{each.month}" for of in ("spending", "indicator")
            )
            told = {"year": str(each.fiscal_year), "until": each.ends_on.isoformat()}
            _store(connection, spending, SPENDING.format(**told))
            _store(connection, indicators, _indicators(engine.dialect.name, spending, told))


def _store(connection: Connection, table: str, query: str) -> None:
    connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    connection.execute(text(f"CREATE TABLE {table} AS {query}"))


def _indicators(dialect: str, spending: str, told: dict[str, str]) -> str:
    after, number = SPELLED[dialect]

    def in_time(measure: str, since: str, done: str, days: str) -> str:
        limit = after.format(since, days)
        return IN_TIME.format(measure=measure, done=done, limit=limit, **told)

    return INDICATORS.format(
        acceptance=in_time("petition_on_time_acceptance", "received_on", "accepted_on", "15"),
        closing=in_time(
            "petition_on_time_closing",
            "accepted_on",
            "closed_on",
            EXTENDED,
        ),
        spending=spending,
        told=number.format("reported_text"),
        **told,
    )


def bulk_load(engine: Engine, inbox: Path) -> int:
    """Load the rows of all registers as they stand, by the database's own way; return how many."""
    connection, loaded = engine.raw_connection(), 0
    cursor = connection.cursor()
    registers: dict[str, list[Path]] = {}
    for path in sorted(inbox.rglob("registers/*.csv")):
        registers.setdefault(path.stem.removesuffix("-补报"), []).append(path)
    for nth, paths in enumerate(registers.values()):
        head, *_ = paths[0].read_text("utf-8").splitlines()
        width, rows = head.count(",") + 1, _rows(paths)
        named = ", ".join(f"c{n} TEXT" for n in range(width))
        cursor.execute(f"CREATE TEMPORARY TABLE bare_{nth} ({named})")
        if engine.dialect.name == "postgresql":
            with cursor.copy(f"COPY bare_{nth} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            into = f"INSERT INTO bare_{nth} VALUES ({', '.join('?' * width)})"
            while some := list(islice(rows, 10_000)):
                cursor.executemany(into, some)
        loaded += cursor.execute(f"SELECT COUNT(*) FROM bare_{nth}").fetchone()[0]
    connection.close()
    return loaded


def _rows(paths: Sequence[Path]) -> Iterator[list[str]]:
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            yield from islice(csv.reader(file), 1, None)


def stored_bytes(engine: Engine) -> int:
    """Return how much room the warehouse takes."""
    size = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    with engine.connect() as connection:
        return int(connection.scalar(text(size[engine.dialect.name])) or 0)


def folder_bytes(folder: Path) -> int:
    """Return how much the files of a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
