"""What must be in place for the jobs to run, looked at one by one."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from sqlalchemy import func, select

from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.domain.share import points
from perf_pipeline.measures.catalogue import MEASURES, UNUSABLE
from perf_pipeline.measures.coverage import mapped_indicators
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.address import shown
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, inbox_files
from perf_pipeline.warehouse.schema import source_file

LONGEST_LIST = 20


@dataclass(frozen=True)
class HealthCheck:
    """One thing looked at, whether it is as it must be, and what was found."""

    name: str
    passed: bool
    finding: str


def examine(settings: Settings) -> Iterator[HealthCheck]:
    """Look at the installation, the settings, the inbox and the warehouse, in that order."""
    yield look("安装", lambda: f"Python {platform.python_version()}，{_versions()}")
    yield look("台账声明", lambda: f"{len(load_registers())} 种台账")
    yield look("可用的度量", _measures)
    yield from examine_settings(settings)
    yield look("收件文件夹", lambda: _inbox(settings))
    yield look("质量套件", lambda: _suites(settings.suites))
    yield look("输出文件夹", lambda: _writable(settings.output))
    yield look("数据仓库", lambda: _warehouse(settings))
    yield look("指标与度量", lambda: _coverage(settings))


def examine_settings(settings: Settings) -> Iterator[HealthCheck]:
    """Look at each settings file of the inbox: whether it can be used, and what it says."""
    yield look("calendar.yaml", lambda: _calendar(settings))
    yield look("organisation.yaml", lambda: _organisation(settings))
    yield look("limits.yaml", lambda: _limits(settings))
    yield look("alerts.yaml", lambda: _alerts(settings))


def unusable_measures() -> Iterator[HealthCheck]:
    """Say which measures cannot be computed as they are declared, where there are any."""
    if UNUSABLE:
        yield HealthCheck("可用的度量", passed=False, finding=_measures())


def look(name: str, find: Callable[[], str]) -> HealthCheck:
    """Look at one thing: what `find` says of it, or the error that it raises."""
    try:
        return HealthCheck(name, passed=True, finding=find())
    except (PerfPipelineError, OSError) as error:
        return HealthCheck(name, passed=False, finding=str(error))


def _versions() -> str:
    packages = ("perf-pipeline", "dagster", "great-expectations", "sqlalchemy", "pandas")
    return "，".join(f"{package} {metadata.version(package)}" for package in packages)


def _calendar(settings: Settings) -> str:
    read = settings.calendar_file()
    months = "、".join(f"{month}月底" for month in read.checkpoint_months)
    return f"检查点 {months}，从{read.first_year}年度开始"


def _organisation(settings: Settings) -> str:
    organisation = settings.organisation()
    if organisation is None:
        return "没有（可以没有）：部门名称取自绩效目标文件"
    return f"{len(organisation.departments)} 个部门"


def _limits(settings: Settings) -> str:
    general, nearer = settings.limit_levels()
    limits = "、".join(points(each) for each in general.model_dump().values())
    return f"黄、红、超前为 {limits} 个百分点，{len(nearer)} 个部门另有界限"


def _alerts(settings: Settings) -> str:
    from perf_pipeline.alerts.configuration import FILE, load_configuration

    told = load_configuration(settings.inbox)
    if not (settings.inbox / FILE).exists():
        return "没有（可以没有）：预警只在报告和命令行里看"
    return f"{len(told.recipients)} 个接收人，{len(told.channels)} 个渠道"


def _inbox(settings: Settings) -> str:
    documents = inbox_files(settings.inbox, TARGETS)
    registers = inbox_files(settings.inbox, REGISTERS)
    if not documents:
        raise PerfPipelineError(f"{settings.inbox} 里没有绩效目标文件（年度/部门/{TARGETS}/）")
    return f"{settings.inbox}：{len(documents)} 份绩效目标文件，{len(registers)} 份台账"


def _suites(folder: Path) -> str:
    found = len(list(folder.glob("*.json")))
    if not found:
        raise PerfPipelineError(f"{folder} 里没有套件")
    return f"{folder}：{found} 个套件"


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PerfPipelineError(f"{folder} 不可写")
    return f"{folder} 可写"


def _warehouse(settings: Settings) -> str:
    engine = open_warehouse(settings.warehouse_url.get_secret_value(), settings.acting())
    with engine.connect() as connection:
        files = connection.scalar(select(func.count()).select_from(source_file))
    return f"{shown(engine.url)}：结构为最新，收到过 {files} 份文件"


def _measures() -> str:
    """Say how many measures can be computed, and why the others cannot."""
    unusable = "".join(f"\n    不可用 {why}" for why in UNUSABLE.values())
    return f"{len(MEASURES)} 个可用，{len(UNUSABLE)} 个不可用{unusable}"


def _coverage(settings: Settings) -> str:
    """Say how many indicators nothing feeds, and which: a gap to be closed, not a fault here."""
    engine = open_warehouse(settings.warehouse_url.get_secret_value(), settings.acting())
    with engine.connect() as connection:
        indicators = mapped_indicators(connection)
    uncovered = [each for each in indicators if each.uncovered]
    by_hand = sum(each.by_hand for each in indicators)
    counted = len(indicators) - by_hand - len(uncovered)
    found = f"由台账计算 {counted} 个，人工填报 {by_hand} 个，未覆盖 {len(uncovered)} 个"
    listed = "".join(f"\n    未覆盖 {each}" for each in uncovered[:LONGEST_LIST])
    more = len(uncovered) - LONGEST_LIST
    return found + listed + (f"\n    ……还有 {more} 个" if more > 0 else "")
