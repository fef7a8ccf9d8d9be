"""The review workbook: what it holds, and how what a person types in it is read back."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.documents.model import Confidence, TargetDocument
from perf_pipeline.documents.review.corrections import (
    COLUMNS,
    CORRECTED,
    SHEET,
    Correction,
    apply_corrections,
    read_corrections,
)
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.documents.review.values import list_values
from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.files import read_sheets
from perf_pipeline.reports.review_workbook import HEADER_ROW, build_review_workbook
from tests.clean_document import CLEAN, LIBRARY, ROADS

FAULTY = replace(
    CLEAN,
    department="=某区+局",
    projects=(
        replace(
            ROADS,
            code="",
            purpose="=cmd|' /C calc'!A0",
            indicators=(
                *ROADS.indicators[:-1],
                replace(ROADS.indicators[-1], confidence=Confidence.PERSON, description="-1+2"),
            ),
        ),
        replace(LIBRARY, budget=None),
    ),
)


def built(document: TargetDocument = FAULTY) -> Workbook:
    return load_workbook(BytesIO(build_review_workbook(document, review_document(document))))


def lines(book: Workbook) -> list[dict[str, Any]]:
    sheet = book[SHEET]
    return [
        dict(zip(COLUMNS, row, strict=True))
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
    ]


def row_of(sheet: Worksheet, address: str) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == address)


def type_in(book: Workbook, **corrections: Any) -> None:
    """Type corrections, by address with __ for ·."""
    for address, text in corrections.items():
        row = row_of(book[SHEET], address.replace("__", "·"))
        book[SHEET].cell(row, COLUMNS.index(CORRECTED) + 1).value = text


def read_back(book: Workbook, folder: Path) -> tuple[Correction, ...]:
    path = folder / "更正表.xlsx"
    book.save(path)
    grids = {sheet: list(rows) for sheet, rows in read_sheets(path)}
    sheet = read_corrections(grids[SHEET], Place(path.name, SHEET))
    assert sheet.sha256 == FAULTY.sha256
    return sheet.corrections


def test_every_value_is_there_with_place_confidence_and_finding() -> None:
    written = lines(built())
    values = list(list_values(FAULTY))
    assert [line["编号"] for line in written] == [value.address for value in values]
    assert len(values) == 2 * 7 + 2 * 4 + (10 + 8) * 6 + 2 * 2
    by_address = {line["编号"]: line for line in written}
    satisfied = by_address["项目1·指标10·指标值"]
    assert (satisfied["读出的值"], satisfied["读作"]) == ("≥90%", "≥ 90 %")
    assert (satisfied["位置"], satisfied["可信度"]) == ("表1第21行", "需人工确认")
    assert "没有填写项目编码" in by_address["项目1·项目编码"]["审核意见"]
    assert "没有写明预算数" in by_address["项目2·预算数（万元）"]["审核意见"]
    assert by_address["项目1·计划2·累计支出比例"]["读出的值"] == "50%"
    assert by_address["部门指标2·指标值"]["读出的值"] == "零事故"


def test_only_corrections_can_be_typed_and_levels_are_offered() -> None:
    sheet = built()[SHEET]
    assert sheet.protection.sheet
    open_cells = {
        sheet.cell(HEADER_ROW, cell.column).value
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert open_cells == {"改为", "更正说明"}
    offered = {str(each.formula1) for each in sheet.data_validations.dataValidation}
    assert any("产出指标" in choices for choices in offered)
    assert any("时效指标" in choices for choices in offered)
    assert all(len(choices) <= 255 for choices in offered)  # Excel's own limit


def test_no_text_becomes_a_formula() -> None:
    book = built()
    dangerous = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in "=+-@"
    ]
    assert {cell.value for cell in dangerous} >= {"=cmd|' /C calc'!A0", "-1+2"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)


def test_the_same_document_gives_the_same_bytes() -> None:
    findings = review_document(FAULTY)
    assert build_review_workbook(FAULTY, findings) == build_review_workbook(FAULTY, findings)


def test_a_workbook_that_nobody_filled_corrects_nothing(tmp_path: Path) -> None:
    assert read_back(built(), tmp_path) == ()


def test_corrections_replace_what_was_read_and_stand_where_they_were_typed(
    tmp_path: Path,
) -> None:
    book = built()
    type_in(
        book,
        项目1__项目编码="530112200001",
        项目1__指标10__指标值="≥85%",
        项目1__指标2__二级指标="质量指标",
        项目1__计划1__累计支出比例="25.5%",
        部门指标1__指标值="≥98%",
        项目2__绩效目标="开放图书馆。\n办好讲座。",
    )
    type_in(book, **{"项目2__预算数（万元）": 60, "项目2__财政资金（万元）": 59.99})
    mended, refused = apply_corrections(FAULTY, read_back(book, tmp_path))
    assert refused == ()
    roads, library = mended.projects
    assert roads.code == "530112200001"
    satisfied = roads.indicators[9]
    assert (satisfied.raw_value, satisfied.target.value) == ("≥85%", "85")
    assert satisfied.confidence is Confidence.RULE
    assert satisfied.where == f"更正第{row_of(book[SHEET], '项目1·指标10·指标值')}行"
    assert roads.indicators[1].level2 == "质量指标"
    assert str(roads.spending_plan[0].share) == "0.255"
    assert library.budget is not None
    assert (library.budget.total_fen, library.budget.fiscal_fen) == (60_000_000, 59_990_000)
    assert library.objectives == ("开放图书馆。", "办好讲座。")
    assert mended.department_indicators[0].target.value == "98"
    untouched = [*roads.indicators[2:9], *library.indicators]
    assert untouched == [*FAULTY.projects[0].indicators[2:9], *LIBRARY.indicators]


@pytest.mark.parametrize(
    ("address", "typed", "reason"),
    [
        ("项目1·指标10·指标值", "大概九成吧", "读不出指标值"),
        ("项目1·指标10·指标值", 0.95, "不知是否为百分比"),
        ("项目1·计划1·累计支出比例", "三成", "累计比例"),
        ("项目1·计划1·累计支出比例", "130%", "累计比例"),
        ("项目1·预算数（万元）", "八十", "不是金额"),
        ("项目2·其他资金（万元）", "5", "先填写预算数"),
        ("项目1·资金用途", "长" * 2_001, "最多2000字"),
    ],
)
def test_a_correction_that_cannot_be_read_is_refused_and_the_others_are_applied(
    tmp_path: Path, address: str, typed: object, reason: str
) -> None:
    book = built()
    type_in(book, **{address.replace("·", "__"): typed, "项目1__项目编码": "1"})
    mended, refused = apply_corrections(FAULTY, read_back(book, tmp_path))
    assert [each.correction.address for each in refused] == [address]
    assert reason in refused[0].reason
    assert mended.projects[0].code == "1"
    assert replace(mended.projects[0], code="", where="表1", budget=ROADS.budget) == replace(
        FAULTY.projects[0], where="表1"
    )


def test_a_date_in_a_cell_is_a_date_in_words(tmp_path: Path) -> None:
    book = built()
    type_in(book, 项目1__指标5__指标值=datetime(2025, 10, 31))
    mended, refused = apply_corrections(FAULTY, read_back(book, tmp_path))
    assert refused == ()
    assert mended.projects[0].indicators[4].target.value == "2025-10-31"


def test_a_value_that_reads_differently_now_is_not_overwritten(tmp_path: Path) -> None:
    book = built()
    type_in(book, 项目1__指标10__指标值="≥85%", 项目2__项目名称="新馆")
    other = replace(FAULTY, projects=(replace(ROADS, indicators=ROADS.indicators[:9]), LIBRARY))
    other = replace(other, projects=(other.projects[0], replace(LIBRARY, name="图书馆")))
    mended, refused = apply_corrections(other, read_back(book, tmp_path))
    assert mended == other
    assert ["没有编号" in each.reason for each in refused] == [True, False]
    assert "现在读出的是“图书馆”" in refused[1].reason


@pytest.mark.parametrize(
    ("grid", "reason"),
    [
        ([], "SHA-256"),
        ([["文件SHA-256", "xyz"]], "SHA-256"),
        ([["文件SHA-256", "a" * 64]], "没有找到表头"),
        ([["文件SHA-256", "a" * 64], ["编号", "改为"]], "没有找到表头"),
    ],
)
def test_a_sheet_without_digest_or_header_is_refused(grid: list[list[str]], reason: str) -> None:
    with pytest.raises(LayoutError, match=reason):
        read_corrections(grid, Place("更正表.xlsx"))


VALUES = {value.address: value.written for value in list_values(FAULTY)}


@given(address=st.sampled_from(sorted(VALUES)) | st.text(max_size=30), text=st.text(max_size=40))
def test_whatever_is_typed_is_applied_or_refused(address: str, text: str) -> None:
    correction = Correction(address, VALUES.get(address, ""), text, 7)
    mended, refused = apply_corrections(FAULTY, [correction])
    assert (mended == FAULTY) >= bool(refused)
