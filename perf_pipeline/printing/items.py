"""What the command line prints of items."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.standings import Item
from perf_pipeline.printing.marks import picked, print_line


def item_dict(item: Item) -> dict[str, object]:
    """Return an item as plain values for JSON."""
    answer, standing = item.answer, item.standing
    promise = answer.promise if answer else None
    return {
        "number": item.id,
        **picked(item, "department", "kind", "place", "subject", "first_seen"),
        "state": str(standing.state),
        **picked(standing, "due_on", "words"),
        "gap": item.gap or None,
        "gap_fen": item.gap_fen or None,
        "trend": [str(point) for point in item.points],
        "warnings": len(item.facts.warnings),
        "answer": answer
        and picked(answer, "on", "choice", "category", "words", "measures", "person", "document"),
        "promise": promise
        and {"value": promise.words, **picked(promise, "by", "reached", "actual")},
    }


def print_items(console: Console, items: Sequence[Item]) -> None:
    """Print a line an item."""
    table = Table("编号", "现状", "期限", "自", title=f"整改事项 {len(items)}项")
    table.add_column("事项", overflow="fold")
    table.add_column("差距", overflow="fold")
    for each in items:
        table.add_row(
            str(each.id),
            each.standing.state.label,
            str(each.standing.due_on or ""),
            each.first_seen,
            escape(each.name),
            escape(each.gap),
        )
    console.print(table)


def print_item(console: Console, item: Item) -> None:
    """Print all that is known of an item."""
    said = [
        ("事项", f"{item.id}　{item.name}　{ItemKind(item.kind).label}"),
        ("现状", f"{item.standing.state.label}：{item.standing.words}"),
        ("首次出现", item.first_seen),
        ("走势", item.trend or "没有评价结果"),
        ("差距", item.gap or "—"),
        ("预警", f"{len(item.facts.warnings)}次"),
    ]
    for each in item.facts.answers:
        words = f"{each.choice}（{each.category}）：{each.words}"
        words += f"；措施：{each.measures}" if each.measures else ""
        words += f"；文号：{each.document}" if each.document else ""
        words += f"；责任人：{each.person}" if each.person else ""
        said.append((f"{each.on} 答复", words))
        if each.promise:
            unknown = f"台账不能核对（{each.promise.doubt}）" if each.promise.doubt else "未到期"
            reached = {True: "已达到", False: "未达到", None: unknown}[each.promise.reached]
            actual = f"，台账为{each.promise.actual}" if each.promise.actual else ""
            told = f"{each.promise.said}：{reached}{actual}"
            said.append(("承诺", told))
    for label, words in said:
        print_line(console, f"{label}：{words}")
