"""What waits at a checkpoint, by age, and what became of such cases: nothing of a later day."""

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from perf_pipeline.measures.open_cases import COUNTED, open_by_age
from perf_pipeline.monitoring.outlook.forecast import Kind, forecast
from perf_pipeline.monitoring.outlook.waiting import Waiting
from perf_pipeline.quality.relations import read_frame
from perf_pipeline.warehouse.engine import write_transaction
from tests.integration.test_cases_count_once import CALENDAR, hand_in_cases, made_cases
from tests.oracle_cases import MadeCase
from tests.unit.test_outlook import known

CHECKPOINTS = CALENDAR.checkpoints(2023)[:3]
Files = dict[int, dict[str, MadeCase]]


def files(seed: int) -> Files:
    """Cases made up, each in the file of its own year, under a number of its own."""
    found: Files = {}
    for (year, key), case in made_cases(seed).items():
        found.setdefault(year, {})[f"{year}-{key}"] = case
    return found


def counted(engine: Engine, bureau: str, handed_in: Files) -> dict[str, dict[str, list[int]]]:
    """Hand the files in, and return what waits at each checkpoint, by measure."""
    with write_transaction(engine) as connection:
        for year, cases in handed_in.items():
            hand_in_cases(connection, bureau, year, cases)
        frames = {each.name: read_frame(connection, open_by_age(each)) for each in CHECKPOINTS}
    return {
        name: {
            str(row["measure"]): [int(row[each]) for each in COUNTED]
            for row in frame[frame["department_id"] == frame["department_id"].max()].to_dict(
                "records"
            )
        }
        for name, frame in frames.items()
    }


def by_hand(cases: Files, day: date) -> list[int]:
    """The counts of closing in time, with plain Python."""
    found = dict.fromkeys(COUNTED, 0)
    left = (date(day.year, 12, 31) - day).days
    for case in (case for year in cases.values() for case in year.values()):
        if case.accepted is None or case.accepted > day or case.matter in ("建议意见", "检举控告"):
            continue
        due = case.accepted + timedelta(days=60 + case.extended)
        took = (case.closed - case.accepted).days if case.closed else 10**6
        age = (day - case.accepted).days
        if took > age and due >= day and due < date(day.year, 12, 31):
            found[f"waits_{min(age // 15, 3)}"] += 1
        limit = 60 + case.extended
        for band in range(4):
            if due < day and took >= 15 * band:
                found[f"before_{band}"] += 1
                found[f"done_{band}"] += took <= limit
        if due + timedelta(days=left) <= day and took > limit:
            found["before_4"] += 1
            found["done_4"] += took <= limit + left
    return list(found.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_cases_that_wait_are_counted_by_age_as_by_hand(engine: Engine, seed: int) -> None:
    cases = files(seed)
    told = counted(engine, "bureau", cases)
    for checkpoint in CHECKPOINTS:
        expected = by_hand(cases, checkpoint.ends_on)
        assert told[checkpoint.name]["petition_on_time_closing"] == expected
        assert sum(expected) > 20


def test_nothing_of_a_later_day_moves_what_waits(engine: Engine) -> None:
    """Everything after October is changed: closed on another day or never, or not yet come in."""
    day, rng, cases = CHECKPOINTS[-1].ends_on, random.Random(16), files(4)

    def later(when: date | None) -> date | None:
        if when is not None and when <= day:
            return when
        return rng.choice([None, day + timedelta(days=rng.randrange(1, 99))])

    changed = {
        year: {
            key: replace(case, accepted=later(case.accepted), closed=later(case.closed))
            for key, case in of.items()
            if case.received <= day
        }
        for year, of in cases.items()
    }
    for of in changed.values():
        for case in of.values():
            if case.accepted is None or (case.closed and case.closed < case.accepted):
                case.closed = None
    as_it_was = counted(engine, "as it was", cases)
    assert changed != cases
    assert counted(engine, "changed", changed) == as_it_was


def rate(waits: list[float], before: list[float], done: list[float]) -> float:
    """The median rate of a year that stands at 45 of 50, with so many cases waiting."""
    waiting = Waiting(*(np.array([each]) for each in (waits, before, done)), np.array([61.0]))
    made = forecast(Kind.RATES, known((45, 50), [], 10 / 12), waiting)
    return float(made.quantiles[0, 39])


def test_old_open_cases_pull_a_rate_down_and_own_experience_counts() -> None:
    fresh = rate([40, 0, 0, 0, 0], [0] * 5, [0] * 5)
    old = rate([0, 0, 0, 40, 0], [0] * 5, [0] * 5)
    done_before = rate([0, 0, 0, 40, 0], [0, 0, 0, 90, 0], [0, 0, 0, 85, 0])
    assert old < done_before
    assert old < fresh - 0.1
    assert abs(done_before - fresh) < 0.1


def test_a_frame_without_cases_says_that_nothing_waits(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        frame = read_frame(connection, open_by_age(CHECKPOINTS[0]))
    assert isinstance(frame, pd.DataFrame)
    assert frame.empty
    assert set(COUNTED) <= set(frame.columns)
