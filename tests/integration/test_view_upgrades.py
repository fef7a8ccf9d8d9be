"""Views follow the code: made at an upgrade, dropped before a table is rebuilt, else left alone."""

import multiprocessing
from pathlib import Path
from shutil import copytree

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, Text, inspect, text

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse import migrations, revisions
from perf_pipeline.warehouse.engine import connect, open_warehouse, upgrade, write_transaction
from perf_pipeline.warehouse.star import STAR
from perf_pipeline.warehouse.views import OWN, are_as_declared, create_views, drop_views
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import PROJECTS

pytestmark = pytest.mark.long(25)

NAMES = {each.name for each in STAR} | OWN.keys()
REBUILDING = """
from alembic import op

revision, down_revision = "9999", {newest!r}


def upgrade():
    with op.batch_alter_table("spending_result", recreate="always") as table:
        table.alter_column("light", new_column_name="lamp")
    with op.batch_alter_table("spending_result", recreate="always") as table:
        table.alter_column("lamp", new_column_name="light")
"""


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def views(engine: Engine) -> set[str]:
    return set(inspect(engine).get_view_names())


def is_as_declared(engine: Engine) -> bool:
    with engine.connect() as connection:
        return are_as_declared(connection)


def revision(engine: Engine) -> str:
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    assert found is not None
    return found


def paid(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM fact_spending"))
    assert isinstance(found, int)
    return found


def test_a_migration_that_rebuilds_a_table_runs_though_views_look_at_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    before = paid(engine)
    later = copytree(Path(migrations.__file__).parent, tmp_path / "migrations")
    written = REBUILDING.format(newest=revision(engine))
    (later / "versions/9999_rebuild.py").write_text(written, "utf-8")
    monkeypatch.setattr(revisions, "MIGRATIONS", str(later))
    upgrade(engine)
    assert revision(engine) == "9999"
    assert is_as_declared(engine)
    assert paid(engine) == before == 2 * len(PROJECTS)


def test_a_column_that_may_be_empty_from_now_on_is_made_so(engine: Engine) -> None:
    with engine.begin() as connection:
        drop_views(connection)
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("petition_case") as table:
            table.alter_column("channel", existing_type=Text(), nullable=False)
        create_views(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("GRANT SELECT ON star_version TO PUBLIC"))
    indexes = {each["name"] for each in inspect(engine).get_indexes("petition_case")}
    upgrade(engine)
    columns = inspect(engine).get_columns("petition_case")
    assert [each["nullable"] for each in columns if each["name"] == "channel"] == [True]
    assert {each["name"] for each in inspect(engine).get_indexes("petition_case")} == indexes
    assert is_as_declared(engine)
    if engine.dialect.name == "postgresql":
        who = "SELECT grantee FROM information_schema.role_table_grants WHERE table_name = :view"
        with engine.connect() as connection:
            assert "PUBLIC" in connection.scalars(text(who), {"view": "star_version"}).all()


def test_views_of_an_earlier_version_are_renewed_and_those_no_longer_declared_go(
    engine: Engine,
) -> None:
    old = "SELECT 'view' AS kind, '{}' AS object_name, '' AS column_name"
    names = [*sorted(NAMES), "fact_of_old"]
    run(
        engine,
        *("DROP VIEW " + name for name in ("data_dictionary", "star_version", "fact_payment")),
        "CREATE VIEW fact_of_old AS SELECT id FROM department",
        "CREATE VIEW star_version AS SELECT 'older' AS digest",
        f"CREATE VIEW data_dictionary AS {' UNION ALL '.join(map(old.format, names))}",
        "CREATE VIEW somebody_else_s AS SELECT code FROM department",
    )
    upgrade(engine)
    assert views(engine) == NAMES | {"somebody_else_s"}
    assert is_as_declared(engine)


def test_a_warehouse_from_before_the_views_gets_them(engine: Engine) -> None:
    run(engine, *(f"DROP VIEW {name}" for name in sorted(NAMES)))
    assert not is_as_declared(engine)
    upgrade(engine)
    assert views(engine) == NAMES


def test_an_ordinary_start_writes_nothing_and_waits_for_no_writer(
    engine: Engine, warehouse_url: str
) -> None:
    with write_transaction(engine):  # whoever writes now would wait for this
        second = connect(warehouse_url)
        upgrade(second)
        second.dispose()


def test_processes_that_start_at_once_on_an_empty_warehouse_all_find_it_whole(
    warehouse_url: str,
) -> None:
    forked = multiprocessing.get_context("fork")
    started = [forked.Process(target=open_warehouse, args=(warehouse_url,)) for _ in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
        assert process.exitcode == 0
    engine = connect(warehouse_url)
    assert views(engine) == NAMES
    assert is_as_declared(engine)
    engine.dispose()


def test_a_reader_s_rights_outlast_the_renewal_of_views(postgresql_url: str) -> None:
    engine = open_warehouse(postgresql_url)
    role = f"reader_{engine.url.database}"
    run(
        engine,
        f"CREATE ROLE {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}",
        "DROP VIEW star_version",
    )
    upgrade(engine)
    with engine.connect() as connection:
        allowed = text("SELECT has_table_privilege(:role, 'fact_spending', 'SELECT')")
        assert connection.scalar(allowed, {"role": role}) is True
    run(engine, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    engine.dispose()


def test_a_name_that_somebody_else_took_is_told_and_theirs_is_kept(warehouse_url: str) -> None:
    engine = connect(warehouse_url)
    run(engine, "CREATE TABLE dim_project (note TEXT)", "INSERT INTO dim_project VALUES ('mine')")
    with pytest.raises(ConfigurationError, match="dim_project"):
        open_warehouse(warehouse_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT note FROM dim_project")) == "mine"
    engine.dispose()


def test_a_view_that_somebody_built_on_ours_is_never_dropped_but_named(
    postgresql_url: str,
) -> None:
    engine = open_warehouse(postgresql_url)
    run(
        engine,
        "CREATE VIEW of_the_bureau AS SELECT paid_yuan FROM fact_spending",
        "DROP VIEW star_version",
    )
    with pytest.raises(ConfigurationError, match=r"of_the_bureau.*fact_spending"):
        upgrade(engine)
    assert {"of_the_bureau", "fact_spending"} <= views(engine)
    run(engine, "DROP VIEW of_the_bureau")
    upgrade(engine)
    assert is_as_declared(engine)
    engine.dispose()
