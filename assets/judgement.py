"""Measures, monitoring, alerts and reports of a quarter."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg

from assets.intake import REGISTER_NAMES, TARGET_TABLES, Materialized
from assets.partitions import (
    calendar,
    checkpoint_of,
    first_year,
    passed_checkpoints,
    quarters,
    reminder_due,
    today,
    years,
)
from assets.resources import Pipeline
from assets.retries import patient
from assets.rows import judged_rows
from assets.specs import OWNERS, table_spec
from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import Alert, raise_alerts
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits, duties
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.rollup import roll_up_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.history import JudgedSnapshot

RESULTS = ("spending_result", "spending_line", "indicator_result", "adjustment")
LIMITED = tuple(dict.fromkeys(declared.name for declared, _ in duties()))
AUDITED = ("payment", "contract", "budget", "fixed_asset", "consumable_issue")
REPORTED_ON = (*RESULTS, "outlook", "alert", "case_limit", "audit_finding")
SCORES = ("self_evaluation_result", "project_score", "department_score")


def snapshot_metadata(snapshots: Sequence[JudgedSnapshot]) -> dict[str, Any]:
    """Tell which version each department's judgement is at."""
    return {
        "departments": len(snapshots),
        "new_versions": sum(each.is_new for each in snapshots),
        "versions": {each.department: each.version for each in snapshots},
    }


def new_alerts(raised: Sequence[Alert]) -> dict[str, Any]:
    """Tell which alerts are new."""
    lines = "\n".join(f"- {each}" for each in raised)
    return {
        "new_alerts": len(raised),
        "alerts": dg.MetadataValue.md(lines or "没有新的预警"),
    }


@dg.multi_asset(
    specs=[
        table_spec(
            "measure_value",
            "measures",
            deps=["source_file", *TARGET_TABLES, *REGISTER_NAMES],
            partitions=quarters,
        )
    ],
    name="measure_value",
)
@patient
def measure_value(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """度量：由台账计数得出的分子和分母。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    written = compute_measures(pipeline.engine, checkpoint)
    counted = judged_rows(pipeline.engine, "measure_value", "measures", checkpoint)
    return dg.MaterializeResult(metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[
        table_spec(name, "monitoring", deps=["measure_value"], partitions=quarters)
        for name in RESULTS
    ],
    name="monitoring",
)
@patient
def monitoring(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """评价：预算执行与计划比较，指标与目标比较。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    written = evaluate_quarter(pipeline.engine, checkpoint, *pipeline.settings.limit_levels())
    for name in RESULTS:
        counted = judged_rows(pipeline.engine, name, "monitoring", checkpoint)
        yield dg.MaterializeResult(asset_key=name, metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[table_spec("rollup_result", "monitoring", deps=RESULTS, partitions=quarters)],
    name="rollup_result",
)
@patient
def rollup_result(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """汇总：部门、区县、市，只加件数和金额。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    organisation = pipeline.settings.organisation()
    try:
        version, is_new = roll_up_quarter(pipeline.engine, checkpoint, organisation)
    except NothingJudgedError:
        return dg.MaterializeResult(metadata={"version": 0, "new_version": False})
    return dg.MaterializeResult(metadata={"version": version, "new_version": is_new})


@dg.multi_asset(
    specs=[table_spec(name, "self_evaluation", deps=RESULTS, partitions=years) for name in SCORES],
    name="self_evaluation",
)
@patient
def self_evaluation(
    context: dg.AssetExecutionContext, pipeline: Pipeline
) -> Iterator[Materialized]:
    """绩效自评：每项指标、每个项目和部门的得分。"""
    year_end = calendar.checkpoints(int(context.partition_key))[-1]
    written = evaluate_year(pipeline.engine, year_end, pipeline.settings.scoring)
    for name in SCORES:
        counted = judged_rows(pipeline.engine, name, "self_evaluation", year_end)
        yield dg.MaterializeResult(asset_key=name, metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[table_spec("outlook", "monitoring", deps=RESULTS, partitions=quarters)], name="outlook"
)
@patient
def outlook(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """全年预计：年底会到多少，能否完成目标。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    written = foretell_quarter(pipeline.engine, checkpoint, pipeline.settings.outlook)
    counted = judged_rows(pipeline.engine, "outlook", "outlook", checkpoint)
    return dg.MaterializeResult(metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[
        table_spec("case_limit", "monitoring", deps=["source_file", *LIMITED], partitions=quarters)
    ],
    name="case_limit",
)
@patient
def case_limit(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """办理期限：检查点上已超期的，和下一检查点前到期的。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    until = calendar.after(checkpoint).ends_on
    written = compute_case_limits(pipeline.engine, checkpoint, until)
    counted = judged_rows(pipeline.engine, "case_limit", "limits", checkpoint)
    return dg.MaterializeResult(metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[
        table_spec(
            "audit_finding", "monitoring", deps=["source_file", *AUDITED], partitions=quarters
        )
    ],
    name="audit_finding",
)
@patient
def audit_finding(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """内部审计：台账中的线索和作为证据的行。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    written = audit_ledgers(pipeline.engine, checkpoint, pipeline.settings.audit)
    counted = judged_rows(pipeline.engine, "audit_finding", "audit", checkpoint)
    return dg.MaterializeResult(metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[
        table_spec(name, "alerts", deps=[*RESULTS, "outlook"], partitions=quarters)
        for name in ("alert", "alert_event")
    ],
    name="alert",
)
@patient
def alert(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """预警：每个偏离一行，同一偏离只有一行；以前的预警随之跟进。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    over = passed_checkpoints(calendar, checkpoint.fiscal_year, first_year, today())
    raised = raise_alerts(
        pipeline.engine,
        checkpoint,
        load_configuration(pipeline.settings.inbox),
        newest=checkpoint == over[-1] if over else True,
    )
    for each in raised:
        context.log.warning("%s", each)
    for name in ("alert", "alert_event"):
        yield dg.MaterializeResult(asset_key=name, metadata=new_alerts(raised))


@dg.asset(
    deps=["source_file"],
    group_name="alerts",
    kinds={"python"},
    owners=OWNERS,
    description="每日巡查：到期的事项、临近检查点还没有报送的台账、没有处理的预警。",
)
@patient
def daily_look(pipeline: Pipeline) -> Materialized:
    """每日巡查：不重新评价。"""
    day, told = today(), load_configuration(pipeline.settings.inbox)
    coming = calendar.coming(day)
    remind = day >= reminder_due(coming, told.remind_working_days)
    raised = look_daily(pipeline.engine, day, coming, told, remind=remind)
    return dg.MaterializeResult(metadata=new_alerts(raised))


@dg.multi_asset(
    specs=[
        table_spec(name, "reports", deps=REPORTED_ON, kinds={"excel"}, partitions=quarters)
        for name in ("report", "report_line")
    ],
    name="report",
)
@patient
def report(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """季度监控报告：数据仓库中的报告，项目执行监控表，报告页。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    folder = pipeline.settings.output / "reports"
    written = write_quarter(pipeline.engine, checkpoint, folder)
    pages = "\n".join(f"- {each.page}" for each in written)
    for name in ("report", "report_line"):
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={
                "departments": len(written),
                "pages": dg.MetadataValue.md(pages or "无"),
                **judged_rows(pipeline.engine, name, "report", checkpoint),
            },
        )


@dg.multi_asset(
    specs=[
        table_spec(name, "alerts", deps=["alert", "report", "daily_look"])
        for name in ("alert_message", "alert_told")
    ],
    name="alert_message",
)
@patient
def alert_message(pipeline: Pipeline) -> Iterator[Materialized]:
    """送达预警：每个接收人每天一份汇总，同一状态不告诉第二次。"""
    ends = deliver(pipeline.engine, load_configuration(pipeline.settings.inbox))
    for name in ("alert_message", "alert_told"):
        yield dg.MaterializeResult(asset_key=name, metadata={**asdict(ends)})


@dg.asset(
    deps=["source_file", *RESULTS],
    group_name="reports",
    kinds={"html"},
    owners=OWNERS,
    description="数据质量页：Great Expectations 的 Data Docs，涵盖每张表和已评价的每个检查点。",
)
@patient
def data_docs(pipeline: Pipeline) -> Materialized:
    """数据质量页。"""
    from perf_pipeline.quality.docs import build_docs  # with Great Expectations, which is slow

    settings = pipeline.settings
    index = build_docs(settings.suites, settings.results, settings.output / "data_docs")
    return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(index.resolve()))})


assets = [
    measure_value,
    monitoring,
    outlook,
    case_limit,
    audit_finding,
    rollup_result,
    self_evaluation,
    alert,
    daily_look,
    report,
    alert_message,
    data_docs,
]
