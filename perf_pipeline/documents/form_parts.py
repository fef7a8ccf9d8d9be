"""The parts of a form: lines about the project, and indicators below each header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from perf_pipeline.documents import head
from perf_pipeline.documents.bare_rows import bare_rows, is_of_project, is_sure, names_and_target
from perf_pipeline.documents.body_columns import is_number
from perf_pipeline.documents.column_words import (
    Part,
    is_area_of_targets,
    level_in_front,
    names_level,
)
from perf_pipeline.documents.columns import PACKED, Header, header_of_body, read_header
from perf_pipeline.documents.heading import begins_others, is_of_others
from perf_pipeline.documents.indicator_rows import DITTO, IndicatorReader, IndicatorRow, valued
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell, Confidence, Indicator, Where
from perf_pipeline.documents.packed_cells import Packed, clauses_of, unpack
from perf_pipeline.documents.plan import is_plan_label
from perf_pipeline.documents.segments import Segment
from perf_pipeline.documents.side_by_side import one_below_the_other
from perf_pipeline.domain.target import NUMBERS, Target, TargetKind
from perf_pipeline.domain.target_grammar import begins_with_sign, parse_target

_WORDS = re.compile("[一-鿿]{2}")
_BANNER = re.compile(
    "(?:(?P<year>20[0-9]{2})年度?|上年度?|去年)(?:[一-鿿]{0,6}(?:完成|执行|实现|目标|指标|情况)[一-鿿]{0,4})"
)
_UNIT = re.compile(r"[(（]?(?:金额|计量)?单位:")
_CHAPTER = re.compile(r"第[一二三四五六七八九十]{1,3}部分|[(（]?[一二三四五六七八九十]{1,3}[)）、]")
_LONG_TERM = re.compile(r"长期|中期|中长期|实施期")
_OF_INDICATORS = re.compile("指标|目标|绩效")
_NOT_PROMISED = re.compile(r"上年|上一年|去年|实际|完成|执行|自评")


@dataclass
class FormPart:
    """The indicators below one header."""

    reader: IndicatorReader
    long_term: bool
    words: set[tuple[int, str]]  # of the header, each with its column
    rows: list[IndicatorRow] = field(default_factory=list)

    def is_headed_by(self, line: Line) -> bool:
        """Tell whether a line says no more than its header, as on another page."""
        said = (cell for cell in line.cells if cell.text.strip())
        return all((cell.column, label(cell.text)) in self.words for cell in said)


@dataclass
class FormLines:
    """A form's lines: those about the project, those of indicators, and its 总分."""

    rest: list[Line] = field(default_factory=list)
    parts: list[FormPart] = field(default_factory=list)
    score: str = ""
    unread: list[Line] = field(default_factory=list)
    of_other_year: bool = False  # what stands below 2023年完成情况 is told

    @property
    def not_understood(self) -> list[Line]:
        """The lines that look like indicators and gave none."""
        return [*self.unread, *(line for part in self.parts for line in part.reader.unread)]

    @property
    def rows_read(self) -> int:
        """How many lines gave an indicator."""
        return len({(row.indicator.where, id(part)) for part in self.parts for row in part.rows})


def _packed_row(packed: Packed, where: Where, year: int | None) -> IndicatorRow:
    """Return the row of an indicator that stands in one cell with others."""
    text, sure = Target(TargetKind.TEXT), Confidence.GUESSED
    says = Indicator(packed.level3, "", text, where, sure, packed.level1, packed.level2)
    return IndicatorRow(valued(says, packed.raw_value, year))


def indicator_parts(segment: Segment, year: int | None) -> FormLines:
    """Part a form's lines; each stands in one of its lists or says nothing."""
    found = FormLines()
    parts = found.parts
    lines = one_below_the_other(segment.lines)
    skip = 0
    aside = False
    others: Line | None = None  # the heading of another table
    for index, line in enumerate(lines):
        if skip:
            skip -= 1
            continue
        repeated = len(line.filled) > 2 and bool(parts) and parts[-1].is_headed_by(line)
        if repeated:
            header: Header | None = parts[-1].reader.header
        else:
            header = read_header(lines, index, year, by_labels=bool(parts))
        begun: list[Line] = []
        if header is None and parts and begins_others(lines, index):
            others = line
        elif header is not None or line.is_of_body or line.level_alone:
            others = None
        if others is not None:  # nothing about the project, its money neither
            if _may_be_promised(line, parts[-1].reader.header, others):
                found.unread.append(line)
            continue
        aside = header is None and bool(parts) and _is_aside(line, parts[-1], aside)
        if aside and not line.is_foot:
            few = len(line.filled) < 3 and not names_and_target(line)
            own = few or is_of_project(line.filled[0].text)
            (found.rest if own else found.unread).append(line)
            continue
        if header is None and not parts and (header := header_of_body(lines, index)):
            while found.rest and _stands_over(found.rest[-1], line, header):
                begun.insert(0, found.rest.pop())
        if header is not None:
            found.of_other_year = False
            below = lines[index + 1 : index + header.lines]
            skip = sum(not repeated or parts[-1].is_headed_by(each) for each in below)
            above = next((each for each in reversed(lines[:index]) if each.filled), line)
            title = above.text if len(above.filled) == 1 else ""
            side = f"{_beside(lines, index)} {title}"
            long_term = _LONG_TERM.search(squeeze(side)) is not None
            if parts and parts[-1].long_term == long_term:
                parts[-1].reader.header = header  # repeated on another page
            else:
                words = _words(line).union(*map(_words, below))
                parts.append(FormPart(IndicatorReader(header, year), long_term, words))
            if header.lines:
                continue
        for each in (*begun, line):
            _take(each, found, year)
    if not parts:
        _take_clauses(found, year)
    if not parts:
        _take_bare_rows(found, segment, year)
    asked = [line for line in found.rest if any(_is_asked(cell) for cell in line.filled)]
    found.rest = [line for line in found.rest if line not in asked]
    found.unread += asked
    return found


def _may_be_promised(line: Line, header: Header, others: Line) -> bool:
    """Tell whether a row below another table's heading may be an indicator's, and is told."""
    if any(map(_is_asked, line.filled)):
        return True
    parts = (header.columns.get(part) for part in (Part.LEVEL3, Part.VALUE))
    cells = tuple(cell for spans in parts if spans and (cell := line.covering(spans[0].start)))
    return names_and_target(replace(line, cells=cells)) and not is_of_others(line, others)


def _is_asked(cell: Cell) -> bool:
    """Tell whether a cell holds a target and nothing else, so that its row is told if not read."""
    return begins_with_sign(cell.text) and parse_target(cell.text).kind in NUMBERS


def _take_bare_rows(found: FormLines, segment: Segment, year: int | None) -> None:
    """Take the rows of names and targets below no heading that names both; tell the unclear."""
    above = " ".join([*segment.captions[-1:], segment.title])
    for run in list(bare_rows(found.rest, above, of_goals=segment.is_of_goals)):
        places = {line.where for line in run.lines}
        found.rest = [line for line in found.rest if line.where not in places]
        if run.header is None:
            found.unread += run.lines
            continue
        part = FormPart(IndicatorReader(run.header, year), False, set())
        for line in run.lines:
            if not part.reader.takes_level(line):
                part.rows += part.reader.read(line)
        found.parts.append(part)


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
        (found.unread if line.is_of_body or below else found.rest).append(line)
    elif line.is_foot:
        # sums of weights, signatures: nothing about the project
        found.score = found.score or part.reader.total_score(line)
    elif len(line.filled) == 1 and _is_of_other_year(line.filled[0].text, year):
        found.of_other_year = True
    elif found.of_other_year:
        found.unread += [line] if len(line.filled) > 1 else []
    elif part.reader.takes_level(line):
        return
    elif _is_of_head(line, part):
        (found.unread if line.is_of_body else found.rest).append(line)
    else:
        part.rows += part.reader.read(line)


def _is_of_other_year(text: str, year: int | None) -> bool:
    """Tell whether a banner says that what follows was done, or in another year than the form's."""
    found = _BANNER.fullmatch(squeeze(text))
    return found is not None and (found["year"] is None or found["year"] != str(year))


def _is_aside(line: Line, part: FormPart, before: bool) -> bool:
    """Tell whether a line is of another table below the indicators (支出明细, 实施进度).

    Such a table has a label of its own beside the levels, or words where levels stood so far:
    设备清单 | 显微镜 | XSP-2 | 30台, not 履职效果 | 公众评价 | 满意度 | ≥90%.
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
    if first is not line.cells[0] or DITTO.match(first.text):
        return before
    labelled = first.column < min(levels) and _WORDS.search(first.text) is not None
    said = (text for r in part.rows for text in (r.indicator.level1, r.indicator.level2) if text)
    others = len(begun) > 1 and all(map(names_level, said))
    others = others and (not is_sure(line) or not all(map(is_area_of_targets, begun)))
    return before or ((labelled or others) and not _OF_INDICATORS.search(first.text))


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


def _is_banner(text: str, part: FormPart) -> bool:
    """Tell 单位：次, or 二、管护部分 among names that are not numbered so, from a name."""
    if _UNIT.match(squeeze(text)):
        return True
    rows = [row.indicator for row in part.rows]
    said = [text for each in rows for text in (each.level1, each.level3)]
    standard = all(not each.level1 or names_level(each.level1) for each in rows)
    valued = any(each.raw_value for each in rows)
    return bool(valued and standard and _CHAPTER.match(text) and not any(map(_CHAPTER.match, said)))


def _is_of_head(line: Line, part: FormPart) -> bool:
    """Tell a line about the project, or a banner over those that follow, from an indicator."""
    if not (filled := line.filled):
        return False
    header = part.reader.header
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
    if len(filled) == 1 and first.column <= leftmost and _is_banner(first.text, part):
        return True
    named = head.NAME.fullmatch(words) or head.CODE.fullmatch(words) or is_plan_label(words)
    return first.column <= leftmost and bool(named or head.OBJECTIVE.fullmatch(words))
