"""The yearly tasks (年度主要任务) of a department's form, with their budgets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perf_pipeline.documents.funds import Report, amount_fen
from perf_pipeline.documents.labels import label, one_line, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell, Task

_NAME = re.compile(r"(?:主要)?(?:任务|工作|重点工作|履职|职能活动)(?:任务)?名称|(?:主要|重点)任务")
_CONTENT = re.compile(r"(?:主要|任务|工作)*内容|任务描述|简要描述|任务说明")
_AMOUNT = re.compile(r"(?:预算|资金|任务|涉及|合计|总)*(?:金额|资金|预算数|总额)|预算")
_TOTAL = re.compile(r"总额|合计|小计|预算金额")
_SUM = re.compile(r"(?:金额|资金|预算)?(?:合计|总计|小计)")
_MARKS = re.compile(r"[.…·]*|任务\d+[:：]?[.…]*")
USUAL_UNIT = "万元"


def read_tasks(lines: Sequence[Line], caption_unit: str | None, report: Report) -> Iterator[Task]:
    """Give a form's yearly tasks; their amounts are in the unit of the heading or the caption."""
    for index, line in enumerate(lines):
        heads = {label(cell.text): cell for cell in line.filled}
        name = _head(heads, _NAME)
        content, amount = _head(heads, _CONTENT), _head(heads, _AMOUNT)
        if name is None or (content is None and amount is None):
            continue
        yield from _rows(lines[index + 1 :], name, content, amount, caption_unit, report)
        return


def _head(heads: dict[str, Cell], wanted: re.Pattern[str]) -> Cell | None:
    return next((cell for words, cell in heads.items() if wanted.fullmatch(words)), None)


def _rows(
    lines: Sequence[Line],
    name: Cell,
    content: Cell | None,
    amount: Cell | None,
    caption_unit: str | None,
    report: Report,
) -> Iterator[Task]:
    unit = (unit_of(amount.text) if amount else None) or caption_unit or USUAL_UNIT
    column = amount.column if amount else None
    for line in lines:
        if amount is not None:
            totals = [c for c in line.under(amount) if _TOTAL.fullmatch(label(c.text))]
            if totals:  # 总额 | 财政拨款 | 其他资金 below 预算金额
                column = totals[0].column
                continue
        side = line.filled[0] if line.filled else None
        if side is not None and side.column < name.column:
            return  # another part of the form begins
        titled = line.covering(name.column)
        if titled is None or not titled.text.strip() or titled.continues:
            continue
        words = one_line(titled.text)
        if _SUM.fullmatch(label(words)):
            return
        if _MARKS.fullmatch(words):
            continue
        said = line.covering(content.column) if content is not None else None
        written = line.covering(column) if column is not None else None
        fen = None
        if written is not None and written.column > titled.column:
            fen = amount_fen(written.text, unit, line.where, f"任务“{words}”", report)
        yield Task(words, one_line(said.text) if said is not None else "", fen, line.where)
