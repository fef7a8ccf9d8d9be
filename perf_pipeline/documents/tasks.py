"""The yearly tasks (年度主要任务) of a department's form, with their budgets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perf_pipeline.documents.funds import USUAL_UNIT, Report, amount_fen
from perf_pipeline.documents.labels import label, one_line, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell, Task

_HEADS = {
    "name": re.compile(
        r"(?:主要)?(?:任务|工作|重点工作|履职|职能活动)(?:任务)?名称|(?:主要|重点)任务"
    ),
    "content": re.compile(r"(?:主要|任务|工作)*内容|任务描述|简要描述|任务说明"),
    "amount": re.compile(r"(?:预算|资金|任务|涉及|合计|总)*(?:金额|资金|预算数|总额)|预算"),
    "executed": re.compile(r"(?:全年|实际)?(?:执行数|执行金额|支出数|支出金额)"),
    "done": re.compile(r"(?:任务|工作)?(?:实际)?完成情况"),
    "score": re.compile(r"(?:自评)?得分"),
}
_TOTAL = re.compile(r"总额|合计|小计|预算金额")
_SUM = re.compile(r"(?:金额|资金|预算)?(?:合计|总计|小计)")
_MARKS = re.compile(r"[.…·]*|任务\d+[:：]?[.…]*")


def read_tasks(lines: Sequence[Line], caption_unit: str | None, report: Report) -> Iterator[Task]:
    """Give a form's yearly tasks; their amounts are in the unit of the heading or the caption."""
    for index, line in enumerate(lines):
        labels = {label(cell.text): cell for cell in line.filled}
        heads = {
            part: cell
            for part, wanted in _HEADS.items()
            for words, cell in labels.items()
            if wanted.fullmatch(words)
        }
        if "name" in heads and heads.keys() & {"content", "amount"}:
            yield from _rows(lines[index + 1 :], heads, caption_unit, report)
            return


def _rows(
    lines: Sequence[Line], heads: dict[str, Cell], caption_unit: str | None, report: Report
) -> Iterator[Task]:
    name = heads["name"]
    money: dict[str, Cell] = {part: heads[part] for part in ("amount", "executed") if part in heads}
    units = {part: unit_of(c.text) or caption_unit or USUAL_UNIT for part, c in money.items()}
    columns: dict[str, int] = {part: cell.column for part, cell in heads.items()}
    for line in lines:
        totals = {
            part: found[0].column
            for part, cell in money.items()
            if (found := [c for c in line.under(cell) if _TOTAL.fullmatch(label(c.text))])
        }
        if totals:  # 总额 | 财政拨款 | 其他资金 below 预算金额
            columns |= totals
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
        said = {part: line.covering(column) for part, column in columns.items()}
        text = {part: one_line(cell.text) if cell else "" for part, cell in said.items()}
        fen = {
            part: amount_fen(cell.text, units[part], line.where, f"任务“{words}”", report)
            for part in money
            if (cell := said[part]) is not None and cell.column > titled.column
        }
        yield Task(
            words,
            text.get("content", ""),
            fen.get("amount"),
            line.where,
            fen.get("executed"),
            text.get("done", ""),
            text.get("score", ""),
        )
