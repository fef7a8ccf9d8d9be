"""Files of a department whose folder lies as it lay are not opened; whatever changes is found."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.warehouse import standing
from perf_pipeline.warehouse.changed import judge_all_again
from perf_pipeline.warehouse.departures import note_departures
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.inbox import InboxFile, Listed, Looked
from perf_pipeline.warehouse.loading import load_inbox
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import department
from tests.benchmarks.made_city import hand_in_late, make_city

LEDGER, MAPPED = "registers/支付台账.csv", "registers/指标与度量对照表.csv"
UNMATCHED = "registers/会议纪要.txt"


@dataclass
class Place:
    """An inbox of two departments and its warehouse; `opened` are files opened since last asked."""

    folder: Path
    engine: Engine
    opened: list[str] = field(default_factory=list)

    @property
    def first(self) -> Path:
        return self.folder / "inbox/2024/d00000"

    def load(self, **names: str) -> list[FileOutcome]:
        """Take everything in; `opened` tells by then which files were opened for it."""
        self.opened.clear()
        listed = Listed(self.folder / "inbox")
        note_departures(self.engine, listed)
        return load_inbox(self.engine, listed, names)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return an inbox that stands: taken in, and found again."""
    make_city(tmp_path / "inbox", 2, payments=5, cases=3, indicators=2)
    found = Place(tmp_path, open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}"))
    (found.first / UNMATCHED).write_text("记", "utf-8")
    look = InboxFile.look

    def noted(file: InboxFile) -> Looked:
        found.opened.append(file.relative)
        return look(file)

    monkeypatch.setattr(InboxFile, "look", noted)
    monkeypatch.setattr(standing, "CALM", 0)
    found.load()
    found.load()
    return found


def _outcomes(done: list[FileOutcome]) -> dict[str, str]:
    return {each.path.removeprefix("2024/d00000/"): each.outcome for each in done}


def test_what_stands_is_told_as_if_it_had_been_opened(place: Place) -> None:
    told = place.load()
    assert not place.opened
    judge_all_again(place.engine)
    assert place.load() == told
    assert len(place.opened) == len(told) == 13
    assert _outcomes(told)[UNMATCHED] == "refused"
    assert sum(each.outcome == "unchanged" and each.rows_read > 0 for each in told) == 12


def test_only_the_department_with_something_new_is_opened(place: Place) -> None:
    late = hand_in_late(place.folder / "inbox", 1)
    done = place.load()
    assert [each.path for each in done if each.outcome == "loaded"] == [
        late.relative_to(place.folder / "inbox").as_posix()
    ]
    assert {each.split("/")[1] for each in place.opened} == {"d00001"}
    place.load()
    place.load()
    assert not place.opened


def _same_size_and_time(place: Place) -> None:
    path = place.first / LEDGER
    before = path.stat()
    path.write_bytes(path.read_bytes().replace("模拟用途".encode(), "模拟用处".encode(), 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def _put_in_its_place(place: Place) -> None:
    path = place.first / LEDGER
    other = place.folder / "other.csv"
    other.write_bytes(path.read_bytes().replace("模拟用途".encode(), "模拟用处".encode(), 1))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    os.replace(other, path)


def _through_a_link(place: Place) -> None:
    path = place.first / LEDGER
    kept = place.first / "kept.csv"
    os.replace(path, kept)
    path.symlink_to(kept)
    place.load()
    place.load()
    place.load()
    assert not place.opened
    kept.write_bytes(kept.read_bytes().replace("模拟用途".encode(), "模拟用处".encode(), 1))


@pytest.mark.parametrize("change", [_same_size_and_time, _put_in_its_place, _through_a_link])
def test_other_content_is_found_however_it_came(
    place: Place, change: Callable[[Place], None]
) -> None:
    change(place)
    assert _outcomes(place.load())[LEDGER] == "loaded"
    _nothing_was_left_out(place)


def _nothing_was_left_out(place: Place) -> None:
    judge_all_again(place.engine)
    assert {each.outcome for each in place.load()} == {"unchanged", "refused"}
    assert len(place.opened) >= 12


def test_files_are_opened_again_by_other_code_and_another_name(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _outcomes(place.load(d00000="第1区第1局"))["targets/2024年部门整体绩效目标.xlsx"] == (
        "loaded"
    )
    assert {each.split("/")[1] for each in place.opened} == {"d00000"}
    place.load(d00000="第1区第1局")
    place.load(d00000="第1区第1局")
    assert not place.opened
    monkeypatch.setattr(standing, "code_digest", lambda: "another")
    place.load(d00000="第1区第1局")
    assert len(place.opened) == 13


def test_a_file_that_is_gone_and_back_is_told(place: Place) -> None:
    away = place.folder / "away.csv"
    os.replace(place.first / MAPPED, away)
    assert MAPPED not in _outcomes(place.load())
    os.replace(away, place.first / MAPPED)
    assert _outcomes(place.load())[MAPPED] == "unchanged"
    _nothing_was_left_out(place)


@pytest.mark.parametrize("stood_then", [True, False], ids=["noted", "not noted"])
def test_a_warehouse_put_back_reads_what_came_since(place: Place, stood_then: bool) -> None:
    if not stood_then:
        judge_all_again(place.engine)
    place.engine.dispose()
    shutil.copy(place.folder / "warehouse.db", place.folder / "backup.db")
    _same_size_and_time(place)
    late = hand_in_late(place.folder / "inbox", 1)
    for _ in range(3):
        place.load()
    assert not place.opened
    place.engine.dispose()
    for leaving in place.folder.glob("warehouse.db*"):
        leaving.unlink()
    shutil.copy(place.folder / "backup.db", place.folder / "warehouse.db")
    done = place.load()
    assert _outcomes(done)[LEDGER] == "loaded"
    assert [each.outcome for each in done if each.path.endswith(late.name)] == ["loaded"]
    _nothing_was_left_out(place)


def test_an_inbox_put_back_from_a_backup_is_opened_and_found_the_same(place: Place) -> None:
    shutil.copytree(place.folder / "inbox", place.folder / "copy")
    shutil.rmtree(place.folder / "inbox")
    shutil.copytree(place.folder / "copy", place.folder / "inbox", copy_function=shutil.copy2)
    assert {each.outcome for each in place.load()} == {"unchanged", "refused"}
    assert len(place.opened) == 13
    place.load()
    assert not place.opened


def test_what_was_just_written_or_is_dated_ahead_is_not_trusted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_all_again(place.engine)
    monkeypatch.setattr(standing, "CALM", 3600 * 10**9)
    for _ in range(2):
        place.load()
        assert len(place.opened) == 13
    monkeypatch.setattr(standing, "CALM", 0)
    ahead = time.time_ns() + 10**12
    os.utime(place.first / LEDGER, ns=(ahead, ahead))
    for _ in range(2):
        place.load()
        assert LEDGER in {each.removeprefix("2024/d00000/") for each in place.opened}
    assert {each.split("/")[1] for each in place.opened} == {"d00000"}


def test_a_long_run_trusts_nothing_that_was_written_as_it_began(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "CALM", 10**8)
    os.utime(place.first / LEDGER)
    noting = standing.note_folders

    def later(engine: Engine, listed: Listed) -> None:
        time.sleep(0.15)
        noting(engine, listed)

    with monkeypatch.context() as patched:
        patched.setattr("perf_pipeline.warehouse.loading.note_folders", later)
        place.load()
    place.load()
    assert LEDGER in {each.removeprefix("2024/d00000/") for each in place.opened}
    place.load()
    assert not place.opened


def test_what_cannot_be_opened_is_looked_at_each_time(place: Place) -> None:
    (place.first / "registers/支付台账-夹.csv").mkdir()
    for _ in range(3):
        assert _outcomes(place.load())["registers/支付台账-夹.csv"] == "refused"
        assert {each.split("/")[1] for each in place.opened} == {"d00000"}


def test_a_run_cut_short_notes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    _same_size_and_time(place)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("perf_pipeline.warehouse.loading.note_folders", killed)
        with pytest.raises(KeyboardInterrupt):
            place.load()
    _nothing_was_left_out(place)
    with place.engine.connect() as connection:
        assert all(connection.scalars(select(department.c.stood)))


def test_what_another_run_took_in_meanwhile_is_not_noted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_all_again(place.engine)
    noting = standing.note_folders

    def after_another(engine: Engine, listed: Listed) -> None:
        monkeypatch.setattr("perf_pipeline.warehouse.loading.note_folders", noting)
        hand_in_late(place.folder / "inbox", 0)
        load_inbox(engine, place.folder / "inbox")
        noting(engine, listed)

    monkeypatch.setattr("perf_pipeline.warehouse.loading.note_folders", after_another)
    place.load()
    with place.engine.connect() as connection:
        stood = dict(connection.execute(select(department.c.code, department.c.stood)).all())
    assert stood["d00000"] is None
    assert stood["d00001"] is not None
