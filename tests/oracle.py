"""The rules of judgement a second time, in plain Python, for one project at a time.

Written from the field's rules and docs/decisions/judgement.md, not from the project's code, of
which nothing is imported: fractions, dates and ifs.
Indicators stand in `oracle_indicators.py`, cases in `oracle_cases.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

YEAR = 2024
ENDS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 10, 31), date(2024, 12, 31))


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
        said["light"] = "red" if paid > budget else "unknown" if paid < budget else "green"
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
        budget, planned = budget_of(project, end), planned_by(project, end)
        parts = (budget, paid_by(project, end), 0 if budget == 0 else planned)
        if None not in parts:
            known.append((*parts, bound_for(project, end)))
    said: dict[str, object] = {"projects": len(known), "left_out": len(projects) - len(known)}
    if not known:
        return said | {"budget_fen": None, "paid_fen": None, "light": "unknown"}
    budget = sum(each[0] for each in known)
    paid = sum(each[1] for each in known)
    planned, bound = (sum(Fraction(each[0] * each[at], 10_000) for each in known) for at in (2, 3))
    light = "red" if paid > 0 else "unknown" if paid < 0 else "green"
    if budget:
        light = light_of(paid, budget, planned, bound)
        gap = Fraction(paid * 10_000, budget) - Fraction(planned * 10_000, budget)
        said["deviation_bp"] = stored(gap, [0, -1000, -2000, 2000])
        said["actual_bp"] = stored(Fraction(paid * 10_000, budget), [10_000])
    return said | {"budget_fen": budget, "paid_fen": paid, "light": light}
