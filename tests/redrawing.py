"""Published forms with their headings renamed, blanked, removed, moved and split: read or told.

`python -m tests.redrawing` draws every form in every way and says which rows were lost or read
wrongly without a word; the suite takes a sample (tests/unit/test_published_redrawn.py).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perf_pipeline.documents.column_words import LEVELS, Part, names_level, part_of
from perf_pipeline.documents.forms import read_form
from perf_pipeline.documents.model import Block, Cell, Finding, Paragraph, Row, Table
from perf_pipeline.documents.segments import segments
from tests.grids import Grid, blocks, grid

PUBLISHED = Path(__file__).parent / "unit" / "published_forms"
WORDS = {
    Part.LEVEL1: ("指标", "一类", "维度", "目标分类", "第一层"),
    Part.LEVEL2: ("指标", "二类", "类别", "指标分类", "第二层"),
    Part.LEVEL3: ("指标", "考核内容", "名称", "工作事项", "第三层"),
    Part.DESCRIPTION: ("备注", "描述", "解释", "补充", "内涵"),
    Part.VALUE: ("预期完成情况", "标准", "数值", "要求", "应完成"),
    Part.BASIS: ("依据", "出处", "来源", "参考", "备注"),
    Part.OPERATOR: ("符号", "方向", "关系", "比较", "条件"),
    Part.UNIT: ("单位", "量纲", "计量", "度量", "口径"),
    Part.WEIGHT: ("权重", "分数", "占比", "比重", "满分"),
    Part.ACTUAL: ("实际", "完成", "结果", "实绩", "已完成"),
    Part.SCORE: ("得分", "评分", "自评", "打分", "分"),
}
_OF_INDICATORS = LEVELS | {Part.VALUE, Part.OPERATOR, Part.UNIT, Part.ACTUAL, Part.WEIGHT}
_MERGED = ("^", "<")
# tells of a reading that leave it to nobody to check the columns
_NO_WARNING = {"several_targets", "midterm_indicators", "project_name_guessed", "target_revised"}


@dataclass(frozen=True)
class Form:
    """A published form: where it comes from, its title, and its drawing."""

    source: str
    title: str
    cells: Grid


def published() -> list[Form]:
    """Return the forms of `published_forms/` that have a heading and are not only told."""
    sets = sorted(PUBLISHED.glob("*_set.txt"))
    texts = [each for path in sets for each in path.read_text("utf-8").split("# ")[1:]]
    texts = [each for each in texts if each.split("\n---\n")[1].strip()]
    texts += [path.read_text("utf-8") for path in sorted(PUBLISHED.glob("*-*.txt"))]
    parts = [text.split("\n---\n")[0].split("\n", 2) for text in texts]
    forms = [Form(source, title, grid(drawing)) for source, title, drawing in parts]
    return [form for form in forms if heading_rows(form.cells)]


def heading_rows(cells: Grid) -> list[int]:
    """Return the rows of a form's first heading, by their labels."""
    for top, row in enumerate(cells):
        if not _is_heading(row):
            continue
        rows = [top]
        for below in range(top + 1, len(cells)):
            carried = any(
                cell == "^" and part_of(head) in LEVELS
                for cell, head in zip(cells[below], row, strict=False)
            )
            named = any(map(names_level, cells[below]))
            if named or not (carried or _is_heading(cells[below])):
                break
            rows.append(below)
        return rows
    return []


def _is_heading(row: Sequence[str]) -> bool:
    return len({part_of(cell) for cell in row} & _OF_INDICATORS) > 2 or (
        sum(part_of(cell) in LEVELS for cell in row) > 1
    )


Change = Callable[[list[str]], list[str]]


def _renamed(which: int) -> Change:
    def change(row: list[str]) -> list[str]:
        return [WORDS[p][which] if (p := part_of(c)) in WORDS else c for c in row]

    return change


def _called(part: Part, word: str) -> Change:
    return lambda row: [word if part_of(cell) is part else cell for cell in row]


def _blank(row: list[str]) -> list[str]:
    return [cell if cell in _MERGED else "" for cell in row]


def _moved(right: bool) -> Change:
    def change(row: list[str]) -> list[str]:
        side = row[:1] if row[:1] == ["^"] else []
        rest = ["" if cell == "^" else cell for cell in row[len(side) :]]
        rest = ["", *rest[:-1]] if right else [*rest[1:], ""]
        return [*side, "" if rest[0] == "<" else rest[0], *rest[1:]]

    return change


CHANGES: dict[str, Change] = {
    "as published": lambda row: row,
    **{f"renamed {which}": _renamed(which) for which in range(5)},
    **{f"{part} renamed": _called(part, "某栏") for part in (*sorted(LEVELS), Part.VALUE)},
    **{f"{part} blank": _called(part, "") for part in (*sorted(LEVELS), Part.VALUE)},
    "all blank": _blank,
    "moved right": _moved(True),
    "moved left": _moved(False),
}
WAYS = (*CHANGES, "removed", "split")


def redrawn(cells: Grid, way: str) -> Grid:
    """Draw a form with its heading changed."""
    rows = heading_rows(cells)
    if way == "removed":
        return _without(cells, rows)
    if way == "split":
        return _split(cells, rows[0]) if len(rows) == 1 else cells
    change = CHANGES[way]
    return [change(list(row)) if n in rows else row for n, row in enumerate(cells)]


def _without(cells: Grid, rows: Sequence[int]) -> Grid:
    """Leave the heading out; what is merged down from it (绩效指标) begins below."""
    new = [list(row) for row in cells]
    below = rows[-1] + 1
    for column, text in enumerate(new[below] if below < len(new) else ()):
        top = rows[-1]
        while text == "^" and top in rows and new[top][column] == "^":
            top -= 1
        if text == "^" and top in rows:
            new[below][column] = new[top][column] if part_of(new[top][column]) is None else ""
    return [row for n, row in enumerate(new) if n not in rows]


def _split(cells: Grid, at: int) -> Grid:
    row = cells[at]
    below = cells[at + 1] if at + 1 < len(cells) else []
    down = [n < len(below) and below[n] == "^" for n in range(len(row))]
    kept = [cell in _MERGED or merged for cell, merged in zip(row, down, strict=True)]
    first = [c if keep else c[: (len(c) + 1) // 2] for c, keep in zip(row, kept, strict=True)]
    second = [
        (cell if cell == "<" else "^") if keep else cell[(len(cell) + 1) // 2 :]
        for cell, keep in zip(row, kept, strict=True)
    ]
    return [*cells[:at], first, second, *cells[at + 1 :]]


def as_table(cells: Grid, *, loose: bool = False) -> Table:
    """Draw a table; a loose one as a converter to text leaves it, merged cells blank."""
    rows: list[list[Cell]] = [[] for _ in cells]
    for top, left, bottom, right, text in blocks(cells):
        for row in range(top, bottom + 1):
            if loose:
                said = [text if (row, n) == (top, left) else "" for n in range(left, right + 1)]
                rows[row] += (Cell(each, n) for n, each in enumerate(said, left))
            else:
                rows[row].append(Cell(text, left, right - left + 1, row > top))
    ordered: list[Row] = [tuple(sorted(row, key=lambda cell: cell.column)) for row in rows]
    return Table(tuple(ordered), "表1", loose=loose)


Read = tuple[set[tuple[str, str]], int, int, list[Finding]]


def read(form: Form, cells: Grid, *, loose: bool) -> Read:
    """Read a drawing: names with values, rows read, rows not understood, and what was found."""
    parts: list[Block] = [Paragraph(form.title, 1), as_table(cells, loose=loose)]
    year = int(found[0]) if (found := re.search(r"20\d\d", form.title)) else 2024
    forms = [f for s in segments(parts) if (f := read_form(s, year)) is not None]
    said = {(i.level3, i.raw_value) for f in forms for p in f.projects for i in p.indicators}
    said |= {(i.level3, i.raw_value) for f in forms for i in f.department_indicators}
    read_rows, unread = sum(f.rows_read for f in forms), sum(f.rows_unread for f in forms)
    return said, read_rows, unread, [x for f in forms for x in f.findings]


@dataclass(frozen=True)
class Account:
    """The rows of a form drawn in a way: those there, those read or told, those wrong unsaid."""

    form: str
    way: str
    loose: bool
    rows: int
    good: int
    wrong: tuple[tuple[str, str], ...]


def _unit_of_heading(cells: Grid) -> str:
    """Return the unit that a form's heading alone gives (目标值（万元）): with it, it is gone."""
    said = " ".join(cell for row in heading_rows(cells) for cell in cells[row])
    found = re.search(r"值[^（(]{0,3}\s*[（(](?:单位：)?([^（）()\d年]{1,4})[)）]", said)
    return found[1] if found else ""


def _without_unit(said: set[tuple[str, str]], unit: str) -> set[tuple[str, str]]:
    return {(name, value.removesuffix(unit)) for name, value in said}


def accounts(forms: Sequence[Form], ways: Callable[[int], Sequence[str]]) -> Iterator[Account]:
    """Draw forms, each in the ways that its number gives, and compare with how they read."""
    for number, form in enumerate(forms):
        expected, lines, _, _ = read(form, form.cells, loose=False)
        a_line = len(expected) / lines  # several indicators stand in a line of some forms
        for way in ways(number):
            cells = redrawn(form.cells, way)
            unit = "" if cells == form.cells else _unit_of_heading(form.cells)
            asked = _without_unit(expected, unit)
            for loose in (False, True):
                found, _, told, findings = read(form, cells, loose=loose)
                found = _without_unit(found, unit)
                good = min(len(expected), len(asked & found) + int(told * a_line))
                warned = {each.code for each in findings} - _NO_WARNING
                wrong = () if warned else tuple(sorted(found - asked))
                yield Account(form.source, way, loose, len(expected), good, wrong)


def main() -> None:
    """Say how every form reads in every way."""
    every = list(accounts(published(), lambda _: WAYS))
    for way in WAYS:
        for loose in (False, True):
            ours = [each for each in every if (each.way, each.loose) == (way, loose)]
            rows, good = sum(e.rows for e in ours), sum(e.good for e in ours)
            wrong = sum(len(e.wrong) for e in ours)
            print(f"{way:16} {'text' if loose else 'merged':6} {good}/{rows}, wrong {wrong}")
    for each in every:
        if each.good < each.rows or each.wrong:
            print(each)


if __name__ == "__main__":
    main()
