"""The outlook of the shipped year, and of a year with others before it, in both databases."""

from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import Engine, insert, select, text

from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter, known_results
from perf_pipeline.monitoring.outlook.record import (
    read_records,
    together,
)
from perf_pipeline.monitoring.outlook.similar import SHOWN
from perf_pipeline.monitoring.outlook.told import read_cases
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import (
    indicator_result,
    outlook,
    project,
    snapshot,
    source_file,
    spending_result,
)
from tests.judged import write_snapshot
from tests.year import CALENDAR, QUARTERS, judged_year

LIMITS = OutlookLimits()


@pytest.fixture
def year(engine: Engine) -> Engine:
    judged_year(engine)
    return engine


def rows(engine: Engine, quarter: int) -> dict[tuple[str, str], dict[str, object]]:
    newest = latest_snapshots("outlook").subquery()
    query = (
        select(outlook)
        .join(newest, newest.c.id == outlook.c.snapshot_id)
        .join(snapshot, snapshot.c.id == newest.c.id)
        .where(newest.c.checkpoint_id == quarter)
    )
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
    return {(str(row["subject"]), str(row["subject_key"])): row for row in found}


def test_of_this_year_the_checkpoint_before_is_read_too_and_none_that_follows(year: Engine) -> None:
    read = []
    with year.connect() as connection:
        for checkpoint in QUARTERS:
            rows = connection.execute(known_results(spending_result, checkpoint))
            read.append(sorted({row.month for row in rows}))
    assert read == [[3], [3, 6], [6, 10], [6, 12]]


def test_every_project_and_indicator_is_foretold_or_told_why_not(year: Engine) -> None:
    for number, checkpoint in enumerate(QUARTERS, start=1):
        written = foretell_quarter(year, checkpoint, LIMITS)
        assert len(written) == 1
        assert len(rows(year, number)) == 4 + 65
        assert not any(each.is_new for each in foretell_quarter(year, checkpoint, LIMITS))
        for row in rows(year, number).values():
            assert row["reason"]
            if row["point"] is None:
                assert row["probability_bp"] is None
                assert row["likelihood"] is None
                continue
            low95, low80, point, high80, high95 = (
                int(str(row[name])) for name in ("low95", "low80", "point", "high80", "high95")
            )
            assert low95 <= low80 <= point <= high80 <= high95
            assert "预计全年" in str(row["reason"]) or "即为全年实际" in str(row["reason"])
    foretold = [row for row in rows(year, 2).values() if row["point"] is not None]
    assert len(foretold) == 38


@pytest.mark.on_sqlite
def test_at_year_end_the_forecast_is_the_fact(year: Engine) -> None:
    foretell_quarter(year, QUARTERS[1], LIMITS)
    with year.connect() as connection:
        assert together(read_records(connection).values()) == ()
    foretell_quarter(year, QUARTERS[-1], LIMITS)
    found = rows(year, 4)
    compared = {
        key: (said, found[key])
        for key, said in rows(year, 2).items()
        if said["probability_bp"] is not None and found[key]["probability_bp"] is not None
    }
    came = [end["probability_bp"] == 10_000 for _, end in compared.values()]
    within = [
        int(str(said["low80"])) <= int(str(end["point"])) <= int(str(said["high80"]))
        for said, end in compared.values()
    ]
    with year.connect() as connection:
        record = together(read_records(connection).values())
        told = connection.execute(text("SELECT * FROM fact_outlook_record")).mappings().all()
        [department] = {row["department_id"] for row in told}
        assert read_records(connection, [department]) == {department: record}
    assert len(compared) == len(told) == sum(each.forecasts for each in record) > 30
    assert sum(came) == sum(each.came_true for each in record)
    assert sum(within) == sum(each.in_interval for each in record)
    assert {(row["subject"], row["subject_key"]) for row in told} == compared.keys()
    newest = latest_snapshots("monitoring", 4).subquery()
    with year.connect() as connection:
        spent = connection.execute(
            select(spending_result).where(spending_result.c.snapshot_id.in_(select(newest.c.id)))
        ).all()
        judged = connection.execute(
            select(indicator_result).where(indicator_result.c.snapshot_id.in_(select(newest.c.id)))
        ).all()
    for line in spent:
        row = found["spending", line.project_name]
        assert row["point"] == row["low95"] == row["high95"] == line.paid_fen
    for line in judged:
        row = found["indicator", line.indicator_key]
        if row["probability_bp"] is not None:
            assert row["probability_bp"] == (10_000 if line.status == "met" else 0)


@pytest.mark.on_sqlite
def test_the_page_and_the_form_show_it(year: Engine, tmp_path: Path) -> None:
    import openpyxl

    at = QUARTERS[1]
    foretell_quarter(year, at, LIMITS)
    written = write_quarter(year, at, tmp_path)[0]
    page = written.page.read_text("utf-8")
    assert "没有本身的往年数据（先验" in page
    shown = etree.HTML(page).findall('.//details[@class="similar"]')
    foretold = [row for row in rows(year, 2).values() if row["similar_cases"]]
    assert len(shown) == len(foretold) == 38
    for listed in shown:
        cases = ["".join(each.itertext()) for each in listed.iter("li")]
        assert 1 <= len(set(cases)) == len(cases) <= SHOWN  # each once
        assert all(" → " in each and "：" in each for each in cases)
    said = {"".join(each.itertext()) for each in etree.HTML(page).iter("span")}
    assert "全年预计：不是数量指标，由项目单位判断" in said
    with year.connect() as connection:
        report = load_reports(connection, at)[0]
    name = "信访维稳经费"
    form = next(path for path in written.forms if name in path.name)
    cells = [cell.value for row in openpyxl.load_workbook(form).active.rows for cell in row]
    lines = [line for line in report.indicators_of(name) if line.outlook]
    ticks = [line for line in lines if line.outlook and line.outlook.likelihood]
    assert cells.count("√") == len(ticks) > 3
    for line in lines:
        if line.outlook and line.outlook.point_text:
            assert any(str(cell).startswith(line.outlook.point_text) for cell in cells)


def test_past_years_are_learned_from_where_the_warehouse_has_them(engine: Engine) -> None:
    """Each year half is spent by June and 95 % by December, though the plan says 80 % by June."""
    june, budget = 2, 100_000_000
    with write_transaction(engine) as connection:
        department = department_id(connection, "a", "某单位")
        file_id = connection.execute(
            insert(source_file)
            .values(department_id=department, fiscal_year=2024, **_file())
            .returning(source_file.c.id)
        ).scalar_one()
        connection.execute(
            insert(project).values(
                department_id=department,
                fiscal_year=2024,
                source_file_id=file_id,
                row_key="p",
                name="项目",
                ordinal=1,
            )
        )
        for year in range(2019, 2025):
            checkpoints = CALENDAR.checkpoints(year)
            for checkpoint in (checkpoints[1], checkpoints[3]):
                if year == 2024 and checkpoint.last:
                    continue
                paid = (95 if checkpoint.last else 47) * 1_000_000 + year * 1000
                line = {"project_name": "项目", "budget_fen": budget, "paid_fen": paid}
                line |= {"planned_bp": 8000, "light": "red", "reason": "低于计划"}
                at = checkpoint_id(connection, checkpoint)
                write_snapshot(connection, "monitoring", department, at, {spending_result: [line]})
    foretell_quarter(engine, CALENDAR.checkpoints(2024)[june - 1], LIMITS)
    newest = latest_snapshots("outlook").subquery()
    with engine.connect() as connection:
        row = connection.execute(
            select(outlook).join(newest, newest.c.id == outlook.c.snapshot_id)
        ).one()
    assert row.method == "past_years"
    assert abs(row.point - 97_000_000) < 1_500_000
    assert row.probability_bp > 8_000
    assert "并计入本身往年5年" in row.reason
    _, cases = read_cases(row.similar_cases)
    own = [case for case in cases if case.source is None]
    assert own[0] == (None, 2023, 4902, 9702)
    assert [case.year for case in own] == [2023, 2022, 2021, 2020, 2019]
    with write_transaction(engine) as connection:  # what comes later moves nothing of June
        for checkpoint in (*CALENDAR.checkpoints(2024)[2:], *CALENDAR.checkpoints(2025)):
            line |= {"paid_fen": 1, "budget_fen": 1}
            at = checkpoint_id(connection, checkpoint)
            write_snapshot(connection, "monitoring", department, at, {spending_result: [line]})
    [again] = foretell_quarter(engine, CALENDAR.checkpoints(2024)[june - 1], LIMITS)
    assert not again.is_new


def _file() -> dict[str, object]:
    from datetime import UTC, datetime

    return {
        "kind": "target_document",
        "path": "a.docx",
        "sha256": "0",
        "size": 1,
        "read_with": "0",
        "version": 1,
        "outcome": "loaded",
        "rows_read": 1,
        "rows_loaded": 1,
        "rows_quarantined": 0,
        "rows_skipped": 0,
        "loaded_at": datetime(2024, 1, 1, tzinfo=UTC),
    }
