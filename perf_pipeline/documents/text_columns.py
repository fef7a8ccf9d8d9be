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
    """Cut lines into cells; below the header of indicators, each falls under its heading."""
    rows: list[list[str]] = []
    starts: list[int] | None = None
    for line in lines:
        if not line.strip():
            continue
        pieces = _pieces(line)
        if len(_HEADER.findall(squeeze(line))) > 1:
            starts = [at for at, _ in pieces]
        if starts is None:
            rows.append([text for _, text in pieces])
            continue
        row = [""] * len(starts)
        for at, text in pieces:
            column = min(range(len(starts)), key=lambda n: abs(starts[n] - at))
            row[column] = f"{row[column]} {text}".strip()
        if rows and not row[0] and sum(bool(cell) for cell in row) == 1 and not row[-1]:
            # one more line of a cell above
            column = next(n for n, cell in enumerate(row) if cell)
            if rows[-1][column]:
                rows[-1][column] += row[column]
                continue
        rows.append(row)
    return rows


def _pieces(line: str) -> list[tuple[int, str]]:
    """Return a line's cells, each with where it begins in columns of half-width signs."""
    found = []
    position = 0
    for part in re.split(f"({_GAP.pattern})", line.rstrip()):
        if part.strip():
            lead = len(part) - len(part.lstrip())
            found.append((position + lead, part.strip()))
        position += sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in part)
    return found
