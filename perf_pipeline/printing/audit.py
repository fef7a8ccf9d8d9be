"""What the command line prints of the audit's findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.measures.findings import Finding, first_of_each_rule
from perf_pipeline.printing.marks import picked

SAID = ("verdict", "words", "person")


def print_findings(console: Console, findings: Sequence[Finding], most: int) -> None:
    """Print some findings of each rule and how many there are, department by department."""
    if not findings:
        console.print("没有审计线索。")
    for code, group in groupby(findings, lambda each: each.department_code):
        mine = list(group)
        counts = Counter(each.label for each in mine)
        table = Table("编号", "类别", title=f"{code}：审计线索{len(mine)}条，须核实，不是结论")
        table.add_column("发现", overflow="fold")
        table.add_column("金额（元）", justify="right")
        table.add_column("结论", overflow="fold")
        for each in first_of_each_rule(mine, most):
            amount = "—" if each.amount_fen is None else format_yuan(each.amount_fen)
            what = f"{each.project_name or ''} {each.detail}（{each.rows}行，首行{each.place}）"
            verdict = escape(each.verdict_text)
            table.add_row(each.number, each.label, escape(what.strip()), amount, verdict)
        console.print(table)
        told = "、".join(f"{label}{count}条" for label, count in counts.items())
        console.print(f"合计：{told}。每种最多列{most}条，用 --most 多列。")


def as_rows(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings for scripts."""
    return [
        {
            "number": each.number,
            "department": each.department_code,
            **picked(each, "rule", "label", "subject", "project_name", "detail"),
            **picked(each, "rows", "amount_fen", "place"),
            **dict.fromkeys(SAID),
            **(picked(each.said, *SAID) if each.said else {}),
            "rows_since": each.grew,
        }
        for each in findings
    ]
