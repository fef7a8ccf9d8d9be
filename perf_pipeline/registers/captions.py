"""What stands around a table (表头上下的文字): texts that are no cells of its rows."""

from __future__ import annotations

from itertools import islice

from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import PROMPTS, SEARCHED_ROWS, Header, label_key


def texts(row: Row) -> list[str]:
    """Return what a row says, without a template's prompts (必填：…)."""
    said = [str(cell) for cell in row if label_key(cell)]
    return [text for text in said if not label_key(text).startswith(PROMPTS)]


def captions(sheet: OpenedSheet, header: Header) -> tuple[list[list[str]], list[list[str]]]:
    """Return the texts above a header, and those beside and below it that are no cells of rows."""
    known = {*header.positions.values(), header.credit, *header.beside}
    above: list[list[str]] = []
    beside: list[list[str]] = [[text] for text in header.unused.values()]
    for number, row in enumerate(islice(sheet.rows(), header.row + 1 + SEARCHED_ROWS)):
        if number <= header.row - len(header.rows):
            above.append(texts(row))
        elif number > header.row:
            said = texts(row)
            others = [cell for at, cell in enumerate(row) if at not in known]
            beside.append(said if len(said) <= 3 else texts(others))
    return above, beside
