"""Targets and actuals: what departments hand in, as tables."""

from collections.abc import Iterator, Sequence

import dagster as dg

from assets.resources import Pipeline
from assets.retries import patient
from assets.rows import Materialized, as_table, taken_in
from assets.specs import of_tables, table_spec
from perf_pipeline.file_states import OUTCOME_LABELS
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.warehouse.departures import note_departures
from perf_pipeline.warehouse.file_kinds import CORRECTION, DOCUMENT
from perf_pipeline.warehouse.known_before import read_by
from perf_pipeline.warehouse.loading import load_register, refuse_unmatched
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plans import know_sizes
from perf_pipeline.warehouse.targets import load_targets

TARGETS, ACTUALS = "targets", "actuals"
TARGET_TABLES = ("project", "indicator", "target", "target_area", "spending_plan")
PLANNING_REGISTERS = (
    "budget",
    "budget_adjustment",
    "indicator_measure",
    "phase_target",
    "spending_plan_entry",
    "target_revision",
)
HEADS = ("文件", "结果", "读到", "入库", "隔离", "原因")
COUNTED = {
    "读到行数": "rows_read",
    "入库行数": "rows_loaded",
    "隔离行数": "rows_quarantined",
    "跳过行数": "rows_skipped",
}


def outcome_metadata(outcomes: Sequence[FileOutcome]) -> dict[str, object]:
    """Sum up what became of the files, with a line for each."""
    counts = {name: sum(getattr(each, rows) for each in outcomes) for name, rows in COUNTED.items()}
    lines = (
        (
            *(each.path, OUTCOME_LABELS[each.outcome]),
            *(each.rows_read, each.rows_loaded, each.rows_quarantined, each.reason or ""),
        )
        for each in outcomes
    )
    return {**counts, "文件": as_table(HEADS, lines)}


@of_tables(TARGET_TABLES, TARGETS, load_targets, kinds={"word"})
def target_documents(pipeline: Pipeline) -> Iterator[Materialized]:
    """绩效目标文件：项目、指标、目标值、支出计划。"""
    left = note_departures(pipeline.engine, pipeline.inbox)
    names = pipeline.settings.registered_names()
    outcomes = load_targets(pipeline.engine, pipeline.inbox, names, pipeline.team)
    for name in TARGET_TABLES:
        told = outcome_metadata(outcomes) | {"离开收件夹的文件": "\n".join(map(str, left))}
        yield taken_in(pipeline.engine, name, told, (DOCUMENT, CORRECTION))


def register_asset(declared: Register) -> dg.AssetsDefinition:
    """Make the asset of one register."""
    group = TARGETS if declared.name in PLANNING_REGISTERS else ACTUALS
    deps = ["project", *read_by(declared)]
    spec = table_spec(declared.name, group, load_register, deps=deps, kinds={"excel"})

    @dg.multi_asset(specs=[spec], name=declared.name)
    @patient
    def load(pipeline: Pipeline) -> Materialized:
        outcomes = load_register(pipeline.engine, pipeline.inbox, declared.name, team=pipeline.team)
        told = outcome_metadata(outcomes)
        return taken_in(pipeline.engine, declared.name, told, (declared.name,))

    return load


registers = [register_asset(declared) for declared in load_registers()]
REGISTER_NAMES = [declared.name for declared in load_registers()]


@of_tables(["source_file"], ACTUALS, refuse_unmatched, deps=[*TARGET_TABLES, *REGISTER_NAMES])
def source_file(pipeline: Pipeline) -> Materialized:
    """收到的文件都有交代：名称不符的也登记为拒收。"""
    outcomes = refuse_unmatched(pipeline.engine, pipeline.inbox)
    know_sizes(pipeline.engine)  # once, after all files
    told = outcome_metadata(outcomes)
    return taken_in(pipeline.engine, "source_file", told)
