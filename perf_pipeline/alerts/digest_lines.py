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

from perf_pipeline.alerts.state import AlertState
from perf_pipeline.items.state import LATE, State

LONGEST_GAP = 40  # characters; the whole stands in `items show` and on the page
LONGEST_PLACE = 10
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
            return AlertState.RESOLVED.label
        if AlertState.ESCALATED in self.states and self.state is None:
            return AlertState.ESCALATED.label
        if self.state in LATE or not self.level:
            return (self.state or State.WATCHED).label
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
    ends: dict[str, list[Told]] = {}
    for each in first:
        ends.setdefault(_end(each), []).append(each)
    once = {end: of for end, of in ends.items() if end and len(of) > 1}
    written = [_line(each, office, ends=_end(each) not in once) for each in first]
    written += [_together(end, of, first) for end, of in once.items()]
    if rest:
        written.append(f"其余{len(rest)}项：{count(rest)}")
    return written


def _end(told: Told) -> str:
    """Write what a line ends in, which several may share: the deadline, or where it stands."""
    if told.is_asked:
        return f"请在{told.due_on}前处置"
    return "" if told.open and told.state is State.WATCHED else told.words


def _together(end: str, of: Sequence[Told], first: Sequence[Told]) -> str:
    """Write the end that lines share, and whose it is: all, all of one word, or by numbers."""
    if len(of) == len(first):
        return f"以上各项请在{of[0].due_on}前处置" if of[0].is_asked else f"以上各项：{end}"
    said = {each.says for each in of}
    if len(said) == 1 and sum(each.says in said for each in first) == len(of):
        return f"{of[0].says}的{len(of)}项：{end}"
    return f"事项{'、'.join(str(each.number) for each in of)}：{end}"


def count(items: Iterable[Told]) -> str:
    """Count items by what is said of them: 未达标9项，无数据2项."""
    counted = Counter(each.says for each in items)
    return "，".join(f"{word}{number}项" for word, number in counted.most_common())


def office_of(items: Iterable[Told]) -> str:
    """Return the office that several items are all of; empty where they are of more than one."""
    offices = [each.name.partition("：")[0].partition("／")[0] for each in items]
    return offices[0] if len(offices) > 1 and len(set(offices)) == 1 else ""


def _line(told: Told, office: str, *, ends: bool) -> str:
    """Write an item's line; its office and its end are left out where said once for several."""
    head = f"事项{told.number}｜{told.says}｜{_name(told.name, office)}"
    gap = _short(_NOW.sub("", told.gap)) if told.open else ""
    since = f"自{told.since}起" if told.open and told.level else ""
    end = f"{told.due_on}前处置" if told.is_asked else _end(told)
    return "。".join(filter(None, (head, gap, since, end if ends else "")))


def _name(name: str, office: str) -> str:
    place, colon, subject = name.partition("：")
    whose, slash, where = place.partition("／")
    if office and whose == office:
        return f"{_short(where, LONGEST_PLACE)}{colon}{subject}" if slash else subject
    return f"{whose}{slash}{_short(where, LONGEST_PLACE)}{colon}{subject}"


def _short(text: str, longest: int = LONGEST_GAP) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
