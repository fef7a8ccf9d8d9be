"""How tables are declared: the metadata, and the columns that every kind of row has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.declaration import ColumnType, Register

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

# marks of declarations, for seals and rights: a column that the product changes in rows that stand;
# one that is sealed all the same, since its first value is known; a table of the chain itself
CHANGES = {"changes": True}
BY_OWNER = CHANGES | {"by_owner": True}  # changes, by whoever owns the warehouse alone
SEALED = {"sealed": True}
CHAIN = {"chain": True}
SHARED = {"shared": True}  # a table that holds nothing of any department: all may read it
PERSONAL = {"personal": True}  # a column that names people, and is erased in time
PROSE = {"prose": True}  # a column of sentences: erased where they name whom time erased

# SQLite numbers rows by itself only for a column of exactly INTEGER
Id = BigInteger().with_variant(Integer, "sqlite")


def words(name: str, comment: str, *, info: dict[str, bool] | None = None) -> Column[str]:
    """Declare a column of text that no row is without."""
    return Column(name, Text, nullable=False, comment=comment, info=info)


def moment(name: str, comment: str, *, info: dict[str, bool] | None = None) -> Column[datetime]:
    """Declare a column of a moment (UTC) that no row is without."""
    return Column(name, DateTime(timezone=True), nullable=False, comment=comment, info=info)


def numbered(
    name: str, comment: str, *items: SchemaItem, info: dict[str, bool] | None = None
) -> Table:
    """Declare a table whose rows have numbers; `info` are marks of the whole table."""
    number = Column("id", Id, primary_key=True, comment="行号")
    return Table(name, metadata, number, *items, info=info, comment=comment)


def reference(
    name: str, target: str, comment: str, *, nullable: bool = False, changes: bool = False
) -> Column[int]:
    """Declare a column that refers to another table's row number."""
    info = CHANGES if changes else None
    return Column(name, Id, ForeignKey(target), nullable=nullable, comment=comment, info=info)


def closing(comment: str) -> Column[int]:
    """Declare the column that names the file by which a row is no longer in force."""
    return reference("closed_by_id", "source_file.id", comment, nullable=True, changes=True)


def closing_index(name: str) -> Index:
    """Declare the way to the rows that a file closed."""
    closed = text("closed_by_id IS NOT NULL")
    return Index(
        f"ix_{name}_closed_by_id", "closed_by_id", sqlite_where=closed, postgresql_where=closed
    )


def sourced(name: str, comment: str, *columns: SchemaItem) -> Table:
    """Declare a table of sourced rows: provenance and history around its own columns."""
    return numbered(
        name,
        comment,
        reference("department_id", "department.id", "部门"),
        Column("fiscal_year", Integer, nullable=False, comment="财政年度"),
        reference("source_file_id", "source_file.id", "来源文件"),
        Column("sheet", Text, comment="工作表或表格"),
        Column("row_number", Integer, comment="行号"),
        words("row_key", "业务主键"),
        closing("被哪个后来的文件取代；空为现行"),
        reference(
            "restored_by_id",
            "source_file.id",
            "因某文件撤下而恢复；空为没有",
            nullable=True,
        ),
        *columns,
        Index(
            f"uq_{name}_current_key",
            "department_id",
            "fiscal_year",
            "row_key",
            unique=True,
            sqlite_where=text("closed_by_id IS NULL"),
            postgresql_where=text("closed_by_id IS NULL"),
        ),
        Index(f"ix_{name}_source_file_id", "source_file_id"),
        closing_index(name),
    )


def judged(name: str, comment: str, *columns: SchemaItem) -> Table:
    """Declare a table of judged rows, which belong to a snapshot."""
    return numbered(
        name,
        comment,
        reference("snapshot_id", "snapshot.id", "版本"),
        *columns,
        Index(f"ix_{name}_snapshot_id", "snapshot_id"),
    )


_SQL_TYPES: dict[ColumnType, type[TypeEngine]] = {  # type: ignore[type-arg]
    ColumnType.TEXT: Text,
    ColumnType.COUNT: BigInteger,
    ColumnType.MONEY: BigInteger,
    ColumnType.DATE: Date,
    ColumnType.YES_NO: Boolean,
    ColumnType.CHOICE: Text,
}


def register_table(declared: Register) -> Table:
    """Declare the table of a register, as its declaration says.

    Raises ConfigurationError when the warehouse has a table of that name already.
    """
    if declared.name in metadata.tables:
        raise ConfigurationError(
            f"台账声明 {declared.name}（{declared.place}）：数据仓库已有同名的表，请换一个名字"
        )
    columns = [
        Column(
            column.name,
            _SQL_TYPES[column.type],
            nullable=not column.required or column.may_lack,
            comment=f"{column.label}：{column.description}",
            info=PERSONAL if column.personal else PROSE if column.prose else None,
        )
        for column in declared.columns
    ]
    columns += [
        Column(column.name, _SQL_TYPES[column.type], comment=f"{column.label}：本台账不填")
        for column in declared.left_out
    ]
    table = sourced(declared.name, f"{declared.label}：{declared.description}", *columns)
    if declared.came_in is not None:
        Index(f"ix_{declared.name}_case", table.c.department_id, table.c.row_key)
    return table
