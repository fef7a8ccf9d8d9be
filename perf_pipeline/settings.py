"""Settings of an installation, from the environment (`PERF_…`) or a `.env` file."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar

import yaml
from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.faults import faults_of, written_wrongly
from perf_pipeline.domain.limits import AuditLimits, LimitLevels, Limits
from perf_pipeline.domain.organisation import LARGEST_ORGANISATION, Organisation
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.domain.whole_department import WholeDepartmentRules
from perf_pipeline.domain.working_days import working_day_after, working_day_before
from perf_pipeline.language.spoken import CHINESE, languages
from perf_pipeline.place import program_folder
from perf_pipeline.registers.declaration_folder import DeclarationFolder
from perf_pipeline.warehouse.address import place_beside
from perf_pipeline.warehouse.seals.deed import Acting, named, this_run

Model = TypeVar("Model", bound=BaseModel)
RULES = {"limits", "audit", "outlook", "scoring", "recheck", "whole_department", "least_cases"}
RULE_FILES = ("calendar.yaml", "limits.yaml", "organisation.yaml")
ENV_FILE = ".env"
logging.getLogger("dotenv").setLevel(logging.ERROR)  # a line that is not understood is refused
CALENDAR_EXAMPLE = "checkpoint_months: [3, 6, 9, 12]\nfirst_year: 2024"
ORGANISATION_EXAMPLE = """departments:
  - {code: minzhengju, name: 某区民政局, district: 某区, city: 某市}"""


class CalendarFile(Declared):
    """What `calendar.yaml` in the inbox holds."""

    checkpoint_months: tuple[int, ...]
    first_year: int = Field(ge=2000, le=2100)
    holidays: tuple[date, ...] = ()  # days off that nobody has published
    worked: tuple[date, ...] = ()  # weekends worked that nobody has published

    def working_day_after(self, day: date, count: int) -> date:
        """Return the `count`-th working day (工作日) after a day."""
        return working_day_after(day, count, self.holidays, self.worked)

    def working_day_before(self, day: date, count: int) -> date:
        """Return the day that begins the last `count` working days up to a day."""
        return working_day_before(day, count, self.holidays, self.worked)


def read_calendar(path: Path) -> CalendarFile:
    """Read a calendar file; raises ConfigurationError when it is missing or wrong."""
    if not path.is_file():
        raise ConfigurationError(
            f"收件文件夹 {path.parent} 里没有财政日历 {path.name}；"
            f"用 perf-pipeline init {path.parent} 写一份，或自己写两行：\n{CALENDAR_EXAMPLE}"
        )
    return read_settings_file(path, "财政日历", CalendarFile, CALENDAR_EXAMPLE)


def read_settings_file(path: Path, label: str, model: type[Model], example: str) -> Model:
    """Read a settings file of the inbox; raises ConfigurationError with an example of it."""
    try:
        return model.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(
            f"{label} {path} 无法使用：{_why(error)}。应写成：\n{example}\n"
            "带注释的样例用 perf-pipeline init 写到一个新文件夹里看"
        ) from error


def _why(error: Exception) -> str:
    """Say why a settings file cannot be used."""
    if isinstance(error, ValidationError):
        return faults_of(error)
    unread = isinstance(error, OSError | UnicodeDecodeError | yaml.YAMLError)
    return written_wrongly(error) if unread else str(error)


class Forms(Declared):
    """Which forms a place fills in: the code of a shipped one, or a file (.yaml)."""

    monitoring: str = Field("national", description="执行监控表的式样：代码，或声明文件 .yaml")
    self_evaluation: str = Field(
        "national", description="项目支出绩效自评表的式样：代码，或声明文件 .yaml"
    )
    department: str = Field(
        "national", description="部门整体支出绩效自评表的式样：代码，或声明文件 .yaml"
    )
    common_lines: str = Field(
        "national", description="部门整体共性指标表的式样：代码，或声明文件 .yaml"
    )


def _names_of(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """Give the names of settings, and of the parts of those that have some: limits__yellow_bp."""
    for name, field in fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}__{part}" for part in _names_of(field.annotation.model_fields))


def _refuse_unread_lines() -> None:
    """Refuse a `.env` with a line that sets nothing and would be ignored: PERF_INBOX：data."""
    if (path := Path(ENV_FILE)).is_file():
        for each in parse_stream(io.StringIO(path.read_text("utf-8"))):
            ours = (each.key or "").upper().startswith("PERF_")
            if each.error or (ours and each.value is None):
                raise ValueError(f"{path} 第{each.original.line}行的写法不对，应为“名字=值”")


class LogFormat(StrEnum):
    """How logs are written."""

    TEXT = "text"
    JSON = "json"


class SpokenSetting(BaseSettings):
    """The language alone: known where another setting is wrong, which is told in it."""

    model_config = SettingsConfigDict(env_prefix="PERF_", env_file=ENV_FILE, extra="ignore")

    language: str = CHINESE


class Settings(BaseSettings):
    """Where things are, and the limits of judgement. Every name has the prefix PERF_."""

    model_config = SettingsConfigDict(
        env_prefix="PERF_",
        env_nested_delimiter="__",
        env_file=ENV_FILE,
        extra="ignore",
        frozen=True,
    )

    inbox: Path = Field(Path("data"), description="收件文件夹：年度/部门/targets 与 registers")
    output: Path = Field(Path("out"), description="报告、表格和数据文档写到哪里")
    warehouse_url: SecretStr = Field(
        SecretStr("sqlite:///out/warehouse.db"), description="数据仓库的 SQLAlchemy 地址"
    )
    suites: Path = Field(
        default_factory=lambda: program_folder() / "expectations",
        description="Great Expectations 套件文件夹；不写为程序自带的 expectations",
    )
    report_lag_days: int = Field(5, ge=0, le=20, description="检查点过后第几个工作日运行")
    self_evaluation_lag_days: int = Field(
        15, ge=0, le=60, description="年终检查点过后第几个工作日自评"
    )
    limits: Limits = Field(
        default_factory=Limits, description="灯的界限；收件文件夹的 limits.yaml 按层级另定"
    )
    audit: AuditLimits = Field(default_factory=AuditLimits, description="内部审计的界限")
    outlook: OutlookLimits = Field(
        default_factory=OutlookLimits, description="完成目标可能性的界限"
    )
    scoring: ScoringRules = Field(default_factory=ScoringRules, description="自评的分值和规则")
    recheck: RecheckRules = Field(default_factory=RecheckRules, description="自评复核的规则")
    whole_department: WholeDepartmentRules = Field(
        default_factory=WholeDepartmentRules, description="部门整体共性指标的分值"
    )
    forms: Forms = Field(
        default_factory=Forms, description="各种表的式样：随产品附带的代码，或声明文件 .yaml"
    )
    pdf: bool = Field(False, description="报告是否另存为PDF（需要 LibreOffice）")
    least_cases: int = Field(10, ge=1, description="排名所需的最少件数；再少则不排名")
    language: str = Field(CHINESE, description="给人看的用什么语言：zh 中文，en 英文")
    log_format: LogFormat = Field(LogFormat.TEXT, description="日志写成文字还是 JSON，每件事一行")
    least_free_mb: int = Field(1024, ge=0, description="磁盘剩余低于多少 MB 时 health 报不正常")

    workers: str = Field(
        "",
        pattern=r"^([1-9]\d{0,2}|(tcp|tls)://.+)?$",
        description="谁读文件、写报告：不写为本进程，数字为本机几个进程，tcp:// 为 Dask 的地址",
    )
    recompute: int = Field(30, ge=0, le=10_000, description="每天由原始文件复算多少个数；0 不复算")
    person: str | None = Field(
        None, description="操作记录中谁做的；不写为系统用户，写了空文本则拒绝操作"
    )
    serve: ServingRules = Field(default_factory=ServingRules, description="报告服务前面的反向代理")

    @field_validator("language")
    @classmethod
    def has_catalogue(cls, language: str) -> str:
        """Take a language that has a catalogue."""
        if language not in (known := languages()):
            raise ValueError(f"没有语言“{language}”，可用：{'、'.join(known)}")
        return language

    @model_validator(mode="after")
    def names_known_settings(self) -> Self:
        """Refuse names that mean a setting and are none: what they decide would be ignored.

        Other names may begin with PERF_ too (ports, passwords that alerts.yaml names): those that
        are like no setting, nor have a part behind __ of what is like one.
        """
        _refuse_unread_lines()
        written = {**dotenv_values(ENV_FILE), **os.environ}
        fields = {**DeclarationFolder.model_fields, **type(self).model_fields}
        names = list(_names_of(fields))
        for name in sorted(each.lower() for each in written):
            bare = name.removeprefix("perf_")
            head, parts, below = bare.partition("__")
            if not name.startswith("perf_") or head in fields:
                continue
            near = get_close_matches(bare, names, n=1, cutoff=0.85)
            if parts and not near:
                heads = get_close_matches(head, fields, n=1, cutoff=0.6)
                near = [f"{each}__{below}" for each in heads]
            if near:
                said, meant = f"{name.upper()} 没有这样的设置", f"PERF_{near[0]}".upper()
                raise ValueError(f"{said}；是不是 {meant}")
        return self

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps runs and events: as DAGSTER_HOME says, else beside the warehouse.

        Partitions and runs are of one warehouse; two warehouses in one folder share none.
        """
        if told := os.environ.get("DAGSTER_HOME"):
            return Path(told)
        return place_beside(self.warehouse_url.get_secret_value(), ".dagster", self.output)

    @property
    def results(self) -> Path:
        """Where Great Expectations keeps its newest results, from which its pages are made."""
        return self.output / "validations"

    def acting(self, run: str | None = None) -> Acting:
        """Return who acts, in which run, by which limits and rules, as the log of acts keeps it."""
        rules = json.dumps(self.rules_in_force(), sort_keys=True)
        digest = hashlib.sha256(rules.encode()).hexdigest()
        return Acting(named(self.person), run or this_run(), digest)

    def rules_in_force(self) -> dict[str, object]:
        """Return every limit and rule of judgement, and the texts of the inbox's settings files."""
        files = {
            name: path.read_text("utf-8", "replace")
            for name in RULE_FILES
            if (path := self.inbox / name).is_file()
        }
        return {"settings": self.model_dump(mode="json", include=RULES), "files": files}

    def calendar_file(self) -> CalendarFile:
        """Read `calendar.yaml` of the inbox.

        Raises ConfigurationError when the file is missing or wrong.
        """
        return read_calendar(self.inbox / "calendar.yaml")

    def organisation(self) -> Organisation | None:
        """Read `organisation.yaml` of the inbox; None where there is none.

        Raises ConfigurationError when the file is wrong.
        """
        path = self.inbox / "organisation.yaml"
        if not path.exists():
            return None
        if path.is_file() and path.stat().st_size > LARGEST_ORGANISATION:
            raise ConfigurationError(f"机构表 {path} 大得不可能")
        return read_settings_file(path, "机构表", Organisation, ORGANISATION_EXAMPLE)

    def registered_names(self) -> dict[str, str]:
        """Return the names of departments by code, as `organisation.yaml` gives them."""
        organisation = self.organisation()
        return {each.code: each.name for each in organisation.departments} if organisation else {}

    def calendar(self) -> FiscalCalendar:
        """Return the fiscal calendar of the inbox."""
        return FiscalCalendar(self.calendar_file().checkpoint_months)

    def limit_levels(self) -> tuple[Limits, dict[str, Limits]]:
        """Return the limits for all, and those of departments that have their own, by code.

        Read from `limits.yaml` of the inbox, where there is one: province, districts and
        departments, the nearest of which wins. Raises ConfigurationError, with the file and the
        key, when it cannot be used.
        """
        path = self.inbox / "limits.yaml"
        if not path.exists():
            return self.limits, {}
        try:
            read = yaml.safe_load(path.read_text("utf-8"))
            return LimitLevels.model_validate(read or {}).resolved(self.limits)
        except (OSError, yaml.YAMLError, ValueError) as error:  # pydantic's are ValueErrors too
            raise ConfigurationError(f"灯的界限 {path} 无法使用：{_why(error)}") from error
