"""The outlook's own record (预计的准确度): what was said before years ended, and what came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, func, literal, select

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.warehouse.outlook_record import ended_outlooks

BAND_BP = 1000  # said between 60 and 70 % is one line


@dataclass(frozen=True)
class RecordLine:
    """Of forecasts that gave about one chance: how many there were, and what became of them."""

    all_said_bp: int  # the sum of the chances given
    forecasts: int
    came_true: int
    in_interval: int  # ended within the 80 % interval

    @property
    def said_bp(self) -> int:
        """The mean of the chances given."""
        return round(self.all_said_bp / self.forecasts)


def together(records: Iterable[Sequence[RecordLine]]) -> tuple[RecordLine, ...]:
    """Add up records of several departments, the smallest chance first."""
    bands = grouped(
        chain.from_iterable(records),
        lambda line: min(line.all_said_bp // line.forecasts, WHOLE_BP - 1) // BAND_BP,
    )
    counts = ([vars(line).values() for line in bands[band]] for band in sorted(bands))
    return tuple(RecordLine(*map(sum, zip(*each, strict=True))) for each in counts)


def read_records(
    connection: Connection, departments: Collection[int] | None = None
) -> Mapping[int, tuple[RecordLine, ...]]:
    """Return each department's record of all years whose end is known, the smallest chance first.

    Of some departments, or of all; of one without any, ().
    """
    ended = ended_outlooks(departments).c
    said = ended.probability_bp
    sums = map(func.sum, (said, literal(1), ended.came_true, ended.in_interval))
    query = select(ended.department_id, *sums).group_by(ended.department_id, said)
    lines: dict[int, list[RecordLine]] = defaultdict(list)
    for department, *summed in connection.execute(query):
        lines[department].append(RecordLine(*map(int, summed)))
    return defaultdict(tuple, {department: together([told]) for department, told in lines.items()})
