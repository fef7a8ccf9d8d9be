"""Adding a register is one file: reader, table, suite, template and documentation follow it."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.declaration_folder import DeclarationFolder
from perf_pipeline.warehouse.engine import connect
from tests.kept import KEEPER
from tests.own_process import in_own_process
from tests.year import DATA, DEPARTMENT, ROOT

pytestmark = pytest.mark.long(30)

PATROL = """\
name: patrol
label: 巡逻记录
description: 网格员每次巡逻一行。
key: [patrol_no]
columns:
  - {name: patrol_no, label: 巡逻编号, aliases: [编号], type: text, required: true, description: 号}
  - name: patrolled_on
    label: 巡逻日期
    type: date
    required: true
    in_fiscal_year: true
    description: 巡逻日期
  - {name: project_name, label: 项目名称, type: text, known_project: true, description: 所属项目}
  - {name: kilometres, label: 里程, type: count, unit: 公里, maximum: 80, description: 巡逻里程}
  - {name: subsidy_fen, label: 补助（元）, type: money, unit: 元, minimum: 0, description: 补助}
  - {name: ended_on, label: 结束日期, type: date, description: 结束日期}
rules:
  - {name: ended_not_before, kind: not_before, column: ended_on, other: patrolled_on}
limits:
  - name: ending
    label: 结束
    counts_from: patrolled_on
    done_by: ended_on
    days: 2
    source: 巡逻办法第三条
"""
OPEN = """\
import json, sys
from pathlib import Path
from perf_pipeline.warehouse.engine import open_warehouse

url, inbox, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
engine = open_warehouse(url)
"""
RUN = (
    OPEN
    + """\
from openpyxl import load_workbook
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.quality.validate import validate
from perf_pipeline.registers.declaration import load_registers
from scripts.reference.registers import registers_page
from perf_pipeline.templates import write_templates
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.targets import load_targets

load_targets(engine, inbox)
(outcome,) = load_register(engine, inbox, "patrol")
checks = validate(engine, Path("expectations"), "patrol")
templates = write_templates(engine, out, FiscalCalendar((3, 6, 10, 12)), every=True)
(mine,) = [each.path for each in templates if each.path.stem == "巡逻记录"]
sheet = load_workbook(mine)["巡逻记录"]
print(json.dumps({
    "counts": [outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined],
    "checks": {each.description: each.success for each in checks},
    "header": [cell.value for cell in sheet[3]],
    "documented": registers_page(load_registers()),
}))
"""
)
HEAD = (
    OPEN
    + """\
from openpyxl import load_workbook
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.templates import write_templates

templates = write_templates(engine, out, FiscalCalendar((3, 6, 10, 12)), every=True)
(mine,) = [each.path for each in templates if each.path.stem == "巡逻记录"]
print(json.dumps({"header": [cell.value for cell in load_workbook(mine)["巡逻记录"][3]]}))
"""
)


@pytest.fixture
def declarations(tmp_path: Path) -> Path:
    folder = tmp_path / "declarations"
    folder.mkdir()
    (folder / "patrol.yaml").write_text(PATROL, "utf-8")
    return folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    (copied / "2024" / DEPARTMENT / "registers/巡逻记录.csv").write_text(
        "编号,巡逻日期,项目名称,里程,补助（元）,结束日期\n"
        "X-001,2024-03-05,综治重点工作经费,12,30.50,2024-03-05\n"
        "X-002,2024-03-06,综治重点工作经费,95,30.50,2024-03-06\n"
        "X-003,2024-03-07,,7,0,\n",
        "utf-8",
    )
    return copied


@pytest.fixture
def added(warehouse_url: str, declarations: Path, inbox: Path, tmp_path: Path) -> dict[str, object]:
    """What a process says of the new register in a warehouse that is older than its declaration.

    It is made once on each database; each test has a copy of the warehouse.
    """

    def make(older: Engine) -> dict[str, object]:
        url = older.url.render_as_string(hide_password=False)
        return in_own_process(RUN, declarations, url, inbox, tmp_path / "first")

    found: dict[str, object] = KEEPER.stand(warehouse_url, "patrol", make)
    return found


def test_one_file_adds_a_register_to_everything(
    warehouse_url: str, added: dict[str, object]
) -> None:
    found = added
    assert found["counts"] == [3, 2, 1]
    assert found["checks"]["结束日期不能早于巡逻日期"] is True  # type: ignore[index]
    assert all(found["checks"].values())  # type: ignore[attr-defined]
    assert found["header"] == [
        "巡逻编号", "巡逻日期", "项目名称", "里程", "补助（元）", "结束日期",
    ]  # fmt: skip
    assert "## 巡逻记录" in str(found["documented"])
    assert "巡逻办法第三条" in str(found["documented"])
    engine = connect(warehouse_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT row_key, subsidy_fen FROM patrol ORDER BY row_key"))
        assert [tuple(row) for row in rows] == [("X-001", 3050), ("X-003", 0)]
    engine.dispose()


@pytest.mark.usefixtures("added")
def test_a_column_added_to_a_declaration_is_added_to_its_table(
    warehouse_url: str, declarations: Path, inbox: Path, tmp_path: Path
) -> None:
    line = "  - {name: weather, label: 天气, type: text, description: 天气}\nrules:"
    (declarations / "patrol.yaml").write_text(PATROL.replace("rules:", line), "utf-8")
    found = in_own_process(HEAD, declarations, warehouse_url, inbox, tmp_path / "second")
    assert "天气" in found["header"]  # type: ignore[operator]
    engine = create_engine(connect(warehouse_url).url)
    assert "weather" in {column["name"] for column in inspect(engine).get_columns("patrol")}
    engine.dispose()


@pytest.mark.usefixtures("added")
def test_a_change_that_could_lose_data_is_refused_and_said(
    warehouse_url: str, declarations: Path, inbox: Path, tmp_path: Path
) -> None:
    changed = PATROL.replace("label: 里程, type: count", "label: 里程, required: true, type: count")
    (declarations / "patrol.yaml").write_text(changed, "utf-8")
    with pytest.raises(AssertionError, match="表 patrol 列 kilometres"):
        in_own_process(OPEN, declarations, warehouse_url, inbox, tmp_path / "second")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("name: patrol\n", "name: Patrol; DROP\n"), "name"),
        (("key: [patrol_no]", "key: [patrol_id]"), "no such column"),
        (("label: 里程", "label: 补助（元）"), "stands twice"),
        (("name: kilometres", "name: row_key"), "is taken"),
        (("done_by: ended_on", "done_by: kilometres"), "is not between dates"),
        (("label: 巡逻记录", "label: 支付台账"), "两种台账都叫"),
        (("label: 巡逻记录", "label: 巡逻/../记录"), "label"),
    ],
)
def test_a_declaration_that_cannot_be_used_is_refused_with_its_reason(
    declarations: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str], said: str
) -> None:
    (declarations / "patrol.yaml").write_text(PATROL.replace(*wrong), "utf-8")
    monkeypatch.setenv("PERF_DECLARATIONS", str(declarations))
    assert DeclarationFolder().declarations == declarations
    with pytest.raises(ConfigurationError, match=said):
        load_registers.__wrapped__()


def test_a_declaration_of_a_shipped_name_takes_its_place(
    declarations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = ROOT / "perf_pipeline/registers/declarations/petition_case.yaml"
    stricter = shipped.read_text("utf-8").replace("days: 15", "days: 10")
    (declarations / "petition_case.yaml").write_text(stricter, "utf-8")
    monkeypatch.setenv("PERF_DECLARATIONS", str(declarations))
    found = {each.name: each for each in load_registers.__wrapped__()}
    assert found["petition_case"].limit("acceptance").days == 10
    assert len(found) == len(load_registers()) + 1
