"""A year of the loop, all made up: warnings, choices, promises kept and broken, silence, documents.

A day's work ends in many commits, before any of which a run may die; the next run begins anew. What
comes of it is the same wherever runs were killed.
"""

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
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.items.answering import Said, answer
from perf_pipeline.items.board import read_boards
from perf_pipeline.items.standings import Item, live_items, read_items
from perf_pipeline.items.state import OVER, State
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.recheck.results import read_results
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.warehouse import history, intake
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import alert_message, item, item_event, snapshot
from perf_pipeline.warehouse.targets import load_targets
from tests.grids import word
from tests.year import CALENDAR

pytestmark = pytest.mark.long(30)

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
        for each in (intake, history):
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


@pytest.fixture
def year(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    return Year(engine, tmp_path, monkeypatch)


EXPECTED = {
    KEPT: ["opened", "promised", "closed"],
    BROKEN: ["opened", "promised", "escalated", "consequence"],
    SILENT: ["opened", "overdue", "escalated", "consequence"],
    ADJUSTED: ["opened", "chosen", "measures", "checked", "closed"],
}


def test_each_cause_goes_its_way_wherever_runs_are_killed(year: Year) -> None:
    play(year)
    assert {project: year.events(project) for project in PROJECTS} == EXPECTED
    kept, broken, silent = (year.item(project) for project in (KEPT, BROKEN, SILENT))
    assert "承诺已兑现：承诺2024-06-30前达到50万元，台账为500,000.00元" in kept.standing.words
    assert "承诺未兑现" in broken.standing.words
    assert "台账为200,000.00元" in broken.standing.words
    assert "没有作出处置选择；建议暂缓拨付或收回预算" in silent.standing.words
    assert silent.gap == "比计划少支付490,000.00元"
    assert silent.first_seen == "3月底"
    said = dict(year.messages())
    numbers = {project: f"事项{year.item(project).id}｜" for project in PROJECTS}
    warned = said[JUDGED_Q1]
    assert all(number in warned for number in numbers.values())
    assert "2024-04-22前处置" in warned
    assert f"{numbers[SILENT]}超时未处置" in said[date(2024, 4, 23)]
    assert numbers[KEPT] not in said[date(2024, 4, 23)]
    assert f"{numbers[SILENT]}已升级" in said[date(2024, 4, 29)]
    assert f"{numbers[ADJUSTED]}已核对" in said[date(2024, 5, 21)]
    assert f"{numbers[KEPT]}已解除" in said[JUDGED_Q2]
    assert f"{numbers[BROKEN]}已升级" in said[date(2024, 7, 8)]
    assert f"{numbers[BROKEN]}建议处理" in said[date(2024, 8, 8)]
    for day, body in year.messages():
        lines = [line for line in body.splitlines() if line.startswith("事项")]
        assert len(lines) <= 10, day
        assert len({line.split("｜")[0] for line in lines}) == len(lines), day

    with year.engine.connect() as connection:
        live = set(live_items(connection, 2024))
        items = read_items(connection, 2024, year.day, year.told.items)
        assert live == {each.id for each in items if each.standing.state not in OVER}
        department = connection.scalars(select(item.c.department_id)).first()
        assert department is not None
        board = read_boards(connection, CALENDAR.checkpoints(2024)[:2], [department])[department]
    spring, summer = board.checkpoints
    assert [KEPT in spring.promised[0], BROKEN in spring.promised[1]] == [True, True]
    assert all("承诺2024-06-30前达到50万元" in each for each in spring.promised)
    assert [SILENT in each for each in spring.late] == [True]
    assert len(summer.late) == 2
    assert not summer.promised
    play_the_rest(year)
    with year.engine.connect() as connection:
        versions = connection.scalars(
            select(snapshot.c.version).where(snapshot.c.kind == "recheck")
        ).all()
        (result,) = read_results(connection, YEAR_END)
    assert list(versions) == [1]
    forms = {each.name: {fault.rule for fault in each.faults} for each in result.projects}
    assert "actual_differs" in forms.pop(BROKEN)
    assert set(map(frozenset, forms.values())) == {frozenset({"not_handed_in"})}


def test_what_lacks_something_is_refused_in_words(year: Year) -> None:
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    words = {"words": "供货商延期交货两个月"}
    for said, wrong in (
        ({"words": "知道了"}, "没有说明具体内容"),
        ({**words, "choice": "调整"}, "要填写调整文号"),
        ({**words, "choice": "看看再说"}, "处置选择"),
        ({**words, "person": ""}, "责任人"),
        ({**words, "promise_value": "很多", "promise_by": date(2024, 6, 30)}, "看不懂承诺值"),
        ({**words, "promise_value": "50万元"}, "同时填写"),
        ({**words, "promise_value": "50万元", "promise_by": date(2025, 6, 30)}, "不在2024年度内"),
    ):
        with pytest.raises(ConfigurationError, match=wrong):
            year.answers(SILENT, **said)
    assert year.item(SILENT).standing.state is State.OPENED


def test_a_reason_handed_in_by_workbook_is_an_answer(year: Year) -> None:
    year.day = date(2024, 4, 3)  # before the warning that it explains
    head = "项目名称,指标名称,截至日期,原因类别,原因说明,改进措施,填报人"
    row = f"{SILENT},预算执行,2024-03-31,其他,财政资金4月才下达,5月底前支付到位,王某"
    year.hand_in("deviation_reason", "偏差原因说明", head, row)
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    assert year.item(SILENT).standing.state is State.MEASURES
    year.day = date(2024, 5, 15)
    straight(year.engine, year.morning())
    assert year.item(SILENT).standing.state is State.MEASURES
    assert year.events(BROKEN) == ["opened", "consequence"]


def test_an_answer_to_a_number_that_is_no_item_is_told(year: Year) -> None:
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    head = "事项编号,处置选择,原因类别,原因说明,责任人"
    known = year.item(SILENT).id
    said = "继续执行,其他,供货商延期交货两个月,王某"
    year.hand_in("rectification", "整改台账", head, f"{known},{said}", f"{known + 999},{said}")
    with year.engine.connect() as connection:
        points = [p for p in open_points(connection) if p.kind is Open.NO_ITEM]
    assert [f"事项{known + 999}不是本部门本年的事项" in p.finding for p in points] == [True]
    assert year.item(SILENT).standing.state is State.CHOSEN


def test_a_promise_in_a_reason_is_held_against_the_very_day_that_it_names(year: Year) -> None:
    rounds = f"{BROKEN}巡查次数"
    head = "项目名称,指标名称,度量,年内表现"
    year.hand_in("indicator_measure", "指标与度量对照表", head, f"{BROKEN},{rounds},reported,累计")
    reported = [
        "项目名称,指标名称,截至日期,完成值,填报人",
        f"{BROKEN},{rounds},2024-03-31,0次,王某",
    ]
    year.hand_in("reported_value", "人工填报指标值", *reported)
    year.day = date(2024, 4, 3)
    year.hand_in(
        "deviation_reason",
        "偏差原因说明",
        "项目名称,指标名称,截至日期,原因类别,原因说明,改进措施,填报人",
        f"{SILENT},预算执行,2024-03-31,其他,财政资金4月才下达,5月底前累计支付50万元,王某",
        f"{BROKEN},{rounds},2024-03-31,人员保障,巡查人员3月才到位,5月底前完成巡查6次,王某",
    )
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    promised = year.item(SILENT).standing
    assert (promised.state, promised.due_on) == (State.PROMISED, date(2024, 5, 31))
    reported.append(f"{BROKEN},{rounds},2024-05-31,7次,王某")
    year.day = date(2024, 6, 20)  # no checkpoint is judged between the day and now
    year.hand_in("reported_value", "人工填报指标值", *reported)
    straight(year.engine, year.morning())
    broken = year.item(SILENT).standing
    assert broken.state is State.ESCALATED
    assert "承诺“5月底前累计支付50万元”（2024-05-31前），台账为10,000.00元" in broken.words
    with year.engine.connect() as connection:
        found = read_items(connection, 2024, year.day, year.told.items)
    (mine,) = [each for each in found if each.subject == rounds]
    assert mine.standing.state is State.CHECKED
    assert "台账为7次（2024-05-31填报）" in mine.standing.words
