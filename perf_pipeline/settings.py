"""Settings of an installation, from the environment (`PERF_…`) or a `.env` file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits


class CalendarFile(BaseModel):
    """What `calendar.yaml` in the inbox holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checkpoint_months: tuple[int, ...]
    first_year: int = Field(ge=2000, le=2100)


def read_calendar(path: Path) -> CalendarFile:
    """Read a calendar file; raises ConfigurationError when it is missing or wrong."""
    try:
        return CalendarFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"财政日历 {path} 无法使用：{error}") from error


class Settings(BaseSettings):
    """Where things are, and the limits of judgement. Every name has the prefix PERF_."""

    model_config = SettingsConfigDict(
        env_prefix="PERF_", env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=True
    )

    inbox: Path = Field(Path("data"), description="收件文件夹：年度/部门/targets 与 registers")
    output: Path = Field(Path("out"), description="报告、表格和数据文档写到哪里")
    warehouse_url: SecretStr = Field(
        SecretStr("sqlite:///out/warehouse.db"), description="数据仓库的 SQLAlchemy 地址"
    )
    suites: Path = Field(Path("expectations"), description="Great Expectations 套件文件夹")
    report_lag_days: int = Field(5, ge=0, le=27, description="检查点过后几天运行")
    limits: Limits = Field(default_factory=Limits, description="灯的界限")

    @property
    def results(self) -> Path:
        """Where Great Expectations keeps its newest results, from which its pages are made."""
        return self.output / "validations"

    def calendar_file(self) -> CalendarFile:
        """Read `calendar.yaml` of the inbox.

        Raises ConfigurationError when the file is missing or wrong.
        """
        return read_calendar(self.inbox / "calendar.yaml")

    def calendar(self) -> FiscalCalendar:
        """Return the fiscal calendar of the inbox."""
        return FiscalCalendar(self.calendar_file().checkpoint_months)
