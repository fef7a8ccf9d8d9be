"""Commands about the inbox: init, check, files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from perf_pipeline.commands.shell import (
    PERSON_IS_BY,
    AsJson,
    Person,
    app,
    behind,
    console,
    show,
    tell,
    warehouse,
)
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.language.spoken import say
from perf_pipeline.settings import Settings

files = typer.Typer(help="收件文件夹里的每个文件：读成了什么，各行去了哪里", no_args_is_help=False)
app.add_typer(files, name="files")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="新的收件文件夹")],
    year: Annotated[
        int | None, typer.Option(help="财政年度；不写为今年", min=2000, max=2100)
    ] = None,
    department: Annotated[str, typer.Option(help="部门代码，即部门文件夹名")] = "本部门",
    sample: Annotated[bool, typer.Option("--sample", help="放进演示的一年，数据是模拟的")] = False,
) -> None:
    """建一个收件文件夹：带注释的设置文件、部门文件夹、最先用到的模板；已有的不覆盖。"""
    from perf_pipeline.place import shipped_data
    from perf_pipeline.starting import copy_sample, point_at, start_inbox

    if sample:
        made = copy_sample(folder, shipped_data())
    else:
        made = start_inbox(folder, year or datetime.now(LOCAL).year, department)
    for each in made:
        tell(f"{each.path}{'' if each.is_new else say('（已有，未改动）')}")
    pointed = point_at(folder, Path())
    counts = os.environ.get("PERF_INBOX", str(folder)) == str(folder)  # else .env does not
    then = "run" if pointed and counts else f"run，运行之前设 PERF_INBOX={folder}"
    if pointed:
        tell(f"{pointed}（写明 PERF_INBOX={folder}）")
    tell(f"放进文件之后，运行 perf-pipeline check {folder}，再运行 perf-pipeline {then}")


@app.command()
def check(
    inbox: Annotated[
        Path | None, typer.Argument(help="收件文件夹；不写为设置中的 PERF_INBOX")
    ] = None,
    as_json: AsJson = False,
    questions: Annotated[
        Path | None, typer.Option(help="认不出的列写成列对照表，放到哪个文件夹")
    ] = None,
) -> None:
    """把收件文件夹整个读一遍，说出 run 会说的话；不写 --questions 就什么也不写。"""
    from perf_pipeline.checking import check_inbox, write_questions
    from perf_pipeline.printing.inbox import print_checked

    settings = Settings()
    other = inbox is not None and inbox.resolve() != settings.inbox.resolve()
    if inbox is not None:
        settings = settings.model_copy(update={"inbox": inbox})
    checked = check_inbox(settings, compare=not other)
    for path in write_questions(checked.questions, questions) if questions is not None else ():
        tell(f"{path}：填好“台账的列”，放回收件文件夹", aside=as_json)
    show(checked.to_dict(), as_json, lambda: print_checked(console, checked))


@files.callback(invoke_without_command=True)
def list_files(context: typer.Context, as_json: AsJson = False) -> None:
    """收件文件夹里的每个文件：读成了什么，各行去了哪里。读到＝入库＋隔离＋跳过。"""
    from perf_pipeline.file_states import read_files
    from perf_pipeline.printing.inbox import print_files

    if context.invoked_subcommand is not None:
        return
    settings = Settings()
    found = read_files(warehouse(settings), settings.inbox)
    show(found, as_json, lambda: print_files(console, found))


@files.command("confirm", context_settings=PERSON_IS_BY)
def confirm_departure(
    path: Annotated[str, typer.Argument(help="文件路径，如 perf-pipeline files 所列")],
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn/--kept", help="撤下，其行不再计入；或保留，仍然计入")
    ],
    reason: Annotated[str | None, typer.Option(help="理由")] = None,
    person: Person = None,
) -> None:
    """确认一个已不在收件文件夹的文件：撤下，还是保留。"""
    from perf_pipeline.warehouse.departures import confirm

    told = confirm(warehouse(), path, withdrawn=withdrawn, person=behind(person), reason=reason)
    done = f"{told.rows_loaded}行已撤下，下次 run 起不再计入" if withdrawn else "已保留，仍然计入"
    tell(f"{path}：{done}")
