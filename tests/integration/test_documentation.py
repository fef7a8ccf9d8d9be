"""The documentation is a site without a broken link, and its how-to pages can be followed.

The tutorial is followed where there is no repository (test_wheel.py).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from perf_pipeline.warehouse.engine import open_warehouse
from tests.commands import call
from tests.integration.test_first_judgement import judge_march, lay_down
from tests.pages import DOCS, blocks, follow
from tests.servers import Robot, http_server
from tests.year import ROOT

pytestmark = pytest.mark.long(25)

CHINESE = ".zh-CN.md"
PAGES = [
    path.relative_to(DOCS).as_posix()
    for path in [DOCS / "tutorial.md", *sorted(DOCS.glob("how-to/*.md"))]
    if not path.name.endswith(CHINESE)
]
FIRST = "how-to/new-department.md"
ELSEWHERE = {"python3", "pip", ".", "cd", "cp", "docker"}  # what is typed where no test runs
DECLARES = "PERF_DECLARATIONS"  # read once in a process, so not in a forked one


def program(environment: dict[str, str], words: list[str], cwd: Path) -> str:
    """Run a command of a page as the shell would; return what it printed."""
    surroundings = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment}
    if DECLARES in environment:
        command = [str(Path(sys.executable).with_name("perf-pipeline")), *words]
        done = subprocess.run(
            command, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False
        )
    else:
        done = call(surroundings, *words, cwd=cwd)
    assert done.returncode == 0, (words, done.stdout + done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody followed the page of a new department, judged by the library."""
    folder = tmp_path_factory.mktemp("department")
    for name in ("targets", "registers"):
        (folder / "inbox/2024/jiaotongju" / name).mkdir(parents=True)
    lay_down(folder / "inbox/2024/jiaotongju")
    follow(FIRST, folder, {}, lambda exported, words: program(exported, words, folder))
    (folder / "out").mkdir(exist_ok=True)
    judged = open_warehouse(f"sqlite:///{folder}/out/warehouse.db")
    judge_march(judged, folder / "inbox")
    judged.dispose()
    return folder


@pytest.fixture
def copied(department: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(department, tmp_path / "copied"))


def do(name: str, folder: Path, **environment: str) -> list[str]:
    """Follow a page in a folder; return what its commands printed, one after the other."""
    printed = []

    def run(exported: dict[str, str], words: list[str]) -> str:
        printed.append(program({"PERF_INBOX": "inbox", **exported}, words, folder))
        return printed[-1]

    follow(name, folder, environment, run)
    return printed


def test_a_new_register_is_read_by_its_declaration(copied: Path) -> None:
    checked, _ = do("how-to/new-register.md", copied)
    assert re.search(r"巡逻记录\.csv +│ 巡逻记录 +│ 可入库 +│ 2 +│ 1 +│ 1 ", checked)
    assert "“里程”不能大于80公里" in checked
    assert list((copied / "templates").rglob("巡逻记录.xlsx"))


def test_a_form_of_ones_own_is_filled_in(copied: Path) -> None:
    do("how-to/province-form.md", copied)
    (form,) = copied.glob("forms/jiaotongju/2024-03/*.xlsx")
    assert form.stat().st_size


def test_a_server_is_looked_at_and_its_warehouse_comes_back(copied: Path) -> None:
    *_, status = do("how-to/server.md", copied)
    assert "2024-03" in status
    assert (copied / "rehearsal.db").is_file()


def test_alerts_reach_the_robot_of_a_group(copied: Path) -> None:
    robot = Robot("wecom")
    with http_server(robot) as url:
        do("how-to/alerts-to-a-robot.md", copied, PERF_WECOM_URL=url)
    assert robot.taken


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_in_both_languages_to_do_the_same(name: str) -> None:
    def done(page: str) -> list[tuple[str, str, object]]:
        return [
            (each.kind, each.title, each.text if each.title else each.commands)
            for each in blocks(page)
            if each.kind != "text"
        ]

    mine, theirs = done(name), done(name.replace(".md", CHINESE))
    speaks = ["export", "PERF_LANGUAGE=en"]
    assert theirs == [
        (kind, title, [each for each in what if each != speaks] if kind == "sh" else what)  # type: ignore[union-attr, attr-defined]
        for kind, title, what in mine
    ]


@pytest.mark.parametrize("name", PAGES)
def test_what_no_test_runs_is_marked_and_begins_with_another_program(name: str) -> None:
    typed = {each.kind: each.commands for each in blocks(name)}
    assert {words[0] for words in typed.get("console", [])} <= ELSEWHERE
    followed = (ROOT / "tests/integration/test_documentation.py").read_text("utf-8")
    followed += (ROOT / "tests/integration/test_wheel.py").read_text("utf-8")
    assert f'"{name}"' in followed


def test_the_site_is_built_without_a_broken_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "NO_MKDOCS_2_WARNING", "1")
    config = load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(tmp_path / "site"))
    build(config)
    for page in ("index.html", "zh-CN/tutorial.html", "zh-CN/how-to/server.html", "commands.html"):
        made = (tmp_path / "site" / page).read_text("utf-8")
        outside = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', made)
        assert outside == []  # it is read without a network
