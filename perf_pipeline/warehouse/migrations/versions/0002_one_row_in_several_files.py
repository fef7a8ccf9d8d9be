"""One row in several files, and compared by its columns instead of by a digest.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "also_in_file",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column("table_name", sa.Text(), nullable=False, comment="行所在的表"),
        sa.Column(
            "row_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行在该表中的行号",
        ),
        sa.Column(
            "source_file_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="还有哪个文件也有这一行",
        ),
        sa.Column("sheet", sa.Text(), nullable=True, comment="在该文件中的工作表"),
        sa.Column("row_number", sa.Integer(), nullable=True, comment="在该文件中的行号"),
        sa.Column(
            "closed_by_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="该文件的哪一版不再有这一行",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["source_file.id"], name=op.f("fk_also_in_file_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"], ["source_file.id"], name=op.f("fk_also_in_file_source_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_also_in_file")),
        comment="同一行又见于别的文件：来源文件撤下它时，它仍然有据",
    )
    with op.batch_alter_table("also_in_file", schema=None) as batch_op:
        batch_op.create_index("ix_also_in_file_row", ["table_name", "row_id"], unique=False)
        batch_op.create_index("ix_also_in_file_source_file_id", ["source_file_id"], unique=False)

    for table in _sourced():
        with op.batch_alter_table(table) as sourced:
            sourced.add_column(
                sa.Column(
                    "restored_by_id",
                    sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                    nullable=True,
                    comment="因某文件撤下而恢复；空为没有",
                )
            )
            sourced.create_foreign_key(
                op.f(f"fk_{table}_restored_by_id"), "source_file", ["restored_by_id"], ["id"]
            )
            sourced.drop_column("row_hash")


def _sourced() -> list[str]:
    """Return every table of sourced rows, whichever registers are declared by now."""
    found = sa.inspect(op.get_bind())
    return [
        table
        for table in sorted(found.get_table_names())
        if any(column["name"] == "row_hash" for column in found.get_columns(table))
    ]
