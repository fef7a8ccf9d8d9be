"""What commands print in English: the Chinese that remains are names and quotations."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Connection, Engine, Table, select

from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.checking import check_inbox
from perf_pipeline.file_states import read_files
from perf_pipeline.items.standings import read_items
from perf_pipeline.language.spoken import SpokenConsole, speaking
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.printing.alerts import print_alerts
from perf_pipeline.printing.inbox import print_checked, print_files, print_open_points
from perf_pipeline.printing.items import print_item, print_items
from perf_pipeline.printing.status import print_status
from perf_pipeline.quality.open_points import open_points
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.schema import department, indicator, project, source_file
from tests.year import DATA, judged_year

HAN = re.compile("[\u3400-\u9fff]")
# what a document's words are in: names, targets and quotations, which are the record
QUOTED: tuple[Table, ...] = (department, project, indicator, source_file)
LEDGER = "部门报送的其他数据"


def status(console: Console, engine: Engine) -> None:
    print_status(console, read_status(engine))
    with engine.connect() as connection:
        print_open_points(console, open_points(connection))


def files(console: Console, engine: Engine) -> None:
    print_files(console, read_files(engine, DATA))


def items(console: Console, engine: Engine) -> None:
    with engine.connect() as connection:
        found = read_items(connection, 2024)
    print_items(console, found)
    for each in found:
        print_item(console, each)


def alerts(console: Console, engine: Engine) -> None:
    print_alerts(console, open_alerts(engine), [])
