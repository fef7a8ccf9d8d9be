"""A new inbox (收件文件夹): its settings files with comments, its folders, the first templates.

Nothing that is there already is overwritten.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.place import is_program
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.template import Handout, template_workbook
from perf_pipeline.warehouse.inbox import EVALUATIONS, REGISTERS, TARGETS

SETTINGS_FILES = ("calendar.yaml", "organisation.yaml", "limits.yaml", "alerts.yaml")
TEMPLATES = "模板"  # beside the years, so that no blank template is taken for a register
GUIDE = "先读我.txt"


@dataclass(frozen=True)
class Made:
    """A file or folder, and whether it was made now: what is there is never overwritten."""

    path: Path
    is_new: bool


def start_inbox(inbox: Path, year: int, department: str) -> list[Made]:
    """Make an inbox for a year, with the folders of one department.

    Raises ConfigurationError where the place is taken by a file.
    """
    if inbox.exists() and not inbox.is_dir():
        raise ConfigurationError(f"不能在 {inbox} 建收件文件夹：那里是一个文件")
    made = []
    for folder in (TARGETS, REGISTERS, EVALUATIONS):
        path = inbox / str(year) / department / folder
        made.append(Made(path, not path.is_dir()))
        path.mkdir(parents=True, exist_ok=True)
    for name in SETTINGS_FILES:
        text = example(name).replace("{year}", str(year))
        made.append(_write(inbox / name, text.encode()))
    made.append(_write(inbox / GUIDE, _guide(inbox, year, department).encode()))
    templates = inbox / TEMPLATES
    templates.mkdir(exist_ok=True)
    for declared in load_registers():
        if declared.first:
            path = templates / f"{declared.label}.xlsx"
            made.append(Made(path, not path.exists()))
            if not path.exists():
                template_workbook(declared, Handout(department, year)).save(path)
    return made


def copy_sample(inbox: Path, sample: Path) -> list[Made]:
    """Copy the shipped year into a new inbox; raises ConfigurationError where it is not there."""
    if not (sample / "calendar.yaml").is_file():
        raise ConfigurationError(f"这里没有演示数据（{sample}）；请在程序的文件夹里运行")
    if inbox.exists() and any(inbox.iterdir()):
        raise ConfigurationError(f"演示数据要放进一个空文件夹，{inbox} 里已有文件")
    shutil.copytree(sample, inbox, dirs_exist_ok=True)
    return [Made(inbox, is_new=True)]


def point_at(inbox: Path, here: Path) -> Path | None:
    """Write the settings of a working folder, which name its inbox; return their file.

    None where there are settings already, and in the program's own folder, whose inbox is `data`.
    """
    path = here / ".env"
    if path.exists() or is_program(here):
        return None
    path.write_text(f"# 设置；全部见 perf-pipeline doctor\nPERF_INBOX={inbox}\n", "utf-8")
    return path


def example(name: str) -> str:
    """Return the example of a settings file, with its comments."""
    return (files("perf_pipeline.starting") / name).read_text("utf-8")


def _write(path: Path, content: bytes) -> Made:
    if path.exists():
        return Made(path, is_new=False)
    path.write_bytes(content)
    return Made(path, is_new=True)


def _guide(inbox: Path, year: int, department: str) -> str:
    return f"""收件文件夹

1. 把绩效目标文件（Word、Excel、PDF）放进 {year}/{department}/{TARGETS}
2. 把支付台账、业务台账（财务系统或业务系统导出的原样即可）放进 {year}/{department}/{REGISTERS}
   文件名以台账名开头，如“支付台账1-6月.xlsx”“信访事项台账.csv”
3. 运行 perf-pipeline check {inbox} ：逐份说明读成了什么、还缺什么、怎么办
4. 运行 perf-pipeline run ：评价、出报告
5. 年终把填好的自评表放进 {year}/{department}/{EVALUATIONS}
   运行 perf-pipeline recheck {year} ：复核

部门文件夹的名字（现为“{department}”）就是部门代码，可以改；每个部门一个文件夹。
“{TEMPLATES}”里是空白模板，填好后放进 {REGISTERS}；没有填的不要放进去。
按本部门的指标生成更多模板：perf-pipeline template 文件夹
"""
