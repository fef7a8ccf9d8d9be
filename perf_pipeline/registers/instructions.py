"""The sheet of instructions (填报说明) in a template: what each column means and how to fill it."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.language.spoken import say
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.sheet_cells import HEAD, LINE, print_on_one_width, put
from perf_pipeline.registers.wording import (
    example,
    how_to_fill,
    limit_text,
    rule_text,
)

HEADINGS = ("列名", "必填", "类型", "单位", "每列含义", "怎么填、可选值", "示例")
WIDTHS = (24, 8, 10, 10, 46, 58, 26)
HOW_TO = (
    "一行一条，从表头下面一行填起；不要合并单元格，不要改表头。",
    "深色表头的列必填；灰底的格已经填好，不能改动。",
    "金额填数字，不带“元”字；日期填 2024-03-05 这样的日期；编号按文字填写，保留前面的 0。",
    "可以有“合计”“小计”行，读取时会跳过；空行也会跳过。",
    "填好后存为 .xlsx，文件名以台账名开头，放进收件文件夹：年度／部门／registers。",
    "没有填的空白模板不要交：交了就表示“没有发生”。",
)
MISTAKES = (
    "把两笔业务写成同一个编号：编号相同而内容不同的行会被隔离。",
    "项目名称与绩效目标文件不一致（多字、少字、简称）：会被隔离。",
    "日期写成“3月5日”没有年份，或不在本财政年度内：会被隔离。",
    "金额里写“约”“左右”，或比分更小：会被隔离。",
    "改正后的文件删去了原来的行：删去的行视为作废，不再计入。",
)


def write_instructions(sheet: Worksheet, declared: Register, fiscal_year: int) -> None:
    """Write the instructions for a register; the reader of files passes over this sheet."""
    lines = _Lines(sheet)
    lines.heading(f"{declared.label}　填报说明")
    lines.heading("用途")
    lines.text(declared.description)
    lines.heading("怎么填")
    for line in HOW_TO:
        lines.text(line)
    lines.heading("各列")
    lines.row(HEADINGS, head=True)
    for column in declared.columns:
        lines.row(
            (
                column.label,
                "必填" if column.required else "选填",
                column.type.label,
                column.unit or "",
                column.description,
                how_to_fill(column),
                example(column, fiscal_year),
            )
        )
    lines.heading("列与列之间")
    keys = "、".join(declared.column(name).label for name in declared.key)
    lines.text(f"“{keys}”{'合起来' if len(declared.key) > 1 else ''}不能重复")
    for rule in declared.rules:
        lines.text(rule_text(declared, rule))
    if declared.limits:
        lines.heading("办理期限（自然日，最后一天仍算按期）")
        for limit in declared.limits:
            lines.text(limit_text(declared, limit))
    lines.heading("常见错误")
    for line in MISTAKES:
        lines.text(line)
    for position, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    print_on_one_width(sheet)
    sheet.protection.sheet = True


class _Lines:
    """Writes line after line."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._next = 1

    def heading(self, text: str) -> None:
        cell = put(self._sheet, self._next, 1, say(text))
        cell.font = Font(size=14 if self._next == 1 else 12, bold=True)
        self._next += 1

    def text(self, text: str) -> None:
        put(self._sheet, self._next, 1, say(text))
        self._next += 1

    def row(self, texts: tuple[str, ...], *, head: bool = False) -> None:
        for position, text in enumerate(texts, start=1):
            cell = put(
                self._sheet, self._next, position, text if position == 1 and not head else say(text)
            )
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = LINE
            if head:
                cell.font, cell.fill = Font(bold=True), HEAD
        self._next += 1
