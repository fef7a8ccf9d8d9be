"""Printing the log of acts, and writing it as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.printing.marks import harmless
from perf_pipeline.warehouse.seals.log import LoggedAct

HEADINGS = (
    *("编号", "时间", "做了什么", "对象", "谁", "运行", "写入", "关闭的行数"),
    *("程序摘要", "规则摘要", "上一条摘要", "摘要"),
)


def act_line(act: LoggedAct) -> str:
    """Say an act on a line."""
    when = f"{act.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
    told = (f"{act.number}", when, act.person, act.label, act.subject, act.written)
    return "　".join(filter(None, (*told, act.digest[:12])))


def write_acts(acts: Sequence[LoggedAct], path: Path) -> None:
    """Write the log as CSV, for a spreadsheet: a text that begins as a formula does is quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for each in acts:
            row = (
                *(each.number, each.happened_at.isoformat(), each.label, each.subject, each.person),
                *(each.run, each.written, sum(each.closed.values())),
                *(each.code, each.rules, each.previous, each.digest),
            )
            writer.writerow([harmless(value) for value in row])
