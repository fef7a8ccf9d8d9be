"""Rows of indicators: levels filled from above, values put together from their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from perf_pipeline.documents.column_words import (
    Part,
    first_level_of,
    is_first_level,
    level_in_front,
    names_level,
    part_of,
    two_levels,
)
from perf_pipeline.documents.columns import Header
from perf_pipeline.documents.labels import label, one_line, squeeze, without_blanks
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import AreaTarget, Cell, Confidence, Filled, Indicator
from perf_pipeline.documents.packed_cells import (
    IN_WORDS,
    PLACEHOLDER,
    is_list,
    is_said,
    items_of,
    put_together,
    says_something,
    under_levels,
    with_room_of_name,
    with_unit_of_heading,
)
from perf_pipeline.documents.several_columns import choose_value
from perf_pipeline.domain.target import Target, TargetKind
from perf_pipeline.domain.target_grammar import begins_with_sign, is_sign, parse_target

_CAPTION = re.compile(r"[(（]?(?:金额)?单位[:：](?:人民币)?(?:亿|[百千]?万|[百千])?元[)）]?")
_TOTAL = re.compile(r"合计|总计|总分|总得分|自评总分")
DITTO = re.compile(r"同[上前]?|[〃″\"“”]+")  # written where others leave a blank: as above
_NAME = re.compile(r"[一-鿿A-Za-z]")
_HEADS_NAMES = re.compile("(?:考核|指标|具体|工作)?(?:内容|事项|名称)")
_TWO_BOUNDS = re.compile(  # ≥50人≥9个, from two lines; not ≥1期；≥2期
    r"([≥≤])\d[\d.,]*[^\d≥≤();,、。]*(?:\1\d[\d.,]*[^\d≥≤();,、。]*)+"
)
_TICK = re.compile(r"[√✓✔☑■●是Yy1]|\[x\]", re.IGNORECASE)
LONGEST_VALUE = 300
_FIRST = (Part.LEVEL1, Part.LEVEL2, Part.LEVEL3, Part.OPERATOR, Part.VALUE, Part.UNIT)


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator, and what its row says of the project in a list of several."""

    indicator: Indicator
    project: str = ""
    objective: str = ""
    amount: str = ""
    maker: str = ""
    first_value: str = ""  # what was asked before the target was changed in the year


def read_value(raw: str, year: int | None) -> Target:
    """Read a value; one longer than a value can be is prose, and no grammar need look at it."""
    if len(raw) > LONGEST_VALUE:
        return Target(TargetKind.TEXT)
    return parse_target(raw, fiscal_year=year)


def valued(indicator: Indicator, raw: str, year: int | None) -> Indicator:
    """Return an indicator with a value; what is only words, a person must read."""
    target = read_value(raw, year)
    sure = Confidence.PERSON if target.kind is TargetKind.TEXT else indicator.confidence
    return replace(indicator, raw_value=raw, target=target, confidence=sure)


@dataclass
class IndicatorReader:
    """Reads the rows below a header, one after another, remembering what stands above."""

    header: Header
    year: int | None
    midterm: int = 0
    unread: list[Line] = field(default_factory=list)
    _above: dict[Part, str] = field(default_factory=dict)

    def takes_level(self, line: Line) -> bool:
        """Take a row that only names the level of those below it, where no column names it."""
        name = line.level_alone
        if not name or Part.LEVEL1 in self.header.columns:
            return False
        above = self._above.get(Part.LEVEL1, "")
        first, second = two_levels(name)
        if not second and not is_first_level(name, above):
            of = first_level_of(name)  # 社会效益 below the indicators of 产出指标
            first, second = "" if of and of[:2] not in above else above, name
        self._above |= {Part.LEVEL1: first, Part.LEVEL2: second}
        return True

    def total_score(self, line: Line) -> str:
        """Return what a line of sums (总分) says below 得分; empty for another line."""
        heads = self.header.columns.get(Part.SCORE)
        if not heads or not _TOTAL.fullmatch(label(line.filled[0].text)):
            return ""
        cell = line.covering(heads[0].start)
        return one_line(cell.text) if cell is not None and cell.column == heads[0].start else ""

    def read(self, line: Line) -> Iterator[IndicatorRow]:
        """Give the row's indicator; none for blank rows, sums and places left to write on.

        A row that says something that is not understood is kept in `unread`.
        """
        if not line.filled or any(_CAPTION.fullmatch(squeeze(c.text)) for c in line.filled):
            return  # blank, the rest of an indicator that takes several rows, or a caption
        cells = self._cells(line)
        first = choose_value(cells, self.header.columns.get(Part.VALUE, ()))
        text = {part: one_line(" ".join(c.text for c in found)) for part, found in cells.items()}
        signs = (squeeze(cell.text) for cell in cells.get(Part.OPERATOR, ()))
        text[Part.OPERATOR] = next((s for s in signs if is_sign(s) or s in IN_WORDS), "")
        beside = [line.covering(at) for at in self.header.midterm]
        self.midterm += sum(1 for each in beside if each and says_something(each.text))
        project = self._kept(Part.PROJECT, text)
        level1, level2 = self._levels(text)
        standard = "" if level1 else first_level_of(level2)
        packed = "\n".join(c.text for c in cells.get(Part.LEVEL3, ()))
        level3 = without_blanks(packed)
        raw = self._with_unit(level3, text, text.get(Part.VALUE, ""))
        if not level2 and (front := level_in_front(level3))[0]:
            level1, level2 = level1 or front[0], front[1] or (front[0] if level1 else "")
        areas = tuple(self._areas(line, text, level3))
        if not level3 and (raw or areas) and self._covers_level3(cells):
            level3 = level2  # one cell over both columns
        values = "\n".join(c.text for c in cells.get(Part.VALUE, ()))
        apart = not areas and not text[Part.OPERATOR] and not text.get(Part.UNIT)
        alone = Part.VALUE not in self.header.columns and not self.header.doubtful
        # whose ≥ and 次 it is, nobody says
        several = items_of(packed, values, alone=alone) if apart else []
        two = (is_list(packed) and raw) or _TWO_BOUNDS.fullmatch(squeeze(values))
        if self._is_not_understood(cells, text, level3, raw) or (two and not several):
            self.unread.append(line)
            return
        if not says_something(level3) and not says_something(raw):
            if any(begins_with_sign(cell.text) for cell in line.filled):
                self.unread.append(line)  # of another table, narrower than this one
            return
        if not raw and PLACEHOLDER.fullmatch(level3):
            return
        guessed = self.header.guessed or standard
        sure = Confidence.GUESSED if guessed else Confidence.RULE
        says = Indicator(
            level3,
            raw,
            Target(TargetKind.TEXT),
            line.where,
            sure if raw else Confidence.PERSON,
            level1 or standard,
            level2,
            description=text.get(Part.DESCRIPTION, ""),
            basis=text.get(Part.BASIS, ""),
            weight=text.get(Part.WEIGHT, ""),
            filled=self._filled(cells, text),
            areas=areas,
        )
        row = IndicatorRow(
            says,
            project,
            self._kept(Part.OBJECTIVE, text),
            self._kept(Part.AMOUNT, text),
            self._kept(Part.UNIT_NAME, text),
            first,
        )
        if not several:
            yield replace(row, indicator=valued(says, raw, self.year))
            return
        reached = dict(items_of(packed, "\n".join(c.text for c in cells.get(Part.ACTUAL, ()))))
        for level, name, said in under_levels(several):
            # one weight and score for all of them: what each has of it, nobody says
            own = says.filled and replace(says.filled, actual=reached.get(name, ""), score="")
            one = replace(says, level2=level or level2, level3=name, weight="", filled=own)
            yield replace(row, indicator=valued(one, said, self.year))

    def _cells(self, line: Line) -> dict[Part, list[Cell]]:
        """Return the row's cells, each for one part; a level may reach over others."""
        taken: set[int] = set()
        cells: dict[Part, list[Cell]] = {}
        columns = self.header.columns
        for part in [
            *(p for p in _FIRST if p in columns),
            *(p for p in columns if p not in _FIRST),
        ]:
            for span in columns[part]:
                for cell in line.within(span):
                    if cell.column not in taken or part in (Part.LEVEL1, Part.LEVEL2):
                        taken.add(cell.column)
                        cells.setdefault(part, []).append(cell)
        return cells

    def _areas(self, line: Line, text: dict[Part, str], level3: str) -> Iterator[AreaTarget]:
        for span, name in self.header.areas:
            said = one_line(" ".join(c.text for c in line.within(span)))
            if is_said(raw := self._with_unit(level3, text, said)):
                yield AreaTarget(name, raw, read_value(raw, self.year))

    def _with_unit(self, level3: str, text: dict[Part, str], value: str) -> str:
        """Put sign and unit to a value: of their cells, else of the name, else of the heading."""
        raw = put_together(value, text[Part.OPERATOR], text.get(Part.UNIT, ""))
        return with_unit_of_heading(level3, self.header.unit, with_room_of_name(level3, raw))

    def _is_not_understood(
        self, cells: dict[Part, list[Cell]], text: dict[Part, str], level3: str, raw: str
    ) -> bool:
        """Tell a row that says something which neither a name nor a value can be taken from."""
        if self.header.doubtful and says_something(level3):
            return True
        values = [squeeze(c.text) for c in cells.get(Part.VALUE, ()) if c.text.strip()]
        words = [each for each in values if re.search(r"\d", each)]
        if len(words) > 1:
            return True  # several values in the year's column: none is taken for the others
        names = _HEADS_NAMES.fullmatch(label(level3)) is not None and not re.search(r"\d", raw)
        if names or level3 == "指标" or part_of(level3) is Part.LEVEL3:
            return True  # a heading that was not seen as one
        if level3 and not _NAME.search(level3):  # a figure or a code where the name should be
            return says_something(level3) or says_something(raw)
        if not says_something(level3):
            return says_something(raw) or any(
                says_something(text.get(p, "")) for p in (Part.DESCRIPTION, Part.ACTUAL)
            )
        return names_level(level3) and level3 not in (text.get(Part.LEVEL2), "") and not raw

    def _covers_level3(self, cells: dict[Part, list[Cell]]) -> bool:
        column = self.header.columns[Part.LEVEL3][0].start
        return any(
            cell.column <= column < cell.column + cell.width for cell in cells.get(Part.LEVEL2, ())
        )

    def _levels(self, text: dict[Part, str]) -> tuple[str, str]:
        """Fill empty levels from above; another first level starts without a second."""
        one = _unless_ditto(without_blanks(text.get(Part.LEVEL1, "")))
        two = _unless_ditto(without_blanks(text.get(Part.LEVEL2, "")))
        only = bool(two) and Part.LEVEL1 not in self.header.columns
        if only and is_first_level(label(two), self._above.get(Part.LEVEL1, "")):
            self._above.pop(Part.LEVEL1, None)
            one, two = ("", two) if first_level_of(two) else (two, "")  # 产出 among 质量, 时效
        one, two = (one, two) if two else two_levels(one)
        if one and one != self._above.get(Part.LEVEL1):
            self._above.pop(Part.LEVEL2, None)
        if one:
            self._above[Part.LEVEL1] = one
        if two:
            self._above[Part.LEVEL2] = two
        return self._above.get(Part.LEVEL1, ""), self._above.get(Part.LEVEL2, "")

    def _kept(self, part: Part, text: dict[Part, str]) -> str:
        said = _unless_ditto(text.get(part, ""))
        if said:
            if part is Part.PROJECT and said != self._above.get(part):
                self._above = {}
            self._above[part] = said
        return self._above.get(part, "")

    def _filled(self, cells: dict[Part, list[Cell]], text: dict[Part, str]) -> Filled | None:
        parts = (Part.ACTUAL, Part.OUTLOOK, Part.SCORE, Part.REASON, Part.LIKELIHOOD)
        if not any(part in self.header.columns for part in parts):
            return None
        return Filled(
            actual=text.get(Part.ACTUAL, ""),
            outlook=text.get(Part.OUTLOOK, ""),
            score=text.get(Part.SCORE, ""),
            reason=self._said_below(cells.get(Part.REASON, ())),
            likelihood=self._said_below(cells.get(Part.LIKELIHOOD, ())),
            remark=text.get(Part.REMARK, ""),
        )

    def _said_below(self, cells: Iterable[Cell]) -> str:
        """Return what stands below headings; a tick says the label above it."""
        said = ((one_line(cell.text), self.header.subs.get(cell.column, "")) for cell in cells)
        ticked = (sub if _TICK.fullmatch(squeeze(text)) and sub else text for text, sub in said)
        return "；".join(filter(None, ticked))


def _unless_ditto(text: str) -> str:
    return "" if DITTO.fullmatch(text.strip()) else text
