"""Small files share a transaction; what one of them is wrong in is nobody else's."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Semaphore
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from perf_pipeline.foreign import process
from perf_pipeline.foreign.process import call
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse import inbox, intake, loading
from perf_pipeline.warehouse import opened as opening
from perf_pipeline.warehouse.engine import connect, one_moment, write_transaction, writing
from perf_pipeline.warehouse.history import SourcedRow, merge_rows
from perf_pipeline.warehouse.inbox import InboxFile, Looked
from perf_pipeline.warehouse.loading import load_inbox, load_register
from perf_pipeline.warehouse.opened import Opened
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import PlanEntry, stage_plans
from perf_pipeline.warehouse.schema import (
    act,
    project,
    quarantined_row,
    register_tables,
    seal,
    source_file,
)
from perf_pipeline.warehouse.seals.verify import verify
from perf_pipeline.warehouse.staged_file import Staged
from perf_pipeline.warehouse.targets import load_targets
from perf_pipeline.warehouse.turn import Turn
from tests.benchmarks.made_city import make_city
from tests.kept import empty_warehouse, sealed_warehouse
from tests.one_project import a_file

CASE = register_tables["mediation_case"]


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    """An empty warehouse, whose seals all hold in the end."""
    with sealed_warehouse(warehouse_url) as made:
        yield made


def hand_in(inbox: Path, name: str, *numbers: str, header: bool = True) -> None:
    folder = inbox / "2024/bureau/registers"
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["案件编号,镇（办）,受理日期,结案日期" if header else "甲,乙,丙,丁"]
    lines += [f"{each},甲镇,2024-03-05," for each in numbers]
    (folder / f"人民调解案件台账（{name}）.csv").write_text("\n".join(lines), "utf-8")


def acts(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(act)) or 0


def cases(engine: Engine) -> dict[str, str]:
    """Each current case, and the file that it stands in."""
    rows = select(CASE.c.row_key, source_file.c.path).join(
        source_file, source_file.c.id == CASE.c.source_file_id
    )
    with engine.connect() as connection:
        found = connection.execute(rows.where(CASE.c.closed_by_id.is_(None))).all()
    return {row.row_key: row.path.rpartition("（")[2][0] for row in found}


def test_small_files_are_one_act_and_each_has_its_seal(engine: Engine, tmp_path: Path) -> None:
    for name, numbers in {"甲": "123", "乙": "34", "丙": "45"}.items():
        hand_in(tmp_path, name, *numbers)
    before = acts(engine)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert {each.outcome for each in outcomes} == {"loaded"}
    assert acts(engine) == before + 1
    # in the order of their names: 丙, 乙, 甲; a case that two files have stands where it came first
    assert cases(engine) == {"4": "丙", "5": "丙", "3": "乙", "1": "甲", "2": "甲"}
    with engine.connect() as connection:
        sealed = select(func.count(seal.c.about_id.distinct())).where(
            seal.c.table_name == CASE.name, seal.c.kind == "rows"
        )
        assert connection.scalar(sealed) == 3
    assert not verify(engine).differences
    again = acts(engine)
    hand_in(tmp_path, "乙", "3")  # corrected: what 丙 still has of the rest stays
    load_register(engine, tmp_path, "mediation_case")
    assert acts(engine) == again + 1
    assert cases(engine) == {"4": "丙", "5": "丙", "3": "乙", "1": "甲", "2": "甲"}


def test_documents_are_one_act_and_what_one_of_them_teaches_is_known_of_the_next(
    engine: Engine, tmp_path: Path
) -> None:
    make_city(tmp_path, 4, payments=1, cases=1)
    load_targets(engine, tmp_path)
    documents = sorted(tmp_path.glob("2024/*/targets/*.xlsx"))
    before = acts(engine)
    extra = [each.with_name("另一份.xlsx") for each in documents]
    for nth, whose in enumerate((0, 1, 1, 3)):  # the third is another department's
        shutil.copy(documents[whose], extra[nth])
    outcomes = {each.path: each.outcome for each in load_targets(engine, tmp_path)}
    again = [outcomes[f"{each.relative_to(tmp_path)}"] for each in extra]
    assert again == ["loaded", "loaded", "refused", "loaded"]
    assert acts(engine) == before + 3  # those before it, it, the one after it


def test_files_are_read_while_others_are_written(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TOGETHER", 1)
    for name in "甲乙丙":
        hand_in(tmp_path, name, name)
    opened, seen, record = Semaphore(0), list[bool](), Turn.record
    look = InboxFile.look

    def looked(file: InboxFile) -> Looked:
        found = look(file)
        opened.release()
        return found

    def written(*told: Any) -> Any:
        if not seen:  # waits until another was looked at, while the first is written
            seen.append(opened.acquire(timeout=30) and opened.acquire(timeout=30))
        return record(*told)

    monkeypatch.setattr(InboxFile, "look", looked)
    monkeypatch.setattr(Turn, "record", written)
    monkeypatch.setattr(opening, "AHEAD", 2)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert {each.outcome for each in outcomes} == {"loaded"}
    assert seen[0]  # the second was looked at before the first was written


def test_files_of_a_register_are_read_while_those_of_another_are_written(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(tmp_path, "甲", "1")
    later = tmp_path / f"2024/bureau/registers/{register('publicity_activity').label}.csv"
    later.write_text("甲,乙\n1,2", "utf-8")
    looked, look, record = Semaphore(0), InboxFile.look, Turn.record
    seen = list[bool]()

    def look_and_tell(file: InboxFile) -> Looked:
        if file.path == later:
            looked.release()
        return look(file)

    def written(*told: Any) -> Any:
        if not seen:
            seen.append(looked.acquire(timeout=30))
        return record(*told)

    monkeypatch.setattr(intake, "TOGETHER", 1)
    monkeypatch.setattr(InboxFile, "look", look_and_tell)
    monkeypatch.setattr(Turn, "record", written)
    outcomes = load_inbox(engine, tmp_path)
    assert [each.outcome for each in outcomes] == ["loaded", "refused"]
    assert seen == [True]


def test_writing_begins_with_few_files(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FIRST", 1)
    monkeypatch.setattr(intake, "TOGETHER", 3)
    for name in "甲乙丙丁戊己庚":
        hand_in(tmp_path, name, name)
    before = acts(engine)
    load_register(engine, tmp_path, "mediation_case")
    assert acts(engine) == before + 4  # one, two, three, the last
    assert len(cases(engine)) == 7


@pytest.mark.parametrize("small", [2**16, 8])
def test_few_processes_wait_with_what_is_left_of_files(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(loading, "MOST_AT_ONCE", 3)
    for module in (inbox, opening):
        monkeypatch.setattr(module, "SMALL", small)
    for name in "甲乙丙丁戊己庚辛":
        hand_in(tmp_path, name, *(f"{name}{nth}" for nth in range(4)))
    taken, waiting = list[Any](), list[int]()
    take, record = process._pool.take, Turn.record

    def written(*told: Any) -> Any:
        sleep(0.3)  # others are read meanwhile
        under_way = [each for each in taken if each._pid and each not in process._pool._idle]
        waiting.append(len({id(each) for each in under_way}))
        return record(*told)

    def took() -> Any:
        taken.append(take())
        return taken[-1]

    monkeypatch.setattr(process._pool, "take", took)
    monkeypatch.setattr(Turn, "record", written)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.rows_loaded for each in outcomes] == [4] * 8
    assert max(waiting) <= opening.READERS + 1  # the one that is written


def test_a_file_that_cannot_be_read_leaves_those_around_it(engine: Engine, tmp_path: Path) -> None:
    hand_in(tmp_path, "甲", "1")
    hand_in(tmp_path, "乙", "2", header=False)
    hand_in(tmp_path, "丙", "3", "3")
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "refused", "loaded"]
    assert cases(engine) == {"1": "甲", "3": "丙"}


def test_what_nobody_foresaw_in_one_file_stops_it_alone(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, numbers in {"甲": "12", "乙": "345", "丙": "67"}.items():
        hand_in(tmp_path, name, *numbers)

    def fail_at_three(staged: Staged, entries: list[PlanEntry], file: InboxFile) -> None:
        assert staged.read != 3, "unforeseen"
        stage_plans(staged, entries, file)

    monkeypatch.setattr(loading, "stage_plans", fail_at_three)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "failed", "loaded"]
    assert sorted(cases(engine)) == ["1", "2", "6", "7"]
    monkeypatch.undo()
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.outcome for each in outcomes] == ["unchanged", "loaded", "unchanged"]
    assert sorted(cases(engine)) == ["1", "2", "3", "4", "5", "6", "7"]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(quarantined_row)) == 0


def test_a_file_replaced_before_its_group_is_written_is_read_as_it_stands(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(tmp_path, "甲", "1")
    hand_in(tmp_path, "乙", "2", "2")

    def late(engine: Engine, opened: list[Opened]) -> list[FileOutcome]:
        hand_in(tmp_path, "乙", "8", "9", "9", "7", "6", "5")
        return together(engine, opened)

    together = intake._together
    monkeypatch.setattr(intake, "_together", late)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.outcome for each in outcomes] == ["loaded", "loaded"]
    assert sorted(cases(engine)) == ["1", "5", "6", "7", "8", "9"]
    with engine.connect() as connection:
        (text,) = connection.scalars(select(quarantined_row.c.row_text))
    assert '"9"' in text


def test_a_small_file_of_many_rows_is_not_kept_in_memory(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "MOST_AT_ONCE", 3)
    hand_in(tmp_path, "甲", *"1234")
    hand_in(tmp_path, "乙", *"567")
    hand_in(tmp_path, "丙", "8")
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert [each.rows_loaded for each in outcomes] == [1, 3, 4]
    assert acts(engine) == 3  # the first, of the two small ones, of the other


@pytest.fixture
def read_again(
    engine: Engine, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Have somebody else write whenever a file is read again; gives the files, in their order."""
    other, files = connect(warehouse_url), list[str]()
    at_once = "PRAGMA busy_timeout = 0"
    if engine.dialect.name == "postgresql":
        at_once = "SET lock_timeout = '1s'"

    def beside(path: Path, *asked: Any) -> Any:
        with other.connect() as connection:
            connection.exec_driver_sql(at_once)
            connection.commit()
            with writing(connection):  # fails where the write lock is held
                files.append(path.stem.rpartition("（")[2][0])
        return call(path, *asked)

    monkeypatch.setattr("perf_pipeline.registers.batches.call", beside)
    yield files
    other.dispose()


def test_a_file_that_is_read_again_holds_up_nobody_who_writes(
    engine: Engine, tmp_path: Path, read_again: list[str]
) -> None:
    for name, numbers in {"丁": "566", "丙": "12", "乙": "334", "甲": "78"}.items():
        hand_in(tmp_path, name, *numbers)
    outcomes = load_register(engine, tmp_path, "mediation_case")
    assert {each.outcome for each in outcomes} == {"loaded"}
    assert [each.rows_quarantined for each in outcomes] == [1, 0, 1, 0]
    assert read_again == ["丁", "乙"]
    assert cases(engine) == dict(zip("56123478", "丁丁丙丙乙乙甲甲", strict=True))


def test_another_payment_of_a_number_is_read_again_and_holds_up_nobody(
    engine: Engine, tmp_path: Path, read_again: list[str]
) -> None:
    with write_transaction(engine) as connection:
        document = a_file(connection, "target_document", "2024/bureau/targets/目标.docx")
        rows = [SourcedRow(each, None, 1, {"name": each, "ordinal": 1}) for each in ("子", "丑")]
        merge_rows(connection, project, file_id=document, rows=rows)
    folder = tmp_path / "2024/bureau/registers"
    folder.mkdir(parents=True)
    head, day, source = "凭证号,支付日期,项目名称,支付金额（元）,资金来源", "2024-03-05", "财政资金"
    for name, lines in {
        "丙": ("1,丑,2", "2,丑,3", "2,丑,4"),
        "乙": ("1,子,1",),
        "甲": ("1,丑,2",),
    }.items():
        told = [f"{each[0]},{day},{each[2:]},{source}" for each in lines]
        (folder / f"支付台账（{name}）.csv").write_text("\n".join([head, *told]), "utf-8")
    outcomes = load_register(engine, tmp_path, "payment")
    assert [each.rows_quarantined for each in outcomes] == [0, 1, 0]  # 丙, 乙, 甲
    assert sum("各有几行" in each for each in outcomes[0].notices) == 1  # though written again
    assert read_again == ["乙"]


def test_a_load_and_who_reads_meanwhile_wait_for_neither(
    engine: Engine, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=5s")  # of connections that are made from here
    loading_by, reading_by, seen = connect(warehouse_url), connect(warehouse_url), list[int]()
    for name, numbers in {"甲": "12", "乙": "33", "丙": "4"}.items():
        hand_in(tmp_path, name, *numbers)
    count, write = select(func.count()).select_from(CASE), Turn.write

    def read_meanwhile(turn: Turn) -> None:
        write(turn)
        with reading_by.connect() as connection:
            seen.append(connection.scalar(count) or 0)

    monkeypatch.setattr(Turn, "write", read_meanwhile)
    with one_moment(reading_by) as connection:  # which began to read before
        assert connection.scalar(count) == 0
        outcomes = load_register(loading_by, tmp_path, "mediation_case")
        assert connection.scalar(count) == 0
    assert [each.outcome for each in outcomes] == ["loaded"] * 3
    assert set(seen) == {0, 1, 2}  # 丙, 乙, 甲 by turns: each of those that were written before
    assert len(cases(engine)) == 4
    for each in (loading_by, reading_by):
        each.dispose()


def test_a_connection_lost_in_a_transaction_is_told_as_such(postgresql_url: str) -> None:
    engine = empty_warehouse(postgresql_url)
    with pytest.raises(OperationalError):
        write_and_lose(engine)
    engine.dispose()


def write_and_lose(engine: Engine) -> None:
    """Begin to write, and let somebody else end the connection."""
    with write_transaction(engine) as connection, engine.connect() as other:
        pid = connection.scalar(select(func.pg_backend_pid()))
        other.execute(select(func.pg_terminate_backend(pid)))
        connection.execute(select(1))
