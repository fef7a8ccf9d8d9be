"""Tables that a migration makes, as the YAML beside it states them (`0003_baseline.yaml`).

A table has what it says of itself (`says`), its columns, and where it has any: its kind of rows
(`rows`: sourced or judged, as `warehouse.tables` had them), what is unique, a check, its indexes.
A column is its type, with `?` where it may be empty, and its comment; the type of one that refers
to another table's rows is that table. Constraints are named by the metadata's convention.

This is as much of the past as the migrations are: what all rows of a kind begin with later is said
by a later migration, and FIRST stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op
from sqlalchemy.types import TypeEngine

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES: dict[str, TypeEngine[Any]] = {
    "big": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "id": ID,
    "integer": sa.Integer(),
    "moment": sa.DateTime(timezone=True),
    "text": sa.Text(),
}
FIRST = {  # the columns that every row of a kind begins with
    None: {},
    "judged": {"snapshot_id": "snapshot 版本"},
    "sourced": {
        "department_id": "department 部门",
        "fiscal_year": "integer 财政年度",
        "source_file_id": "source_file 来源文件",
        "sheet": "text? 工作表或表格",
        "row_number": "integer? 行号",
        "row_key": "text 业务主键",
        "closed_by_id": "source_file? 被哪个后来的文件取代；空为现行",
        "restored_by_id": "source_file? 因某文件撤下而恢复；空为没有",
    },
}
OWNER = {"judged": "snapshot_id", "sourced": "source_file_id"}


def create_tables(migration: str) -> None:
    """Make the tables that stand in the YAML beside a migration's own file, in its order."""
    stated = yaml.safe_load(Path(migration).with_suffix(".yaml").read_text("utf-8"))
    for name, said in stated.items():
        rows = said.get("rows")
        op.create_table(
            name,
            sa.Column("id", ID, primary_key=True, nullable=False, comment="行号"),
            *(_column(*each) for each in (FIRST[rows] | said["columns"]).items()),
            *(sa.UniqueConstraint(*each.split()) for each in said.get("unique", ())),
            *(sa.CheckConstraint(text, name) for name, text in said.get("check", {}).items()),
            comment=said["says"],
        )
        for index, columns in _indexes(name, rows, said):
            op.create_index(index, name, columns.split())
        if rows == "sourced":
            current = sa.text("closed_by_id IS NULL")
            key = ["department_id", "fiscal_year", "row_key"]
            partial: Any = {"sqlite_where": current, "postgresql_where": current}
            op.create_index(f"uq_{name}_current_key", name, key, unique=True, **partial)


def _indexes(name: str, rows: str | None, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if rows:
        yield f"ix_{name}_{OWNER[rows]}", OWNER[rows]
    yield from said.get("indexes", {}).items()


def _column(name: str, said: str) -> sa.Column[object]:
    kind, _, comment = said.partition(" ")
    may_be_empty, kind = kind.endswith("?"), kind.removesuffix("?")
    refers = () if kind in TYPES else (sa.ForeignKey(f"{kind}.id"),)
    of = TYPES.get(kind, ID)
    return sa.Column(name, of, *refers, nullable=may_be_empty, comment=comment)
