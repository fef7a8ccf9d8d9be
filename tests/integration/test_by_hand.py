"""Every figure can be recomputed by hand: the warehouse against plain Python on the files."""

from fractions import Fraction

import pytest
from sqlalchemy import Connection, Engine, select

from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    measure_value,
    metadata,
    spending_result,
)
from tests.by_hand import Year
from tests.year import QUARTERS, REGISTERS, judge, judged_year, take_everything_in

pytestmark = pytest.mark.long(20)


@pytest.fixture(scope="module")
def by_hand() -> Year:
    return Year(REGISTERS)


@pytest.fixture
def judged(engine: Engine) -> Engine:
    judged_year(engine)
    return engine


def newest(connection: Connection, table: object, kind: str, quarter: str) -> list[object]:
    snapshots = latest_snapshots(kind, checkpoint_id_of(connection, quarter)).subquery()
    query = select(table).join(snapshots, snapshots.c.id == table.c.snapshot_id)  # type: ignore[attr-defined]
    return list(connection.execute(query))


def test_every_measure_is_what_plain_arithmetic_gives(judged: Engine, by_hand: Year) -> None:
    with judged.connect() as connection:
        for checkpoint in QUARTERS:
            rows = newest(connection, measure_value, "measures", checkpoint.name)
            of_period, of_year = (
                by_hand.figures(checkpoint.name),
                by_hand.of_the_year(checkpoint.name),
            )
            paid = by_hand.paid(checkpoint.name)
            for prefix, expected in (("", of_period), ("year_", of_year)):
                expected |= {("paid_fen", project): Fraction(fen) for project, fen in paid.items()}
                stored = {
                    (row.measure, row.project_name): Fraction(
                        getattr(row, f"{prefix}numerator"), getattr(row, f"{prefix}denominator")
                    )
                    for row in rows
                    if row.measure != "payments"
                }
                assert stored == expected


def test_every_indicator_fed_by_a_measure_shows_that_figure(judged: Engine, by_hand: Year) -> None:
    checked = 0
    with judged.connect() as connection:
        for checkpoint in QUARTERS:
            figures = by_hand.judged(checkpoint.name)
            for row in newest(connection, indicator_result, "monitoring", checkpoint.name):
                if row.measure in (None, "reported") or row.numerator is None:
                    continue
                key = (row.measure, row.project_name)
                figure = figures.get(key, figures.get((row.measure, None)))
                assert Fraction(row.numerator, row.denominator) == figure, row.name
                checked += 1
    assert checked > 4 * 35


def test_spending_against_plan_is_what_plain_arithmetic_gives(
    judged: Engine, by_hand: Year
) -> None:
    plans = {
        "雪亮工程二期尾款及维修保养项目": (0, 0, 100, 100),
        "综治重点工作经费": (30, 70, 90, 100),
        "社会治安保险": (0, 100, 100, 100),
        "信访维稳经费": (20, 50, 80, 100),
    }
    with judged.connect() as connection:
        for number, checkpoint in enumerate(QUARTERS):
            paid = by_hand.paid(checkpoint.name)
            rows = newest(connection, spending_result, "monitoring", checkpoint.name)
            assert {row.project_name for row in rows} == set(plans)
            for row in rows:
                share = Fraction(paid[row.project_name] * 100, by_hand.budgets[row.project_name])
                deviation = share - plans[row.project_name][number]
                assert row.paid_fen == paid[row.project_name]
                assert row.budget_fen == by_hand.budgets[row.project_name]
                assert abs(Fraction(row.deviation_bp, 100) - deviation) <= Fraction(1, 200)
                assert row.light == light_by_hand(share, deviation)


def light_by_hand(share: Fraction, deviation: Fraction) -> str:
    if share > 100 or deviation < -20:
        return "red"
    if deviation < -10:
        return "yellow"
    return "ahead" if deviation > 20 else "green"


def test_the_year_tells_its_story(judged: Engine) -> None:
    story = {
        "雪亮工程二期尾款及维修保养项目": ["green", "green", "red", "green"],
        "综治重点工作经费": ["yellow", "red", "green", "green"],
        "社会治安保险": ["green", "green", "red", "red"],
        "信访维稳经费": ["green", "green", "green", "green"],
    }
    told: dict[str, list[str]] = {project: [] for project in story}
    statuses = set()
    with judged.connect() as connection:
        for checkpoint in QUARTERS:
            for row in newest(connection, spending_result, "monitoring", checkpoint.name):
                told[row.project_name].append(row.light)
            for row in newest(connection, indicator_result, "monitoring", checkpoint.name):
                statuses.add(row.status)
    assert told == story
    assert statuses == {"met", "on_track", "behind", "missed", "not_due", "no_data"}


def test_a_second_run_changes_no_figure_adds_no_row_and_raises_no_alert(judged: Engine) -> None:
    def contents() -> dict[str, list[tuple[object, ...]]]:
        with judged.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
                for name, table in metadata.tables.items()
                if table is not department  # which says what a look found as before
            }

    before = contents()
    assert {each.outcome for each in take_everything_in(judged)} == {"unchanged"}
    assert judge(judged) == 0
    assert contents() == before
