"""What the UI shows of a table: columns and their lineage, kinds, owner, description, versions."""

from collections.abc import Callable, Sequence
from itertools import groupby

import dagster as dg
from sqlalchemy import Column, Table

from assets.freshness import AFTER_CHECKPOINT, AFTER_YEAR_END, EVERY_DAY
from assets.versions import code_version
from perf_pipeline.language.spoken import say
from perf_pipeline.lineage.columns import column_lineage
from perf_pipeline.lineage.selects import Sources
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import metadata

OWNERS = ["team:data"]
DATABASE = connect(Settings().warehouse_url.get_secret_value()).dialect.name
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
