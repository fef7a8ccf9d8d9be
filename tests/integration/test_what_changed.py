"""Judging looks at the departments of which something is new, and misses none of them.

After each change of one of two made-up offices the other is not looked at, and a look at all finds
nothing that the small one left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select

from perf_pipeline.alerts.acknowledging import acknowledge
from perf_pipeline.alerts.raising import ALERTS, raise_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.audit import AUDIT
from perf_pipeline.measures.case_limits import LIMITS
from perf_pipeline.measures.compute import COUNTED
from perf_pipeline.monitoring.evaluate import MONITORING
from perf_pipeline.monitoring.outlook.foretell import OUTLOOK
from perf_pipeline.warehouse.changed import Kind, Look, judge_all_again, look
from perf_pipeline.warehouse.departures import confirm
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.locks import close_quarter, reopen_quarter
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    item_event,
    judged_until,
    metadata,
    snapshot,
)
from tests.kept import stand
from tests.offices import MEASURES, OFFICES, PAYMENTS, PETITIONS, STREETS, Offices
from tests.year import CALENDAR

MARKED = ("source_file", "departure", "quarter_lock")
NAMES = ("2024-03", "2024-06")
SPRING, SUMMER = (CALENDAR.checkpoint(name) for name in NAMES)
KINDS = (COUNTED, LIMITS, AUDIT, MONITORING, OUTLOOK)  # as `Offices.judging` has them
WRITTEN = (snapshot, alert, alert_event, item_event)
ASIDE = re.compile("erasure|AS verdicts")  # the numbering of seals, and how far a look went
READ = re.compile(r"\b(?:FROM|JOIN)\s+\"?(\w+)", re.IGNORECASE)


@pytest.fixture
def offices(engine: Engine, tmp_path: Path) -> Offices:
    """Two offices, judged at the end of June."""
    made = Offices(engine, tmp_path, day=date(2024, 7, 8))
    made.begin()

    def judged(kept: Engine) -> None:
        at = Offices(kept, tmp_path, day=made.day)
        for step in at.intake():
            step()
        _judge(at)
        _judge(at)  # what the first told of is looked at again, once

    stand(engine, "two-offices-in-june", judged)
    return made


def _judge(offices: Offices) -> None:
    for checkpoint in (SPRING, SUMMER):
        for step in offices.judging(checkpoint)[: len(KINDS)]:  # without alerts and pages
            step()
        newest = checkpoint == SUMMER
        raise_alerts(offices.engine, checkpoint, offices.told, newest=newest, moment=offices.moment)


def _counts(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [connection.scalar(select(func.count()).select_from(each)) or 0 for each in WRITTEN]


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    """Give what the database is asked meanwhile."""
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def _seen(offices: Offices, kind: Kind, checkpoint: Checkpoint, rests_on: object) -> Look:
    with write_transaction(offices.engine) as connection:
        return look(connection, kind, checkpoint, rests_on)


def test_judgements_read_nothing_that_leaves_no_mark(offices: Offices) -> None:
    judge_all_again(offices.engine)
    reads: dict[str, set[str]] = {}
    for kind, step in zip(KINDS, offices.judging(SUMMER), strict=False):
        with _statements(offices.engine) as said:
            step()
        reads[kind.name] = {
            name for each in said if not ASIDE.search(each) for name in READ.findall(each)
        } & metadata.tables.keys()
    assert all(len(each) > 3 for each in reads.values())
    written_by = {
        **dict.fromkeys(["spending_result", "indicator_result", "spending_line"], MONITORING.name),
        "adjustment": MONITORING.name,
        "measure_value": COUNTED.name,
        "audit_finding": AUDIT.name,
        "case_limit": LIMITS.name,
        "outlook": OUTLOOK.name,
    }
    of_all = {"department", "checkpoint", "snapshot", *MARKED, "judged_until", "act"}
    for kind in KINDS:
        for name in reads[kind.name] - of_all:
            if name in written_by:
                assert written_by[name] in kind.reads, (kind, name)
            else:
                assert "source_file_id" in metadata.tables[name].c, (kind, name)
                looked_at = kind.files is None or name in {*kind.files, "project"}
                assert looked_at, (kind, name)  # projects come with the document


def _pay_late(offices: Offices) -> None:
    offices.pay(STREETS, ("2024-02-01", 5), ("2024-05-20", 7))


def _report(offices: Offices) -> None:
    offices.report(STREETS, ("2024-03-31", 1), ("2024-06-30", 9))


def _revise(offices: Offices) -> None:
    offices.set_targets(STREETS, 4)


def _mend(offices: Offices) -> None:
    row = "访-2,2024-02-20,来访,无,否,2024-02-25,2024-04-01"
    offices.hand_in(STREETS, "信访事项台账", PETITIONS, row)


def _spoil(offices: Offices) -> None:
    offices.hand_in(
        STREETS, "支付台账", PAYMENTS, f"记-1,某天,{OFFICES[STREETS][1]},50000,财政资金"
    )


def _refuse(offices: Offices) -> None:
    offices.hand_in(STREETS, "支付台账", "甲,乙,丙", "1,2,3")


def _map_otherwise(offices: Offices) -> None:
    rounds = f"{OFFICES[STREETS][1]},巡查次数,人工填报,时点"
    offices.hand_in(STREETS, "指标与度量对照表", MEASURES, rounds)


def _withdraw(offices: Offices) -> None:
    (offices.inbox / f"2024/{STREETS}/registers/支付台账.csv").unlink()
    offices.intake()[0]()
    path = f"2024/{STREETS}/registers/支付台账.csv"
    confirm(offices.engine, path, withdrawn=True, person="李四")


def _rename(offices: Offices) -> None:
    folder = offices.inbox / f"2024/{STREETS}/registers"
    (folder / "支付台账.csv").rename(folder / "支付台账（新）.csv")


def _close_and_pay(offices: Offices) -> None:
    close_quarter(offices.engine, SPRING, actor="张三", department_code=STREETS)
    _judge(offices)
    offices.pay(STREETS, ("2024-02-01", 5), ("2024-03-20", 7))


def _close_and_reopen(offices: Offices) -> None:
    _close_and_pay(offices)
    for step in offices.intake():
        step()
    _judge(offices)
    reopen_quarter(offices.engine, SPRING, actor="张三", reason="补报", department_code=STREETS)


OF_CASES = (_revise, _mend, _close_and_reopen)  # or of the document, or of all: not of payments
CHANGES: dict[str, tuple[Callable[[Offices], None], ...]] = {
    "late": (_pay_late, _report, _revise, _map_otherwise, _withdraw),
    "unreadable": (_spoil, _mend, _refuse),
    "closed": (_rename, _close_and_pay, _close_and_reopen),
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_who_has_news_is_judged_and_nobody_is_missed(
    offices: Offices, changes: Sequence[Callable[[Offices], None]]
) -> None:
    until = CALENDAR.after(SUMMER).ends_on
    for change in changes:
        change(offices)
        for step in offices.intake():
            step()
        with write_transaction(offices.engine) as connection:
            whose = department_id(connection, STREETS)
            assert look(connection, COUNTED, SUMMER, None).seen.departments == {whose}
            of_cases = look(connection, LIMITS, SUMMER, until).seen.departments
            assert of_cases == ({whose} if change in OF_CASES else frozenset())
        _judge(offices)
        small = _counts(offices.engine)
    judge_all_again(offices.engine)
    _judge(offices)
    assert _counts(offices.engine) == small


def test_without_news_nothing_is_read_and_nothing_written(offices: Offices) -> None:
    _judge(offices)  # alerts rest on where they are told, which is a folder of each test
    with offices.engine.connect() as connection:
        marks = connection.scalar(select(func.count()).select_from(judged_until))
    before = _counts(offices.engine)
    read: set[str] = set()
    with _statements(offices.engine) as said:
        _judge(offices)
    for statement in said:
        read |= set() if ASIDE.search(statement) else set(READ.findall(statement))
    assert not read & {"petition_case", "indicator", "spending_result"}
    assert _counts(offices.engine) == before
    with offices.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(judged_until)) == marks


def test_an_answer_to_an_alert_is_looked_at(offices: Offices) -> None:
    with offices.engine.connect() as connection:
        first = connection.execute(
            select(alert).where(alert.c.id == alert_event.c.alert_id).order_by(alert.c.id.desc())
        ).first()
    assert first is not None
    acknowledge(offices.engine, first.id, person="张三", reason="供货商延期两个月，8月底前补验收")
    rests_on = (offices.told, "another", True)
    assert _seen(offices, ALERTS, SUMMER, rests_on).seen.departments is None  # other limits: all
    with write_transaction(offices.engine) as connection:
        last = connection.execute(
            select(judged_until)
            .where(judged_until.c.kind == ALERTS.name)
            .order_by(judged_until.c.id.desc())
        ).first()
        assert last is not None
        newest = connection.scalar(select(func.max(alert_event.c.id)))
    assert newest > last.alerts
    _judge(offices)
    with offices.engine.connect() as connection:
        marks = select(func.max(judged_until.c.alerts)).where(judged_until.c.kind == ALERTS.name)
        assert connection.scalar(marks) == newest
