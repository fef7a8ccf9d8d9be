"""What the warehouse says of itself, as metrics in Prometheus' text format.

Sums over all departments: what concerns one stands in its report and its alerts, not in a metric.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Table,
    func,
    select,
    text,
)

from perf_pipeline.alerts.state import OPEN
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.health import ServiceState, unsent
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.known import current, latest_snapshots
from perf_pipeline.warehouse.revisions import revision_of
from perf_pipeline.warehouse.same import overtaken
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    case_limit,
    checkpoint,
    indicator_result,
    quarantined_row,
    snapshot,
    source_file,
    spending_result,
)
from perf_pipeline.warehouse.typed import Expression, Query

Values = Iterable[tuple[tuple[str, ...], float]]


def metrics_text(
    engine: Engine, state: ServiceState | None = None, *, moment: datetime | None = None
) -> str:
    """Return the warehouse's metrics, and those of the service around it where its state is given.

    Metrics and their labels stand in docs/operations.md. One text for whoever scrapes or prints it.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(lambda: _of_warehouse(engine, moment or datetime.now(UTC))))
    if state is not None:
        registry.register(_Collector(lambda: _of_service(state)))
    return generate_latest(registry).decode()


def write_metrics(told: str, path: Path) -> None:
    """Put metrics where node_exporter's textfile collector finds them, whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")  # not *.prom: not collected
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_text(told, "utf-8")
    partial.replace(path)


class _Collector:
    """What gives its metrics anew each time that it is asked."""

    def __init__(self, collect: Callable[[], Iterator[Metric]]) -> None:
        self.collect = collect


def _of_warehouse(engine: Engine, moment: datetime) -> Iterator[Metric]:
    with engine.connect() as connection:
        for kind, families in ((CounterMetricFamily, COUNTERS), (GaugeMetricFamily, GAUGES)):
            for name, said, labels, read in families:
                values = read(connection) if callable(read) else _counted(connection, read)
                yield _filled(kind(name, said, labels=labels), values)
        said = "How long the oldest message that is not sent yet has waited; 0 without one"
        waited = GaugeMetricFamily("perf_outbox_oldest_age_seconds", said)
        yield _filled(waited, [((), _oldest_age(connection, moment))])


def _of_service(state: ServiceState) -> Iterator[Metric]:
    """Give what Dagster knows: daemons, runs, and when each quarter was last judged."""
    beats, runs, judged = state.heartbeats.items(), state.last_runs, state.judged.items()
    for name, said, label, values in (
        (
            "perf_daemon_heartbeat_timestamp_seconds",
            "Last sign of life of each of Dagster's daemons; 0 for none ever",
            "daemon",
            {name: beat.timestamp() if beat else 0.0 for name, beat in beats},
        ),
        (
            "perf_last_run_failed",
            "1 for a job whose last run to end failed",
            "job",
            {run.job: float(run.failed) for run in runs},
        ),
        (
            "perf_last_run_timestamp_seconds",
            "When the last run to end of a job did",
            "job",
            {run.job: run.ended.timestamp() for run in runs},
        ),
        (
            "perf_judged_timestamp_seconds",
            "When a quarter was last judged with success, whether anything changed or not",
            "quarter",
            {name: each.timestamp() for name, each in judged},
        ),
    ):
        told = (((of,), value) for of, value in values.items())
        yield _filled(GaugeMetricFamily(name, said, labels=(label,)), told)


def _filled(metric: CounterMetricFamily | GaugeMetricFamily, values: Values) -> Metric:
    for labels, value in values:
        metric.add_metric(labels, value)
    filled: Metric = metric
    return filled


def _counted(connection: Connection, query: Query) -> Values:
    """Read rows whose last column is a number and whose others are labels."""
    return [
        (tuple(str(label) for label in labels), float(str(value)))
        for *labels, value in connection.execute(query)
    ]


def _by(what: FromClause, *labels: Expression, where: ColumnElement[bool] | None = None) -> Query:
    """Count rows by their labels."""
    query = select(*labels, func.count()).select_from(what).group_by(*labels).order_by(*labels)
    return query if where is None else query.where(where)


def _by_quarter(kind: str, table: Table, *labels: Expression) -> Query:
    """Count the rows of a judged table in its newest versions, by quarter and its own labels."""
    judged = table.join(snapshot, snapshot.c.id == table.c.snapshot_id)
    judged = judged.join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
    newest = snapshot.c.id.in_(select(latest_snapshots(kind).subquery().c.id))
    return _by(judged, checkpoint.c.name, *labels, where=newest)


def _rows(connection: Connection) -> Values:
    sums = [
        func.sum(source_file.c[f"rows_{outcome}"]).label(outcome)
        for outcome in ("loaded", "quarantined", "skipped")
    ]
    query = select(source_file.c.kind, *sums).group_by(source_file.c.kind).order_by("kind")
    for row in connection.execute(query).mappings():
        for outcome in ("loaded", "quarantined", "skipped"):
            yield (row["kind"], outcome), float(row[outcome])


def _newest_judgements(connection: Connection) -> Values:
    query = (
        select(checkpoint.c.name, func.max(snapshot.c.created_at))
        .join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
        .where(snapshot.c.kind == "monitoring")
        .group_by(checkpoint.c.name)
        .order_by(checkpoint.c.name)
    )
    for name, moment in connection.execute(query):
        yield (name,), as_utc(moment).timestamp()


def _undelivered(connection: Connection) -> Values:
    return [((state,), float(count)) for state, (count, _) in unsent(connection).items()]


def _oldest_age(connection: Connection, moment: datetime) -> float:
    """Age the oldest message from the beginning of the day that it is for."""
    day = min((day for _, day in unsent(connection).values()), default=None)
    if day is None:
        return 0.0
    began = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    return max(0.0, (moment - began).total_seconds())


def _size(connection: Connection) -> Values:
    if connection.dialect.name == "postgresql":
        size = text("SELECT pg_database_size(current_database())")
    else:
        size = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    yield (), float(connection.scalar(size))


def _built(connection: Connection) -> Values:
    yield (version("perf-pipeline"), str(revision_of(connection)), connection.dialect.name), 1.0


OF_ALERTS = alert.join(alert_event, alert_event.c.alert_id == alert.c.id)
STILL_OPEN = ~overtaken(alert_event, "alert_id") & alert_event.c.state.in_(sorted(OPEN))
OPEN_ALERTS = _by(OF_ALERTS, alert.c.rule, alert.c.level, alert_event.c.state, where=STILL_OPEN)
OF_ROWS = source_file.join(quarantined_row, quarantined_row.c.source_file_id == source_file.c.id)
IN_QUARANTINE = _by(OF_ROWS, source_file.c.kind, where=current(quarantined_row))
FILES = _by(source_file, source_file.c.kind, source_file.c.outcome)
LIGHTS = _by_quarter("monitoring", spending_result, spending_result.c.light)
STATUSES = _by_quarter("monitoring", indicator_result, indicator_result.c.status)
CASES = _by_quarter("limits", case_limit, case_limit.c.register, case_limit.c.state)
Family = tuple[str, str, tuple[str, ...], Query | Callable[[Connection], Values]]
COUNTERS: tuple[Family, ...] = (
    ("perf_rows", "Rows read, by what became of them", ("register", "outcome"), _rows),
    ("perf_files", "Files taken in, each version once", ("register", "outcome"), FILES),
)
GAUGES: tuple[Family, ...] = (
    ("perf_quarantined_rows", "Rows that wait to be mended", ("register",), IN_QUARANTINE),
    (
        "perf_judgement_timestamp_seconds",
        "When the newest version of a quarter's judgement was written; "
        "one that changes nothing writes none",
        ("quarter",),
        _newest_judgements,
    ),
    ("perf_projects", "Projects by the light of their spending", ("quarter", "light"), LIGHTS),
    ("perf_indicators", "Indicators by status", ("quarter", "status"), STATUSES),
    (
        "perf_cases",
        "Cases over their limit at a checkpoint, or due before the next",
        ("quarter", "register", "state"),
        CASES,
    ),
    ("perf_open_alerts", "Alerts that are open", ("rule", "level", "state"), OPEN_ALERTS),
    ("perf_undelivered_messages", "Messages that are not sent", ("state",), _undelivered),
    ("perf_warehouse_size_bytes", "Size of the warehouse's database", (), _size),
    ("perf_build_info", "Always 1", ("version", "schema", "database"), _built),
)
