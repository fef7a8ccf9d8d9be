"""What the UI shows of a table: its columns, kinds, owner and description, from the schema."""

from collections.abc import Sequence

import dagster as dg
from sqlalchemy import Table

from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import metadata

OWNERS = ["team:data"]
DATABASE = connect(Settings().warehouse_url.get_secret_value()).dialect.name


def table_spec(
    name: str,
    group: str,
    *,
    deps: Sequence[str] = (),
    kinds: set[str] | None = None,
    partitions: dg.PartitionsDefinition | None = None,
) -> dg.AssetSpec:
    """Describe a table of the warehouse as an asset."""
    table = metadata.tables[name]
    return dg.AssetSpec(
        name,
        group_name=group,
        deps=list(deps),
        description=table.comment,
        owners=OWNERS,
        kinds={"python", DATABASE, *(kinds or set())},
        tags={"layer": group},
        metadata={"dagster/column_schema": column_schema(table), "dagster/table_name": name},
        partitions_def=partitions,
    )


def column_schema(table: Table) -> dg.TableSchema:
    """Return a table's columns with their types and Chinese descriptions."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type),
                description=column.comment,
                constraints=dg.TableColumnConstraints(
                    nullable=bool(column.nullable), unique=bool(column.unique)
                ),
            )
            for column in table.c
        ]
    )
