"""What is done and by whom: said where a transaction is begun, kept in the log of acts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from getpass import getuser
from uuid import uuid4

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.words import Word


class What(Word):
    """What was done (操作)."""

    BEGUN = "begun", "建库"
    UPGRADED = "upgraded", "升级"
    RESTORED = "restored", "由备份恢复"
    WRITTEN = "written", "写入"
    CLOSED = "closed", "关账"
    REOPENED = "reopened", "重新开账"
    ACKNOWLEDGED = "acknowledged", "确认预警"
    VERDICT = "verdict", "核查线索"
    CONFIRMED = "confirmed", "确认文件去向"
    RESENT = "resent", "重发消息"
    ANSWERED = "answered", "答复事项"
    ERASED = "erased", "删除个人信息"


@dataclass(frozen=True)
class Deed:
    """One thing done: what, to what, and by whom where that is not who runs the program."""

    what: What = What.WRITTEN
    subject: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Acting:
    """Who runs the program, in which run, by which rules (their digest)."""

    person: str
    run: str
    rules: str | None = None


@cache
def this_run() -> str:
    """Return the number of this process, as a run that has none of Dagster's is called."""
    return f"{os.getpid()}-{uuid4().hex[:8]}"


def named(person: str | None) -> str:
    """Return the person behind an act: as given, else the system's user.

    Raises ConfigurationError where the name given is empty, and where the system has none.
    """
    if person is None:
        try:
            person = getuser()
        except (KeyError, OSError):
            person = ""
    if not person.strip():
        raise ConfigurationError("每项操作都要有人署名：写明姓名（--by），或设 PERF_PERSON")
    return person.strip()
