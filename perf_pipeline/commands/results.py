"""Commands about what was judged: status, trace, diff, close, reopen, score, rollup, report."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from perf_pipeline.commands.shell import (
    AsJson,
    Department,
    OneQuarter,
    Person,
    Quarter,
    app,
    behind,
    checkpoint_of,
    console,
    print_json,
    show,
    tell,
    tell_paths,
    warehouse,
)
from perf_pipeline.domain.calendar import OnDay
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.settings import Settings

Zip = Annotated[bool, typer.Option("--zip", help="另打包：每个部门一个，全部部门一个")]


@app.command()
def status(
    quarter: Quarter = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="某一天的资金情况，如 2024-09-20")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """数据仓库里的灯和状态；用 --on 看任何一天的资金情况。"""
    from perf_pipeline.monitoring.status import read_status
    from perf_pipeline.printing.inbox import print_open_points
    from perf_pipeline.printing.status import print_status
    from perf_pipeline.quality.open_points import open_points

    if on is not None:
        if quarter:
            raise ConfigurationError("--quarter 和 --on 只能用一个")
        _tell_money(Settings(), on.date(), as_json)
        return
    wanted = checkpoint_of(quarter) if quarter else None
    engine = warehouse()
    found = read_status(engine, wanted)
    with engine.connect() as connection:
        points = open_points(connection, seen=wanted)
    if as_json:
        for judged in found:
            whose = (judged["department_code"], int(judged["quarter"][:4]))
            mine = [each for each in points if (each.department, each.fiscal_year) == whose]
            judged["open_points"] = [asdict(each) for each in mine]
        print_json(found)
    else:
        print_status(console, found)
        print_open_points(console, points)


def _tell_money(settings: Settings, day: date, as_json: bool) -> None:
    from perf_pipeline.monitoring.money_on_day import TOLD, money_on
    from perf_pipeline.printing.status import print_money

    with warehouse(settings).connect() as connection:
        money = money_on(connection, OnDay(day), *settings.limit_levels())
    told = [{name: getattr(each, name) for name in TOLD} for each in money]
    show(told, as_json, lambda: print_money(console, day, money))


@app.command()
def trace(
    figure: Annotated[str, typer.Argument(help="追溯号，如 S12 或 I34")],
    as_json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help="列出全部来源行")] = False,
    csv: Annotated[Path | None, typer.Option(help="把全部来源行另存为这个 CSV 文件")] = None,
) -> None:
    """从一个数字回到它的来源行：文件、工作表、行；没有达到的行在前。"""
    from perf_pipeline.monitoring.tracing import trace_figure
    from perf_pipeline.printing.status import print_trace, write_trace

    traced = trace_figure(warehouse(), figure)
    show(traced.to_dict(), as_json, lambda: print_trace(console, traced, every=every))
    if csv is not None:
        write_trace(traced, csv)


@app.command()
def diff(
    quarter: OneQuarter,
    from_version: Annotated[int | None, typer.Option("--from", help="哪一版；不写为前一版")] = None,
    to_version: Annotated[int | None, typer.Option("--to", help="与哪一版；不写为最新版")] = None,
    department: Department = None,
    out: Annotated[Path | None, typer.Option(help="另写重述页到哪个文件夹")] = None,
    as_json: AsJson = False,
) -> None:
    """两版结果之间哪些数字变了、变了多少、由哪些来源行引起；以及关账后的调整。"""
    from perf_pipeline.monitoring.restatement import diff_quarter
    from perf_pipeline.printing.results import print_restatements

    found = diff_quarter(
        warehouse(),
        checkpoint_of(quarter),
        department_code=department,
        from_version=from_version,
        to_version=to_version,
    )
    pages: list[Path] = []
    if out is not None:
        from perf_pipeline.reports.restatement_page import write_restatements

        pages = write_restatements(found, out)
    told = [each.to_dict() for each in found]
    show(told, as_json, lambda: print_restatements(console, found), pages)


@app.command()
def close(
    quarter: OneQuarter,
    department: Department = None,
    reason: Annotated[str | None, typer.Option(help="为什么关账，留在记录里")] = None,
    by: Person = None,
) -> None:
    """关账：以后的运行不再改动该检查点的结果，迟到的数据作为调整记入下一个检查点。"""
    from perf_pipeline.warehouse.locks import close_quarter

    checkpoint = checkpoint_of(quarter)
    done = close_quarter(
        warehouse(), checkpoint, actor=behind(by), department_code=department, reason=reason
    )
    for each in done:
        tell(f"{each.department} {each.quarter} 已关账（第{each.version}版）")
    if not done:
        tell(f"{checkpoint.name} 此前已关账")


@app.command()
def reopen(
    quarter: OneQuarter,
    reason: Annotated[str, typer.Option(help="重新开账的理由")],
    department: Department = None,
    by: Person = None,
) -> None:
    """重新开账：写明理由，下次运行按现有数据重述该检查点。"""
    from perf_pipeline.warehouse.locks import reopen_quarter

    person, checkpoint = behind(by), checkpoint_of(quarter)
    for each in reopen_quarter(
        warehouse(), checkpoint, actor=person, reason=reason, department_code=department
    ):
        tell(f"{each.department} {each.quarter} 已重新开账")


@app.command()
def score(
    year: Annotated[int | None, typer.Option(help="财政年度；不写为日历的第一年")] = None,
    out: Annotated[Path | None, typer.Option(help="把绩效自评表写到这个文件夹")] = None,
    form: Annotated[
        str | None,
        typer.Option(help="项目自评表的式样：代码（national、sichuan 等）或声明文件 .yaml"),
    ] = None,
    zipped: Zip = False,
    as_json: AsJson = False,
) -> None:
    """年终绩效自评：每项指标、每个项目和部门的得分，连同算式；可写出绩效自评表。"""
    from perf_pipeline.monitoring.self_evaluation import evaluate_year, read_scores
    from perf_pipeline.printing.results import print_scores

    if zipped and out is None:
        raise ConfigurationError("--zip 要和 --out 一起用：写明把表格写到哪个文件夹")

    settings = Settings()
    year_end = settings.calendar().checkpoints(year or settings.calendar_file().first_year)[-1]
    engine = warehouse(settings)
    evaluate_year(engine, year_end, settings.scoring)
    found = [each.to_dict() for each in read_scores(engine, year_end)]
    paths: list[Path] = []
    if out is not None:
        from perf_pipeline.reports.files import write_archives
        from perf_pipeline.reports.write_year import write_year

        chosen = settings.forms
        own = form or chosen.self_evaluation
        years = write_year(engine, year_end, out, own, chosen.department)
        forms = {each.department: each.forms for each in years}
        paths = [path for of_department in forms.values() for path in of_department]
        if zipped:
            paths += write_archives(out, f"{year_end.fiscal_year}年绩效自评表", forms)
    show(found, as_json, lambda: print_scores(console, found), paths)


@app.command()
def rollup(
    quarter: OneQuarter,
    figure: Annotated[
        str, typer.Option(help="按哪个比率排名：attainment 或度量代码")
    ] = "attainment",
    as_json: AsJson = False,
) -> None:
    """部门、区县、市的汇总和排名：只加件数和金额；件数太少的不排名。"""
    from perf_pipeline.monitoring.rollup import read_rollup, roll_up_quarter
    from perf_pipeline.printing.results import print_rollup

    settings = Settings()
    checkpoint, engine = checkpoint_of(quarter), warehouse(settings)
    roll_up_quarter(engine, checkpoint, settings.organisation())
    found = read_rollup(engine, checkpoint, figure, settings.least_cases)
    show(found.to_dict(), as_json, lambda: print_rollup(console, found))


@app.command()
def report(
    quarter: OneQuarter,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")],
    pdf: Annotated[
        bool | None, typer.Option("--pdf/--no-pdf", help="报告另存为PDF；不写则按 PERF_PDF")
    ] = None,
    form: Annotated[
        str | None, typer.Option(help="监控表的式样：代码（national、hubei）或声明文件 .yaml")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="按当时所知重写当时的报告，如 2024-07-10（当天结束时）或 '2024-07-10 09:30'"
        ),
    ] = None,
    zipped: Zip = False,
) -> None:
    """由数据仓库写出一个检查点的监控表、报告页和 Word 报告，以及该年度的网页。"""
    from perf_pipeline.reports.files import write_archives
    from perf_pipeline.reports.site.write import write_site
    from perf_pipeline.reports.write import write_past_quarter, write_quarter
    from perf_pipeline.warehouse.past import as_it_was, moment_asked

    settings = Settings()
    calendar = settings.calendar()
    checkpoint = calendar.checkpoint(quarter)
    engine = warehouse(settings)
    if as_of is not None:
        engine = as_it_was(engine, moment_asked(as_of))
    write = write_quarter if as_of is None else write_past_quarter
    written = write(engine, checkpoint, out, form=form or settings.forms.monitoring)
    if not written:
        if as_of is not None:
            raise ConfigurationError(f"当时还没有 {checkpoint.name} 的评价")
        raise ConfigurationError(f"数据仓库里还没有 {checkpoint.name} 的评价，请先运行 run")
    for each in written:
        tell_paths((each.page, each.document, *each.forms))
    if settings.pdf if pdf is None else pdf:
        from perf_pipeline.reports.pdf import write_pdfs

        tell_paths(write_pdfs(each.document for each in written))
    site = write_site(engine, calendar.checkpoints(checkpoint.fiscal_year), out)
    tell_paths((*site.pages, site.index) if site else ())
    if zipped:
        forms = {each.department: each.forms for each in written}
        tell_paths(write_archives(out, f"{checkpoint.name}-执行监控表", forms))


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="往年数据，CSV：见 docs/decisions/outlook.md")],
    as_json: AsJson = False,
    forecasts: Annotated[
        Path | None, typer.Option(help="另把每次预计的分位数写到这个 CSV 文件")
    ] = None,
) -> None:
    """用往年数据检验“全年预计”：每年每期只用当时已知的数预计，再与实际比较。"""
    from perf_pipeline.monitoring.backtest.run import backtest as run_backtest
    from perf_pipeline.printing.backtest import print_backtest

    scores, made = run_backtest(file, Settings().outlook)
    if forecasts is not None:
        forecasts.write_text(made.to_csv(index=False), "utf-8")
    show(scores, as_json, lambda: print_backtest(console, scores))
