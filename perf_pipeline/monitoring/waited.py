"""What is not known while a file is waited for, and the reason: which file, and what for."""

from __future__ import annotations

from collections.abc import Iterable

from perf_pipeline.domain.status import Status
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.measures.expected import LEDGER, registers_behind, that_decide
from perf_pipeline.measures.waiting import Waiting
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.project_money import ProjectMoney


def known_payments(row: ProjectMoney, waiting: Waiting, *, passed: bool = True) -> ProjectMoney:
    """Take away what was paid where a ledger was refused: the others are not all of it.

    More than the budget stays where `passed`: that much was paid, whatever else waits; but a sum
    of such projects alone is none of the department.
    """
    part = waiting.is_part_of(row.department_id, (LEDGER,))
    if not part or (passed and row.overspent):
        return row
    return row._replace(paid_fen=None, payments=None)


def known_counts(row: Indicator, waiting: Waiting) -> Indicator:
    """Take away what was counted where a file of the measure's registers was refused."""
    if row.measure in (REPORTED, None):
        return row
    if not waiting.is_part_of(row.department_id, registers_behind(row.measure)):
        return row
    row = row._replace(numerator=None, denominator=None)
    return row._replace(year_numerator=None, year_denominator=None)


def spending_waits(row: ProjectMoney, waiting: Waiting) -> ProjectMoney:
    """Say, of spending that is not known, or known in part, which ledger is waited for.

    Of spending that is known, also which budget, plan or contract: the one in force stays so until
    another can be read, and a contradiction is a fact to show.
    """
    waits = waiting.of(row.department_id, frozenset({LEDGER}))
    if row.paid_fen is None:
        return row._replace(reason=_said(row.reason, waits))
    reason = row.reason
    if waiting.is_part_of(row.department_id, (LEDGER,)):
        reason = f"{reason}；{waits}，实际支付可能不止这些"
    if decided := waiting.of(row.department_id, that_decide("money") | {"contract"}):
        reason = f"{reason}；{decided}，预算、计划或合同可能有变"
    return row._replace(reason=reason)


def sums_wait(
    lines: Iterable[ProjectMoney], spending: Iterable[ProjectMoney], waiting: Waiting
) -> list[ProjectMoney]:
    """Say, of sums of departments without any known payment, which ledger is waited for.

    Where payments are known, a sum without any has nothing to sum up: no file is why.
    """
    known = {row.department_id for row in spending if row.paid_fen is not None}
    return [
        line if line.department_id in known else spending_waits(line, waiting) for line in lines
    ]


def indicator_waits(row: Indicator, waiting: Waiting) -> Indicator:
    """Say, of an indicator without data, which register is waited for, and of each, which target.

    A value that was reported stays in force, as a target does, while a newer one waits.
    """
    whose, reason = row.department_id, row.reason
    if row.measure is not None:
        if row.status == Status.NO_DATA:
            reason = _said(reason, waiting.of_measure(whose, row.measure))
        elif waiting.is_part_of(whose, behind := registers_behind(row.measure)):
            reason = f"{reason}；{waiting.of(whose, behind)}，填报的数可能有变"
    if decided := waiting.of(whose, that_decide("targets")):
        reason = f"{reason}；{decided}，目标或度量可能有变"
    return row if reason == row.reason else row._replace(reason=reason)


def _said(reason: str, waits: str | None) -> str:
    return f"{waits}，现在无法判断" if waits else reason
