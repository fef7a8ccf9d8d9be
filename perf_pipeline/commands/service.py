"""Commands that run the whole: run, ui, serve, doctor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from perf_pipeline.commands.items import live_of_year, one_item
from perf_pipeline.commands.shell import (
    AsJson,
    Quarter,
    app,
    console,
    print_json,
    tell,
    warehouse,
    workspace_module,
)
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

ASKED = "questions"  # in the output folder: what the headers of refused files ask


@app.command()
def run(
    year: Annotated[int | None, typer.Option(help="财政年度；不写为日历的第一年")] = None,
    quarter: Quarter = None,
    again: Annotated[
        bool, typer.Option("--again", help="即使上次运行以来什么也没有变，也全部再做一遍")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="只说失败和报告在哪里")] = False,
    as_json: AsJson = False,
) -> None:
    """读入、检查、评价、出报告、预警：全部工作，经 Dagster 在本进程内运行。

    上次运行以来什么也没有变（文件、程序、设置、日期、数据仓库、已写出的报告）时，只看不做。
    """
    from perf_pipeline.overview import read_overview
    from perf_pipeline.printing.overview import overview_dict, print_overview
    from perf_pipeline.reports.files import year_page

    settings = Settings()
    calendar = settings.calendar_file()
    if quarter is not None:
        year = settings.calendar().checkpoint(quarter).fiscal_year
    year = year or calendar.first_year
    engine = warehouse(settings)  # one that does not answer is told at once, not after retries
    started = datetime.now(UTC)
    silent = quiet or as_json
    failures, idle = _run_or_look(
        settings, engine, year, quarter, again=again, quiet=silent, started=started
    )
    of_year = settings.calendar().checkpoints(year)
    told = None if quiet and not as_json else read_overview(engine, of_year, started)
    asked = _ask_columns(settings, engine)
    places = {"reports": str(settings.output / "reports")}
    places["data_docs"] = str(settings.output / "data_docs")
    page = settings.output / "reports" / year_page(year)
    seconds = round((datetime.now(UTC) - started).total_seconds())
    if as_json:
        assert told is not None
        said = {**overview_dict(told), **places, "seconds": seconds, "failures": failures}
        print_json({**said, "nothing_new": idle, "column_questions": [*map(str, asked)]})
    else:
        if told is not None:
            print_overview(console, told, year)
        if page.is_file():
            tell(f"网页 {page}")
        tell(f"报告在 {places['reports']}，数据质量页在 {places['data_docs']}；用时 {seconds} 秒")
        _tell_columns(asked, settings.output / ASKED)
        if idle:
            tell("上次运行以来什么也没有变，这次没有重做；要全部再做一遍，加 --again")
    for failure in failures if not as_json else ():
        console.print(f"[bold red]失败[/] {failure}", highlight=False, soft_wrap=True)
    if failures:
        sys.exit(1)


def _ask_columns(settings: Settings, engine: Engine) -> list[Path]:
    """Write what the headers of refused files ask, below the output; return the workbooks."""
    from perf_pipeline.checking import questions_of, workbooks_of, write_questions
    from perf_pipeline.warehouse.departures import newest_files

    with engine.connect() as connection:
        files = [dict(each) for each in connection.execute(newest_files()).mappings()]
    asked = questions_of(engine, settings.inbox, files)
    write_questions(asked, settings.output / ASKED)
    return workbooks_of(asked, settings.output / ASKED)


def _tell_columns(workbooks: Sequence[Path], folder: Path) -> None:
    for path in workbooks:
        into = path.relative_to(folder).parent
        console.print(
            f"[yellow]认不出的列[/] 写在 {escape(str(path))}：填好“台账的列”，"
            f"放进收件文件夹的 {escape(str(into))}，再运行 run",
            highlight=False,
            soft_wrap=True,
        )


def _run_or_look(
    settings: Settings,
    engine: Engine,
    year: int,
    quarter: str | None,
    *,
    again: bool,
    quiet: bool,
    started: datetime,
) -> tuple[tuple[str, ...], bool]:
    """Run everything, or nothing where nothing is new; return what failed, and if nothing was."""
    from perf_pipeline.last_run import forget, mark_before, nothing_new, remember
    from perf_pipeline.warehouse.changed import judge_all_again

    of, before = quarter or str(year), mark_before(settings, started.astimezone(LOCAL).date())
    if not again and nothing_new(settings, of, before, engine):
        return (), True
    if again:
        judge_all_again(engine)
    forget(settings, of)
    failures = workspace_module("assets.run").run_year(year, quarter, quiet=quiet)
    if not failures:
        remember(settings, of, before, engine)
    return failures, False


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口", min=1, max=65535, envvar="PERF_UI_PORT")] = 3000,
) -> None:
    """打开本工作区的 Dagster 界面。"""
    workspace_module("assets.ui").serve_ui(host, port)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址；非本机的须加 --behind-proxy")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口", min=1, max=65535)] = 8000,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="前面有负责登录的反向代理")
    ] = False,
) -> None:
    """提供报告页和表格：自己没有登录，供放在负责登录的反向代理之后；代理写明是谁的，可答复整改事项。"""
    from perf_pipeline.items.answering import answer
    from perf_pipeline.serving.access import Access
    from perf_pipeline.serving.answering import Answering
    from perf_pipeline.serving.application import server
    from perf_pipeline.serving.drawing import draw

    settings = Settings()
    access = Access(host, behind_proxy, settings.serve)
    shown = f"[{host}]" if ":" in host else host
    tell(f"http://{shown}:{port}/")
    tell(f"谁能看到什么：{access.statement}")
    url = settings.warehouse_url.get_secret_value()
    answers = None
    if access.takes_answers:
        engine = warehouse(settings)
        answers = Answering(
            lambda departments: live_of_year(None, engine, departments),
            lambda number: one_item(number, engine),
            lambda item, said, person: answer(
                engine, settings.inbox, item, said, datetime.now(LOCAL), by=person
            ),
        )
    drawn = partial(draw, settings)
    server(settings.output / "reports", url, access, port, answers, drawn).run()


@app.command()
def doctor() -> None:
    """检查安装、设置、收件文件夹和数据仓库。"""
    from perf_pipeline.doctor import examine
    from perf_pipeline.printing.status import print_check

    if not all([print_check(console, check) for check in examine(Settings())]):
        sys.exit(1)
