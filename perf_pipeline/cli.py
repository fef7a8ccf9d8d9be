"""The command line: what scripts rely on and people type."""

from __future__ import annotations

import importlib
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from perf_pipeline import printing, printing_results
from perf_pipeline.domain.errors import ConfigurationError, PerfPipelineError
from perf_pipeline.settings import Settings, read_calendar

if TYPE_CHECKING:
    from perf_pipeline.documents.model import Finding, TargetDocument
    from perf_pipeline.documents.review.last_year import IndicatorName

app = typer.Typer(help="预算绩效运行监控", no_args_is_help=True, pretty_exceptions_enable=False)
# a pipe has no width of its own: wide enough that no table is cut
console = Console(width=None if sys.stdout.isatty() else 120)

alerts = typer.Typer(help="预警：查看、确认、送达", no_args_is_help=True)
app.add_typer(alerts, name="alerts")


class FailOn(StrEnum):
    """From which severity on a review fails a script."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def severities(self) -> tuple[str, ...]:
        """The severities that fail it."""
        return ("error",) if self is FailOn.ERROR else ("error", "warning")


Quarter = Annotated[str | None, typer.Option(help="检查点，如 2024Q2；不写为全部")]
Department = Annotated[str | None, typer.Option(help="部门代码；不写为全部")]
Actor = Annotated[str | None, typer.Option(help="操作人；不写为当前系统用户")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def main() -> None:
    """Run the command line; what people did wrong is told in one line, without a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        app()
    except PerfPipelineError as error:
        Console(stderr=True).print(f"[bold red]错误[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(2)


def _workspace_module(name: str) -> Any:
    """Import a module of the Dagster code location, which lies beside `workspace.yaml`.

    The wheel carries perf_pipeline alone; the code location runs from a checkout or an image.
    """
    root = Path.cwd()
    if not (root / "workspace.yaml").is_file():
        raise ConfigurationError(f"请在含有 workspace.yaml 的文件夹里运行；当前为 {root}")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(name)


@app.command()
def run(
    year: Annotated[int | None, typer.Option(help="财政年度；不写为日历的第一年")] = None,
    quarter: Quarter = None,
) -> None:
    """读入、检查、评价、出报告、预警：全部工作，经 Dagster 在本进程内运行。"""
    from perf_pipeline.overview import read_overview
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    calendar = settings.calendar_file()
    if quarter is not None:
        year = settings.calendar().checkpoint(quarter).fiscal_year
    outcome = _workspace_module("assets.run").run_year(year or calendar.first_year, quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    printing.print_overview(
        console, read_overview(engine, outcome.year, outcome.started), outcome.year
    )
    console.print(
        f"报告在 {settings.output / 'reports'}，数据质量页在 {settings.output / 'data_docs'}"
    )
    for failure in outcome.failures:
        console.print(f"[bold red]失败[/] {failure}", highlight=False, soft_wrap=True)
    if outcome.failures:
        sys.exit(1)


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="绩效目标文件，或放着这些文件的文件夹")],
    as_json: AsJson = False,
) -> None:
    """读绩效目标文件（Word、Excel、PDF、文本）：项目、指标、支出计划、预算和发现的问题。

    文件夹逐份读取；有拒收的文件时退出码为 1。
    """
    if file.is_dir():
        _extract_folder(file, as_json)
        return
    from perf_pipeline.documents.extract import extract_document

    document = _as_json(extract_document(file))
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        printing.print_document(console, document)


def _as_json(document: TargetDocument) -> dict[str, Any]:
    """Return what was read, with all that the review says of it as its findings."""
    from perf_pipeline.documents.as_json import to_json_dict
    from perf_pipeline.documents.review.review import review_document

    return to_json_dict(replace(document, findings=review_document(document)))


def _extract_folder(folder: Path, as_json: bool) -> None:
    from perf_pipeline.documents.folder import Outcome, documents_in, read_documents

    paths = documents_in(folder)
    if not paths:
        raise ConfigurationError(f"文件夹“{folder}”里没有绩效目标文件")
    told = Console(stderr=True)
    entries = [*track(read_documents(paths), "读取", len(paths), console=told, transient=True)]
    if as_json:
        listed = [
            (_as_json(each.document) if each.document else {"document": {"path": str(each.path)}})
            | {"outcome": str(each.outcome), "reason": each.reason}
            for each in entries
        ]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        printing.print_folder(console, entries)
    if any(each.outcome is Outcome.REFUSED for each in entries):
        sys.exit(1)


@app.command()
def review(
    file: Annotated[Path, typer.Argument(help="绩效目标文件")],
    as_json: AsJson = False,
    workbook: Annotated[
        Path | None, typer.Option(help="另写一份审核工作簿（.xlsx），供人核对和更正")
    ] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="有这一级或更严重的意见时，退出码为 1")
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option(help="财政日历 calendar.yaml：支出计划应有其中每个检查点")
    ] = None,
    last_year: Annotated[
        bool, typer.Option("--last-year", help="与数据仓库里上年的实际完成值比较")
    ] = False,
) -> None:
    """审核一份绩效目标文件：缺项、归类、重复、矛盾、不可衡量、预算和分值不平。"""
    from perf_pipeline.documents.extract import extract_document
    from perf_pipeline.documents.review.review import review_document, to_json_list

    document = extract_document(file)
    findings = review_document(
        document,
        months=read_calendar(calendar).checkpoint_months if calendar else None,
        last_year=_last_year(document) if last_year else None,
    )
    if workbook is not None:
        _write_workbook(workbook, document, findings)
    if as_json:
        typer.echo(json.dumps(to_json_list(findings), ensure_ascii=False, indent=2))
    else:
        printing.print_review(console, document, findings)
    if fail_on is not None and any(each.severity in fail_on.severities for each in findings):
        sys.exit(1)


def _last_year(document: TargetDocument) -> Mapping[IndicatorName, Fraction]:
    from perf_pipeline.monitoring.last_year import read_last_year
    from perf_pipeline.warehouse.engine import open_warehouse

    engine = open_warehouse(Settings().warehouse_url.get_secret_value())
    return read_last_year(engine, document.department, document.fiscal_year)


def _write_workbook(path: Path, document: TargetDocument, findings: tuple[Finding, ...]) -> None:
    from perf_pipeline.documents.review.corrections import FILE_MARK
    from perf_pipeline.reports.review_workbook import build_review_workbook

    if path.suffix.lower() != ".xlsx":
        raise ConfigurationError(f"审核工作簿应写成 .xlsx，不能是“{path.name}”")
    content = build_review_workbook(document, findings)
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        said = f"{path} 已经存在，其中可能有填好的更正；请另写一个文件名"
        raise ConfigurationError(said) from None
    except OSError as error:
        raise ConfigurationError(f"{path} 无法写入（{error.strerror}）") from error
    name = "" if FILE_MARK in path.name else f"；交回时文件名须含“{FILE_MARK}”"
    Console(stderr=True).print(f"审核工作簿在 {path}{name}", highlight=False, soft_wrap=True)


@app.command()
def status(quarter: Quarter = None, as_json: AsJson = False) -> None:
    """数据仓库里的灯和状态。"""
    from perf_pipeline.monitoring.status import read_status
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    wanted = settings.calendar().checkpoint(quarter) if quarter else None
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    found = read_status(engine, wanted)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        printing.print_status(console, found)


@app.command()
def trace(
    figure: Annotated[str, typer.Argument(help="追溯号，如 S12 或 I34")], as_json: AsJson = False
) -> None:
    """从一个数字回到它的来源行：文件、工作表、行。"""
    from perf_pipeline.monitoring.tracing import trace_figure
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    traced = trace_figure(engine, figure, settings.calendar())
    if as_json:
        typer.echo(json.dumps(traced.to_dict(), ensure_ascii=False, indent=2))
    else:
        printing.print_trace(console, traced)


@app.command()
def diff(
    quarter: Annotated[str, typer.Option(help="检查点，如 2024Q2")],
    from_version: Annotated[int | None, typer.Option("--from", help="哪一版；不写为前一版")] = None,
    to_version: Annotated[int | None, typer.Option("--to", help="与哪一版；不写为最新版")] = None,
    department: Department = None,
    out: Annotated[Path | None, typer.Option(help="另写重述页到哪个文件夹")] = None,
    as_json: AsJson = False,
) -> None:
    """两版结果之间哪些数字变了、变了多少、由哪些来源行引起；以及关账后的调整。"""
    from perf_pipeline.monitoring.restatement import diff_quarter
    from perf_pipeline.reports.restatement_page import write_restatements
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    checkpoint = settings.calendar().checkpoint(quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    found = diff_quarter(
        engine,
        checkpoint,
        department_code=department,
        from_version=from_version,
        to_version=to_version,
    )
    pages = write_restatements(found, out) if out is not None else []
    if as_json:
        told = [each.to_dict() for each in found]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    printing_results.print_restatements(console, found)
    for page in pages:
        typer.echo(str(page))


@app.command()
def close(
    quarter: Annotated[str, typer.Option(help="检查点，如 2024Q1")],
    department: Department = None,
    reason: Annotated[str | None, typer.Option(help="说明")] = None,
    by: Actor = None,
) -> None:
    """关账：以后的运行不再改动该检查点的结果，迟到的数据作为调整记入下一个检查点。"""
    from perf_pipeline.warehouse.engine import open_warehouse
    from perf_pipeline.warehouse.locks import close_quarter

    settings = Settings()
    checkpoint = settings.calendar().checkpoint(quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    done = close_quarter(
        engine, checkpoint, actor=by or getuser(), department_code=department, reason=reason
    )
    for each in done:
        typer.echo(f"{each.department} {each.quarter} 已关账（第{each.version}版）")
    if not done:
        typer.echo(f"{checkpoint.name} 此前已关账")


@app.command()
def reopen(
    quarter: Annotated[str, typer.Option(help="检查点，如 2024Q1")],
    reason: Annotated[str, typer.Option(help="重新开账的理由")],
    department: Department = None,
    by: Actor = None,
) -> None:
    """重新开账：写明理由，下次运行按现有数据重述该检查点。"""
    from perf_pipeline.warehouse.engine import open_warehouse
    from perf_pipeline.warehouse.locks import reopen_quarter

    settings = Settings()
    checkpoint = settings.calendar().checkpoint(quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    for each in reopen_quarter(
        engine, checkpoint, actor=by or getuser(), reason=reason, department_code=department
    ):
        typer.echo(f"{each.department} {each.quarter} 已重新开账")


@app.command()
def score(
    year: Annotated[int | None, typer.Option(help="财政年度；不写为日历的第一年")] = None,
    as_json: AsJson = False,
) -> None:
    """年终绩效自评：每项指标、每个项目和部门的得分，连同算式。"""
    from perf_pipeline.monitoring.self_evaluation import evaluate_year, read_scores
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    year_end = settings.calendar().checkpoints(year or settings.calendar_file().first_year)[-1]
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    evaluate_year(engine, year_end, settings.scoring)
    found = read_scores(engine, year_end)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        printing_results.print_scores(console, found)


@app.command()
def rollup(
    quarter: Annotated[str, typer.Option(help="检查点，如 2024Q2")],
    figure: Annotated[
        str, typer.Option(help="按哪个比率排名：attainment 或度量代码")
    ] = "attainment",
    as_json: AsJson = False,
) -> None:
    """部门、区县、市的汇总和排名：只加件数和金额；件数太少的不排名。"""
    from perf_pipeline.monitoring.rollup import read_rollup, roll_up_quarter
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    checkpoint = settings.calendar().checkpoint(quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    roll_up_quarter(engine, checkpoint, settings.organisation())
    found = read_rollup(engine, checkpoint, figure, settings.least_cases)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        printing_results.print_rollup(console, found)


@app.command()
def report(
    quarter: Annotated[str, typer.Option(help="检查点，如 2024Q2")],
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")],
) -> None:
    """由数据仓库写出一个检查点的监控表和报告页。"""
    from perf_pipeline.reports.write import write_quarter
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    checkpoint = settings.calendar().checkpoint(quarter)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    written = write_quarter(engine, checkpoint, out)
    if not written:
        raise ConfigurationError(f"数据仓库里还没有 {checkpoint.name} 的评价，请先运行 run")
    for each in written:
        for path in (each.page, *each.forms):
            typer.echo(str(path))


@app.command()
def template(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；里面按 年度／部门／registers 排")],
) -> None:
    """写出各部门各台账的填报模板，已有的文件不覆盖。"""
    from perf_pipeline.templates import write_templates
    from perf_pipeline.warehouse.engine import open_warehouse
    from perf_pipeline.warehouse.targets import load_targets

    settings = Settings()
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    load_targets(engine, settings.inbox)
    written = write_templates(engine, folder, settings.calendar())
    if not written:
        raise ConfigurationError(f"{settings.inbox} 里没有能读的绩效目标文件，无从得知部门和项目")
    for each in written:
        typer.echo(f"{each.path}{'' if each.is_new else '（已有，未覆盖）'}")


@app.command()
def quarantine(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；里面按 年度／部门／registers 排")],
) -> None:
    """把隔离的行写成可改正的工作簿；改好后原样放回收件文件夹即可。"""
    from perf_pipeline.warehouse.engine import open_warehouse
    from perf_pipeline.warehouse.quarantine import hand_back

    engine = open_warehouse(Settings().warehouse_url.get_secret_value())
    handed = hand_back(engine, folder)
    for path, rows in handed.workbooks:
        typer.echo(f"{path}：{rows} 行")
    for place, reason, hint in handed.whole_files:
        console.print(f"[yellow]须整份重交[/] {place}：{reason} {hint}", soft_wrap=True)
    if not handed.workbooks and not handed.whole_files:
        typer.echo("没有隔离的行。")


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="往年数据，CSV：见 docs/decisions/outlook.md")],
    as_json: AsJson = False,
) -> None:
    """用往年数据检验“全年预计”：每年每期只用当时已知的数预计，再与实际比较。"""
    from perf_pipeline.monitoring.backtest.run import backtest as run_backtest

    scores = run_backtest(file)
    if as_json:
        typer.echo(json.dumps(scores, ensure_ascii=False, indent=2))
    else:
        printing.print_backtest(console, scores)


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 3000,
) -> None:
    """打开本工作区的 Dagster 界面。"""
    _workspace_module("assets.ui").serve_ui(host, port)


@alerts.command("list")
def list_alerts(as_json: AsJson = False) -> None:
    """待处理的预警，及没有送成的消息。"""
    from perf_pipeline.alerts.delivery import unsettled
    from perf_pipeline.alerts.raising import open_alerts
    from perf_pipeline.warehouse.engine import open_warehouse

    engine = open_warehouse(Settings().warehouse_url.get_secret_value())
    found, messages = open_alerts(engine), unsettled(engine)
    if as_json:
        both = {"alerts": found, "messages": messages}
        typer.echo(json.dumps(both, ensure_ascii=False, indent=2, default=str))
    else:
        printing.print_alerts(console, found, messages)


@alerts.command("ack")
def acknowledge_alert(
    number: Annotated[int, typer.Argument(help="预警编号")],
    reason: Annotated[str, typer.Option(help="偏差原因和处理办法")],
    person: Annotated[str, typer.Option(help="谁确认的", envvar="USER")] = "",
) -> None:
    """确认一条预警，写明理由；确认后不再升级。"""
    from perf_pipeline.alerts.raising import acknowledge
    from perf_pipeline.warehouse.engine import open_warehouse

    engine = open_warehouse(Settings().warehouse_url.get_secret_value())
    acknowledge(engine, number, person=person, reason=reason)
    console.print(f"预警 {number} 已确认")


@alerts.command("send")
def send_alerts(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会发什么给谁，不发")] = False,
) -> None:
    """把预警汇总送给接收人：每人每天一份，同一状态不告诉第二次。"""
    from perf_pipeline.alerts.configuration import load_configuration
    from perf_pipeline.alerts.delivery import deliver, preview
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = Settings()
    told = load_configuration(settings.inbox)
    engine = open_warehouse(settings.warehouse_url.get_secret_value())
    if dry_run:
        printing.print_digests(console, preview(engine, told))
    else:
        ends = deliver(engine, told)
        console.print(
            f"送达 {ends.sent}，等待 {ends.waiting}，拒收 {ends.refused}，不清楚 {ends.unclear}"
        )


@alerts.command("resend")
def resend_message(key: Annotated[str, typer.Argument(help="消息号，见 alerts list")]) -> None:
    """让一条被拒收或不清楚是否送到的消息再发一次。"""
    from perf_pipeline.alerts.delivery import send_again
    from perf_pipeline.warehouse.engine import open_warehouse

    send_again(open_warehouse(Settings().warehouse_url.get_secret_value()), key)
    console.print(f"消息 {key} 下次送达时再发")


@app.command()
def doctor() -> None:
    """检查安装、设置、收件文件夹和数据仓库。"""
    from perf_pipeline.doctor import examine

    healthy = True
    for check in examine(Settings()):
        printing.print_check(console, check)
        healthy &= check.passed
    if not healthy:
        sys.exit(1)
