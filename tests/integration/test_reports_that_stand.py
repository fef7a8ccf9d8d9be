"""Reports that nothing touched are not looked into; whatever is done to them is found and mended.

Two folders are written beside each other, and the same is done to both by hand: one where it is
seen by how a set's folder, note and page lie whether it stands, one where every note is read.
"""

import random
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.reports import kept, made_from
from perf_pipeline.reports.files import year_page
from perf_pipeline.reports.kept import NOTES
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.schema import department
from tests.benchmarks.bench_city import QUARTERS, judge
from tests.benchmarks.made_city import code, hand_in_late, make_city
from tests.year import load_everything

SOME = QUARTERS[-2:]
DEPARTMENTS = 3
SETS = [f"{code(nth)}/{of}" for nth in range(DEPARTMENTS) for of in (SOME[0].name, "2024")]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe how a set lies without waiting for a minute in which nobody touches it."""
    monkeypatch.setattr(made_from, "CALM", 0)


def _write(engine: Engine, out: Path) -> set[str]:
    """Write what a run writes; return which files it wrote."""
    written = [
        path
        for at in SOME
        for r in write_quarter(engine, at, out, look_first=True)
        for path in r.written
    ]
    site = write_site(engine, SOME, out, look_first=True)
    assert site is not None
    return {path.relative_to(out).as_posix() for path in (*written, *site.written)}


def _city(folder: Path) -> Engine:
    make_city(folder / "inbox", DEPARTMENTS, payments=20, cases=10, indicators=3)
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    load_everything(engine, folder / "inbox")
    judge(engine, SOME)
    return engine


def _shown(out: Path) -> dict[str, bytes]:
    """Return the files that people see, by name; forms and Word reports by name alone."""
    files = [each for each in out.rglob("*") if each.is_file() and not each.name.startswith(".")]
    return {
        each.relative_to(out).as_posix(): each.read_bytes() if each.suffix == ".html" else b""
        for each in files
    }


def _remove(folder: Path, chance: random.Random) -> None:
    """Take away a file that people fill in, where there is one."""
    shown = [each for each in folder.iterdir() if each.name[0] != "."]
    filled = [each for each in shown if each.suffix != ".html"]
    chance.choice(sorted(filled or shown)).unlink()


def _alter(folder: Path, chance: random.Random) -> None:
    [page] = folder.glob("*.html")
    page.write_bytes(page.read_bytes()[::-1])  # as long as it was


def _fill_in(folder: Path, chance: random.Random) -> None:
    [page] = folder.glob("*.html")
    page.with_name("旁边的.txt").write_text("放进来的", "utf-8")


def _alter_note(folder: Path, chance: random.Random) -> None:
    path = folder / NOTES
    path.write_text(path.read_text("utf-8").replace('"seen": "', '"seen": "0'), "utf-8")


def _lose_note(folder: Path, chance: random.Random) -> None:
    (folder / NOTES).unlink()


def _put_back(folder: Path, chance: random.Random) -> None:
    """Put a copy of what is there in its place."""
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)


def _put_back_as_it_was(folder: Path, chance: random.Random) -> None:
    """Put back from the backup that was made in the beginning."""
    shutil.rmtree(folder)
    below = folder.relative_to(folder.parents[1])
    shutil.copytree(folder.parents[2] / f"{folder.parents[1].name}-backup" / below, folder)


def _lose(folder: Path, chance: random.Random) -> None:
    shutil.rmtree(folder)


def _exchange(folder: Path, chance: random.Random) -> None:
    """Put another department's files in its place, and its own into the other's."""
    mine = folder.parent
    other = next(each for each in sorted(mine.parent.glob("d*")) if each != mine)
    aside = mine.with_name("aside")
    for one, place in ((mine, aside), (other, mine), (aside, other)):
        one.rename(place)


WAYS: tuple[Callable[[Path, random.Random], None], ...] = (
    *(_remove, _alter, _fill_in, _alter_note, _lose_note),
    *(_put_back, _put_back_as_it_was, _lose, _exchange),
)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_to_files_is_mended_as_where_every_note_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    engine, chance = _city(tmp_path), random.Random(seed)
    outs = tmp_path / "by-lie", tmp_path / "by-note"
    lies = made_from.how_it_lies

    def both() -> None:
        wrote = []
        for out in outs:
            by = lies if out is outs[0] else lambda *_: None
            monkeypatch.setattr(made_from, "how_it_lies", by)
            wrote.append(_write(engine, out))
        assert wrote[0] == wrote[1]
        assert _shown(outs[0]) == _shown(outs[1])

    both()
    for out in outs:
        shutil.copytree(out, out.with_name(f"{out.name}-backup"))
    late = iter(range(DEPARTMENTS))
    for nth, way in enumerate([*WAYS, *chance.choices(WAYS, k=4)]):
        both()  # so that all stand
        time.sleep(0.02)  # a disk tells moments a few thousandths of a second apart
        where = SETS[nth] if nth < len(SETS) else chance.choice(SETS)
        for out in outs:
            way(out / where, random.Random(nth))
        if nth % 4 == 2:
            hand_in_late(tmp_path / "inbox", next(late))
            load_everything(engine, tmp_path / "inbox")
            judge(engine, SOME)
        both()
    fresh = tmp_path / "fresh"
    _write(engine, fresh)
    pages = {name: page for name, page in _shown(fresh).items() if page}
    assert {name: page for name, page in _shown(outs[0]).items() if page} == pages
    engine.dispose()


def test_no_note_of_a_department_is_read_where_all_lies_as_it_lay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, out = _city(tmp_path), tmp_path / "out"
    _write(engine, out)
    _write(engine, out)
    monkeypatch.setattr(made_from, "intact", lambda *_: pytest.fail("was looked into"))
    assert not _write(engine, out)
    [one] = [
        each
        for each in write_quarter(engine, SOME[0], out, look_first=True)
        if each.department == code(0)
    ]
    assert one.version == 1
    assert all((one.folder / name).is_file() for name in one.files)
    engine.dispose()


def test_what_is_noted_already_is_left_as_it_lies(tmp_path: Path) -> None:
    engine, out = _city(tmp_path), tmp_path / "out"
    for _ in range(2):
        _write(engine, out)
    lie = {path: path.stat() for path in out.rglob(".*.json")}
    assert len([path for path in lie if path.parent == out]) == len(SOME) + 2  # the year's, a list
    assert not _write(engine, out)
    assert {path: path.stat() for path in out.rglob(".*.json")} == lie
    engine.dispose()


def test_the_list_is_told_without_a_look_into_notes_until_a_line_of_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, out = _city(tmp_path), tmp_path / "out"
    for _ in range(2):
        _write(engine, out)
    read: list[Path] = []

    def told_with(folder: Path, name: str) -> Mapping[str, Any]:
        read.append(folder)
        return kept.told_with(folder, name)

    monkeypatch.setattr("perf_pipeline.reports.site.write.told_with", told_with)
    index = year_page(2024)
    hand_in_late(tmp_path / "inbox", 0)
    load_everything(engine, tmp_path / "inbox")
    judge(engine, SOME)
    assert index not in _write(engine, out)
    assert not read
    ledger = tmp_path / "inbox/2024" / code(1) / "registers/支付台账.csv"
    ledger.write_text("".join(ledger.read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8")
    load_everything(engine, tmp_path / "inbox")
    judge(engine, SOME)
    assert index in _write(engine, out)
    assert read
    engine.dispose()


def test_what_was_touched_a_moment_ago_is_looked_into_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, out = _city(tmp_path), tmp_path / "out"
    monkeypatch.setattr(made_from, "CALM", 60 * 10**9)
    for _ in range(2):
        _write(engine, out)
    monkeypatch.setattr(made_from, "intact", lambda *_: pytest.fail("was looked into"))
    with pytest.raises(pytest.fail.Exception):
        _write(engine, out)
    engine.dispose()


def test_what_is_drawn_for_who_asked_or_put_back_is_told_of_by_the_list_after_the_next_run(
    tmp_path: Path,
) -> None:
    engine, out = _city(tmp_path), tmp_path / "out"
    index, notes = out / year_page(2024), out / NOTES
    _write(engine, out)
    before = {path: path.read_bytes() for path in (index, notes)}
    with engine.connect() as connection:
        of = select(department.c.id).where(department.c.code == code(0))
        asked: int = connection.execute(of).scalar_one()
    ledger = tmp_path / "inbox/2024" / code(0) / "registers/支付台账.csv"
    ledger.write_text("".join(ledger.read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8")
    load_everything(engine, tmp_path / "inbox")
    judge(engine, SOME)
    drawn = write_site(engine, SOME, out, look_first=True, only={asked})
    assert drawn is not None
    assert drawn.written
    assert index.read_bytes() == before[index]
    assert index.name in _write(engine, out)
    told = index.read_bytes()
    assert not _write(engine, out)
    for path, content in before.items():  # the list and its note, and nothing else
        path.write_bytes(content)
    assert _write(engine, out) == {index.name}
    assert index.read_bytes() == told
    engine.dispose()
