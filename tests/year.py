"""The shipped year, taken in and judged by the library alone, without Dagster."""

import hashlib
import shutil
from pathlib import Path

from sqlalchemy import Engine, func, select

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits, Limits
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.departures import note_departures
from perf_pipeline.warehouse.inbox import Listed
from perf_pipeline.warehouse.loading import load_inbox
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import department, source_file
from tests.kept import stand

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
DEPARTMENT = "gaoxin-zhengfawei"
REGISTERS = DATA / "2024" / DEPARTMENT / "registers"
CALENDAR = FiscalCalendar((3, 6, 10, 12))
QUARTERS = CALENDAR.checkpoints(2024)


def money_alone(inbox: Path) -> Path:
    """Lay down an inbox of the shipped document, ledger and budgets, where no more is needed."""
    for pattern in ("calendar.yaml", "2024/*/targets/*", "2024/*/registers/[支项]*"):
        for path in DATA.glob(pattern):
            copy = inbox / path.relative_to(DATA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return inbox


def take_everything_in(engine: Engine, inbox: Path = DATA) -> list[FileOutcome]:
    """Note what left an inbox, and load every document and register of it.

    What an empty warehouse becomes by the shipped inbox is made once in a session.
    """
    if _digest(inbox) == _digest(DATA) and _is_empty(engine):
        outcomes: list[FileOutcome] = stand(engine, "taken-in", load_everything)
        return list(outcomes)
    return load_everything(engine, inbox)


def judged_year(engine: Engine, *quarters: str) -> int:
    """Let an empty warehouse hold the shipped year with the quarters named, or all, judged.

    Returns the number of alerts. Each such warehouse is made once in a session.
    """
    assert _is_empty(engine)

    def make(made: Engine) -> int:
        take_everything_in(made)
        return judge(made, *quarters)

    alerts: int = stand(engine, "-".join(("judged", *quarters)), make)
    return alerts


def _digest(inbox: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(inbox.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(inbox)}".encode() + path.read_bytes())
    return digest.hexdigest()


def _is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(each)).scalar_one()
            for each in (department, source_file)
        )


def load_everything(engine: Engine, inbox: Path = DATA) -> list[FileOutcome]:
    listed = Listed(inbox)
    note_departures(engine, listed)
    return load_inbox(engine, listed)


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
