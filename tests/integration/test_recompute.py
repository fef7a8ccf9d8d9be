"""A second opinion: stored figures computed again from the original files, by a plain path."""

import ast
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, text

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.daily import look_daily
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.health import examine_service
from perf_pipeline.recompute import comparing
from perf_pipeline.recompute.draw import StoredFigure, draw, weight
from perf_pipeline.recompute.plain_file import NotPlain, PutAside, plain_rows
from perf_pipeline.recompute.recompute import Recomputation, is_due, recompute
from perf_pipeline.recompute.record import Outcome, newest_recomputation, standing_differences
from perf_pipeline.registers.declaration import register
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.seals.verify import verify
from tests.year import CALENDAR, DATA, ROOT, judged_year

pytestmark = pytest.mark.long(15)

ALL = 1_000
PLAIN = ("plain_file", "plain_figures")


@pytest.fixture
def year(engine: Engine) -> Engine:
    judged_year(engine)
    return engine


def differing(found: Recomputation) -> list[str]:
    return [each.said for each in found.figures if each.outcome is Outcome.DIFFERENT]


def order(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount >= 1


NEWEST = "(SELECT max(id) FROM snapshot WHERE kind = 'monitoring')"


def test_every_figure_of_the_year_agrees_or_says_why_it_was_not_computed(year: Engine) -> None:
    today = datetime.now(LOCAL).date()
    assert is_due(year, today, 30)
    recompute(year, DATA, 1, "1")
    assert is_due(year, today, 30)  # one figure drawn by hand is not the day's draw
    found = recompute(year, DATA, ALL, "1")
    assert differing(found) == []
    assert (found.count(Outcome.EQUAL), found.count(Outcome.LEFT)) == (57, 12)
    assert found.statement == "复算57项，全部一致；另有12项未能复算"
    assert all("未复算：" in each.said for each in found.figures if each.outcome is Outcome.LEFT)
    with year.connect() as connection:
        last = newest_recomputation(connection)
    assert last is not None
    assert last.statement.endswith(found.statement)
    assert verify(year).differences == ()  # the record is sealed as everything is
    assert not is_due(year, today, 30)  # once a day and judgement
    assert not is_due(year, today, ALL)  # all that there is was drawn
    assert is_due(year, today + timedelta(days=1), 30)


def stored(number: int, **said: object) -> StoredFigure:
    limits = {"yellow_bp": -1_000, "red_bp": -2_000, "ahead_bp": 2_000, "deviation_bp": 0}
    row = SimpleNamespace(**{"paid_fen": 1, "budget_fen": 2, "light": "green", **limits, **said})
    moment = datetime(2024, 4, 1, tzinfo=UTC)
    return StoredFigure(f"S{number}", 1, "甲", 1, CALENDAR.checkpoint("2024-03"), moment, row)


def test_a_seed_draws_the_same_again_and_the_risky_more_often() -> None:
    figures = [stored(n) for n in range(40)] + [stored(40, light="red", paid_fen=3)]
    first, again, other = (draw(figures, 20, seed) for seed in ("甲", "甲", "乙"))
    assert first == again != other
    assert len({each.figure for each in first}) == 20
    drawn = [each.figure for seed in range(400) for each in draw(figures, 3, f"{seed}")]
    assert drawn.count("S40") > 5 * drawn.count("S1") > 0
    assert weight(figures[-1], 1_000) == 13  # red and overspent
    assert weight(stored(1, deviation_bp=-1_200), 1_000) == 5  # just beyond a limit
    assert weight(stored(1, paid_fen=500, budget_fen=900), 1_000) == 4  # a large amount


@pytest.mark.on_sqlite
def test_a_figure_that_the_files_do_not_give_is_told_everywhere(
    year: Engine, tmp_path: Path
) -> None:
    order(
        year,
        "UPDATE spending_result SET paid_fen = paid_fen - 100, light = 'green'"
        f" WHERE project_name = '社会治安保险' AND snapshot_id = {NEWEST}",
    )
    order(
        year,
        "UPDATE indicator_result SET numerator = numerator + 1"
        f" WHERE name = '参保完成率' AND snapshot_id = {NEWEST}",
    )
    said, counted = differing(recompute(year, DATA, ALL, "1"))
    assert counted == "库中为41315/42335，复算为41314/42335"
    assert "支付库中为541839.00元，复算为541840.00元" in said
    assert "灯库中为正常，复算为预警" in said
    settings = Settings(inbox=DATA, output=tmp_path, warehouse_url=year.url.render_as_string(False))
    health = {each.name: each for each in examine_service(settings)}["复算"]
    assert not health.passed
    assert "复算为541840.00元" in health.finding
    day, told = date(2024, 12, 31), load_configuration(DATA)
    moment = datetime(2024, 12, 31, 1, tzinfo=UTC)
    raised = look_daily(year, day, CALENDAR.coming(day), told, remind=False, moment=moment)
    alerts = [each for each in raised if each.level == "differs"]
    assert "复算为541840.00元" in alerts[0].gap
    assert len(alerts) == 2
    assert told.rules["recomputed"].service
    # it is computed again until it is settled, whatever is drawn beside it
    order(
        year,
        "UPDATE spending_result SET paid_fen = paid_fen + 100, light = 'red'"
        f" WHERE project_name = '社会治安保险' AND snapshot_id = {NEWEST}",
    )
    assert differing(recompute(year, DATA, 1, "2")) == [counted]
    with year.connect() as connection:
        assert [each.said for each in standing_differences(connection)] == [counted]


@pytest.mark.on_sqlite
def test_a_file_that_is_not_the_one_that_was_read_is_not_compared(
    year: Engine, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(DATA, inbox)
    ledger = next(inbox.rglob("支付台账.xlsx"))
    book = load_workbook(ledger)
    book["支付台账"]["D3"] = "9,999.00"
    book.save(ledger)
    spending = [each for each in recompute(year, inbox, ALL, "1").figures if each.figure[0] == "S"]
    assert {each.outcome for each in spending} == {Outcome.LEFT}
    assert all("SHA-256" in each.said for each in spending)


LEDGER = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
ROW = "1,2024-03-01,甲,1.00,财政资金"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["单位：万元", LEDGER, ROW], "元为单位"),
        ([LEDGER + ",状态", ROW + ",作废"], "决定金额怎样计"),
        ([LEDGER, "1,2024-03-01,甲,约1元,财政资金"], "不是平常的写法"),
        ([LEDGER, "1,2024-02-30,甲,1.00,财政资金"], "不是平常的写法"),
        ([LEDGER, "小计,2024-03-01,甲,1.00,财政资金", ROW], "不是平常的一行"),
        ([LEDGER, "1,,甲,1.00,财政资金"], "不是平常的一行"),
        (["凭证,日子,谁,多少", "1,2,3,4"], "表头不是模板的写法"),
    ],
)
def test_what_is_not_plain_is_refused_with_the_reason(lines: list[str], why: str) -> None:
    with pytest.raises(NotPlain, match=why):
        plain_rows("\n".join(lines).encode(), "a.csv", register("payment"), PutAside())


def test_rows_in_quarantine_and_the_last_total_are_left_out() -> None:
    content = "\n".join([LEDGER, ROW, "2,昨天,甲,1.00,财政资金", "合计,,,1.00,"]).encode()
    aside = PutAside(frozenset({(None, 3)}))
    (row,) = plain_rows(content, "a.csv", register("payment"), aside)
    assert (row.number, row.cells["amount_fen"]) == (2, 100)


def test_a_newer_report_that_names_no_line_of_work_is_recomputed() -> None:
    """It is of every indicator of that name, as the judgement reads it."""
    cells = {"indicator_name": "走访次数", "project_name": None}
    reports = [
        SimpleNamespace(cells=cells | {"as_of": day, "section": line, "reported_text": said})
        for day, line, said in (
            ("2024-03-31", "平安建设", "3次"),
            ("2024-06-30", None, "9次"),
            ("2024-06-30", "法治建设", "5次"),
        )
    ]
    row = {"name": "走访次数", "project_name": None, "section": "平安建设", "unit": "次"}
    row |= {"year_rule": "total", "behaviour": "累计", "numerator": 9, "denominator": 1}
    figure = SimpleNamespace(
        row=SimpleNamespace(**row), checkpoint=CALENDAR.checkpoint("2024-06"), department_id=1
    )
    originals = SimpleNamespace(rows_of=lambda *_: reports)
    assert comparing._of_reported(figure, originals) == ([("", "9", "9")], [])  # type: ignore[arg-type]


def test_the_plain_path_knows_only_the_declarations() -> None:
    for name in PLAIN:
        tree = ast.parse((ROOT / f"perf_pipeline/recompute/{name}.py").read_text("utf-8"))
        used = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        own = {each for each in used if each and each.startswith("perf_pipeline")}
        allowed = {f"perf_pipeline.recompute.{each}" for each in PLAIN}
        allowed |= {"perf_pipeline.registers.declaration"}
        allowed |= {"perf_pipeline.registers.measure_declaration"}
        assert own <= allowed
