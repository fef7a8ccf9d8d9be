"""Two small made-up offices and the bureau's pipeline, at the library's level, on a moved clock.

A run is a list of steps, in the order in which the jobs do them; whoever plays a year may stop
between any two.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import DateTime, Engine, Table, select

from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.limits import AuditLimits, Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.recheck.results import read_results
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.publication import write_publication
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.reports.write_year import write_year
from perf_pipeline.warehouse import history, turn
from perf_pipeline.warehouse.departures import note_departures
from perf_pipeline.warehouse.inbox import EVALUATIONS, inbox_files
from perf_pipeline.warehouse.loading import load_register, refuse_unmatched
from perf_pipeline.warehouse.schema import item, judged_until, metadata
from perf_pipeline.warehouse.seals.declared import is_of_chain
from perf_pipeline.warehouse.targets import load_targets
from scripts.same_bytes import with_fixed_dates
from tests.grids import word
from tests.year import CALENDAR

Step = partial[Any]
STREETS, CARE = "chengguan", "minzheng"  # 城管局 and 民政局
OFFICES = {STREETS: ("城管局", "环境整治"), CARE: ("民政局", "养老服务")}
HEAD_OF_FORM = """
项目名称 | {project} | < | < | <
资金总额（万元） | 100 | < | < | <
资金支出计划（%） | 3月底 | 6月底 | 10月底 | 12月底
^ | 20% | 50% | 80% | 100%
绩效目标 | 做好{project}。 | < | < | <
一级指标 | 二级指标 | 三级指标 | 绩效指标描述 | 指标值
"""
FORM = (
    HEAD_OF_FORM
    + """产出指标 | 数量指标 | 巡查次数 | 全年 | ≥{rounds}次
产出指标 | 质量指标 | 信访按期办结率 | 全年 | 100%
"""
)
REGISTERS = ("payment", "petition_case", "indicator_measure", "reported_value")
PAYMENTS = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
PETITIONS = "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期"
MEASURES = "项目名称,指标名称,度量,年内表现"
REPORTED = "项目名称,指标名称,截至日期,完成值,填报人"


@dataclass
class Offices:
    """The inbox, the warehouse and the reports of two offices, and the day that it is."""

    engine: Engine
    folder: Path
    channel: dict[str, object] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    day: date = date(2024, 1, 8)
    year: int = 2024  # what is written as 2024 here is of this year

    @property
    def inbox(self) -> Path:
        """What is handed in."""
        return self.folder / "inbox"

    @property
    def reports(self) -> Path:
        """Where reports go."""
        return self.folder / "reports"

    @property
    def moment(self) -> datetime:
        """Nine o'clock of the day."""
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=LOCAL)

    @contextmanager
    def moved_clocks(self) -> Iterator[None]:
        """Let what the library notes as now be the moment of the day."""
        with ExitStack() as patches:
            for each in (turn, history):
                patches.enter_context(patch.object(each, "now", lambda: self.moment))
            yield

    def hand_in(self, code: str, label: str, head: str, *rows: str) -> Path:
        """Lay a register into the inbox; what lay there by that name is replaced."""
        path = self.inbox / f"{self.year}" / code / "registers" / f"{label}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([head, *rows]).replace("2024", f"{self.year}"), "utf-8")
        return path

    def pay(self, code: str, *paid: tuple[str, int]) -> Path:
        """Hand in a ledger of payments: on which day how many 万元."""
        rows = [
            f"记-{number},{day},{OFFICES[code][1]},{amount}0000,财政资金"
            for number, (day, amount) in enumerate(paid, start=1)
        ]
        return self.hand_in(code, "支付台账", PAYMENTS, *rows)

    def set_targets(self, code: str, rounds: int = 12) -> None:
        """Hand in the office's targets."""
        name, project = OFFICES[code]
        folder = self.inbox / f"{self.year}" / code / "targets"
        folder.mkdir(parents=True, exist_ok=True)
        form = FORM.format(project=project, rounds=rounds)
        title = f"{name}{self.year}年度部门绩效目标"
        made = word(folder / "绩效目标.docx", title, f"编制单位：{name}", "项目绩效目标表", form)
        made.write_bytes(with_fixed_dates(made.read_bytes()))

    def begin(self) -> None:
        """Hand in what the year begins with."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        calendar = "checkpoint_months: [3, 6, 10, 12]\nfirst_year: 2024\n"
        (self.inbox / "calendar.yaml").write_text(calendar, "utf-8")
        for code, (_, project) in OFFICES.items():
            self.set_targets(code)
            rounds = f"{project},巡查次数,reported,累计"
            self.hand_in(code, "指标与度量对照表", MEASURES, rounds)
            self.pay(code, ("2024-02-01", 5))
            self.hand_in(
                code,
                "信访事项台账",
                PETITIONS,
                "访-1,2024-02-01,网上,无,否,2024-02-05,2024-03-01",
                "访-2,2024-02-20,来访,无,否,2024-02-25,昨天",
            )
            self.report(code, ("2024-03-31", 1))

    def report(self, code: str, *values: tuple[str, int]) -> Path:
        """Hand in how often an office went round, by when."""
        rows = [f"{OFFICES[code][1]},巡查次数,{day},{done}次,王某" for day, done in values]
        return self.hand_in(code, "人工填报指标值", REPORTED, *rows)

    @property
    def told(self) -> AlertConfiguration:
        """Who is told, and how."""
        shipped = load_configuration(self.inbox).model_dump(exclude={"channels", "recipients"})
        channel = self.channel or {"kind": "file", "folder": str(self.folder / "told")}
        who = {"name": "财政局", "channel": "信"} | ({"to": list(self.to)} if self.to else {})
        return AlertConfiguration.model_validate(
            shipped | {"channels": {"信": channel}, "recipients": [who]}
        )

    def intake(self) -> list[Step]:
        """Take in all that lies in the inbox."""
        engine, inbox = self.engine, self.inbox
        return [
            partial(note_departures, engine, inbox),
            partial(load_targets, engine, inbox),
            *(partial(load_register, engine, inbox, each) for each in REGISTERS),
            partial(refuse_unmatched, engine, inbox),
        ]

    def judging(self, at: Checkpoint) -> list[Step]:
        """Judge a checkpoint, tell of it and report."""
        engine, moment, out = self.engine, self.moment, self.reports
        until = CALENDAR.after(at).ends_on
        steps: list[Step] = [
            partial(compute_measures, engine, at),
            partial(compute_case_limits, engine, at, until),
            partial(audit_ledgers, engine, at, AuditLimits()),
            partial(evaluate_quarter, engine, at, Limits()),
            partial(foretell_quarter, engine, at, OutlookLimits()),
            partial(raise_alerts, engine, at, self.told, moment=moment),
            partial(write_quarter, engine, at, out, look_first=True),
            partial(write_site, engine, CALENDAR.checkpoints(self.year), out, look_first=True),
        ]
        return [*steps, *self.closing(at)] if at.last else steps

    def closing(self, year_end: Checkpoint) -> list[Step]:
        """Score the year, write its forms, re-check those that came back, and publish."""
        engine, out = self.engine, self.reports
        return [
            partial(evaluate_year, engine, year_end, ScoringRules()),
            partial(write_year, engine, year_end, out),
            partial(recheck_and_publish, engine, self.inbox, year_end, out),
        ]

    def hand_in_evaluations(self) -> None:
        """Hand in each office's self-evaluation as the forms were written for it."""
        for code in OFFICES:
            folder = self.inbox / f"{self.year}" / code / "evaluations"
            folder.mkdir(parents=True)
            for form in (self.reports / code / f"{self.year}").glob("*自评表*.xlsx"):
                shutil.copy(form, folder)

    def morning(self) -> list[Step]:
        """Look at what fell due, and send the digests."""
        coming, moment = CALENDAR.coming(self.day), self.moment
        return [
            partial(
                look_daily, self.engine, self.day, coming, self.told, remind=False, moment=moment
            ),
            partial(deliver, self.engine, self.told, moment),
        ]

    def whole_run(self, name: str) -> list[Step]:
        """All that a run of a checkpoint does, as steps."""
        return [*self.intake(), *self.judging(CALENDAR.checkpoint(name)), *self.morning()]

    def run(self, name: str) -> None:
        """Do a whole run."""
        for step in self.whole_run(name):
            step()

    def later(self) -> None:
        """Let the time pass after which a sender that was sending must be gone."""
        deliver(self.engine, self.told, self.moment + timedelta(minutes=20))

    def copy_to(self, engine: Engine, folder: Path) -> Offices:
        """Return the same offices with another warehouse, and a copy of all files."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, engine=engine, folder=folder)


def recheck_and_publish(engine: Engine, inbox: Path, year_end: Checkpoint, out: Path) -> None:
    """Compare the self-evaluations that were handed in with the registers; publish the results."""
    if any(inbox_files(inbox, EVALUATIONS)):
        recheck_year(engine, inbox, year_end, RecheckRules(), seed=1)
        with engine.connect() as connection:
            results = read_results(connection, year_end)
        write_publication(results, year_end.fiscal_year, RecheckRules(), out)


def named(step: Step) -> str:
    """Say which step it is: its function, and the register that it loads."""
    register = [each for each in step.args if each in REGISTERS]
    return " ".join([step.func.__name__, *register])


UNSAID = (
    "id",
    "salt",
    "figure",
    "digest",
    "left_digest",
    "stood",
)  # numbers of rows, and what hangs on them; which folders a look found as before


def contents(engine: Engine, *, besides: Collection[str] = ()) -> dict[str, list[str]]:
    """Give all rows of all tables, without row numbers and moments.

    But the log of acts, and how far looks went: a look more or less changes nothing.

    `besides` names columns that are left out too.

    A row that another refers to stands in its place, so that two warehouses say the same exactly
    where they hold the same, in whatever order it came.
    """
    tables = [
        each for each in metadata.sorted_tables if not (is_of_chain(each) or each is judged_until)
    ]
    with engine.connect() as connection:
        stored = {
            table.name: {row.id: row for row in connection.execute(select(table))}
            for table in tables
        }
    numbers = {number: nth for nth, number in enumerate(sorted(stored[item.name]), start=1)}

    def renumbered(found: re.Match[str]) -> str:
        return f"{found[1]}{numbers.get(int(found[2]), found[2])}"

    spelled: dict[tuple[str, int], str] = {}

    def spell(table: Table, number: int) -> str:
        at = table.name, number
        if at not in spelled:
            row, said = stored[table.name][number], []
            for column in table.c:
                value = row._mapping[column.name]
                if column.name in UNSAID or column.name in besides:
                    continue
                if isinstance(column.type, DateTime):
                    continue
                if column.foreign_keys and value is not None:
                    (key,) = column.foreign_keys
                    value = spell(key.column.table, value)
                elif column.name == "row_id" and "table_name" in table.c:
                    value = spell(metadata.tables[row.table_name], value)
                elif isinstance(value, str):
                    value = re.sub(r"(事项)(\d+)", renumbered, value)
                said.append(f"{column.name}={value}")
            spelled[at] = f"({'|'.join(said)})"
        return spelled[at]

    return {
        table.name: sorted(spell(table, each) for each in stored[table.name]) for table in tables
    }


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every report file below a folder as people read it: without the moment of making.

    Notes are left out (hidden files), but not what a writer left half-way.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (path.suffix == ".tmp" or not path.name.startswith(".")):
            content = path.read_bytes()
            if path.suffix in (".docx", ".xlsx"):
                content = with_fixed_dates(content)
            yield str(path.relative_to(folder)), content
