"""One pass over a table (只读一遍) for the figures of all measures that count its rows.

A figure adds up a measure's rows. Where all figures are wanted, each would read a register of
millions anew: here what the measures add is summed by department and project in one select.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

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
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy import table as named_table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.measure import Condition, Selects, of_year, source_rows
from perf_pipeline.warehouse.typed import Expression, Query


@dataclass(frozen=True)
class _Asked:
    """What a measure asks of a table: which rows count, and what they come to."""

    where: Sequence[Condition]
    numerator: Expression
    denominator: Expression
    is_rate: bool

    def sums(self, nth: int, common: Sequence[Condition]) -> Iterator[Expression]:
        """Give numerator and denominator, of the rows for which what is not common holds."""
        own = [each for each in self.where if not _is_among(each, common)]

        def counts(adds: Expression) -> Expression:
            return case((and_(*own), adds)) if own else adds

        base = func.sum if self.is_rate else func.max
        yield func.sum(counts(self.numerator)).label(f"numerator_{nth}")
        yield base(counts(self.denominator)).label(f"denominator_{nth}")


class OnePass:
    """What measures ask of tables, each of which is read once."""

    def __init__(self) -> None:
        """Begin with nothing asked for."""
        self._asked: dict[Table, list[_Asked]] = {}

    def selects(self, *, is_rate: bool) -> Selects:
        """Return what selects sums in the place of a measure's rows, as `source_rows` is called."""
        return partial(self._select, is_rate=is_rate)

    def tables(self) -> list[CTE]:
        """Return what the selects read; a statement that holds them needs it (`add_cte`)."""
        return [_summed(table, asked) for table, asked in self._asked.items()]

    def _select(
        self,
        table: Table,
        *,
        numerator: Expression,
        denominator: Expression,
        where: Sequence[Condition],
        checkpoint: Checkpoint,
        is_rate: bool,
        counted: Expression | None = None,
        by_project: bool = True,
        any_year: bool = False,
        lacking: Query | None = None,
    ) -> Query:
        rows = [*of_year(table, checkpoint, any_year=any_year), *where]
        if counted is not None:  # how many different values there are is no sum
            return source_rows(
                table,
                numerator=numerator,
                denominator=denominator,
                where=where,
                checkpoint=checkpoint,
                counted=counted,
                by_project=by_project,
                any_year=any_year,
                lacking=lacking,
            )
        asked = self._asked.setdefault(table, [])
        nth = len(asked)
        asked.append(_Asked(rows, numerator, denominator, is_rate))
        names = "department_id", "project_name", f"numerator_{nth}", f"denominator_{nth}"
        whose, project, *sums = named_table(_name(table), *map(column, names)).c
        return select(
            cast(whose, BigInteger).label("department_id"),
            cast(project if by_project else null(), Text).label("project_name"),
            literal(table.name).label("source_table"),
            cast(null(), BigInteger).label("source_id"),
            *(
                cast(each, BigInteger).label(name)
                for each, name in zip(sums, ("numerator", "denominator"), strict=True)
            ),
            cast(null(), Text).label("counted"),
        ).where(
            or_(*(each.is_not(None) for each in sums)),
            true() if lacking is None else whose.not_in(lacking),
        )


def _name(table: Table) -> str:
    return f"{table.name}_summed"


def _is_among(condition: Condition, others: Sequence[Condition]) -> bool:
    return any(condition.compare(each) for each in others)


def _summed(table: Table, asked: Sequence[_Asked]) -> CTE:
    """Sum up by department and project what is asked; what all ask of a row is asked once."""
    first, *others = (each.where for each in asked)
    common = [each for each in first if all(_is_among(each, other) for other in others)]
    sums = (value for nth, each in enumerate(asked) for value in each.sums(nth, common))
    has_project = "project_name" in table.c
    by = [table.c.department_id, *([table.c.project_name] if has_project else [])]
    project = table.c.project_name if has_project else cast(null(), Text).label("project_name")
    return select(by[0], project, *sums).where(*common).group_by(*by).cte(_name(table))
