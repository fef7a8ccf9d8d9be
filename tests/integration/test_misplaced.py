"""A clerk names places and files that are not there, or are something else: it is told in words."""

import errno
import re
from pathlib import Path

import pytest

from perf_pipeline.commands.wrong_usage import misplaced
from perf_pipeline.language.template import HAN
from tests.commands import call
from tests.kept import empty_warehouse
from tests.year import DATA, judged_year

ELSEWHERE = "没有 {here}/nowhere 这个文件夹：先建好，或写到别处"
FORM = "report --quarter 2024-06 --out out --form"
PLACES = {
    "items export nowhere/x.csv": ELSEWHERE,
    "items export folder": "{here}/folder 是文件夹，应为文件",
    "items notice file": "{here}/file 是文件，应为文件夹",
    "items notice file/below": "{here}/file 是文件，应为文件夹",
    "trace S1 --csv=nowhere/x.csv": ELSEWHERE,
    "template file": "{here}/file 是文件，应为文件夹",
    "report --quarter 2024-06 --out file": "{here}/file 是文件，应为文件夹",
    f"{FORM} no.yaml": "表格声明 no.yaml 读不出（不存在）",
    f"{FORM} torn.yaml": "表格声明 torn.yaml 第2行第1列附近的写法不对",
    "restore file": "不是完好的备份：不是 .zip 文件，或没有传完整",
    "backtest past.csv --forecasts nowhere/x.csv": ELSEWHERE,
    "init --sample folder/..": "演示数据要放进一个空文件夹，folder/.. 里已有文件",
    "init file": "不能在 file 建收件文件夹：那里是一个文件",
    "overall 2021": "2021年度还没有读入任何部门的数据：请先运行 perf-pipeline run",
    "status --quarter 2024-03": "数据仓库里还没有这样的评价：请先运行 perf-pipeline run",
}
OURS = re.compile(r"/[\w./-]+|perf-pipeline run|\.zip")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse in which one quarter was judged."""
    folder = tmp_path_factory.mktemp("clerk")
    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    judged_year(engine, "2024-06")
    engine.dispose()
    (folder / "folder").mkdir()
    (folder / "file").write_text("x", "utf-8")
    (folder / "torn.yaml").write_text("x: [", "utf-8")
    rows = (f"甲,{year},{period},2,{5 * period}" for year in (2020, 2021) for period in (1, 2))
    (folder / "past.csv").write_text(
        "\n".join(["entity,year,period,periods,count", *rows]), "utf-8"
    )
    return folder


def typed(line: str, place: Path, language: str) -> tuple[int, str, str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PERF_INBOX": str(DATA),
        "PERF_OUTPUT": str(place / "out"),
        "PERF_WAREHOUSE_URL": f"sqlite:///{place / 'warehouse.db'}",
        "PERF_LANGUAGE": language,
    }
    done = call(environment, *line.split(), cwd=place)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("line", PLACES)
def test_a_place_that_was_named_wrongly_is_told_in_words(line: str, place: Path) -> None:
    _, out, error = typed(line, place, "zh")
    assert PLACES[line].format(here=place) in out + error
    english = re.findall("[A-Za-z]{3,}", OURS.sub("", error))
    assert set(english) <= set(re.findall("[A-Za-z]{3,}", line))


@pytest.mark.parametrize("line", PLACES)
def test_a_place_that_was_named_wrongly_is_told_in_english(line: str, place: Path) -> None:
    _, _, error = typed(line, place, "en")
    assert "Traceback" not in error
    assert HAN.search(error) is None


def test_an_inbox_that_is_there_is_left_as_it_is_in_english(tmp_path: Path) -> None:
    for _ in range(2):
        _, out, _ = typed(f"init {tmp_path}/inbox --department roads", tmp_path, "en")
    assert f"{tmp_path}/inbox/calendar.yaml (was there, left as it is)" in out


def test_an_output_folder_that_is_a_file_is_told(place: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", "utf-8")
    (tmp_path / "warehouse.db").write_bytes((place / "warehouse.db").read_bytes())
    _, _, error = typed("run --quarter 2024-06", tmp_path, "zh")
    assert f"{tmp_path}/out 是文件，应为文件夹" in error


def test_a_file_of_ours_that_is_missing_is_no_mistake_of_who_types(tmp_path: Path) -> None:
    def missing(name: str) -> FileNotFoundError:
        return FileNotFoundError(errno.ENOENT, "No such file or directory", f"{tmp_path}/{name}")

    named = ["status", f"{tmp_path}/theirs/x.csv", "--quarter", "2024-06"]
    assert misplaced(missing("ours.yaml"), named) is None
    assert misplaced(missing("theirs/x.csv"), named) is not None
    assert misplaced(ValueError("theirs"), named) is None
