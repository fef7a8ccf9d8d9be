"""What the command line prints of alerts and of the digests that tell them."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.alerts.digest import Digest
from perf_pipeline.alerts.state import AlertState
from perf_pipeline.items.levels import LEVEL_LABELS


def print_alerts(
    console: Console, alerts: list[dict[str, Any]], messages: list[dict[str, Any]]
) -> None:
    """Print the open alerts, and the messages that did not arrive."""
    table = Table("编号", "检查点", "级别", "现状", title="待处理的预警")
    table.add_column("事项", overflow="fold")
    for each in alerts:
        what = escape(f"{each['place']}：{each['subject']}。{each['gap']}")
        level, state = LEVEL_LABELS.get(each["level"], each["level"]), each["state"]
        table.add_row(str(each["id"]), each["quarter"], level, AlertState(state).label, what)
    console.print(table)
    if messages:
        table = Table("消息号", "接收人", "状态", "试过", "原因", title="没有送成的消息")
        for each in messages:
            numbers = (each["state"], str(each["attempts"]), escape(each["error"] or ""))
            table.add_row(each["message_key"], escape(each["recipient"]), *numbers)
        console.print(table)


def print_digests(console: Console, digests: list[Digest]) -> None:
    """Print the digests that would be sent, and to whom (dry run)."""
    if not digests:
        console.print("现在没有要告诉任何人的。")
    for digest in digests:
        by = " ".join((digest.recipient.channel, *digest.recipient.to))
        for message in digest.messages:
            console.print(
                f"[bold]给 {escape(digest.recipient.name)}（{escape(by)}）："
                f"{escape(message.title)}[/]"
            )
            console.print(message.text, markup=False, highlight=False, soft_wrap=True)
