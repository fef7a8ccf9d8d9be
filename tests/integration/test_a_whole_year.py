"""A fiscal year of two departments, lived through by a real service on a moved clock.

Files come early, late, corrected and never; each process is killed once. What must have happened
by the year's end is asked afterwards, of the runs, the warehouse and the mailbox.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from sqlalchemy import Engine, create_engine, select, text

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.warehouse.schema import (
    alert,
    checkpoint,
    department,
    department_score,
    snapshot,
)
from tests.grids import word
from tests.servers import PASSWORD, USER, Mailbox, smtp_server
from tests.service import LOCATION, Clock, Service

FINISHED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
SUCCESS, FAILURE = dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE
STREETS, CARE = "chengguan", "minzheng"  # 城管局 and 民政局
CLERKS = {STREETS: "streets@dept.example", CARE: "care@dept.example"}
BUREAU, HEAD = "bureau@finance.example", "head@county.example"
FORM = """
项目名称 | {project} | < | < | <
资金总额（万元） | 100 | < | < | <
资金支出计划（%） | 3月底 | 6月底 | 10月底 | 12月底
^ | 20% | 50% | 80% | 100%
绩效目标 | {goal} | < | < | <
一级指标 | 二级指标 | 三级指标 | 绩效指标描述 | 指标值
产出指标 | 数量指标 | {indicator} | 全年 | {target}
"""
PAYMENTS = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
PETITIONS = "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期"
SENSOR = """mutation On($sensor: SensorSelector!) {
  startSensor(sensorSelector: $sensor) { __typename } }"""
BACKFILL = """mutation Fill($given: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $given) { __typename } }"""


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2024) -> datetime:
    return datetime(year, month, day, hour, minute, 20, tzinfo=LOCAL)


def payments(project: str, *paid: tuple[str, int]) -> list[str]:
    """A ledger's rows: on which day how many 万元."""
    return [
        f"记-{number},{day},{project},{amount}0000,财政资金"
        for number, (day, amount) in enumerate(paid, start=1)
    ]


@dataclass
class Year:
    """The service, what it is handed, and the mail that it sends."""

    service: Service
    inbox: Path
    mailbox: Mailbox
    engine: Engine
    missing: list[str] = field(default_factory=list)

    def hand_in(self, code: str, name: str, header: str, rows: list[str]) -> None:
        path = self.inbox / "2024" / code / "registers" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *rows]), "utf-8")

    def set_targets(self, code: str, name: str, project: str, indicator: str, target: str) -> None:
        folder = self.inbox / "2024" / code / "targets"
        folder.mkdir(parents=True)
        form = FORM.format(
            project=project, goal=f"做好{project}。", indicator=indicator, target=target
        )
        title = f"{name}2024年度部门绩效目标"
        word(folder / "绩效目标.docx", title, f"编制单位：{name}", "项目绩效目标表", form)

    def settled(self, job: str, number: int, **tags: str) -> None:
        """Wait until so many runs of a job have ended."""

        def done() -> bool:
            return len(self.service.runs(job, *FINISHED, **tags)) >= number

        self.service.wait_for(f"run {number} of {job} {tags or ''}", done)

    def morning(self, moment: datetime) -> None:
        """Move the clock to a morning, and wait until its round is over."""
        before = len(self.service.runs("morning"))
        self.service.clock.set(moment)
        self.settled("morning", before + 1)

    def judged(self, moment: datetime, key: str) -> None:
        """Move the clock to the day on which a checkpoint is judged, and wait until it is."""
        self.service.clock.set(moment)
        self.settled("quarterly_monitoring", 1, partition=key)

    def inbox_seen(self, job: str, number: int, **tags: str) -> None:
        """Let the sensor look twice at an inbox that has changed, and wait for what it asks for."""
        self.settled(job, number, **tags)

    def mails(self, address: str) -> list[EmailMessage]:
        """What somebody was sent, oldest first."""
        return [
            message_from_bytes(each.content or b"", policy=default)  # type: ignore[arg-type]
            for each in self.mailbox.mails
            if address in each.rcpt_tos
        ]

    def told(self, address: str) -> dict[str, str]:
        """What somebody was told, by day."""
        return {str(mail["Subject"]).split()[1][:10]: mail.get_content() for mail in self.mails(address)}

    def rows(self, query: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(query))


def alerts_yaml(port: int, authority: Path) -> str:
    channel = {
        "kind": "mail",
        "host": "localhost",
        "port": port,
        "sender": "monitor@finance.example",
        "user": USER,
        "password_env": "SMTP_PASSWORD",
        "ca_file": str(authority),
    }
    recipients: list[dict[str, Any]] = [
        {"name": f"{code} 经办", "channel": "邮件", "to": [address], "departments": [code]}
        for code, address in CLERKS.items()
    ]
    recipients += [
        {"name": "财政局", "channel": "邮件", "to": [BUREAU]},
        {"name": "分管领导", "channel": "邮件", "to": [HEAD], "escalations_only": True},
    ]
    return yaml.safe_dump({"channels": {"邮件": channel}, "recipients": recipients})


def live_through(year: Year) -> None:
    service, clock = year.service, year.service.clock
    year.set_targets(STREETS, "城管局", "环境整治", "信访事项按期受理率", "≥90%")
    year.set_targets(CARE, "民政局", "养老服务", "上门探访次数", "≥1200次")
    mapped = "项目名称,指标名称,度量"
    year.hand_in(
        STREETS, "指标与度量对照表", mapped, ["环境整治,信访事项按期受理率,petition_on_time_acceptance"]
    )
    year.hand_in(CARE, "指标与度量对照表", mapped, ["养老服务,上门探访次数,reported"])
    # one department is early
    year.hand_in(STREETS, "支付台账", PAYMENTS, payments("环境整治", ("2024-03-10", 20)))
    cases = ["访-1,2024-02-01,网上,无,否,2024-02-05,2024-03-01", "访-2,2024-03-05,来访,无,否,,"]
    year.hand_in(STREETS, "信访事项台账", PETITIONS, cases)

    clock.set(at(3, 25, 7))
    for name in ("code", "web"):
        service.start(name)
        service.wait_for(f"{name} answers", lambda name=name: service.answers(name))
    service.start("daemon")
    sensor = {
        "repositoryLocationName": LOCATION,
        "repositoryName": "__repository__",
        "sensorName": "inbox_changed",
    }
    service.ask(SENSOR, sensor=sensor)
    year.settled("ingest", 1)
    year.morning(at(3, 25, 8, 31))
    year.morning(at(3, 26, 8, 31))
    clock.set(at(4, 8, 6, 1))
    service.wait_for("Q1 is asked for", lambda: bool(service.runs("quarterly_monitoring")))
    service.kill("daemon")
    service.start("daemon")
    year.settled("quarterly_monitoring", 1, partition="2024-01")
    year.morning(at(4, 8, 8, 31))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    folder = tmp_path_factory.mktemp("year")
    inbox, warehouse = folder / "inbox", f"sqlite:///{folder / 'warehouse.db'}"
    inbox.mkdir()
    (inbox / "calendar.yaml").write_text("checkpoint_months: [3, 6, 10, 12]\nfirst_year: 2024\n")
    mailbox = Mailbox()
    with (
        pytest.MonkeyPatch.context() as patch,
        smtp_server(mailbox, folder) as (port, authority),
    ):
        (inbox / "alerts.yaml").write_text(alerts_yaml(port, authority), "utf-8")
        patch.setenv("DAGSTER_HOME", str(folder / "dagster"))
        environment = {
            "PERF_INBOX": str(inbox),
            "PERF_OUTPUT": str(folder / "out"),
            "PERF_WAREHOUSE_URL": warehouse,
            "SMTP_PASSWORD": PASSWORD,
        }
        service = Service(folder, Clock(folder / "clock"), environment)
        lived = Year(service, inbox, mailbox, create_engine(warehouse))
        try:
            live_through(lived)
            yield lived
        finally:
            service.stop()


def test_x(year: Year) -> None:
    for a in (*CLERKS.values(), BUREAU, HEAD):
        print(a)
        for day, said in year.told(a).items():
            print(day, said)
    print([(r.job_name, r.status, r.tags.get("dagster/partition")) for r in year.service.instance.get_runs()])
    assert 0
