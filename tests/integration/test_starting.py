"""A new inbox: settings that can be used as they are, and errors that show an example."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.cli import app
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.settings import Settings
from perf_pipeline.starting import SETTINGS_FILES, TEMPLATES, start_inbox
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, inbox_files


def settings(inbox: Path) -> Settings:
    return Settings(inbox=inbox)


def test_a_new_inbox_can_be_used_as_it_is(tmp_path: Path) -> None:
    made = start_inbox(tmp_path / "inbox", 2025, "minzhengju")
    assert all(each.is_new for each in made)
    of = settings(tmp_path / "inbox")
    assert of.calendar_file().first_year == 2025
    assert of.registered_names() == {}
    assert of.limit_levels()[1] == {}
    assert load_configuration(of.inbox).recipients == ()
    assert (of.inbox / "2025/minzhengju" / TARGETS).is_dir()
    templates = {path.name for path in (of.inbox / TEMPLATES).iterdir()}
    assert {"支付台账.xlsx", "项目预算表.xlsx", "资金支出计划表.xlsx"} <= templates
    assert load_workbook(of.inbox / TEMPLATES / "支付台账.xlsx").sheetnames[0] == "支付台账"
    assert inbox_files(of.inbox, REGISTERS) == ()  # a blank template is no register


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text("checkpoint_months: [12]\nfirst_year: 2020\n")
    made = {each.path.name: each.is_new for each in start_inbox(tmp_path, 2025, "甲局")}
    assert made["calendar.yaml"] is False
    assert settings(tmp_path).calendar_file().checkpoint_months == (12,)
    assert not any(each.is_new for each in start_inbox(tmp_path, 2025, "甲局"))


def test_every_example_says_in_comments_what_its_keys_mean(tmp_path: Path) -> None:
    start_inbox(tmp_path, 2025, "甲局")
    for name in SETTINGS_FILES:
        lines = (tmp_path / name).read_text("utf-8").splitlines()
        assert sum(line.startswith("#") for line in lines) >= 3, name


def test_a_missing_calendar_names_the_command_and_shows_an_example(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        settings(tmp_path).calendar_file()
    assert f"perf-pipeline init {tmp_path}" in str(error.value)
    assert "checkpoint_months: [3, 6, 9, 12]" in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "calendar.yaml",
            "checkpoint_months: 三月\nfirst_year: 2024",
            "checkpoint_months 应为一列",
        ),
        ("calendar.yaml", "checkpoint_months: [3, 12]", "first_year 必须有"),
        ("calendar.yaml", "checkpoint_months: [3]\nfirst_year: 1024", "first_year 应不小于 2000"),
        ("calendar.yaml", "checkpoint_months: [三, 12]\nfirst_year: 2024", "应为整数，现为 '三'"),
        ("calendar.yaml", "checkpoint_months: [3\nfirst_year: 2024", "附近的写法不对"),
        ("calendar.yaml", "months: [3, 12]\nfirst_year: 2024", "months 没有这样的键"),
        ("organisation.yaml", "departments: {a: b}", "departments 应为一列"),
        ("organisation.yaml", "departments: [{code: a}]", "departments.0.name 必须有"),
        ("alerts.yaml", "escalate_after_days: 很久", "escalate_after_days 应为整数"),
        ("alerts.yaml", "recipients: [{name: 甲, channel: 邮件}]", "没有叫“邮件”的渠道"),
        ("alerts.yaml", "channels: {a: {kind: fax}}", "没有这一种"),
        ("alerts.yaml", "- 1", "应为“键: 值”"),
        ("limits.yaml", "province: {yellow_bp: 慢}", "应为整数"),
    ],
)
def test_a_wrong_settings_file_is_told_in_words_not_in_pydantics(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    start_inbox(tmp_path, 2025, "甲局")
    (tmp_path / name).write_text(text, "utf-8")
    of = settings(tmp_path)
    reads: dict[str, Callable[[], object]] = {
        "calendar.yaml": of.calendar_file,
        "organisation.yaml": of.registered_names,
        "limits.yaml": of.limit_levels,
        "alerts.yaml": lambda: load_configuration(tmp_path),
    }
    with pytest.raises(ConfigurationError) as error:
        reads[name]()
    assert said in str(error.value)
    assert name in str(error.value)
    for english in ("Input", "validation error", "pydantic", "Field required", "type="):
        assert english not in str(error.value)


def test_init_and_the_sample_on_the_command_line(tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(
        app, ["init", str(tmp_path / "new"), "--year", "2025", "--department", "甲局"]
    )
    assert done.exit_code == 0
    assert (tmp_path / "new/2025/甲局/targets").is_dir()
    assert "perf-pipeline check" in done.stdout
    sample = run.invoke(app, ["init", str(tmp_path / "sample"), "--sample"])
    assert sample.exit_code == 0
    assert (tmp_path / "sample/2024").is_dir()
