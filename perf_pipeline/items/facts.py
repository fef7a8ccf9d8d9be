"""The facts that an item's state follows from: warnings, answers, promises. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Choice(StrEnum):
    """What an office does about a warning (分类处置)."""

    CONTINUE = "继续执行"
    ADJUST = "调整"
    CANCEL = "取消"


@dataclass(frozen=True)
class Warning:
    """An alert of an item: at which checkpoint, of which rule and level, and when it stood.

    `until` is the day on which it was over; None while it, or one that continues it, stands.
    `broken_zero` tells that a target of zero is missed, `passed_by` that it was not resolved but
    left behind by time, and how; `standing` is how many alerts of its kind stand, and `words` what
    one of them says.
    """

    ordinal: int
    rule: str
    level: str
    on: date
    until: date | None = None
    broken_zero: bool = False
    passed_by: str | None = None
    standing: int = 0
    words: str = ""


@dataclass(frozen=True)
class Promise:
    """A promise (承诺): to reach a value by a day, in words; whether the registers bear it out.

    `reached` is None where that cannot be told yet, or not by the registers: then `doubt` says why,
    and a person has to look. `made_on` is the day on which it came.
    """

    words: str
    by: date
    reached: bool | None
    actual: str | None = None  # what the registers say, with its unit
    made_on: date | None = None
    doubt: str | None = None
    quoted: bool = False  # read from a sentence, which names its own day

    @property
    def said(self) -> str:
        """Write what was promised: 2024-06-30前达到57处."""
        if self.quoted:
            return f"“{self.words}”（{self.by}前）"
        return f"{self.by}前达到{self.words}"


@dataclass(frozen=True)
class Answer:
    """What an office answered, as of the day on which it came in.

    `replaced_on` is the day on which a later answer took its place. `documented` tells, of an
    adjustment, that a register names its document; `volunteered` that it is a reason handed in of
    its own accord.
    """

    on: date
    choice: Choice
    category: str
    words: str
    person: str | None
    measures: str | None = None
    document: str | None = None
    documented: bool = False
    promise: Promise | None = None
    replaced_on: date | None = None
    volunteered: bool = False


@dataclass(frozen=True)
class Facts:
    """All that is known of an item; both in the order of their days."""

    warnings: Sequence[Warning] = ()
    answers: Sequence[Answer] = ()


def last_episode(warnings: Iterable[Warning], day: date) -> tuple[list[Warning], date | None]:
    """Return the warnings of the newest stretch in which one stood, and the day it ended on.

    What comes back after all had been resolved is a new stretch: it is answered anew.
    """
    episode: list[Warning] = []
    open_until: date | None = None
    for each in sorted((w for w in warnings if w.on <= day), key=lambda w: (w.on, w.ordinal)):
        until = each.until if each.until is not None and each.until <= day else date.max
        if episode and open_until is not None and each.on > open_until:
            episode, open_until = [], None
        episode.append(each)
        open_until = until if open_until is None else max(open_until, until)
    return episode, None if open_until in (None, date.max) else open_until
