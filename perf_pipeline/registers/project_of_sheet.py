"""Ledgers without a column of projects (一个项目一张账, 按项目分段): where the names stand.

One project's name stands above the table, or names the sheet; or each project has a line of its
own (项目：甲) above its payments. A line of that look that names none of the department's projects,
and a total, end the group before them: what follows is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.cells import Cell, is_blank, is_blank_row
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import Header, Known
from perf_pipeline.registers.missing_columns import MissingColumnsError
from perf_pipeline.registers.other_rows import first_text

_BEFORE = re.compile(
    r"(?:^(?:[一二三四五六七八九十]+[、.．])?|[\s:：《“（(\[【_—\-]|\d[、.．]?|[年度月局委办院校部会厅处科室账表]|项目)$"
)
_AFTER = re.compile(
    "(?:专项|项目|经费|资金|支出|支付|付款|用款|使用|费用|收支|台账|明细|流水|清单|情况|登记|日记"
    r"|[账册表\d.\-—年月日至季度上下半第一二三四全])*(?:$|[\s（(》”）)\]】_:：])"
)
_OTHERS = re.compile("个项目|其他|其余|除|不含|另|各项")
_LABELLED = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十]+[)）]?[、.．\s]|[(（]\d{1,2}[)）]|\d{1,2}[、．])?\s*[【\[]?"
    r"(?P<label>(?:核算|辅助)?(?:专项|项目)|(?:会计|明细)?科目|明细账户?|辅助核算项?)(?:名称)?\s*[:：]"
)
_BEGINS = re.compile(
    rf"{_LABELLED.pattern}|\s*"
    r"(?:[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+[、.．]|[(（]\d{1,2}[)）]|\d{1,2}[、．])"
)
_SAID = re.compile("[:：]")
_CODE = re.compile(r"^[0-9A-Za-z]+[-_ .:、]+")
ENDS = re.compile("(?:项目)?(?:合计|小计)|总计")
_AND_OTHERS = re.compile("等|及|和|与|[、,，/／]")


def project_named(
    sheet: OpenedSheet, path: Path, declared: Register, known: Known, error: MissingColumnsError
) -> str | None:
    """Return the one project that a ledger without a column of projects is named after, if any."""
    if not lacks_project(declared, error):
        return None
    above = [text for row in islice(sheet.rows(), error.row) for text in texts(row)]
    projects = sorted(known.projects or (), key=len, reverse=True)
    found = {_named_in(said, projects) for said in (sheet.name or "", path.stem, *above)} - {None}
    return (found.pop() or None) if len(found) == 1 else None


def _named_in(said: str, longest_first: Sequence[str]) -> str | None:
    """Return the one project that a text names; "" where it names more, or it may be another's."""
    name = next((each for each in longest_first if each in said), None)
    if name is None:
        return None
    before, _, after = said.partition(name)
    alone = _BEFORE.search(before) and _AFTER.match(after)
    others = _OTHERS.search(before + after) or _AND_OTHERS.search(after)
    doubtful = not alone or others or any(each in before + after for each in longest_first)
    return "" if doubtful else name


def lacks_project(declared: Register, error: MissingColumnsError) -> bool:
    """Tell whether what a ledger's header lacks is its column of projects."""
    whose = declared.amount.whose if declared.amount else None
    return whose in {column.name for column in error.lacking}


def is_grouped(sheet: OpenedSheet, declared: Register, known: Known, row: int) -> bool:
    """Tell whether lines below a header, at a row, name projects or accounts above payments."""
    if declared.amount is None or not known.projects:
        return False
    labels = _labels(sheet, known.projects)
    return any(
        (said := project_of_line(cells, known.projects, labels))
        and (said in known.projects or _label(cells) in labels)
        for cells in islice(sheet.rows(), row + 1, None)
    )


def _labels(sheet: OpenedSheet, projects: Collection[str]) -> Collection[str]:
    """Return the labels (项目, 科目) behind which lines of a sheet name its projects.

    Where accounts do, another account is another group; where they never do (科目：办公费), they
    are parts of the project above them.
    """
    longest_first = sorted(projects, key=len, reverse=True)
    return {
        label
        for cells in sheet.rows()
        if (label := _label(cells)) and _named_in(texts(cells)[0], longest_first)
    }


def _label(cells: Row) -> str | None:
    found = _LABELLED.match(next(iter(texts(cells)), ""))
    return found["label"] if found else None


def without_blank_projects(sheet: OpenedSheet, header: Header, declared: Register) -> OpenedSheet:
    """Return a ledger's sheet without its column of projects where nothing stands in it."""
    at = header.positions.get(declared.amount.whose) if declared.amount else None
    below = islice(sheet.rows(), header.row + 1, None)
    if at is None or any(at < len(cells) and not is_blank(cells[at]) for cells in below):
        return sheet

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.rows()):
            heads = header.row - len(header.rows) < number <= header.row
            yield [None if n == at else cell for n, cell in enumerate(cells)] if heads else cells

    return replace(sheet, rows=rows)


def project_of_line(
    cells: Sequence[Cell], projects: Collection[str], labels: Collection[str]
) -> str | None:
    """Return the project that a line of its own begins, "" where it ends one; None for a row.

    A line of an account begins one only where `labels` has its label.
    """
    if ENDS.fullmatch(first_text(cells)):
        return ""
    first, *others = [cell for cell in cells if not is_blank(cell)] or [None]
    if not isinstance(first, str) or not all(_SAID.search(str(cell)) for cell in others):
        return None
    begins = _BEGINS.match(first)
    label = begins["label"] if begins else None
    if label and not re.search("(?:专项|项目)$", label) and label not in labels:
        return None
    name = first[begins.end() if begins else 0 :].strip().strip("【】[]")
    bare = _CODE.sub("", name)
    if bare in projects:
        return bare
    if begins is None:
        return None
    return _named_in(name, sorted(projects, key=len, reverse=True)) or name


def with_project(
    sheet: OpenedSheet, declared: Register, row: int, project: str | None, known: Known
) -> OpenedSheet:
    """Return a sheet with a column of its project behind the others of its header, at a row.

    Where none is given, a row's project is that of the line of its own above it.
    """
    assert declared.amount is not None
    label = declared.column(declared.amount.whose).label
    width = max(map(len, islice(sheet.rows(), row + 1)))

    projects = known.projects or ()
    labels = _labels(sheet, projects) if project is None else ()

    def rows() -> Iterator[Row]:
        current = project
        head: Row = []
        for number, cells in enumerate(sheet.rows()):
            head = cells if number == row else head
            said = None
            if project is None and number != row:  # the first group's line may stand above all
                said = project_of_line(cells, projects, labels)
            current = current if said is None else said
            apart = said is not None or is_blank_row(cells) or not is_blank_row(cells[width:])
            if number < row or apart:
                yield cells
            else:
                rest: list[Cell] = [None] * (width - len(cells))
                yield [*cells[:width], *rest, label if cells == head else current or None]

    return replace(sheet, rows=rows)
