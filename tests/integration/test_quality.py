"""Great Expectations finds every broken row and every missed promise, and names it."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine, insert, select, update

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.quality.check_result import CheckResult
from perf_pipeline.quality.checked import validated
from perf_pipeline.quality.docs import build_docs
from perf_pipeline.quality.validate import load_suite, validate
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import (
    indicator_result,
    register_tables,
    source_file,
    spending_plan,
    spending_result,
)
from scripts.build_suites import all_suites, write_suites
from tests.year import CALENDAR, ROOT, judged_year

pytestmark = pytest.mark.long(40)

SUITES = ROOT / "expectations"
PAYMENT = register_tables["payment"]
PETITION = register_tables["petition_case"]


def test_a_register_in_a_shipped_ones_place_is_checked_by_its_own_declaration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def own(name: str) -> Register:
        columns = register(name).columns[:3]
        return register(name).model_copy(update={"own": True, "columns": columns, "rules": ()})

    def asked(suites: Path) -> bool:
        expected = load_suite(suites, "staff_training").expectations
        return "finance_staff" in {getattr(each, "column", None) for each in expected}

    assert asked(SUITES)
    monkeypatch.setattr("perf_pipeline.quality.validate.register", own)
    assert not asked(SUITES)
    assert not asked(tmp_path)
    shutil.copy(SUITES / "staff_training.json", tmp_path)
    assert asked(tmp_path)  # a file of its own wins


@pytest.fixture
def year(engine: Engine) -> Engine:
    judged_year(engine, "2024-06")
    return engine


def failures(results: tuple[CheckResult, ...]) -> dict[str, int]:
    return {each.description: each.failed for each in results if not each.success}


def test_the_suites_on_disk_are_those_that_the_declarations_make(tmp_path: Path) -> None:
    write_suites(tmp_path)
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in SUITES.iterdir()}
    assert kept == made, "run: make suites"


def test_every_expectation_says_in_chinese_what_it_expects() -> None:
    for suite in all_suites().values():
        for expectation in suite["expectations"]:
            assert any("一" <= letter <= "鿿" for letter in expectation["description"])


# registers that the shipped year, which went to plan on paper, has no file of
NOT_HANDED_IN = (
    "audit_verdict",
    "base_figure",
    "budget_adjustment",
    "contract",
    "deviation_reason",
    "column_map",
    "phase_target",
    "rectification",
    "spending_plan_entry",
    "target_revision",
)


def test_the_shipped_year_is_intact(year: Engine) -> None:
    """In the database, but for what is small; the run of test_dagster.py reads frames."""
    for path in SUITES.glob("*.json"):
        if path.stem in ("spending_result", "indicator_result"):
            continue
        results = validate(year, SUITES, path.stem, largest_frame=10)
        assert failures(results) == {}, path.stem
        if path.stem not in NOT_HANDED_IN:
            assert all(each.checked for each in results)


@pytest.mark.parametrize("largest_frame", [100_000, 10], ids=["frames", "in the database"])
def test_every_broken_row_is_named_however_many_there_are(year: Engine, largest_frame: int) -> None:
    with write_transaction(year) as connection:
        some = list(connection.execute(select(PETITION.c.id).limit(250)).scalars())
        connection.execute(
            update(PETITION)
            .where(PETITION.c.id.in_(some))
            .values(received_on=date(2023, 6, 1), accepted_on=date(2023, 5, 1), extended_days=99)
        )
    results = validate(year, SUITES, "petition_case", largest_frame=largest_frame)
    found = {each.description: each for each in results if not each.success}
    assert set(found) == {
        "受理日期不能早于收到日期",
        "延期天数应在允许的范围内",
    }
    for each in found.values():
        assert each.blocking
        assert each.failed == len(each.rows) == 250
        assert {row["id"] for row in each.rows} == set(some)
        assert each.rows[0]["file"].endswith("信访事项台账.csv")
        assert each.rows[0]["row_number"] > 2


@pytest.mark.parametrize("largest_frame", [100_000, 1], ids=["frames", "in the database"])
def test_a_plan_that_falls_or_stops_short_is_broken(year: Engine, largest_frame: int) -> None:
    def shares(project: str, label: str, share: int) -> None:
        with write_transaction(year) as connection:
            connection.execute(
                update(spending_plan)
                .where(spending_plan.c.project_name == project, spending_plan.c.label == label)
                .values(share_bp=share)
            )

    shares("综治重点工作经费", "10月底", 6000)
    shares("社会治安保险", "12月底", 10_000 - 1)
    results = validate(year, SUITES, "spending_plan", largest_frame=largest_frame)
    assert failures(results) == {"累计支出比例不能下降": 2, "支出计划最后应达到100%": 1}
    falls = next(each for each in results if each.description == "累计支出比例不能下降")
    assert {row["project_name"] for row in falls.rows} == {"综治重点工作经费", "社会治安保险"}


@pytest.mark.on_sqlite
def test_missed_plans_and_targets_are_warnings_with_their_rows(year: Engine) -> None:
    quarter = CALENDAR.checkpoint("2024-06")
    spending = validate(year, SUITES, "spending_result", checkpoint=quarter)
    (missed,) = [each for each in spending if not each.success]
    assert not missed.blocking
    assert [row["project_name"] for row in missed.rows] == ["综治重点工作经费"]
    indicators = validate(year, SUITES, "indicator_result", checkpoint=quarter)
    named = {row["name"] for each in indicators for row in each.rows if not each.success}
    with year.connect() as connection:
        bad = select(indicator_result.c.name).where(
            indicator_result.c.status.in_(["missed", "behind", "no_data"])
        )
        assert named == set(connection.execute(bad).scalars())


RATES = {  # of which 95 % must be reached
    "就是": (95, 100),
    "差一点": (949_999_999_999, 10**12),
    "大数就是": (95 * 10**15, 10**17),  # its scaled product is far beyond 64 bits
    "大数差一": (95 * 10**15 - 1, 10**17),
}


@pytest.mark.on_sqlite
def test_a_threshold_is_enforced_exactly_also_for_huge_numbers(year: Engine) -> None:
    of_rates = select(indicator_result).where(indicator_result.c.name == "设备完好率")
    with write_transaction(year) as connection:
        row = dict(connection.execute(of_rates).mappings().one())
        del row["id"]
        for name, (numerator, denominator) in RATES.items():
            rate = {"numerator": numerator, "denominator": denominator, "status": "met"}
            mine = {"name": name, "indicator_key": f"{row['indicator_key']}｜{name}"}
            connection.execute(insert(indicator_result).values({**row, **rate, **mine}))
    quarter = CALENDAR.checkpoint("2024-06")
    results = validate(year, SUITES, "indicator_result", checkpoint=quarter)
    reaching = next(each for each in results if each.description == "实际值应达到目标")
    assert {row["name"] for row in reaching.rows} & set(RATES) == {"差一点", "大数差一"}


@pytest.mark.on_sqlite
@pytest.mark.parametrize(
    ("table", "quarter"), [("spending_result", "2024-03"), ("petition_case", None)]
)
def test_what_nobody_judged_or_handed_in_passes_with_nothing_checked(
    engine: Engine, tmp_path: Path, table: str, quarter: str | None
) -> None:
    checkpoint = CALENDAR.checkpoint(quarter) if quarter else None
    results = validate(engine, SUITES, table, checkpoint=checkpoint)
    assert {(each.success, each.checked) for each in results} == {(True, 0)}

    def found(suites: Path) -> tuple[CheckResult, ...]:
        limits, kept = Limits(), tmp_path / "kept"
        return validated(engine, suites, table, checkpoint=checkpoint, limits=limits, results=kept)

    assert set(found(SUITES)) == set(results)  # without Great Expectations, which is slow
    at_least_a_row = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}}
    own = json.loads((SUITES / f"{table}.json").read_text("utf-8"))
    own["expectations"].append({**at_least_a_row, "description": "有行"})
    (tmp_path / f"{table}.json").write_text(json.dumps(own), "utf-8")
    assert [each.description for each in found(tmp_path) if not each.success] == ["有行"]
    assert (tmp_path / "kept" / table).is_dir()
    assert set(found(SUITES)) == set(results)
    assert list((tmp_path / "kept" / table).iterdir()) == []  # and no page of what was


def test_lost_rows_of_a_file_cannot_even_be_stored(year: Engine) -> None:
    with pytest.raises(Exception, match="nothing_lost"), write_transaction(year) as connection:
        connection.execute(update(source_file).values(rows_read=source_file.c.rows_read + 1))


@pytest.mark.on_sqlite
def test_a_missing_or_broken_suite_is_told_by_name(year: Engine, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"payment\.json"):
        validate(year, tmp_path, "payment")
    (tmp_path / "payment.json").write_text(json.dumps({"nonsense": True}), "utf-8")
    with pytest.raises(ConfigurationError, match=r"payment\.json"):
        validate(year, tmp_path, "payment")


@pytest.mark.on_sqlite
def test_the_pages_hold_the_newest_results_and_call_for_no_network(
    year: Engine, tmp_path: Path
) -> None:
    kept = tmp_path / "validations"
    quarter = CALENDAR.checkpoint("2024-06")
    for _ in range(2):
        validate(year, SUITES, "payment", results=kept)
        validate(year, SUITES, "spending_result", checkpoint=quarter, results=kept)
    index = build_docs(SUITES, kept, tmp_path / "docs")
    pages = list((tmp_path / "docs").rglob("*.html"))
    assert index in pages
    results = [page for page in pages if "validations" in page.parts]
    assert len(results) == 2
    assert any("累计支出不应低于计划" in page.read_text("utf-8") for page in results)
    linked = re.findall(
        r'<a href="([^"]+)">(payment|spending_result-2024-06)</a>', index.read_text()
    )
    assert {(index.parent / unquote(link)) for link, _ in linked} == set(results)
    for page in pages:
        html = page.read_text("utf-8")
        assert 'src="http' not in html
        assert 'rel="stylesheet" href="http' not in html


@pytest.mark.on_sqlite
def test_an_unplanned_project_is_a_warning(year: Engine) -> None:
    with write_transaction(year) as connection:
        row = connection.execute(select(spending_result).limit(1)).mappings().one()
        unplanned = {**row, "project_name": "新项目", "planned_bp": None, "light": "unknown"}
        del unplanned["id"]
        connection.execute(insert(spending_result).values(unplanned))
    results = validate(year, SUITES, "spending_result", checkpoint=CALENDAR.checkpoint("2024-06"))
    assert failures(results)["项目应有支出计划"] == 1
