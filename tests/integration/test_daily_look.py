"""The daily look: cases out of time and registers still to come, each told once, none judged."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from perf_pipeline.alerts import coming
from perf_pipeline.alerts.acknowledging import acknowledge
from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.alerts.digest import compose, store
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.stored import Alert
from perf_pipeline.domain.calendar import OnDay
from perf_pipeline.domain.limits import Limits
from perf_pipeline.items.standings import read_items
from perf_pipeline.items.state import State
from perf_pipeline.measures import case_limits
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.money_on_day import money_on
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import alert, alert_event, snapshot
from tests.integration.test_departments import document, load
from tests.year import CALENDAR

Q1, Q2 = CALENDAR.checkpoint("2024-03"), CALENDAR.checkpoint("2024-06")
HEADER = "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期"
MAP = "项目名称,指标名称,度量\n城管局的项目,巡查次数,petition_visits_hosted"
RECIPIENTS = {
    "channels": {"夹": {"kind": "file", "folder": "out"}},
    "recipients": [{"name": "财政局", "channel": "夹"}],
}


class Office:
    """A department with a register of petitions, and the look that is taken every morning."""

    def __init__(self, engine: Engine, inbox: Path) -> None:
        self.engine, self.inbox = engine, inbox
        document(inbox, "chengguan", "城管局")
        load(engine, inbox)
        self.hand_in("indicator_measure", "指标与度量对照表", *MAP.splitlines())

    def hand_in(self, name: str, label: str, *lines: str) -> None:
        folder = self.inbox / "2024/chengguan/registers"
        folder.mkdir(exist_ok=True)
        (folder / f"{label}.csv").write_text("\n".join(lines), "utf-8")
        load_register(self.engine, self.inbox, name)

    def petitions(self, *rows: str) -> None:
        self.hand_in("petition_case", "信访事项台账", HEADER, *rows)

    def look(self, day: date, *, remind: bool = False) -> list[Alert]:
        moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        raised = look_daily(
            self.engine, day, CALENDAR.coming(day), self.told(), remind=remind, moment=moment
        )
        return list(raised)

    def told(self, **more: Any) -> AlertConfiguration:
        shipped = load_configuration(self.inbox)
        return AlertConfiguration.model_validate(
            {**shipped.model_dump(exclude={"channels", "recipients"}), **RECIPIENTS, **more}
        )

    def history(self, alert_id: int) -> list[str]:
        query = (
            select(alert_event.c.state)
            .where(alert_event.c.alert_id == alert_id)
            .order_by(alert_event.c.id)
        )
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def digest(self, day: date) -> str:
        moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        with self.engine.begin() as connection:
            digests = compose(connection, self.told(), moment)
            store(connection, digests, moment)
        return "\n".join(message.text for each in digests for message in each.messages)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_a_case_is_soon_due_then_overdue_then_done(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")  # to be accepted by the 16th
    assert office.look(date(2024, 3, 10)) == []
    (soon,) = office.look(date(2024, 3, 11))
    assert (soon.level, soon.gap) == ("soon", "应于2024-03-16前受理")
    assert office.look(date(2024, 3, 16)) == []  # its last day is still in time
    (overdue,) = office.look(date(2024, 3, 17))
    assert (overdue.level, overdue.since) == ("overdue", "2024-03-16")
    assert "第2行" in overdue.evidence
    assert office.history(soon.id) == ["new", "continued"]
    office.petitions("访-1,2024-03-01,来访,无,否,2024-03-18,2024-03-19")
    assert office.look(date(2024, 3, 20)) == []
    assert office.history(overdue.id) == ["new", "resolved"]


def test_without_any_limit_no_case_runs_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.petitions("X-1,2024-04-01,来信,,否,,")
    monkeypatch.setattr(case_limits, "load_registers", lambda: ())
    monkeypatch.setattr(coming, "open_cases", case_limits.open_cases.__wrapped__)
    assert not [each for each in office.look(date(2024, 6, 3)) if each.rule == coming.CASES]


def test_a_look_judges_nothing_and_a_second_one_finds_nothing_new(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    assert len(office.look(date(2024, 3, 20))) == 1
    assert office.look(date(2024, 3, 20)) == []
    with office.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(snapshot)) == 0
        assert connection.scalar(select(func.count()).select_from(alert_event)) == 1


def test_a_department_s_cases_are_one_line_with_their_number_and_the_first_few(
    office: Office,
) -> None:
    office.petitions(*(f"访-{n},2024-03-0{n},来访,无,否,," for n in range(1, 9)))
    office.look(date(2024, 3, 31))
    (line,) = [each for each in office.digest(date(2024, 3, 31)).splitlines() if "超期" in each]
    assert line.startswith("事项1｜超期未办｜城管局：信访事项台账。超期未办8件（新增8件）：")
    assert all(f"访-{n} 受理" in line for n in range(1, 4))
    assert "访-4" not in line


def test_what_is_still_overdue_after_a_checkpoint_is_told_as_not_mended(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    (before,) = office.look(date(2024, 3, 31))
    (after,) = office.look(date(2024, 4, 1))
    assert (before.quarter, after.quarter) == ("2024-03", "2024-06")
    assert office.history(before.id) == ["new", "continued"]
    assert "超期未办1件" in office.digest(date(2024, 4, 1))


def test_a_case_that_is_as_it_was_is_not_told_again_at_the_next_checkpoint(office: Office) -> None:
    first, second = "访-1,2024-03-01,来访,无,否,,", "访-2,2024-03-20,来访,无,否,,"
    office.petitions(first)
    office.look(date(2024, 3, 31))
    assert "超期未办1件（新增1件）：访-1" in office.digest(date(2024, 3, 31))
    assert [each.quarter for each in office.look(date(2024, 4, 1))] == ["2024-06"]
    assert office.digest(date(2024, 4, 1)) == ""
    office.petitions(first, second)
    office.look(date(2024, 4, 5))
    assert "超期未办2件（新增1件）：访-2" in office.digest(date(2024, 4, 5))
    office.look(date(2024, 4, 19))
    assert "已升级" in office.digest(date(2024, 4, 19))


def test_what_was_done_and_comes_back_is_told_again(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    office.look(date(2024, 3, 30))
    assert "超期未办1件" in office.digest(date(2024, 3, 30))
    office.petitions("访-1,2024-03-01,来访,无,否,2024-03-31,2024-03-31")
    office.look(date(2024, 3, 31))
    assert "已解除" in office.digest(date(2024, 3, 31))
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    office.look(date(2024, 4, 1))
    assert "超期未办1件（新增1件）" in office.digest(date(2024, 4, 1))


def test_what_time_leaves_behind_is_not_told_as_resolved(office: Office) -> None:
    (asked,) = office.look(date(2024, 3, 25), remind=True)
    assert "待报送" in office.digest(date(2024, 3, 25))
    office.look(date(2024, 4, 1))
    assert office.history(asked.id) == ["new", "continued"]
    assert office.digest(date(2024, 4, 1)) == ""
    with office.engine.connect() as connection:
        (mine,) = read_items(connection, 2024, date(2024, 4, 1), office.told().items)
    assert mine.standing.state is State.PASSED
    assert mine.standing.words == "检查点已过，由评价结果接续，没有填报过处置"


def test_registers_are_asked_for_once_before_a_checkpoint_and_no_longer_when_they_came(
    office: Office,
) -> None:
    assert office.look(date(2024, 3, 20)) == []
    (asked,) = office.look(date(2024, 3, 25), remind=True)
    assert asked.gap == "还没有报送：支付台账、信访事项台账"
    assert office.look(date(2024, 3, 26), remind=True) == []
    office.petitions("访-1,2024-03-30,来访,无,否,,")
    office.hand_in("payment", "支付台账", "凭证号,支付日期,项目名称,支付金额（元）,资金来源")
    assert office.look(date(2024, 3, 27), remind=True) == []
    assert office.history(asked.id) == ["new", "resolved"]


def test_a_reminder_whose_checkpoint_is_over_gives_way_to_the_judgement(office: Office) -> None:
    (asked,) = office.look(date(2024, 3, 25), remind=True)
    office.look(date(2024, 4, 1))
    assert office.history(asked.id) == ["new", "continued"]
    (again,) = office.look(date(2024, 6, 24), remind=True)
    assert again.quarter == "2024-06"


def test_a_register_of_an_earlier_period_is_old(office: Office) -> None:
    office.petitions("访-1,2024-03-30,来访,无,否,2024-03-31,2024-04-02")
    beyond = CALENDAR.checkpoint(f"{datetime.now(UTC).year + 1}Q1")  # after all that was handed in
    assert beyond.period_starts_on > date.today()
    with office.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE source_file SET fiscal_year = {beyond.fiscal_year}")
        for table in ("project", "indicator_measure"):
            connection.exec_driver_sql(f"UPDATE {table} SET fiscal_year = {beyond.fiscal_year}")
    (asked,) = office.look(beyond.ends_on, remind=True)
    assert "还没有报送：支付台账" in asked.gap
    assert "这一期间没有更新：信访事项台账" in asked.gap


def test_what_nobody_answers_is_escalated_by_the_look_and_what_is_answered_is_not(
    office: Office,
) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,", "访-2,2024-03-02,来访,无,否,,")
    first, second = office.look(date(2024, 3, 20))
    moment = datetime(2024, 3, 21, tzinfo=UTC)
    acknowledge(office.engine, second.id, person="李科长", reason="当事人在外地", moment=moment)
    late = date(2024, 3, 20) + timedelta(days=office.told().escalate_after_days)
    # the coming checkpoint is the next one by then: its own alerts are new
    office.look(min(late, Q1.ends_on))
    assert office.history(second.id) == ["new", "acknowledged"]
    office.look(late)
    assert office.history(first.id) == ["new", "continued"]
    third, fourth = (Q2.period_starts_on + timedelta(days=days) for days in (20, 40))
    office.look(third)
    office.look(fourth)
    with office.engine.connect() as connection:
        states = list(connection.execute(select(alert_event.c.state)).scalars())
    assert states.count("escalated") == 2


def test_judging_leaves_the_daily_look_s_alerts_alone(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    (overdue,) = office.look(date(2024, 3, 20))
    moment = datetime(2024, 3, 21, tzinfo=UTC)
    raise_alerts(office.engine, Q1, office.told(), newest=True, moment=moment)
    assert office.history(overdue.id) == ["new"]


def test_what_is_not_among_the_levels_is_not_told(office: Office) -> None:
    office.petitions("访-1,2024-03-01,来访,无,否,,")
    rules = office.told().model_dump()["rules"]
    rules["cases"]["levels"] = ("overdue",)
    quiet = office.told(rules=rules)
    day = date(2024, 3, 12)
    assert look_daily(office.engine, day, Q1, quiet, remind=False) == ()
    with office.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(alert)) == 0


PAYMENTS = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
PROJECT = "城管局的项目"


def money(office: Office, budget: int, *rows: str) -> None:
    office.hand_in("budget", "项目预算表", "项目名称,预算数（元）", f"{PROJECT},{budget}")
    lines = (f"{n},{when},{PROJECT},{yuan},财政资金" for n, (when, yuan) in enumerate(pairs(rows)))
    office.hand_in("payment", "支付台账", PAYMENTS, *lines)


def pairs(rows: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(when, yuan) for when, _, yuan in (row.partition(" ") for row in rows)]


def told(alerts: list[Alert]) -> list[tuple[str, str]]:
    return [(each.level, each.since) for each in alerts]


def test_overspending_is_seen_the_day_after_and_not_at_the_next_checkpoint(office: Office) -> None:
    money(office, 100, "2024-03-01 60.00", "2024-09-17 40.01")
    assert office.look(date(2024, 9, 16)) == []
    (raised,) = office.look(date(2024, 9, 18))
    assert (raised.level, raised.since) == ("overspent", "2024-09-17")
    assert "超出预算" in raised.gap
    assert "超出预算｜城管局／城管局的项目：预算执行。累计支付占预算100.01%，超出" in office.digest(
        date(2024, 9, 18)
    )
    assert office.look(date(2024, 9, 19)) == []  # told once
    assert office.history(raised.id) == ["new"]


def test_overspending_that_is_taken_back_is_over_and_comes_back_with_its_own_day(
    office: Office,
) -> None:
    money(office, 100, "2024-03-01 60.00", "2024-09-17 50.00")
    (raised,) = office.look(date(2024, 9, 18))
    money(office, 100, "2024-03-01 60.00", "2024-09-17 50.00", "2024-09-20 -10.00")
    assert office.look(date(2024, 9, 21)) == []
    assert office.history(raised.id) == ["new", "resolved"]
    again = ("2024-09-20 -10.00", "2024-09-25 0.01")
    money(office, 100, "2024-03-01 60.00", "2024-09-17 50.00", *again)
    office.look(date(2024, 9, 26))
    assert office.history(raised.id) == ["new", "resolved", "repeated"]


def test_exactly_the_budget_is_not_overspent_and_a_raised_budget_is_the_one_in_force(
    office: Office,
) -> None:
    money(office, 100, "2024-09-17 100.00")
    assert office.look(date(2024, 9, 18)) == []
    money(office, 100, "2024-09-17 150.00")
    raised_to = f"{PROJECT},2024-09-10,200"
    office.hand_in(
        "budget_adjustment", "预算调整表", "项目名称,生效日期,调整后预算数（元）", raised_to
    )
    assert office.look(date(2024, 9, 18)) == []
    with office.engine.connect() as connection:
        (before,) = money_on(connection, OnDay(date(2024, 9, 9)), Limits())
        (after,) = money_on(connection, OnDay(date(2024, 9, 18)), Limits())
    assert (before.budget_fen, before.paid_fen) == (10_000, 0)
    assert (after.budget_fen, after.paid_fen, after.overspent_since) == (20_000, 15_000, None)


def test_what_was_overspent_before_the_last_checkpoint_has_been_judged_there(
    office: Office,
) -> None:
    money(office, 100, "2024-09-17 100.01")
    (raised,) = office.look(date(2024, 10, 31))
    assert office.look(date(2024, 11, 1)) == []
    assert office.history(raised.id) == ["new"]  # nobody has judged it yet
    evaluate_quarter(office.engine, CALENDAR.checkpoint("2024-10"), Limits())
    assert office.look(date(2024, 11, 8)) == []
    assert office.history(raised.id) == ["new", "continued"]


def test_money_that_nobody_told_of_is_unknown_on_any_day(office: Office) -> None:
    with office.engine.connect() as connection:
        (unknown,) = money_on(connection, OnDay(date(2024, 9, 20)), Limits())
    assert (unknown.paid_fen, unknown.light, unknown.overspent_since) == (None, "unknown", None)
