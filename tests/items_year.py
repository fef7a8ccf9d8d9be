"""An office's year of items, and the runs of its bureau, which may die before any commit."""

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection, Engine, event, select

from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.items.answering import Said, answer
from perf_pipeline.items.standings import Item, read_items
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.warehouse import history, turn
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import alert_message, item, item_event
from perf_pipeline.warehouse.targets import load_targets
from tests.grids import word
from tests.year import CALENDAR

CODE, NAME = "chengguan", "城管局"
KEPT, BROKEN, SILENT, ADJUSTED = PROJECTS = ("甲项目", "乙项目", "丙项目", "丁项目")
FORM = """
项目名称 | {project} | < | <
资金总额（万元） | 100 | < | <
绩效目标 | 做好{project}。 | < | <
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | {project}巡查次数 | ≥12次
"""
RECIPIENTS = {"recipients": [{"name": "财政局", "channel": "夹"}]}
JUDGED_Q1, JUDGED_Q2, JUDGED_Q4 = date(2024, 4, 8), date(2024, 7, 5), date(2025, 1, 8)
YEAR_END = CALENDAR.checkpoint("2024-12")
DOCUMENT = "城财预〔2024〕18号"


class Year:
    """An office, its bureau's pipeline, and the days on which one or the other does something."""

    def __init__(self, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.inbox, self.folder = engine, folder / "inbox", folder / "told"
        self.day = date(2024, 1, 8)
        for each in (turn, history):
            monkeypatch.setattr(each, "now", lambda: self.moment)
        targets = self.inbox / "2024" / CODE / "targets"
        targets.mkdir(parents=True)
        forms = [FORM.format(project=project) for project in PROJECTS]
        parts = [part for form in forms for part in ("项目绩效目标表", form)]
        word(targets / "绩效目标.docx", f"{NAME}2024年度部门绩效目标", f"编制单位：{NAME}", *parts)
        load_targets(engine, self.inbox)
        plan = [
            f"{p},{day},{share}"
            for p in PROJECTS
            for day, share in (("2024-03-31", "25%"), ("2024-06-30", "50%"), ("2024-12-31", "100%"))
        ]
        self.hand_in(
            "spending_plan_entry", "资金支出计划表", "项目名称,截至日期,累计支出比例", *plan
        )
        self.payments = [
            f"记-{n},2024-02-0{n},{p},10000,财政资金" for n, p in enumerate(PROJECTS, 1)
        ]
        self.hand_in_payments()

    @property
    def moment(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=LOCAL)

    @property
    def told(self) -> AlertConfiguration:
        shipped = load_configuration(self.inbox).model_dump(exclude={"channels", "recipients"})
        channel = {"channels": {"夹": {"kind": "file", "folder": str(self.folder)}}}
        return AlertConfiguration.model_validate(shipped | channel | RECIPIENTS)

    def hand_in(self, name: str, label: str, *lines: str) -> None:
        folder = self.inbox / "2024" / CODE / "registers"
        folder.mkdir(exist_ok=True)
        (folder / f"{label}.csv").write_text("\n".join(lines), "utf-8")
        outcomes = load_register(self.engine, self.inbox, name)
        assert all(not each.rows_quarantined and each.rows_loaded for each in outcomes)

    def hand_in_payments(self, *more: str) -> None:
        self.payments += more
        self.hand_in(
            "payment", "支付台账", "凭证号,支付日期,项目名称,支付金额,资金来源", *self.payments
        )

    def hand_in_evaluation(self, project: str) -> None:
        """Hand in the form as we fill it in, but for 15 rounds where 3 were reported."""
        with self.engine.connect() as connection:
            (mine,) = load_years(self.engine, YEAR_END, load_reports(connection, YEAR_END))
        folder = self.inbox / "2024" / CODE / "evaluations"
        folder.mkdir()
        book = load_workbook(BytesIO(self_evaluation_form(mine, project)))
        (cell,) = [each for row in book.worksheets[0] for each in row if each.value == "3次"]
        cell.value = "15次"
        book.save(folder / "自评表.xlsx")

    def judging(self, name: str) -> list[Callable[[], Any]]:
        at = CALENDAR.checkpoint(name)
        return [
            lambda: compute_measures(self.engine, at),
            lambda: evaluate_quarter(self.engine, at, Limits()),
            lambda: foretell_quarter(self.engine, at, OutlookLimits()),
            lambda: raise_alerts(self.engine, at, self.told, moment=self.moment),
            *self.morning(),
        ]

    def morning(self) -> list[Callable[[], Any]]:
        coming = CALENDAR.coming(self.day)
        return [
            lambda: look_daily(
                self.engine, self.day, coming, self.told, remind=False, moment=self.moment
            ),
            lambda: deliver(self.engine, self.told, self.moment),
        ]

    def item(self, project: str) -> Item:
        with self.engine.connect() as connection:
            found = read_items(connection, 2024, self.day, self.told.items)
        (mine,) = [each for each in found if (each.kind, each.subject_key) == ("project", project)]
        return mine

    def answers(self, project: str, **said: Any) -> None:
        first = {"choice": "继续执行", "category": "其他", "person": "王某"}
        given = first if "words" in said else {}
        answer(self.engine, self.inbox, self.item(project), Said(**given | said), self.moment)

    def events(self, project: str) -> list[str]:
        query = (
            select(item_event.c.state)
            .join(item, item.c.id == item_event.c.item_id)
            .where(item.c.kind == "project", item.c.subject_key == project)
            .order_by(item_event.c.id)
        )
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def messages(self) -> list[tuple[date, str]]:
        query = select(alert_message.c.day, alert_message.c.body).order_by(alert_message.c.id)
        with self.engine.connect() as connection:
            return [(row.day, row.body) for row in connection.execute(query)]


Steps = list[Callable[[], Any]]


class Killed(BaseException):
    """A run's end, which nothing in it hears of."""


def straight(_: Engine, steps: Steps) -> None:
    for step in steps:
        step()


def killed(engine: Engine, steps: Steps) -> None:
    """Die before each commit of each step in turn and begin it again; at last run them all anew.

    On PostgreSQL, where commits cost more, before each step's first.
    """
    on_sqlite = engine.dialect.name == "sqlite"
    for step in steps:
        for lived in count() if on_sqlite else (0, sys.maxsize):
            left = iter(range(lived))

            def die(_: Connection, left: Iterator[int] = left) -> None:
                if next(left, None) is None:
                    raise Killed

            event.listen(engine, "commit", die)
            try:
                step()
                break
            except Killed:
                pass
            finally:
                event.remove(engine, "commit", die)
    straight(engine, steps)


def play(year: Year) -> None:
    def on(day: date, name: str | None = None) -> None:
        year.day = day
        killed(year.engine, year.judging(name) if name else year.morning())

    on(JUDGED_Q1, "2024-03")
    year.day = date(2024, 4, 12)
    promise = {"promise_value": "50万元", "promise_by": date(2024, 6, 30)}
    words = {"words": "供货商延期交货两个月", "measures": "换一家供货商并分批验收"}
    year.answers(KEPT, **words, **promise)
    year.answers(BROKEN, **words, **promise)
    year.answers(ADJUSTED, words="工程缩减为一期，二期不再实施", choice="调整", document=DOCUMENT)
    on(date(2024, 4, 15))
    on(date(2024, 4, 23))  # ten working days after the warning are over
    on(date(2024, 4, 29))
    year.day = date(2024, 4, 30)
    year.answers(ADJUSTED, measures="按程序调减预算八十万元")
    on(date(2024, 5, 6))
    row = f"{ADJUSTED},2024-05-20,200000,200000,0,{DOCUMENT},二期不再实施"
    head = "项目名称,生效日期,调整后预算数（元）,财政资金（元）,其他资金（元）,批复文号,调整原因"
    year.day = date(2024, 5, 20)
    year.hand_in("budget_adjustment", "预算调整表", head, row)
    on(date(2024, 5, 21))
    year.day = date(2024, 7, 3)
    year.hand_in_payments(
        f"记-11,2024-06-28,{KEPT},490000,财政资金", f"记-12,2024-06-28,{BROKEN},190000,财政资金"
    )
    year.hand_in_payments(f"记-13,2024-06-28,{ADJUSTED},90000,财政资金")
    on(JUDGED_Q2, "2024-06")
    on(date(2024, 7, 8))
    on(date(2024, 8, 8))


def play_the_rest(year: Year) -> None:
    year.day = JUDGED_Q4
    rounds = f"{BROKEN}巡查次数"
    head = "项目名称,指标名称,度量,年内表现"
    year.hand_in("indicator_measure", "指标与度量对照表", head, f"{BROKEN},{rounds},reported,累计")
    head = "项目名称,指标名称,截至日期,完成值,填报人"
    year.hand_in("reported_value", "人工填报指标值", head, f"{BROKEN},{rounds},2024-12-31,3次,王某")
    score = lambda: evaluate_year(year.engine, YEAR_END, ScoringRules())  # noqa: E731
    killed(year.engine, [*year.judging("2024-12"), score])
    year.day = date(2025, 2, 10)
    year.hand_in_evaluation(BROKEN)
    rules = RecheckRules()
    killed(year.engine, [lambda: recheck_year(year.engine, year.inbox, YEAR_END, rules, seed=1)])
