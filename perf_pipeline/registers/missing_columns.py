"""Headers that cannot be read (读不懂的表头): what they lack, and what may be asked of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.declaration import Column, Register
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.notices import Notice
from perf_pipeline.registers.proposals import Proposal, propose


class MissingColumnsError(LayoutError):
    """A header that lacks required columns: which, and what may be asked of the rest.

    Beyond a reader's process it is a plain LayoutError.
    """

    row: int = 0  # of the header, from 0
    lacking: Sequence[Column] = ()
    unknown: Mapping[int, str] = {}
    proposals: Sequence[Proposal] = ()


def missing(
    lacking: Sequence[Column],
    unknown: Mapping[int, str],
    proposals: Sequence[Proposal],
    labels: Sequence[Cell],
    where: Place,
) -> MissingColumnsError:
    """Say which required columns a header lacks, and ask of those that it has."""
    there = "、".join(str(cell).strip() for cell in labels if label_key(cell))
    asked = {each.column: each for each in proposals if not each.sure}
    said = [
        f"“{asked[column.name].heading}”是不是“{column.label}”（把握{asked[column.name].certainty:.0%}）"
        for column in lacking
        if column.name in asked
    ]
    question = f"。{'；'.join(said)}？是的话，请在列对照表里写明后一并交来" if said else ""
    missing = "”“".join(column.label for column in lacking)
    error = MissingColumnsError(f"缺少列“{missing}”；表头有：{there}{question}", where)
    error.row = (where.row or 1) - 1
    error.lacking, error.unknown, error.proposals = lacking, unknown, proposals
    return error


def without(declared: Register, positions: Mapping[str, int]) -> list[Column]:
    """Return the columns that a file cannot do without, of those that it lacks."""
    spared = declared.amount.may_lack if declared.amount else frozenset()
    return [c for c in declared.columns if is_wanted(c, positions) and c.name not in spared]


def days_lacking(declared: Register, positions: Mapping[str, int]) -> list[Column]:
    """Return the days by which a duty is done (受理, 办结) that a file lacks: it may name them."""
    running = [each for each in declared.limits if each.counts_from in positions]
    ends = {limit.done_by for limit in running if not limit.right}
    return [c for c in declared.columns if c.name in ends and c.name not in positions]


def lacking(declared: Register, positions: Mapping[str, int]) -> Iterator[str]:
    """Give the columns that a sheet is without, those of the shipped register among them.

    A cell left empty says no; of a column that is not there nobody knows.
    """
    for column in (*declared.columns, *declared.left_out):
        if column.name not in positions:
            yield column.name


def is_wanted(column: Column, positions: Mapping[str, int]) -> bool:
    """Tell whether a file should have a column that it lacks."""
    return column.required and not column.may_lack and column.name not in positions


def as_there(column: Column, positions: Mapping[str, int]) -> Column:
    """Return a column that a file may do without as one that is empty, where this one does."""
    absent = column.may_lack and column.name not in positions
    return column.model_copy(update={"required": False}) if absent else column


def told_absent(
    declared: Register, positions: Mapping[str, int], sheet: str | None
) -> Iterator[Notice]:
    """Tell of the columns that a sheet does without: what reads them waits."""
    absent = [c.label for c in declared.needed() if c.name not in positions]
    if absent:
        words = f"没有“{'”“'.join(absent)}”，要用到的指标等补上再算，其余照常"
        yield Notice("columns_absent", words, sheet or "")


def telling(
    declared: Register, positions: Mapping[str, int], unused: Iterable[str], place: Place
) -> list[int]:
    """Return where rows say more than a template's own cells; raises LayoutError where nowhere."""
    others = [
        c for c in declared.columns if declared.prefilled and c.name not in declared.prefilled
    ]
    found = [positions[column.name] for column in others if column.name in positions]
    if others and not found:
        lacking = "”“".join(column.label for column in others)
        there = "、".join(unused)
        raise LayoutError(f"没有填写内容的列“{lacking}”；没有用到的列：{there}", place)
    return found


def no_header(
    grid: Sequence[Sequence[Cell]],
    declared: Register,
    projects: Collection[str] | None,
    searched: int,
    place: Place,
) -> LayoutError:
    """Say that there is no header; ask of its columns where a row of other names looks like one."""
    required = [column for column in declared.columns if column.required]
    labels = "、".join(column.label for column in required)
    said = f"前{searched}行里没有找到表头；应有列：{labels}"
    row = _row_of_names(grid)
    if row is None:
        return LayoutError(said, place)
    headings = {at: str(cell).strip() for at, cell in enumerate(grid[row]) if label_key(cell)}
    proposals = propose(required, headings, grid[row + 1 :], projects)
    shown = "、".join(headings.values())
    error = MissingColumnsError(f"{said}；第{row + 1}行像表头：{shown}，请填写列对照表", place)
    error.row, error.lacking, error.unknown, error.proposals = row, required, headings, proposals
    return error


def _row_of_names(grid: Sequence[Sequence[Cell]]) -> int | None:
    """Return the first row of three different texts or more that stand above filled cells."""
    for number, row in enumerate(grid[:-1]):
        names = [at for at, cell in enumerate(row) if label_key(cell)]
        below = grid[number + 1]
        filled = [at for at in names if at < len(below) and label_key(below[at])]
        different = {label_key(row[at]) for at in names}
        texts = all(isinstance(row[at], str) and not str(row[at])[:1].isdigit() for at in names)
        if len(names) >= 3 and len(different) == len(names) and texts and len(filled) >= 2:
            return number
    return None
