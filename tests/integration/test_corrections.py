"""A person corrects what was read: the correction is the next version, the old one is kept."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.corrections import COLUMNS, CORRECTED, SHEET
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.reports.review_workbook import build_review_workbook
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import (
    indicator,
    project,
    quarantined_row,
    register_tables,
    source_file,
    spending_plan,
    target,
)
from perf_pipeline.warehouse.targets import load_targets
from tests.year import DATA, DEPARTMENT

BUDGET = register_tables["budget"]
DOCUMENT, WORKBOOK = "2024年部门整体绩效目标.txt", "绩效目标更正表.xlsx"
ONLINE = "雪亮工程二期尾款及维修保养项目｜｜设备在线率"
ADDRESS = "项目1·指标3·指标值"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox that holds one target document."""
    folder = tmp_path / "inbox/2024" / DEPARTMENT / "targets"
    folder.mkdir(parents=True)
    shutil.copy(DATA / "renditions" / DOCUMENT, folder / DOCUMENT)
    return tmp_path / "inbox"


def targets(inbox: Path) -> Path:
    return inbox / "2024" / DEPARTMENT / "targets"


def correct(inbox: Path, corrections: Mapping[str, Any], name: str = WORKBOOK) -> dict[str, int]:
    """Write the review workbook, type corrections into it by address; return their rows."""
    document = extract_document(targets(inbox) / DOCUMENT)
    path = targets(inbox) / name
    path.write_bytes(build_review_workbook(document, review_document(document)))
    book = load_workbook(path)
    sheet = book[SHEET]
    rows = {str(cell.value): cell.row for cell in sheet["A"]}
    for address, text in corrections.items():
        sheet.cell(rows[address], COLUMNS.index(CORRECTED) + 1).value = text
    book.save(path)
    return rows


def load(engine: Engine, inbox: Path) -> dict[str, FileOutcome]:
    return {each.path.split("/")[-1]: each for each in load_targets(engine, inbox)}


def current(engine: Engine, table: Any, column: str = "raw_value") -> dict[str, Any]:
    """The rows in force by key: value, file, sheet and row."""
    query = (
        select(table, source_file.c.path)
        .join(source_file, source_file.c.id == table.c.source_file_id)
        .where(table.c.closed_by_id.is_(None))
    )
    with engine.connect() as connection:
        return {
            row.row_key: (
                getattr(row, column),
                row.path.split("/")[-1],
                row.sheet,
                row.row_number,
            )
            for row in connection.execute(query)
        }


def versions(engine: Engine, table: Any, key: str) -> list[str]:
    query = select(table.c.row_key, table.c.raw_value).order_by(table.c.id)
    with engine.connect() as connection:
        return [row.raw_value for row in connection.execute(query) if row.row_key == key]


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_corrected_target_is_the_next_version_and_the_old_one_is_kept(
    engine: Engine, inbox: Path
) -> None:
    load(engine, inbox)
    before = current(engine, target)
    assert before[ONLINE][:2] == ("≥95%", DOCUMENT)
    rows = correct(inbox, {ADDRESS: "≥98%"})
    outcomes = load(engine, inbox)
    assert {name: each.outcome for name, each in outcomes.items()} == {
        DOCUMENT: "loaded",
        WORKBOOK: "loaded",
    }
    assert outcomes[WORKBOOK].rows_loaded == outcomes[WORKBOOK].rows_read == 1
    after = current(engine, target)
    assert after.pop(ONLINE) == ("≥98%", WORKBOOK, SHEET, rows[ADDRESS])
    del before[ONLINE]
    assert after == before
    assert versions(engine, target, ONLINE) == ["≥95%", "≥98%"]
    with engine.connect() as connection:
        closed = connection.execute(
            select(target.c.raw_value, source_file.c.path)
            .join(source_file, source_file.c.id == target.c.closed_by_id)
            .where(target.c.closed_by_id.is_not(None))
        ).all()
    assert [(row.raw_value, row.path.split("/")[-1]) for row in closed] == [("≥95%", WORKBOOK)]


def test_loading_again_changes_nothing(engine: Engine, inbox: Path) -> None:
    correct(inbox, {ADDRESS: "≥98%", "项目1·项目编码": "2010399"})
    load(engine, inbox)
    sizes = [count(engine, table) for table in (source_file, project, indicator, target)]
    again = load(engine, inbox)
    assert {each.outcome for each in again.values()} == {"unchanged"}
    assert [count(engine, t) for t in (source_file, project, indicator, target)] == sizes


def test_a_workbook_handed_in_with_its_document_counts_from_the_start(
    engine: Engine, inbox: Path
) -> None:
    correct(
        inbox,
        {
            "项目1·项目编码": "2010399",
            "项目1·预算数（万元）": "120.5",
            "项目2·计划1·累计支出比例": "25%",
            "项目1·指标4·二级指标": "质量指标",
            "部门指标1·指标值": "≥99%",
        },
    )
    load(engine, inbox)
    name = "雪亮工程二期尾款及维修保养项目"
    assert current(engine, project, "code")[name][:3] == ("2010399", WORKBOOK, SHEET)
    assert current(engine, BUDGET, "total_fen")[name][:2] == (120_500_000, WORKBOOK)
    assert current(engine, spending_plan, "share_bp")["综治重点工作经费｜3月底"][0] == 2_500
    filed = current(engine, indicator, "level2")
    assert filed[f"{name}｜｜工程质量完好率"][:2] == ("质量指标", WORKBOOK)
    stated = [v for v in current(engine, target).values() if v[1] == WORKBOOK]
    assert [value[0] for value in stated] == ["≥99%"]
    assert len(filed) == len(current(engine, target)) == 65


@pytest.mark.on_sqlite
def test_a_renamed_indicator_takes_the_place_of_the_old_name(engine: Engine, inbox: Path) -> None:
    load(engine, inbox)
    correct(inbox, {"项目1·指标3·三级指标": "前端设备在线率"})
    load(engine, inbox)
    names = current(engine, target)
    assert ONLINE not in names
    assert names[ONLINE.replace("设备", "前端设备")][:2] == ("≥95%", WORKBOOK)
    assert len(names) == 65


@pytest.mark.on_sqlite
def test_all_that_a_renamed_project_has_stands_where_its_name_was_typed(
    engine: Engine, inbox: Path
) -> None:
    load(engine, inbox)
    row = correct(inbox, {"项目4·项目名称": "信访维稳专项"})["项目4·项目名称"]
    load(engine, inbox)
    names = current(engine, target)
    renamed = {key: value for key, value in names.items() if key.startswith("信访维稳")}
    assert len(renamed) == 6
    assert {value[1:] for value in renamed.values()} == {(WORKBOOK, SHEET, row)}
    assert len(names) == 65
    assert sorted(current(engine, project, "code")) == sorted(
        ["雪亮工程二期尾款及维修保养项目", "综治重点工作经费", "社会治安保险", "信访维稳专项"]
    )
    assert current(engine, BUDGET, "total_fen")["信访维稳专项"] == (
        80_000_000,
        WORKBOOK,
        SHEET,
        row,
    )


@pytest.mark.on_sqlite
def test_a_correction_that_is_taken_back_gives_way_to_what_was_read(
    engine: Engine, inbox: Path
) -> None:
    correct(inbox, {ADDRESS: "≥98%", "项目1·指标1·三级指标": "前端设备数量"})
    load(engine, inbox)
    correct(inbox, {ADDRESS: "≥97%"})
    load(engine, inbox)
    names = current(engine, target)
    assert names[ONLINE][:2] == ("≥97%", WORKBOOK)
    assert not [key for key in names if key.endswith("前端设备数量")]
    (targets(inbox) / WORKBOOK).unlink()
    load(engine, inbox)
    assert {value[1] for value in current(engine, target).values()} == {DOCUMENT}
    assert len(current(engine, target)) == 65
    assert versions(engine, target, ONLINE) == ["≥98%", "≥97%", "≥95%"]


@pytest.mark.on_sqlite
def test_a_correction_for_another_document_is_refused_with_its_reason(
    engine: Engine, inbox: Path
) -> None:
    correct(inbox, {ADDRESS: "≥98%", "项目1·指标1·三级指标": "前端设备数量"})
    load(engine, inbox)
    path = targets(inbox) / DOCUMENT
    path.write_text(path.read_text("utf-8").replace("343个", "350个"), "utf-8")
    refused = load(engine, inbox)[WORKBOOK]
    assert refused.outcome == "refused"
    assert "重新生成更正表" in (refused.reason or "")
    assert WORKBOOK in (refused.reason or "")
    names = current(engine, target)
    assert {value[1] for value in names.values()} == {DOCUMENT}
    assert names[ONLINE][0] == "≥95%"
    assert len(names) == 65


@pytest.mark.on_sqlite
def test_a_correction_that_cannot_be_read_is_quarantined_and_the_rest_holds(
    engine: Engine, inbox: Path
) -> None:
    rows = correct(inbox, {ADDRESS: "差不多就行", "项目1·指标2·指标值": "≥96%"})
    outcome = load(engine, inbox)[WORKBOOK]
    assert (outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined) == (2, 1, 1)
    with engine.connect() as connection:
        (kept,) = connection.execute(select(quarantined_row)).all()
    assert (kept.sheet, kept.row_number, kept.column_label, kept.value) == (
        SHEET,
        rows[ADDRESS],
        CORRECTED,
        "差不多就行",
    )
    assert "读不出指标值" in kept.reason
    assert current(engine, target)[ONLINE][:2] == ("≥95%", DOCUMENT)


@pytest.mark.on_sqlite
def test_a_second_workbook_for_the_same_document_is_refused(engine: Engine, inbox: Path) -> None:
    correct(inbox, {ADDRESS: "≥98%"}, "更正表1.xlsx")
    correct(inbox, {ADDRESS: "≥99%"}, "更正表2.xlsx")
    outcomes = load(engine, inbox)
    assert outcomes["更正表2.xlsx"].outcome == "refused"
    assert "更正表1.xlsx" in (outcomes["更正表2.xlsx"].reason or "")
    assert current(engine, target)[ONLINE][0] == "≥98%"


@pytest.mark.on_sqlite
def test_a_second_form_of_a_project_is_quarantined_and_a_new_name_takes_it_in(
    engine: Engine, inbox: Path
) -> None:
    path = targets(inbox) / DOCUMENT
    text = path.read_text("utf-8")
    path.write_text(text.replace("综治重点工作经费\n", "信访维稳经费\n"), "utf-8")
    outcome = load(engine, inbox)[DOCUMENT]
    assert (outcome.outcome, outcome.rows_quarantined) == ("loaded", 1)
    assert len(current(engine, project, "code")) == 3
    with engine.connect() as connection:
        (kept,) = connection.execute(select(quarantined_row)).all()
    assert kept.value == "信访维稳经费"
    assert "另有一张表" in kept.reason
    correct(inbox, {"项目2·项目名称": "综治重点工作经费"})
    assert load(engine, inbox)[DOCUMENT].rows_quarantined == 0
    assert len(current(engine, project, "code")) == 4
    assert len(current(engine, target)) == 65


def test_a_workbook_that_is_none_stops_nobody(engine: Engine, inbox: Path) -> None:
    (targets(inbox) / WORKBOOK).write_bytes(b"PK\x03\x04 damaged")
    outcomes = load(engine, inbox)
    assert {name: each.outcome for name, each in outcomes.items()} == {
        DOCUMENT: "loaded",
        WORKBOOK: "refused",
    }
    assert len(current(engine, target)) == 65
