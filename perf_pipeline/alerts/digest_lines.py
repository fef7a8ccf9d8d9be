"""The lines of a digest: one an item, the weightiest first, never more than a screen holds. Pure.

The number at a line's head is the number to answer. What is resolved is told only to who was told
of it, and only when nothing of its item stands any more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from perf_pipeline.alerts.state import STATE_LABELS as STATE_LABELS_OF_ALERTS
from perf_pipeline.alerts.state import AlertState
from perf_pipeline.items.state import LATE, STATE_LABELS, State

LONGEST_GAP = 60  # characters; the whole stands in `items show` and on the page
LONGEST_PLACE = 12
_NOW = re.compile("（现为[^）]*）")


@dataclass(frozen=True)
class Told:
    """What is new of one item for one recipient.

    `states` are those of the untold events of its alerts, `level` the word of the gravest;
    `was_told` tells that the recipient had heard of the item. `state` is the item's own new state,
    None where that is not new. `gap_fen` is the money at stake; `of_money` tells that there is
    some, also where nobody knows how much.
    """

    number: int
    name: str
    states: tuple[AlertState, ...]
    level: str
    gap: str
    since: str
    state: State | None = None
    words: str = ""
    due_on: date | None = None
    gap_fen: int = 0
    broken_zero: bool = False
    open: bool = True
    was_told: bool = False
    of_money: bool = False

    @property
    def says(self) -> str:
        """The word for what is new: of a deadline or an answer the item's state, else the level."""
        if not self.open:
            return STATE_LABELS_OF_ALERTS[AlertState.RESOLVED]
        if AlertState.ESCALATED in self.states and self.state is None:
            return STATE_LABELS_OF_ALERTS[AlertState.ESCALATED]
        if self.state in LATE or not self.level:
            return STATE_LABELS[self.state or State.WATCHED]
        return self.level

    @property
    def is_asked(self) -> bool:
        """Tell whether an answer is asked for by a day."""
        return self.open and self.state is State.OPENED and self.due_on is not None

    @property
    def to_be_told(self) -> bool:
        """Tell whether there is anything to say: nothing is resolved that was never told of."""
        if self.state is State.PASSED:
            return False
        if not self.open:
            return self.was_told
        raised = any(each is not AlertState.RESOLVED for each in self.states)
        return raised or self.state not in (None, State.WATCHED, State.CLOSED)


def weight(told: Told) -> tuple[int, int, int]:
    """Return what lines are sorted by: deadlines missed, money, broken zeros, repeated, new."""
    if not told.open:
        rank = 6
    elif told.state in LATE or AlertState.ESCALATED in told.states:
        rank = 0
    elif told.state is State.OPENED and (told.gap_fen or told.of_money):
        rank = 1
    elif told.broken_zero:
        rank = 2
    elif AlertState.REPEATED in told.states:
        rank = 3
    elif AlertState.NEW in told.states:
        rank = 4
    else:
        rank = 5
    return rank, -told.gap_fen, told.number


def lines(items: Iterable[Told], most: int) -> list[str]:
    """Write a line for each of the weightiest items, and how many of what kind the rest are."""
    telling = sorted((each for each in items if each.to_be_told), key=weight)
    first, rest = telling[:most], telling[most:]
    office = office_of(telling)
    days = {each.due_on if each.is_asked else None for each in first}
    once = next(iter(days)) if len(days) == 1 and len(first) > 1 else None
    written = [_line(each, office, once) for each in first]
    if once is not None:
        written.append(f"以上各项请在{once}前处置")
    if rest:
        written.append(f"其余{len(rest)}项：{count(rest)}")
    return written


def count(items: Iterable[Told]) -> str:
    """Count items by what is said of them: 未达标9项，无数据2项."""
    counted = Counter(each.says for each in items)
    return "，".join(f"{word}{number}项" for word, number in counted.most_common())


def office_of(items: Iterable[Told]) -> str:
    """Return the office that several items are all of; empty where they are of more than one."""
    offices = [each.name.partition("：")[0].partition("／")[0] for each in items]
    return offices[0] if len(offices) > 1 and len(set(offices)) == 1 else ""


def _line(told: Told, office: str, once: date | None) -> str:
    """Write an item's line; its office and its deadline are left out where said once for all."""
    head = f"事项{told.number}｜{told.says}｜{_name(told.name, office)}"
    if not told.open:
        return f"{head}。{told.words}"
    asked = told.is_asked
    parts: Sequence[str] = (
        _short(_NOW.sub("", told.gap)),
        "" if asked or told.state is State.WATCHED else told.words,
        f"自{told.since}起" if told.level else "",
        f"{told.due_on}前处置" if asked and once is None else "",
    )
    return "。".join((head, *filter(None, parts)))


def _name(name: str, office: str) -> str:
    place, colon, subject = name.partition("：")
    whose, slash, where = place.partition("／")
    if office and whose == office and slash:
        return f"{_short(where, LONGEST_PLACE)}{colon}{subject}"
    return f"{whose}{slash}{_short(where, LONGEST_PLACE)}{colon}{subject}"


def _short(text: str, longest: int = LONGEST_GAP) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
