"""Commands of those who keep the service running: backup, restore, upgrade, health, metrics."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipeline.commands.shell import (
    AsJson,
    Person,
    app,
    behind,
    console,
    print_json,
    show,
    tell,
    warehouse,
    workspace_module,
)
from perf_pipeline.domain.role import Role
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="写到哪个新文件（.zip）")]) -> None:
    """备份数据仓库：所有的表在同一时刻的内容，一个文件；不必停下服务。"""
    from perf_pipeline.warehouse.backup import back_up

    manifest = back_up(_warehouse(), file)
    tell(
        f"已备份到 {file}：{len(manifest.tables)} 张表，{manifest.rows} 行，"
        f"结构 {manifest.schema_revision}"
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="backup 写出的文件", exists=True, dir_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="数据仓库里已有数据时，用备份取代")
    ] = False,
) -> None:
    """由备份恢复数据仓库，SQLite 与 PostgreSQL 之间也可以；不成功则什么也不改。"""
    from perf_pipeline.warehouse.engine import connect_to
    from perf_pipeline.warehouse.restore import restore as restore_into

    engine = connect_to(_url(), Settings().acting())
    manifest = restore_into(engine, file, replace=replace)
    tell(
        f"已恢复 {len(manifest.tables)} 张表，{manifest.rows} 行；"
        f"备份于 {manifest.made_at.astimezone():%Y-%m-%d %H:%M}"
    )


@app.command()
def upgrade(
    role: Annotated[str | None, typer.Option(help="PostgreSQL：给这个数据库角色授权")] = None,
    kind: Annotated[
        Role,
        typer.Option(
            "--as",
            help="loader 日常运行，改不了既往；analyst 看全部数据；auditor 连操作记录一起看；"
            "reader 只看自己部门的",
        ),
    ] = Role.LOADER,
    department: Annotated[
        list[str] | None, typer.Option(help="reader 看哪个部门（代码）；可以写几次")
    ] = None,
) -> None:
    """把数据仓库升到本版本的结构；已是最新则不动。先备份。"""
    from perf_pipeline.warehouse.engine import schema_transaction
    from perf_pipeline.warehouse.revisions import newest_revision, revision_of

    with _warehouse().connect() as connection:
        before = revision_of(connection)
    engine = warehouse()
    if role is not None:
        from perf_pipeline.warehouse.rights import grant

        with schema_transaction(engine) as connection:
            grant(connection, role, kind, department or ())
        tell(f"角色 {role}：{kind.label}")
    newest = newest_revision()
    if before == newest:
        tell(f"数据仓库的结构已是最新（{newest}）")
    else:
        tell(f"数据仓库的结构：{before or '无'} → {newest}")


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="另处记下的一条操作的摘要（或其开头）：末尾被删也看得出")
    ] = None,
    recompute: Annotated[
        int | None,
        typer.Option(min=1, help="另按风险抽这么多个数，由收件文件夹里的原始文件复算，并留记录"),
    ] = None,
    seed: Annotated[str | None, typer.Option(help="抽取用的种子；同一种子抽到同样的数")] = None,
    as_json: AsJson = False,
) -> None:
    """核验：库中每一行与写入时的摘要是否一致，操作记录是否完整；有差异则列出，以 1 结束。"""
    from perf_pipeline.recompute.record import Outcome
    from perf_pipeline.warehouse.seals.verify import verify as verify_all

    settings = Settings()
    engine = warehouse(settings)
    found = verify_all(engine, head)
    again = None
    if recompute is not None:
        from perf_pipeline.recompute.recompute import recompute as compute_again

        again = compute_again(engine, settings.inbox, recompute, seed or token_hex(8))
    if as_json:
        print_json(found.to_dict() | ({"recomputed": again.to_dict()} if again else {}))
    else:
        for each in found.differences:
            tell(f"✗ {each}")
        end = f"有 {len(found.differences)} 处差异" if found.differences else "全部一致"
        tell(f"核验了{found.statement}：{end}")
        tell(f"最新一条操作的摘要 {found.head}")
        for one in again.figures if again else ():
            if one.outcome is not Outcome.EQUAL:
                mark = "✗" if one.outcome is Outcome.DIFFERENT else "·"
                tell(f"{mark} {one}")
        if again:
            tell(f"{again.statement}（种子 {again.seed}）")
    if found.differences or (again and again.count(Outcome.DIFFERENT)):
        sys.exit(1)


@app.command()
def erase(
    before: Annotated[
        int, typer.Option(min=2000, max=2200, help="删除这一年度以前各年度的个人信息")
    ],
    by: Person = None,
) -> None:
    """删除已过保存期限的个人信息：各台账的人名等列、写到这些人的文字、审计线索里的人名、隔离行的原文；其余不变，仍可核验。"""
    from perf_pipeline.warehouse.engine import write_transaction
    from perf_pipeline.warehouse.seals.deed import Deed, What
    from perf_pipeline.warehouse.seals.erasing import erase_before

    deed = Deed(What.ERASED, f"{before}年度以前", behind(by))
    with write_transaction(warehouse(), deed) as connection:
        erased = erase_before(connection, before)
    said = "，".join(f"{name} {rows} 行" for name, rows in erased.items()) or "没有可删除的"
    tell(f"{before}年度以前：{said}")
    tell("以前的备份和收件文件夹里的原始文件不在其内；已写出的报告要再运行 run 或 report 重写")


@app.command()
def evidence(file: Annotated[Path, typer.Argument(help="写到哪个新文件（.zip）")]) -> None:
    """证据包：收到的文件的摘要、规则、程序版本、操作记录和全部结果，外人可以自行核对。"""
    from perf_pipeline.warehouse.seals.bundle import write_bundle

    settings = Settings()
    head = write_bundle(warehouse(settings), file, settings.rules_in_force())
    tell(f"{file}，最新一条操作的摘要 {head}")
    tell("请把这个摘要另处记下；怎样核对见 docs/trust.md")


@app.command()
def acts(
    as_json: AsJson = False,
    csv: Annotated[Path | None, typer.Option(help="另存为这个 CSV 文件")] = None,
) -> None:
    """操作记录：谁在什么时候、用哪个程序和哪些规则做了什么；每条带着上一条的摘要。"""
    from perf_pipeline.printing.acts import act_line, write_acts
    from perf_pipeline.warehouse.seals.log import read_acts

    with warehouse().connect() as connection:
        found = read_acts(connection)
    if csv is not None:
        write_acts(found, csv)
        tell(str(csv))
    else:
        show([asdict(each) for each in found], as_json, lambda: [*map(tell, map(act_line, found))])


@app.command()
def health(as_json: AsJson = False) -> None:
    """服务是否正常：数据仓库、消息、磁盘、守护进程、最近的运行；不正常则以 1 结束。"""
    from perf_pipeline.health import examine_service
    from perf_pipeline.printing.status import print_check

    state = workspace_module("assets.watch").service_state()
    checks = list(examine_service(Settings(), state))
    healthy = all(check.passed for check in checks)
    told = {"healthy": healthy, "checks": [asdict(check) for check in checks]}
    show(told, as_json, lambda: [print_check(console, check) for check in checks])
    if not healthy:
        sys.exit(1)


@app.command()
def metrics(
    out: Annotated[
        Path | None, typer.Option(help="写到文件，供 node_exporter 读取（名字以 .prom 结尾）")
    ] = None,
) -> None:
    """服务的指标，Prometheus 文本格式；不写文件则打印。"""
    from perf_pipeline.metrics import metrics_text, write_metrics

    state = workspace_module("assets.watch").service_state()
    told = metrics_text(_warehouse(), state)
    if out is None:
        typer.echo(told, nl=False)
    else:
        write_metrics(told, out)


def _warehouse() -> Engine:
    """Connect to the warehouse as it is, whatever its schema."""
    from perf_pipeline.warehouse.engine import connect_to

    return connect_to(_url())


def _url() -> str:
    return Settings().warehouse_url.get_secret_value()
