"""What was written into a report folder is read again only where something touched it."""

import json
import os
import time
from pathlib import Path

import pytest

from perf_pipeline.reports import kept
from perf_pipeline.reports.kept import Made, digest_of, intact, note

PAGE, WORDS = "page.html", b"as written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / PAGE).write_bytes(WORDS)
    note(tmp_path, "quarter", Made("seen", "content", {PAGE: digest_of(WORDS)}))
    return tmp_path


def test_an_untouched_page_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "digest_of", lambda content: pytest.fail("was read"))
    assert intact(folder, "quarter") is not None


def test_a_page_of_the_same_size_and_time_but_other_words_is_noticed(folder: Path) -> None:
    times = (folder / PAGE).stat()
    time.sleep(0.02)  # a disk tells moments a few thousandths of a second apart
    other = folder / "other"
    other.write_bytes(WORDS.upper())
    other.replace(folder / PAGE)
    os.utime(folder / PAGE, ns=(times.st_atime_ns, times.st_mtime_ns))
    note(folder, "site", Made("seen", "content", {}))  # another set of the same folder
    assert intact(folder, "quarter") is None


def test_a_page_that_was_copied_is_as_it_was_written(folder: Path) -> None:
    (folder / PAGE).unlink()
    assert intact(folder, "quarter") is None
    (folder / PAGE).write_bytes(WORDS)
    assert intact(folder, "quarter") is not None


def test_a_page_that_was_changed_before_it_was_noted_is_noticed(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_bytes(b"as edited!")
    note(tmp_path, "quarter", Made("seen", "content", {PAGE: digest_of(WORDS), "gone": "0"}))
    assert intact(tmp_path, "quarter") is None


@pytest.mark.parametrize(
    "altered",
    [{"told": {"version": 1}}, {"files": {}}, {"seen": "another"}, {"of another program": 1}],
)
def test_a_note_that_was_altered_is_none(folder: Path, altered: dict[str, object]) -> None:
    assert intact(folder, "quarter") is not None
    path = folder / kept.NOTES
    notes = json.loads(path.read_text("utf-8"))
    notes["quarter"] |= altered
    path.write_text(json.dumps(notes), "utf-8")
    assert intact(folder, "quarter") is None
