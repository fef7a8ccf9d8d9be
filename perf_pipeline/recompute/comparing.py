"""A stored figure and the same computed again, side by side: what differs is told in words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.share import is_percent, multiple
from perf_pipeline.domain.status import CARRIED, LIGHT_LABELS, Light
from perf_pipeline.domain.year_rule import COVERS_OF_LABEL, DEFAULT_COVERS, Covers, YearRule
from perf_pipeline.recompute.draw import StoredFigure
from perf_pipeline.recompute.originals import Originals
from perf_pipeline.recompute.plain_figures import Figure, Span, figure_of, light_of
from perf_pipeline.recompute.plain_file import NotPlain
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.registers.measure_declaration import Fills, Kind, MeasureDeclaration, Money, Over

REPORTED = "reported"
FEN_OF_YUAN = 100
_NUMBER = re.compile(r"(?P<digits>-?\d+(?:\.\d+)?)(?P<unit>\D*)")

Pairs = list[tuple[str, str, str]]  # what it is, as stored, as computed again


def compared_with(each: StoredFigure, originals: Originals) -> tuple[Pairs, list[str]]:
    """Return what is stored of a figure beside what the original files give, and what is not.

    Raises NotPlain where the plain path cannot compute it.
    """
    return _of_spending(each, originals) if each.of_spending else _of_indicator(each, originals)


def registers_of(each: StoredFigure) -> tuple[str, ...]:
    """Name the registers that a figure is computed again from."""
    if each.of_spending:
        return ("payment", "budget", "budget_adjustment")
    return (
        ("reported_value",)
        if each.row.measure == REPORTED
        else (_measure(each.row.measure)[1].name,)
    )


def _of_spending(each: StoredFigure, originals: Originals) -> tuple[Pairs, list[str]]:
    row = each.row
    span = Span(each.checkpoint.starts_on, each.checkpoint.ends_on)
    paid: list[int | None] = []
    for fills in (Fills.PAID, Fills.PAYMENTS):
        declared, register = _measure(fills=fills)
        found = _figure(each, originals, declared, register, span)
        if found is not None and row.paid_fen is None:
            _refuse_waiting(found, originals, each.department_id, register.name)
        paid.append(None if found is None else found[0])
    pairs = [
        ("支付", _money(row.paid_fen), _money(paid[0])),
        ("笔数", str(row.payments), str(paid[1])),
    ]
    try:
        budget = _budget(each, originals)
    except NotPlain as reason:
        return pairs, [f"预算和灯未复算：{reason}"]
    pairs.append(("预算", _money(row.budget_fen), _money(budget)))
    if row.planned_bp is not None and paid[0] is not None and budget > 0:
        limits = (row.yellow_bp, row.red_bp, row.ahead_bp)
        may_be = light_of(paid[0], budget, row.planned_bp, *limits)
        light = row.light if row.light in may_be else may_be[0]
        pairs.append(("灯", LIGHT_LABELS[Light(row.light)], LIGHT_LABELS[Light(light)]))
    return pairs, ["计划比例取自库中"]


def _figure(
    each: StoredFigure,
    originals: Originals,
    declared: MeasureDeclaration,
    register: Register,
    span: Span,
) -> Figure:
    rows = originals.rows_of(each.department_id, register.name, each.checkpoint.fiscal_year)
    if rows is None:
        return None
    return figure_of(declared, register, rows, span, each.row.project_name)


def _refuse_waiting(
    found: tuple[int, int], originals: Originals, department: int, kind: str
) -> None:
    """Refuse a count of none where rows wait in quarantine: the product says that it is unknown."""
    if found[0] == 0 and originals.has_aside(department, kind):
        raise NotPlain("有行在隔离中，没有不等于零")


def _budget(each: StoredFigure, originals: Originals) -> int:
    """Return the budget in force: as last adjusted, or that of the year's beginning."""
    whose, year = each.department_id, each.checkpoint.fiscal_year
    adjusted = originals.rows_of(whose, "budget_adjustment", year) or ()
    dated: list[tuple[Any, Any]] = [
        (row.cells["effective_on"], row.cells["total_fen"])
        for row in adjusted
        if row.cells["project_name"] == each.row.project_name
        and str(row.cells["effective_on"]) <= str(each.checkpoint.ends_on)
    ]
    if dated:
        return int(max(dated)[1])
    rows = originals.rows_of(whose, "budget", year) or ()
    found = [r.cells["total_fen"] for r in rows if r.cells["project_name"] == each.row.project_name]
    if len(found) != 1:
        raise NotPlain("预算数不在预算表里")
    return int(str(found[0]))


def _of_indicator(each: StoredFigure, originals: Originals) -> tuple[Pairs, list[str]]:
    row = each.row
    if row.year_rule == YearRule.EVERY:
        raise NotPlain("每期都须达到的指标，复算不判断是哪一期")
    if row.measure == REPORTED:
        return _of_reported(each, originals)
    declared, register = _measure(row.measure)
    at = each.checkpoint
    pooled = at.last and row.year_rule in (YearRule.TOTAL, YearRule.POOLED)
    of_period = declared.judged is Over.PERIOD and not pooled
    span = Span(at.period_starts_on if of_period else at.starts_on, at.ends_on)
    found = _figure(each, originals, declared, register, span)
    if found is not None and row.numerator is None:
        _refuse_waiting(found, originals, each.department_id, register.name)
    if found is not None and declared.money is Money.AMOUNTS and not declared.is_rate:
        found = found[0], found[1] * FEN_OF_YUAN
    stored = None if row.numerator is None else (row.numerator, row.denominator)
    return [("", _quotient(stored), _quotient(found))], []


def _of_reported(each: StoredFigure, originals: Originals) -> tuple[Pairs, list[str]]:
    """Compare the newest report: counts as counts, a number as a number; words are left."""
    row, at = each.row, each.checkpoint
    reports = originals.rows_of(each.department_id, "reported_value", at.fiscal_year) or ()
    mine = [
        cells
        for cells in (report.cells for report in reports)
        if (cells.get("project_name"), cells["indicator_name"]) == (row.project_name, row.name)
        and cells.get("section") in (None, row.section)  # without one it is of all of that name
        and str(cells["as_of"]) <= str(at.ends_on)
    ]
    if not mine:
        raise NotPlain("没有逐字写着这个指标的填报值")
    newest = max(mine, key=lambda each: (str(each["as_of"]), each.get("section") is not None))
    stale = str(newest["as_of"]) < str(at.period_starts_on) and row.behaviour not in CARRIED
    covers = COVERS_OF_LABEL.get(str(newest.get("covers"))) or DEFAULT_COVERS.get(row.year_rule)
    if stale or covers is Covers.PERIOD or row.numerator is None:
        raise NotPlain("填报值是上一期的、只说本期，或不是数")
    stored = Fraction(row.numerator, row.denominator)
    if newest.get("denominator") is not None:
        found = Fraction(int(str(newest["numerator"])), int(str(newest["denominator"])))
        return [("", str(stored), str(found))], []
    read = _NUMBER.fullmatch(str(newest.get("reported_text") or ""))
    if read is None or read["unit"] not in ("", row.unit):
        raise NotPlain("填报值不是平常写的数")
    if multiple(row.unit) != 1:
        raise NotPlain(f"填报值的单位“{row.unit}”要换算，复算不换算")
    found = Fraction(read["digits"]) / (100 if is_percent(row.unit) else 1)
    return [("", str(stored), str(found))], []


def _measure(
    code: str | None = None, *, fills: Fills | None = None
) -> tuple[MeasureDeclaration, Register]:
    for register in load_registers():
        for declared in register.measures:
            wanted = declared.code == code if fills is None else declared.fills is fills
            if wanted and declared.kind is not Kind.PYTHON:
                return declared, register
    raise NotPlain("没有度量，或度量是程序里的算法")


def _money(fen: int | None) -> str:
    return "没有" if fen is None else f"{format_yuan(fen)}元"


def _quotient(figure: tuple[int, int] | None) -> str:
    return "没有数据" if figure is None else f"{figure[0]}/{figure[1]}"
