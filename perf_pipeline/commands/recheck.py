"""The command about self-evaluations handed in: recheck."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perf_pipeline.commands.shell import AsJson, app, console, print_json, tell_paths, warehouse
from perf_pipeline.settings import Settings


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
    from perf_pipeline.reports.publication import write_publication

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
    paths = [] if out is None else write_publication(results, year, settings.recheck, out)
    if as_json:
        print_json(as_rows(results, done.refused, settings.recheck))
        return
    print_results(console, results, done.refused)
    tell_paths(paths)
