"""A warehouse is backed up while it is written to, and comes back whole on either database."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from perf_pipeline.cli import app
from perf_pipeline.domain.errors import ConfigurationError, UnreadableFileError
from perf_pipeline.warehouse.archive import MANIFEST, Manifest
from perf_pipeline.warehouse.backup import back_up
from perf_pipeline.warehouse.engine import (
    connect,
    open_warehouse,
    schema_transaction,
    write_transaction,
)
from perf_pipeline.warehouse.restore import restore
from perf_pipeline.warehouse.revisions import is_current, migrate, newest_revision
from perf_pipeline.warehouse.schema import department, metadata
from tests.year import judge, judged_year, take_everything_in

pytestmark = pytest.mark.long(60)

Contents = dict[str, list[tuple[object, ...]]]
BASELINE = "0003"  # the schema of 0.1.0
OF_0_1_0 = Path(__file__).parents[1] / "warehouses/0.1.0.zip"


@pytest.fixture
def restored(postgresql_uri: str, tmp_path: Path) -> Iterator[dict[str, Engine]]:
    """An empty database of each kind, for a backup to be restored into."""
    name = f"perf_{uuid4().hex}"
    server = make_url(postgresql_uri).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engines = {
        "sqlite": connect(f"sqlite:///{tmp_path / 'restored.db'}"),
        "postgresql": create_engine(server.set(database=name)),
    }
    yield engines
    for each in engines.values():
        each.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def contents(engine: Engine) -> Contents:
    """Every row of every table, with moments as both databases tell them.

    But which folders a look found as before.
    """
    with engine.connect() as connection:
        return {
            name: [
                tuple(str(value).removesuffix("+00:00") for value in row)
                for row in connection.execute(
                    select(*(each for each in table.c if each.name != "stood")).order_by(table.c.id)
                )
            ]
            for name, table in metadata.tables.items()
        }


def but_for_restoring(engine: Engine) -> Contents:
    """The same, without the act of restoring that a backup's log is followed by."""
    found = contents(engine)
    assert found["act"].pop()[1] == "restored"
    return found


def without_chain(found: Contents) -> Contents:
    return {name: rows for name, rows in found.items() if name not in ("act", "seal")}


def add_department(engine: Engine, code: str) -> None:
    with write_transaction(engine) as connection:
        connection.execute(insert(department), [{"code": code}])


def test_a_year_comes_back_whole_on_both_databases_and_a_quarter_run_on_it_has_nothing_new(
    engine: Engine, restored: dict[str, Engine], tmp_path: Path
) -> None:
    judged_year(engine, "2024-12")
    before = contents(engine)
    file = tmp_path / "backups" / "warehouse.zip"
    with write_transaction(engine) as connection:  # a run is in the midst of writing
        connection.execute(insert(department), [{"code": "not yet committed"}])
        manifest = back_up(engine, file)
        connection.rollback()
    assert manifest.rows == sum(map(len, before.values())) > 2_000
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    for other in restored.values():
        restore(other, file)
        assert but_for_restoring(other) == before
    (moved,) = (each for name, each in restored.items() if name != engine.dialect.name)
    assert {each.outcome for each in take_everything_in(moved)} == {"unchanged"}
    assert judge(moved, "2024-12") == 0
    assert but_for_restoring(moved) == before
    add_department(moved, "its row has a number of its own")


def test_what_is_written_after_the_backup_began_is_not_in_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_department(engine, "before")
    read = back_up.__globals__["stored_tables"]

    def interrupted(connection: object) -> object:
        found = read(connection)
        add_department(engine, "while it was read")
        return found

    monkeypatch.setitem(back_up.__globals__, "stored_tables", interrupted)
    manifest = back_up(engine, tmp_path / "backup.zip")
    assert {table.name: table.rows for table in manifest.tables}["department"] == 1


def test_a_warehouse_with_rows_is_only_replaced_when_told(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    add_department(engine, "kept")
    back_up(engine, file)
    add_department(engine, "since")
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW for_a_dashboard AS SELECT code FROM department"))
    later = contents(engine)
    with pytest.raises(ConfigurationError, match=r"已有数据.*--replace"):
        restore(engine, file)
    assert contents(engine) == later
    restore(engine, file, replace=True)
    assert [row[1] for row in contents(engine)["department"]] == ["kept"]


def test_a_backup_never_overwrites_a_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("yesterday's")
    with pytest.raises(ConfigurationError, match="已经存在"):
        back_up(engine, file)
    assert file.read_text() == "yesterday's"


def test_a_database_without_a_warehouse_has_nothing_to_back_up(
    warehouse_url: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="没有数据仓库"):
        back_up(connect(warehouse_url), tmp_path / "backup.zip")
    assert not list(tmp_path.glob("*.zip*"))


def test_a_database_of_somebody_else_is_never_replaced(
    engine: Engine, restored: dict[str, Engine], tmp_path: Path
) -> None:
    back_up(engine, tmp_path / "backup.zip")
    for other in restored.values():
        with other.begin() as connection:
            connection.execute(text("CREATE TABLE visitor (name TEXT)"))
        with pytest.raises(ConfigurationError, match="不是数据仓库"):
            restore(other, tmp_path / "backup.zip", replace=True)
        assert inspect(other).get_table_names() == ["visitor"]


def rewritten(file: Path, change: str) -> Path:
    """Copy a backup with one fault."""
    faulty = file.with_name(f"{change}.zip")
    with ZipFile(file) as whole, ZipFile(faulty, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "department.arrows":
                if change == "missing":
                    continue
                if change == "another's":
                    content = whole.read("checkpoint.arrows")
            if name == MANIFEST and change == "miscounted":
                manifest = Manifest.model_validate_json(content)
                tables = tuple(
                    each.model_copy(update={"rows": 2}) if each.name == "department" else each
                    for each in manifest.tables
                )
                content = manifest.model_copy(update={"tables": tables}).model_dump_json().encode()
            if name == MANIFEST and change == "of a newer schema":
                content = content.replace(b'"schema_revision": "', b'"schema_revision": "9')
            copy.writestr(name, content)
    if change == "cut":
        shutil.copy(file, faulty)
        faulty.write_bytes(file.read_bytes()[:-200])
    return faulty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("missing", "与清单不符"),
        ("another's", "SHA-256 不符"),
        ("miscounted", "恢复出 1 行，清单为 2 行"),
        ("of a newer schema", "来自更新的版本"),
        ("cut", "不是完好的备份"),
    ],
)
def test_a_faulty_backup_changes_nothing(
    engine: Engine, tmp_path: Path, change: str, said: str
) -> None:
    add_department(engine, "kept")
    back_up(engine, tmp_path / "backup.zip")
    before = contents(engine)
    with pytest.raises((UnreadableFileError, ConfigurationError), match=said):
        restore(engine, rewritten(tmp_path / "backup.zip", change), replace=True)
    assert contents(engine) == before


def at_baseline(url: str) -> Engine:
    """A warehouse of 0.1.0, with a department in it."""
    engine = connect(url)
    with schema_transaction(engine) as connection:
        migrate(connection, BASELINE)
        connection.execute(text("INSERT INTO department (code) VALUES ('bureau')"))
    return engine


def test_a_warehouse_of_0_1_0_is_backed_up_restored_and_upgraded(
    warehouse_url: str, restored: dict[str, Engine], tmp_path: Path
) -> None:
    old = at_baseline(warehouse_url)
    manifest = back_up(old, tmp_path / "old.zip")
    assert manifest.schema_revision == BASELINE
    old.dispose()
    upgraded = open_warehouse(warehouse_url)
    rows = contents(upgraded)
    assert len(rows["department"]) == 1
    for other in restored.values():
        restore(other, tmp_path / "old.zip")
        with other.connect() as connection:
            assert is_current(connection)
        assert without_chain(contents(other)) == without_chain(rows)
    upgraded.dispose()


def test_the_year_that_0_1_0_judged_is_there_after_the_upgrade(engine: Engine) -> None:
    """`warehouses/0.1.0.zip` is a backup that 0.1.0 made after its `make run`."""
    manifest = restore(engine, OF_0_1_0)
    with engine.connect() as connection:
        assert is_current(connection)
        for table in manifest.tables:
            counted = connection.scalar(select(func.count()).select_from(text(table.name)))
            assert counted == table.rows, table.name


def test_a_warehouse_of_newer_software_is_left_alone(engine: Engine, warehouse_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"来自更新的版本.*请升级软件"):
        open_warehouse(warehouse_url)


@pytest.mark.on_sqlite
def test_a_table_that_this_installation_does_not_declare_is_named(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE local_register (id INTEGER PRIMARY KEY, n TEXT)"))
    back_up(engine, tmp_path / "backup.zip")
    with pytest.raises(ConfigurationError, match=r"local_register.*PERF_DECLARATIONS"):
        restore(engine, tmp_path / "backup.zip", replace=True)
    assert inspect(engine).has_table("local_register")


@pytest.mark.on_sqlite
def test_the_commands_back_up_move_to_the_other_database_and_upgrade(
    engine: Engine, warehouse_url: str, restored: dict[str, Engine], tmp_path: Path
) -> None:
    add_department(engine, "moved")
    (other,) = (each for name, each in restored.items() if name != engine.dialect.name)
    to = other.url.render_as_string(hide_password=False)

    def call(url: str, *arguments: str) -> str:
        told = CliRunner().invoke(app, list(arguments), env={"PERF_WAREHOUSE_URL": url})
        assert told.exit_code == 0, told.output
        return told.output

    file = str(tmp_path / "backup.zip")
    tables = f"{len(metadata.tables)} 张表，4 行"  # the department, two acts and a seal
    assert tables in call(warehouse_url, "backup", file)
    assert f"已恢复 {tables}" in call(to, "restore", file)
    assert "已是最新" in call(to, "upgrade")
    assert contents(other)["department"] == contents(engine)["department"]


@pytest.mark.on_sqlite
def test_upgrading_says_from_where_to_where(warehouse_url: str) -> None:
    at_baseline(warehouse_url).dispose()
    told = CliRunner().invoke(app, ["upgrade"], env={"PERF_WAREHOUSE_URL": warehouse_url})
    assert told.output == f"数据仓库的结构：{BASELINE} → {newest_revision()}\n"
