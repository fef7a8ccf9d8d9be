"""A year of the loop, all made up: warnings, choices, promises kept and broken, silence, documents.

A day's work ends in many commits, before any of which a run may die; the next run begins anew. What
comes of it is the same wherever runs were killed.
"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.items.board import read_boards
from perf_pipeline.items.standings import live_items, read_items
from perf_pipeline.items.state import OVER, State
from perf_pipeline.monitoring.recheck.results import read_results
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.warehouse.schema import item, snapshot
from tests.items_year import (
    ADJUSTED,
    BROKEN,
    JUDGED_Q1,
    JUDGED_Q2,
    KEPT,
    NAME,
    PROJECTS,
    SILENT,
    YEAR_END,
    Year,
    play,
    play_the_rest,
    straight,
)
from tests.year import CALENDAR

pytestmark = pytest.mark.long(30)


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
        board = read_boards(connection, {department: CALENDAR.checkpoints(2024)[:2]})[department]
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


def test_an_answer_with_another_item_s_words_beside_its_number_answers_neither(year: Year) -> None:
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    head = "事项编号,项目或分项工作,事项,处置选择,原因类别,原因说明,责任人"
    said = "继续执行,其他,供货商延期交货两个月,王某"
    silent, kept, broken, adjusted = (
        year.item(project).id for project in (SILENT, KEPT, BROKEN, ADJUSTED)
    )
    rows = (
        f"{silent},{KEPT},预算执行,{said}",  # numbers filled down beside one project
        f"{kept},{NAME} / {KEPT},预算执行,{said}",
        f"{broken},乙,支出,{said}",  # reworded
        f"{adjusted},,,{said}",
    )
    year.hand_in("rectification", "整改台账", head, *rows)
    with year.engine.connect() as connection:
        points = [p for p in open_points(connection) if p.kind is Open.NO_ITEM]
    assert year.item(SILENT).standing.state is State.OPENED
    assert {year.item(p).standing.state for p in (KEPT, BROKEN, ADJUSTED)} == {State.CHOSEN}
    lost, reworded = (point.finding for point in points)
    assert f"这一行写的是事项{kept}“{KEPT}：预算执行”，没有作数" in lost
    assert "仍按编号作数" in reworded


@pytest.mark.parametrize(
    ("value", "by", "why"),
    [
        ("50", "2024-07-31", "看不懂“50”"),
        ("完成支付", "2024-07-31", "看不懂“完成支付”"),
        ("50万元", "2025-07-31", "2025-07-31不在2024年度内"),
        ("50万元", "2024-03-01", "2024-04-08交来时，2024-03-01已经过去"),
        ("不超过50万元", "2024-07-31", "“不超过50万元”与应有的方向相反"),
        ("5000元", "2024-07-31", "作出承诺时已为10,000.00元"),
    ],
)
def test_a_promise_in_a_workbook_that_no_register_can_bear_out_is_told_at_once(
    year: Year, value: str, by: str, why: str
) -> None:
    year.day = JUDGED_Q1
    straight(year.engine, year.judging("2024-03"))
    head = "事项编号,处置选择,原因类别,原因说明,整改措施,责任人,承诺达到,承诺日期"
    said = "继续执行,其他,供货商延期交货两个月,换一家供货商并分批验收,王某"
    row = f"{year.item(SILENT).id},{said},{value},{by}"
    year.hand_in("rectification", "整改台账", head, row)
    found = year.item(SILENT).standing
    assert found.state is State.MEASURES
    assert f"所作承诺无法由台账核对（{why}），请人工核对" in found.words


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
