"""A ledger of one project (一个项目一张账): its name stands above the table, or names the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.missing_columns import MissingColumnsError
from perf_pipeline.registers.other_rows import is_blank_row

_BEFORE = re.compile(
    r"(?:^(?:[一二三四五六七八九十]+[、.．])?|[\s:：《“（(\[【_—\-]|\d[、.．]?|[年度月局委办院校部会厅处科室账表]|项目)$"
)
_AFTER = re.compile(
    "(?:专项|项目|经费|资金|支出|支付|付款|用款|使用|费用|收支|台账|明细|流水|清单|情况|登记|日记"
    r"|[账册表\d.\-—年月日至季度上下半第一二三四全])*(?:$|[\s（(》”）)\]】_:：])"
)
_OTHERS = re.compile("个项目|其他|其余|除|不含|另|各项")
_AND_OTHERS = re.compile("等|及|和|与|[、,，/／]")


def project_named(
    sheet: OpenedSheet, path: Path, declared: Register, known: Known, error: MissingColumnsError
) -> str | None:
    """Return the one project that a ledger without a column of projects is named after, if any."""
    whose = declared.amount.whose if declared.amount else None
    if whose is None or whose not in {column.name for column in error.lacking}:
        return None
    above = [text for row in islice(sheet.rows(), error.row) for text in texts(row)]
    projects = sorted(known.projects or (), key=len, reverse=True)
    found = set()
    for said in (sheet.name or "", path.stem, *above):
        name = next((each for each in projects if each in said), None)
        if name is None:
            continue
        before, _, after = said.partition(name)
        alone = _BEFORE.search(before) and _AFTER.match(after)
        others = _OTHERS.search(before + after) or _AND_OTHERS.search(after)
        if not alone or others or any(each in before + after for each in projects):
            return None
        found.add(name)
    return found.pop() if len(found) == 1 else None


def with_project(sheet: OpenedSheet, declared: Register, row: int, project: str) -> OpenedSheet:
    """Return a sheet with a column of its project behind the others of its header, at a row."""
    assert declared.amount is not None
    label = declared.column(declared.amount.whose).label
    width = max(map(len, islice(sheet.rows(), row + 1)))

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.rows()):
            if number < row or is_blank_row(cells) or not is_blank_row(cells[width:]):
                yield cells
            else:
                rest = [None] * (width - len(cells))
                yield [*cells[:width], *rest, label if number == row else project]

    return replace(sheet, rows=rows)
