"""What a figure was counted from, as people read it: money in yuan, everything else as counts."""

from __future__ import annotations

from perf_pipeline.domain.share import is_for_each
from perf_pipeline.domain.unit import Unit
from perf_pipeline.measures.catalogue import MEASURES, declared_where
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.measure_declaration import Money

IN_FEN = declared_where(lambda each: each.money is Money.AMOUNTS)
# amounts of money, which are judged in yuan; of a quotient of two amounts the fen fall out
SUMS_IN_FEN = declared_where(lambda each: each.money is Money.AMOUNTS and not each.is_rate)
FEN_OF_YUAN = 100
_RATES = declared_where(lambda each: each.is_rate)
_COUNTED = declared_where(lambda each: not each.is_rate)
_COUNTED_IN = {  # of its rows, or of the column that it sums
    each.code: (each.numerator and register(each.of_register).column(each.numerator).unit)
    or each.counted
    for each in MEASURES
}


def counts_all(measure: str | None, unit: str | None) -> bool:
    """Tell whether a measure adds up what its target asks for each: 8次 of 每村2次."""
    return measure in _COUNTED and is_for_each(unit)


def is_rate(measure: str | None, denominator: int | None) -> bool:
    """Tell whether a figure is part of a whole; a count or an amount has a denominator of 1."""
    return measure in _RATES or (measure not in _COUNTED and denominator not in (None, 1))


def counted_in(measure: str | None) -> str:
    """Return the unit of what a rate counts: 人 of people, 件 of cases."""
    return _COUNTED_IN.get(measure or "", "件")


def write_counted(value: int, measure: str | None) -> str:
    """Write a numerator or denominator of a measure: 678000.00元, 1,130."""
    return Unit.FEN.write(value) if measure in IN_FEN else f"{value:,}"


def counted_from(numerator: int | None, denominator: int | None, measure: str | None) -> str | None:
    """Say what a figure was counted from: 678000.00元, 分子 1,130，分母 1,200; None for no data."""
    if numerator is None:
        return None
    told = write_counted(numerator, measure)
    if denominator is None or not is_rate(measure, denominator):
        return told
    return f"分子 {told}，分母 {write_counted(denominator, measure)}"
