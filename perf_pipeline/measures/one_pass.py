"""One pass over a table (只读一遍) for the figures of all measures that count its rows.

A figure adds up a measure's rows. Where all figures are wanted, each would read a register of
millions anew: here what the measures add is summed by department and project in one select.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    CTE,
    BigInteger,
    Table,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
)
from sqlalchemy import table as named_table

from perf_pipeline.measures.measure import Adds, Condition, Selects, source_rows
from perf_pipeline.warehouse.typed import Expression, Query


class OnePass:
    """What measures ask of tables, each of which is read once."""

    def __init__(self) -> None:
        self._asked: dict[Table, list[tuple[Adds, bool]]] = {}

    def selects(self, *, is_rate: bool) -> Selects:
        """Return what selects, in the place of a measure's rows, sums of them."""

        def sums(adds: Adds) -> Query:
            if adds.counted is not None:  # how many different values there are is no sum
                return source_rows(adds)
            asked = self._asked.setdefault(adds.table, [])
            names = ("department_id", "project_name", *_names(len(asked)))
            asked.append((adds, is_rate))
            summed = named_table(_name(adds.table), *(column(each, BigInteger) for each in names))
            values = [summed.c[each] for each in names[2:]]
            known = or_(*(each.is_not(None) for each in values))
            return adds.select(summed, *values, cast(null(), Text)).where(known)

        return sums

    def tables(self) -> list[CTE]:
        """Return what the selects read; a statement that holds them needs it (`add_cte`)."""
        return [_summed(table, asked) for table, asked in self._asked.items()]


def _name(table: Table) -> str:
    return f"{table.name}_summed"


def _names(nth: int) -> tuple[str, str]:
    return f"numerator_{nth}", f"denominator_{nth}"


def _summed(table: Table, asked: Sequence[tuple[Adds, bool]]) -> CTE:
    """Sum up by department and project what is asked; what all ask of a row is asked once."""
    first, *others = (adds.rows for adds, _ in asked)
    common = [each for each in first if all(_is_among(each, other) for other in others)]
    sums = (each for nth, one in enumerate(asked) for each in _sums(nth, *one, common))
    by = [table.c[name] for name in ("department_id", "project_name") if name in table.c]
    project = [] if "project_name" in table.c else [cast(null(), Text).label("project_name")]
    return select(*by, *project, *sums).where(*common).group_by(*by).cte(_name(table))


def _sums(nth: int, adds: Adds, is_rate: bool, common: Sequence[Condition]) -> Iterator[Expression]:
    own = [each for each in adds.rows if not _is_among(each, common)]
    for value, total, name in zip(
        (adds.numerator, adds.denominator),
        (func.sum, func.sum if is_rate else func.max),
        _names(nth),
        strict=True,
    ):
        yield cast(total(case((and_(*own), value)) if own else value), BigInteger).label(name)


def _is_among(condition: Condition, others: Sequence[Condition]) -> bool:
    return any(condition.compare(each) for each in others)
