"""Columns and measures over them are declared in one file; a wrong one stops itself alone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.measures.declared_rows import unusable
from perf_pipeline.registers.declaration import load_registers
from tests.integration.test_one_declaration import PATROL
from tests.own_process import in_own_process
from tests.year import DATA, DEPARTMENT, ROOT

pytestmark = pytest.mark.long(30)

DUTY = """\
name: duty_shift
label: 值班记录
description: 值班的每一班。
key: [shift_no]
columns:
  - {name: shift_no, label: 班次, type: text, required: true, description: 班次编号}
  - {name: held_on, label: 日期, type: date, required: true, in_fiscal_year: true, description: 日}
measures:
  - code: duty_shifts
    label: 值班班次
    description: 年初以来的值班班次
    english: {label: Shifts, description: number of shifts in the year so far}
    unit: 班
    kind: total
    date: held_on
    year: total
"""
JUDGE = """\
import json, sys
from pathlib import Path
from sqlalchemy import select
from perf_pipeline.doctor import _measures
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.catalogue import MEASURES, UNUSABLE
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.domain.limits import Limits
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import indicator_result
from perf_pipeline.warehouse.targets import load_targets

url, inbox = sys.argv[1], Path(sys.argv[2])
engine = open_warehouse(url)
calendar = FiscalCalendar((3, 6, 10, 12))
for checkpoint in calendar.checkpoints(2024)[:1]:  # nothing is there yet
    compute_measures(engine, checkpoint)
    compute_case_limits(engine, checkpoint, checkpoint.ends_on)
load_targets(engine, inbox)
for name in sys.argv[3:]:
    load_register(engine, inbox, name)
june = calendar.checkpoints(2024)[1]
compute_measures(engine, june)
compute_case_limits(engine, june, june.ends_on)
evaluate_quarter(engine, june, Limits())
with engine.connect() as connection:
    results = connection.execute(select(indicator_result)).all()
print(json.dumps({
    "results": {
        row.name: [row.measure, row.numerator, row.status, row.reason] for row in results
    },
    "measures": [each.code for each in MEASURES],
    "unusable": dict(UNUSABLE),
    "doctor": _measures(),
}))
"""
MAP = "指标与度量对照表.csv"


def judged(declarations: Path, url: str, inbox: Path, *registers: str) -> dict[str, Any]:
    return in_own_process(JUDGE, declarations, url, inbox, *registers, "indicator_measure")


@pytest.fixture
def declarations(tmp_path: Path) -> Path:
    folder = tmp_path / "declarations"
    folder.mkdir()
    return folder


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An inbox of targets alone, to which a test adds what it needs."""
    registers = tmp_path / "office/2024" / DEPARTMENT / "registers"
    registers.mkdir(parents=True)
    shutil.copytree(DATA / "2024" / DEPARTMENT / "targets", registers.parent / "targets")
    return registers


def test_two_columns_and_a_measure_over_them_are_one_file_and_judged(
    warehouse_url: str, tmp_path: Path, office: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "duty_shift.yaml").write_text(DUTY, "utf-8")
    (office / "值班记录.csv").write_text(
        "班次,日期\n1,2024-01-02\n2,2024-06-30\n3,2024-07-01\n", "utf-8"
    )
    (office / MAP).write_text(
        "项目名称,指标名称,度量\n综治重点工作经费,活动次数,duty_shifts\n", "utf-8"
    )
    found = judged(folder, warehouse_url, office.parents[2], "duty_shift")
    assert found["results"]["活动次数"][:2] == ["duty_shifts", 2]
    assert "duty_shifts" in found["measures"]


def test_an_own_version_without_optional_columns_and_limits_stops_its_measures_alone(
    tmp_path: Path, office: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    shipped = ROOT / "perf_pipeline/registers/declarations"
    written = (shipped / "petition_case.yaml").read_text("utf-8")
    columns, _, _ = written.partition("\nrules:")
    gone = ("satisfaction", "review_", "recheck_", "extended_days", "matter", "hosted")
    kept = [line for line in columns.splitlines() if not any(f"name: {g}" in line for g in gone)]
    (folder / "petition_case.yaml").write_text("\n".join(kept) + "\n", "utf-8")
    mediation, _, _ = (shipped / "mediation_case.yaml").read_text("utf-8").partition("\nlimits:")
    (folder / "mediation_case.yaml").write_text(mediation + "\n", "utf-8")
    (office / "信访事项台账.csv").write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期\n"
        "1,2024-01-02,来信,无,否,2024-01-05,2024-02-01\n",
        "utf-8",
    )
    (office / MAP).write_text(
        "项目名称,指标名称,度量\n信访维稳经费,按期受理率,petition_on_time_acceptance\n", "utf-8"
    )
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"  # nothing of it is the database's business
    found = judged(folder, url, office.parents[2], "petition_case")
    assert "petition_visits_hosted" in found["unusable"]
    assert "没有列 hosted" in found["unusable"]["petition_visits_hosted"]
    assert "没有期限 closing" in found["unusable"]["petition_on_time_closing"]
    assert "petition_case.yaml 第" in found["unusable"]["petition_on_time_closing"]
    assert {"mediation_resolution_rate", "paid_fen"} <= set(found["measures"])
    _, numerator, status, reason = found["results"]["按期受理率"]
    assert (numerator, status) == (None, "no_data")
    assert "没有期限 acceptance" in reason
    assert "不可用" in found["doctor"]


def test_a_wrong_column_stops_its_measure_alone_and_is_told_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch, declarations: Path
) -> None:
    (declarations / "patrol.yaml").write_text(PATROL + MEASURES_OF_PATROL, "utf-8")
    monkeypatch.setenv("PERF_DECLARATIONS", str(declarations))
    registers = [each for each in load_registers.__wrapped__() if each.name == "patrol"]
    (declared,) = registers
    told = {each.code: unusable(each, declared) for each in declared.measures}
    assert told["patrols"] is None
    lines = (PATROL + MEASURES_OF_PATROL).splitlines()
    for code, why in (("patrol_km", "没有列 miles"), ("patrol_ended", "没有期限 finish")):
        line = 1 + lines.index(f"  - code: {code}")
        assert f"patrol.yaml 第{line}行" in str(told[code])
        assert why in str(told[code])
    assert "没有选项" in str(told["patrol_kind"]) or "不能与" in str(told["patrol_kind"])
    for code in ("patrol_rows", "patrol_nowhere", "patrol_constant"):
        assert "不能用" in str(told[code])


def test_a_measure_that_is_not_understood_is_refused_with_file_line_and_field(
    monkeypatch: pytest.MonkeyPatch, declarations: Path
) -> None:
    wrong = PATROL + MEASURES_OF_PATROL.replace("year: total", "year: sometimes", 1)
    (declarations / "patrol.yaml").write_text(wrong, "utf-8")
    monkeypatch.setenv("PERF_DECLARATIONS", str(declarations))
    line = 1 + wrong.splitlines().index("    year: sometimes")
    with pytest.raises(ConfigurationError, match=rf"patrol.yaml 第{line}行（measures.0.year）"):
        load_registers.__wrapped__()


def test_measures_are_added_to_a_shipped_register_without_copying_it(
    monkeypatch: pytest.MonkeyPatch, declarations: Path
) -> None:
    more = "measures_of: petition_case\n" + MEASURES_OF_PATROL.replace("patrolled_on", "closed_on")
    (declarations / "more.yaml").write_text(more, "utf-8")
    monkeypatch.setenv("PERF_DECLARATIONS", str(declarations))
    found = {each.name: each for each in load_registers.__wrapped__()}
    codes = [each.code for each in found["petition_case"].measures]
    assert {"petition_on_time_closing", "patrols"} <= set(codes)


def _measure(code: str, *parts: str) -> str:
    lines = [
        f"  - code: {code}",
        f"    label: {code}",
        f"    description: {code}",
        f"    english: {{label: {code}, description: {code}}}",
        "    unit: 次",
        *(f"    {part}" for part in parts),
        "    year: total",
    ]
    return "\n".join(lines) + "\n"


MEASURES_OF_PATROL = (
    "measures:\n"
    + _measure("patrols", "kind: total", "date: patrolled_on")
    + _measure("patrol_km", "kind: total", "date: patrolled_on", "column: miles")
    + _measure("patrol_ended", "kind: share_in_time", "decided: finish")
    + _measure(
        "patrol_kind",
        "kind: total",
        "date: patrolled_on",
        "where: [{column: kilometres, is: 长}]",
    )
    # one that takes a checkpoint alone, one that is not there, and one that is no function
    + _measure(
        "patrol_rows", "kind: python", "function: perf_pipeline.warehouse.budgets:never_adjusted"
    )
    + _measure("patrol_nowhere", "kind: python", "function: perf_pipeline.measures:nowhere")
    + _measure(
        "patrol_constant", "kind: python", "function: perf_pipeline.measures.execution:payment"
    )
)
