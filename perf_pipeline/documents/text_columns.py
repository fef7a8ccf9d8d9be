"""Tables in text whose columns are set under each other with blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from perf_pipeline.documents.labels import squeeze

_GAP = re.compile(r"[ \u3000]{2,}|(?<=\S)\u3000(?=\S)")
_HEADER = re.compile(r"[一二三]级指标")


def set_in_columns(lines: Sequence[str], start: int) -> int:
    """Return where a table of blank-separated columns ends; `start` where none begins.

    A table is at least three such lines, one of which is the header of indicators.
    """
    end, headed, empty = start, False, 0
    for index in range(start, len(lines)):
        line = lines[index]
        if not line.strip():
            empty += 1
            if empty > 1:
                break
            continue
        if len(_GAP.split(line.strip())) < 2 and not (headed and line.startswith((" ", "\u3000"))):
            break
        headed |= len(_HEADER.findall(squeeze(line))) > 1
        end, empty = index + 1, 0
    return end if headed and end - start > 2 else start


def rows_by_position(lines: Sequence[str]) -> list[list[str]]:
    """Cut lines into cells.

    Below the header of indicators each cell falls under its heading; above it, those of a line
    that begins with blanks fall under the cells of the line above.
    """
    rows: list[list[str]] = []
    starts: list[int] = []
    headed = False
    header: Pieces = []  # while the line right below it is read
    for line in lines:
        if not line.strip():
            continue
        pieces = _pieces(line)
        if len(_HEADER.findall(squeeze(line))) > 1:
            headed, header = True, pieces
            starts = [at for at, _ in pieces]
        elif header:
            starts = sorted({*starts, *_finer(starts, pieces)})
            rows[-1], header = _set_under(starts, header), []
        elif not headed and (pieces[0][0] == 0 or not starts):
            starts = [at for at, _ in pieces]
        row = _set_under(starts, pieces)
        if headed and rows and not row[0] and sum(bool(cell) for cell in row) == 1 and not row[-1]:
            # one more line of a cell above
            column = next(n for n, cell in enumerate(row) if cell)
            if rows[-1][column]:
                rows[-1][column] += row[column]
                continue
        rows.append(row)
    return rows


Pieces = list[tuple[int, str]]


def _set_under(starts: Sequence[int], pieces: Pieces) -> list[str]:
    row = [""] * len(starts)
    for at, text in pieces:
        column = _nearest(starts, at)
        row[column] = f"{row[column]} {text}".strip()
    return row


def _nearest(starts: Sequence[int], at: int) -> int:
    return min(range(len(starts)), key=lambda n: abs(starts[n] - at))


def _finer(starts: Sequence[int], pieces: Pieces) -> list[int]:
    """Return where a heading's own columns begin (中期, 年度 below 指标值), if a line has such."""
    if any(re.search(r"\d", text) for _, text in pieces):
        return []
    under = [_nearest(starts, at) for at, _ in pieces]
    return [at for (at, _), column in zip(pieces, under, strict=True) if under.count(column) > 1]


def _pieces(line: str) -> Pieces:
    """Return a line's cells, each with where it begins in columns of half-width signs."""
    found = []
    position = 0
    for part in re.split(f"({_GAP.pattern})", line.rstrip()):
        if part.strip():
            lead = len(part) - len(part.lstrip())
            found.append((position + lead, part.strip()))
        position += sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in part)
    return found
