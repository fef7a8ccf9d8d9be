"""The shipped forms with every heading renamed, removed, moved or split: read or told, never wrong.

Drawn as tables with merged cells and as loose text. A row counts as read where its name and value
are those of the form, as told where the account of rows or a finding says that it is not.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from perf_pipeline.documents.forms import read_form
from perf_pipeline.documents.model import Paragraph, Table
from perf_pipeline.documents.segments import segments
from tests.unit.test_extraction import INDICATORS
from tests.unit.test_redrawn_forms import BESIDE, table

FEWEST = 98  # of a hundred rows read or told
HEADS = ("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据")
RENAMED = {
    "一级指标": ("指标", "一类", "维度", "目标分类", "第一层"),
    "二级指标": ("指标", "二类", "类别", "指标分类", "第二层"),
    "三级指标": ("指标", "考核内容", "名称", "工作事项", "第三层"),
    "绩效指标描述": ("备注", "描述", "解释", "补充", "内涵"),
    "指标值": ("预期完成情况", "标准", "数值", "要求", "应完成"),
    "指标值确定依据": ("依据", "出处", "来源", "参考", "备注"),
}
Heading = Callable[[tuple[str, ...]], list[list[str]]]


def renamed(which: int) -> Heading:
    return lambda heads: [[RENAMED[head][which] for head in heads]]


def one_renamed(at: int) -> Heading:
    return lambda heads: [["某栏" if n == at else head for n, head in enumerate(heads)]]


def one_blank(at: int) -> Heading:
    return lambda heads: [["" if n == at else head for n, head in enumerate(heads)]]


CHANGES: dict[str, Heading] = {
    "as shipped": lambda heads: [list(heads)],
    **{f"renamed {n}": renamed(n) for n in range(5)},
    **{f"{head} renamed": one_renamed(n) for n, head in enumerate(HEADS)},
    **{f"{head} blank": one_blank(n) for n, head in enumerate(HEADS)},
    "removed": lambda heads: [],
    "all blank": lambda heads: [[""] * len(heads)],
    "moved right": lambda heads: [["", *heads[:-1]]],
    "moved left": lambda heads: [[*heads[1:], ""]],
    "split in two rows": lambda heads: [[h[:2] for h in heads], [h[2:] for h in heads]],
    "second spans third": lambda heads: [[heads[0], heads[1], "<", *heads[3:]]],
    "last year beside": lambda heads: [list(heads)],
}


def drawn(name: str, rows: list[tuple[str, str, str, str]], change: str, side: bool) -> str:
    heads = CHANGES[change](HEADS)
    width = 6 + side + (change == "last year beside")
    lines = [["项目名称", name, *["<"] * (width - 2)]]
    lines.append(["年度绩效目标", "按计划完成全年各项工作任务。", *["<"] * (width - 2)])
    body = [list(head) for head in heads]
    above = ("", "")
    for one, two, three, raw in rows:
        first = "^" if one == above[0] else one
        second = "^" if (one, two) == above else two
        body.append([first, second, three, f"反映{three}", raw, BESIDE["指标值确定依据"]])
        above = (one, two)
    if change == "last year beside":
        for n, row in enumerate(body):
            row.insert(4, "上年完成值" if n < len(heads) else "12")
    for n, row in enumerate(body):
        lines.append((["绩效指标" if n == 0 else "^", *row]) if side else row)
    return "\n".join("|".join(line) for line in lines)


def loose(merged: Table) -> Table:
    """As a converter to text leaves it: merged cells are blank but for their first."""
    rows = []
    for row in merged.rows:
        cells = []
        for cell in row:
            text = "" if cell.continues else cell.text
            cells.append(cell._replace(text=text, width=1, continues=False))
            blanks = range(cell.column + 1, cell.column + cell.width)
            cells += [cell._replace(text="", column=c, width=1, continues=False) for c in blanks]
        rows.append(tuple(cells))
    return replace(merged, rows=tuple(rows), loose=True)


def account(change: str, side: bool, as_text: bool) -> tuple[int, int, int]:
    """Return the rows drawn, those read or told, and those read wrongly without a finding."""
    drawn_rows = good = wrong = 0
    for name, rows in INDICATORS.items():
        merged = table(drawn(name, list(rows), change, side))
        blocks = [Paragraph("项目支出绩效目标表", 1), loose(merged) if as_text else merged]
        forms = [f for s in segments(blocks) if (f := read_form(s, 2024)) is not None]
        found = [i for form in forms for p in form.projects for i in p.indicators]
        read = {(i.level3, i.raw_value) for i in found}
        expected = {(three, raw) for _, _, three, raw in rows}
        told = any(f.findings for f in forms)
        unread = sum(form.rows_unread for form in forms)
        drawn_rows += len(expected)
        good += min(len(expected), len(expected & read) + unread)
        wrong += 0 if told else len(read - expected)
    return drawn_rows, good, wrong


@pytest.mark.parametrize("as_text", [False, True], ids=["merged", "text"])
@pytest.mark.parametrize("side", [False, True], ids=["bare", "side"])
@pytest.mark.parametrize("change", CHANGES)
def test_rows_under_changed_headings_are_read_or_told(
    change: str, side: bool, as_text: bool
) -> None:
    rows, good, wrong = account(change, side, as_text)
    assert wrong == 0
    assert 100 * good >= FEWEST * rows
