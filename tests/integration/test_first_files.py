"""What departments' first files say comes in at once, as each by itself would leave it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.departures import _tables_of
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.file_kinds import BUDGET, DOCUMENTS, PLAN
from perf_pipeline.warehouse.loading import load_inbox, load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import metadata, quarantined_row, source_file
from perf_pipeline.warehouse.turn import Turn, Version
from tests.benchmarks.made_city import make_city
from tests.conftest import postgresql_database
from tests.kept import empty_warehouse, sealed_warehouse

OWN = {"salt", "loaded_at", "happened_at", "run", "digest", "previous", "content", "marks", "stood"}


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    """An empty warehouse, whose seals all hold in the end."""
    with sealed_warehouse(warehouse_url) as made:
        yield made


@pytest.fixture
def second(warehouse_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another such warehouse."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'second.db'}"
        if not warehouse_url.startswith("sqlite"):
            server = request.getfixturevalue("postgresql_uri")
            url = stack.enter_context(postgresql_database(server, made=False))
        made = empty_warehouse(url)
        yield made
        made.dispose()


def rows(engine: Engine) -> dict[str, list[str]]:
    """Return the rows of all tables in their order, but for moments and what is drawn by lot."""
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [each for each in table.c if each.name not in OWN]
            told = connection.execute(select(*columns).order_by(table.c.id))
            found[table.name] = [repr(each) for each in told]
    return found


def hand_in_oddly(inbox: Path) -> None:
    """Add to a city's files others of the same departments, and rows that are put aside."""
    ledgers = sorted(inbox.rglob("registers/支付台账*.csv"))
    for nth, path in enumerate(ledgers):
        head, *lines = path.read_text("utf-8").splitlines()
        if nth % 3 == 1:  # all files of a department name a month
            lines = [re.sub(r"2024-\d\d-", "2024-01-", line) for line in lines]
            path = path.rename(path.with_name("支付台账1月.csv"))
        again = path.with_name(
            ("支付台账-补报.csv", "支付台账2月.csv", "支付台账（二）.csv")[nth % 3]
        )
        more = "\n".join([head, *lines[:3], "乱写" + lines[3][1:]])
        if nth % 3 == 1:  # its numbers begin again
            more = re.sub(r"2024-\d\d-", "2024-02-", more)
        again.write_text(more, "utf-8")
        if nth % 2:
            path.write_text("\n".join([head, *lines, lines[0], "，" * head.count(",")]), "utf-8")
    documents = sorted(inbox.rglob("targets/*"))
    documents[1].with_stem(f"{documents[1].stem}-又一份").write_bytes(documents[1].read_bytes())
    documents[2].write_bytes(documents[2].read_bytes()[:500])


def test_files_that_wait_leave_what_each_by_itself_leaves(
    engine: Engine, second: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    make_city(inbox, 6, payments=8, cases=4, indicators=2)
    hand_in_oddly(inbox)
    waited, wait = list[Version](), Turn.wait

    def note(turn: Turn, version: Version) -> None:
        waited.append(version)
        wait(turn, version)

    with monkeypatch.context() as patched:
        patched.setattr(Turn, "is_first", lambda *_: False)
        by_itself: list[FileOutcome] = load_inbox(engine, inbox)
    alone = rows(engine)
    monkeypatch.setattr(Turn, "wait", note)
    assert load_inbox(second, inbox) == by_itself
    assert rows(second) == alone
    assert len(waited) > len(by_itself) // 2
    assert alone["quarantined_row"]


def test_a_department_more_costs_no_statement(
    engine: Engine, second: Engine, tmp_path: Path
) -> None:
    counted: dict[Engine, int] = {}
    for warehouse, departments in ((engine, 3), (second, 9)):
        inbox, statements = tmp_path / str(departments), list[object]()
        make_city(inbox, departments, payments=5, cases=3, indicators=1)
        note = partial(_note, statements)
        event.listen(warehouse, "before_cursor_execute", note)
        load_register(warehouse, inbox, "petition_case")
        event.remove(warehouse, "before_cursor_execute", note)
        counted[warehouse] = len(statements)
    # SQLite numbers new departments and versions one by one
    one_by_one = 2 * (9 - 3) if engine.dialect.name == "sqlite" else 0
    assert counted[second] == counted[engine] + one_by_one


def _note(to: list[object], *told: object) -> None:
    to.append(told)


def test_a_file_meets_what_another_of_its_transaction_wrote_at_once(
    engine: Engine, tmp_path: Path
) -> None:
    make_city(tmp_path, 1, payments=5, cases=3, indicators=1)
    (ledger,) = tmp_path.rglob("registers/支付台账.csv")
    head, line, *_ = ledger.read_text("utf-8").splitlines()
    number, _, rest = line.split(",", 2)
    of_month = ledger.with_name("支付台账-1月.csv")  # it names a month: it does not wait
    of_month.write_text("\n".join([head, f"{number},不详,{rest}"]), "utf-8")
    load_inbox(engine, tmp_path)
    with engine.connect() as connection:
        query = select(source_file.c.path).join(
            quarantined_row, quarantined_row.c.closed_by_id == source_file.c.id
        )
        closed_by = connection.execute(query).scalars().all()
    assert closed_by == [ledger.relative_to(tmp_path).as_posix()]


def test_what_a_database_does_not_take_is_said_of_its_file(engine: Engine, tmp_path: Path) -> None:
    make_city(tmp_path, 4, payments=5, cases=3, indicators=1)
    ledger = sorted(tmp_path.rglob("registers/支付台账*.csv"))[1]
    head, line, *others = ledger.read_text("utf-8").splitlines()
    ledger.write_text("\n".join([head, *others, f"\0乱写{line}"]), "utf-8")
    outcomes = load_register(engine, tmp_path, "payment")
    odd = FAILED if engine.dialect.name == "postgresql" else "loaded"
    assert [each.outcome for each in outcomes] == ["loaded", odd, "loaded", "loaded"]


def test_no_rows_of_a_table_come_by_kinds_of_files_that_are_not_asked_about() -> None:
    kinds = [each.name for each in load_registers()]
    shared = {
        frozenset(pair)
        for pair in combinations((*kinds, *DOCUMENTS), 2)
        if {*_tables_of(pair[0])} & {*_tables_of(pair[1])}
    }
    assert shared == {frozenset((each, "target_document")) for each in (BUDGET, PLAN)}
