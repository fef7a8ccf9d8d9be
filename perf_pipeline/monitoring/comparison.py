"""Two versions of a quarter's results set side by side: which figure changed, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeGuard

from sqlalchemy import Connection

from perf_pipeline.domain.unit import Unit
from perf_pipeline.measures.catalogue import measure_that
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.results import RESULTS, Part
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.warehouse.known_people import tell

Row = Mapping[str, Any]  # a result with its department_id


class Kind(StrEnum):
    """What became of a figure between two versions."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # of a source row: it counts elsewhere now


SUBJECT = {Part.SPENDING: "project_name", Part.INDICATOR: "indicator_key"}
JUDGEMENT = {Part.SPENDING: "light", Part.INDICATOR: "status"}
_EXPLAINED = ("cause_words", "cause_measures")
QUOTES = {  # columns that quote what staff wrote
    Part.SPENDING: _EXPLAINED,
    Part.INDICATOR: (*_EXPLAINED, "actual_text", "reason"),
}
UNCOMPARED = frozenset({"ordinal", "reason"})
NOTHING = "无"


@dataclass(frozen=True)
class FieldChange:
    """One column of a figure: what it was, what it is, how far apart, also as people read it."""

    field: str
    label: str
    old: object
    new: object
    old_text: str
    new_text: str
    difference: str | None


@dataclass(frozen=True)
class Change:
    """A figure of a project or indicator that is not what it was; a missing side is None."""

    part: Part
    department_id: int
    subject_key: str
    old: Row | None
    new: Row | None
    fields: tuple[FieldChange, ...]

    @property
    def kind(self) -> Kind:
        """Tell whether it came, went or is another."""
        if self.old is None:
            return Kind.ADDED
        return Kind.REMOVED if self.new is None else Kind.CHANGED

    @property
    def old_judgement(self) -> str | None:
        """The light or status before; None where the figure was not there."""
        return None if self.old is None else self.old[JUDGEMENT[self.part]]

    @property
    def new_judgement(self) -> str | None:
        """The light or status after; None where the figure is gone."""
        return None if self.new is None else self.new[JUDGEMENT[self.part]]

    @property
    def either(self) -> Row:
        """The newer side, or the older one of a figure that is gone."""
        return self.new or self.old or {}

    @property
    def project_name(self) -> str | None:
        """The project that the figure is of; None for the department's own."""
        return self.either["project_name"]  # type: ignore[no-any-return]

    @property
    def section(self) -> str | None:
        """The line of work (分项工作) of a department's indicator."""
        return self.either.get("section")

    @property
    def name(self) -> str:
        """The indicator's name, or the project's."""
        named = "project_name" if self.part is Part.SPENDING else "name"
        return str(self.either[named])

    @property
    def measures(self) -> frozenset[str]:
        """The measures that the figure came from, on either side."""
        if self.part is Part.SPENDING:
            return frozenset(filter(None, [measure_that(Fills.PAID)]))
        sides = [side for side in (self.old, self.new) if side is not None]
        return frozenset(side["measure"] for side in sides if side["measure"])

    def touches(self, *fields: str) -> bool:
        """Tell whether the figure came, went, or changed in one of these columns."""
        return self.kind is not Kind.CHANGED or any(each.field in fields for each in self.fields)


def compare(
    connection: Connection, part: Part, old: Iterable[Row], new: Iterable[Row]
) -> list[Change]:
    """Return what changed between two versions' results, by department and subject.

    It names nobody: a version made before names were masked differs in no word from one made
    since. A reason that reads otherwise while every figure stands is a change of its own.
    """
    before, after = _by_subject(part, old), _by_subject(part, new)
    differing = [
        key
        for key in sorted({*before, *after})
        if _changed_fields(part, before.get(key), after.get(key))
    ]
    told = [{key: dict(side[key]) for key in differing if key in side} for side in (before, after)]
    tell(connection, [row for side in told for row in side.values()], QUOTES[part])
    sides = [(key, told[0].get(key), told[1].get(key)) for key in differing]
    return [
        Change(part, department_id, subject, was, now, fields)
        for (department_id, subject), was, now in sides
        if (fields := _changed_fields(part, was, now))
    ]


def _by_subject(part: Part, rows: Iterable[Row]) -> dict[tuple[int, str], Row]:
    return {(row["department_id"], row[SUBJECT[part]]): row for row in rows}


def _changed_fields(part: Part, old: Row | None, new: Row | None) -> tuple[FieldChange, ...]:
    names = [name for name in RESULTS[part].columns if name not in UNCOMPARED]
    found = [
        _field(part, name, old, new) for name in names if _value(old, name) != _value(new, name)
    ]
    if not found and _value(old, "reason") != _value(new, "reason"):
        found = [_field(part, "reason", old, new)]
    return tuple(found)


def _value(row: Row | None, name: str) -> object:
    return None if row is None else row[name]


def _field(part: Part, name: str, old: Row | None, new: Row | None) -> FieldChange:
    was, now = _value(old, name), _value(new, name)
    told = RESULTS[part].columns[name]
    difference = _difference(told.unit, was, now)
    if name == "actual_text" and old is not None and new is not None:
        difference = actual_difference(old, new)
    return FieldChange(
        name,
        told.label,
        was,
        now,
        RESULTS[part].write(name, was) or NOTHING,
        RESULTS[part].write(name, now) or NOTHING,
        difference,
    )


def _difference(unit: Unit, old: object, new: object) -> str | None:
    if not _is_number(old) or not _is_number(new):
        return None
    away = new - old
    return _signed(Unit.POINTS.write(away) if unit is Unit.SHARE else unit.write(away))


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def actual_difference(old: Row, new: Row) -> str | None:
    """Write how far an indicator's actual value moved, exactly until it is written."""
    sides = (old["numerator"], old["denominator"], new["numerator"], new["denominator"])
    if any(not isinstance(side, int) for side in sides) or not old["denominator"]:
        return None
    if not new["denominator"]:
        return None
    away = Fraction(sides[2], sides[3]) - Fraction(sides[0], sides[1])
    unit = new["unit"]
    text = write_actual(away.numerator, away.denominator, unit)
    if unit and text.endswith("%"):
        text = f"{text[:-1]}个百分点"
    return _signed(text)
