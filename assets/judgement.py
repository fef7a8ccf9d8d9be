"""Measures, monitoring, alerts and reports of a quarter."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.intake import REGISTER_NAMES, TARGET_TABLES, Materialized
from assets.partitions import calendar, checkpoint_of, quarters, years
from assets.resources import Pipeline
from assets.rows import judged_rows
from assets.specs import OWNERS, table_spec
from perf_pipeline.alerts.delivery import LogChannel, deliver
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.rollup import roll_up_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.quality.docs import build_docs
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.history import JudgedSnapshot

RESULTS = ("spending_result", "indicator_result", "adjustment")
SCORES = ("self_evaluation_result", "project_score", "department_score")


def snapshot_metadata(snapshots: Sequence[JudgedSnapshot]) -> dict[str, Any]:
    """Tell which version each department's judgement is at."""
    return {
        "departments": len(snapshots),
        "new_versions": sum(each.is_new for each in snapshots),
        "versions": {each.department: each.version for each in snapshots},
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
def monitoring(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """评价：预算执行与计划比较，指标与目标比较。"""
    checkpoint = checkpoint_of(calendar, context.partition_key)
    written = evaluate_quarter(pipeline.engine, checkpoint, pipeline.settings.limits)
    for name in RESULTS:
        counted = judged_rows(pipeline.engine, name, "monitoring", checkpoint)
        yield dg.MaterializeResult(asset_key=name, metadata=snapshot_metadata(written) | counted)


@dg.multi_asset(
    specs=[table_spec("rollup_result", "monitoring", deps=RESULTS, partitions=quarters)],
    name="rollup_result",
)
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
    specs=[table_spec("alert", "alerts", deps=RESULTS, partitions=quarters)], name="alert"
)
def alert(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """预警：每个偏离一行，同一偏离只有一行。"""
    raised = raise_alerts(pipeline.engine, checkpoint_of(calendar, context.partition_key))
    lines = "\n".join(f"- {each}" for each in raised)
    return dg.MaterializeResult(
        metadata={"new_alerts": len(raised), "alerts": dg.MetadataValue.md(lines or "没有新的预警")}
    )


@dg.multi_asset(
    specs=[
        table_spec(name, "reports", deps=[*RESULTS, "alert"], kinds={"excel"}, partitions=quarters)
        for name in ("report", "report_line")
    ],
    name="report",
)
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
    specs=[table_spec("alert_delivery", "alerts", deps=["alert", "report"], partitions=quarters)],
    name="alert_delivery",
)
def alert_delivery(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """送达预警：每条预警每个渠道只送一次。"""
    sent = deliver(pipeline.engine, [LogChannel(context.log)])
    return dg.MaterializeResult(metadata={"sent": len(sent)})


@dg.asset(
    deps=["source_file", *RESULTS],
    group_name="reports",
    kinds={"html"},
    owners=OWNERS,
    description="数据质量页：Great Expectations 的 Data Docs，涵盖每张表和已评价的每个检查点。",
)
def data_docs(pipeline: Pipeline) -> Materialized:
    """数据质量页。"""
    settings = pipeline.settings
    index = build_docs(settings.suites, settings.results, settings.output / "data_docs")
    return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(index.resolve()))})


assets = [
    measure_value,
    monitoring,
    rollup_result,
    self_evaluation,
    alert,
    report,
    alert_delivery,
    data_docs,
]
