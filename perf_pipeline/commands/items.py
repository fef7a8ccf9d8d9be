"""Commands about items (整改事项): items, items show, answer, notice, export."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipeline.commands.shell import (
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
from perf_pipeline.domain.errors import NoSuchItemError
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from perf_pipeline.items.standings import Item

items = typer.Typer(help="整改事项：从预警到处置、承诺、核对和销号", no_args_is_help=False)
app.add_typer(items, name="items")

Number = Annotated[int, typer.Argument(help="事项编号")]
Year = Annotated[int | None, typer.Option(help="财政年度；不写为最近有事项的一年")]


@items.callback(invoke_without_command=True)
def list_items(
    context: typer.Context,
    year: Year = None,
    all_: Annotated[bool, typer.Option("--all", help="连同已销号、已接续的")] = False,
    as_json: AsJson = False,
) -> None:
    """各事项：编号、现状、期限、差距、走势；已销号和已接续的不列。"""
    from perf_pipeline.items.gravity import gravity_of
    from perf_pipeline.printing.items import item_dict, print_items

    if context.invoked_subcommand is not None:
        return
    found = read_year(year) if all_ else live_of_year(year, warehouse())
    found.sort(key=lambda each: (gravity_of(each.standing.state, each.points), each.id))
    show([item_dict(each) for each in found], as_json, lambda: print_items(console, found))


@items.command("show")
def show_item(number: Number, as_json: AsJson = False) -> None:
    """一个事项的全部：走势、差距、答复、承诺及核对。"""
    from perf_pipeline.printing.items import item_dict, print_item

    found = one_item(number)
    show(item_dict(found), as_json, lambda: print_item(console, found))


@items.command("answer")
def answer_item(
    number: Number,
    choice: Annotated[str | None, typer.Option(help="继续执行、调整或取消")] = None,
    reason_kind: Annotated[str | None, typer.Option(help="原因类别，如 经费保障")] = None,
    words: Annotated[str | None, typer.Option(help="原因说明")] = None,
    measures: Annotated[str | None, typer.Option(help="整改措施")] = None,
    person: Annotated[str | None, typer.Option(help="责任人")] = None,
    document: Annotated[str | None, typer.Option(help="调整文号；选择调整的必填")] = None,
    promise_value: Annotated[str | None, typer.Option(help="承诺达到多少，如 57个")] = None,
    promise_by: Annotated[
        datetime | None, typer.Option(help="承诺日期", formats=["%Y-%m-%d"])
    ] = None,
    evidence: Annotated[str | None, typer.Option(help="佐证材料")] = None,
    by: Person = None,
) -> None:
    """答复一个事项：处置选择、原因、措施、承诺；以前写过的不必重写。"""
    from perf_pipeline.items.answering import Said, answer

    settings = Settings()
    said = Said(
        choice,
        reason_kind,
        words,
        measures,
        person,
        document,
        promise_value,
        promise_by.date() if promise_by else None,
        evidence,
    )
    engine, moment = warehouse(settings), datetime.now(LOCAL)
    found = one_item(number, engine)
    path = answer(engine, settings.inbox, found, said, moment, by=behind(by))
    tell(f"事项 {number} 的答复已收下：{path}")
    tell(one_item(number, engine).standing.words)


@items.command("notice")
def write_notices(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹")], year: Year = None
) -> None:
    """写出各部门的整改通知书、整改回复（Word）和整改台账（待填工作簿）。"""
    from perf_pipeline.reports.rectification import write_rectification

    found = read_year(year)
    for path in write_rectification(found, folder, datetime.now(LOCAL).date()):
        tell(str(path))
    if not found:
        tell(f"没有事项（{Settings().inbox}）")


@items.command("export")
def export_items(file: Annotated[Path, typer.Argument(help="CSV 文件")], year: Year = None) -> None:
    """按接口表 PAY_PERF_MONITOR_INFO 的字段导出事项所在的指标。"""
    from perf_pipeline.reports.monitor_info import monitor_info

    file.write_text(monitor_info(read_year(year)), "utf-8-sig")
    tell(str(file))


def read_year(year: int | None) -> list[Item]:
    """Read a year's items as they stand today; without a year, of the newest that has any."""
    from perf_pipeline.items.standings import newest_year

    with warehouse().connect() as connection:
        of = year or newest_year(connection)
        return [] if of is None else _read(connection, of, None)


def live_of_year(
    year: int | None, engine: Engine, departments: Collection[str] | None = None
) -> list[Item]:
    """Read the items of a year that are not over; `departments` are codes, None: all."""
    from perf_pipeline.items.standings import live_items, newest_year
    from perf_pipeline.items.state import OVER

    with engine.connect() as connection:
        of = year or newest_year(connection)
        if of is None:
            return []
        found = _read(connection, of, live_items(connection, of, codes=departments))
    return [each for each in found if each.standing.state not in OVER]


def one_item(number: int, engine: Engine | None = None) -> Item:
    """Read an item as it stands today; NoSuchItemError where there is none of that number."""
    from perf_pipeline.items.standings import year_of

    with (engine or warehouse()).connect() as connection:
        year = year_of(connection, number)
        found = [] if year is None else _read(connection, year, [number])
    if not found:
        raise NoSuchItemError(f"没有编号为 {number} 的事项；编号见 perf-pipeline items")
    return found[0]


def _read(connection: Connection, year: int, only: Collection[int] | None) -> list[Item]:
    from perf_pipeline.alerts.configuration import load_configuration
    from perf_pipeline.items.standings import read_items

    settings = Settings()
    rules = load_configuration(settings.inbox).items
    after = settings.calendar_file().working_day_after
    day = datetime.now(LOCAL).date()
    return read_items(connection, year, day, rules, only=only, after=after)
