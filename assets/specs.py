"""What the UI shows of a table: columns and their lineage, kinds, owner, description, versions."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import dagster as dg
from sqlalchemy import Column, Table

from assets.partitions import TIMEZONE, calendar, settings
from assets.retries import patient
from assets.versions import code_version
from perf_pipeline.language.spoken import say
from perf_pipeline.lineage.columns import column_lineage
from perf_pipeline.lineage.selects import Sources
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import metadata

# by when an asset must be new: the UI marks what is late, whatever did not run
HOLIDAYS = 12  # the longest public holiday, with the weekends and working Sundays around it
LAST_DAY = 28  # that every month has
DAYS = min(settings.report_lag_days * 7 // 5 + HOLIDAYS, LAST_DAY)
MONTHS = calendar.partition_cron.split()[3]

# from the day after a checkpoint: its working days are over by then, whatever holiday lies between
AFTER_CHECKPOINT = dg.FreshnessPolicy.cron(
    deadline_cron=f"0 12 {DAYS} {MONTHS} *",
    lower_bound_delta=timedelta(days=DAYS),
    timezone=TIMEZONE,
)
AFTER_YEAR_END = dg.FreshnessPolicy.cron(
    deadline_cron=f"0 12 {LAST_DAY} 1 *",
    lower_bound_delta=timedelta(days=LAST_DAY),
    timezone=TIMEZONE,
)
EVERY_DAY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=26), warn_window=timedelta(hours=25)
)

OWNERS = ["team:data"]
DATABASE = connect(settings.warehouse_url.get_secret_value()).dialect.name
# tables that belong to others and are no assets of their own
INNER = {"department", "checkpoint", "snapshot", "quarter_lock"}
INNER |= {"quarantined_row", "also_in_file", "departure"}  # of source_file
INNER |= {"audit_verdict_said"}  # made by a command that a person gives, not by runs
DAILY = ("alert_message", "alert_told", "item_told")
DECLARED = {each.name: repr(each) for each in load_registers()}
COLUMNS = {
    (register.name, each.name): (each.label, each.description)
    for register in load_registers()
    for each in register.columns
}


def table_spec(
    name: str,
    group: str,
    made_by: Callable[..., object],
    *,
    deps: Sequence[str] = (),
    kinds: set[str] | None = None,
    partitions: dg.PartitionsDefinition | None = None,
) -> dg.AssetSpec:
    """Describe a table of the warehouse, which a function of the library writes, as an asset."""
    table = metadata.tables[name]
    return dg.AssetSpec(
        name,
        group_name=group,
        deps=list(deps),
        description=say(table.comment or ""),
        owners=OWNERS,
        kinds={"python", DATABASE, *(kinds or set())},
        tags={"layer": group},
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/column_lineage": lineage(table),
            "dagster/table_name": name,
        },
        partitions_def=partitions,
        code_version=code_version(made_by.__module__, DECLARED.get(name, "")),
        freshness_policy=freshness(name, group),
    )


def of_tables(
    names: Sequence[str], group: str, made_by: Callable[..., object], **described: Any
) -> Callable[[Callable[..., object]], dg.AssetsDefinition]:
    """Make a patient function the asset of tables, each described as `table_spec` takes it."""
    specs = [table_spec(name, group, made_by, **described) for name in names]

    def made(function: Callable[..., object]) -> dg.AssetsDefinition:
        return dg.multi_asset(specs=specs, name=function.__name__)(patient(function))

    return made


def freshness(name: str, group: str) -> dg.FreshnessPolicy:
    """Return by when a table must be new."""
    if name in DAILY:
        return EVERY_DAY
    return AFTER_YEAR_END if group == "self_evaluation" else AFTER_CHECKPOINT


def column_schema(table: Table) -> dg.TableSchema:
    """Return a table's columns with their types and descriptions.

    Where a column comes from stands in its description, as links: the open-source UI keeps
    `dagster/column_lineage` and does not draw it.
    """
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type),
                description=_described(column),
                constraints=dg.TableColumnConstraints(
                    nullable=bool(column.nullable), unique=bool(column.unique)
                ),
            )
            for column in table.c
        ]
    )


def lineage(table: Table) -> dg.TableColumnLineage:
    """Return the columns of other assets that each column of a table is made of."""
    return dg.TableColumnLineage(
        {
            column.name: [
                dg.TableColumnDep(dg.AssetKey(source), name) for source, name in _sources(column)
            ]
            for column in table.c
            if _sources(column)
        }
    )


def _sources(column: Column[object]) -> list[tuple[str, str]]:
    of_table = column_lineage().get(column.table.name, {})
    found: Sources = of_table.get(column.name, frozenset())
    return sorted(each for each in found if each[0] not in INNER)


def _described(column: Column[object]) -> str:
    """Say what a column holds; one of a register is called by its heading, as files have it."""
    words = COLUMNS.get((column.table.name, column.name))
    told = f"{words[0]}{say('：')}{say(words[1])}" if words else say(column.comment or "")
    by_table = groupby(_sources(column), key=lambda source: source[0])
    links = [
        f"[{table}](/assets/{table}) {say('、').join(f'`{name}`' for _, name in sources)}"
        for table, sources in by_table
    ]
    return f"{told}\n\n{say('来自')} {say('；').join(links)}" if links else told
