"""Rights on PostgreSQL: a department's reader sees nothing of another's, in any table or view."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.role import Role
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
from perf_pipeline.warehouse.engine import (
    MAKING_LOCK,
    connect,
    open_warehouse,
    schema_transaction,
    write_transaction,
    writing,
)
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.revisions import newest_revision, revision_of
from perf_pipeline.warehouse.rights import grant, owned
from perf_pipeline.warehouse.schema import department, metadata, report, report_line
from perf_pipeline.warehouse.seals.declared import is_of_chain, is_shared
from perf_pipeline.warehouse.seals.verify import verify
from tests.conftest import postgresql_database
from tests.integration.test_verify import lived
from tests.judged import write_snapshot
from tests.kept import empty_warehouse
from tests.year import QUARTERS

MINE, OTHERS = "bureau", "bieren-ju"
SECRET = "别人家的镇"
ROLES = ("perf_reader", "perf_analyst", "perf_auditor", "perf_loader")


@pytest.fixture(scope="module")
def owner(postgresql_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A warehouse that lived, with another department's rows in it, and all four roles."""
    inbox = tmp_path_factory.mktemp("inbox")
    folder = inbox / f"2024/{OTHERS}/registers"
    folder.mkdir(parents=True)
    lines = (
        "案件编号,镇（办）,受理日期,结案日期",
        f"{SECRET}-1,{SECRET},2024-03-01",
        f"{SECRET}-2,{SECRET},昨天",
    )
    (folder / "人民调解案件台账.csv").write_text("\n".join(lines), "utf-8")
    with postgresql_database(postgresql_uri) as url:
        engine = empty_warehouse(url)
        lived(engine, tmp_path_factory.mktemp("mine"))
        load_register(engine, inbox, "mediation_case")
        with write_transaction(engine) as connection:
            of = department_id(connection, OTHERS), checkpoint_id(connection, QUARTERS[0])
            names = ("project_name", "section", "target_text", "actual_text", "judgement", "reason")
            line = dict.fromkeys(names, SECRET) | {"ordinal": 1, "part": "spending", "figure": "S1"}
            told = {"title": SECRET, "notice": None, "monitoring_version": 1}
            rows = {report: [told], report_line: [line | {"name": SECRET}]}
            write_snapshot(connection, "report", *of, rows)
        kinds = (Role.READER, Role.ANALYST, Role.AUDITOR, Role.LOADER)
        with schema_transaction(engine) as connection:
            for role, kind in zip(ROLES, kinds, strict=True):
                connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
                grant(connection, role, kind, (MINE,) if kind is Role.READER else ())
        yield engine
        with engine.begin() as connection:
            for role in ROLES:
                connection.exec_driver_sql(f"DROP OWNED BY {role}; DROP ROLE {role}")
        engine.dispose()


def acting(owner: Engine, role: str) -> Engine:
    url = make_url(owner.url).set(username=role)
    return create_engine(url)


def seen_by(engine: Engine, names: list[str]) -> dict[str, list[str] | None]:
    """Return every row of each table or view as text; None where it may not be read."""
    seen: dict[str, list[str] | None] = {}
    for name in names:
        try:
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(f'SELECT t::text FROM "{name}" AS t')
                seen[name] = list(rows.scalars())
        except ProgrammingError as error:
            if "permission denied" not in str(error):
                raise
            seen[name] = None
    return seen


def test_a_reader_sees_nothing_of_another_department_in_any_table_or_view(owner: Engine) -> None:
    of = inspect(owner)
    names = sorted({*of.get_table_names(), *of.get_view_names()})
    everything = seen_by(owner, names)
    with owner.connect() as connection:
        (other,) = connection.execute(
            select(department.c.id).where(department.c.code == OTHERS)
        ).scalars()
    reader = acting(owner, "perf_reader")
    seen = seen_by(reader, names)
    readable = {name: rows for name, rows in seen.items() if rows is not None}
    traces = {
        name
        for name, rows in everything.items()
        if any(SECRET in row or OTHERS in row for row in rows or ())
    }
    held = {"mediation_case", "quarantined_row", "source_file", "department", "report_line"}
    assert held <= traces
    assert len(traces & readable.keys()) >= 6  # what is walked holds what must not be seen
    for name, rows in readable.items():
        assert not any(SECRET in row or OTHERS in row for row in rows), name
        table = metadata.tables.get(name)
        if table is not None and "department_id" in table.c:
            with reader.connect() as connection:
                found = connection.execute(select(table.c.department_id).distinct()).scalars()
                assert other not in set(found), name
    # its own is all there
    assert seen["measure_value"] == everything["measure_value"]
    assert len(seen["measure_value"] or ()) == 10
    assert 0 < len(seen["mediation_case"] or ()) < len(everything["mediation_case"] or ())
    assert seen["dim_department"] is not None
    for name in ("act", "seal", "alert_message", "recomputation", "erasure"):
        assert seen[name] is None, name
    reader.dispose()


def test_a_reader_changes_nothing_and_reads_no_counts_of_others(owner: Engine) -> None:
    reader = acting(owner, "perf_reader")
    with reader.connect() as connection:
        counted = "SELECT count(*) FROM source_file WHERE path LIKE '%%bieren%%'"
        assert connection.exec_driver_sql(counted).scalar() == 0
        told = "SELECT count(*) FROM pg_stats WHERE tablename = 'mediation_case'"
        assert connection.exec_driver_sql(told).scalar() == 0
    for order in (
        "INSERT INTO department (code) VALUES ('x')",
        "UPDATE payment SET amount_fen = 1",
        "DELETE FROM payment",
        "CREATE VIEW mine AS SELECT 1",
        "ALTER TABLE payment DISABLE ROW LEVEL SECURITY",
        "SET ROLE perf_loader",
        "SELECT * FROM act",
    ):
        refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with refused, reader.begin() as connection:
            connection.exec_driver_sql(order)
    reader.dispose()


def test_an_analyst_reads_all_but_the_log_and_an_auditor_the_log_too(owner: Engine) -> None:
    analyst, auditor = (acting(owner, name) for name in ("perf_analyst", "perf_auditor"))
    names = ["mediation_case", "act", "seal"]
    seen = seen_by(analyst, names)
    assert seen["act"] is seen["seal"] is None
    assert any(SECRET in row for row in seen["mediation_case"] or ())
    assert all(seen_by(auditor, names).values())
    assert verify(auditor).differences == ()
    for engine in (analyst, auditor):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            engine.begin() as connection,
        ):
            connection.execute(text("DELETE FROM mediation_case"))
        engine.dispose()


def test_who_only_reads_opens_the_warehouse_as_commands_do(owner: Engine) -> None:
    for role in ROLES[:3]:
        engine = open_warehouse(acting(owner, role).url.render_as_string(hide_password=False))
        assert {each["department"] for each in read_status(engine)} == {MINE}, role


def test_a_loader_works_under_the_policies(owner: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "2024/third/registers"
    folder.mkdir(parents=True)
    lines = ("案件编号,镇（办）,受理日期,结案日期", "C1,丙镇,2024-03-01")
    (folder / "人民调解案件台账.csv").write_text("\n".join(lines), "utf-8")
    url = make_url(owner.url).set(username="perf_loader")
    loader = connect(url.render_as_string(hide_password=False))
    (outcome,) = load_register(loader, tmp_path, "mediation_case")
    assert outcome.outcome == "loaded"
    assert verify(loader).differences == ()
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, loader.begin() as connection:  # whom masking goes on for
        connection.execute(text("UPDATE erasure SET still_said = NULL"))
    loader.dispose()


def test_every_table_is_of_a_department_shared_or_hidden_by_its_declaration() -> None:
    hidden = {
        name
        for name, table in metadata.tables.items()
        if owned(table, "1") is None and not is_shared(table) and not is_of_chain(table)
    }
    assert hidden == {"alert_message", "recomputation", "erasure", "rollup_result"}


def test_a_reader_needs_departments_that_are_there(owner: Engine) -> None:
    with owner.begin() as connection:
        for departments in ((), ("nowhere",)):
            with pytest.raises(ConfigurationError, match="部门"):
                grant(connection, "perf_reader", Role.READER, departments)


def test_only_who_may_write_can_hold_up_writing(owner: Engine) -> None:
    """A reader may hold any advisory lock; writers take turns by another."""
    for role in ROLES:
        holder = acting(owner, role)
        with holder.begin() as connection:
            if role == "perf_loader":
                connection.exec_driver_sql("LOCK alembic_version IN SHARE ROW EXCLUSIVE MODE")
                changed = "UPDATE alembic_version SET version_num = '9999'"
                assert connection.exec_driver_sql(changed).rowcount == 0
                continue
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({MAKING_LOCK})")
            with owner.connect() as writer:
                writer.exec_driver_sql("SET lock_timeout = '2s'")
                writer.commit()
                with writing(writer):
                    pass
            refused = pytest.raises(ProgrammingError, match="permission denied")
            with refused, connection.begin_nested():
                connection.exec_driver_sql("LOCK alembic_version IN ROW EXCLUSIVE MODE")
        holder.dispose()


def test_who_was_granted_rights_by_an_older_release_still_opens_the_warehouse(
    owner: Engine,
) -> None:
    with owner.connect() as connection:
        kept = "SELECT policyname FROM pg_policies WHERE tablename = 'alembic_version'"
        for name in connection.exec_driver_sql(kept).scalars().all():
            connection.exec_driver_sql(f'DROP POLICY "{name}" ON alembic_version')
        connection.exec_driver_sql("ALTER TABLE alembic_version DISABLE ROW LEVEL SECURITY")
        grant(connection, "perf_loader")
        for role in ("perf_loader", "perf_auditor"):
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            assert revision_of(connection) == newest_revision()
        connection.rollback()
