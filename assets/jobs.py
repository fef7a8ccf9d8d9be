"""Jobs, one for each thing that a person would want to press, and the sensor on the inbox."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg

from assets.intake import REGISTER_NAMES, TARGET_TABLES
from assets.partitions import (
    calendar,
    first_year,
    passed_checkpoints,
    self_evaluation_due,
    settings,
    today,
)
from perf_pipeline.language.spoken import say
from perf_pipeline.warehouse.inbox import EVALUATIONS, REGISTERS, TARGETS, InboxFile, inbox_files

JUDGED_GROUPS = ("measures", "monitoring", "alerts")
docs = dg.AssetSelection.assets("data_docs")
look = dg.AssetSelection.assets("daily_look")
messages = dg.AssetSelection.assets("alert_message", "alert_told", "item_told")
judged = dg.AssetSelection.groups(*JUDGED_GROUPS, "reports") - docs - look - messages
taken_in = dg.AssetSelection.groups("targets", "actuals")

jobs: list[Any] = []


def _job(name: str, selection: dg.AssetSelection, said: str) -> Any:
    jobs.append(dg.define_asset_job(name, selection=selection, description=say(said)))
    return jobs[-1]


_job(
    "check_data",
    dg.AssetSelection.checks_for_assets(*TARGET_TABLES, *REGISTER_NAMES, "source_file"),
    "只检查已读入的数据，不重新读入",
)
_job(
    "write_reports",
    dg.AssetSelection.assets("report", "report_line"),
    "只重写一个检查点的报告和监控表，不重新评价",
)
ingest = _job("ingest", taken_in, "读入绩效目标文件和台账，并检查")
judge_quarter = _job("judge_quarter", judged, "评价一个检查点：度量、监控、预警、报告")
deliver_alerts = _job("deliver_alerts", messages, "把预警汇总送给接收人，每人每天一份")
_job("publish_docs", docs, "写出数据质量页")
everything = taken_in | judged | docs | messages
quarterly_monitoring = _job(
    "quarterly_monitoring", everything, "一个检查点的全部工作：读入、检查、评价、预警、报告"
)
morning = _job(
    "morning", look | messages, "每天一次：看到期的事项和待报送的台账，升级没有处理的预警，送达汇总"
)
year_end = _job(
    "year_end",
    dg.AssetSelection.groups("self_evaluation"),
    "年终绩效自评：一个年度的得分和复核，在年终检查点评价之后运行",
)


@dg.sensor(
    jobs=[ingest, quarterly_monitoring, year_end],
    minimum_interval_seconds=30,
    description=say("收件文件夹有变化且两次查看之间不再变化时，读入并重新评价该年度已过的检查点"),
)
def inbox_changed(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest]:
    """Ask for runs when a year's files have changed and are no longer being written.

    The cursor keeps what was seen at the last look and what was last acted on. The count of
    states acted on is part of the run key, so that going back to an earlier state counts too.
    """
    now = _fingerprints(settings.inbox)
    before = json.loads(context.cursor or "{}")
    seen, done = before.get("seen", {}), before.get("done", {})
    for year, mark in now.items():
        last, count = done.get(year, ("", 0))
        if last == mark or seen.get(year) != mark:
            continue
        done[year] = (mark, count + 1)
        passed = passed_checkpoints(calendar, int(year), first_year, today())
        for checkpoint in passed:
            yield dg.RunRequest(
                run_key=f"{checkpoint.name}-{count + 1}-{mark}",
                job_name=quarterly_monitoring.name,
                partition_key=checkpoint.name,
            )
        if passed and passed[-1].last and self_evaluation_due(passed[-1]) <= today():
            yield dg.RunRequest(
                run_key=f"{year}-self-evaluation-{count + 1}-{mark}",
                job_name=year_end.name,
                partition_key=year,
            )
        if not passed:
            yield dg.RunRequest(run_key=f"{year}-{count + 1}-{mark}", job_name=ingest.name)
    context.update_cursor(json.dumps({"seen": now, "done": done}))


def _stand(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except OSError:  # taken away since it was listed
        return ()
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


@lru_cache(maxsize=100_000)
def _digest(file: InboxFile, _stand: tuple[int, ...]) -> str:
    """Return a file's digest, read again only where it stands otherwise than at the last look."""
    return file.sha256()


def _fingerprints(inbox: Path) -> dict[str, str]:
    """Sum up each year's files by name and content: a copy may keep size and time of another."""
    by_year: dict[str, list[str]] = {}
    for part in (TARGETS, REGISTERS, EVALUATIONS):
        for file in inbox_files(inbox, part):
            line = f"{file.relative} {_digest(file, _stand(file.path))}"
            by_year.setdefault(str(file.fiscal_year), []).append(line)
    return {
        year: hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
        for year, lines in sorted(by_year.items())
    }
