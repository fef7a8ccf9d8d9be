"""Commands about the internal audit: audit list, verdict, workbook."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipeline.commands.shell import (
    AsJson,
    Department,
    OneQuarter,
    Person,
    app,
    behind,
    checkpoint_of,
    console,
    show,
    tell,
    warehouse,
)
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.finding import FindingVerdict
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from perf_pipeline.alerts.stored import Alert

audit = typer.Typer(help="内部审计：线索、核查结论", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command("list")
def list_findings(
    quarter: OneQuarter,
    department: Department = None,
    rule: Annotated[str | None, typer.Option(help="只看一种线索，写类别或规则代码")] = None,
    most: Annotated[int, typer.Option(min=1, help="每种线索最多列几条，按金额从大到小")] = 5,
    as_json: AsJson = False,
) -> None:
    """审计线索：每种先列金额最大的几条，另给条数；连同核查结论。"""
    from perf_pipeline.measures.findings import findings_at
    from perf_pipeline.printing.audit import as_rows, print_findings

    with warehouse().connect() as connection:
        found = chain.from_iterable(findings_at(connection, checkpoint_of(quarter)).values())
    wanted = [
        each
        for each in found
        if department in (None, each.department_code) and rule in (None, each.rule, each.label)
    ]
    show(as_rows(wanted), as_json, lambda: print_findings(console, wanted, most))


@audit.command("verdict")
def verdict_on_finding(
    number: Annotated[str, typer.Argument(help="线索编号，见 audit list")],
    verdict: Annotated[
        FindingVerdict, typer.Argument(help="confirmed 属实；explained 已解释；mistaken 误报")
    ],
    quarter: OneQuarter,
    reason: Annotated[str, typer.Option(help="核查情况：查了什么，为什么是这个结论")],
    by: Person = None,
) -> None:
    """给一条线索写下核查结论；以后各次运行都带着它，证据又增加时另行提示。"""
    from perf_pipeline.measures.findings import say_verdict

    engine, checkpoint = warehouse(), checkpoint_of(quarter)
    found = say_verdict(engine, checkpoint, number, verdict, person=behind(by), words=reason)
    tell(f"{found.number} {found.label} {found.subject}：{found.verdict_text}")
    for each in _raised(Settings(), engine, checkpoint.fiscal_year):
        tell(f"已列入整改事项（见 items）：{each}")


def _raised(settings: Settings, engine: Engine, fiscal_year: int) -> list[Alert]:
    """Raise what verdicts say at the year's newest checkpoint that is over, as a run would."""
    from perf_pipeline.alerts.audited import AUDIT
    from perf_pipeline.alerts.configuration import load_configuration
    from perf_pipeline.alerts.raising import raise_alerts

    today = datetime.now(LOCAL).date()
    over = [each for each in settings.calendar().checkpoints(fiscal_year) if each.ends_on < today]
    if not over:
        return []
    after = settings.calendar_file().working_day_after
    raised = raise_alerts(engine, over[-1], load_configuration(settings.inbox), after=after)
    return [each for each in raised if each.rule == AUDIT]


@audit.command("workbook")
def write_verdict_workbooks(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；里面按 年度／部门／registers 排")],
    quarter: OneQuarter,
    most: Annotated[int, typer.Option(min=1, help="每种线索最多写几条")] = 50,
) -> None:
    """写出待核查线索的工作簿，填好结论后放回收件文件夹；已有的文件不覆盖。"""
    from perf_pipeline.reports.verdict_workbook import write_workbooks

    waiting = write_workbooks(warehouse(), checkpoint_of(quarter), folder, most)
    for path, written, left in waiting:
        rest = f"，另有{left}条未写入" if left else ""
        tell(f"{path}：{written}条{rest}" if written else f"{path}（已有，未覆盖）")
