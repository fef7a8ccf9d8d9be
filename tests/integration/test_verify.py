"""Whoever changes what is stored by another way is found out, on both databases."""

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from subprocess import run
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.health import examine_service
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.departures import confirm, note_departures
from perf_pipeline.warehouse.engine import connect, open_warehouse, schema_transaction
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.locks import close_quarter
from perf_pipeline.warehouse.restore import restore
from perf_pipeline.warehouse.rights import grant
from perf_pipeline.warehouse.schema import act, metadata, register_tables
from perf_pipeline.warehouse.seals.bundle import write_bundle
from perf_pipeline.warehouse.seals.declared import may_change, sealed_tables
from perf_pipeline.warehouse.seals.deed import What, named
from perf_pipeline.warehouse.seals.difference import Kind
from perf_pipeline.warehouse.seals.log import read_acts
from perf_pipeline.warehouse.seals.verify import verify
from perf_pipeline.warehouse.tables import CHAIN
from tests.conftest import postgresql_database
from tests.kept import empty_warehouse, stand
from tests.year import QUARTERS, ROOT

pytestmark = pytest.mark.long(20)

LEDGER = "凭证号,支付日期,金额,项目名称"
PAYMENTS = register_tables["payment"].name
CASES = "mediation_case"


def hand_in(inbox: Path, name: str, *lines: str) -> None:
    folder = inbox / "2024" / "bureau" / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text(
        "\n".join(("案件编号,镇（办）,受理日期,结案日期", *lines)), "utf-8"
    )


def lived(engine: Engine, inbox: Path) -> None:
    """Let a warehouse live: files with a bad row, corrected, renamed, withdrawn; a judgement."""
    for version in ("甲镇", "乙镇"):
        cases = [f"A{n},{version if n % 3 else '丙镇'},2024-03-0{n}" for n in range(1, 8)]
        hand_in(inbox, "人民调解案件台账", *cases, "A9,丁镇,昨天")
        hand_in(inbox, "人民调解案件台账（二）", "A1,丙镇,2024-03-01", "B1,丙镇,2024-03-01")
        load_register(engine, inbox, CASES)
    folder = inbox / "2024/bureau/registers"
    (folder / "人民调解案件台账（二）.csv").rename(folder / "人民调解案件台账（改名）.csv")
    note_departures(engine, inbox)
    hand_in(inbox, "人民调解案件台账", "A1,戊镇,2024-03-01")
    (folder / "人民调解案件台账（改名）.csv").unlink()
    load_register(engine, inbox, CASES)
    note_departures(engine, inbox)
    path = "2024/bureau/registers/人民调解案件台账（改名）.csv"
    confirm(engine, path, withdrawn=True, person="李四")
    judged(engine)


def judged(engine: Engine) -> None:
    """Write a small judgement and a report as the product does, and close the quarter."""
    from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
    from perf_pipeline.warehouse.engine import write_transaction
    from perf_pipeline.warehouse.schema import measure_value, report, report_line
    from tests.judged import write_snapshot

    names = ("project_name", "section", "target_text", "actual_text", "judgement", "reason")
    line = dict.fromkeys(names, "甲") | {"ordinal": 1, "part": "spending", "figure": "S1"}
    told = {"title": "报告", "notice": None, "monitoring_version": 1}
    for numerator in (3, 4):
        values = [
            {"measure": f"m{n}", "project_name": None, "numerator": numerator, "denominator": 5}
            for n in range(5)
        ]
        values = [each | {"year_numerator": None, "year_denominator": None} for each in values]
        with write_transaction(engine) as connection:
            of = department_id(connection, "bureau"), checkpoint_id(connection, QUARTERS[0])
            write_snapshot(connection, "monitoring", *of, {measure_value: values})
            lines = [line | {"name": f"项目{numerator}"}]
            write_snapshot(connection, "report", *of, {report: [told], report_line: lines})
    close_quarter(engine, QUARTERS[0], actor="张三")


@pytest.fixture
def warehouse(engine: Engine, tmp_path: Path) -> Engine:
    stand(engine, "lived", lambda made: lived(made, tmp_path / "inbox"))
    return engine


def tamper(engine: Engine, *orders: str) -> None:
    """Do what a person with a database tool and full rights can do."""
    other = create_engine(engine.url)
    with other.begin() as connection:
        for order in orders:
            done = connection.execute(text(order))
            assert done.rowcount >= 1, order
    other.dispose()


TAMPERINGS: dict[str, tuple[str, Kind, str | None, Callable[[dict[str, object]], bool]]] = {
    "a judged figure": (
        "UPDATE measure_value SET numerator = 5 WHERE id = 7",
        Kind.ROW_CHANGED,
        "measure_value",
        lambda found: (
            (found["quarter"], found["version"], found["department"]) == ("2024-03", 2, "bureau")
        ),
    ),
    "a line of a report": (
        "UPDATE report_line SET judgement = '绿' WHERE id = 2",
        Kind.ROW_CHANGED,
        "report_line",
        lambda found: found["quarter"] == "2024-03" and "judgement=绿" in str(found["found"]),
    ),
    "a row of a register": (
        f"UPDATE {CASES} SET town = '己镇' WHERE id = 2",
        Kind.ROW_CHANGED,
        CASES,
        lambda found: (
            found["row_number"] == 3 and str(found["file"]).endswith("人民调解案件台账.csv")
        ),
    ),
    "a row taken out": (
        f"DELETE FROM {CASES} WHERE id = 5",
        Kind.ROW_REMOVED,
        CASES,
        lambda found: found["row"] == 5 and found["department"] == "bureau",
    ),
    "a row put in": (
        f"INSERT INTO {CASES} (department_id, fiscal_year, source_file_id, row_key, case_no,"
        " town, accepted_on) SELECT 1, 2024, 1, 'X', 'X', 'X', accepted_on"
        f" FROM {CASES} WHERE id = 1",
        Kind.ROW_ADDED,
        CASES,
        lambda found: found["file"] is not None and found["act"] is None,
    ),
    "a row put out of force": (
        f"UPDATE {CASES} SET closed_by_id = 2 WHERE closed_by_id IS NULL",
        Kind.CLOSING_ADDED,
        CASES,
        lambda found: found["found"] == "被文件 2 取代",
    ),
    "a superseded row in force again": (
        f"UPDATE {CASES} SET closed_by_id = NULL WHERE id = 3",
        Kind.CLOSING_REMOVED,
        CASES,
        lambda found: found["row"] == 3 and found["found"] == "现行",
    ),
    "which file superseded a row": (
        f"UPDATE {CASES} SET closed_by_id = closed_by_id + 1 WHERE id = 1",
        Kind.CLOSING_CHANGED,
        CASES,
        lambda found: found["row"] == 1,
    ),
    "the digest of a file": (
        "UPDATE source_file SET sha256 = 'x' WHERE id = 1",
        Kind.ROW_CHANGED,
        "source_file",
        lambda found: found["row"] == 1,
    ),
    "the path of a file": (
        "UPDATE source_file SET path = '2024/bureau/registers/别的.csv' WHERE id = 3",
        Kind.ROW_CHANGED,
        "source_file",
        lambda found: found["row"] == 3,
    ),
    "when a judgement was made": (
        "UPDATE snapshot SET created_at = '2024-01-01 00:00:00.000000' WHERE id = 1",
        Kind.ROW_CHANGED,
        "snapshot",
        lambda found: found["quarter"] == "2024-03" and found["version"] == 1,
    ),
    "who closed a quarter": (
        "UPDATE quarter_lock SET actor = '王五'",
        Kind.ROW_CHANGED,
        "quarter_lock",
        lambda found: "actor=王五" in str(found["found"]),
    ),
    "who did something": (
        "UPDATE act SET person = '王五' WHERE what = 'closed'",
        Kind.SEAL_CHANGED,
        None,
        lambda found: found["act"] is not None,
    ),
    "a seal": (
        f"UPDATE seal SET rows = rows - 1 WHERE table_name = '{CASES}' AND rows > 1",
        Kind.SEAL_CHANGED,
        None,
        lambda found: found["act"] is not None,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_named_and_none_before(warehouse: Engine, name: str) -> None:
    order, kind, table, placed = TAMPERINGS[name]
    before = verify(warehouse)
    assert before.differences == ()
    assert before.rows > 30
    tamper(warehouse, order)
    found = verify(warehouse).to_dict()
    assert found["matches"] is False
    named_so = [
        each for each in found["differences"] if (each["kind"], each["table"]) == (kind, table)
    ]
    assert any(placed(each) for each in named_so), found["differences"]


def test_an_act_taken_out_and_the_end_cut_off_are_noticed(warehouse: Engine) -> None:
    whole = verify(warehouse)
    assert verify(warehouse, whole.head[:12]).differences == ()
    with warehouse.connect() as connection:
        acts = connection.execute(select(act).order_by(act.c.id)).all()
    middle, last = acts[3].id, acts[-1].id
    tamper(
        warehouse, f"DELETE FROM seal WHERE act_id = {last}", f"DELETE FROM act WHERE id = {last}"
    )
    assert Kind.HEAD_MISSING in {each.kind for each in verify(warehouse, whole.head).differences}
    tamper(
        warehouse,
        f"DELETE FROM seal WHERE act_id = {middle}",
        f"DELETE FROM act WHERE id = {middle}",
    )
    assert Kind.CHAIN_CUT in {each.kind for each in verify(warehouse).differences}


def test_what_was_slipped_in_is_not_taken_for_the_products_own_by_the_next_run(
    warehouse: Engine, tmp_path: Path
) -> None:
    tamper(warehouse, TAMPERINGS["a row put in"][0])
    hand_in(tmp_path / "next", "人民调解案件台账（三）", "C1,甲镇,2024-04-01")
    load_register(warehouse, tmp_path / "next", CASES)
    (found,) = verify(warehouse).differences
    assert found.kind is Kind.ROW_ADDED


def test_health_tells_of_it(warehouse: Engine, tmp_path: Path) -> None:
    url = warehouse.url.render_as_string(hide_password=False)
    settings = Settings(warehouse_url=url, inbox=tmp_path, output=tmp_path)

    def said() -> tuple[bool, str]:
        (check,) = (each for each in examine_service(settings) if each.name == "核验")
        return check.passed, check.finding

    assert said()[0] is True
    tamper(warehouse, TAMPERINGS["a line of a report"][0])
    passed, finding = said()
    assert not passed
    assert "报告" in finding
    assert "2024-03" in finding


def test_a_warehouse_of_0_1_0_is_sealed_when_it_is_upgraded(tmp_path: Path) -> None:
    engine = open_warehouse(f"sqlite:///{tmp_path / 'old.db'}")
    restore(engine, Path(__file__).parents[1] / "warehouses/0.1.0.zip")
    found = verify(engine)
    assert found.differences == ()
    assert found.begun_by is What.RESTORED
    assert "由备份恢复" in found.statement
    tamper(engine, "UPDATE payment SET amount_fen = amount_fen + 1 WHERE id = 1000")
    (only,) = verify(engine).differences
    assert (only.kind, only.table, only.row) == (Kind.ROW_CHANGED, "payment", 1000)


def test_every_table_is_sealed_unless_it_is_of_the_chain() -> None:
    names = {each.table.name for each in sealed_tables()}
    chain = {name for name, table in metadata.tables.items() if CHAIN.items() <= table.info.items()}
    assert names == metadata.tables.keys() - chain
    assert chain == {"act", "seal"}
    for each in sealed_tables():
        assert set(each.columns) | set(may_change(each.table)) == set(each.table.c.keys())
        assert "id" in each.columns


def test_the_log_names_who_did_what(warehouse: Engine) -> None:
    with warehouse.connect() as connection:
        acts = read_acts(connection)
    assert acts[0].what == What.BEGUN
    by = {each.what: each for each in acts}
    assert (by["closed"].person, by["closed"].wrote) == ("张三", {"quarter_lock": 1})
    assert (by["confirmed"].person, by["confirmed"].subject) == (
        "李四",
        "2024/bureau/registers/人民调解案件台账（改名）.csv",
    )
    assert all(each.person.strip() and len(each.code) == 64 for each in acts)
    assert all(one.digest == two.previous for one, two in pairwise(acts))


def test_nobody_is_no_person() -> None:
    assert named(" 张三 ") == "张三"
    for nobody in ("", "  "):
        with pytest.raises(ConfigurationError, match="署名"):
            named(nobody)


def test_on_postgresql_the_role_at_work_cannot_change_what_is_past(
    postgresql_uri: str, tmp_path: Path
) -> None:
    role = "perf_at_work"
    with postgresql_database(postgresql_uri) as url:
        owner = empty_warehouse(url)
        tamper_once(owner, f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} LOGIN")
        with schema_transaction(owner) as connection:
            grant(connection, role)
        at_work = connect(make_url(url).set(username=role).render_as_string(hide_password=False))
        lived(at_work, tmp_path / "inbox")  # all of the daily work
        assert verify(at_work).differences == ()
        for order in (
            "UPDATE measure_value SET numerator = 5",
            "UPDATE act SET person = '王五'",
            "UPDATE seal SET marks = ''",
            "UPDATE source_file SET sha256 = ''",
            f"DELETE FROM {CASES}",
            "DELETE FROM act",
            "TRUNCATE seal",
            "DROP TABLE seal",
        ):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                tamper_once(at_work, order)
        assert verify(at_work).differences == ()
        at_work.dispose()
        tamper_once(owner, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
        owner.dispose()


def tamper_once(engine: Engine, *orders: str) -> None:
    with engine.begin() as connection:
        for order in orders:
            connection.exec_driver_sql(order)


def test_a_stranger_checks_the_bundle_by_the_published_recipe(
    warehouse: Engine, tmp_path: Path
) -> None:
    recipe = (ROOT / "docs/trust.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    head = write_bundle(warehouse, tmp_path / "evidence.zip", {"limits": 1})
    folder = tmp_path / "unpacked"
    with ZipFile(tmp_path / "evidence.zip") as archive:
        archive.extractall(folder)
    assert verify(warehouse, head).differences == ()

    def followed() -> tuple[bool, str]:
        sums = run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
        told = run(
            [sys.executable, "-I", "-c", recipe], cwd=folder, capture_output=True, check=False
        )
        return sums.returncode == 0, (told.stdout + told.stderr).decode()

    assert followed() == (True, f"{head}\n")
    inputs = (folder / "inputs.sha256").read_text("utf-8")
    assert inputs.splitlines()[0].endswith("2024/bureau/registers/人民调解案件台账.csv")
    for name, was, said in (
        ("results.jsonl", "项目4", "results were changed"),
        ("acts.jsonl", "张三", "act was changed"),
    ):
        whole = (folder / name).read_text("utf-8")
        changed = whole.replace(json.dumps(was)[1:-1], "5", 1)
        assert changed != whole
        (folder / name).write_text(changed, "utf-8")
        right, told = followed()
        assert not right
        assert said in told
        (folder / name).write_text(whole, "utf-8")
    lines = (folder / "results.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "results.jsonl").write_text("".join(lines[1:]), "utf-8")
    assert "results are missing" in followed()[1]


def test_what_was_laid_beside_the_rows_is_named_too(warehouse: Engine) -> None:
    orders = {
        "sqlite": (
            "CREATE TRIGGER t AFTER INSERT ON Report_Line BEGIN SELECT 1; END",
            "DROP VIEW fact_spending",
            "CREATE VIEW FACT_SPENDING AS SELECT 1 AS paid_fen",
            "DROP VIEW data_dictionary",
        ),
        "postgresql": ("CREATE RULE t AS ON INSERT TO report_line DO INSTEAD NOTHING",),
    }[warehouse.dialect.name]
    assert verify(warehouse).differences == ()
    other = create_engine(warehouse.url)
    with other.begin() as connection:
        for order in orders:
            connection.exec_driver_sql(order)
    other.dispose()
    named = [(each.kind, each.found) for each in verify(warehouse).differences]
    changed = [(Kind.VIEW_CHANGED, name) for name in ("fact_spending", "data_dictionary")]
    changed = changed if warehouse.dialect.name == "sqlite" else []
    assert named == [*changed, (Kind.TRIGGER_ADDED, "report_line.t")]
