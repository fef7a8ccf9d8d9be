"""Alerts and reports: telling people what was judged."""

from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import Any

import dagster as dg

from assets.judgement import RESULTS
from assets.partitions import (
    calendar,
    first_year,
    passed_checkpoints,
    quarters,
    reminder_due,
    today,
)
from assets.resources import Pipeline
from assets.retries import patient
from assets.rows import Materialized, judged, named
from assets.specs import AFTER_CHECKPOINT, OWNERS, of_tables
from assets.versions import code_version
from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.stored import Alert
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.language.spoken import say
from perf_pipeline.quality.checked import written_docs
from perf_pipeline.recompute.recompute import is_due, recompute
from perf_pipeline.reports.pdf import write_pdfs
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter

SHOWN_ALERTS = 50  # in what Dagster keeps of a run
SHOWN_PAGES = 20
RAISED = ("alert", "alert_event", "item", "item_event")
ENDS = {"送达": "sent", "等待": "waiting", "拒收": "refused", "不清楚": "unclear"}
REPORTED = ("report", "report_line")
DELIVERED = ("alert_message", "alert_told", "item_told")
WARNED_OF = (*RESULTS, "outlook", "audit_finding")
REPORTED_ON = (*RESULTS, "outlook", "alert", "case_limit", "audit_finding")


def new_alerts(raised: Sequence[Alert]) -> dict[str, Any]:
    """Tell how many alerts are new, and name the first: the warehouse has them all."""
    lines = [f"- {say(str(each))}" for each in raised[:SHOWN_ALERTS]]
    if rest := len(raised) - len(lines):
        lines.append(f"- {say(f'……另有{rest}条，见 perf-pipeline alerts list')}")
    told = dg.MetadataValue.md("\n".join(lines) or say("没有新的预警"))
    return named({"新的预警数": len(raised), "新的预警": told})


@of_tables(RAISED, "alerts", raise_alerts, deps=WARNED_OF, partitions=quarters)
def alert(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """预警：每个偏离一行，同一偏离只有一行；以前的预警随之跟进，整改事项随之开立和变化。"""
    checkpoint = calendar.checkpoint(context.partition_key)
    over = passed_checkpoints(calendar, checkpoint.fiscal_year, first_year, today())
    raised = raise_alerts(
        pipeline.engine,
        checkpoint,
        load_configuration(pipeline.settings.inbox),
        newest=checkpoint == over[-1] if over else True,
        after=pipeline.settings.calendar_file().working_day_after,
    )
    if raised:  # one event of the run, however many there are: an event costs milliseconds
        context.log.warning("%d 条新的预警，先看这一条：%s", len(raised), raised[0])
    for name in RAISED:
        yield dg.MaterializeResult(asset_key=name, metadata=new_alerts(raised))


@dg.asset(
    deps=["source_file"],
    group_name="alerts",
    kinds={"python"},
    owners=OWNERS,
    description=say(
        "每日巡查：到期的事项、超出预算和已过的计划时点、临近检查点还没有报送的台账、没有处理的预警；由原始文件复算抽到的数。"
    ),
)
@patient
def daily_look(pipeline: Pipeline) -> Materialized:
    """每日巡查：不重新评价；由原始文件复算抽到的数。"""
    settings, day = pipeline.settings, today()
    told = load_configuration(settings.inbox)
    if settings.recompute and is_due(pipeline.engine, day, settings.recompute):
        recompute(pipeline.engine, settings.inbox, settings.recompute, token_hex(8))
    coming = calendar.coming(day)
    remind = day >= reminder_due(coming, told.remind_working_days)
    raised = look_daily(
        pipeline.engine,
        day,
        coming,
        told,
        remind=remind,
        limits=pipeline.settings.limit_levels(),
        after=pipeline.settings.calendar_file().working_day_after,
    )
    return dg.MaterializeResult(metadata=new_alerts(raised))


@of_tables(
    REPORTED, "reports", write_quarter, deps=REPORTED_ON, kinds={"excel"}, partitions=quarters
)
def report(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
    """季度监控报告：数据仓库中的报告，项目执行监控表，报告页，Word 报告，该年度的网页。"""
    checkpoint = calendar.checkpoint(context.partition_key)
    folder = pipeline.settings.output / "reports"
    engine, team, form = pipeline.engine, pipeline.team, pipeline.settings.forms.monitoring
    written = write_quarter(engine, checkpoint, folder, look_first=True, form=form, team=team)
    if pipeline.settings.pdf:
        try:
            write_pdfs(each.document for each in written)
        except ConfigurationError as error:  # the reports are there; only their copies are not
            context.log.warning("%s", error)
    year = calendar.checkpoints(checkpoint.fiscal_year)
    site = write_site(engine, year, folder, look_first=True, team=team)
    pages = "\n".join(f"- {each.page}" for each in written[:SHOWN_PAGES])
    for name in REPORTED:
        told = {
            "部门数": len(written),
            "工作进程数": team.size,
            "报告页": dg.MetadataValue.md(pages or say("无")),
            "年度网页": str(site.index) if site else say("无"),
        }
        yield judged(pipeline.engine, name, "report", checkpoint, told)


@of_tables(DELIVERED, "alerts", deliver, deps=["alert", "item", "report", "daily_look"])
def alert_message(pipeline: Pipeline) -> Iterator[Materialized]:
    """送达预警：每个接收人每天一份汇总，同一状态不告诉第二次。"""
    ends = deliver(pipeline.engine, load_configuration(pipeline.settings.inbox))
    for name in DELIVERED:
        told = {name: getattr(ends, state) for name, state in ENDS.items()}
        yield dg.MaterializeResult(asset_key=name, metadata=named(told))


@dg.asset(
    deps=["source_file", *RESULTS],
    group_name="reports",
    kinds={"html"},
    owners=OWNERS,
    tags={"layer": "reports"},
    code_version=code_version("perf_pipeline.quality.docs"),
    freshness_policy=AFTER_CHECKPOINT,
    description=say(
        "数据质量页：Great Expectations 的 Data Docs，涵盖每张表和已评价的每个检查点。"
    ),
)
@patient
def data_docs(pipeline: Pipeline) -> Materialized:
    """数据质量页。"""
    settings = pipeline.settings
    index = written_docs(settings.suites, settings.results, settings.output / "data_docs")
    told = {"页面": dg.MetadataValue.path(str(index.resolve()))}
    return dg.MaterializeResult(metadata=named(told))
