"""What is typed wrongly, and settings that cannot be used, are told in the user's language."""

import errno
import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from perf_pipeline import cli
from perf_pipeline.commands.spoken_help import WORDS
from perf_pipeline.domain.faults import FAULTS
from perf_pipeline.language.catalogue import catalogue
from perf_pipeline.language.spoken import CHINESE, speaking
from perf_pipeline.language.template import HAN
from perf_pipeline.settings import Settings
from tests.unit.test_logs import unset_logging

TYPED = {
    "staus": "没有命令 staus；是不是 status",
    "status --quartr 2024-06": "没有选项 --quartr；是不是 --quarter",
    "status --quarter": "选项 --quarter 后面要写值",
    "trace": "缺少参数 figure",
    "trace a b": "多出的参数：b",
    "run --year next": "选项 --year 的值不对：应为整数",
    "template": "缺少参数 folder",
    "ui --port 99999": "选项 --port 的值不对：应不大于 65535",
    "status --on 2024-02-30": "“2024-02-30”应为 2024-06-30 这样的日期",
    "audit verdict 9 confirmd": "“confirmd”应为 'confirmed', 'explained', 'mistaken' 之一",
    "files confirm x.xlsx": "缺少选项 --withdrawn 或 --kept",
}
SETTINGS = {
    "REPORT_LAG_DAYS": ("soon", "PERF_REPORT_LAG_DAYS 应为整数"),
    "REPORT_LAG_DAYS ": ("99", "PERF_REPORT_LAG_DAYS 应不大于 20"),
    "LOG_FORMAT": ("xml", "PERF_LOG_FORMAT 应为 'text'、'json' 之一"),
    "LIMITS": ('{"oddly": 1}', "PERF_LIMITS__ODDLY 没有这样的键"),
    "PDF": ("perhaps", "PERF_PDF 应为 true 或 false"),
    "LIGHTS__YELLOW_BP": (
        "500",
        "PERF_LIGHTS__YELLOW_BP 没有这样的设置；是不是 PERF_LIMITS__YELLOW_BP",
    ),
    "LIMITS_YELLOW_BP": (
        "500",
        "PERF_LIMITS_YELLOW_BP 没有这样的设置；是不是 PERF_LIMITS__YELLOW_BP",
    ),
    "DECLARATON": (
        "registers",
        "PERF_DECLARATON 没有这样的设置；是不是 PERF_DECLARATIONS",
    ),
    "OUTPT": ("elsewhere", "PERF_OUTPT 没有这样的设置；是不是 PERF_OUTPUT"),
}
OURS = re.compile(r"perf-pipeline[\w -]*|PERF_\w+|--[\w-]+|'\w+'")


def run(
    typed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """Run the command line; return its exit code and what it wrote, and where."""
    monkeypatch.setattr("sys.argv", ["perf-pipeline", *typed.split()])
    with unset_logging(), pytest.raises(SystemExit) as ended:
        cli.main()
    said = capfd.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def told(typed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    code, out, error = run(typed, monkeypatch, capfd)
    assert (code, out) == (2, "")
    return error


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_wrongly_is_told_in_words(
    typed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = told(typed, monkeypatch, capfd)
    assert TYPED[typed] in said
    english = re.findall(r"[A-Za-z]{3,}", OURS.sub("", said))
    assert set(english) <= set(re.findall(r"[A-Za-z]{3,}", typed)) | {"figure", "folder", "status"}


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_wrongly_is_told_in_english(
    typed: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERF_LANGUAGE", "en")
    with speaking(CHINESE):
        assert HAN.search(told(typed, monkeypatch, capfd)) is None


def test_other_names_may_begin_as_settings_do(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "UI_PORT WECOM_URL SMTP_PASSWORD SMTP__PASSWORD BACKUP_DAYS SERVE_PORT DECLARATIONS"
    for name in names.split():
        monkeypatch.setenv(f"PERF_{name}", "7")
    Settings()


@pytest.mark.parametrize("written", ["", "PERF_PDF=perhaps", "PERF_INBOX=收件"])
def test_the_version_and_the_help_are_told_whatever_the_settings_are(
    written: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(written, "gb18030")
    code, out, _ = run("--version", monkeypatch, capfd)
    assert (code, out) == (0, f"{version('perf-pipeline')}\n")
    code, out, _ = run("status --help", monkeypatch, capfd)
    assert code == 0
    assert "用法：perf-pipeline status" in out


@pytest.mark.parametrize(
    ("encoding", "written", "words"),
    [
        ("gb18030", "PERF_INBOX=收件", ".env 文字编码不是 UTF-8"),
        ("utf-8", "PERF_PDF=1\nPERF INBOX=here\n", ".env 第2行的写法不对"),
        ("utf-8", "PERF_PDF=1\nPERF_INBOX：here\n", ".env 第2行的写法不对"),
        ("utf-8", "PERF_INBOX＝here\n", ".env 第1行的写法不对"),
        ("utf-8", "perf_inbox:here\n", ".env 第1行的写法不对"),
    ],
)
def test_a_settings_file_that_cannot_be_read_is_told_in_words(
    encoding: str,
    written: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(written, encoding)
    assert words in told("status", monkeypatch, capfd)
    monkeypatch.setenv("PERF_LANGUAGE", "en")
    with speaking(CHINESE):
        assert HAN.search(told("status", monkeypatch, capfd)) is None


def test_a_settings_file_that_nobody_may_read_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), ".env")

    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").touch()
    monkeypatch.setattr("dotenv.main.open", refuse, raising=False)
    assert "设置无法使用：.env 读不出" in told("status", monkeypatch, capfd)
    code, out, _ = run("--version", monkeypatch, capfd)
    assert (code, out) == (0, f"{version('perf-pipeline')}\n")


@pytest.mark.parametrize("command", ["upgrade", "trace", "status", "run", "serve"])
def test_the_help_is_whole_in_each_language(
    command: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Typer's own words too; nothing is cut off at the end of a line."""
    _, chinese, _ = run(f"{command} --help", monkeypatch, capfd)
    assert [words for words in WORDS if words in chinese] == []
    assert "…" not in chinese
    assert re.search(r"<(str|int|bool|path)", chinese) is None
    monkeypatch.setenv("PERF_LANGUAGE", "en")
    with speaking(CHINESE):
        _, english, _ = run(f"{command} --help", monkeypatch, capfd)
    assert "Options" in english
    assert HAN.search(english) is None


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_cannot_be_used_are_told_in_words(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    value, words = SETTINGS[name]
    monkeypatch.setenv(f"PERF_{name.strip()}", value)
    said = told("status", monkeypatch, capfd)
    assert words in said
    assert value not in OURS.sub("", said)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_cannot_be_used_are_told_in_the_language_set(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"PERF_{name.strip()}", SETTINGS[name][0])
    monkeypatch.setenv("PERF_LANGUAGE", "en")
    with speaking(CHINESE):
        said = told("status", monkeypatch, capfd)
    assert said.startswith(f"Error The settings cannot be used: {SETTINGS[name][1].split()[0]} ")
    assert HAN.search(said) is None


@pytest.mark.parametrize("fault", FAULTS.values())
def test_what_is_wrong_with_a_key_is_told_in_english(fault: str) -> None:
    filled = re.sub(r"\{\w+\}", "7", fault)
    for told in (f"limits.levels.0 {filled}，现为 'abc'", f"PERF_A__B {filled}；PERF_C {filled}"):
        assert HAN.search(catalogue("en").say(f"灯的界限 /x/limits.yaml 无法使用：{told}")) is None
