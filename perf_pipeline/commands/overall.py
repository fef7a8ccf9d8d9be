"""Commands about the evaluation of a year: overall, and recheck of what was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from perf_pipeline.commands.shell import AsJson, app, console, show, tell, warehouse
from perf_pipeline.domain.scoring import write_points
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from perf_pipeline.monitoring.whole_department.evaluate import WholeDepartment


@app.command()
def overall(
    year: Annotated[int, typer.Argument(help="财政年度")],
    out: Annotated[Path | None, typer.Option(help="把共性指标表写到这个文件夹")] = None,
    form: Annotated[
        str | None, typer.Option(help="表的式样：代码（national、chongqing）或声明文件 .yaml")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """部门整体绩效共性指标：预算执行、调整、三公、采购、资产、人员等；没有数据的写“无数据”。"""
    from perf_pipeline.monitoring.whole_department.evaluate import whole_departments

    settings = Settings()
    year_end = settings.calendar().checkpoints(year)[-1]
    with warehouse(settings).connect() as connection:
        found = whole_departments(
            connection, year_end, settings.whole_department, settings.scoring.overspent
        )
    paths: list[Path] = []
    if out is not None:
        from perf_pipeline.reports.whole_department_form import write_whole_departments

        paths = write_whole_departments(found, year, out, form or settings.forms.common_lines)
    show([_as_json(each) for each in found], as_json, lambda: _print(found, year), paths)


def _print(found: Sequence[WholeDepartment], year: int) -> None:
    if not found:
        tell(f"{year}年度还没有读入任何部门的数据：请先运行 perf-pipeline run")
    for each in found:
        earned = f"{write_points(each.score_centi)}/{write_points(each.points_centi)}分"
        table = Table("指标", "目标", "完成值", "得分", title=f"{each.name}：{earned}")
        table.add_column("数据", overflow="fold")
        for line in each.lines:
            score = "无数据" if line.score_centi is None else write_points(line.score_centi)
            table.add_row(line.declared.label, line.declared.limit, line.text, score, line.words)
        console.print(table)


def _as_json(found: WholeDepartment) -> dict[str, object]:
    sums = ("score_centi", "points_centi", "missing_centi")
    of_line = ("points_centi", "score_centi", "words")
    lines = [
        {"code": line.declared.code, "label": line.declared.label, "value": line.text}
        | {"limit": line.declared.limit, **{name: getattr(line, name) for name in of_line}}
        for line in found.lines
    ]
    of = {name: getattr(found, name) for name in sums}
    return {"department": found.code, **of, "lines": lines}


@app.command()
def recheck(
    year: Annotated[int, typer.Argument(help="财政年度；自评表放在 年度/部门/evaluations 里")],
    seed: Annotated[
        int | None, typer.Option(help="抽样的种子；不写为年度，随时可重抽出同样的")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="抽几份；一半按风险，一半按种子")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="写出复核表、公开的结果（工作簿和网页）和结果应用建议")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """自评复核：部门交来的自评表与台账和本系统的计算逐项核对，评出自评质量，抽样写出复核表。"""
    from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
    from perf_pipeline.monitoring.recheck.results import read_results
    from perf_pipeline.printing.recheck import as_rows, print_results

    settings = Settings()
    year_end = settings.calendar().checkpoints(year)[-1]
    engine = warehouse(settings)
    done = recheck_year(
        engine,
        settings.inbox,
        year_end,
        settings.recheck,
        seed=year if seed is None else seed,
        size=sample,
    )
    with engine.connect() as connection:
        results = read_results(connection, year_end)
    paths: list[Path] = []
    if out is not None:
        from perf_pipeline.reports.publication import write_publication

        paths = write_publication(results, year, settings.recheck, out)
    told = as_rows(results, done.refused, settings.recheck)
    show(told, as_json, lambda: print_results(console, results, done.refused), paths)
