"""Commands about alerts: alerts list, ack, send, resend."""

from __future__ import annotations

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
from perf_pipeline.settings import Settings

alerts = typer.Typer(help="预警：查看、确认、送达", no_args_is_help=True)
app.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_alerts(as_json: AsJson = False) -> None:
    """待处理的预警，及没有送成的消息。"""
    from perf_pipeline.alerts.delivery import unsettled
    from perf_pipeline.alerts.stored import open_alerts
    from perf_pipeline.printing.alerts import print_alerts

    engine = warehouse()
    found, messages = open_alerts(engine), unsettled(engine)
    both = {"alerts": found, "messages": messages}
    show(both, as_json, lambda: print_alerts(console, found, messages))


@alerts.command("ack", context_settings=PERSON_IS_BY)
def acknowledge_alert(
    number: Annotated[int, typer.Argument(help="预警编号")],
    reason: Annotated[str, typer.Option(help="偏差原因和处理办法")],
    person: Person = None,
) -> None:
    """确认一条预警，写明谁和理由；确认不是处置，要求处置的事项用 items answer 答复。"""
    from perf_pipeline.alerts.acknowledging import acknowledge

    acknowledge(warehouse(), number, person=behind(person), reason=reason)
    tell(f"预警 {number} 已确认")


@alerts.command("send")
def send_alerts(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会发什么给谁，不发")] = False,
) -> None:
    """把预警汇总送给接收人：每人每天一份，同一状态不告诉第二次。"""
    from perf_pipeline.alerts.configuration import load_configuration
    from perf_pipeline.alerts.delivery import deliver, preview
    from perf_pipeline.printing.alerts import print_digests

    settings = Settings()
    told = load_configuration(settings.inbox)
    engine = warehouse(settings)
    if dry_run:
        print_digests(console, preview(engine, told))
    else:
        ends = deliver(engine, told)
        tell(f"送达 {ends.sent}，等待 {ends.waiting}，拒收 {ends.refused}，不清楚 {ends.unclear}")


@alerts.command("resend", context_settings=PERSON_IS_BY)
def resend_message(
    key: Annotated[str, typer.Argument(help="消息号，见 alerts list")], person: Person = None
) -> None:
    """让一条被拒收或不清楚是否送到的消息再发一次。"""
    from perf_pipeline.alerts.delivery import send_again

    send_again(warehouse(), key, person=behind(person))
    tell(f"消息 {key} 下次送达时再发")
