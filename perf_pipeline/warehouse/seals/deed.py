"""What is done and by whom: said where a transaction is begun, kept in the log of acts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from getpass import getuser
from uuid import uuid4

from perf_pipeline.domain.errors import ConfigurationError


class What(StrEnum):
    """What was done (操作)."""

    BEGUN = "begun"
    UPGRADED = "upgraded"
    RESTORED = "restored"
    WRITTEN = "written"
    CLOSED = "closed"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    VERDICT = "verdict"
    CONFIRMED = "confirmed"
    RESENT = "resent"
    ANSWERED = "answered"
    ERASED = "erased"

    @property
    def label(self) -> str:
        """Name it to a reader."""
        return LABELS[self]


LABELS = {
    What.BEGUN: "建库",
    What.UPGRADED: "升级",
    What.RESTORED: "由备份恢复",
    What.WRITTEN: "写入",
    What.CLOSED: "关账",
    What.REOPENED: "重新开账",
    What.ACKNOWLEDGED: "确认预警",
    What.VERDICT: "核查线索",
    What.CONFIRMED: "确认文件去向",
    What.RESENT: "重发消息",
    What.ANSWERED: "答复事项",
    What.ERASED: "删除个人信息",
}


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


def this_process() -> Acting:
    """Return who acts where nothing else was said: the system's user, in this process."""
    return Acting(named(None), this_run())


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
