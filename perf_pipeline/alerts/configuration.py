"""What is alerted, and who is told how: `rules.yaml` here, `alerts.yaml` in the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from perf_pipeline.alerts.channels import AnyChannel
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.faults import faults_of
from perf_pipeline.items.rules import ItemRules

FILE = "alerts.yaml"


class AlertRule(Declared):
    """A rule (预警规则): at which levels it alerts, and what to do about each."""

    label: str
    levels: tuple[str, ...]
    advice: dict[str, str]
    service: bool = False  # concerns those who run the service, not the department
    together: bool = False  # one line a department in the digest, however many there are

    @model_validator(mode="after")
    def _advice_for_each_level(self) -> Self:
        silent = set(self.levels) - set(self.advice)
        if silent:
            raise ValueError(f"级别 {'、'.join(sorted(silent))} 没有写怎么办（advice）")
        return self


class QuietHours(Declared):
    """Hours (免打扰时段) in which nobody is told anything; they may pass midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """Tell whether a time of day lies in them; the end does not."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


class Recipient(Declared):
    """Somebody who is told (接收人): by which channel, about which departments and rules."""

    name: str
    channel: str
    to: tuple[str, ...] = ()
    departments: tuple[str, ...] | None = None  # codes; None: all
    rules: tuple[str, ...] | None = None  # None: all
    escalations_only: bool = False  # told only what has been escalated
    quiet: QuietHours | None = None

    def concerns(
        self, department: str, rule: str, *, escalated: bool, service: bool = False
    ) -> bool:
        """Tell whether an alert concerns this recipient.

        One about the service concerns who is told of all departments, or names its rule.
        """
        if service and self.departments is not None and rule not in (self.rules or ()):
            return False
        return (
            (self.departments is None or department in self.departments)
            and (self.rules is None or rule in self.rules)
            and (escalated or not self.escalations_only)
        )


class AlertConfiguration(Declared):
    """Rules, channels and recipients, checked against one another."""

    rules: dict[str, AlertRule]
    channels: dict[str, AnyChannel] = Field(default_factory=dict)
    recipients: tuple[Recipient, ...] = ()
    escalate_after_days: int = Field(ge=1, le=366)
    remind_working_days: int = Field(ge=0, le=60)  # before a checkpoint; 0: not at all
    cases_soon_days: int = Field(ge=0, le=60)  # a case falls due soon within so many days
    worse_by_bp: int = Field(ge=1, le=10_000)  # an outlook that fell by so much has worsened
    items: ItemRules
    apart_points: int = Field(ge=1, le=100)  # money and goals of a project are so far apart
    most_lines: int = Field(ge=1, le=100)  # of a digest; the rest is counted
    link: str | None = None  # where the pages are, written below a digest

    @model_validator(mode="after")
    def _demands_are_of_rules(self) -> Self:
        unknown = set(self.items.demands) - set(self.rules)
        if unknown:
            raise ValueError(f"items.demands：没有规则 {'、'.join(sorted(unknown))}")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        names = [each.name for each in self.recipients]
        if len(names) != len(set(names)):
            raise ValueError("有两个接收人同名")
        for each in self.recipients:
            if each.channel not in self.channels:
                raise ValueError(f"接收人“{each.name}”：没有叫“{each.channel}”的渠道")
            unknown = set(each.rules or ()) - set(self.rules)
            if unknown:
                raise ValueError(f"接收人“{each.name}”：没有规则 {'、'.join(sorted(unknown))}")
            if self.channels[each.channel].kind == "mail" and not each.to:
                raise ValueError(f"接收人“{each.name}”：邮件要在 to 里写地址")
        return self


def load_configuration(inbox: Path) -> AlertConfiguration:
    """Read the rules of this package and, over them, the inbox's `alerts.yaml` where there is one.

    Raises ConfigurationError, naming the file, for one that cannot be used.
    """
    shipped = _shipped()
    path = inbox / FILE
    own: dict[str, Any] = {}
    try:
        if path.is_file():
            own = yaml.safe_load(path.read_text("utf-8")) or {}
        over = {key: {**shipped[key], **(own.get(key) or {})} for key in ("rules", "items")}
        return AlertConfiguration.model_validate({**shipped, **own, **over})
    except ValidationError as error:
        raise ConfigurationError(f"预警配置 {path} 无法使用：{faults_of(error)}") from error
    except (AttributeError, TypeError) as error:
        raise ConfigurationError(f"预警配置 {path} 无法使用：全文应为“键: 值”") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第{mark.line + 1}行附近" if mark else ""
        raise ConfigurationError(f"预警配置 {path} 无法使用：{where}不是 UTF-8 的 YAML") from error


@cache
def _shipped() -> Mapping[str, Any]:
    rules = (files("perf_pipeline.alerts") / "rules.yaml").read_text("utf-8")
    read: Mapping[str, Any] = yaml.safe_load(rules)
    return read
