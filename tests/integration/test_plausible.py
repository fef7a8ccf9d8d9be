"""What is readable and absurd is a warning with its rows: another unit, a file cut short."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from perf_pipeline.quality.validate import CheckResult, validate
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import spending_result
from perf_pipeline.warehouse.targets import load_targets
from tests.year import CALENDAR, DATA, DEPARTMENT, ROOT, judged_year

SUITES = ROOT / "expectations"


def warned(checks: tuple[CheckResult, ...], word: str) -> CheckResult:
    (found,) = [each for each in checks if word in each.description]
    assert not found.blocking
    return found


@pytest.mark.parametrize(
    ("times", "word"),
    [(0.0001, "百分之一"), (10_000, "十倍")],
)
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
