"""A load that is killed at any moment leaves nothing of itself, and a rerun makes it whole."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from perf_pipeline.foreign import process
from perf_pipeline.warehouse.complaints import SILENCE, complaint
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import (
    also_in_file,
    quarantined_row,
    register_tables,
    source_file,
)
from perf_pipeline.warehouse.staging import Staging
from tests.chaos.kills import Chaos, post_office
from tests.kept import empty_warehouse
from tests.servers import Relay

pytestmark = pytest.mark.long(35)

CASES = register_tables["mediation_case"]
KILLS = 30  # on each database; `make chaos` kills at every point
ROWS = 120
EVERY = 35  # points of a run, of some 200


def hand_in(inbox: Path, version: int, rows: int = ROWS) -> None:
    """Write two overlapping ledgers, of which each version changes, drops and adds some rows."""
    folder = inbox / "2024" / "bureau" / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(version)
    for name, first in (("上半年", 0), ("全年", rows // 2)):
        lines = ["案件编号,镇（办）,受理日期,结案日期"]
        for n in range(first, first + rows):
            if dice.random() < 0.9:
                town = dice.choice(["甲镇", "乙镇"]) if dice.random() < 0.2 else "甲镇"
                day = "2024-03-05" if dice.random() < 0.98 else "昨天"
                lines.append(f"T{n},{town},{day}")
        (folder / f"人民调解案件台账（{name}）.csv").write_text("\n".join(lines), "utf-8")


def load_and_be_killed(url: str, inbox: Path, after: float) -> bool:
    """Load in a process of its own, killed so many seconds after; return whether it was cut short.

    The process is forked, so that it is loading from its first millisecond.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            load_register(connect(url), inbox, "mediation_case")
            status = 0
        finally:
            os._exit(status)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


def history(engine: Engine) -> list[object]:
    """All that the warehouse keeps of the ledgers, without row numbers and moments."""
    opened, closed = source_file.alias("opened"), source_file.alias("closed")
    rows = (
        select(
            CASES.c.row_key,
            CASES.c.town,
            CASES.c.row_number,
            CASES.c.restored_by_id.is_(None),
            opened.c.path,
            opened.c.version,
            closed.c.path,
            closed.c.version,
        )
        .join(opened, opened.c.id == CASES.c.source_file_id)
        .outerjoin(closed, closed.c.id == CASES.c.closed_by_id)
    )
    facts = [each for each in source_file.c if each.name not in ("id", "loaded_at")]
    bad = select(quarantined_row.c.row_text, quarantined_row.c.closed_by_id.is_(None))
    with engine.connect() as connection:
        return [
            sorted(map(str, connection.execute(query).all()))
            for query in (rows, select(*facts), bad)
        ] + [connection.scalar(select(func.count()).select_from(also_in_file))]


def test_a_load_killed_at_any_moment_and_run_again_is_as_if_never_killed(
    engine: Engine, warehouse_url: str, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    whole = empty_warehouse(f"sqlite:///{tmp_path / 'never_killed.db'}")
    dice = random.Random()
    cut_short = 0
    hand_in(inbox, 0)
    begun = time.perf_counter()
    load_register(engine, inbox, "mediation_case")
    usual = time.perf_counter() - begun
    load_register(whole, inbox, "mediation_case")
    for version in range(1, KILLS + 1):
        hand_in(inbox, version)
        engine.dispose()  # a child must not inherit an open connection
        cut_short += load_and_be_killed(warehouse_url, inbox, dice.uniform(0, usual))
        load_register(engine, inbox, "mediation_case")
        load_register(whole, inbox, "mediation_case")
    assert history(engine) == history(whole)
    assert cut_short > KILLS // 4  # else the kills came too late to try anything
    whole.dispose()


def test_a_run_killed_at_a_point_and_begun_again_loses_and_doubles_nothing(
    warehouse_url: str, tmp_path: Path
) -> None:
    """A few of the points that `make chaos` tries all of."""
    with post_office(tmp_path) as (mailbox, channel):
        chaos = Chaos(warehouse_url, tmp_path, mailbox, channel)
        chaos.try_run("spring", every=EVERY, whole=4)
        chaos.offices.engine.dispose()
    assert chaos.tried.faults == []
    assert len(chaos.tried.kills) >= 5
    assert any(each.again == "the run" for each in chaos.tried.kills)
    assert mailbox.mails


def test_a_database_that_goes_away_mid_load_leaves_nothing_and_a_rerun_loads_all(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = empty_warehouse(postgresql_url)
    hand_in(tmp_path, 0)
    staged = Staging.shared_keys

    def cut_off(self: Staging) -> object:
        pid = self.connection.scalar(text("SELECT pg_backend_pid()"))
        with connect(postgresql_url).connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({pid})"))
        return staged(self)

    monkeypatch.setattr(Staging, "shared_keys", cut_off)
    with pytest.raises(DBAPIError):
        load_register(engine, tmp_path, "mediation_case")
    monkeypatch.undo()
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(source_file)) == 0
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "loaded"]
    engine.dispose()


def test_a_server_that_is_stopped_is_not_waited_for_and_one_that_works_is(
    postgresql_url: str,
) -> None:
    at = make_url(postgresql_url)
    host = str(at.query["host"])
    relay = Relay(f"{host}/.s.PGSQL.{at.query.get('port', at.port or 5432)}")
    at = at.set(host="127.0.0.1", port=relay.port, query={"connect_timeout": "1"})
    engine = connect(at.render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(1.5)"))  # it says nothing, and lives
        relay.stopped.set()
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text("SELECT 1"))
    assert complaint(raised.value) == SILENCE
    relay.stopped.clear()
    engine.dispose()
    with engine.connect():
        pass  # kept in the pool
    relay.stopped.set()  # between two statements
    with pytest.raises(DBAPIError) as raised:
        engine.connect()
    assert complaint(raised.value) == SILENCE
    relay.close()
    engine.dispose()


def test_a_time_of_zero_waits_without_end_and_asks_nobody(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = make_url(postgresql_url).update_query_dict({"connect_timeout": "0"})
    engine = connect(at.render_as_string(hide_password=False))
    with engine.connect() as connection:
        monkeypatch.setattr("perf_pipeline.warehouse.patience.PatientConnection._ask", pytest.fail)
        connection.execute(text("SELECT pg_sleep(0.5)"))
    engine.dispose()


def test_a_file_that_a_starved_machine_did_not_read_in_time_is_read_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    hand_in(tmp_path / "inbox", 0)
    monkeypatch.setattr(process, "_PATIENCE", 1e-3)
    monkeypatch.setattr(process._Worker, "ask", lambda *_: None)  # it gets no processor
    outcomes = load_register(engine, tmp_path / "inbox", "mediation_case")
    assert [each.outcome for each in outcomes] == ["failed", "failed"]
    assert "不是文件的错" in (outcomes[0].reason or "")
    monkeypatch.undo()
    outcomes = load_register(engine, tmp_path / "inbox", "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "loaded"]
    engine.dispose()


def test_a_full_disk_leaves_nothing_and_a_rerun_loads_all(tmp_path: Path) -> None:
    """SQLite says that the disk is full when its file may not grow."""
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    inbox = tmp_path / "inbox"
    hand_in(inbox, 0, rows=3_000)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DBAPIError, match="full"):
        load_register(engine, inbox, "mediation_case")
    engine.dispose()  # a new connection has the whole disk again
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(source_file)) == 0
    outcomes = load_register(engine, inbox, "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "loaded"]
    engine.dispose()
