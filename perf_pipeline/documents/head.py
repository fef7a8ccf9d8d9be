"""The head of a form: project name, code, department, purpose and objectives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from perf_pipeline.documents.labels import after_colon, label, one_line, squeeze, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.money import FEN_OF_UNIT

NAME = re.compile(
    r"[一-鿿()]{0,8}(?:项目|专项|资金|政策|转移支付)(?:\([一-鿿]{1,4}\)|支出)*名称(?:及(?:项目)?(?:编码|代码))?"
)
CODE = re.compile(r"(?:项目|专项|二级项目)(?:编码|代码|编号)")
DEPARTMENT = re.compile(
    r"(?:地方|省级|市级|县级|区级|项目)?(?:编制|填报|申报|预算|主管|实施|资金使用)*(?:部门|单位)(?:\(单位\)|\(部门\)|/单位)?(?:名称|及代码|\(盖章\))?"
    r"|(?:部门|单位)(?:整体)?(?:名称)"
)
_AUTHORITY = re.compile(r"(?:中央|省级|市级|上级)主管部门")
_MAKER = re.compile(r"(?:填报|编制|申报)(?:单位|部门)")
PURPOSE = (
    re.compile(r"资金(?:主要)?用途|主要用途|项目用途|.*及资金用途"),
    re.compile(r"项目(?:概况|概述|简介|描述|主要内容|内容|实施内容|基本情况)|主要内容"),
)
OBJECTIVE = re.compile(
    r"(?:项目|部门|单位|整体|总体|年度|全年|当年|本年度?|支出|绩效|资金|实施|预期|主要|\d{4}年度?)*目标"
    r"(?:任务|设定|内容|概述)?"
)
_OTHER_FIELD = re.compile("项目负责人|联系电话|项目类型|项目属性")
_MIDTERM = re.compile(r"(?:实施期|中期|长期|中长期|项目)(?:绩效|总)?目标.*")
_PLANNED = re.compile(
    r"(?:年度|预期|年初|计划|当年|本年|\d{4}年?)+(?:总体|设定|绩效)*目标.*|预期目标.*|年初设定.*"
)
_DONE = re.compile(r".*(?:完成情况|实现情况|完成目标情况|执行情况|完成进度)")
_NUMBERED = re.compile(r"目标[\d一二三四五六七八九十]+:?")
_SPLIT = re.compile(r"目标\s*[\d一二三四五六七八九十]+\s*[:：]\s*")
_CODED = re.compile(r"\d{3,12}[-—_]?(?P<name>[一-鿿]{4,40})")
_NO_CODE = re.compile(r"[-—–_/无\s]*")
_BESIDE_CODE = re.compile(r"(.+?)[（(]项目(?:编码|代码)[:：]\s*([^（）()]+)[)）]")


def value_of(lines: Iterable[Line], wanted: re.Pattern[str]) -> tuple[str, Line] | None:
    """Return what stands beside a label (or after its colon), and where."""
    for line in lines:
        for cell, bare in zip(line.cells, line.labels, strict=True):
            if cell.continues:
                continue
            if wanted.fullmatch(bare):
                beside = line.after(cell)
                if beside is not None and not is_field(beside.text):
                    return one_line(beside.text), line
                return "", line
            pair = after_colon(cell.text)
            if pair is not None and wanted.fullmatch(pair[0]):
                return one_line(pair[1]), line
    return None


def department(lines: Iterable[Line]) -> str:
    """Return the department that a form names, its maker before the authority above it.

    单位：万元 names none.
    """
    lines = list(lines)
    for line in sorted(lines, key=_names_authority):
        found = value_of([line], DEPARTMENT)
        if found is not None and found[0] and not unit_of(found[0]) and found[0] not in FEN_OF_UNIT:
            return found[0]
        coded = (_CODED.fullmatch(squeeze(cell.text)) for cell in line.filled)
        if coded_name := next((match["name"] for match in coded if match), None):
            return coded_name
    return ""


def _names_authority(line: Line) -> bool:
    """Tell whether a line names a province's or city's authority (省级主管部门) and no maker."""
    return any(_AUTHORITY.match(bare) for bare in line.labels) and not any(
        _MAKER.match(bare) for bare in line.labels
    )


def is_field(text: str) -> bool:
    """Tell whether a text is the name of a field in the head of a project's form."""
    return _is_field(label(text))


@lru_cache(maxsize=8192)  # forms repeat their labels
def _is_field(bare: str) -> bool:
    return any(each.fullmatch(bare) for each in (NAME, CODE, DEPARTMENT, _OTHER_FIELD))


def names_project(line: Line) -> bool:
    """Tell whether a line gives a project's name: the label with a value beside it, or inside."""
    return value_of([line], NAME) is not None


def name_and_code(lines: Sequence[Line]) -> tuple[str, str | None]:
    """Return a project's name and code; the name may carry it: 某某经费（项目编码：2010308）.

    The code is empty where its cell is, or holds a dash, and None where the form has no such cell.
    """
    named, coded = value_of(lines, NAME), value_of(lines, CODE)
    name = named[0] if named else _plainly_named(lines)
    code = squeeze(coded[0]) if coded else ""
    if together := _BESIDE_CODE.fullmatch(name):
        name, code = together[1], code or together[2]
    if _NO_CODE.fullmatch(code):
        return name, "" if coded else None
    return name, code


def _plainly_named(lines: Sequence[Line]) -> str:
    """Return what stands alone beside 项目, which heads columns of money as well."""
    for line in lines:
        if len(line.filled) == 2 and label(line.filled[0].text) == "项目":
            beside = one_line(line.filled[1].text)
            return "" if re.match(r"[\d.,]*$", beside) else beside
    return ""


def purpose(lines: Sequence[Line]) -> str:
    """Return what the money is for (资金用途)."""
    for wanted in PURPOSE:
        for index, line in enumerate(lines):
            for cell, bare in zip(line.cells, line.labels, strict=True):
                if cell.continues or not wanted.fullmatch(bare):
                    continue
                if not bare.endswith("及资金用途") and (beside := line.after(cell)) is not None:
                    return one_line(beside.text)
                # 预算规模及资金用途: the amounts stand beside it, the purpose below them
                below = lines[index + 1] if index + 1 < len(lines) else None
                if below is not None and _belongs(below, cell):
                    return next((one_line(c.text) for c in below.filled), "")
    return ""


def _belongs(line: Line, side: Cell) -> bool:
    """Tell whether a line stands beside a label that began above it."""
    cell = line.covering(side.column)
    if cell is None:
        return True  # the file leaves the side out
    return cell.continues or not cell.text.strip()


def objectives(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return a form's objectives (绩效目标), the year's where it has others beside them."""
    for index, line in enumerate(lines):
        for cell, bare in zip(line.cells, line.labels, strict=True):
            if cell.continues or not OBJECTIVE.fullmatch(bare):
                continue
            found = tuple(_objectives_at(lines, index, cell))
            if found:
                return found
            break
    return ()


def _objectives_at(lines: Sequence[Line], index: int, side: Cell) -> Iterator[str]:
    line = lines[index]
    beside = line.after(side)
    if beside is not None and _DONE.fullmatch(label(beside.text)):
        # 项目年度目标 | 年度目标完成情况, the texts below
        below = lines[index + 1] if index + 1 < len(lines) else None
        cell = below.covering(side.column) if below else None
        if cell is not None and cell.text.strip():
            yield from _split(cell.text)
        return
    area = [line]
    for following in lines[index + 1 :]:
        if not _belongs(following, side):
            break
        area.append(following)
    heads = [c for c in line.filled if c.column > side.column]
    columns = _column_heads(heads)
    if columns is not None:
        area = area[1:]
    for each in area:
        for cell in each.filled:
            if cell.column <= side.column or (columns and cell.column not in columns):
                continue
            if not _NUMBERED.fullmatch(squeeze(cell.text)):
                yield from _split(cell.text)


def _column_heads(heads: list[Cell]) -> range | None:
    """Return the grid columns of the year's objectives where several kinds stand side by side."""
    bare = [label(cell.text) for cell in heads]
    known = [
        bool(_PLANNED.fullmatch(b) or _MIDTERM.fullmatch(b) or _DONE.fullmatch(b)) for b in bare
    ]
    if not heads or not all(known):
        return None
    chosen = next((c for c, b in zip(heads, bare, strict=True) if _PLANNED.fullmatch(b)), heads[0])
    return range(chosen.column, chosen.column + chosen.width)


def _split(text: str) -> Iterator[str]:
    """Give each of 目标1：… 目标2：… written in one cell."""
    for part in _SPLIT.split(text):
        if part.strip():
            yield one_line(part)
