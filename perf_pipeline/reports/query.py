"""From the warehouse to the report: a dozen selects for all departments, sorted out in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import groupby

from sqlalchemy import Connection, Table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.funding import by_source
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.noted import read_noted
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.findings import findings_at
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.results import read_adjustments
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports import selects
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.model import (
    AlertLine,
    CaseLimitLine,
    FileNote,
    Funding,
    IndicatorLine,
    PaidPoint,
    PlanPoint,
    Project,
    QuarantineNote,
    QuarterReport,
    Safeguard,
    SpendingLine,
)
from perf_pipeline.reports.notices import combine_notices
from perf_pipeline.warehouse.file_kinds import KIND_LABELS
from perf_pipeline.warehouse.judgements import MeasureValue, SpendingSum
from perf_pipeline.warehouse.known import Departments, checkpoint_id_of, newest_results
from perf_pipeline.warehouse.outcomes import listed
from perf_pipeline.warehouse.schema import (
    case_limit,
    indicator_result,
    measure_value,
    outlook,
    spending_line,
    spending_result,
)
from perf_pipeline.warehouse.typed import Query, StoredRow

FISCAL_SOURCE = "财政资金"
OF_A_FILE = [each.name for each in fields(FileNote)]
Rows = list[StoredRow]
ByDepartment = dict[int, Rows]
Foretold = dict[tuple[str, str], StoredRow]


def load_reports(
    connection: Connection, checkpoint: Checkpoint, only: Departments = None
) -> tuple[QuarterReport, ...]:
    """Return the reports of all departments judged at a checkpoint, in the order of their codes.

    `version` is None: it is known once the lines are kept. `only` limits to some departments.
    """

    def read(query: Query) -> ByDepartment:
        return grouped(connection.execute(query), lambda row: row.department_id)

    number = checkpoint_id_of(connection, checkpoint.name)
    if number is None:
        return ()

    def newest(table: Table, kind: str, at: int = number) -> ByDepartment:
        return read(newest_results(table, kind, at, only))

    judged = connection.execute(selects.judged_departments(checkpoint, only)).all()
    quarters = connection.execute(selects.checkpoints_so_far(checkpoint)).all()
    ordinals = [row.ordinal for row in quarters]
    spending = read(selects.results_so_far(spending_result, checkpoint, only))
    indicators = read(selects.results_so_far(indicator_result, checkpoint, only))
    projects = read(selects.projects(checkpoint, only))
    plans = read(selects.plans(checkpoint, only))
    budgets = read(selects.budgets(checkpoint, only))
    payments = read(selects.payments_by_day(checkpoint, only))
    alerts = read(selects.alerts(checkpoint, only))
    files = read(selects.current_files(checkpoint, only))
    quarantine = read(selects.quarantine(checkpoint, only))
    sums = newest(spending_line, "monitoring")
    case_limits = newest(case_limit, "limits")
    measured = newest(measure_value, "measures")
    audit = findings_at(connection, checkpoint, only)
    outlooks = newest(outlook, "outlook")
    noted = read_noted(connection, checkpoint, [each.department_id for each in judged])
    adjustments = read_adjustments(connection, [each.snapshot_id for each in judged])

    reports = []
    for each in judged:
        at = each.department_id
        foretold = {(row.subject, row.subject_key): row for row in outlooks[at]}
        judged_spending = _spending(
            spending[at], ordinals, checkpoint, plans[at], budgets[at], payments[at], foretold
        )
        judged_indicators = _indicators(indicators[at], ordinals, checkpoint, foretold)
        own = [row for row in files[at] if row.is_of_it]
        reports.append(
            QuarterReport(
                department_id=at,
                department_code=each.code,
                department=each.name,
                checkpoint=checkpoint,
                monitoring_version=each.version,
                version=None,
                notice=combine_notices(row.notice for row in own if row.notice),
                history_labels=tuple(row.label for row in quarters),
                projects=tuple(_project(row) for row in projects[at]),
                spending=judged_spending,
                indicators=judged_indicators,
                status_history=_counted(indicators[at], ordinals),
                sums=tuple(SpendingSum.of(row._mapping) for row in sums[at]),
                alerts=_alerts(alerts[at], each.name, judged_spending, judged_indicators),
                files=tuple(map(file_note, own)),
                received=_received(files[at]),
                quarantine=tuple(
                    QuarantineNote(KIND_LABELS.get(row.kind, row.kind), row.reason, row.rows)
                    for row in quarantine[at]
                ),
                case_limits=tuple(_case_limit(row) for row in case_limits[at]),
                audit=audit.get(at, ()),
                safeguards=_safeguards(measured[at]),
                items=noted.get(at, ()),
                adjustments=tuple(adjustments.get(each.snapshot_id, ())),
            )
        )
    return tuple(reports)


def _spending(
    rows: Rows,
    ordinals: list[int],
    checkpoint: Checkpoint,
    plans: Rows,
    budgets: Rows,
    payments: Rows,
    foretold: Foretold,
) -> tuple[SpendingLine, ...]:
    past = {(row.project_name, row.quarter_ordinal): Light(row.light) for row in rows}
    budget_of = {row.project_name: row for row in budgets}
    plan_of = grouped(plans, lambda row: row.project_name)
    payments_of = grouped(payments, lambda row: row.project_name)
    return tuple(
        SpendingLine.of(
            row._mapping,
            budget_by_source=_budget_by_source(row, budget_of.get(row.project_name)),
            paid_by_source=_paid_by_source(row, payments_of[row.project_name]),
            plan=tuple(PlanPoint(p.label, p.due_on, p.share_bp) for p in plan_of[row.project_name]),
            paid=_cumulative(payments_of[row.project_name]),
            history=tuple(past.get((row.project_name, ordinal)) for ordinal in ordinals),
            outlook=_outlook(foretold.get(("spending", row.project_name))),
        )
        for row in rows
        if row.quarter_ordinal == checkpoint.ordinal
    )


def _budget_by_source(judged: StoredRow, budget: StoredRow | None) -> Funding:
    """Return the year's first budget by source, unless it is not the one that was judged."""
    known = judged.budget_fen if judged.initial_budget_fen is None else judged.initial_budget_fen
    if budget is None or budget.total_fen != known:
        return Funding(None, None)
    parts = (budget.fiscal_fen, budget.other_fen, budget.carry_over_fen)
    return Funding(*by_source(budget.total_fen, *parts))


def _paid_by_source(judged: StoredRow, payments: Rows) -> Funding:
    """Return what was paid by source, unless the ledger sums to something else than was judged."""
    fiscal = sum(int(p.amount_fen) for p in payments if p.funding_source == FISCAL_SOURCE)
    other = sum(int(p.amount_fen) for p in payments if p.funding_source != FISCAL_SOURCE)
    if judged.paid_fen is None or fiscal + other != judged.paid_fen:
        return Funding(None, None)
    return Funding(fiscal, other)


def _cumulative(payments: Rows) -> tuple[PaidPoint, ...]:
    points = []
    total = 0
    for day, paid in groupby(payments, key=lambda row: row.paid_on):
        total += sum(int(row.amount_fen) for row in paid)
        points.append(PaidPoint(day, total))
    return tuple(points)


def _indicators(
    rows: Rows, ordinals: list[int], checkpoint: Checkpoint, foretold: Foretold
) -> tuple[IndicatorLine, ...]:
    past = {(row.indicator_key, row.quarter_ordinal): Status(row.status) for row in rows}
    mine = [row for row in rows if row.quarter_ordinal == checkpoint.ordinal]
    return tuple(
        IndicatorLine.of(
            row._mapping,
            history=tuple(past.get((row.indicator_key, ordinal)) for ordinal in ordinals),
            outlook=_outlook(foretold.get(("indicator", row.indicator_key)), row),
        )
        for row in sorted(mine, key=lambda row: (row.ordinal, row.id))
    )


def _counted(rows: Rows, ordinals: list[int]) -> tuple[Mapping[Status, int], ...]:
    """Count the indicators of each checkpoint by status, those no longer asked for included."""
    found = Counter((row.quarter_ordinal, Status(row.status)) for row in rows)
    return tuple({status: found[ordinal, status] for status in Status} for ordinal in ordinals)


def _outlook(row: StoredRow | None, judged: StoredRow | None = None) -> Outlook | None:
    unit, actual = (judged.unit, judged.actual_text) if judged else (None, None)
    return None if row is None else Outlook.of(row._mapping, unit=unit, actual_text=actual)


def _project(row: StoredRow) -> Project:
    objectives = tuple(filter(None, map(str.strip, (row.objectives or "").splitlines())))
    document = f"{row.path}（第{row.file_version}版，SHA-256 {row.sha256[:12]}）"
    return Project(row.name, row.code, row.purpose, objectives, document)


def _alerts(
    rows: Rows,
    department: str,
    spending: Iterable[SpendingLine],
    indicators: Iterable[IndicatorLine],
) -> tuple[AlertLine, ...]:
    """Return the alerts, those that still hold first; the department goes without saying."""
    now: dict[tuple[str, str], tuple[Light | Status, str]] = {
        ("spending", line.project_name): (line.light, line.figure) for line in spending
    }
    now |= {("indicator", line.indicator_key): (line.status, line.figure) for line in indicators}
    lines = []
    for row in rows:
        level_now, figure = now.get((row.rule, row.subject_key), (None, None))
        level = Light(row.level) if row.rule == "spending" else Status(row.level)
        place = row.place.removeprefix(f"{department}／")
        lines.append(
            AlertLine(row.rule, level, level_now, row.subject, place, row.gap, row.since, figure)
        )
    return tuple(sorted(lines, key=lambda line: not line.holds))


def file_note(row: StoredRow) -> FileNote:
    """Tell of a file by its row."""
    lists = {name: listed(row._mapping[name]) for name in ("ignored_columns", "notices")}
    kind = KIND_LABELS.get(row.kind, row.kind)
    return FileNote(**{name: row._mapping[name] for name in OF_A_FILE} | lists | {"kind": kind})


def _received(files: Rows) -> tuple[str, ...]:
    """Return what kinds of files came, whether or not a checkpoint rests on them."""
    kinds = {row.kind for row in files if row.outcome == "loaded"}
    return tuple(sorted(KIND_LABELS.get(kind, kind) for kind in kinds))


def _case_limit(row: StoredRow) -> CaseLimitLine:
    label = KIND_LABELS.get(row.register, row.register)
    return CaseLimitLine.of(row._mapping, register_label=label)


def _safeguards(rows: Rows) -> tuple[Safeguard, ...]:
    """Return what the registers of safeguards (保障措施) come to, from rows of measures."""
    read = (MeasureValue.of(row._mapping) for row in rows)
    known = {row.measure: row for row in read if row.project_name is None}
    watching = {each.name: each.safeguard for each in load_registers() if each.safeguard}
    found = []
    for each in MEASURES:
        if each.of_register in watching:
            row = known.get(each.code)
            text = "无数据"
            if row is not None and row.year_numerator is not None and row.year_denominator:
                counts = (row.year_numerator, row.year_denominator)
                text = write_actual(*counts, each.unit)
            found.append(Safeguard(watching[each.of_register], each.label, text))
    return tuple(found)
