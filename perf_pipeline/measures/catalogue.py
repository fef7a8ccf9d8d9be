"""All measures, by code: what the map from indicators to measures may name.

Measures are declared beside their registers. One whose register lacks what it asks is left out
and told (`UNUSABLE`); the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import ColumnElement, case, func

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.language.spoken import CHINESE, language
from perf_pipeline.measures.declared_rows import unusable
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.registers.measure_declaration import Fills, Kind
from perf_pipeline.registers.measure_declaration import MeasureDeclaration as Measure

REPORTED = "reported"  # in the map: the value is handed in by staff, not computed
REPORTED_LABEL = "人工填报"


def measures_of(
    registers: Iterable[Register],
) -> tuple[tuple[Measure, ...], Mapping[str, str]]:
    """Return the measures of registers, and why the others cannot be computed, by their codes.

    Raises ConfigurationError when two measures share a code, or fill one column.
    """
    found: list[Measure] = []
    wrong: dict[str, str] = {}
    places: dict[str, str] = {REPORTED: "人工填报"}
    filled: dict[Fills | None, str] = {}
    for register in registers:
        for declared in register.measures:
            if declared.code in places:
                both = f"{places[declared.code]}、{declared.place}"
                raise ConfigurationError(f"有两个度量的代码都是“{declared.code}”：{both}")
            places[declared.code] = declared.place
            if declared.fills in filled:
                both = f"{filled[declared.fills]}、{declared.place}"
                raise ConfigurationError(f"有两个度量都填“{declared.fills}”：{both}")
            filled |= {declared.fills: declared.place} if declared.fills else {}
            why = unusable(declared, register)
            if why is None:
                found.append(declared)
            else:
                wrong[declared.code] = why
    return tuple(found), wrong


MEASURES, UNUSABLE = measures_of(load_registers())
_BY_CODE = {measure.code: measure for measure in MEASURES}
_LABELS = {REPORTED: REPORTED_LABEL} | {
    each.code: each.label for register in load_registers() for each in register.measures
}
_FILLING = {each.fills: each.code for each in MEASURES if each.fills}


def why_not(code: str) -> str:
    """Say why a code that is not among the known ones gives no figure."""
    return f"度量不可用：{UNUSABLE[code]}" if code in UNUSABLE else f"没有代码为“{code}”的度量"


def measure(code: str) -> Measure:
    """Return the measure of that code.

    Raises ConfigurationError when there is none, or when it cannot be computed.
    """
    try:
        return _BY_CODE[code]
    except KeyError:
        raise ConfigurationError(why_not(code)) from None


def declared_where(says: Callable[[Measure], bool]) -> frozenset[str]:
    """Return the codes of the measures whose declarations say something."""
    return frozenset(each.code for each in MEASURES if says(each))


OF_THE_PERIOD = declared_where(lambda each: each.of_the_period)


def measure_that(fills: Fills) -> str | None:
    """Return the code of the measure that a column of spending results is the figure of.

    None where none is; an indicator without a measure has None too, and is no such one.
    """
    return _FILLING.get(fills)


def most_possible() -> dict[str, int]:
    """Return how many different values can be counted at most, of measures that count choices."""
    choices = {
        (register.name, column.name): len(column.choices)
        for register in load_registers()
        for column in register.columns
        if column.choices
    }
    counted = (each for each in MEASURES if each.kind is Kind.DISTINCT)
    places = {each.code: (each.of_register, each.column or "") for each in counted}
    return {code: choices[place] for code, place in places.items() if place in choices}


def known_codes() -> frozenset[str]:
    """Return every code that the map from indicators to measures may name."""
    return frozenset({*_BY_CODE, REPORTED})


def measure_label(code: str | None) -> str | None:
    """Return what a measure is called in Chinese; what no measure is called stays as it is."""
    return _LABELS.get(code or "", code)


def spoken_label(code: str) -> str:
    """Return what a measure is called in the language spoken, as its declaration says."""
    if code not in _BY_CODE or language() == CHINESE:
        return measure_label(code) or code
    return _BY_CODE[code].english.label


def code_of(written: ColumnElement[str]) -> ColumnElement[str]:
    """Return the code that the map's cell means, written as a code or in Chinese."""
    labels = {label: code for code, label in _LABELS.items()}
    return case(labels, value=written, else_=written)


def fed_by(written: ColumnElement[str], reported: ColumnElement[bool]) -> ColumnElement[str]:
    """Return the code that feeds an indicator: the map's, or what staff reported without a map."""
    return func.coalesce(code_of(written), case((reported, REPORTED)))
