"""The rules of judgement a second time, in plain Python, for one project and indicator at a time.

Written from the field's rules and docs/decisions/judgement.md, not from the project's code, of
which nothing is imported: fractions, dates and ifs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

YEAR = 2024
ENDS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 10, 31), date(2024, 12, 31))


SHOWN_IN = {"%": Fraction(100), "万元": Fraction(1, 10_000)}  # how many of a unit one thing is


@dataclass
class MadeProject:
    """A project's year: what was budgeted, planned, signed and paid, and when."""

    name: str
    has_ledger: bool
    budget: int | None
    adjustments: list[tuple[date, int]] = field(default_factory=list)
    plan: list[tuple[date, int]] = field(default_factory=list)  # day, cumulative basis points
    payments: list[tuple[date, int, str, str]] = field(default_factory=list)  # source, payee
    contracts: list[tuple[date, str, int]] = field(default_factory=list)  # supplier, fen
    late: list[tuple[date, int]] = field(default_factory=list)  # paid after the year's end


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


def last_until(dated: list, end: date) -> tuple | None:
    """Return the last of some dated things on or before a day."""
    known = [each for each in dated if each[0] <= end]
    return max(known, key=lambda each: each[0]) if known else None


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves up."""
    return floor(value + Fraction(1, 2))


def stored(value: Fraction, limits: list[int]) -> int:
    """A rounded number of basis points, never on a limit that the value is not on."""
    rounded = half_up(value)
    for limit in limits:
        if rounded == limit and value != limit:
            rounded += 1 if value > limit else -1
    return rounded


def budget_of(project: MadeProject, end: date) -> int | None:
    """The budget in force: as last adjusted, or that of the year's beginning."""
    adjusted = last_until(project.adjustments, end)
    return adjusted[1] if adjusted else project.budget


def paid_by(project: MadeProject, end: date) -> int | None:
    """What was paid; unknown without a ledger, and 0 where the ledger says nothing."""
    return sum(p[1] for p in project.payments if p[0] <= end) if project.has_ledger else None


def planned_by(project: MadeProject, end: date) -> int | None:
    """The share planned by a day: none yet is 0, no plan at all is unknown."""
    if not project.plan:
        return None
    point = last_until(project.plan, end)
    return point[1] if point else 0


def bound_for(project: MadeProject, end: date) -> int:
    """The share beyond which spending is ahead: that of the next point, where a day has none."""
    planned = planned_by(project, end) or 0
    coming = [each for each in project.plan if each[0] >= end]
    return max(planned, min(coming)[1]) if coming and min(coming)[0] > end else planned


def light_of(
    paid: Fraction | int, budget: int, planned_fen: Fraction | int, bound_fen: Fraction | int
) -> str:
    """The light of payments against budget, plan, and the plan's next point."""
    deviation = Fraction(paid - planned_fen, 1) * 100 / budget
    if paid > budget or deviation < -20:
        return "red"
    if deviation < -10:
        return "yellow"
    return "ahead" if deviation > 20 and paid > bound_fen else "green"


def judge_project(project: MadeProject, number: int) -> dict[str, object]:
    """Everything that is said of a project's spending at a checkpoint (0 to 3)."""
    end = ENDS[number]
    budget, paid, planned = (of(project, end) for of in (budget_of, paid_by, planned_by))
    said: dict[str, object] = {"budget_fen": budget, "paid_fen": paid, "planned_bp": planned}
    said |= {"light": "unknown", "actual_bp": None, "deviation_bp": None}
    said |= {"reaches_on": None, "days_behind": None, "due_next_fen": None}
    said |= committed(project, end)
    late = [fen for day, fen in project.late if number == 3 and day > date(YEAR, 12, 31)]
    said["late_paid_fen"] = sum(late) if late else None
    if budget is None or paid is None:
        return said
    if budget <= 0:
        said["light"] = "red" if paid > budget else "unknown"
        return said
    marks = [10_000]
    if planned is not None:
        marks = [planned, planned - 1000, planned - 2000, planned + 2000, 10_000]
    actual = stored(Fraction(paid * 10_000, budget), marks)
    said["actual_bp"] = actual
    if planned is None:
        said["light"] = "red" if paid > budget else "unknown"
        return said
    said["deviation_bp"] = actual - planned
    fen = [Fraction(share * budget, 10_000) for share in (planned, bound_for(project, end))]
    said["light"] = light_of(paid, budget, *fen)
    said |= pace(project, end, budget, paid, planned, over=number == 3)
    if number < 3:
        wanted = planned_by(project, ENDS[number + 1])
        assert wanted is not None
        said["due_next_fen"] = max(0, ceil(Fraction(wanted * budget, 10_000)) - paid)
    return said


def pace(
    project: MadeProject, end: date, budget: int, paid: int, planned: int, *, over: bool
) -> dict[str, object]:
    """When the plan is reached if things go on as they have."""
    if paid * 10_000 >= planned * budget:
        return {"days_behind": 0}
    if paid <= 0 or over:
        return {}
    first = date(YEAR, 1, 1)
    elapsed = (end - first).days + 1
    days = ceil(Fraction(ceil(Fraction(planned * budget, 10_000)) * elapsed, paid))
    if days > 3660:
        return {}
    point = last_until(project.plan, end)
    assert point is not None
    reaches = first + timedelta(days=days - 1)
    return {"reaches_on": reaches, "days_behind": (reaches - point[0]).days}


def committed(project: MadeProject, end: date) -> dict[str, object]:
    """What was signed for, and what of it is not yet paid, supplier by supplier."""
    signed = [each for each in project.contracts if each[0] <= end]
    owed = 0
    for supplier in {each[1] for each in signed}:
        first = min(day for day, of, _ in signed if of == supplier)
        bound = sum(fen for _, of, fen in signed if of == supplier)
        paid = sum(p[1] for p in project.payments if p[3] == supplier and first <= p[0] <= end)
        owed += max(0, bound - paid)
    return {"contracts_fen": sum(each[2] for each in signed), "committed_fen": owed}


def judge_together(projects: list[MadeProject], number: int) -> dict[str, object]:
    """What is said of several projects together: sums over sums, what is unknown left out."""
    end = ENDS[number]
    known = []
    for project in projects:
        parts = (budget_of(project, end), paid_by(project, end), planned_by(project, end))
        if None not in parts:
            known.append((*parts, bound_for(project, end)))
    said: dict[str, object] = {"projects": len(known), "left_out": len(projects) - len(known)}
    if not known:
        return said | {"budget_fen": None, "paid_fen": None, "light": "unknown"}
    budget = sum(each[0] for each in known)
    paid = sum(each[1] for each in known)
    planned, bound = (sum(Fraction(each[0] * each[at], 10_000) for each in known) for at in (2, 3))
    light = light_of(paid, budget, planned, bound) if budget else "red" if paid > 0 else "unknown"
    if budget:
        gap = Fraction(paid * 10_000, budget) - Fraction(planned * 10_000, budget)
        said["deviation_bp"] = stored(gap, [0, -1000, -2000, 2000])
        said["actual_bp"] = stored(Fraction(paid * 10_000, budget), [10_000])
    return said | {"budget_fen": budget, "paid_fen": paid, "light": light}


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
ANY_TARGET |= {"是": True, "否": False}
SAID = {  # whether the words answer 不断提高, 良好以上 or 是; what is not here cannot be compared
    "direction": ANY_TARGET | {"成效显著": True, "优": True, "差": False, "有所提高": True},
    "grade": ANY_TARGET | {"成效显著": True, "优": True, "良": True, "中": False, "差": False},
    "duty": ANY_TARGET,
    "date": ANY_TARGET,
}
WORDS = sorted({word for answers in SAID.values() for word in answers} | {"3次", "有待观察"})


def answered(indicator: MadeIndicator, word: str, reported: date) -> bool | None:
    """Whether what staff wrote says that a target in words is reached; None: incomparable."""
    if indicator.answers == "date" and word[:1].isdigit() and word.endswith("日"):
        done = date(*map(int, word[:-1].replace("年", "-").replace("月", "-").split("-")))
        is_expected = done > reported and reported < DUE_DATE
        return None if is_expected else done <= DUE_DATE
    if indicator.answers == "date" and word == "已完成" and reported > DUE_DATE:
        return None  # done, but nobody says when
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
    value = actual_of(indicator, number)
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
        met = {"≥": shown >= wanted, "≤": shown <= wanted, ">": shown > wanted}.get(
            operator, shown < wanted
        )
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
    total_cost = indicator.behaviour == "成本" and whole

    if met and total_cost and not last:
        return ("behind" if kept is False else "on_track"), actual
    if met:
        return "met", actual
    if indicator.behaviour == "一次性" and not due:
        return "not_due", actual
    if met is None:
        return "no_data", actual
    if last or total_cost:
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
    held = {
        "≥": lambda shown: shown >= wanted,
        "≤": lambda shown: shown <= wanted,
        ">": lambda shown: shown > wanted,
        "<": lambda shown: shown < wanted,
    }[operator]
    return [value for value in values if not held(value * scale)]


def number_of_months(end: date) -> int:
    """How many months of the year are over at the end of a month."""
    return end.month


@dataclass
class MadeCase:
    """A petition: when it came in, was accepted and closed, by whatever export tells of it last."""

    received: date
    accepted: date | None
    closed: date | None
    extended: int = 0
    matter: str | None = None


def acceptance_decided(case: MadeCase) -> tuple[date, bool]:
    """The day on which it was decided whether a case was accepted in time, and whether it was."""
    limit = case.received + timedelta(days=15)
    if case.accepted is not None and case.accepted <= limit:
        return case.accepted, True
    return limit + timedelta(days=1), False


def closing_decided(case: MadeCase) -> tuple[date, bool] | None:
    """The same of closing; None where no clock runs: not accepted, or no 申诉求决."""
    if case.accepted is None or case.matter in ("建议意见", "检举控告"):
        return None
    limit = case.accepted + timedelta(days=60 + case.extended)
    if case.closed is not None and case.closed <= limit:
        return case.closed, True
    return limit + timedelta(days=1), False


def rate_of(decided: list[tuple[date, bool] | None], first: date, last: date) -> tuple[int, int]:
    """In time over decided between two days, both included."""
    counted = [each[1] for each in decided if each is not None and first <= each[0] <= last]
    return sum(counted), len(counted)


def pooled(parts: list[tuple[int, int]]) -> tuple[int, int]:
    """What periods make together: numerators over denominators, never an average of rates."""
    return sum(each[0] for each in parts), sum(each[1] for each in parts)
