"""Printing the log of acts, and writing it as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.language.spoken import say
from perf_pipeline.printing.marks import harmless
from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.seals.log import LoggedAct

_EXPLAINED = re.compile("[：；，（:;(]")  # what a table's comment says behind its name
HEADINGS = (
    *("编号", "时间", "做了什么", "对象", "谁", "运行", "写入", "关闭的行数"),
    *("程序摘要", "规则摘要", "上一条摘要", "摘要"),
)


def act_line(act: LoggedAct) -> str:
    """Say an act on a line."""
    when = f"{act.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
    told = (f"{act.number}", when, act.person, act.label, act.subject, _written(act))
    return "　".join(filter(None, (*told, act.digest[:12])))


def _written(act: LoggedAct) -> str:
    """Say what was written, by the names of the tables."""
    return "；".join(f"{_label(name)}（{rows}行）" for name, rows in act.wrote.items())


def _label(name: str) -> str:
    comment = metadata.tables[name].comment if name in metadata.tables else None
    return _EXPLAINED.split(say(comment or name), maxsplit=1)[0].strip()


def write_acts(acts: Sequence[LoggedAct], path: Path) -> None:
    """Write the log as CSV, for a spreadsheet: a text that begins as a formula does is quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for each in acts:
            row = (
                *(each.number, each.happened_at.isoformat(), each.label, each.subject, each.person),
                *(each.run, _written(each), sum(each.closed.values())),
                *(each.code, each.rules, each.previous, each.digest),
            )
            writer.writerow([harmless(value) for value in row])
