"""Anything that may happen in a year, in any order, against a small model of what must stand.

A few short years in the suite; `make chaos` plays many. All of it is made up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select

from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.limits import Limits
from perf_pipeline.items.answering import Said, answer
from perf_pipeline.items.standings import Item, read_items
from perf_pipeline.items.state import State
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.backup import back_up
from perf_pipeline.warehouse.changed import judge_all_again
from perf_pipeline.warehouse.departures import confirm, note_departures
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.known import current, latest_snapshots
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.locks import close_quarter, reopen_quarter
from perf_pipeline.warehouse.past import as_it_was
from perf_pipeline.warehouse.restore import restore
from perf_pipeline.warehouse.schema import (
    quarantined_row,
    register_tables,
    snapshot,
    spending_result,
)
from perf_pipeline.warehouse.seals.deed import Deed, What
from perf_pipeline.warehouse.seals.erasing import erase_before
from perf_pipeline.warehouse.seals.verify import verify
from perf_pipeline.warehouse.targets import load_targets
from tests.kept import empty_warehouse
from tests.offices import OFFICES, PAYMENTS, STREETS, Offices
from tests.year import CALENDAR

SPRING = CALENDAR.checkpoint("2024-03")
PAYMENT = register_tables["payment"]
BUDGET_FEN = 100_000_000
WAN_FEN = 1_000_000
LEDGERS = ("支付台账", "支付台账（二）")
YEARS = int(os.environ.get("PERF_TEST_YEARS", "2"))
STEPS = int(os.environ.get("PERF_TEST_STEPS", "12"))


class AYear(RuleBasedStateMachine):
    """One office's ledgers, targets, judgements, locks and answers, and what must stand of them."""

    def __init__(self) -> None:
        """Begin with nothing handed in."""
        super().__init__()
        self._folder = TemporaryDirectory(prefix="perf-year-")
        self.folder = Path(self._folder.name)
        self.ledgers: dict[str, dict[int, int]] = {}  # by name: 万元 by voucher
        self.wrong: dict[str, int] = {}  # rows that cannot be read, by ledger
        self.gone: set[str] = set()  # left the inbox, and nobody has said what of it
        self.judged: int | None = None  # 万元 at the newest judgement
        self.closed = False
        self.answered: set[int] = set()
        self.remembered: tuple[datetime, int] | None = None
        self.databases = 0

    @initialize()
    def begin(self) -> None:
        """Hand in what the office is to do, and one payment."""
        engine = empty_warehouse(self._url())
        self.offices = Offices(engine, self.folder / "life", day=date(2024, 4, 8))
        self.offices.set_targets(STREETS)
        load_targets(engine, self.offices.inbox)
        self._lay(LEDGERS[0], {1: 5}, 0)

    def _url(self) -> str:
        self.databases += 1
        return f"sqlite:///{self.folder / f'{self.databases}.db'}"

    @property
    def engine(self) -> Engine:
        """The warehouse as it is now."""
        return self.offices.engine

    def _lay(self, name: str, paid: dict[int, int], wrong: int) -> None:
        project = OFFICES[STREETS][1]
        rows = [f"记-{n},2024-02-0{n},{project},{wan}0000,财政资金" for n, wan in paid.items()]
        rows += [f"记-9{n},昨天,{project},10000,财政资金" for n in range(wrong)]
        self.offices.hand_in(STREETS, name, PAYMENTS, *rows)
        load_register(self.engine, self.offices.inbox, "payment")
        note_departures(self.engine, self.offices.inbox)
        for other, said in self.ledgers.items():  # the last word stands
            if other != name:
                for voucher in said.keys() & paid.keys():
                    said[voucher] = paid[voucher]
        self.ledgers[name], self.wrong[name] = dict(paid), wrong
        self.gone.discard(name)

    @property
    def paid(self) -> int:
        """What must be in force: each voucher once."""
        return sum({n: wan for said in self.ledgers.values() for n, wan in said.items()}.values())

    @rule(
        name=st.sampled_from(LEDGERS),
        paid=st.dictionaries(st.integers(1, 4), st.integers(1, 30), min_size=1, max_size=3),
        wrong=st.integers(0, 1),
    )
    def hand_in(self, name: str, paid: dict[int, int], wrong: int) -> None:
        """Hand a ledger in, or its correction."""
        self._lay(name, paid, wrong)

    @precondition(lambda self: len(self.ledgers) == 2 and not self.gone)
    @rule()
    def take_away(self) -> None:
        """Let a ledger leave the inbox: it counts until somebody confirms."""
        (self.offices.inbox / f"2024/{STREETS}/registers/{LEDGERS[1]}.csv").unlink()
        note_departures(self.engine, self.offices.inbox)
        self.gone.add(LEDGERS[1])

    @precondition(lambda self: bool(self.gone))
    @rule()
    def withdraw(self) -> None:
        """Confirm that what left is withdrawn."""
        path = f"2024/{STREETS}/registers/{LEDGERS[1]}.csv"
        confirm(self.engine, path, withdrawn=True, person="李四")
        self.gone.clear()
        del self.ledgers[LEDGERS[1]]
        del self.wrong[LEDGERS[1]]

    @rule(rounds=st.integers(1, 20))
    def revise(self, rounds: int) -> None:
        """Revise the targets: the money is as it was."""
        self.offices.set_targets(STREETS, rounds)
        load_targets(self.engine, self.offices.inbox)

    @rule()
    def judge(self) -> None:
        """Judge the first checkpoint; judging again adds nothing."""
        self._judge()
        if not self.closed:
            self.judged = self.paid
        before = self._versions()
        self._judge()
        assert self._versions() == before
        judge_all_again(self.engine)
        self._judge()
        assert self._versions() == before

    def _judge(self) -> None:
        compute_measures(self.engine, SPRING)
        evaluate_quarter(self.engine, SPRING, Limits())
        raise_alerts(self.engine, SPRING, self.offices.told, moment=self.offices.moment)

    def _versions(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(snapshot)) or 0

    @precondition(lambda self: self.judged is not None and not self.closed)
    @rule()
    def close(self) -> None:
        """Close the checkpoint: its judgement stays."""
        close_quarter(self.engine, SPRING, actor="张三")
        self.closed = True

    @precondition(lambda self: self.closed)
    @rule()
    def reopen(self) -> None:
        """Open it again; the next judgement counts."""
        reopen_quarter(self.engine, SPRING, actor="张三", reason="补报")
        self.closed = False

    @rule()
    def move(self) -> None:
        """Move to another database by a backup, as an upgrade of the machine does."""
        path = self.folder / f"{self.databases}.zip"
        back_up(self.engine, path)
        newer = empty_warehouse(self._url())
        restore(newer, path)
        self.engine.dispose()
        self.offices.engine = newer
        self.remembered = None  # the log begins anew

    @precondition(lambda self: any(self._open()))
    @rule()
    def answer(self) -> None:
        """Answer an item: it waits no longer."""
        item = next(self._open())
        said = Said(choice="继续执行", category="其他", words="供货商延期交货两个月", person="王某")
        answer(self.engine, self.offices.inbox, item, said, self.offices.moment)
        self.answered.add(item.id)

    def _items(self) -> list[Item]:
        with self.engine.connect() as connection:
            told = self.offices.told.items
            return list(read_items(connection, 2024, self.offices.day, told))

    def _open(self) -> Iterator[Item]:
        return (each for each in self._items() if each.standing.state is State.OPENED)

    @rule()
    def erase(self) -> None:
        """Erase people's data of the year: no figure changes."""
        with write_transaction(
            self.engine, Deed(What.ERASED, "2025年度以前", "张三")
        ) as connection:
            erase_before(connection, 2025)

    @rule()
    def remember(self) -> None:
        """Note a moment and what was paid then."""
        self.remembered = datetime.now(UTC), self.paid

    @precondition(lambda self: self.remembered is not None)
    @rule()
    def look_back(self) -> None:
        """What was known then can be read again."""
        assert self.remembered is not None
        moment, paid = self.remembered
        past = as_it_was(self.engine, moment)
        assert _paid(past) == paid
        past.dispose()

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        """Money in force, rows in quarantine, the judgement, and every seal."""
        if not self.databases:
            return
        assert _paid(self.engine) == self.paid
        with self.engine.connect() as connection:
            aside = select(func.count()).where(current(quarantined_row))
            assert connection.scalar(aside) == sum(self.wrong.values())
            judged: Any = connection.execute(_judged()).one_or_none()
        assert (judged is None) == (self.judged is None)
        if judged is not None and self.judged is not None:
            assert judged.paid_fen == self.judged * WAN_FEN
            assert judged.budget_fen == BUDGET_FEN
        states = {each.id: each.standing.state for each in self._items()}
        assert all(states[number] is not State.OPENED for number in self.answered)
        assert verify(self.engine).differences == ()

    def teardown(self) -> None:
        """Leave nothing behind."""
        if self.databases:
            self.engine.dispose()
        self._folder.cleanup()


def _paid(engine: Engine) -> int:
    """Sum what is in force, in 万元."""
    with engine.connect() as connection:
        fen = connection.scalar(select(func.sum(PAYMENT.c.amount_fen)).where(current(PAYMENT)))
    return int(fen or 0) // WAN_FEN


def _judged() -> Any:
    newest = latest_snapshots("monitoring").subquery("newest")
    return select(spending_result).join(newest, newest.c.id == spending_result.c.snapshot_id)


def test_whatever_happens_in_a_year_what_must_stand_stands() -> None:
    run_state_machine_as_test(
        AYear,
        settings=settings(
            max_examples=YEARS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=YEARS <= 2,  # the suite plays the same years each time
        ),
    )
