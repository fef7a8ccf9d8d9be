"""Which roles of PostgreSQL a server can draw reports for that are not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from perf_pipeline.domain.role import Role
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.complaints import FORBIDDEN
from perf_pipeline.warehouse.engine import schema_transaction
from perf_pipeline.warehouse.rights import grant
from tests.integration.reports_year import CODE, Q1, Q2
from tests.integration.undrawn_office import PAGE, Office
from tests.kept import empty_warehouse

ROLE = "perf_serving"


@pytest.fixture
def served_as(
    postgresql_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Office, str]]:
    """An office, and its warehouse for a role of a kind; None: one that may read every table."""
    engine = empty_warehouse(postgresql_url)
    office = Office(engine, tmp_path)
    with schema_transaction(engine) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN")
        if request.param is None:
            connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}")
        else:
            grant(connection, ROLE, request.param, (CODE,) * (request.param is Role.READER))
    url = engine.url.set(username=ROLE).render_as_string(hide_password=False)
    office.settings = office.settings.model_copy(update={"warehouse_url": SecretStr(url)})
    yield office, url
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")
    engine.dispose()


READING = [None, Role.READER, Role.ANALYST, Role.AUDITOR]


@pytest.mark.parametrize("served_as", READING, indirect=True)
def test_a_role_that_may_only_read_says_so_and_shows_what_is_there(
    served_as: tuple[Office, str],
) -> None:
    office, role = served_as
    write_quarter(office.engine, Q2, office.out)
    with office.serving(url=role) as site:
        told = site.ask(f"/reports/{CODE}/{Q1.name}/")
        assert (told.status, told.text) == (
            503,
            f"这份报告还没有写出，现在也写不出来：{FORBIDDEN}",
        )
        assert site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}").status == 200
        assert f'href="{CODE}/"' in site.ask("/reports/").text
    assert {Path(each).parts[1] for each in office.files()} == {Q2.name}


@pytest.mark.parametrize("served_as", [Role.LOADER], indirect=True)
def test_the_role_of_daily_work_draws(served_as: tuple[Office, str]) -> None:
    office, role = served_as
    with office.serving(url=role) as site:
        assert site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}").status == 200
        assert site.ask(f"/reports/{CODE}/2024/").status == 200
