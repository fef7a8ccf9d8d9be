"""The rules of judgement a second time, in plain Python, for one indicator at a time.

Written from the field's rules and docs/decisions/judgement.md, not from the project's code, of
which nothing is imported: fractions, dates and ifs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor

from tests.oracle import ENDS, YEAR, last_until

SHOWN_IN = {"%": Fraction(100), "万元": Fraction(1, 10_000)}  # how many of a unit one thing is


@dataclass
class MadeIndicator:
    """An indicator's year: what was promised, promised anew, and reached, and when.

    `values` are (day, numerator, denominator) as known from that day on; `words` what staff
    wrote. `operator` is as written: "" for a bare value.
    """

    name: str
    behaviour: str
    operator: str
    wanted: Fraction | None  # None: a target in words
    unit: str
    measured: bool
    values: list[tuple[date, int, int]] = field(default_factory=list)
    words: list[tuple[date, str]] = field(default_factory=list)
    revisions: list[tuple[date, str, Fraction]] = field(default_factory=list)
    phases: list[tuple[date, Fraction]] = field(default_factory=list)
    due_on: date | None = None
    by_plan: bool = False
    answers: str = ""  # what is asked for in words: direction, grade, date or duty
    raw: str = ""  # such a target as written
    every: bool = False  # must hold in each period
    by_period: bool = False  # what is reported is of its period alone, and adds up


def target_of(indicator: MadeIndicator, end: date) -> tuple[str, Fraction | None]:
    """The target in force, as operator and value; a bare value read as the bound that it is."""
    operator, wanted = indicator.operator, indicator.wanted
    revised = last_until(indicator.revisions, end)
    if revised is not None:
        operator, wanted = revised[1], revised[2]
    if operator == "":
        operator = "≤" if indicator.behaviour == "成本" or wanted == 0 else "≥"
    return operator, wanted


DUE_DATE = date(2024, 10, 31)  # of made targets that ask for a day
ANY_TARGET = {"达到预期": True, "已完成": True, "未达到预期": False, "部分完成": False}
ANY_TARGET |= {"是": True, "否": False, "提前完成": True}
SAID = {  # whether the words answer 不断提高, 良好以上 or 是; what is not here cannot be compared
    "direction": ANY_TARGET | {"成效显著": True, "优": True, "差": False, "有所提高": True},
    "grade": ANY_TARGET | {"成效显著": True, "优": True, "良": True, "中": False, "差": False},
    "duty": ANY_TARGET,
    "date": ANY_TARGET,
}
WORDS = sorted(
    {word for answers in SAID.values() for word in answers} | {"3次", "有待观察", "延期完成"}
)


def answered(indicator: MadeIndicator, word: str, reported: date) -> bool | None:
    """Whether what staff wrote says that a target in words is reached; None: incomparable."""
    if indicator.answers == "date" and word[:1].isdigit() and word.endswith("日"):
        done = date(*map(int, word[:-1].replace("年", "-").replace("月", "-").split("-")))
        is_expected = done > reported and reported < DUE_DATE
        return None if is_expected else done <= DUE_DATE
    if indicator.answers == "date" and word == "已完成" and reported > DUE_DATE:
        return None  # done, but nobody says when
    if indicator.answers == "date" and word == "延期完成":
        return False if reported > DUE_DATE else None  # whether the day is past, nobody says before
    return SAID[indicator.answers].get(word)


def notes_of(indicator: MadeIndicator, number: int, planned: int | None) -> set[str]:
    """What has to stand beside the judgement of a target that was changed, or of a phase."""
    end = ENDS[number]
    begins = date(YEAR, 1, 1) if number == 0 else ENDS[number - 1] + timedelta(days=1)
    found = set()
    revised = last_until(indicator.revisions, end)
    if revised is not None:
        if revised[0] >= begins:
            found.add("（本期内）调整")
        known = [each for each in indicator.revisions if revised[0] >= begins > each[0]]
        before = replace(indicator, revisions=known)
        status = judge_indicator(before, number, planned)[0]
        if status != judge_indicator(indicator, number, planned)[0]:
            found |= {"按调整前的目标", f"”为{STATUS_IN_WORDS[status]}"}
    phase = last_until(indicator.phases, end)
    if phase is not None and phase[0] < begins:
        found.add("阶段已过")
    return found


STATUS_IN_WORDS = {
    "met": "已达标",
    "on_track": "进度正常",
    "behind": "进度落后",
    "missed": "未达标",
    "not_due": "未到期",
    "no_data": "无数据",
}
NOTES = ["（本期内）调整", "按调整前的目标", "阶段已过"]
NOTES += [f"”为{status}" for status in STATUS_IN_WORDS.values()]


def actual_of(indicator: MadeIndicator, number: int) -> tuple[int, int] | str | None:
    """The newest value as a fraction or a word; reports of earlier checkpoints may be stale."""
    end = ENDS[number]
    begins = date(YEAR, 1, 1) if number == 0 else ENDS[number - 1] + timedelta(days=1)
    carried = indicator.measured or indicator.behaviour in ("累计", "一次性")
    if indicator.by_period:
        shown = [Fraction(n, d) for day, n, d in indicator.values if day <= end]
        return (sum(shown).numerator, sum(shown).denominator) if shown else None
    found = last_until([*indicator.values, *indicator.words], end)
    if found is None or (found[0] < begins and not carried):
        return None
    if len(found) == 2:
        return str(found[1])
    return (found[1], found[2]) if found[2] else None


def judge_indicator(
    indicator: MadeIndicator, number: int, planned: int | None
) -> tuple[str, Fraction | None]:
    """The status at a checkpoint (0 to 3), and the actual value."""
    end, last = ENDS[number], number == 3
    operator, wanted = target_of(indicator, end)
    unsure = falls(indicator, end) or (last and shrinks(indicator))
    value = None if unsure else actual_of(indicator, number)
    year_end = date(YEAR, 12, 31)
    due = (indicator.due_on or (DUE_DATE if indicator.answers == "date" else year_end)) <= end
    if isinstance(value, tuple):
        actual = Fraction(*value)
        shown = actual * SHOWN_IN.get(indicator.unit, 1)
    else:
        actual = shown = None
    met: bool | None = None
    if wanted is None:
        said = last_until(indicator.words, end)
        met = answered(indicator, said[1], said[0]) if said and isinstance(value, str) else None
    elif shown is not None:
        met = holds(shown, operator, wanted)
    if indicator.every:
        broken = breaks(indicator, end, operator, wanted)
        if broken:
            worst = max(broken) if operator in "≤<" else min(broken)
            return "missed", (worst if wanted is not None else None)
        if unreported(indicator, number):
            return "no_data", None
    begins = date(YEAR, 1, 1) if number == 0 else ENDS[number - 1] + timedelta(days=1)
    phase = last_until([each for each in indicator.phases if each[0] >= begins], end)
    kept = None
    if phase is not None and shown is not None and wanted is not None and not last:
        kept = shown <= phase[1] if operator in "≤<" else shown >= phase[1]
    whole = isinstance(value, tuple) and value[1] == 1
    waits = indicator.unit in ("天", "个工作日") or "/" in indicator.unit  # make no total
    total_cost = indicator.behaviour == "成本" and whole and not waits

    if met and total_cost and not last:
        return ("behind" if kept is False else "on_track"), actual
    if met:
        return "met", actual
    if indicator.behaviour == "一次性" and not due:
        return "not_due", actual
    if met is None:
        return "no_data", actual
    grown_over = indicator.behaviour == "累计" and whole and operator in "≤<"
    if last or total_cost or grown_over:
        return "missed", actual
    if kept is not None:
        return ("on_track" if kept else "behind"), actual
    if indicator.behaviour != "累计":
        return "missed", actual
    assert wanted is not None
    assert shown is not None
    share = Fraction(number_of_months(end), 12)
    if indicator.by_plan and planned is not None:
        share = Fraction(planned, 10_000)
    asked = wanted * share
    asked = Fraction(floor(asked)) if whole else Fraction(floor(asked * 10**6), 10**6)
    return ("on_track" if shown >= asked else "behind"), actual


def falls(indicator: MadeIndicator, end: date) -> bool:
    """Tell whether a total of the year so far was reported as less than it was before."""
    if indicator.measured or indicator.every or indicator.by_period or "/" in indicator.unit:
        return False
    if indicator.behaviour not in ("累计", "成本") or indicator.unit == "%":
        return False
    shown = [Fraction(n, d) for day, n, d in sorted(indicator.values) if day <= end and d]
    fell = any(later < before for before, later in pairwise(shown))
    operator, wanted = target_of(indicator, end)
    if not fell or shown[-1] < max(shown) or wanted is None:
        return fell
    scale = SHOWN_IN.get(indicator.unit, 1)
    either = [each * scale for each in (shown[-1], sum(shown))]  # so far, or each of its period
    return not all(holds(each, operator, wanted) for each in either)


def shrinks(indicator: MadeIndicator) -> bool:
    """Tell whether counts of the year so far were reported as fewer than before.

    Each may be of its period alone: unsure, unless the year is judged alike by either reading.
    """
    if "均" not in indicator.name:
        return False  # states of the day may fall; of totals see `falls`
    parts = [(n, d) for _, n, d in sorted(indicator.values)]
    if not any(n < n0 or d < d0 for (n0, d0), (n, d) in pairwise(parts)):
        return False
    operator, wanted = target_of(indicator, ENDS[-1])
    pooled = Fraction(sum(n for n, _ in parts), sum(d for _, d in parts))
    scale = SHOWN_IN.get(indicator.unit, 1)
    year, pooled = Fraction(*parts[-1]) * scale, pooled * scale
    return holds(year, operator, wanted) != holds(pooled, operator, wanted)


def holds(shown: Fraction, operator: str, wanted: Fraction) -> bool:
    """Tell whether a figure keeps its limit."""
    return {"≥": shown >= wanted, "≤": shown <= wanted, ">": shown > wanted, "<": shown < wanted}[
        operator
    ]


def unreported(indicator: MadeIndicator, number: int) -> bool:
    """Tell whether some period so far has no report at all."""
    reported = [each[0] for each in (*indicator.values, *indicator.words)]
    begins = [date(YEAR, 1, 1), *(end + timedelta(days=1) for end in ENDS)]
    periods = zip(begins, ENDS[: number + 1], strict=False)
    return not all(any(first <= day <= end for day in reported) for first, end in periods)


def breaks(
    indicator: MadeIndicator, end: date, operator: str, wanted: Fraction | None
) -> list[Fraction]:
    """The values, by a day, of each report that did not hold by itself; 0 for a word."""
    if wanted is None:
        return [Fraction(0) for day, word in indicator.words if day <= end and word == "否"]
    values = [Fraction(n, d) for day, n, d in indicator.values if day <= end]
    scale = SHOWN_IN.get(indicator.unit, 1)
    return [value for value in values if not holds(value * scale, operator, wanted)]


def number_of_months(end: date) -> int:
    """How many months of the year are over at the end of a month."""
    return end.month
