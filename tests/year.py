"""The shipped year, taken in and judged by the library alone, without Dagster."""

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits, Limits
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.departures import note_departures
from perf_pipeline.warehouse.intake import FileOutcome, refuse_unmatched
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.targets import load_targets

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
DEPARTMENT = "gaoxin-zhengfawei"
REGISTERS = DATA / "2024" / DEPARTMENT / "registers"
CALENDAR = FiscalCalendar((3, 6, 10, 12))
QUARTERS = CALENDAR.checkpoints(2024)


def take_everything_in(engine: Engine, inbox: Path = DATA) -> list[FileOutcome]:
    """Note what left an inbox, and load every document and register of it."""
    note_departures(engine, inbox)
    outcomes = list(load_targets(engine, inbox))
    for declared in load_registers():
        outcomes += load_register(engine, inbox, declared.name)
    return [*outcomes, *refuse_unmatched(engine, inbox)]


def judge(engine: Engine, *quarters: str) -> int:
    """Judge the quarters named, or all; return the number of new alerts."""
    alerts = 0
    for checkpoint in QUARTERS:
        if not quarters or checkpoint.name in quarters:
            compute_measures(engine, checkpoint)
            compute_case_limits(engine, checkpoint, CALENDAR.after(checkpoint).ends_on)
            audit_ledgers(engine, checkpoint, AuditLimits())
            evaluate_quarter(engine, checkpoint, Limits())
            newest = checkpoint == QUARTERS[-1]
            alerts += len(raise_alerts(engine, checkpoint, load_configuration(DATA), newest=newest))
    return alerts
