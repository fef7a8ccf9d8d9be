"""The documented queries give what the reports' own model says, on both databases."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.domain.status import DEVIATIONS, LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.monitoring.self_evaluation import read_scores
from perf_pipeline.reports.model import QuarterReport, count_statuses
from perf_pipeline.reports.query import load_reports
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from scripts.reference.warehouse import read_queries
from tests.integration import reports_fixture
from tests.integration.reports_fixture import fill, judge
from tests.integration.reports_year import PROJECTS, Q2
from tests.integration.warehouse_year import year
from tests.year import QUARTERS, ROOT

__all__ = ["year"]
QUERIES = read_queries(ROOT / "docs/queries")
CENT, FOUR = Decimal("0.01"), Decimal("0.0001")


def answer(engine: Engine, name: str) -> list[tuple[Any, ...]]:
    """What a query gives; a decimal that SQLite gives as a float is read as it is written."""
    with engine.connect() as connection:
        found = connection.execute(text(QUERIES[name])).all()
    return [
        tuple(Decimal(repr(cell)) if isinstance(cell, float) else cell for cell in row)
        for row in found
    ]


def reports(engine: Engine) -> list[QuarterReport]:
    with engine.connect() as connection:
        return [each for at in QUARTERS for each in load_reports(connection, at)]


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(FOUR, ROUND_HALF_UP)


def test_every_query_is_checked_here() -> None:
    checked = (
        "department_execution.sql indicator_statuses.sql unexplained_deviations.sql "
        "changed_spending.sql vouchers_against_judgement.sql paid_by_source.sql open_alerts.sql "
        "unlikely_targets.sql scores.sql"
    )
    assert sorted(QUERIES) == sorted(checked.split())
    assert all(query.startswith("-- ") for query in QUERIES.values())


def test_a_department_s_execution_rate_is_its_projects_sums_divided_last(year: Engine) -> None:
    expected = []
    for report in reports(year):
        lines = [
            (line.paid_fen, line.budget_fen)
            for line in report.spending
            if line.paid_fen is not None and line.budget_fen is not None
        ]
        paid, budget = sum(each[0] for each in lines), sum(each[1] for each in lines)
        quarter = report.checkpoint.name
        rate = share(paid, budget)
        expected.append((report.department, quarter, len(lines), yuan(paid), yuan(budget), rate))
    assert answer(year, "department_execution.sql") == expected
    assert len({row[-1] for row in expected}) == len(QUARTERS)


def test_indicators_are_counted_by_status_as_on_the_page(year: Engine) -> None:
    expected = [
        (report.checkpoint.name, STATUS_LABELS[status], count)
        for report in reports(year)
        for status, count in count_statuses(report.indicators).items()
    ]
    assert answer(year, "indicator_statuses.sql") == expected


def test_unexplained_deviations_are_those_that_the_page_asks_about(year: Engine) -> None:
    expected = set()
    for report in reports(year):
        quarter = report.checkpoint.name
        for line in report.unexplained:
            if line in report.spending:
                label = LIGHT_LABELS[line.light]  # type: ignore[union-attr]
                expected.add((quarter, line.project_name, "预算执行", label, line.reason))
        for indicator in report.indicators:
            if indicator.status in DEVIATIONS and indicator.cause is None:
                place, label = (
                    indicator.project_name or indicator.section,
                    STATUS_LABELS[indicator.status],
                )
                expected.add((quarter, place, indicator.name, label, indicator.reason))
    found = answer(year, "unexplained_deviations.sql")
    assert len(found) == sum(len(report.unexplained) for report in reports(year)) > 5
    assert set(found) == expected


def test_vouchers_agree_with_the_judgement_and_a_late_one_is_seen(engine: Engine) -> None:
    fill(engine)
    found = {row[:2]: row[2:] for row in answer(engine, "vouchers_against_judgement.sql")}
    for report in reports(engine):
        for line in report.spending:
            judged, vouchers, difference = found[report.checkpoint.name, line.project_name]
            assert (judged, vouchers, difference) == (line.paid_fen, line.paid_fen, 0)
    with write_transaction(engine) as connection:
        connection.execute(
            text("UPDATE payment SET amount_fen = amount_fen + 7 WHERE voucher_no = '4-0'")
        )
    late = [row for row in answer(engine, "vouchers_against_judgement.sql") if row[4] != 0]
    assert [(row[0], row[1], row[4]) for row in late] == [
        ("2024-03", "信访维稳经费", -7),
        ("2024-06", "信访维稳经费", -7),
    ]


def test_payments_by_source_sum_to_what_each_project_paid(year: Engine) -> None:
    last = reports(year)[-1]
    by_project: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in answer(year, "paid_by_source.sql"):
        by_project[row[0]].append(row)
    for line in last.spending:
        mine = {row[1]: row[3] for row in by_project[line.project_name]}
        assert sum(mine.values()) == yuan(line.paid_fen or 0)
        assert mine.get("财政资金", 0) == yuan(line.paid_by_source.fiscal_fen or 0)
        assert sum(row[4] for row in by_project[line.project_name]) == 1


def test_open_alerts_are_those_that_the_command_line_lists(year: Engine) -> None:
    expected = [(row["gap"], row["state"]) for row in open_alerts(year)]
    found = [(row[6], row[7]) for row in answer(year, "open_alerts.sql")]
    assert sorted(found) == sorted(expected)
    assert found


def test_unlikely_targets_are_those_that_the_page_foretells_so(year: Engine) -> None:
    foretold = {
        (report.checkpoint.name, line.project_name, line.section, line.name, line.raw_target): (
            line.outlook.reason
        )
        for report in reports(year)
        for line in report.indicators
        if line.outlook is not None and line.outlook.likelihood is not None
    }
    found = answer(year, "unlikely_targets.sql")
    assert found
    assert all(row[5] < Decimal("0.5") for row in found)
    assert {row[:5]: row[6] for row in found}.items() <= foretold.items()


def test_scores_are_those_of_the_self_evaluation(year: Engine) -> None:
    [scored] = [each.to_dict() for each in read_scores(year, QUARTERS[-1])]
    expected = []
    for project in scored["projects"]:
        worst = max(
            project["results"],
            key=lambda line: (line["points_centi"] - line["score_centi"], -line["ordinal"]),
        )
        lost = worst["points_centi"] - worst["score_centi"]
        points = (project["score_centi"], project["missing_centi"])
        expected.append(
            (
                project["project_name"],
                *map(yuan, points),
                project["grade"],
                worst["name"],
                yuan(lost),
            )
        )
    assert sorted(answer(year, "scores.sql")) == sorted(expected)


def test_a_restatement_is_listed_with_both_versions(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    assert answer(engine, "changed_spending.sql") == []
    *kept, (name, *described, payments) = PROJECTS
    more = (name, *described, [*payments, ("2024-06-28", 1.5, "财政资金")])
    monkeypatch.setattr(reports_fixture, "PROJECTS", [*kept, more])
    with write_transaction(engine) as connection:
        judge(connection, department_id(connection, "zhengfawei"), Q2)
    before = yuan(38_150_000)
    assert answer(engine, "changed_spending.sql") == [
        ("2024-06", name, 1, 2, before, before + 15_000, Decimal(15_000))
    ]
