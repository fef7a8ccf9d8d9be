"""Measures, judgements and scores: from registers and targets to what is true of a quarter."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import dagster as dg

from assets.intake import REGISTER_NAMES, TARGET_TABLES
from assets.partitions import calendar, quarters, years
from assets.resources import Pipeline
from assets.retries import patient
from assets.rows import Materialized, as_table, judged, named
from assets.specs import OWNERS, of_tables, table_spec
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.domain.scoring import CENTI
from perf_pipeline.language.spoken import say
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits, duties
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.outlook.record import RecordLine, read_records, together
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.rollup import roll_up_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.monitoring.whole_department.evaluate import whole_departments
from perf_pipeline.reports.whole_department_form import write_whole_departments
from perf_pipeline.reports.write_year import write_year
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.inbox import EVALUATIONS, inbox_files
from perf_pipeline.warehouse.plans import know_sizes

TAKEN_IN = ("source_file", *TARGET_TABLES, *REGISTER_NAMES)
RESULTS = ("spending_result", "spending_line", "indicator_result", "adjustment")
LIMITED = tuple(dict.fromkeys(declared.name for declared, _ in duties()))
AUDITED = (
    *("payment", "contract", "budget", "budget_adjustment", "fixed_asset", "consumable_issue"),
    *("target", "indicator_measure", "measure_value"),
)
SCORES = ("self_evaluation_result", "project_score", "department_score")


def snapshot_metadata(snapshots: Sequence[JudgedSnapshot]) -> dict[str, object]:
    """Tell how many departments were judged, and of how many the judgement is a new version."""
    return {
        "部门数": len(snapshots),
        "新版本数": sum(each.is_new for each in snapshots),
    }


Judge = Callable[[Pipeline, Checkpoint], Mapping[str, object]]


def judgement(
    kind: str,
    made_by: Callable[..., object],
    *tables: str,
    deps: Sequence[str],
    group: str | None = None,
    partitions: dg.TimeWindowPartitionsDefinition = quarters,
) -> Callable[[Judge], dg.AssetsDefinition]:
    """Make a function the asset of the tables whose rows of a kind it judges, by the library's.

    It is given the checkpoint, of a year its last one, and returns what is told of each table.
    Without a `group` judgements of a checkpoint are the monitoring, those of a year its evaluation.
    """
    of_year = partitions is years
    group = group or ("self_evaluation" if of_year else "monitoring")

    def made(judge: Judge) -> dg.AssetsDefinition:
        specs = [
            table_spec(name, group, made_by, deps=deps, partitions=partitions) for name in tables
        ]

        @dg.multi_asset(specs=specs, name=judge.__name__, description=judge.__doc__)
        @patient
        def asset(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Materialized]:
            key = context.partition_key
            checkpoint = calendar.checkpoints(int(key))[-1] if of_year else calendar.checkpoint(key)
            told = judge(pipeline, checkpoint)
            for name in tables:
                yield judged(pipeline.engine, name, kind, checkpoint, told)

        return asset

    return made


@judgement("measures", compute_measures, "measure_value", group="measures", deps=TAKEN_IN)
def measure_value(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """度量：由台账计数得出的分子和分母。"""
    return snapshot_metadata(compute_measures(pipeline.engine, checkpoint))


@judgement("monitoring", evaluate_quarter, *RESULTS, deps=["measure_value"])
def monitoring(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """评价：预算执行与计划比较，指标与目标比较。"""
    written = evaluate_quarter(pipeline.engine, checkpoint, *pipeline.settings.limit_levels())
    if any(each.is_new for each in written):
        know_sizes(pipeline.engine)  # what follows joins the results with each other
    return snapshot_metadata(written)


@of_tables(["rollup_result"], "monitoring", roll_up_quarter, deps=RESULTS, partitions=quarters)
def rollup_result(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """汇总：部门、区县、市，只加件数和金额。"""
    checkpoint = calendar.checkpoint(context.partition_key)
    organisation = pipeline.settings.organisation()
    try:
        version, is_new = roll_up_quarter(pipeline.engine, checkpoint, organisation)
    except NothingJudgedError:
        return dg.MaterializeResult(metadata=named({"版本": 0, "是新版本": False}))
    return dg.MaterializeResult(
        metadata=named({"版本": version, "是新版本": is_new}),
        data_version=dg.DataVersion(str(version)),
    )


@judgement("self_evaluation", evaluate_year, *SCORES, deps=RESULTS, partitions=years)
def self_evaluation(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """绩效自评：每项指标、每个项目和部门的得分。"""
    return snapshot_metadata(evaluate_year(pipeline.engine, checkpoint, pipeline.settings.scoring))


@dg.asset(
    deps=SCORES,
    partitions_def=years,
    group_name="self_evaluation",
    kinds={"python", "excel"},
    owners=OWNERS,
    description=say("项目支出绩效自评表、部门整体支出绩效自评表。"),
)
@patient
def self_evaluation_form(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """绩效自评表：每个项目一张，部门整体一张。"""
    year_end = calendar.checkpoints(int(context.partition_key))[-1]
    forms, out = pipeline.settings.forms, pipeline.settings.output / "reports"
    written = write_year(pipeline.engine, year_end, out, forms.self_evaluation, forms.department)
    told = {"部门数": len(written), "表数": sum(len(each.forms) for each in written)}
    return dg.MaterializeResult(metadata=named(told))


@judgement(
    "recheck",
    recheck_year,
    *("recheck_form", "recheck_line", "recheck_fault"),
    deps=[*SCORES, *REGISTER_NAMES],
    partitions=years,
)
def recheck(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """自评复核：部门交来的自评表与台账逐项核对；还没有部门交表的年度不复核。"""
    year, settings = checkpoint.fiscal_year, pipeline.settings
    if not any(file.fiscal_year == year for file in inbox_files(settings.inbox, EVALUATIONS)):
        return {"部门数": 0}
    done = recheck_year(pipeline.engine, settings.inbox, checkpoint, settings.recheck, seed=year)
    refused = "\n".join(f"- {say(f'{each.path}：{each.reason}')}" for each in done.refused)
    return snapshot_metadata(done.kept) | {"没能读的表": dg.MetadataValue.md(refused or say("无"))}


@dg.asset(
    deps=[*RESULTS, "base_figure"],
    partitions_def=years,
    group_name="self_evaluation",
    kinds={"python", "excel"},
    owners=OWNERS,
    description=say(
        "部门整体绩效共性指标表：预算执行、调整、三公、采购、资产、人员；没有数据的写“无数据”。"
    ),
)
@patient
def whole_department_form(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Materialized:
    """部门整体绩效共性指标表：每个部门一张。"""
    year, settings = int(context.partition_key), pipeline.settings
    with pipeline.engine.connect() as connection:
        year_end = calendar.checkpoints(year)[-1]
        found = whole_departments(
            connection, year_end, settings.whole_department, settings.scoring.overspent
        )
    out, form = settings.output / "reports", settings.forms.common_lines
    forms = write_whole_departments(found, year, out, form)
    missing = sum(each.missing_centi for each in found)
    told = {"部门数": len(found), "表数": len(forms), "没有数据的分值": missing / CENTI}
    return dg.MaterializeResult(metadata=named(told))


@judgement("outlook", foretell_quarter, "outlook", deps=[*RESULTS, *LIMITED])
def outlook(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """全年预计：年底会到多少，能否完成目标。"""
    written = foretell_quarter(pipeline.engine, checkpoint, pipeline.settings.outlook)
    with pipeline.engine.connect() as connection:
        record = together(read_records(connection).values())
    told = snapshot_metadata(written) | {"预计的准确度": record_in_words(record)}
    if record:
        hits = sum(each.in_interval for each in record)
        share = hits / sum(each.forecasts for each in record)
        told["落在区间内的比例"] = dg.MetadataValue.float(round(share, 4))
    return told


def record_in_words(record: Sequence[RecordLine]) -> dg.MarkdownMetadataValue:
    """Tell what became of past forecasts: 以往说约70%的，实际达到…."""
    if not record:
        return dg.MetadataValue.md(say("还没有到年底的预计可以核对"))
    return as_table(
        ("以往说的可能性", "次数", "实际达到", "最终在八成区间内"),
        [
            (
                f"约{each.said_bp / 100:.0f}%",
                each.forecasts,
                f"{each.came_true / each.forecasts:.0%}",
                f"{each.in_interval / each.forecasts:.0%}",
            )
            for each in record
        ],
    )


@judgement("limits", compute_case_limits, "case_limit", deps=["source_file", *LIMITED])
def case_limit(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """办理期限：检查点上已超期的，和下一检查点前到期的。"""
    until = calendar.after(checkpoint).ends_on
    return snapshot_metadata(compute_case_limits(pipeline.engine, checkpoint, until))


@judgement("audit", audit_ledgers, "audit_finding", deps=["source_file", *AUDITED])
def audit_finding(pipeline: Pipeline, checkpoint: Checkpoint) -> Mapping[str, object]:
    """内部审计：台账中的线索和作为证据的行。"""
    return snapshot_metadata(audit_ledgers(pipeline.engine, checkpoint, pipeline.settings.audit))
