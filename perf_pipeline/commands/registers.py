"""Commands about registers: template, quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perf_pipeline.commands.shell import app, console, indicator_library, tell, warehouse
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.settings import Settings


@app.command()
def template(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；里面按 年度／部门／registers 排")],
    every: Annotated[bool, typer.Option("--all", help="所有台账，不只是本部门用得到的")] = False,
) -> None:
    """写出各部门用得到的填报模板，已有的文件不覆盖。"""
    from perf_pipeline.templates import write_templates
    from perf_pipeline.warehouse.targets import load_targets

    settings = Settings()
    engine = warehouse(settings)
    load_targets(engine, settings.inbox, settings.registered_names())
    written = write_templates(
        engine, folder, settings.calendar(), every=every, library=indicator_library()
    )
    if not written:
        raise ConfigurationError(f"{settings.inbox} 里没有能读的绩效目标文件，无从得知部门和项目")
    for each in written:
        tell(f"{each.path}{'' if each.is_new else '（已有，未覆盖）'}")


@app.command()
def quarantine(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；里面按 年度／部门／registers 排")],
) -> None:
    """把隔离的行写成可改正的工作簿；改好后原样放回收件文件夹即可。"""
    from perf_pipeline.warehouse.quarantine import hand_back

    handed = hand_back(warehouse(), folder)
    for path, rows in handed.workbooks:
        tell(f"{path}：{rows} 行")
    for place, reason, hint in handed.whole_files:
        console.print(f"[yellow]须整份重交[/] {place}：{reason} {hint}", soft_wrap=True)
    if not handed.workbooks and not handed.whole_files:
        tell("没有隔离的行。")
