"""What the command line prints of target documents and of their review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from perf_pipeline.documents.folder import FolderEntry, Outcome
from perf_pipeline.documents.model import Finding, TargetDocument
from perf_pipeline.language.spoken import say

SEVERITY_STYLES = {
    "error": ("bold red", "错误"),
    "warning": ("yellow", "警告"),
    "info": ("cyan", "提示"),
}


def print_document(console: Console, document: dict[str, Any]) -> None:
    """Print what was read from a target document."""
    head = document["document"]
    year = f"{head['fiscal_year']}年" if head["fiscal_year"] else "年度不明"
    console.print(f"[bold]{escape(head['department'])} {year} {escape(head['title'])}[/]")
    for project in document["projects"]:
        table = Table(
            "一级指标", "二级指标", "三级指标", "指标值", "读作", title=escape(project["name"])
        )
        for indicator in project["indicators"]:
            table.add_row(
                *(_or_guessed(indicator, name) for name in ("level1", "level2")),
                *(escape(indicator[name]) for name in ("level3", "raw_value")),
                _target_text(indicator["target"]),
            )
        console.print(table)
    table = Table("分项工作", "部门指标", "指标值", "读作", title="部门指标")
    for indicator in document["department_indicators"]:
        table.add_row(
            *(escape(indicator[name]) for name in ("section", "name", "raw_value")),
            _target_text(indicator["target"]),
        )
    console.print(table)
    for finding in document["findings"]:
        console.print(
            f"[yellow]{finding['severity']}[/] {escape(finding['message'])} "
            f"{escape(finding['where'])}"
        )


def _or_guessed(indicator: dict[str, Any], name: str) -> str:
    """Say a level; one that the indicator library guesses says so."""
    guessed = (indicator["guessed"] or {}).get(name)
    return f"{escape(guessed)}（推测）" if guessed else escape(indicator[name])


def print_folder(console: Console, entries: list[FolderEntry]) -> None:
    """Print a line a document: how far it was read and why not further; and the sums."""
    table = Table("文件", "结果", "项目", "项目指标", "部门指标", "原因")
    for each in entries:
        read = each.document
        counts = (len(read.projects), sum(len(p.indicators) for p in read.projects)) if read else ()
        numbers = [str(n) for n in counts] or ["", ""]
        numbers.append(str(len(read.department_indicators)) if read else "")
        table.add_row(escape(each.path.name), each.outcome.label, *numbers, escape(each.reason))
    console.print(table)
    sums = Counter(each.outcome for each in entries)
    console.print("，".join(f"{each.label} {sums[each]} 份" for each in Outcome), highlight=False)


def _target_text(target: dict[str, Any]) -> str:
    parts = (target["operator"], target["value"], target["upper"], target["unit"])
    return escape(" ".join(part for part in parts if part)) + f"（{target['kind']}）"


def print_review(console: Console, document: TargetDocument, findings: Sequence[Finding]) -> None:
    """Print what a review found, a table a project, the department's own first."""
    named = " ".join(filter(None, (document.department, document.title))) or document.path
    console.print(f"{named} 绩效目标审核", style="bold", markup=False, highlight=False)
    if not findings:
        console.print("[green]没有发现问题[/]")
    groups: dict[str, list[Finding]] = {}
    for each in sorted(findings, key=lambda finding: finding.project != ""):
        groups.setdefault(each.project, []).append(each)
    for project, found in groups.items():
        table = Table(title=Text(project or say("部门和全文")), show_lines=True, expand=True)
        for heading, ratio in (("级别", 6), ("位置", 8), ("问题", 28), ("建议和依据", 34)):
            table.add_column(heading, overflow="fold", ratio=ratio)
        for each in found:
            style, label = SEVERITY_STYLES[each.severity]
            mend = Text(say(each.proposal))
            if each.rule:
                mend.append(f"\n{say(each.rule)}", style="dim")
            level, place = Text(say(label), style=style), Text(say(each.where))
            table.add_row(level, place, Text(say(each.message)), mend)
        console.print(table)
    counts = Counter(str(each.severity) for each in findings)
    parts = [f"{SEVERITY_STYLES[s][1]} {counts[s]}" for s in SEVERITY_STYLES]
    console.print(f"合计 {len(findings)} 条：{'，'.join(parts)}", highlight=False)
