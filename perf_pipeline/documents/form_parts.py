"""The parts of a form: lines about the project, and indicators below each header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from perf_pipeline.documents import head
from perf_pipeline.documents.indicator_header import Header, read_header
from perf_pipeline.documents.indicator_labels import Part
from perf_pipeline.documents.indicator_rows import IndicatorReader, IndicatorRow, ends_indicators
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.plan import is_plan_label

_LONG_TERM = re.compile(r"长期|中期|中长期|实施期")


@dataclass
class FormPart:
    """The indicators below one header."""

    reader: IndicatorReader
    long_term: bool
    words: set[tuple[int, str]]  # of the header, each with its column
    rows: list[IndicatorRow] = field(default_factory=list)


def indicator_parts(lines: Sequence[Line]) -> tuple[list[Line], list[FormPart], str]:
    """Part a form's lines into those about the project and about indicators, and its 总分."""
    rest: list[Line] = []
    parts: list[FormPart] = []
    score = ""
    skip = 0
    for index, line in enumerate(lines):
        if skip:
            skip -= 1
            continue
        words = _words(line)
        repeated = parts and len(words) > 2 and words <= parts[-1].words
        header = parts[-1].reader.header if repeated else read_header(lines, index)
        if header is not None:
            more = [_words(each) for each in lines[index + 1 : index + header.lines]]
            skip = sum(not repeated or each <= parts[-1].words for each in more)
            side = " ".join([*(c.text for c in line.cells[:1]), *_title(lines, index)])
            long_term = _LONG_TERM.search(squeeze(side)) is not None
            if parts and parts[-1].long_term == long_term:
                parts[-1].reader.take_header(header)
            else:
                parts.append(FormPart(IndicatorReader(header), long_term, words.union(*more)))
        elif parts and ends_indicators(line):
            # sums of weights, signatures: nothing about the project
            score = score or parts[-1].reader.total_score(line)
        elif parts and parts[-1].reader.takes_level(line):
            continue
        elif not parts or _is_of_head(line, parts[-1].reader.header):
            rest.append(line)
        else:
            parts[-1].rows += parts[-1].reader.read(line)
    return rest, parts, score


def _words(line: Line) -> set[tuple[int, str]]:
    return {(cell.column, label(cell.text)) for cell in line.cells if cell.text.strip()}


def _title(lines: Sequence[Line], index: int) -> list[str]:
    above = lines[index - 1] if index else None
    return [above.text] if above is not None and len(above.filled) == 1 else []


def _is_of_head(line: Line, header: Header) -> bool:
    """Tell a line about the project, or a title over the whole width, from an indicator."""
    if not (filled := line.filled):
        return False
    first, words = filled[0], label(filled[0].text)
    level3 = header.columns[Part.LEVEL3][0]
    value = header.columns.get(Part.VALUE, (level3,))[-1]
    leftmost = min(heads[0].column for heads in header.columns.values())
    if (
        len(filled) == 1
        and first.column <= leftmost
        and first.column + first.width > value.column > first.column
    ):
        return True
    named = head.NAME.fullmatch(words) or head.CODE.fullmatch(words) or is_plan_label(words)
    return first.column <= leftmost and bool(named or head.OBJECTIVE.fullmatch(words))
