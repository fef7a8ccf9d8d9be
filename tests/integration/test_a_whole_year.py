"""A fiscal year of two departments, lived through by a real service on a moved clock.

Files come early, late, corrected and never; each process is killed once. What must have happened
by the year's end is asked afterwards, of the runs, the warehouse and the mailbox.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from sqlalchemy import Engine, func, select

from perf_pipeline.alerts.acknowledging import acknowledge
from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import alert_message, department, department_score, snapshot
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from tests.grids import word
from tests.offices import CARE, HEAD_OF_FORM, STREETS
from tests.servers import PASSWORD, USER, Mailbox, smtp_server
from tests.service import Clock, Service

pytestmark = pytest.mark.long(200)

SUCCESS, FAILURE = dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE
STARTED, CANCELED = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELED
CLERKS = {STREETS: "streets@dept.example", CARE: "care@dept.example"}
BUREAU, HEAD = "bureau@finance.example", "head@county.example"
FORM = (
    HEAD_OF_FORM
    + """产出指标 | 数量指标 | {indicator} | 全年 | {target}
"""
)
PAYMENTS = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
PETITIONS = "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期"
MAP = "项目名称,指标名称,度量"
REPORTED = "项目名称,指标名称,截至日期,完成值"
CASE_1 = "访-1,2024-02-01,网上,无,否,2024-02-05,2024-03-01"
ONCE_MORE = ["2024-03", "2024-12"]
QUARTERS = {"2024-03": "2024-03", "2024-06": "2024-06", "2024-10": "2024-10", "2024-12": "2024-12"}


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

    def hand_in(self, code: str, name: str, header: str, *rows: str) -> None:
        path = self.inbox / "2024" / code / "registers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *rows]), "utf-8")

    def set_targets(self, code: str, name: str, project: str, indicator: str, target: str) -> None:
        folder = self.inbox / "2024" / code / "targets"
        folder.mkdir(parents=True)
        form = FORM.format(project=project, indicator=indicator, target=target)
        title = f"{name}2024年度部门绩效目标"
        word(folder / "绩效目标.docx", title, f"编制单位：{name}", "项目绩效目标表", form)

    def ended(self, job: str, number: int, **tags: str) -> None:
        """Wait until so many runs of a job have ended."""

        def over() -> bool:
            runs = self.service.runs(job, SUCCESS, FAILURE, CANCELED, **tags)
            return len(runs) >= number

        self.service.wait_for(f"run {number} of {job} {tags or ''}", over)

    def morning(self, moment: datetime) -> None:
        """Move the clock to a morning, and wait until its round is over."""
        before = len(self.service.runs("morning"))
        self.service.move_to(moment)
        self.ended("morning", before + 1)

    def inbox_seen(self, job: str, number: int, **tags: str) -> None:
        """Let time pass for the sensor's two looks, and wait for the run that it asks for."""
        self.service.pass_time(timedelta(seconds=31), times=2)
        self.ended(job, number, **tags)

    def told(self, address: str) -> dict[str, str]:
        """What somebody was told, by day."""
        mails: list[EmailMessage] = [
            message_from_bytes(each.content or b"", policy=default)  # type: ignore[arg-type]
            for each in self.mailbox.mails
            if address in each.rcpt_tos
        ]
        days = [str(mail["Subject"]).split()[1][:10] for mail in mails]
        assert len(days) == len(set(days))  # one digest a day
        return {day: mail.get_content() for day, mail in zip(days, mails, strict=True)}

    def versions(self, kind: str) -> dict[tuple[str, str], int]:
        """The newest version of each department's quarter."""
        newest = (
            select(department.c.code, checkpoint_table.c.name, func.max(snapshot.c.version))
            .join(department, department.c.id == snapshot.c.department_id)
            .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
            .where(snapshot.c.kind == kind)
            .group_by(department.c.code, checkpoint_table.c.name)
        )
        with self.engine.connect() as connection:
            return {(code, name): version for code, name, version in connection.execute(newest)}


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


def begin(year: Year) -> None:
    """Two departments have set their targets; one of them is early with its registers."""
    year.set_targets(STREETS, "城管局", "环境整治", "信访事项按期受理率", "≥90%")
    year.set_targets(CARE, "民政局", "养老服务", "上门探访次数", "≥1200次")
    on_time = "环境整治,信访事项按期受理率,petition_on_time_acceptance"
    year.hand_in(STREETS, "指标与度量对照表.csv", MAP, on_time)
    year.hand_in(CARE, "指标与度量对照表.csv", MAP, "养老服务,上门探访次数,reported")
    year.hand_in(STREETS, "支付台账.csv", PAYMENTS, *payments("环境整治", ("2024-03-10", 20)))
    year.hand_in(STREETS, "信访事项台账.csv", PETITIONS, CASE_1, "访-2,2024-03-05,来访,无,否,,")
    year.service.clock.set(at(3, 25, 7))
    year.service.start_all()
    year.service.start_sensor("inbox_changed")
    year.inbox_seen("ingest", 1)
    year.morning(at(3, 25, 8, 31))


def first_quarter(year: Year) -> None:
    """The daemon is killed while the first checkpoint is judged; the other department is late."""
    service = year.service
    service.move_to(at(4, 8, 6, 1))
    service.wait_for("the first run", lambda: bool(service.runs("quarterly_monitoring")))
    service.kill("daemon")
    service.start("daemon")
    year.ended("quarterly_monitoring", 1)
    year.morning(at(4, 8, 8, 31))
    missed = next(each for each in open_alerts(year.engine) if each["rule"] == "indicator")
    said = "台账漏填受理日期，正在核对"
    moment = service.clock.now().astimezone(UTC)
    acknowledge(year.engine, missed["id"], person="李科长", reason=said, moment=moment)
    service.move_to(at(4, 15, 7))
    year.hand_in(CARE, "支付台账.csv", PAYMENTS, *payments("养老服务", ("2024-03-20", 20)))
    year.hand_in(CARE, "人工填报指标值.csv", REPORTED, "养老服务,上门探访次数,2024-03-31,400")
    year.inbox_seen("quarterly_monitoring", 2)
    year.morning(at(4, 23, 8, 31))


def second_quarter(year: Year) -> None:
    """A register is corrected; the code server is killed with the run that it has begun."""
    service = year.service
    service.move_to(at(6, 20, 7))
    corrected = "访-2,2024-03-05,来访,无,否,2024-03-15,2024-05-06"
    year.hand_in(STREETS, "信访事项台账.csv", PETITIONS, CASE_1, corrected)
    year.inbox_seen("quarterly_monitoring", 3)
    service.stop_sensor("inbox_changed")
    year.morning(at(6, 24, 8, 31))
    service.move_to(at(7, 5, 6, 1))
    begun = {"job": "quarterly_monitoring", "partition": QUARTERS["2024-06"]}
    service.wait_for("the second checkpoint's run", lambda: bool(service.steps_begun(**begun)))
    service.kill("code")
    service.start("code")
    service.wait_for("the code server answers", lambda: service.answers("code"))
    service.clock.set(at(7, 5, 6, 20))
    again = at(7, 5, 6, 15)
    service.wait_for("the daemon has found it", lambda: service.looked("messages_waiting", again))
    service.clock.set(at(7, 5, 8, 10))  # the longest that a run may take is over
    year.ended("quarterly_monitoring", 2, partition=QUARTERS["2024-06"])
    year.morning(at(7, 5, 8, 31))


def third_quarter(year: Year) -> None:
    """One department hands in a file that cannot be read; the other's day is like any other."""
    paid = payments("环境整治", ("2024-03-10", 20), ("2024-08-01", 50))
    year.morning(at(11, 6, 8, 31))  # else its round may begin the next day, and that day's digest
    year.hand_in(STREETS, "支付台账.csv", PAYMENTS, *paid)
    year.hand_in(CARE, "支付台账（下半年）.xlsx", "PK 半个文件")
    year.mailbox.answers = ["451 busy"]  # to the first mail: the others wait with it
    year.service.move_to(at(11, 7, 6, 1))
    year.ended("quarterly_monitoring", 1, partition=QUARTERS["2024-10"])
    year.service.move_to(at(11, 7, 6, 21))
    year.ended("deliver_alerts", 1)
    year.morning(at(11, 7, 8, 31))


def year_end(year: Year) -> None:
    """The last checkpoint, the scores, and two quarters once more from the page."""
    service = year.service
    service.move_to(at(1, 8, 6, 1, year=2025))
    year.ended("quarterly_monitoring", 1, partition=QUARTERS["2024-12"])
    service.move_to(at(1, 22, 7, 1, year=2025))
    year.ended("year_end", 1)
    year.morning(at(1, 22, 8, 31, year=2025))
    service.backfill("judge_quarter", ONCE_MORE)
    service.kill("web")
    year.ended("judge_quarter", len(ONCE_MORE))
    service.start("web")
    service.wait_for("the webserver answers", lambda: service.answers("web"))


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
        lived = Year(service, inbox, mailbox, connect(warehouse))
        try:
            for part in (begin, first_quarter, second_quarter, third_quarter, year_end):
                part(lived)
            yield lived
        finally:
            service.stop()


def test_each_checkpoint_is_judged_once_by_its_schedule(year: Year) -> None:
    by_schedule = year.service.runs("quarterly_monitoring", schedule_name="after_checkpoint")
    asked = Counter(run.tags["dagster/partition"] for run in by_schedule if not run.parent_run_id)
    assert asked == dict.fromkeys(QUARTERS.values(), 1)
    kept = {code: {q for c, q in year.versions("report") if c == code} for code in CLERKS}
    assert kept == {code: set(QUARTERS) for code in CLERKS}


def test_reminders_go_once_to_those_whose_registers_are_missing_or_old(year: Year) -> None:
    asked = {
        code: [day for day, said in year.told(address).items() if "待报送" in said]
        for code, address in CLERKS.items()
    }
    assert asked == {CARE: ["2024-03-25"], STREETS: ["2024-06-24"]}
    assert "还没有报送：支付台账、人工填报指标值" in year.told(CLERKS[CARE])["2024-03-25"]
    old = year.told(CLERKS[STREETS])["2024-06-24"]
    assert "这一期间没有更新：支付台账（2024-03-25以来）" in old
    assert "信访事项台账" not in old.split("待报送")[1].split("处理：")[0]


def test_a_case_that_runs_out_of_time_is_told_within_a_day(year: Year) -> None:
    said = year.told(CLERKS[STREETS])["2024-03-25"]
    assert "信访事项台账。超期未办1件（新增1件）：访-2 受理" in said


def causes(told: dict[str, str]) -> set[str]:
    """Digests' lines as item, state and subject: what all have in common is said above them."""
    lines = (line for said in told.values() for line in said.splitlines())
    stated = (line.partition("。")[0] for line in lines if re.match(r"事项\d+｜", line))
    return {re.sub("(?:城管局|民政局)[／：]", "", line) for line in stated}


def test_everyone_is_told_of_what_concerns_them_and_of_nothing_twice(year: Year) -> None:
    everyone = {address: year.told(address) for address in (*CLERKS.values(), BUREAU, HEAD)}
    assert all("民政局" not in said for said in everyone[CLERKS[STREETS]].values())
    assert all("城管局" not in said for said in everyone[CLERKS[CARE]].values())
    for address, told in everyone.items():
        lines = [line for said in told.values() for line in said.splitlines() if "处理：" in line]
        assert len(lines) == len(set(lines)), address
    told_to_clerks = {line for a in CLERKS.values() for line in causes(everyone[a])}
    told_to_bureau = causes(everyone[BUREAU])
    # one digest a day: what was resolved after it and stood again by the next was not told, nor
    # how a matter stood between two digests, of which the later one tells
    assert told_to_bureau <= told_to_clerks
    matters = {line.partition("｜")[0] for line in told_to_bureau}
    more = {line for line in told_to_clerks - told_to_bureau if "已解除" not in line}
    assert {line.partition("｜")[0] for line in more} <= matters, more
    with year.engine.connect() as connection:
        states = set(connection.execute(select(alert_message.c.state)).scalars())
    assert states == {"sent"}


def test_what_nobody_answers_reaches_the_head_and_what_was_acknowledged_does_not(
    year: Year,
) -> None:
    escalated = year.told(HEAD)["2024-04-23"]
    assert "访-2" in escalated
    assert "14天没有处理，也没有说明原因" in escalated
    assert "信访事项按期受理率。实际" not in "".join(year.told(HEAD).values())


def test_a_late_file_makes_a_new_version_of_its_quarter_and_of_no_other(year: Year) -> None:
    versions = year.versions("monitoring")
    assert (
        versions
        == {
            (STREETS, "2024-03"): 2,  # corrected in June
            (CARE, "2024-03"): 2,  # late in April
            **{(code, quarter): 1 for code in CLERKS for quarter in list(QUARTERS)[1:]},
        }
    )
    heard = year.told(CLERKS[CARE])  # the day's digest goes out before or after it was judged
    told = "".join(said for day, said in heard.items() if "2024-04-15" <= day <= "2024-04-23")
    assert "已解除｜养老服务：上门探访次数" in told
    # that it came after the quarter was judged
    assert re.search("迟报｜(?:民政局：)?支付台账", told)


def test_a_bad_day_of_one_department_stops_no_other(year: Year) -> None:
    broken = year.told(CLERKS[CARE])["2024-11-07"]
    assert "拒收｜支付台账。文件“支付台账（下半年）.xlsx”" in broken
    other = year.told(CLERKS[STREETS])["2024-11-07"]
    assert "已解除｜城管局／环境整治：预算执行" in other
    assert "拒收" not in other
    report = year.service.folder / "out/reports" / STREETS / "2024-10"
    assert list(report.glob("*.html"))


def test_the_year_ends_with_the_scores_of_every_department(year: Year) -> None:
    (run,) = year.service.runs("year_end")
    assert (run.status, run.tags["dagster/schedule_name"]) == (SUCCESS, "after_year_end")
    scored = (
        select(department.c.code)
        .join(snapshot, snapshot.c.department_id == department.c.id)
        .join(department_score, department_score.c.snapshot_id == snapshot.c.id)
    )
    with year.engine.connect() as connection:
        assert sorted(connection.execute(scored).scalars()) == [STREETS, CARE]


def test_what_was_killed_is_done_once_and_nothing_is_lost(year: Year) -> None:
    runs = year.service.runs("quarterly_monitoring", partition=QUARTERS["2024-06"])
    assert [run.status for run in runs] == [FAILURE, SUCCESS]
    assert runs[1].parent_run_id == runs[0].run_id
    everything = year.service.instance.get_runs()
    assert [run.run_id for run in everything if run.status != SUCCESS] == [runs[0].run_id]


def test_quarters_are_judged_again_from_the_page_and_say_the_same(year: Year) -> None:
    again = year.service.runs("judge_quarter")
    assert sorted(run.tags["dagster/partition"] for run in again) == ONCE_MORE
    assert {run.status for run in again} == {SUCCESS}
    year.service.wait_for("the webserver answers", lambda: year.service.answers("web"))
