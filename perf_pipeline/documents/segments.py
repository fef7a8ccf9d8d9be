"""Where forms begin and end: tables split over pages, and several forms in one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from perf_pipeline.documents.bare_rows import names_and_target
from perf_pipeline.documents.column_words import Part, names_level
from perf_pipeline.documents.head import CODE, DEPARTMENT, NAME, names_project
from perf_pipeline.documents.heading import is_labelled_heading
from perf_pipeline.documents.labels import LONGEST_LABEL, after_colon, label, squeeze, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Block, Cell, Paragraph, Row

TITLE = re.compile(
    r".*(?:绩效|自评|监控|项目支出|项目申报|预算项目|整体支出).*表(?:[(（].*[)）])?$"
)
_PAGE_FURNITURE = re.compile(
    r"[-—–\s\d第页共/]*|(?:[Ss]heet|[Tt]able|[Pp]age)\s*\d+|(?:续表|接上表|附表?|表)[\s\d:：]*|[(（]?续.{0,2}[)）]?|.*表[(（]续.{0,2}[)）]"
)
_OF_LEVELS = re.compile(r"指标|效益|效果|满意|产出|成本|时效|质量|数量")
_OF_GOALS = re.compile("(?:绩效|考核|工作|年度|项目|总体)(?:指标|目标)")
_HALF_OF_FORM = re.compile("(?:中?长期|中期|实施期|年度|当年|本年度?)(?:总体)?绩效(?:目标|指标)表?")
_PAGE = re.compile(r"第\d+页")
_OPENING = 6  # lines in which a form says what it is about
_CAPTIONS = 6  # paragraphs above a table that may caption it
_DEPARTMENT_FORM = re.compile(r"年度主要任务|主要任务")


@dataclass(frozen=True)
class Segment:
    """The lines of one form, with the paragraphs and titles above it."""

    captions: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """The form's title (项目支出绩效目标表), nearest above it; empty where it has none."""
        inside = [line.text for line in self.lines[:3] if len(line.filled) == 1]
        titles = (text for text in (*inside, *reversed(self.captions)) if _is_title(text))
        return next(titles, "")

    @property
    def is_of_goals(self) -> bool:
        """Whether a caption or a field says that targets stand here, whatever heads them."""
        said = [*self.captions, *(line.filled[0].text for line in self.lines if line.filled)]
        return any(len(t) <= LONGEST_LABEL and _OF_GOALS.search(squeeze(t)) for t in said)

    @property
    def unit(self) -> str | None:
        """The money unit named in a caption: 单位：万元."""
        head = [cell.text for line in self.lines[:_OPENING] for cell in line.filled]
        lone = [text for text in head if squeeze(text).startswith(("单位:", "(单位", "金额单位"))]
        texts = (*lone, *reversed(self.captions))
        return next((unit for text in texts if (unit := unit_of(text))), None)


def segments(blocks: Iterable[Block]) -> Iterator[Segment]:
    """Give the forms among a document's blocks, in their order."""
    captions: list[str] = []
    opened: list[str] = []
    lines: list[Line] = []
    width = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            captions.append(block.text)
            continue
        rows = (Line(row, block.place(n), block.loose) for n, row in enumerate(block.rows))
        here = [line for row in rows for line in row.with_level_below()]
        if not (lines and _goes_on(lines, width, here, captions)):
            yield from _split(opened, lines)
            opened, lines = captions[-_CAPTIONS:], []
        above = captions[-1] if captions else ""
        banner = lines and above and not _PAGE_FURNITURE.fullmatch(squeeze(above))
        if banner or _HALF_OF_FORM.fullmatch(label(above)) or names_level(above):
            over = Cell(above, 0, width if banner else 1)  # 2023年完成情况
            lines.append(Line((over,), here[0].where))
        lines += here
        width = _width(block.rows)
        captions = []
    yield from _split(opened, lines)


def _is_title(text: str) -> bool:
    if len(text) > LONGEST_LABEL or TITLE.match(squeeze(text)) is None:
        return False
    return _PAGE_FURNITURE.fullmatch(squeeze(text)) is None


def _width(rows: Iterable[Row]) -> int:
    return max((cell.column + cell.width for row in rows for cell in row), default=0)


def _goes_on(
    before: Sequence[Line], width: int, here: Sequence[Line], captions: Sequence[str]
) -> bool:
    """Tell whether a table carries on the one before it.

    One without a header must look like more of the same: as wide, on the same sheet, and
    beginning with a level of indicators, with blanks for those above, or, on the next page of a
    PDF where the table before has no levels, with a name and its target.
    """
    sheet = here[0].where.sheet or ""
    new_sheet = sheet != before[-1].where.sheet and "工作表" in here[0].where
    if new_sheet and here[0].is_of_body and _PAGE_FURNITURE.fullmatch(squeeze(sheet)):
        new_sheet = False  # a page of the table before
    opening = range(min(len(here), _OPENING))
    header = next((n for n in opening if is_labelled_heading(here, n)), len(opening))
    if any(_begins(line) for line in here[:header]):
        return False
    between = [text for text in captions if not _PAGE_FURNITURE.fullmatch(squeeze(text))]
    between = [text for text in between if not _HALF_OF_FORM.fullmatch(label(text))]
    rows = (before[-1].where.row or 0, here[0].where.row or 0)
    inside = not new_sheet and rows[0] + 2 == rows[1]
    if (here[0].is_of_body or inside) and len(between) == 1 and not _is_title(between[0]):
        between = []  # a banner inside the table: the office whose projects follow
    headed = header < min(len(here), 3)
    last = _width(line.cells for line in here)
    begun = max((n for n, line in enumerate(before) if _begins(line)), default=0)
    parted = inside and is_labelled_heading([before[-1], *here], 0)
    if not parted and not any(
        is_labelled_heading(before, n) for n in range(begun, len(before))
    ):  # only a head so far
        further = not between and last == width and not new_sheet and _is_rest_of_form(here)
        if headed or further:
            return _begins(before[begun])
    first = next((line for line in here if line.filled), None)
    goes_on = first is not None and (
        inside
        or first.filled[0] is not first.cells[0]
        or _OF_LEVELS.search(first.text)
        or (_on_next_page(before, first) and names_and_target(first))
    )
    return not between and (headed or (last == width and not new_sheet and bool(goes_on)))


def _on_next_page(before: Sequence[Line], first: Line) -> bool:
    """Tell whether a table without levels may be cut by the end of a page of a PDF."""
    pages = [_PAGE.match(where) for where in (before[-1].where, first.where)]
    cut = all(pages) and len({page[0] for page in pages if page}) > 1
    return cut and not any(line.is_of_body for line in before)


def _is_rest_of_form(lines: Sequence[Line]) -> bool:
    """Tell whether a header of indicators follows before another form begins."""
    for index, line in enumerate(lines):
        if is_labelled_heading(lines, index):
            return True
        if _begins(line):
            return False
    return False


def _begins(line: Line) -> bool:
    if is_labelled_heading((line,), 0):
        return False
    if names_project(line):
        return True
    filled = line.filled
    if not filled:
        return False
    pair = after_colon(filled[0].text)
    first = pair[0] if pair is not None else label(filled[0].text)
    if DEPARTMENT.fullmatch(first) and "名称" in first:
        return True
    if _DEPARTMENT_FORM.fullmatch(first):
        return True
    title = len(filled) == 1 and _is_title(filled[0].text)
    return title and _HALF_OF_FORM.fullmatch(first) is None


def _split(captions: Sequence[str], lines: Sequence[Line]) -> Iterator[Segment]:
    """Cut one table's lines where another form begins after the indicators of the one before."""
    if forms := _side_by_side(lines):
        for form in forms:
            yield from _split(captions, form)
        return
    start = 0
    headed = False
    above = tuple(captions)
    for index, line in enumerate(lines):
        if line.is_of_body or is_labelled_heading(lines, index):
            headed = True
        elif headed and _begins(line):
            begin = index
            while begin - 1 > start and _opens_with(lines[begin - 1]):
                begin -= 1
            yield Segment(above, tuple(lines[start:begin]))
            start, headed, above = begin, False, tuple(captions)
    if lines[start:]:
        yield Segment(above, tuple(lines[start:]))


def _side_by_side(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut forms that stand side by side, each with its project's name; none for other lines."""
    named = ([c.column for c in x.filled if NAME.fullmatch(label(c.text))] for x in lines)
    begins = next((columns[1:] for columns in named if len(columns) > 1), [])
    if not begins:
        return []
    spans = [range(*ends) for ends in pairwise((0, *begins, _width(x.cells for x in lines)))]
    forms = [
        [replace(x, cells=tuple(c for c in x.cells if c.column in span)) for x in lines]
        for span in spans
    ]
    whole = all({Part.LEVEL3, Part.VALUE} <= {p for x in form for p in x.parts} for form in forms)
    return forms if whole else []


def _opens_with(line: Line) -> bool:
    """Tell whether a line just above a project's name belongs to the same form's head."""
    filled = line.filled
    if not filled or line.is_foot:
        return False
    first = label(filled[0].text)
    if CODE.fullmatch(first) or DEPARTMENT.fullmatch(first):
        return True
    return len(filled) == 1 and filled[0].column == 0 and not any(c.continues for c in line.cells)
