"""Rows of indicators: levels filled from above, values put together from their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from perf_pipeline.documents.indicator_header import Header
from perf_pipeline.documents.indicator_labels import (
    Part,
    first_level_of,
    is_first_level,
    level_alone,
)
from perf_pipeline.documents.labels import after_colon, label, one_line, squeeze, without_blanks
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell, Confidence, Filled, Where
from perf_pipeline.domain.target_grammar import begins_with_sign, is_sign

_PLACEHOLDER = re.compile(
    r"(?:指标\d+|[.…·]+|\d+[.、]?|指标[一二三四五六七八九十]|[-—–/_]+|其他|无)?[:：]?[.…]*"
)
_FOOT = re.compile(
    r"(?:合计|总计|总分|小计|总得分|自评总分|评价等级|自评等级|填表人|填报人|填表说明|填报说明|注|说明|备注|"
    r"项目负责人|财务负责人|部门负责人|单位负责人|负责人|经办人|联系人|联系电话|审核人?|填报日期|填表日期|"
    r"评价结论|存在问题|改进措施|其他需要?说明的?(?:问题|事项)|主管部门审核意见|审核意见|财政部门.*|数据来源)"
)
_TOTAL = re.compile(r"合计|总计|总分|总得分|自评总分")
_DITTO = re.compile(r"同上|[〃″\"“”]+")  # written where others leave a blank: as above
_TICK = re.compile(r"[√✓✔☑■●是Yy1]|\[x\]", re.IGNORECASE)


@dataclass(frozen=True)
class IndicatorRow:
    """What a row of a table of indicators says, as written."""

    level1: str
    level2: str
    level3: str
    description: str
    raw_value: str
    basis: str
    weight: str
    filled: Filled | None
    where: Where
    confidence: Confidence
    project: str = ""
    objective: str = ""
    amount: str = ""
    maker: str = ""


@dataclass
class IndicatorReader:
    """Reads the rows below a header, one after another, remembering what stands above."""

    header: Header
    midterm: int = 0
    unread: list[Line] = field(default_factory=list)
    _above: dict[Part, str] = field(default_factory=dict)

    def take_header(self, header: Header) -> None:
        """Go on below a header repeated on another page."""
        self.header = header

    def takes_level(self, line: Line) -> bool:
        """Take a row that only names the level of those below it, where no column names it."""
        name = level_alone(line)
        if not name or Part.LEVEL1 in self.header.columns:
            return False
        if is_first_level(name, self._above.get(Part.LEVEL1, "")):
            self._above = {**self._above, Part.LEVEL1: name, Part.LEVEL2: ""}
        else:
            self._above[Part.LEVEL2] = name
        return True

    def total_score(self, line: Line) -> str:
        """Return what a line of sums (总分) says below 得分; empty for another line."""
        heads = self.header.columns.get(Part.SCORE)
        if not heads or not _TOTAL.fullmatch(label(line.filled[0].text)):
            return ""
        cell = line.covering(heads[0].column)
        return one_line(cell.text) if cell is not None and cell.column == heads[0].column else ""

    def read(self, line: Line) -> Iterator[IndicatorRow]:
        """Give the row's indicator; none for blank rows, sums and places left to write on."""
        if not line.filled:
            return  # blank, or the rest of an indicator that takes several rows
        taken: set[int] = set()
        cells: dict[Part, list[Cell]] = {}
        for part, heads in self.header.columns.items():
            for head in heads:
                for cell in _below(line, head):
                    if cell.column not in taken or part in (Part.LEVEL1, Part.LEVEL2):
                        taken.add(cell.column)
                        cells.setdefault(part, []).append(cell)
        text = {part: one_line(" ".join(c.text for c in found)) for part, found in cells.items()}
        signs = (squeeze(cell.text) for cell in cells.get(Part.OPERATOR, ()))
        text[Part.OPERATOR] = next((sign for sign in signs if is_sign(sign)), "")
        beside = [line.covering(head.column) for head in self.header.midterm]
        self.midterm += sum(1 for each in beside if each and _says_something(each.text))
        project = self._kept(Part.PROJECT, text)
        level1, level2 = self._levels(text)
        standard = "" if level1 else first_level_of(level2)
        raw = _value(text)
        level3 = without_blanks("".join(c.text for c in cells.get(Part.LEVEL3, ())))
        if not level3 and raw and self._covers_level3(cells):
            level3 = level2  # one cell over both columns
        if not _says_something(level3) and not _says_something(raw):
            if any(_says_something(text.get(p, "")) for p in (Part.DESCRIPTION, Part.ACTUAL)):
                self.unread.append(line)
            return
        if not raw and _PLACEHOLDER.fullmatch(level3):
            return
        yield IndicatorRow(
            level1 or standard,
            level2,
            level3,
            text.get(Part.DESCRIPTION, ""),
            raw,
            text.get(Part.BASIS, ""),
            text.get(Part.WEIGHT, ""),
            self._filled(line, cells, text),
            line.where,
            _confidence(level3, raw, self.header.guessed or bool(standard)),
            project,
            self._kept(Part.OBJECTIVE, text),
            self._kept(Part.AMOUNT, text),
            self._kept(Part.UNIT_NAME, text),
        )

    def _covers_level3(self, cells: dict[Part, list[Cell]]) -> bool:
        column = self.header.columns[Part.LEVEL3][0].column
        return any(
            cell.column <= column < cell.column + cell.width for cell in cells.get(Part.LEVEL2, ())
        )

    def _levels(self, text: dict[Part, str]) -> tuple[str, str]:
        """Fill empty levels from above; another first level starts without a second."""
        one = _unless_ditto(without_blanks(text.get(Part.LEVEL1, "")))
        two = _unless_ditto(without_blanks(text.get(Part.LEVEL2, "")))
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

    def _filled(
        self, line: Line, cells: dict[Part, list[Cell]], text: dict[Part, str]
    ) -> Filled | None:
        parts = (Part.ACTUAL, Part.OUTLOOK, Part.SCORE, Part.REASON, Part.LIKELIHOOD)
        if not any(part in self.header.columns for part in parts):
            return None
        ticked = {
            part: "；".join(
                said
                for head in self.header.columns.get(part, ())
                for said in self._said_below(line, head)
            )
            for part in (Part.REASON, Part.LIKELIHOOD)
        }
        actual = text.get(Part.ACTUAL, "")
        return Filled(
            actual,
            text.get(Part.OUTLOOK, ""),
            text.get(Part.SCORE, ""),
            ticked[Part.REASON],
            ticked[Part.LIKELIHOOD],
            text.get(Part.REMARK, ""),
        )

    def _said_below(self, line: Line, head: Cell) -> Iterator[str]:
        """Give what stands below a heading; a tick says the label above it."""
        for cell in _below(line, head):
            written = one_line(cell.text)
            if not written:
                continue
            sub = next((s for s in self.header.subs if s.column == cell.column), None)
            if sub is not None and _TICK.fullmatch(squeeze(written)):
                yield without_blanks(sub.text)
            else:
                yield written


def ends_indicators(line: Line) -> bool:
    """Tell whether a line stands below the indicators: sums, notes, signatures."""
    filled = line.filled
    if not filled:
        return False
    first = filled[0]
    bare = label(first.text)
    if _FOOT.fullmatch(bare):
        return True
    pair = after_colon(first.text)
    return len(filled) <= 4 and pair is not None and _FOOT.fullmatch(pair[0]) is not None


def _below(line: Line, head: Cell) -> list[Cell]:
    under = list(line.under(head))
    if under:
        return under
    covering = line.covering(head.column)
    return [covering] if covering is not None else []


def _unless_ditto(text: str) -> str:
    return "" if _DITTO.fullmatch(text.strip()) else text


def _says_something(text: str) -> bool:
    return not _PLACEHOLDER.fullmatch(squeeze(text))


def _value(text: dict[Part, str]) -> str:
    """Put a value together: ≥ and 95 and % are ≥95%; what is there already is not put twice."""
    value = text.get(Part.VALUE, "")
    sign, unit = text[Part.OPERATOR].replace("═", "="), without_blanks(text.get(Part.UNIT, ""))
    if not value:
        return ""
    if sign and not begins_with_sign(value):
        value = f"{sign}{value}"
    numeric = re.search(r"\d\s*$", value) is not None
    if unit and numeric and not _PLACEHOLDER.fullmatch(unit):
        value = f"{value}{unit}"
    return value


def _confidence(level3: str, raw: str, guessed: bool) -> Confidence:
    if not level3 or not raw:
        return Confidence.PERSON
    return Confidence.GUESSED if guessed else Confidence.RULE
