"""A calendar that is changed during the year: what was judged under the other one is history."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.alerts.misses import select_misses
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.monitoring.tracing import trace_figure
from perf_pipeline.reports.query import load_reports
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from tests.kept import stand
from tests.one_project import KEY, NAME, goal, load, set_up
from tests.year import DATA, load_configuration

pytestmark = pytest.mark.long(20)

OCTOBER, SEPTEMBER = FiscalCalendar((3, 6, 10, 12)), FiscalCalendar((3, 6, 9, 12))


def judge(engine: Engine, *checkpoints: Checkpoint) -> None:
    for each in checkpoints:
        compute_measures(engine, each)
        evaluate_quarter(engine, each, Limits())
        foretell_quarter(engine, each, OutlookLimits())


@pytest.fixture
def october(engine: Engine) -> Engine:
    """A year that was judged by the old calendar, once on each database."""

    def make(made: Engine) -> None:
        set_up(made)
        judge(made, *OCTOBER.checkpoints(2024))

    stand(engine, "october-s-calendar", make)
    return engine


def test_periods_are_those_of_the_calendar_in_force(engine: Engine) -> None:
    """5 of 10 online in May are a break of April to June, and none of May to August."""

    def seen(day: str, online: int) -> dict[str, dict[str, object]]:
        on, rest = date.fromisoformat(day), {"intact": True, "foundation_intact": True}
        return {
            f"{n} {day}": {"device_no": f"{n}", "inspected_on": on, "online": n < online, **rest}
            for n in range(10)
        }

    set_up(engine)
    days = (("2024-02-10", 9), ("2024-05-10", 5), ("2024-08-10", 10), ("2024-11-10", 10))
    load(engine, "device_inspection", {key: row for day in days for key, row in seen(*day).items()})
    mapped = {"project_name": NAME, "indicator_name": "按期受理率", "measure": "device_online_rate"}
    mapped["year_rule"] = "每期都须达到"
    load(engine, "indicator_measure", {KEY: mapped}, version=2)
    load(engine, "target", goal(60), version=2)
    said = []
    for months in ((3, 6, 10, 12), (4, 8, 12)):
        calendar = FiscalCalendar(months)
        for checkpoint in calendar.checkpoints(2024):
            compute_measures(engine, checkpoint)
            evaluate_quarter(engine, checkpoint, Limits())
        (judged,) = read_status(engine, calendar.checkpoint("2024-12"))
        (line,) = judged["indicators"]
        said.append((line["status"], line["reason"]))
    assert said[0][0] == "missed"
    assert "6月底50.00%" in said[0][1]
    assert said[1][0] == "met", said[1][1]


def rows(engine: Engine) -> dict[str, tuple[int | None, date, date]]:
    columns = ("name", "ordinal", "period_starts_on", "ends_on")
    query = select(*(checkpoint_table.c[name] for name in columns))
    with engine.connect() as connection:
        return {name: tuple(rest) for name, *rest in connection.execute(query)}  # type: ignore[misc]


def test_a_checkpoint_is_what_the_calendar_says_and_the_old_one_is_kept_as_history(
    october: Engine,
) -> None:
    engine = october
    before = {each["quarter"]: each["version"] for each in read_status(engine)}
    judge(engine, *SEPTEMBER.checkpoints(2024))
    kept = rows(engine)
    assert kept["2024-09"] == (3, date(2024, 7, 1), date(2024, 9, 30))
    assert kept["2024-10"] == (None, date(2024, 7, 1), date(2024, 10, 31))
    assert kept["2024-12"] == (4, date(2024, 10, 1), date(2024, 12, 31))
    status = read_status(engine)
    assert {each["quarter"]: each["history"] for each in status} == {
        "2024-03": False,
        "2024-06": False,
        "2024-09": False,
        "2024-10": True,
        "2024-12": False,
    }
    assert before["2024-10"] == 1  # and nothing was written anew there
    (old,) = [each for each in status if each["quarter"] == "2024-10"]
    traced = trace_figure(engine, old["spending"][0]["figure"])
    assert (traced.quarter, traced.adds_up) == ("2024-10", True)


@pytest.mark.on_sqlite
def test_the_old_checkpoint_stands_in_no_report_of_the_new_calendar(october: Engine) -> None:
    judge(october, *SEPTEMBER.checkpoints(2024))
    with october.connect() as connection:
        (report,) = load_reports(connection, SEPTEMBER.checkpoint("2024-12"))
    assert report.history_labels == ("3月底", "6月底", "9月底", "12月底")


@pytest.mark.on_sqlite
def test_going_back_to_the_old_calendar_takes_its_checkpoint_back(october: Engine) -> None:
    for calendar in (SEPTEMBER, OCTOBER):
        judge(october, *calendar.checkpoints(2024))
    kept = rows(october)
    assert (kept["2024-10"][0], kept["2024-09"][0]) == (3, None)
    assert kept["2024-12"] == (4, date(2024, 11, 1), date(2024, 12, 31))


@pytest.mark.parametrize("months", [(6, 12), (12,), (3, 6, 9, 12)])
@pytest.mark.on_sqlite
def test_alerts_stand_at_checkpoints_of_the_calendar_in_force(
    october: Engine, months: tuple[int, ...]
) -> None:
    told = load_configuration(DATA)
    load(october, "target", goal(101), version=2)  # which no checkpoint meets
    judge(october, *OCTOBER.checkpoints(2024))
    for each in OCTOBER.checkpoints(2024):
        raise_alerts(october, each, told, newest=each.last)
    new = FiscalCalendar(months).checkpoints(2024)
    judge(october, *new)
    for each in new:
        raise_alerts(october, each, told, newest=each.last)
    with october.connect() as connection:
        misses = connection.execute(select_misses(2024, told, new[-1])).all()
    assert misses
    assert {each.ordinal for each in misses} <= {each.ordinal for each in new}


@pytest.mark.parametrize("months", [(3, 6, 9, 10, 12), (6, 12), (12,), (1, 2, 3, 12)])
@pytest.mark.on_sqlite
def test_any_calendar_can_follow_any_other(october: Engine, months: tuple[int, ...]) -> None:
    new = FiscalCalendar(months).checkpoints(2024)
    for checkpoint in new:
        evaluate_quarter(october, checkpoint, Limits())  # which follows its calendar
    kept = rows(october)
    assert {name for name, (ordinal, *_) in kept.items() if ordinal is not None} == {
        each.name for each in new
    }
    for each in new:
        assert kept[each.name] == (each.ordinal, each.period_starts_on, each.ends_on)
