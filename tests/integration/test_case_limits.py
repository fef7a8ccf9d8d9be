"""What is overdue at a checkpoint, and what falls due before the next, by the shipped registers."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.measures.case_flow import case_flow
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import case_limit
from perf_pipeline.warehouse.targets import load_targets
from tests.by_hand import Year, day
from tests.kept import stand
from tests.year import CALENDAR, DATA, DEPARTMENT, QUARTERS, REGISTERS

pytestmark = pytest.mark.long(25)

Listed = set[tuple[str, str, str, date]]


def listed(engine: Engine, quarter: str) -> list[Any]:
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, quarter)
        newest = latest_snapshots("limits", at).subquery()
        query = select(case_limit).join(newest, newest.c.id == case_limit.c.snapshot_id)
        return list(connection.execute(query.order_by(case_limit.c.id)))


Step = tuple[str, str, date | None, date | None, int]


@cache
def steps() -> tuple[Step, ...]:
    """Every step of every case as its file has it: key, what is due, from when, done when, days."""
    return tuple(_steps(Year(REGISTERS)))


def _steps(year: Year) -> Iterator[Step]:
    for row in year.petitions:
        key = str(row["信访编号"])
        accepted, closed = day(row["受理日期"]), day(row["办结日期"])
        yield key, "受理", day(row["收到日期"]), accepted, 15
        yield key, "办结", accepted, closed, 60 + int(str(row["延期天数"] or 0))
        yield key, "复查", day(row["申请复查日期"]), day(row["复查答复日期"]), 30
        yield key, "复核", day(row["申请复核日期"]), day(row["复核答复日期"]), 30
    for row in year.mediations:
        yield str(row["案件编号"]), "调结", day(row["受理日期"]), day(row["结案日期"]), 30


def by_hand(end: date, until: date) -> Listed:
    """The same lists with plain Python on the files."""
    found: Listed = set()
    for key, label, start, done, days in steps():
        if start is None or start > end or (done is not None and done <= end):
            continue
        due = start + timedelta(days=days)
        if due <= until:
            found.add((key, label, "overdue" if due < end else "soon", due))
    return found


def flow_by_hand(end: date) -> Counter[tuple[str, str]]:
    """What became of the cases that had entered each step, with plain Python on the files."""
    found: Counter[tuple[str, str]] = Counter()
    for _, label, start, done, days in steps():
        if start is None or start > end:
            continue
        due = start + timedelta(days=days)
        if done is not None and done <= end:
            found[label, "in_time" if done <= due else "late"] += 1
        else:
            found[label, "overdue" if due < end else "waiting"] += 1
    return found


@pytest.fixture
def cases(engine: Engine) -> Engine:
    stand(engine, "cases-alone", load_cases)
    return engine


def load_cases(engine: Engine) -> None:
    load_targets(engine, DATA)
    for name in ("petition_case", "mediation_case"):
        load_register(engine, DATA, name)


def test_the_lists_are_what_plain_arithmetic_gives(cases: Engine) -> None:
    for checkpoint in QUARTERS:
        until = CALENDAR.after(checkpoint).ends_on
        compute_case_limits(cases, checkpoint, until)
        rows = listed(cases, checkpoint.name)
        stored = {(row.case_key, row.label, row.state, row.due_on) for row in rows}  # type: ignore[attr-defined]
        assert stored == by_hand(checkpoint.ends_on, until)
        assert len(rows) == len(stored) > 10
        assert {row.state for row in rows} == {"overdue", "soon"}  # type: ignore[attr-defined]
        assert all((row.days_overdue > 0) == (row.state == "overdue") for row in rows)  # type: ignore[attr-defined]


def test_a_second_look_writes_no_version_and_each_row_leads_to_its_source(cases: Engine) -> None:
    first = compute_case_limits(cases, QUARTERS[1], QUARTERS[2].ends_on)
    again = compute_case_limits(cases, QUARTERS[1], QUARTERS[2].ends_on)
    assert [each.is_new for each in (*first, *again)] == [True, False]
    row = listed(cases, "2024-06")[0]
    assert row.town  # type: ignore[attr-defined]
    assert f"{DEPARTMENT}/registers/" in row.place  # type: ignore[attr-defined]
    assert "行" in row.place  # type: ignore[attr-defined]


def test_review_and_recheck_are_limits_too_but_the_right_to_ask_is_not(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "2024" / DEPARTMENT
    (folder / "registers").mkdir(parents=True)
    (folder / "targets").symlink_to(DATA / "2024" / DEPARTMENT / "targets")
    (folder / "registers/信访事项台账.csv").write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期,申请复查日期,复查答复日期,"
        "申请复核日期,复核答复日期\n"
        "A,2024-01-02,来信,无,否,2024-01-05,2024-02-01,2024-02-20,,,\n"
        "B,2024-01-02,来信,无,否,2024-01-05,2024-02-01,2024-02-20,2024-03-10,2024-03-20,\n"
        "C,2024-01-02,来信,无,否,2024-01-05,2024-03-28,,,,\n"
        "D,2024-01-02,来信,无,否,2024-01-05,2024-02-01,2024-02-20,2024-03-31,,\n",
        "utf-8",
    )
    load_targets(engine, DATA)
    load_register(engine, tmp_path, "petition_case")
    compute_case_limits(engine, QUARTERS[0], QUARTERS[1].ends_on)
    found = [(row.case_key, row.label, row.state, row.due_on) for row in listed(engine, "2024-03")]  # type: ignore[attr-defined]
    assert found == [
        ("A", "复查", "overdue", date(2024, 3, 21)),
        ("B", "复核", "soon", date(2024, 4, 19)),
    ]


def test_a_case_of_last_year_that_is_still_open_is_overdue_this_year(
    engine: Engine, tmp_path: Path
) -> None:
    registers = tmp_path / "2023" / DEPARTMENT / "registers"
    registers.mkdir(parents=True)
    (registers / "信访事项台账.csv").write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期\n"
        "open,2023-12-20,来信,无,否,2023-12-25,\n"
        "closed,2023-12-20,来信,无,否,2023-12-25,2024-03-01\n",
        "utf-8",
    )
    load_targets(engine, DATA)
    load_register(engine, tmp_path, "petition_case")
    compute_case_limits(engine, QUARTERS[0], QUARTERS[1].ends_on)
    found = [(row.case_key, row.label, row.state, row.due_on) for row in listed(engine, "2024-03")]  # type: ignore[attr-defined]
    assert found == [("open", "办结", "overdue", date(2024, 2, 23))]
    with engine.connect() as connection:
        mine = QUARTERS[0].of_departments(frozenset({1}))
        flow = {row.label: row for row in connection.execute(case_flow(mine))}
    assert set(flow) == {"办结"}  # that both were accepted in time is last year's matter
    assert (flow["办结"].overdue, flow["办结"].late, flow["办结"].entered) == (1, 1, 2)


def test_every_case_that_entered_a_limit_is_in_time_late_overdue_or_waiting(cases: Engine) -> None:
    outcomes = ("in_time", "late", "overdue", "waiting")
    for checkpoint in QUARTERS:
        with cases.connect() as connection:
            rows = connection.execute(case_flow(checkpoint.of_departments(frozenset({1})))).all()
        found = Counter(
            {(row.label, name): int(getattr(row, name)) for row in rows for name in outcomes}
        )
        assert +found == flow_by_hand(checkpoint.ends_on)
        for row in rows:
            assert row.entered == row.in_time + row.late + row.overdue + row.waiting
        compute_case_limits(cases, checkpoint, CALENDAR.after(checkpoint).ends_on)
        overdue = Counter(
            each.label for each in listed(cases, checkpoint.name) if each.state == "overdue"
        )
        assert +Counter({row.label: int(row.overdue) for row in rows}) == overdue
