"""One project of one department, loaded row by row and judged: what restating it is tried on."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, Engine, insert

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
from perf_pipeline.warehouse.schema import metadata, source_file
from tests.kept import stand

CALENDAR = FiscalCalendar((3, 6, 10, 12))
MARCH, JUNE = CALENDAR.checkpoint("2024-03"), CALENDAR.checkpoint("2024-06")
NAME, KEY = "信访维稳经费", "信访维稳经费||按期受理率"
Rows = Mapping[str, Mapping[str, object]]


def load(
    engine: Engine, table: str, rows: Rows, *, version: int = 1, bureau: str = "bureau"
) -> None:
    """Load one file of a department: rows of one table by key, in the order of the sheet."""
    with write_transaction(engine) as connection:
        file_id = add_file(connection, table, version, bureau)
        sourced = [
            SourcedRow(key, "表", number, values)
            for number, (key, values) in enumerate(rows.items(), start=2)
        ]
        merge_rows(connection, metadata.tables[table], file_id=file_id, rows=sourced)


def add_file(connection: Connection, table: str, version: int, bureau: str) -> int:
    path = f"2024/{bureau}/registers/{table}.xlsx"
    return a_file(connection, table, path, version, bureau)


def a_file(
    connection: Connection, kind: str, path: str, version: int = 1, bureau: str = "bureau"
) -> int:
    """Note a file that came in, whose rows are merged by hand; return its number."""
    return connection.execute(
        insert(source_file)
        .values(
            department_id=department_id(connection, bureau),
            fiscal_year=2024,
            kind=kind,
            path=path,
            sha256=f"{path}{version}",
            size=1,
            read_with="",
            version=version,
            outcome="loaded",
            rows_read=0,
            rows_loaded=0,
            rows_quarantined=0,
            rows_skipped=0,
            loaded_at=now(),
        )
        .returning(source_file.c.id)
    ).scalar_one()


def payments(**fen: int) -> dict[str, dict[str, object]]:
    """Payments of March by voucher."""
    return {
        voucher: {
            "voucher_no": voucher,
            "paid_on": date(2024, 3, 5),
            "project_name": NAME,
            "amount_fen": amount,
            "funding_source": "财政资金",
        }
        for voucher, amount in fen.items()
    }


def budget(fen: int) -> Rows:
    return {NAME: {"project_name": NAME, "total_fen": fen}}


def goal(percent: int) -> Rows:
    return {
        KEY: {
            "raw_value": f"≥{percent}%",
            "kind": "number",
            "operator": ">=",
            "value_text": str(percent),
            "value_micro": percent * 1_000_000,
            "upper_micro": None,
            "unit": "%",
        }
    }


def case(number: int, in_time: bool) -> Mapping[str, object]:
    return {
        "case_no": str(number),
        "received_on": date(2024, 2, 1),
        "channel": "网上",
        "assigned_by": "无",
        "is_key": False,
        "accepted_on": date(2024, 2, 10 if in_time else 28),
        "closed_on": None,
    }


def cases(*in_time: bool) -> Rows:
    return {str(n): case(n, each) for n, each in enumerate(in_time)}


def set_up(engine: Engine) -> None:
    """Let an empty warehouse hold the project; it is loaded once on each database."""
    stand(engine, "one-project", load_project)


def load_project(engine: Engine, bureau: str = "bureau") -> None:
    """One project with a plan, a budget and an indicator that cases feed."""
    load(engine, "project", {NAME: {"name": NAME, "ordinal": 1}}, bureau=bureau)
    named = {"project_name": NAME, "section": None, "name": "按期受理率", "ordinal": 1}
    load(engine, "indicator", {KEY: {**named, "level1": "产出指标"}}, bureau=bureau)
    load(engine, "target", goal(90), bureau=bureau)
    mapped = {
        "project_name": NAME,
        "indicator_name": "按期受理率",
        "measure": "petition_on_time_acceptance",
    }
    load(engine, "indicator_measure", {KEY: mapped}, bureau=bureau)
    plan = {"project_name": NAME, "label": "3月底", "due_on": date(2024, 3, 31), "share_bp": 2000}
    load(engine, "spending_plan", {f"{NAME}|3": plan}, bureau=bureau)
    load(engine, "budget", budget(100_000), bureau=bureau)
    load(engine, "payment", payments(a=20_000), bureau=bureau)
    load(engine, "petition_case", cases(True, True), bureau=bureau)


def judge(engine: Engine, *checkpoints: object) -> None:
    for checkpoint in checkpoints or (MARCH,):
        compute_measures(engine, checkpoint)  # type: ignore[arg-type]
        evaluate_quarter(engine, checkpoint, Limits())  # type: ignore[arg-type]
