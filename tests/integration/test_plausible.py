"""What is readable and absurd is a warning with its rows: another unit, a file cut short."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from perf_pipeline.quality.check_result import CheckResult
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.quality.validate import validate
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import spending_result
from perf_pipeline.warehouse.targets import load_targets
from tests.year import CALENDAR, DATA, DEPARTMENT, ROOT, judged_year

SUITES = ROOT / "expectations"


NAME = "信访维稳经费"
QUARTERS = [("2024-03-31", "60000"), ("2024-06-30", "150000"), ("2024-09-30", "240000")]


def hand_in(engine: Engine, inbox: Path, payments: Sequence[tuple[str, str]], *values: str) -> None:
    """Hand in a ledger of days and amounts and a budget of 1,000,000.00, beside the targets."""
    folder = inbox / "2024" / DEPARTMENT / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    paid = [f"记-{n},{day},{NAME},{yuan},财政资金" for n, (day, yuan) in enumerate(payments)]
    said = [f"{NAME},按期受理率,2024-0{n}-28,{value}" for n, value in enumerate(values, 3)]
    files = {
        "支付台账": ["凭证号,支付日期,项目名称,支付金额,资金来源", *paid],
        "项目预算表": ["项目名称,预算数（元）", f"{NAME},1000000"],
        "人工填报指标值": ["项目名称,指标名称,截至日期,完成值", *said],
    }
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines), "utf-8")
    load_targets(engine, DATA)
    for name in ("payment", "budget", "reported_value"):
        load_register(engine, inbox, name)


def asked(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        points = [p for p in open_points(connection) if p.kind is Open.IMPLAUSIBLE]
    return [f"{each.subject}：{each.finding}" for each in points]


MONTHS = [(f"2024-0{month}-05", "30000") for month in (1, 2, 3, 5, 6)]


@pytest.mark.parametrize(
    ("payments", "values", "said", "table", "word"),
    [
        ([("2024-02-01", "100")], (), "千分之一", "source_file", "千分之一"),
        ([("2024-02-01", "10000000")], (), "相差悬殊", "budget", "十倍"),
        (MONTHS, (), "4月没有任何支付", "source_file", "一个月没有支付"),
        ([], ("0.95",), "填“0.95”", "reported_value", "百分号"),
    ],
)
def test_what_is_absurd_is_asked_and_a_warning_with_its_rows(
    engine: Engine,
    tmp_path: Path,
    payments: Sequence[tuple[str, str]],
    values: Sequence[str],
    said: str,
    table: str,
    word: str,
) -> None:
    hand_in(engine, tmp_path, payments, *values)
    assert any(said in each for each in asked(engine))
    assert len(warned(validate(engine, SUITES, table), word).rows) == 1


def test_what_is_ordinary_is_not_asked(engine: Engine, tmp_path: Path) -> None:
    hand_in(engine, tmp_path, [*MONTHS, ("2024-04-30", "0.01")], "95%", "1", "0%")
    assert asked(engine) == []
    for table, word in (("source_file", "千分"), ("budget", "十倍"), ("reported_value", "百分号")):
        assert warned(validate(engine, SUITES, table), word).success


@pytest.mark.parametrize(("later", "told"), [(2, True), (20, False)])
def test_the_same_payments_under_other_numbers_are_asked(
    engine: Engine, tmp_path: Path, later: int, told: bool
) -> None:
    days = [date(2024, month, 3) for month in range(1, 6)]
    rows = [f"B{n},{day + timedelta(later)},{NAME},30000,财政资金" for n, day in enumerate(days)]
    folder = tmp_path / "2024" / DEPARTMENT / "registers"
    folder.mkdir(parents=True)
    lines = ["支付令号,清算日期,项目名称,支付金额,资金来源", *rows]
    (folder / "支付台账-国库.csv").write_text("\n".join(lines), "utf-8")
    hand_in(engine, tmp_path, [(str(day), "30000") for day in days])
    assert any("5笔项目、金额相同" in each for each in asked(engine)) == told


def test_sums_of_payments_that_another_file_has_one_by_one_are_asked(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "2024" / DEPARTMENT / "registers"
    folder.mkdir(parents=True)
    sums = [f"{NAME},{day},{yuan},财政资金" for day, yuan in QUARTERS]
    lines = ["项目名称,日期,支付金额,资金来源", *sums]
    (folder / "支付台账-汇总.csv").write_text("\n".join(lines), "utf-8")
    days = [f"2024-{month:02}-03" for month in range(1, 10)]
    hand_in(engine, tmp_path, [(day, f"{n}0000") for n, day in enumerate(days, 1)])
    assert any("有3行是“支付台账.csv”里各笔的合计" in each for each in asked(engine))


def warned(checks: tuple[CheckResult, ...], word: str) -> CheckResult:
    (found,) = [each for each in checks if word in each.description]
    assert not found.blocking
    return found


@pytest.mark.parametrize(
    ("times", "word"),
    [(0.0001, "百分之一"), (10_000, "十倍")],
)
@pytest.mark.on_sqlite
def test_a_ledger_in_another_unit_is_a_warning_with_its_rows(
    engine: Engine, times: float, word: str
) -> None:
    judged_year(engine, "2024-12")
    at = CALENDAR.checkpoint("2024-12")
    clean = validate(engine, SUITES, "spending_result", checkpoint=at)
    assert warned(clean, word).success
    paid = spending_result.c.paid_fen
    spoilt = paid * 10_000 if times > 1 else paid / 10_000
    with engine.begin() as connection:
        connection.execute(update(spending_result).values(paid_fen=spoilt))
    found = warned(validate(engine, SUITES, "spending_result", checkpoint=at), word)
    assert not found.success
    assert len(found.rows) == 4
    assert found.rows[0]["project_name"]


@pytest.mark.parametrize(("rows", "word"), [(9, "一半"), (300, "十倍")])
@pytest.mark.on_sqlite
def test_a_file_whose_rows_are_far_from_last_times_is_a_warning(
    engine: Engine, tmp_path: Path, rows: int, word: str
) -> None:
    def hand_in(count: int) -> None:
        folder = tmp_path / "2024" / DEPARTMENT / "registers"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"记-{n},2024-03-05,信访维稳经费,1.00,财政资金\n" for n in range(count)]
        head = "凭证号,支付日期,项目名称,支付金额,资金来源\n"
        (folder / "支付台账.csv").write_text(head + "".join(lines), "utf-8")
        load_register(engine, tmp_path, "payment")

    load_targets(engine, DATA)
    hand_in(20)
    assert warned(validate(engine, SUITES, "source_file"), word).success
    hand_in(rows)
    found = warned(validate(engine, SUITES, "source_file"), word)
    assert [row["path"].rpartition("/")[2] for row in found.rows] == ["支付台账.csv"]
