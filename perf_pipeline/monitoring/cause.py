"""A cause of a change: a row that came, went or was revised, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from perf_pipeline.domain.errors import Place
from perf_pipeline.monitoring.comparison import Kind
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.typed import StoredRow

CHANGE_LABELS = {Kind.ADDED: "新增", Kind.REMOVED: "不再有", Kind.CHANGED: "有变"}  # of a figure
KIND_LABELS = {Kind.ADDED: "新增", Kind.REMOVED: "不再有", Kind.CHANGED: "更正", Kind.MOVED: "移动"}


@dataclass(frozen=True)
class Cause:
    """A row that came, went or was revised: where it stands, and what it said before and after.

    `closed_by` is the file that closed it; `moved` says where it counts now. The
    four numbers are what it adds to a measure.
    """

    kind: str
    label: str
    change: Kind
    file: str
    sheet: str | None
    row: int | None
    key: str
    closed_by: str | None
    old: str | None
    new: str | None
    old_numerator: int = 0
    old_denominator: int = 0
    new_numerator: int = 0
    new_denominator: int = 0
    moved: str | None = None


class Side(NamedTuple):
    """One side of a cause: a row with file, place and closing file, and what it says or adds."""

    at: StoredRow
    said: str
    numerator: int = 0
    denominator: int = 0


def cause_text(cause: Cause) -> str:
    """Tell a cause in one line: what it is, where it stands, what it said and says."""
    key = cause.key.replace(KEY_MARK, " ").strip()
    parts = [str(Place(cause.file, cause.sheet, cause.row)), f"主键“{key}”"]
    parts += [cause.moved] if cause.moved else []
    if cause.closed_by and cause.new is None:
        parts.append(f"被“{cause.closed_by}”取代")
    parts.append(" → ".join(part for part in (cause.old, cause.new) if part is not None))
    return f"{cause.label}（{KIND_LABELS[cause.change]}）：{'；'.join(parts)}"


def cause_of(
    kind: str, label: str, old: Side | None, new: Side | None, moved: str | None = None
) -> Cause:
    """Make a cause of its two sides, of which one may be missing.

    `moved` tells of a row that is not gone, but counts elsewhere now (by a later date).
    """
    side = new or old
    assert side is not None
    change = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
    return Cause(
        kind,
        label,
        change if moved is None else Kind.MOVED,
        side.at.path,
        side.at.sheet,
        side.at.row_number,
        side.at.row_key,
        None if old is None else old.at.closed_by,
        None if old is None else old.said,
        None if new is None else new.said,
        *((0, 0) if old is None else old[2:]),
        *((0, 0) if new is None else new[2:]),
        moved,
    )


def place(cause: Cause) -> tuple[str, str, int, str]:
    """Return where a cause stands, to sort by."""
    return (cause.file, cause.sheet or "", cause.row or 0, cause.key)
