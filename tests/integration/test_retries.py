"""What is tried again and what is not: in a run, by the kind of error alone."""

import errno
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from assets import retries
from assets.resources import Pipeline
from assets.run import _reason
from perf_pipeline.domain.errors import ConfigurationError, LayoutError, UnreachableError
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.seals.deed import Acting
from tests.year import ROOT

FULL = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
FULL.orig.sqlite_errorname = "SQLITE_FULL"  # type: ignore[union-attr]
DOWN = OperationalError("SELECT 1", {}, Exception("server closed the connection"))


@pytest.fixture(autouse=True)
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance of this file's own: Dagster asks the last one that a thread has entered.

    That may be one of another test, of which nothing is left.
    """
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the asset was tried; no wait between."""
    monkeypatch.setattr(retries, "SECONDS", (0, 0, 0))
    return []


def run_that_meets(error: Exception, times: int, tries: list[int]) -> dg.ExecuteInProcessResult:
    """Run an asset that meets an error so many times before all is well."""

    @dg.asset
    @retries.patient
    def table() -> None:
        tries.append(1)
        if len(tries) <= times:
            raise error

    return dg.materialize([table], raise_on_error=False)


@pytest.mark.parametrize("error", [DOWN, UnreachableError("数据仓库无法连接"), ConnectionError()])
def test_what_can_pass_is_tried_again_until_it_has(error: Exception, tries: list[int]) -> None:
    assert run_that_meets(error, 2, tries).success
    assert len(tries) == 3


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("预警配置无法使用"),
        LayoutError("缺少列"),
        IntegrityError("INSERT", {}, Exception("NOT NULL")),
        ValueError("a fault of our own"),
    ],
)
def test_what_cannot_pass_is_tried_once(error: Exception, tries: list[int]) -> None:
    result = run_that_meets(error, 1, tries)
    assert not result.success
    assert len(tries) == 1


def test_what_never_passes_ends_with_its_own_error(tries: list[int]) -> None:
    result = run_that_meets(DOWN, 99, tries)
    assert not result.success
    assert len(tries) == 1 + len(retries.SECONDS)
    (failure,) = result.get_step_failure_events()
    assert "server closed the connection" in failure.step_failure_data.error_display_string


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device", "报告.docx"), FULL],
)
def test_what_the_disk_complains_of_is_told_in_words(error: Exception, tries: list[int]) -> None:
    (failure,) = run_that_meets(error, 99, tries).get_step_failure_events()
    assert _reason(failure).startswith("table：磁盘已满")


def test_the_waits_grow() -> None:
    assert list(retries.SECONDS) == sorted(set(retries.SECONDS))


def test_a_database_that_is_down_is_unreachable_and_a_wrong_address_is_not() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError):
        open_warehouse(f"postgresql://nobody:secret@127.0.0.1:{port}/none")
    with pytest.raises(ConfigurationError) as wrong:
        open_warehouse("oracle://nobody")
    assert not retries.can_pass(wrong.value)


def test_an_ingest_waits_for_a_database_that_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: list[int]
) -> None:
    from assets.intake import target_documents

    monkeypatch.chdir(ROOT)
    (tmp_path / "inbox").mkdir()
    monkeypatch.setenv("PERF_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")

    def open_later(url: str, acting: Acting) -> object:
        tries.append(1)
        if len(tries) < 3:
            raise UnreachableError("数据仓库无法连接")
        return open_warehouse(url, acting)

    monkeypatch.setattr("assets.resources.open_warehouse", open_later)
    result = dg.materialize([target_documents], resources={"pipeline": Pipeline()})
    assert result.success
    assert len(tries) == 3
