"""Templates are filled with the department's own projects and indicators; measures are proposed."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine

from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.library.indicators import FILE, load_library
from perf_pipeline.measures.coverage import mapped_indicators
from perf_pipeline.measures.proposals import propose, propose_direction
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.registers.declaration import load_registers, register
from perf_pipeline.registers.template import FIRST_ROW, HEADER_ROW
from perf_pipeline.templates import write_templates
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.targets import load_targets
from tests.read_register import read_register
from tests.year import CALENDAR, DATA, DEPARTMENT

PLACE = f"2024/{DEPARTMENT}/registers"


@pytest.fixture
def mapped(engine: Engine) -> Engine:
    """A warehouse with the target document, the budgets and the map."""
    load_targets(engine, DATA)
    load_register(engine, DATA, "budget")
    load_register(engine, DATA, "indicator_measure")
    return engine


@pytest.fixture
def unmapped(engine: Engine) -> Engine:
    """A warehouse in which a new document has just come in."""
    load_targets(engine, DATA)
    return engine


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    labels = [cell.value for cell in sheet[HEADER_ROW]]
    lines = sheet.iter_rows(min_row=FIRST_ROW, values_only=True)
    return [dict(zip(map(str, labels), line, strict=True)) for line in lines if any(line)]


def test_every_register_has_a_template_laid_out_as_the_inbox_is(
    mapped: Engine, tmp_path: Path
) -> None:
    written = write_templates(mapped, tmp_path, CALENDAR, every=True)
    assert {each.path.relative_to(tmp_path).as_posix() for each in written} == {
        f"{PLACE}/{declared.label}.xlsx" for declared in load_registers()
    }


def test_only_what_the_departments_indicators_need_has_a_template(
    mapped: Engine, tmp_path: Path
) -> None:
    with_map = {each.path.stem for each in write_templates(mapped, tmp_path, CALENDAR)}
    assert {"支付台账", "信访事项台账", "设备巡检记录", "人工填报指标值"} <= with_map
    assert not {"资金支出计划表", "预算调整表", "绩效目标调整表"} & with_map


def test_before_there_is_a_map_only_the_first_templates_are_needed(
    unmapped: Engine, tmp_path: Path
) -> None:
    without = {each.path.stem for each in write_templates(unmapped, tmp_path, CALENDAR)}
    assert without == {"支付台账", "指标与度量对照表", "人工填报指标值", "项目预算表"}


def test_what_the_map_proposes_in_is_no_column_that_is_not_used(
    unmapped: Engine, tmp_path: Path
) -> None:
    write_templates(unmapped, tmp_path, CALENDAR)
    path = tmp_path / PLACE / "指标与度量对照表.xlsx"
    book = load_workbook(path)
    heads = [cell.value for cell in book.worksheets[0][HEADER_ROW]]
    assert {"建议", "建议的年度口径"} <= set(heads)
    book.worksheets[0].cell(FIRST_ROW, heads.index("度量") + 1).value = "人工填报"
    book.worksheets[0].cell(HEADER_ROW, len(heads) + 1).value = "经手人"
    book.save(path)
    load_register(unmapped, tmp_path, "indicator_measure")
    with unmapped.connect() as connection:
        told = [p.finding for p in open_points(connection) if p.kind is Open.IGNORED]
    assert told == ["这些列没有用到：经手人"]


def test_a_file_that_is_there_is_never_overwritten(mapped: Engine, tmp_path: Path) -> None:
    write_templates(mapped, tmp_path, CALENDAR)
    filled = tmp_path / PLACE / "支付台账.xlsx"
    filled.write_bytes(b"what a clerk has typed in")
    again = write_templates(mapped, tmp_path, CALENDAR)
    assert not any(each.is_new for each in again)
    assert filled.read_bytes() == b"what a clerk has typed in"


def test_values_to_report_are_those_that_no_register_feeds_at_each_checkpoint(
    mapped: Engine, tmp_path: Path
) -> None:
    write_templates(mapped, tmp_path, CALENDAR)
    path = tmp_path / PLACE / "人工填报指标值.xlsx"
    rows = rows_of(load_workbook(path)["人工填报指标值"])
    with mapped.connect() as connection:
        fed_by_none = [e for e in mapped_indicators(connection) if e.by_hand or e.uncovered]
    assert len(rows) == 4 * len(fed_by_none) == 4 * 28
    assert {str(row["截至日期"])[:10] for row in rows} == {
        "2024-03-31", "2024-06-30", "2024-10-31", "2024-12-31",
    }  # fmt: skip
    assert not any(row["指标名称"] == "设备在线率" for row in rows)

    book = load_workbook(path)
    sheet = book["人工填报指标值"]
    assert sheet.cell(FIRST_ROW, 3).protection.locked
    sheet.cell(FIRST_ROW, 5).value = "是"
    book.save(path)
    reading = read_register(
        path,
        register("reported_value"),
        fiscal_year=2024,
        known_projects={str(row["项目名称"]) for row in rows if row["项目名称"]},
    )
    assert [row.values["reported_text"] for row in reading.rows] == ["是"]
    assert reading.quarantined == []


def test_the_map_offers_measures_but_uses_none_until_a_person_fills_it_in(
    unmapped: Engine, tmp_path: Path
) -> None:
    write_templates(unmapped, tmp_path, CALENDAR)
    path = tmp_path / PLACE / "指标与度量对照表.xlsx"
    rows = rows_of(load_workbook(path)["指标与度量对照表"])
    assert len(rows) == 65
    assert not any(row["度量"] for row in rows)
    online = next(row for row in rows if row["指标名称"] == "设备在线率")
    assert (online["建议"], online["把握"]) == ("设备在线率", "100%")
    ways = {row["指标名称"]: row["建议的指标方向"] for row in rows}
    assert ways["保险覆盖率"] == "正向"
    assert ways["投保成本"] == "反向"
    assert ways["设备数量"] == "正向"
    assert ways["账号数量"] == "正向或反向？名称说不清，请核对后填写"
    assert ways["设备在线率"] is None  # ≥95% says it

    library = load_library(DATA / FILE)
    write_templates(unmapped, tmp_path / "with library", CALENDAR, library=library)
    known = rows_of(load_workbook(tmp_path / "with library" / PLACE / path.name)[path.stem])
    told = [row for row in known if row["指标库"]]
    assert told
    for row in told:
        usual = library.find(str(row["指标名称"]))
        assert usual is not None
        assert (row["把握"] == "95%") == (usual.measure is not None)

    reading = read_register(path, register("indicator_measure"), fiscal_year=2024)
    assert (reading.rows, reading.quarantined) == ([], [])
    book = load_workbook(path)
    sheet = book["指标与度量对照表"]
    sheet.cell(FIRST_ROW, 4).value = "devices_inspected"
    book.save(path)
    reading = read_register(path, register("indicator_measure"), fiscal_year=2024)
    assert [row.values["measure"] for row in reading.rows] == ["devices_inspected"]
    assert reading.quarantined == []


@pytest.mark.parametrize(
    ("name", "unit", "level", "behaviour"),
    [("项目总投入", "万元", "成本指标经济成本指标", None), ("值守车辆", "辆", "", "成本")],
)
def test_the_map_proposes_the_side_by_which_the_judgement_goes(
    mapped: Engine, name: str, unit: str, level: str, behaviour: str | None
) -> None:
    with mapped.connect() as connection:
        some = mapped_indicators(connection)[0]
    aim = Target(TargetKind.NUMBER, Operator.EQ, "30", unit=unit)
    bare = replace(some, name=name, level=level, behaviour=behaviour, target=aim)
    bare = replace(bare, raw_target=f"30{unit}", direction=None)
    assert propose_direction(bare, None) == "反向"


def test_proposals_find_what_the_department_mapped_by_hand(mapped: Engine) -> None:
    with mapped.connect() as connection:
        by_register = [
            e for e in mapped_indicators(connection) if not e.by_hand and not e.uncovered
        ]
    offered = {
        each.name + each.surroundings: [
            p.measure.code for p in propose(each.name, each.surroundings)
        ]
        for each in by_register
    }
    codes = {each.name + each.surroundings: each.measure for each in by_register}
    first = sum(found[:1] == [codes[key]] for key, found in offered.items())
    among = sum(codes[key] in found for key, found in offered.items())
    assert len(by_register) == 37
    assert first >= 28
    assert among >= 31  # what shares no word with its measure is left to a person


def test_what_is_like_no_measure_gets_no_proposal() -> None:
    assert propose("重新犯罪", "社区矫正") == ()


@pytest.mark.parametrize(
    ("name", "surroundings"),
    [
        ("学生家长满意度", "义务教育保障经费"),
        ("参训教师满意度", "教师培训项目"),
        ("行政审批按期办结率", "政务服务大厅运行"),
        ("疫苗接种覆盖率", "公共卫生服务"),
        ("图书借阅次数", "公共图书馆免费开放"),
        ("低保对象知晓率", "城乡低保"),
    ],
)
def test_another_trades_measure_is_never_offered(name: str, surroundings: str) -> None:
    assert propose(name, surroundings) == ()


def test_each_indicator_is_computed_or_reported_or_listed_as_uncovered(mapped: Engine) -> None:
    with mapped.connect() as connection:
        indicators = mapped_indicators(connection)
    uncovered = [each for each in indicators if each.uncovered]
    assert len(indicators) == 65
    assert sum(each.by_hand for each in indicators) == 27
    assert [each.name for each in uncovered] == ["实际涉法涉诉信访案件发生情况及时进行评查"]
    assert "做好年度维护社会稳定工作" in str(uncovered[0])
