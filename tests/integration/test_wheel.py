"""The source archive and its wheel, installed where there is no checkout, follow the tutorial."""

import shutil
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.pages import follow
from tests.year import ROOT

pytestmark = pytest.mark.long(60)

BUILT_FROM = (
    *("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "workspace.yaml"),
    *("perf_pipeline", "assets", "expectations", "data"),
)
RELEASE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
UNUSED = ("宣传", "人民", "信访", "治安", "满意", "设备", "耗材", "财务", "合同", "固定", "人工")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of the source archive's wheel and nothing else of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            source.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    archive = [sys.executable, "setup.py", "-q", "sdist", "-d", str(folder)]
    subprocess.run(archive, check=True, cwd=source)
    shutil.rmtree(source)
    [sources] = folder.glob(f"perf_pipeline-{RELEASE}.tar.gz")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*build, str(sources)], check=True, cwd=folder)
    [wheel] = folder.glob(f"perf_pipeline-{RELEASE}-py3-none-any.whl")
    subprocess.run(
        [*pip, "install", "-q", "--no-deps", "--target", str(folder / "site"), str(wheel)],
        check=True,
        cwd=folder,
    )
    return folder / "site"


def test_the_tutorial_is_followed_on_a_machine_without_the_repository(
    site: Path, tmp_path: Path
) -> None:
    """In a trimmed sample, to spare time: the budgets and the ledger alone."""

    def program(exported: dict[str, str], words: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, str(site / "bin/perf-pipeline"), *words],
            cwd=tmp_path,
            env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
            | exported,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for path in (tmp_path / "demo/2024").glob("*/registers/*"):
            if path.name.startswith(UNUSED):
                path.unlink()
        return done.stdout

    follow("tutorial.md", tmp_path, {}, program)
    with sqlite3.connect(tmp_path / "out/warehouse.db") as connection:
        judged = connection.execute("SELECT light, paid_fen FROM spending_result").fetchall()
    assert any(paid for _, paid in judged)
    assert "unknown" not in {light for light, _ in judged}
    rows = (tmp_path / "s2.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + 174
    assert (tmp_path / "out/.dagster").is_dir()
    assert list((tmp_path / "out/reports").rglob("*.html"))
    assert (tmp_path / "out/data_docs/index.html").is_file()
