"""History: the same content twice changes nothing, other content makes a version."""

import subprocess
import sys
import threading
from datetime import date

from sqlalchemy import Connection, Engine, event, func, select

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import (
    Merge,
    SourcedRow,
    merge_rows,
    write_snapshots,
)
from perf_pipeline.warehouse.schema import measure_value, register_tables, source_file
from tests.judged import write_snapshot
from tests.one_project import a_file

PAYMENT = register_tables["payment"]
CHECKPOINT = FiscalCalendar((3, 6, 10, 12)).checkpoint("2024-03")


def file_id(connection: Connection, path: str, version: int = 1) -> int:
    return a_file(connection, "payment", path, version)


def payment(voucher: str, fen: int) -> SourcedRow:
    return SourcedRow(
        voucher,
        "支付",
        5,
        {
            "voucher_no": voucher,
            "paid_on": date(2024, 3, 5),
            "project_name": "信访维稳经费",
            "amount_fen": fen,
            "funding_source": "财政资金",
        },
    )


def current(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(PAYMENT.c.voucher_no, PAYMENT.c.amount_fen).where(PAYMENT.c.closed_by_id.is_(None))
    )
    return {row.voucher_no: row.amount_fen for row in rows}


def test_a_corrected_file_closes_what_it_changes_and_drops_and_deletes_nothing(
    engine: Engine,
) -> None:
    with write_transaction(engine) as connection:
        first = file_id(connection, "a.xlsx")
        rows = [payment("1", 100), payment("2", 200), payment("3", 300)]
        assert merge_rows(connection, PAYMENT, file_id=first, rows=rows) == Merge(3, 0, 0)
    with write_transaction(engine) as connection:
        second = file_id(connection, "a.xlsx", version=2)
        rows = [payment("1", 100), payment("2", 250)]
        assert merge_rows(connection, PAYMENT, file_id=second, rows=rows) == Merge(1, 2, 1)
        assert current(connection) == {"1": 100, "2": 250}
        assert connection.scalar(select(func.count()).select_from(PAYMENT)) == 4


def test_the_same_voucher_in_another_file_is_not_counted_twice(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        first, later = file_id(connection, "1-3月.xlsx"), file_id(connection, "1-6月.xlsx")
        merge_rows(connection, PAYMENT, file_id=first, rows=[payment("1", 100)])
        both = [payment("1", 100), payment("2", 200)]
        assert merge_rows(connection, PAYMENT, file_id=later, rows=both) == Merge(1, 0, 1)
        assert current(connection) == {"1": 100, "2": 200}


def test_the_order_of_rows_makes_no_version(engine: Engine) -> None:
    rows = [
        {"measure": f"m{n}", "project_name": None, "numerator": n, "denominator": 1}
        for n in range(20)
    ]
    versions = set()
    for order in (rows, rows[::-1], rows[7:] + rows[:7]):
        with write_transaction(engine) as connection:
            department = department_id(connection, "bureau")
            at = checkpoint_id(connection, CHECKPOINT)
            written = write_snapshot(connection, "measures", department, at, {measure_value: order})
            versions.add(written.version)
    assert versions == {1}


def test_a_snapshot_is_written_once_for_the_same_content(engine: Engine) -> None:
    def write(numerator: int) -> tuple[int, bool]:
        with write_transaction(engine) as connection:
            department = department_id(connection, "bureau")
            at = checkpoint_id(connection, CHECKPOINT)
            value = {
                "measure": "payments",
                "project_name": None,
                "numerator": numerator,
                "denominator": 1,
            }
            tables = {measure_value: [value]}
            written = write_snapshot(connection, "measures", department, at, tables)
            return written.version, written.is_new

    assert [write(1), write(1), write(2), write(2)] == [
        (1, True),
        (1, False),
        (2, True),
        (2, False),
    ]


def test_a_second_process_reads_while_one_writes(engine: Engine, warehouse_url: str) -> None:
    reading = (
        "import sys; from sqlalchemy import create_engine, text;"
        "connection = create_engine(sys.argv[1]).connect();"
        "print(connection.scalar(text('SELECT count(*) FROM department')))"
    )
    with write_transaction(engine) as connection:
        department_id(connection, "bureau")
        command = [sys.executable, "-c", reading, warehouse_url]
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert told.stdout.strip() == "0"  # it does not wait, and sees what was before


def test_two_writers_take_turns_and_neither_is_lost(engine: Engine) -> None:
    barrier = threading.Barrier(4)

    def add(path: str) -> None:
        barrier.wait()
        with write_transaction(engine) as connection:
            merge_rows(
                connection,
                PAYMENT,
                file_id=file_id(connection, path),
                rows=[payment("shared", 100), payment(path, 200)],
            )

    threads = [threading.Thread(target=add, args=(f"{n}.xlsx",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        expected = {"shared": 100} | {f"{n}.xlsx": 200 for n in range(4)}
        assert current(connection) == expected


def test_a_hundred_departments_are_written_in_as_many_statements_as_one(engine: Engine) -> None:
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *said: counted.append(said[2]))

    def statements(departments: int, numerator: int) -> int:
        value = {"measure": "m", "project_name": None, "numerator": numerator, "denominator": 1}
        with write_transaction(engine) as connection:
            at = checkpoint_id(connection, CHECKPOINT)
            judged = {
                department_id(connection, f"{n}"): {measure_value: [value]}
                for n in range(departments)
            }
            before = len(counted)
            written = write_snapshots(connection, "measures", at, judged)
            assert len(written) == departments
            return len(counted) - before

    assert statements(1, 1) == statements(100, 2)
    assert statements(100, 2) == statements(1, 2)  # nothing new is a look


def test_a_column_is_held_against_more_values_than_a_statement_takes(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        first, second = (file_id(connection, f"{n}.xlsx") for n in range(2))
        many = [*range(second + 1, second + 70_000), first]
        query = select(source_file.c.id).order_by(source_file.c.id)
        for condition, found in (
            (among(source_file.c.id, many), [first]),
            (~among(source_file.c.id, many), [second]),
            (among(source_file.c.id, ()), []),
            (among(source_file.c.path, ["1.xlsx", "\"'", "%"]), [second]),
        ):
            assert list(connection.execute(query.where(condition)).scalars()) == found
