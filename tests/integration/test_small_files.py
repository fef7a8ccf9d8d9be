"""Small files share a transaction; what one of them is wrong in is nobody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from perf_pipeline.warehouse import intake, loading
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import PlanEntry, stage_plans
from perf_pipeline.warehouse.schema import act, quarantined_row, register_tables, seal, source_file
from perf_pipeline.warehouse.seals.verify import verify
from perf_pipeline.warehouse.staged_file import Staged
from tests.kept import empty_warehouse

CASE = register_tables["mediation_case"]


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    """An empty warehouse, whose seals all hold in the end."""
    made = empty_warehouse(warehouse_url)
    yield made
    assert not verify(made).differences
    made.dispose()


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

    def late(engine: Engine, opened: list[intake._Opened]) -> list[FileOutcome]:
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
