"""Who belongs where (机构): departments in districts, districts in cities; totals by adding up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.words import Word

LARGEST_ORGANISATION = 4_000_000  # bytes of organisation.yaml; a province fits in a tenth
EVERYTHING = "全部"
UNLISTED = "未列入机构表"


class Level(Word):
    """A level of the roll-up (汇总)."""

    DEPARTMENT = "department", "部门"
    DISTRICT = "district", "区县"
    CITY = "city", "市"
    ALL = "all", ""


class Member(Declared):
    """A department's place: its code is its folder's name in the inbox."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    code: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=100)
    district: str = Field(min_length=1, max_length=100)
    city: str = Field(min_length=1, max_length=100)


class Organisation(BaseModel):
    """What `organisation.yaml` in the inbox holds."""

    departments: tuple[Member, ...] = Field(max_length=100_000)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[str] = set()
        for each in self.departments:
            if each.code in seen:
                raise ValueError(f"部门代码“{each.code}”出现两次")
            seen.add(each.code)
        return self


@dataclass(frozen=True)
class DepartmentFigure:
    """A figure of one department: a count or amount, or the two counts of a rate."""

    department: str
    name: str
    figure: str
    numerator: int
    denominator: int | None


@dataclass(frozen=True)
class Total:
    """A figure of a unit of any level, added up from its departments."""

    level: Level
    city: str | None
    district: str | None
    department: str | None
    unit: str
    figure: str
    numerator: int
    denominator: int | None


def roll_up(
    figures: Iterable[DepartmentFigure], organisation: Organisation | None
) -> tuple[Total, ...]:
    """Add figures up to districts, cities and the whole: numerators and denominators apart.

    Rates are never averaged. Without an organisation there are departments and the whole; with
    one, a department that it does not list stands under 未列入机构表.
    """
    members = {each.code: each for each in organisation.departments} if organisation else {}
    sums: dict[tuple[Level, str, str, str, str, str], tuple[int, int | None]] = {}
    for each in figures:
        member = members.get(each.department)
        name = member.name if member else each.name
        city = member.city if member else UNLISTED if organisation else ""
        district = member.district if member else UNLISTED if organisation else ""
        units = [(Level.DEPARTMENT, city, district, each.department, name)]
        if organisation is not None:
            units += [
                (Level.DISTRICT, city, district, "", district),
                (Level.CITY, city, "", "", city),
            ]
        units.append((Level.ALL, "", "", "", EVERYTHING))
        for unit in units:
            key = (*unit, each.figure)
            above, below = sums.get(key, (0, None))
            both = below if each.denominator is None else each.denominator + (below or 0)
            sums[key] = (above + each.numerator, both)
    order = list(Level)
    return tuple(
        Total(level, city or None, district or None, code or None, unit, figure, above, below)
        for (level, city, district, code, unit, figure), (above, below) in sorted(
            sums.items(), key=lambda item: (-order.index(item[0][0]), *item[0][1:])
        )
    )
