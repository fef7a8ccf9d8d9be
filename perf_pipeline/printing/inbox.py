"""What the command line prints of the inbox: its files, what is open, what a run would say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.file_states import OUTCOME_LABELS
from perf_pipeline.printing.marks import print_line
from perf_pipeline.printing.status import print_check
from perf_pipeline.warehouse.file_kinds import KIND_LABELS
from perf_pipeline.warehouse.outcomes import COUNTS

if TYPE_CHECKING:
    from perf_pipeline.checking import Checked
    from perf_pipeline.quality.open_points import OpenPoint


def print_files(
    console: Console, files: Sequence[dict[str, Any]], *, only_read: bool = False
) -> None:
    """Print a line a file, and below what is told of each.

    `only_read` says that nothing was stored, and that what is told is printed as open points.
    """
    if not files:
        console.print("收件文件夹里没有文件：应放在 年度/部门/targets 和 年度/部门/registers")
        return
    labels = OUTCOME_LABELS | ({"loaded": "可入库"} if only_read else {})
    folders = sorted({_folder(each["path"]) for each in files})
    for folder in folders:
        table = Table(title=escape(folder), title_justify="left")
        table.add_column("文件", overflow="fold")
        for heading in ("类别", "结果", "读到", "入库", "隔离", "跳过", "单位"):
            table.add_column(heading)
        for each in files:
            if _folder(each["path"]) == folder:
                table.add_row(
                    escape(each["path"].removeprefix(f"{folder}/")),
                    KIND_LABELS.get(each["register"], "认不出"),
                    labels.get(each["outcome"], each["outcome"]),
                    *(str(each[name]) for name in COUNTS),
                    each["unit"] or "",
                )
        console.print(table)
    for each in () if only_read else files:
        unused = "、".join(each["ignored_columns"])
        told = (each["reason"], f"没有用到的列 {unused}" if unused else "", *each["notices"])
        for said in filter(None, told):
            print_line(console, f"{each['path']}：{said}")


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:2])


def print_open_points(console: Console, points: Iterable[OpenPoint]) -> None:
    """Print what is open, kind by kind, each with what to do."""
    headed = groupby(points, lambda each: (each.department, each.fiscal_year, each.label))
    for (department, year, label), mine in headed:
        said = f"{department} {year}年度　{label}"
        console.print(escape(said), style="yellow", highlight=False)
        for action, alike in groupby(mine, lambda each: each.action):
            told = "\n".join(f"  {each.subject}：{each.finding}" for each in alike)
            print_line(console, f"{told}\n    → {action}")


def print_checked(console: Console, checked: Checked) -> None:
    """Print what a run would say of an inbox."""
    console.print(f"[bold]{escape(str(checked.inbox))}[/]", highlight=False)
    for check in checked.settings:
        print_check(console, check)
    print_files(console, checked.files, only_read=True)
    for departed in checked.left:
        console.print(f"[yellow]移走的文件[/] {escape(str(departed))}", soft_wrap=True)
    for (year, code), asked in checked.questions.items():
        console.print(
            f"[yellow]{escape(code)} {year}年度　认不出的列 {len(asked)} 个[/]"
            "：用 perf-pipeline check --questions 文件夹 写出列对照表，填好放回收件文件夹",
            highlight=False,
            soft_wrap=True,
        )
    print_open_points(console, checked.points)
    if checked.ready:
        console.print("[green]没有待办，可以运行 perf-pipeline run[/]")
    else:
        count = len(checked.points) + len(checked.left)
        console.print(f"待办 {count} 项；不处理也可以运行，所缺的部分按“未知”评价", highlight=False)
