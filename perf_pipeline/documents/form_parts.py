"""The parts of a form: lines about the project, and indicators below each header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from perf_pipeline.documents import head
from perf_pipeline.documents.body_columns import is_number
from perf_pipeline.documents.column_words import (
    Part,
    is_term,
    level_in_front,
    names_level,
    part_of,
)
from perf_pipeline.documents.columns import PACKED, Header, header_of_body, read_header
from perf_pipeline.documents.indicator_rows import IndicatorReader, IndicatorRow, valued
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Confidence, Indicator, Where
from perf_pipeline.documents.packed_cells import Packed, clauses_of, items_of, unpack
from perf_pipeline.documents.plan import is_plan_label
from perf_pipeline.documents.side_by_side import one_below_the_other
from perf_pipeline.domain.target import Target, TargetKind
from perf_pipeline.domain.target_grammar import begins_with_sign, is_sign, parse_target
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

_WORDS = re.compile("[一-鿿]{2}")
_NUMBERS = (TargetKind.NUMBER, TargetKind.RANGE)
_LONG_TERM = re.compile(r"长期|中期|中长期|实施期")
_SORT = re.compile("(?:定性|定量)(?:指标)?")
_AS_ABOVE = re.compile("[同〃″]")
_OF_INDICATORS = re.compile("指标|目标|绩效")
_NOT_PROMISED = re.compile(r"上年|上一年|去年|实际|完成|执行|自评")


@dataclass
class FormPart:
    """The indicators below one header."""

    reader: IndicatorReader
    long_term: bool
    words: set[tuple[int, str]]  # of the header, each with its column
    rows: list[IndicatorRow] = field(default_factory=list)


@dataclass
class FormLines:
    """A form's lines: those about the project, those of indicators, and its 总分."""

    rest: list[Line] = field(default_factory=list)
    parts: list[FormPart] = field(default_factory=list)
    score: str = ""
    unread: list[Line] = field(default_factory=list)

    @property
    def not_understood(self) -> list[Line]:
        """The lines that look like indicators and gave none."""
        return [*self.unread, *(line for part in self.parts for line in part.reader.unread)]

    @property
    def rows_read(self) -> int:
        """How many lines gave an indicator."""
        return len({(row.indicator.where, id(part)) for part in self.parts for row in part.rows})

    def tell_bare_rows(self) -> None:
        """Tell the rows of names and targets that stand below no heading and no level.

        Two are told where one has a sign (≥86公里), three in any case: 人员 | 30人 may be about
        the office.
        """

        def looks_like_one(line: Line) -> bool:
            stated = len(line.filled) == 1 and items_of(line.filled[0].text, "")  # 维修管网≥15公里
            return _names_and_target(line) or bool(line.level_alone or stated)

        runs = (list(lines) for found, lines in groupby(self.rest, looks_like_one) if found)
        for run in runs:
            rows = [line for line in run if not line.level_alone]
            signed = any(begins_with_sign(c.text) for line in rows for c in line.filled)
            if len(rows) > 2 or (len(run) > 1 and (signed or len(rows) < len(run))):
                self.unread += rows
        self.rest = [line for line in self.rest if line not in self.unread]


def _packed_row(packed: Packed, where: Where, year: int | None) -> IndicatorRow:
    """Return the row of an indicator that stands in one cell with others."""
    text, sure = Target(TargetKind.TEXT), Confidence.GUESSED
    says = Indicator(packed.level3, "", text, where, sure, packed.level1, packed.level2)
    return IndicatorRow(valued(says, packed.raw_value, year))


def _names_and_target(line: Line) -> bool:
    """Tell whether a row holds a name and, beside it, a target; an amount of money needs a sign."""
    texts = [cell.text for cell in line.filled]
    at = next((n for n, text in enumerate(texts) if _WORDS.search(text)), len(texts))
    if line.is_foot or at + 1 >= len(texts) or any(_is_of_project(t) for t in texts[: at + 1]):
        return False
    beside = texts[at + 1 :]
    units = [t for t in beside if is_measure_word(squeeze(t)) and "元" not in t]
    for text in beside:
        target = parse_target(text)
        counted = bool(target.unit and "元" not in target.unit) or bool(units and is_number(text))
        if is_sign(text) or (target.kind in _NUMBERS and (begins_with_sign(text) or counted)):
            return parse_target(texts[at]).kind not in _NUMBERS
    return False


def _is_of_project(text: str) -> bool:
    """Tell whether a text is a label of a form's head, of a plan or of a column, or a time."""
    bare = label(text)
    field = head.is_field(text) or head.OBJECTIVE.fullmatch(bare) is not None
    return field or part_of(text) is not None or is_plan_label(text) or is_term(text)


def indicator_parts(lines: Sequence[Line], year: int | None = None) -> FormLines:
    """Part a form's lines; each stands in one of its lists or says nothing."""
    found = FormLines()
    parts = found.parts
    lines = one_below_the_other(lines)
    skip = 0
    aside = False
    for index, line in enumerate(lines):
        if skip:
            skip -= 1
            continue
        words = _words(line)
        repeated = bool(parts) and len(words) > 2 and words <= parts[-1].words
        if repeated:
            header: Header | None = parts[-1].reader.header
        else:
            header = read_header(lines, index, year, by_labels=bool(parts))
        begun: list[Line] = []
        aside = header is None and bool(parts) and _is_aside(line, parts[-1], aside)
        if aside and not line.is_foot:
            few = len(line.filled) < 3 and not _names_and_target(line)
            own = few or _is_of_project(line.filled[0].text)
            (found.rest if own else found.unread).append(line)
            continue
        if header is None and not parts and (header := header_of_body(lines, index)):
            while found.rest and _stands_over(found.rest[-1], line, header):
                begun.insert(0, found.rest.pop())
        if header is not None:
            more = [_words(each) for each in lines[index + 1 : index + header.lines]]
            skip = sum(not repeated or each <= parts[-1].words for each in more)
            side = " ".join([_beside(lines, index), *_title(lines, index)])
            long_term = _LONG_TERM.search(squeeze(side)) is not None
            if parts and parts[-1].long_term == long_term:
                parts[-1].reader.header = header  # repeated on another page
            else:
                parts.append(FormPart(IndicatorReader(header, year), long_term, words.union(*more)))
            if header.lines:
                continue
        for each in (*begun, line):
            _take(each, found, year)
    if not parts:
        _take_clauses(found, year)
    return found


def _take_clauses(found: FormLines, year: int | None) -> None:
    """Where no heading stands at all, take what stands in clauses beside its level.

    What is promised beyond the year, or was done, is none of the year's targets: it stays told.
    """
    part = FormPart(IndicatorReader(PACKED, year), False, set())
    side = ""
    for line in list(found.unread):
        first = line.cells[0].text
        side = side if names_level(first) or not first.strip() else squeeze(first)
        if _LONG_TERM.search(side) or _NOT_PROMISED.search(side):
            continue
        if packed := clauses_of([cell.text for cell in line.filled]):
            part.rows += (_packed_row(each, line.where, year) for each in packed)
            found.unread.remove(line)
    found.parts += [part] if part.rows else []


def _stands_over(above: Line, line: Line, header: Header) -> bool:
    """Tell whether a row above the first that names a level is of the same body."""
    name, value = (header.columns.get(part, (range(0),))[0] for part in (Part.LEVEL3, Part.VALUE))
    cells = [(above.covering(span.start), line.covering(span.start)) for span in (name, value)]
    for upper, lower in cells:
        if upper is None or lower is None or not upper.text.strip():
            return False
        if (upper.column, upper.width) != (lower.column, lower.width):
            return False
    if head.is_field(above.filled[0].text) or any(above.parts):
        return False  # 主管部门 | 某局, or the heading: they only stand in the same columns
    words = cells[0][0]
    return words is not None and not is_number(words.text) and len(above.filled) > 1


def _take(line: Line, found: FormLines, year: int | None) -> None:
    part = found.parts[-1] if found.parts else None
    if packed := [each for cell in line.filled for each in unpack(cell.text)]:
        if part is None:
            part = FormPart(IndicatorReader(PACKED, year), False, set())
            found.parts.append(part)
        part.rows += (_packed_row(each, line.where, year) for each in packed)
    elif part is None:
        level = next((each for each in reversed(found.unread) if each.is_of_body), None)
        below = level is not None and _goes_on_below(level, line)
        below = below or any(any(level_in_front(cell.text)) for cell in line.filled)
        looks_like_one = line.is_of_body or below or _has_sign_and_value(line)
        (found.unread if looks_like_one else found.rest).append(line)
    elif line.is_foot:
        # sums of weights, signatures: nothing about the project
        found.score = found.score or part.reader.total_score(line)
    elif part.reader.takes_level(line):
        return
    elif _is_of_head(line, part.reader.header):
        (found.unread if line.is_of_body else found.rest).append(line)
    else:
        part.rows += part.reader.read(line)


def _is_aside(line: Line, part: FormPart, before: bool) -> bool:
    """Tell whether a line is of another table below the indicators (支出明细, 实施进度).

    Such a table has a label of its own beside the levels, or words where levels stood so far.
    """
    columns = part.reader.header.columns
    levels = [columns[each][0].start for each in (Part.LEVEL1, Part.LEVEL2) if each in columns]
    leftmost = min(spans[0].start for spans in columns.values())
    if not (line.filled and part.rows and levels) or min(levels) > leftmost:
        return before
    first = line.filled[0]
    begun = [cell.text for cell in line.filled if cell.column in levels]
    if any(names_level(t) and (t == begun[0] or "指标" in t) for t in begun) or line.level_alone:
        return False
    if first is not line.cells[0] or _AS_ABOVE.match(first.text):
        return before
    labelled = first.column < min(levels) and _WORDS.search(first.text) is not None
    said = (text for r in part.rows for text in (r.indicator.level1, r.indicator.level2) if text)
    others = len(begun) > 1 and all(map(names_level, said)) and not _names_and_target(line)
    return before or ((labelled or others) and not _OF_INDICATORS.search(first.text))


def _has_sign_and_value(line: Line) -> bool:
    """Tell whether a row is like an indicator's without any heading: a sign stands in a cell."""
    filled = line.filled
    return len(filled) > 2 and any(
        is_sign(cell.text) or _SORT.fullmatch(squeeze(cell.text)) for cell in filled[1:]
    )


def _goes_on_below(unread: Line, line: Line) -> bool:
    """Tell whether a row leaves the levels blank that one not understood above it names.

    Where several levels stand beside each other, the rows below hold an indicator of each.
    """
    filled = line.filled
    if sum(names_level(cell.text) for cell in unread.filled) > 2:
        return len(filled) > 3 and not line.is_foot
    if len(filled) < 2 or line.is_foot or unread.where.sheet != line.where.sheet:
        return False
    return filled[0].column > unread.filled[0].column


def _words(line: Line) -> set[tuple[int, str]]:
    return {(cell.column, label(cell.text)) for cell in line.cells if cell.text.strip()}


def _beside(lines: Sequence[Line], index: int) -> str:
    """Return what stands beside a heading; in a loose line it is written above (长期目标)."""
    line = lines[index]
    sides = (each.cells[0].text for each in reversed(lines[: index + 1]) if each.cells)
    return next((text for text in sides if text.strip() or not line.loose), "")


def _title(lines: Sequence[Line], index: int) -> list[str]:
    above = next((line for line in reversed(lines[:index]) if line.filled), None)
    return [above.text] if above is not None and len(above.filled) == 1 else []


def _is_of_head(line: Line, header: Header) -> bool:
    """Tell a line about the project, or a title over the whole width, from an indicator."""
    if not (filled := line.filled):
        return False
    first, words = filled[0], label(filled[0].text)
    level3 = header.columns[Part.LEVEL3][0]
    value = header.columns.get(Part.VALUE, (level3,))[-1]
    leftmost = min(spans[0].start for spans in header.columns.values())
    if (
        len(filled) == 1
        and first.column <= leftmost
        and first.column + first.width > value.start > first.column
    ):
        return True
    named = head.NAME.fullmatch(words) or head.CODE.fullmatch(words) or is_plan_label(words)
    return first.column <= leftmost and bool(named or head.OBJECTIVE.fullmatch(words))
