"""A server keeps its runs in PostgreSQL; that they arrive there, `test_deployment` shows."""

from pathlib import Path

import pytest

from assets.home import POSTGRESQL_URL, configuration, dagster_home
from perf_pipeline.domain.errors import ConfigurationError
from tests.year import ROOT

SERVER = ROOT / "deploy/dagster"


def test_an_address_that_dagster_would_lose_its_connection_by_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv(POSTGRESQL_URL, "postgresql://dagster:secret@localhost/dagster")
    with pytest.raises(ConfigurationError, match="psycopg2") as refused:
        dagster_home()
    assert "secret" not in str(refused.value)


def test_what_a_server_s_folder_is_given_is_what_the_shipped_file_says() -> None:
    shipped = (SERVER / "dagster-postgresql.yaml").read_text("utf-8")
    assert shipped == configuration(server=True)
