"""Commands that only look load nothing that only a run, a report or an upgrade needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from perf_pipeline.warehouse.compared import MARK, is_intact
from perf_pipeline.warehouse.engine import connect, open_warehouse, upgrade, write_transaction
from perf_pipeline.warehouse.revisions import is_current

HEAVY = (
    *("alembic", "dagster", "great_expectations", "numpy", "openpyxl", "pandas", "structlog"),
    *("lxml", "rapidfuzz", "xlrd", "psycopg", "docx", "jinja2", "xlsxwriter"),
    *("perf_pipeline.warehouse.intake", "perf_pipeline.registers.files"),
)
GRAMMAR = "perf_pipeline.domain.target_grammar"
LOOKING = (
    *("--help", "status", "status --on 2024-06-05", "files", "items", "alerts list", "acts"),
    *("audit list --quarter 2024-03", "rollup --quarter 2024-03", "overall 2024", "trace S1"),
)
JUDGING = ("score", "diff --quarter 2024-03", "trace S1")
SCRIPT = """
import sys
from perf_pipeline.cli import main
for line in sys.argv[1:]:
    sys.argv[1:] = line.split()
    try:
        main()
    except SystemExit:
        pass
print("loaded:", sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(("lines", "heavy"), [(LOOKING, (*HEAVY, GRAMMAR)), (JUDGING, HEAVY)])
def test_commands_that_look_load_neither_dagster_nor_what_only_runs_need(
    tmp_path: Path, lines: tuple[str, ...], heavy: tuple[str, ...]
) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    open_warehouse(url).dispose()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *lines],
        env={**os.environ, "PERF_WAREHOUSE_URL": url, "PERF_INBOX": "data"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "没有追溯号 S1" in done.stderr  # each command came to its end
    loaded = done.stderr.rpartition("loaded: ")[2]
    assert "'sqlalchemy'" in loaded
    assert [name for name in heavy if f"'{name}'" in loaded] == []


def test_a_compared_warehouse_is_opened_without_a_comparison_and_a_changed_one_with(
    warehouse_url: str,
) -> None:
    engine = open_warehouse(warehouse_url)
    with engine.connect() as connection:
        assert is_intact(connection)
    with write_transaction(engine) as connection:
        connection.execute(text("ALTER TABLE payment ADD COLUMN of_old TEXT"))
    with engine.connect() as connection:
        assert not is_intact(connection)
        assert is_current(connection)  # a column that may be empty is left alone
    upgrade(engine)
    with engine.connect() as connection:
        assert is_intact(connection)
    engine.dispose()


def test_a_warehouse_that_other_code_marked_is_compared_anew(
    warehouse_url: str,
) -> None:
    engine = open_warehouse(warehouse_url)
    replace = f"DROP VIEW {MARK}; CREATE VIEW {MARK} AS SELECT 'other code' AS digest"
    with write_transaction(engine) as connection:
        for statement in replace.split(";"):
            connection.execute(text(statement))
    with engine.connect() as connection:
        assert not is_intact(connection)
    engine.dispose()
    engine = connect(warehouse_url)
    upgrade(engine)
    with engine.connect() as connection:
        assert is_intact(connection)
    engine.dispose()
