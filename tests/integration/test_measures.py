"""Measures count rows in the database: due or done, in time or late, on both engines."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, insert, union_all, update

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.measures.catalogue import MEASURES, measure
from perf_pipeline.measures.compute import compute_measures, figure_query, figures_query
from perf_pipeline.measures.waiting import waiting_files
from perf_pipeline.monitoring import hints
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
from perf_pipeline.warehouse.schema import project, register_tables, source_file
from tests.year import take_everything_in

CALENDAR = FiscalCalendar((3, 6, 10, 12))
MARCH = CALENDAR.checkpoint("2024-03")
JUNE = CALENDAR.checkpoint("2024-06")


def hand_in(
    connection: Connection, register: str, rows: list[Mapping[str, object]], bureau: str = "bureau"
) -> None:
    """Load rows of a register as one file of a department would."""
    file_id = connection.execute(
        insert(source_file)
        .values(
            department_id=department_id(connection, bureau),
            fiscal_year=2024,
            kind=register,
            path=f"2024/{bureau}/registers/{register}.csv",
            sha256=register,
            size=1,
            read_with="",
            version=1,
            outcome="loaded",
            rows_read=len(rows),
            rows_loaded=len(rows),
            rows_quarantined=0,
            rows_skipped=0,
            loaded_at=now(),
        )
        .returning(source_file.c.id)
    ).scalar_one()
    table = project if register == "project" else register_tables[register]
    sourced = [SourcedRow(str(n), None, n, row) for n, row in enumerate(rows, start=1)]
    merge_rows(connection, table, file_id=file_id, rows=sourced)


def figure(connection: Connection, code: str, quarter: str, name: str | None = None) -> object:
    """Return a measure's (numerator, denominator), or None where there is no data."""
    query = figure_query(measure(code), CALENDAR.checkpoint(quarter))
    found = {row.project_name: row for row in connection.execute(query)}
    return (found[name].numerator, found[name].denominator) if name in found else None


def case(
    number: int, received: str, accepted: str = "", closed: str = "", **more: object
) -> dict[str, object]:
    """A petition case, by the dates of its steps."""

    def day(text: str) -> date | None:
        return date.fromisoformat(f"2024-{text}") if text else None

    return {
        "case_no": str(number),
        "received_on": day(received),
        "channel": "网上",
        "assigned_by": "无",
        "is_key": False,
        "accepted_on": day(accepted),
        "closed_on": day(closed),
        "extended_days": None,
        "satisfaction": None,
        **more,
    }


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([case(1, "03-01", "03-16")], (1, 1)),  # the fifteenth day is in time
        ([case(1, "03-01", "03-17")], (0, 1)),  # the sixteenth is not
        ([case(1, "03-16")], None),  # the limit is the checkpoint's day: not yet passed
        ([case(1, "03-15")], (0, 1)),  # passed yesterday
        ([case(1, "03-30", "03-31")], (1, 1)),
        ([case(1, "03-20", "04-02")], None),  # accepted after the checkpoint: not known then
        ([case(1, "04-01", "04-02")], None),
    ],
)
def test_acceptance_counts_cases_that_are_accepted_or_past_their_limit(
    engine: Engine, cases: list[Mapping[str, object]], expected: object
) -> None:
    with write_transaction(engine) as connection:
        hand_in(connection, "petition_case", cases)
        assert figure(connection, "petition_on_time_acceptance", "2024-03") == expected


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([case(1, "01-01", "01-02", "03-02")], (1, 1)),  # the sixtieth day, in a leap year
        ([case(1, "01-01", "01-02", "03-03")], (0, 1)),
        ([case(1, "01-01", "01-02", "03-03", extended_days=1)], (1, 1)),
        ([case(1, "01-01", "01-31")], None),  # due on the checkpoint's day: not yet overdue
        ([case(1, "01-01", "01-30")], (0, 1)),
        ([case(1, "01-01", "01-30", extended_days=30)], None),
        ([case(1, "03-01", "03-02", "03-20"), case(2, "03-01", "03-02", "04-20")], (1, 1)),
    ],
)
def test_closing_counts_cases_that_are_closed_or_past_their_limit(
    engine: Engine, cases: list[Mapping[str, object]], expected: object
) -> None:
    with write_transaction(engine) as connection:
        hand_in(connection, "petition_case", cases)
        assert figure(connection, "petition_on_time_closing", "2024-03") == expected


def test_a_measure_waits_for_a_column_that_a_file_does_without(engine: Engine) -> None:
    days = ("01-01", "01-02", "01-20")
    cases: list[Mapping[str, object]] = [case(1, *days), case(2, *days, channel=None)]
    with write_transaction(engine) as connection:
        hand_in(connection, "petition_case", cases)
        connection.execute(update(source_file).values(lacking_columns="town\nchannel"))
        assert figure(connection, "petition_online_closing", "2024-03") is None
        assert figure(connection, "petition_on_time_closing", "2024-03") == (2, 2)
        waiting = waiting_files(connection, MARCH)
        whose = department_id(connection, "bureau")
        said = waiting.of_measure(whose, "petition_online_closing")
        assert said == "信访事项台账没有“信访渠道”一列，补上后重交"
        assert waiting.of_measure(whose, "petition_on_time_closing") is None


def test_no_rated_case_is_no_data_and_not_nought_per_cent(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        hand_in(connection, "petition_case", [case(1, "01-01", "01-02", "01-20")])
        assert figure(connection, "petition_satisfaction", "2024-03") is None


def test_a_department_without_a_ledger_has_no_data_and_one_with_an_empty_project_has_nought(
    engine: Engine,
) -> None:
    named = [{"name": name, "ordinal": n} for n, name in enumerate(("甲", "乙"))]
    payment = {
        "voucher_no": "1",
        "paid_on": date(2024, 2, 1),
        "project_name": "甲",
        "amount_fen": 12345,
        "funding_source": "财政资金",
    }
    with write_transaction(engine) as connection:
        hand_in(connection, "project", named)
        assert figure(connection, "paid_fen", "2024-03", "甲") is None
        hand_in(connection, "payment", [payment])
        assert figure(connection, "paid_fen", "2024-03", "甲") == (12345, 1)
        assert figure(connection, "paid_fen", "2024-03", "乙") == (0, 1)


def test_device_rates_look_at_the_period_since_the_last_checkpoint(engine: Engine) -> None:
    def inspection(device: str, day: date, online: bool) -> dict[str, object]:
        return {
            "device_no": device,
            "inspected_on": day,
            "intact": True,
            "online": online,
            "foundation_intact": True,
        }

    seen = [
        inspection("A", date(2024, 3, 31), online=False),
        inspection("A", date(2024, 4, 1), online=True),
        inspection("A", date(2024, 6, 30), online=True),
        inspection("B", date(2024, 6, 30), online=False),
    ]
    with write_transaction(engine) as connection:
        hand_in(connection, "device_inspection", seen)
        assert figure(connection, "device_online_rate", "2024-03") == (0, 1)
        assert figure(connection, "device_online_rate", "2024-06") == (2, 3)


def test_enrolment_counts_each_towns_newest_row_only(engine: Engine) -> None:
    def enrolment(town: str, day: date, enrolled: int) -> dict[str, object]:
        return {
            "town": town,
            "as_of": day,
            "households": 1000,
            "enrolled_households": enrolled,
            "premium_fen": enrolled * 1000,
        }

    rows = [
        enrolment("东", date(2024, 2, 29), 100),
        enrolment("东", date(2024, 3, 31), 300),
        enrolment("西", date(2024, 2, 29), 0),
        enrolment("东", date(2024, 4, 30), 900),
    ]
    with write_transaction(engine) as connection:
        hand_in(connection, "insurance_enrolment", rows)
        assert figure(connection, "insurance_household_rate", "2024-03") == (300, 2000)
        assert figure(connection, "insurance_town_rate", "2024-03") == (1, 2)
        assert figure(connection, "insurance_cost_per_household", "2024-03") == (300000, 30000)


def test_measures_are_computed_for_all_departments_and_kept_once(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        for bureau in ("north", "south"):
            hand_in(connection, "project", [{"name": "甲", "ordinal": 1}], bureau)
            hand_in(connection, "petition_case", [case(1, "03-01", "03-02")], bureau)
    first = compute_measures(engine, MARCH)
    assert [(each.department, each.version, each.is_new) for each in first] == [
        ("north", 1, True),
        ("south", 1, True),
    ]
    assert not any(each.is_new for each in compute_measures(engine, MARCH))
    assert all(each.is_new for each in compute_measures(engine, JUNE))


def test_every_measure_has_a_code_of_its_own_and_says_what_it_divides() -> None:
    codes = [each.code for each in MEASURES]
    assert len(codes) == len(set(codes))
    assert all(each.label and each.description for each in MEASURES)


def test_the_figures_of_one_pass_are_those_of_each_measure_by_itself(engine: Engine) -> None:
    take_everything_in(engine)
    told = set()
    with engine.connect() as connection:
        for at in CALENDAR.checkpoints(2024):
            rows = [tuple(row) for row in connection.execute(figures_query(at))]
            apart = (connection.execute(figure_query(each, at)) for each in MEASURES)
            assert sorted(map(repr, rows)) == sorted(repr(tuple(row)) for of in apart for row in of)
            told |= {row[1] for row in rows}
    assert len(told) > len(MEASURES) / 2


def test_measures_of_long_codes_are_told_apart_in_hints(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = measure("petition_on_time_closing")
    columns = hints.telling(of.code)
    monkeypatch.setattr(hints, "telling", lambda _: columns)
    alike = [of.model_copy(update={"code": f"{'a' * 59}{nth}"}) for nth in range(2)]
    with engine.connect() as connection:
        asked = union_all(
            *(found for each in alike for found in hints.missing_by_group(each, JUNE))
        )
        assert connection.execute(asked).all() == []
