"""A case counts once, in the period in which it is decided, whatever year it came in."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert

from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
from perf_pipeline.measures.case_flow import case_flow
from perf_pipeline.measures.catalogue import measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.identity import past_key
from perf_pipeline.registers.measure_declaration import StillOpen
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
from perf_pipeline.warehouse.schema import register_tables, source_file
from tests.oracle_cases import MadeCase, acceptance_decided, closing_decided, pooled, rate_of

CALENDAR = FiscalCalendar((3, 6, 10, 12))
YEARS = range(2021, 2024)
BUREAUS = 12
RATES = {
    "petition_on_time_acceptance": acceptance_decided,
    "petition_on_time_closing": closing_decided,
}
Figure = tuple[int, int]
Cases = dict[tuple[int, str], MadeCase]
Values = dict[str, object]


def hand_in(
    connection: Connection, name: str, bureau: str, year: int, rows: Mapping[str, Values]
) -> None:
    """Load rows of a register, by their keys, as one file of a department's year would."""
    file_id = connection.execute(
        insert(source_file)
        .values(
            department_id=department_id(connection, bureau),
            fiscal_year=year,
            kind=name,
            path=f"{year}/{bureau}/registers/{name}.csv",
            sha256=name,
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
    sourced = [SourcedRow(key, None, n, row) for n, (key, row) in enumerate(rows.items(), 1)]
    merge_rows(connection, register_tables[name], file_id=file_id, rows=sourced)


def row_of(key: str, case: MadeCase) -> dict[str, object]:
    """A case as an export tells it."""
    return {
        "case_no": key,
        "received_on": case.received,
        "channel": "来信",
        "assigned_by": "无",
        "is_key": False,
        "matter": case.matter,
        "accepted_on": case.accepted,
        "closed_on": case.closed,
        "extended_days": case.extended or None,
    }


def hand_in_cases(
    connection: Connection, bureau: str, year: int, cases: Mapping[str, MadeCase]
) -> None:
    rows = {key: row_of(key, case) for key, case in cases.items()}
    hand_in(connection, "petition_case", bureau, year, rows)


def made_cases(seed: int) -> Cases:
    """Cases by the year they came in and their number, which some offices begin anew."""
    rng = random.Random(seed)
    found: dict[tuple[int, str], MadeCase] = {}
    for year in YEARS:
        for number in range(30):
            received = date(year, 1, 1) + timedelta(days=rng.randrange(365))
            accepted = received + timedelta(days=rng.choice([0, 3, 14, 15, 16, 40]))
            closed = accepted + timedelta(days=rng.choice([0, 5, 59, 60, 61, 90, 91, 200, 500]))
            key = f"{number:03d}" if seed % 3 == 0 else f"{year}-{number:03d}"
            case = found[year, key] = MadeCase(
                received,
                rng.choice([accepted, accepted, accepted, None]),
                None,
                rng.choice([0, 0, 30]),
                rng.choice([None, "申诉求决", "建议意见", "检举控告"]),
            )
            if case.accepted is not None:
                case.closed = rng.choice([closed, closed, None])
    return found


def exported_on(year: int) -> date:
    """The day on which a year's file was exported: some weeks later, the last one long after."""
    return date(year + 1, 2, 15) if year < YEARS[-1] else date(2030, 1, 1)


def exports(seed: int, cases: Cases) -> dict[int, dict[str, MadeCase]]:
    """What each year's file holds: the year's own cases, and some that were open when it began."""
    rng = random.Random(seed + 1000)
    files: dict[int, dict[str, MadeCase]] = {}
    for year in YEARS:
        rows = {key: case for (of, key), case in cases.items() if of == year}
        for (of, key), case in cases.items():
            open_then = case.closed is None or case.closed >= date(year, 1, 1)
            if of < year and key not in rows and open_then and rng.random() < 0.7:
                rows[key] = case
        files[year] = {key: as_seen(case, exported_on(year)) for key, case in rows.items()}
    return files


def as_seen(case: MadeCase, day: date) -> MadeCase:
    accepted = case.accepted if case.accepted and case.accepted <= day else None
    closed = case.closed if case.closed and case.closed <= day else None
    return MadeCase(case.received, accepted, closed, case.extended, case.matter)


def told_last(cases: Cases, files: Mapping[int, Mapping[str, MadeCase]]) -> list[MadeCase]:
    """Each case once, as the newest file that holds it tells."""
    found = []
    for (_, key), case in cases.items():
        holding = [
            rows[key]
            for rows in files.values()
            if key in rows and rows[key].received.year == case.received.year
        ]
        found.append(holding[-1])
    return found


def figures(engine: Engine, code: str, checkpoint: Checkpoint) -> dict[int, Figure]:
    with engine.connect() as connection:
        rows = connection.execute(figure_query(measure(code), checkpoint))
        return {row.department_id: (row.numerator, row.denominator) for row in rows}


def test_over_any_number_of_years_the_denominators_add_up_to_the_cases_decided(
    engine: Engine,
) -> None:
    told: dict[int, list[MadeCase]] = {}
    with write_transaction(engine) as connection:
        for seed in range(BUREAUS):
            cases = made_cases(seed)
            files = exports(seed, cases)
            for year, rows in files.items():
                hand_in_cases(connection, f"b{seed:02d}", year, rows)
            told[department_id(connection, f"b{seed:02d}")] = told_last(cases, files)
    for code, decided in RATES.items():
        whole: dict[int, list[Figure]] = {each: [] for each in told}
        for year in range(YEARS[0], YEARS[-1] + 3):
            checkpoints = CALENDAR.checkpoints(year)
            for checkpoint in checkpoints:
                found = figures(engine, code, checkpoint)
                for bureau, cases_of in told.items():
                    days = [decided(case) for case in cases_of]
                    by_hand = rate_of(days, checkpoint.starts_on, checkpoint.ends_on)
                    assert found.get(bureau, (0, 0)) == by_hand
                    if checkpoint.last:
                        whole[bureau].append(found.get(bureau, (0, 0)))
        for bureau, cases_of in told.items():
            every = [decided(case) for case in cases_of]
            assert pooled(whole[bureau]) == rate_of(every, date.min, date.max)


def test_the_flow_of_cases_is_the_rate_in_time(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        cases = made_cases(7)
        for year, rows in exports(7, cases).items():
            hand_in_cases(connection, "b", year, rows)
        mine = department_id(connection, "b")
    for year in YEARS:
        for checkpoint in CALENDAR.checkpoints(year):
            seen = checkpoint.of_departments(frozenset({mine}))
            with engine.connect() as connection:
                flow = {row.limit_name: row for row in connection.execute(case_flow(seen))}
            for limit in ("acceptance", "closing"):
                row = flow[limit]
                rate = figures(engine, f"petition_on_time_{limit}", checkpoint)[mine]
                assert (row.in_time, row.in_time + row.late + row.overdue) == rate


def test_a_case_that_two_years_exports_hold_counts_once_as_the_newer_tells(engine: Engine) -> None:
    received = date(2023, 12, 1)
    then = MadeCase(received, date(2023, 12, 5), None)
    since = MadeCase(received, date(2023, 12, 5), date(2024, 1, 10))
    with write_transaction(engine) as connection:
        hand_in_cases(connection, "b", 2023, {"001": then})
        hand_in_cases(connection, "b", 2024, {"001": since})
    last, this = CALENDAR.checkpoints(2023)[-1], CALENDAR.checkpoints(2024)[0]
    assert figures(engine, "petition_on_time_closing", last) == {}
    assert list(figures(engine, "petition_on_time_closing", this).values()) == [(1, 1)]
    assert list(figures(engine, "petition_on_time_acceptance", last).values()) == [(1, 1)]
    assert figures(engine, "petition_on_time_acceptance", this) == {}


def test_the_same_number_of_another_year_is_another_case(engine: Engine) -> None:
    first = MadeCase(date(2023, 3, 1), date(2023, 3, 2), date(2023, 3, 9))
    second = MadeCase(date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 9))
    with write_transaction(engine) as connection:
        hand_in_cases(connection, "b", 2023, {"001": first})
        hand_in_cases(connection, "b", 2024, {"001": second})
    for year in (2023, 2024):
        last = CALENDAR.checkpoints(year)[-1]
        assert list(figures(engine, "petition_on_time_closing", last).values()) == [(1, 1)]


def test_a_limit_that_passed_last_year_is_last_years_miss_though_the_case_closes_in_this(
    engine: Engine,
) -> None:
    late = MadeCase(date(2023, 9, 1), date(2023, 9, 2), date(2024, 2, 1))
    row = row_of("001", late) | {"is_key": True}
    with write_transaction(engine) as connection:
        hand_in(connection, "petition_case", "b", 2023, {"001": row})
    for code in ("petition_on_time_closing", "petition_key_resolved"):
        last = figures(engine, code, CALENDAR.checkpoints(2023)[-1])
        assert list(last.values()) == [(0, 1)]
        assert figures(engine, code, CALENDAR.checkpoints(2024)[-1]) == {}


def test_what_is_open_from_last_year_is_taken_in_and_what_was_over_is_told(tmp_path: Path) -> None:
    file = tmp_path / "信访事项台账.csv"
    file.write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期\n"
        "open,2023-12-20,来信,无,否,2023-12-25,\n"
        "since,2022-12-20,来信,无,否,2023-12-25,2024-01-02\n"
        "now,2023-11-20,来信,无,否,2023-11-25,2023-12-30\n"
        "next,2025-01-02,来信,无,否,,\n"
        "now,2024-01-02,来信,无,否,,\n",
        "utf-8",
    )
    reading = RegisterBatches(file, register("petition_case"), 2024)
    batches = list(reading)
    keys = [key for batch in batches for key in batch.keys]
    assert keys == ["open", "since", "now｜2023", "now"]
    quarantined = [row for batch in batches for row in batch.quarantined]
    assert [(row.row_number, row.reason) for row in quarantined] == [(5, "日期不在2024年度内")]
    (told,) = [each for each in reading.told.notices if each.code == "over_before"]
    assert str(told) == (
        "有1行在年初以前已办结，不计入本年度的任何数；"
        "上年台账里还没有办结的同一件，照此算作办结（第4行）"
    )


OPEN, OVER = date(2023, 12, 5), date(2023, 12, 20)


@pytest.mark.parametrize(
    ("last", "this", "december"),
    [
        ({}, {"7": OVER}, None),  # told by this year's list alone
        ({"7": None}, {"7": OVER}, (1, 1)),  # closes what last year's export holds open
        ({"7": OVER}, {"7": OVER}, (1, 1)),
        ({"7": None}, {"7": date(2024, 1, 9)}, None),  # decided this year
        ({"7": None, "8": OVER}, {"7": OVER, "9": OVER}, (2, 2)),
    ],
)
def test_a_case_over_before_the_year_counts_where_it_closes_one_that_last_years_export_holds_open(
    engine: Engine,
    last: dict[str, date | None],
    this: dict[str, date | None],
    december: Figure | None,
) -> None:
    def cases(told: Mapping[str, date | None], year: int) -> dict[str, MadeCase]:
        return {
            key if closed is None or closed.year == year else past_key(key, OPEN): MadeCase(
                OPEN, OPEN, closed
            )
            for key, closed in told.items()
        }

    with write_transaction(engine) as connection:
        hand_in_cases(connection, "b", 2023, cases(last, 2023))
        new = MadeCase(date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 9))
        hand_in_cases(connection, "b", 2024, {**cases(this, 2024), "1": new})
    counted = sum(closed is not None and closed.year == 2024 for closed in this.values()) + 1
    at = [CALENDAR.checkpoints(year)[-1] for year in (2023, 2024)]
    found = [list(figures(engine, "petition_on_time_closing", each).values()) for each in at]
    assert found == [[december] if december else [], [(counted, counted)]]


def test_a_case_that_closes_years_later_is_a_miss_of_its_limits_year_and_told(
    tmp_path: Path,
) -> None:
    file = tmp_path / "信访事项台账.csv"
    file.write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期\n"
        "a,2020-12-02,网上,无,否,2020-12-02,2023-07-10\n"
        "b,2020-12-03,网上,无,否,2020-12-03,2021-02-01\n"
        "typed,2020-12-04,网上,无,否,2020-12-04,2042-01-05\n",
        "utf-8",
    )
    reading = RegisterBatches(file, register("petition_case"), 2020)
    batches = list(reading)
    assert [key for batch in batches for key in batch.keys] == ["a", "b"]
    assert [row.row_number for batch in batches for row in batch.quarantined] == [4]
    (told,) = [each for each in reading.told.notices if each.code == "closed_late"]
    assert str(told) == (
        "1行的“办结日期”在2021年以后，照样计入（早已超期）；写错年份的请改正后重交（第2行）"
    )


@pytest.mark.parametrize("outcome", ["调解成功", "调解不成"])
def test_a_mediation_of_last_year_counts_where_it_ended(engine: Engine, outcome: str) -> None:
    row = {
        "case_no": "1",
        "town": "甲镇",
        "accepted_on": date(2023, 12, 20),
        "closed_on": date(2024, 1, 15),
        "outcome": outcome,
    }
    with write_transaction(engine) as connection:
        hand_in(connection, "mediation_case", "b", 2023, {"1": row})
    succeeded = int(outcome == "调解成功")
    for code in ("mediation_resolution_rate", "mediation_on_time_resolution"):
        assert figures(engine, code, CALENDAR.checkpoints(2023)[-1]) == {}
        this = figures(engine, code, CALENDAR.checkpoints(2024)[0])
        assert list(this.values()) == [(succeeded, 1)]
    assert measure("mediation_resolution_rate").open is not StillOpen.HIT


def test_a_rate_of_the_period_is_pooled_for_the_year(engine: Engine) -> None:
    def seen(device: str, day: date, online: bool) -> dict[str, object]:
        flags = {"intact": True, "online": online, "foundation_intact": True}
        return {"device_no": device, "inspected_on": day, **flags}

    rows = {
        "1": seen("A", date(2024, 2, 1), online=False),
        "2": seen("A", date(2024, 5, 1), online=True),
        "3": seen("B", date(2024, 5, 2), online=True),
        "4": seen("B", date(2024, 9, 1), online=False),
    }
    with write_transaction(engine) as connection:
        hand_in(connection, "device_inspection", "b", 2024, rows)
    expected = {
        "2024-03": ((0, 1), (0, 1), (1, 1)),
        "2024-06": ((2, 2), (2, 3), (2, 2)),
        "2024-10": ((0, 1), (2, 4), (1, 2)),
        "2024-12": ((None, None), (2, 4), (None, 2)),  # nobody looked: no data, not 0
    }
    for checkpoint in CALENDAR.checkpoints(2024):
        period, year, devices = expected[checkpoint.name]
        with engine.connect() as connection:
            row, counted = (
                connection.execute(figure_query(measure(code), checkpoint)).one()
                for code in ("device_online_rate", "devices_inspected")
            )
        assert (row.numerator, row.denominator) == period
        assert (row.year_numerator, row.year_denominator) == year
        assert (counted.numerator, counted.year_numerator) == devices
