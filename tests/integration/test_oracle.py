"""The judgement of thousands of made years against rules written a second time, independently."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import indicator_result, spending_line, spending_result
from tests.kept import stand
from tests.made_years import Made, fill, make_years
from tests.oracle import (
    ENDS,
    budget_of,
    judge_project,
    judge_together,
    paid_by,
    planned_by,
)
from tests.oracle_indicators import NOTES, judge_indicator, notes_of
from tests.year import QUARTERS

pytestmark = pytest.mark.long(50)

DEPARTMENTS = 30
# what judges is the same on both: PostgreSQL is asked whether its selects give it the same
YEARS = {"sqlite": 800, "postgresql": 400}

Rows = dict[int, list[Any]]


def judged(engine: Engine) -> list[list[Made]]:
    """Judge every quarter of many made years."""
    count = YEARS[engine.dialect.name]
    made = make_years(seed=20240331, count=count, departments=DEPARTMENTS)
    with write_transaction(engine) as connection:
        fill(connection, made)
    for checkpoint in QUARTERS:
        compute_measures(engine, checkpoint)
        evaluate_quarter(engine, checkpoint, Limits())
    return made


def results(engine: Engine, table: Any, quarter: str) -> Rows:
    """Return a quarter's newest rows by department."""
    found: Rows = defaultdict(list)
    with engine.connect() as connection:
        newest = latest_snapshots("monitoring", checkpoint_id_of(connection, quarter)).subquery()
        query = select(newest.c.department_id, table).join(
            newest, newest.c.id == table.c.snapshot_id
        )
        for row in connection.execute(query):
            found[row.department_id].append(row)
    return found


@pytest.fixture
def made(engine: Engine) -> list[list[Made]]:
    """Made years, judged once on each database; each test has a copy of the warehouse."""
    kept: list[list[Made]] = stand(engine, "made-years", judged)
    return kept


def test_every_judgement_is_what_the_rules_say(engine: Engine, made: list[list[Made]]) -> None:
    lights, statuses, notes = set(), set(), set[str]()
    for number, checkpoint in enumerate(QUARTERS):
        spending = results(engine, spending_result, checkpoint.name)
        indicators = results(engine, indicator_result, checkpoint.name)
        for at, years in enumerate(made, start=1):
            by_project = {row.project_name: row for row in spending[at]}
            by_indicator = {(row.project_name, row.name): row for row in indicators[at]}
            for project, promised in years:
                row = by_project[project.name]
                expected = judge_project(project, number)
                assert {name: getattr(row, name) for name in expected} == expected, project
                lights.add(row.light)
                planned = planned_by(project, ENDS[number])
                for indicator in promised:
                    row = by_indicator[project.name, indicator.name]
                    status, actual = judge_indicator(indicator, number, planned)
                    assert row.status == status, (checkpoint.name, indicator, row)
                    if actual is not None:
                        assert Fraction(row.numerator, row.denominator) == actual, indicator
                    statuses.add(status)
                    told = {mark for mark in NOTES if mark in (row.note or "")}
                    assert told == notes_of(indicator, number, planned), (indicator, row)
                    notes |= told
    assert lights == {"green", "yellow", "red", "ahead", "unknown"}
    assert statuses == {"met", "on_track", "behind", "missed", "not_due", "no_data"}
    assert len(notes) >= 6  # every kind, and several that an old target would have said


def test_parts_roll_up_to_the_whole(engine: Engine, made: list[list[Made]]) -> None:
    for number, checkpoint in enumerate(QUARTERS):
        lines = results(engine, spending_line, checkpoint.name)
        for at, years in enumerate(made, start=1):
            projects = [project for project, _ in years]
            (whole,) = [row for row in lines[at] if row.level == "department"]
            expected = judge_together(projects, number)
            assert {name: getattr(whole, name) for name in expected} == expected
            (section,) = [row for row in lines[at] if row.level == "section"]
            assert (section.name, section.paid_fen) == ("未分", whole.paid_fen)


def test_payments_by_source_are_all_that_was_paid(engine: Engine) -> None:
    years = make_years(seed=7, count=60, departments=3)
    for one, _ in (each for of in years for each in of):
        one.budget = one.budget or 10**6  # a source is only counted with a budget of its own
    with write_transaction(engine) as connection:
        fill(connection, years)
        from perf_pipeline.warehouse.schema import register_tables

        budget = register_tables["budget"]
        connection.execute(budget.update().values(fiscal_fen=budget.c.total_fen - 1, other_fen=1))
        connection.execute(register_tables["budget_adjustment"].delete())
    compute_measures(engine, QUARTERS[3])
    evaluate_quarter(engine, QUARTERS[3], Limits())
    lines = results(engine, spending_line, "2024-12")
    for at, of in enumerate(years, start=1):
        for one, _ in of:
            mine = [row for row in lines[at] if row.project_name == one.name]
            if one.plan and one.budget and one.budget > 1:
                assert sum(row.paid_fen for row in mine) == paid_by(one, ENDS[3])
                assert sum(row.budget_fen for row in mine) == one.budget
        by_project = [row for row in lines[at] if row.level == "project_source"]
        by_source = [row for row in lines[at] if row.level == "source"]
        for name in ("paid_fen", "budget_fen"):
            parts, whole = (
                sum(getattr(row, name) or 0 for row in rows) for rows in (by_project, by_source)
            )
            assert parts == whole
    assert budget_of(years[0][0][0], ENDS[3]) is not None
