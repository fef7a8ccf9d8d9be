"""Commands load what they use and nothing else: those that only look start in a moment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from perf_pipeline.warehouse.compared import MARK, is_intact
from perf_pipeline.warehouse.engine import connect, open_warehouse, upgrade, write_transaction
from perf_pipeline.warehouse.revisions import is_current

GRAMMAR, TABLES = "perf_pipeline.domain.target_grammar", "perf_pipeline.registers.files"
LEFT = "perf_pipeline.warehouse.departures"
TO_FILL_IN = {"PIL", "lxml", "numpy", "openpyxl"}
TO_PRINT = {"docx", "jinja2", "lxml", "xlsxwriter", GRAMMAR}
DOCUMENTS = {"lxml", "python_calamine", "xlrd", GRAMMAR}
INTAKE = TO_FILL_IN | DOCUMENTS | {"rapidfuzz", "perf_pipeline.warehouse.intake", TABLES}
HEAVY = INTAKE | TO_PRINT
HEAVY |= {"alembic", "dagster", "great_expectations", "matplotlib", "pandas", "psycopg"}
HEAVY |= {"requests", "scipy", "structlog", LEFT}
# What a command loads of that. Whichever is not named here loads none of it, a new one neither.
LOADS = {
    "backtest": DOCUMENTS - {GRAMMAR} | {"numpy", "pandas", TABLES},
    "backup": {"numpy", "pandas"},
    "check": INTAKE | {"alembic", LEFT},
    "diff": {GRAMMAR},
    "extract": DOCUMENTS,
    "files": {LEFT},
    "files confirm": {LEFT},
    "init": TO_FILL_IN,
    "audit workbook": TO_FILL_IN,
    "items answer": INTAKE,
    "items notice": TO_FILL_IN | TO_PRINT - {"jinja2"},
    "overall with more": {"xlsxwriter", GRAMMAR},
    "quarantine": TO_FILL_IN,
    "recheck": DOCUMENTS | {"rapidfuzz"},
    "report": TO_PRINT | {"PIL", LEFT},
    "restore": {"alembic", "numpy"},
    "review": DOCUMENTS,
    "serve": INTAKE | {"jinja2"},
    "status": {LEFT},
    "template": INTAKE | {LEFT},
}
OF_DAGSTER = {"health", "metrics", "run", "ui"}
SCRIPT = """
import json, os, sys
from datetime import datetime
from enum import Enum
from pathlib import Path

import perf_pipeline.items.standings, perf_pipeline.monitoring.status  # once for all commands
from perf_pipeline.cli import main
from perf_pipeline.commands.shell import app
from typer.main import get_command

heavy, never, folder = set(sys.argv[1].split()), set(sys.argv[2].split()), Path(sys.argv[3])
SAMPLES = {"quarter": "2024-03", "year": "2024", "before": "2020", "host": "0.0.0.0",
    "figure": "S1", "on": "2024-06-05", "promise_by": "2024-06-05",
    "reason": "已核实，供货商延期", "path": "x.xlsx"}


def commands(group, name=()):
    for each, below in group.commands.items():
        if hasattr(below, "commands"):
            if below.invoke_without_command:
                yield (*name, each), below
            yield from commands(below, (*name, each))
        else:
            yield (*name, each), below


def is_file(parameter):
    return parameter.type_descriptor.annotation is Path


def is_more(parameter):
    return parameter.type_descriptor.annotation in (Path, datetime) and not parameter.required


def given(parameter, at):
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str([*kind][0])
    if is_file(parameter):
        place = at / parameter.name
        if parameter.type_descriptor.parameter_info.exists:
            place.touch()
        return str(place)
    return SAMPLES.get(parameter.name, "1")


def line_of(command, at, more):
    for each in command.params:
        if each.required or each.name == "host" or (more and is_more(each)):
            if each.param_type_name == "option":
                yield max(each.opts, key=len)
            if not getattr(each, "is_flag", False):
                yield given(each, at)


def loaded(line):
    told, telling = os.pipe()
    if os.fork() == 0:
        sys.argv[1:] = line
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            main()
        except SystemExit:
            os.write(telling, json.dumps(sorted(heavy & sys.modules.keys())).encode())
        os._exit(0)
    os.close(telling)
    with os.fdopen(told) as stream:
        return json.load(stream)


found = {}
for name, command in commands(get_command(app)):
    for more in {False, any(map(is_more, command.params))}:
        said = " ".join(name) + " with more" * more
        if name[0] not in never:
            (at := folder / said).mkdir()
            found[said] = loaded([*name, *line_of(command, at, more)])
print(json.dumps(found))
"""


def test_every_command_loads_what_it_uses_and_nothing_else(tmp_path: Path) -> None:
    """Each that there is, run on an empty warehouse with what it must be told, and with more."""
    url, inbox = f"sqlite:///{tmp_path / 'warehouse.db'}", tmp_path / "inbox"
    open_warehouse(url).dispose()
    inbox.mkdir()
    shutil.copy("data/calendar.yaml", inbox)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, " ".join(HEAVY), " ".join(OF_DAGSTER), str(tmp_path)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PERF_WAREHOUSE_URL": url,
            "PERF_INBOX": str(inbox),
            "PERF_OUTPUT": str(tmp_path / "out"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    loaded: dict[str, list[str]] = json.loads(done.stdout)
    assert {"acts", "status with more", "verify"} <= loaded.keys() - LOADS.keys()
    needless = {
        name: more
        for name, found in loaded.items()
        if (more := {*found} - LOADS.get(name, LOADS.get(name.removesuffix(" with more"), set())))
    }
    assert needless == {}
    unused = {name: more for name, all_of in LOADS.items() if (more := all_of - {*loaded[name]})}
    assert unused == {}


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
