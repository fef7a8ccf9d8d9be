"""The command line as scripts use it, on a warehouse of its own."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from perf_pipeline.registers.declaration import load_registers
from tests.commands import call
from tests.year import DATA, ROOT

pytestmark = pytest.mark.long(130)

PROGRAM = Path(sys.executable).with_name("perf-pipeline")
DOCUMENT = DATA / "renditions/2024年部门整体绩效目标.txt"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("command-line")
    return {
        **os.environ,
        "PERF_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}",
        "PERF_OUTPUT": str(folder / "out"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the main job as a shell does: with nothing imported and nothing known before it."""
    command = [PROGRAM, "run", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def first_run(workplace: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run(workplace)


def contents(environment: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but how far looks went, and what is sealed of them."""
    path = environment["PERF_WAREHOUSE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            for (name,) in names
            if name not in ("judged_until", "act", "seal")
        }
        found["department"] = connection.execute("SELECT code, name FROM department").fetchall()
        return found


def files(folder: Path) -> dict[str, bytes]:
    """What people find: not the hidden notes of what was written from what."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("[!.]*")
        if path.is_file()
    }


def has(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def test_the_main_job_ends_in_success_and_says_what_it_did(
    first_run: subprocess.CompletedProcess[str],
) -> None:
    assert first_run.returncode == 0, first_run.stderr
    said = first_run.stdout
    assert has(said, ["项目 4 个", "项目指标 32 个", "部门指标 33 个", "检查点 4 个"])
    assert has(said, ["正常", "偏慢", "预警", "模拟数据", "2024-03", "2024-12"])
    assert has(
        said,
        [
            "需要关注的事项 13 项，另已销号或接续 17 项",
            "再多258件",
            "预警 75 条，其中本次新增 75 条",
        ],
    )
    assert "…" not in said.split("需要关注的事项")[0]  # no table cell is cut
    assert len(said.split("需要关注的事项")[1].splitlines()) < 20  # what matters fits a screen


def test_run_again_changes_no_figure_adds_no_row_and_sends_no_alert(
    workplace: dict[str, str], first_run: subprocess.CompletedProcess[str]
) -> None:
    reports = Path(workplace["PERF_OUTPUT"]) / "reports"
    before, written = contents(workplace), files(reports)
    again = run(workplace, "--again", "--quarter", "2024-06")
    assert again.returncode == 0, again.stderr
    assert "本次新增 0 条" in again.stdout
    assert contents(workplace) == before
    assert files(reports) == written
    assert len(written) >= 4 * 5


def test_every_figure_traces_to_rows_that_add_up(
    workplace: dict[str, str], first_run: subprocess.CompletedProcess[str]
) -> None:
    from perf_pipeline.monitoring.status import read_status
    from perf_pipeline.monitoring.tracing import trace_figure
    from perf_pipeline.warehouse.engine import open_warehouse

    engine = open_warehouse(workplace["PERF_WAREHOUSE_URL"])
    lines = [
        line
        for judged in read_status(engine)
        for line in (*judged["spending"], *judged["indicators"])
    ]
    assert len(lines) == 4 * (4 + 65)
    for line in lines:
        traced = trace_figure(engine, line["figure"])
        assert traced.adds_up, line
        if traced.numerator and traced.measure not in (None, "reported"):
            assert traced.rows
            assert all(row.file and row.row and len(row.sha256) == 64 for row in traced.rows)
        if line["figure"].startswith("S") and traced.numerator:
            assert sum(row.numerator for row in traced.rows) == line["paid_fen"]


def test_status_and_trace_speak_json(
    workplace: dict[str, str], first_run: subprocess.CompletedProcess[str]
) -> None:
    (judged,) = json.loads(call(workplace, "status", "--quarter", "2024-06", "--json").stdout)
    lights = {line["project_name"]: line["light"] for line in judged["spending"]}
    assert lights["综治重点工作经费"] == "red"
    assert len(judged["indicators"]) == 65
    figure = next(line["figure"] for line in judged["spending"] if line["light"] == "red")
    traced = json.loads(call(workplace, "trace", figure, "--json").stdout)
    assert traced["adds_up"] is True
    assert sum(row["numerator"] for row in traced["rows"]) == traced["numerator"] == 67_800_000
    assert "支付台账" in call(workplace, "trace", figure).stdout


def test_all_rows_of_a_figure_are_saved_for_a_spreadsheet_those_that_fall_short_first(
    first_run: subprocess.CompletedProcess[str], workplace: dict[str, str], tmp_path: Path
) -> None:
    [judged] = json.loads(call(workplace, "status", "--quarter", "2024-12", "--json").stdout)
    rate = next(
        line
        for line in judged["indicators"]
        if line["status"] == "missed" and (line["denominator"] or 1) > 40
    )
    saved = tmp_path / "来源行.csv"
    printed = call(workplace, "trace", rate["figure"], "--csv", str(saved), "--all").stdout
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = [(int(row["分子"]), int(row["分母"])) for row in rows]
    sums = (sum(part for part, _ in parts), sum(whole for _, whole in parts))
    assert sums == (rate["numerator"], rate["denominator"])
    short = [part < whole for part, whole in parts]
    assert short == sorted(short, reverse=True)
    assert any(short)
    assert printed.count("台账") + printed.count("记录") >= len(rows)
    money = judged["spending"][0]
    call(workplace, "trace", money["figure"], "--csv", str(saved))
    with saved.open(encoding="utf-8-sig", newline="") as file:
        paid = [Decimal(row["计入（元）"]) for row in csv.DictReader(file)]
    assert sum(paid) * 100 == money["paid_fen"]


def test_reports_are_written_elsewhere_and_without_libreoffice_all_but_the_pdf(
    workplace: dict[str, str], first_run: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    nowhere = {**workplace, "PATH": str(tmp_path), "PERF_PDF": "true"}
    refused = call(nowhere, "report", "--quarter", "2024-10", "--out", str(tmp_path / "out"))
    assert refused.returncode == 2
    assert has(refused.stderr, ["PDF", "LibreOffice", "Word"])
    assert all(Path(line).is_file() for line in refused.stdout.split())
    told = call(nowhere, "report", "--quarter", "2024-10", "--out", str(tmp_path), "--no-pdf")
    assert told.returncode == 0, told.stderr
    named = [Path(line) for line in told.stdout.split("\n") if line]
    # a page, a Word report and four forms; the year's page and its index
    assert len(named) == 6 + 2
    assert all(path.is_file() for path in named)


def test_extract_prints_the_document_as_json() -> None:
    told = call(dict(os.environ), "extract", str(DOCUMENT), "--json")
    read = json.loads(told.stdout)
    assert [len(project["indicators"]) for project in read["projects"]] == [8, 8, 10, 6]
    assert "信访维稳经费" in call(dict(os.environ), "extract", str(DOCUMENT)).stdout


def test_doctor_finds_a_whole_installation(workplace: dict[str, str]) -> None:
    told = call(workplace, "doctor")
    assert told.returncode == 0, told.stdout
    assert "结构为最新" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--quarter", "2024Q9"), "没有检查点“2024Q9”"),
        (("trace", "X1"), "不是追溯号"),
        (("trace", "S999999"), "没有追溯号"),
        (("extract", "没有.docx"), "打不开"),
    ],
)
def test_a_mistake_is_told_in_one_line_without_a_traceback(
    workplace: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    told = call(workplace, *arguments)
    assert told.returncode == 2
    assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_a_wrong_database_address_never_shows_its_password(workplace: dict[str, str]) -> None:
    url = "postgresql+psycopg://clerk:s3cret-word@127.0.0.1:1/perf?connect_timeout=2"
    told = call({**workplace, "PERF_WAREHOUSE_URL": url}, "status")
    assert told.returncode == 2
    assert "无法连接" in told.stderr
    assert "s3cret-word" not in told.stdout + told.stderr


def test_backtest_scores_a_table_and_names_the_rows_that_are_wrong(tmp_path: Path) -> None:
    rows = [
        f"单位{unit},{year},{quarter},4,{quarter * (200 + 10 * unit + (year * 37) % 23)}"
        for unit in range(5)
        for year in range(2015, 2022)
        for quarter in range(1, 5)
    ]
    table = tmp_path / "往年.csv"
    table.write_text("\n".join(["entity,year,period,periods,count", *rows]), "utf-8")
    printed = call(dict(os.environ), "backtest", str(table))
    assert printed.returncode == 0, printed.stderr
    assert "有三年以上往年数据" in printed.stdout
    scores = json.loads(call(dict(os.environ), "backtest", str(table), "--json").stdout)
    assert list(scores) == [
        *("file", "kind", "rows", "entities", "years", "forecasts", "event", "notes", "prior"),
        "groups",
    ]
    assert list(scores["groups"][0]) == [
        *("group", "forecasts", "coverage_80", "coverage_95", "pinball", "crps", "crps_scaled"),
        *("crps_gain", "crps_scaled_gain", "naive"),
        *("brier", "brier_events", "calibration", "words", "levels", "by_period"),
    ]
    table.write_text("entity,year,period,periods,count\n甲,2020,1,4,-3\n", "utf-8")
    refused = call(dict(os.environ), "backtest", str(table))
    assert refused.returncode == 2
    assert "第2行：列“count”为“-3”，应为不小于0的整数" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_templates_are_written_once_and_the_quarantine_is_empty_where_all_was_loaded(
    first_run: subprocess.CompletedProcess[str], workplace: dict[str, str], tmp_path: Path
) -> None:
    written = call(workplace, "template", str(tmp_path / "blank"))
    assert written.returncode == 0, written.stderr
    paths = [Path(line) for line in written.stdout.splitlines()]
    assert len(paths) == 10  # the shipped indicators and items ask for these
    assert all(path.is_file() for path in paths)
    again = call(workplace, "template", str(tmp_path / "blank"))
    assert again.stdout.count("未覆盖") == 10
    every = call(workplace, "template", str(tmp_path / "every"), "--all")
    assert len(every.stdout.splitlines()) == len(load_registers())
    nothing = call(workplace, "quarantine", str(tmp_path / "back"))
    assert (nothing.returncode, nothing.stdout) == (0, "没有隔离的行。\n")
    assert not (tmp_path / "back").exists()


def test_doctor_lists_the_indicators_that_nothing_feeds(
    first_run: subprocess.CompletedProcess[str], workplace: dict[str, str]
) -> None:
    said = call(workplace, "doctor").stdout
    assert "由台账计算 37 个，人工填报 27 个，未覆盖 1 个" in said
    assert "实际涉法涉诉信访案件发生情况及时进行评查" in said
