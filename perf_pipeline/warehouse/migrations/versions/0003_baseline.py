"""The schema of 0.1.0: what every warehouse has had, and what a new one begins with.

Tables of registers are not in it: they follow their declarations.

Revision ID: 0003
Revises:
"""

from perf_pipeline.warehouse.migrations.stated import create_tables

revision = "0003"
down_revision = None


def upgrade() -> None:
    create_tables(__file__)
