"""Every row accounted for: what looks like an indicator and gave none is told with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Finding, Severity, Where


def not_understood(lines: Sequence[Line]) -> Iterator[Finding]:
    """Give a finding for each run of rows that look like indicators and were not understood."""
    numbered = enumerate(lines)
    for _, run in groupby(numbered, key=lambda each: (each[1].where.row or 0) - each[0]):
        rows = [line for _, line in run]
        first, last = rows[0].where, rows[-1].where
        said = "、".join(f"“{line.text[:30]}”" for line in rows[:2]) + (
            "等" if len(rows) > 2 else ""
        )
        message = (
            f"{_place(first, last)}像指标，没有读懂：{said}；请对照原表，或按“三级指标、指标值”重排"
        )
        yield Finding(Severity.WARNING, "row_unread", message, first)


def _place(first: Where, last: Where) -> str:
    if first.row is None or first.row == last.row:
        return "这一行" if first.row is None else f"第{first.row}行"
    return f"第{first.row}–{last.row}行"
