"""Plain text as it comes out of a Word file: paragraphs, and tables in one of three spellings.

- a cell a line: each begins with a tab, a line right below that does not is the cell's next line.
  A blank line ends a row, except in the table of indicators, whose cells may hold blank lines: its
  rows are cut by the number of header cells.
- a row a line, its cells parted by tabs or by bars (|), which may be drawn (│ ├──┼──┤ +--+--+).
- a row a line, its cells set under each other with blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from perf_pipeline.documents.head import CODE, NAME
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.model import Block, Cell, Paragraph, Table

_LEVELS = {"一级指标", "三级指标"}
_DRAWN = str.maketrans(dict.fromkeys("│┃║｜┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛", "|"))
_DRAWN_LINE = re.compile("[─━═]{2,}")  # one alone is a sign: 指标性质 ═
_RULE = re.compile(r"\s*\+[-=+]+\+\s*")  # +-----+-----+


def read_text(text: str) -> list[Block]:
    """Split text into paragraphs and tables, in their order."""
    lines = [_clean(line) for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))]
    blocks: list[Block] = []
    paragraphs = tables = 0
    for is_table, part in _parts(lines):
        if is_table:
            rows = [tuple(Cell(t.strip(), n) for n, t in enumerate(row)) for row in _rows(part)]
            if rows:
                tables += 1
                blocks.append(Table(tuple(rows), f"表{tables}", loose=True))
        else:
            paragraphs += 1
            blocks.append(Paragraph(part[0].strip(), paragraphs))
    return blocks


def _clean(line: str) -> str:
    bare = re.sub(r"\[bookmark:[^\]]*\]", "", line).rstrip("\x0c\x07")
    barred = _DRAWN_LINE.sub(lambda line: "-" * len(line[0]), bare.translate(_DRAWN))
    return barred.replace("+", "|") if _RULE.fullmatch(barred) else barred


def _parts(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Part the lines into paragraphs (one line each) and the lines of a table."""
    index = 0
    while index < len(lines):
        end = _end_of_table(lines, index)
        if end > index:
            yield True, list(lines[index:end])
            index = end
            continue
        if lines[index].strip():
            yield False, [lines[index]]
        index += 1


def _end_of_table(lines: Sequence[str], start: int) -> int:
    """Return where the table that begins at a line ends; `start` itself where none begins."""
    if "\t" in lines[start].rstrip() or lines[start].startswith("\t"):
        return _end_of_tabs(lines, start)
    if "|" in lines[start]:
        end = start
        while end < len(lines) and "|" in lines[end]:
            end += 1
        return end if end - start > 1 else start
    return set_in_columns(lines, start)


def _end_of_tabs(lines: Sequence[str], start: int) -> int:
    end, blank = start, False
    for index in range(start, len(lines)):
        line = lines[index]
        if "\t" in line:
            end, blank = index + 1, False
        elif not line.strip():
            blank = True
        elif blank:
            break
        else:
            end = index + 1
    return end


def _rows(lines: list[str]) -> list[list[str]]:
    if "\t" not in lines[0] and "|" in lines[0]:
        framed = all(re.fullmatch(r"\|.*\|", line.strip()) for line in lines)
        barred = [line.strip()[1:-1] if framed else line for line in lines]
        rows = [line.split("|") for line in barred]
        return [row for row in rows if not all(re.fullmatch(r"[\s:+=-]*", cell) for cell in row)]
    if not any("\t" in line for line in lines):
        return rows_by_position(lines)
    tabbed = [line for line in lines if "\t" in line]
    if any(not line.startswith("\t") for line in tabbed):
        return [line.split("\t") for line in lines if line.strip()]
    return _cell_a_line(lines)


def _cell_a_line(lines: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    width = 0  # of the table of indicators that the rows stand in
    for said in _ended_rows(lines):
        if NAME.fullmatch(label(said[0])) or CODE.fullmatch(label(said[0])):
            width = 0
        if rows and len(rows[-1]) + len(said) <= width:
            rows[-1] += said  # a cell's blank line, no row's end
        else:
            rows.append(said)
        if {squeeze(each) for each in said} >= _LEVELS:
            width = len(said)
    return rows


def _ended_rows(lines: list[str]) -> Iterator[list[str]]:
    """Give the cells between two blank lines; a line without a tab goes on with its cell."""
    row: list[str] = []
    ended = False
    for line in lines:
        if line.startswith("\t"):
            if ended and row:
                yield row
                row = []
            row += (part.strip() for part in line[1:].split("\t"))
            ended = False
        elif not line.strip():
            ended = True
        elif row:
            row[-1], ended = f"{row[-1]}\n{line}".strip(), False
    if row:
        yield row


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
    if len(pieces) == len(starts):
        return [text for _, text in pieces]  # two blanks between the cells, however long each is
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
