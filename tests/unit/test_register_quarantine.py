"""Rows of registers that go to quarantine, each with its place and reason."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from perf_pipeline.domain.errors import UnreadableFileError
from perf_pipeline.registers import files
from perf_pipeline.registers.declaration import Register, register
from tests.unit.register_files import (
    CASE_HEADER,
    CASES,
    COLUMNS,
    LINE,
    SURVEY,
    Row,
    Sheets,
    faults,
    payment,
    reading_of,
)


@pytest.mark.parametrize(
    ("column", "cell", "value", "reason"),
    [
        ("凭证号", None, None, "不能为空"),
        ("支付日期", "2023-02-29", "2023-02-29", "没有这一天"),
        ("支付日期", "2023-12-31", "2023-12-31", "日期不在2024年度内"),
        ("支付金额（元）", "约5万", "约5万", "不是金额"),
        ("支付金额（元）", 0.001, "0.001", "最多两位小数"),
        ("资金来源", "贷款", "贷款", "应为下列之一：财政资金、其他资金"),
        ("用途", "字" * 2001, "字" * 2001, "最多2000字"),
        ("用途", "#REF!", "#REF!", "错误值#REF!"),
    ],
)
def test_a_bad_cell_puts_its_row_in_quarantine_and_the_others_are_read(
    sheets_file: Callable[[Sheets], Path], column: str, cell: object, value: str | None, reason: str
) -> None:
    rows = [COLUMNS, payment("P1"), payment("P2", **{column: cell}), payment("P3")]
    reading = reading_of(sheets_file({"支付": rows}))
    assert [row.key for row in reading.rows] == ["P1", "P3"]
    assert faults(reading) == [("支付", 3, column, value)]
    assert reason in reading.quarantined[0].reason


def test_an_error_in_a_column_that_may_be_blank_is_not_taken_for_a_blank(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    shifted: list[Row] = [[]] * 4 + [
        [None, None, *row]
        for row in (COLUMNS, payment("P2"), payment("P3", 收款单位="#N/A"), payment("P4"))
    ]
    reading = reading_of(sheets_file({"一月": [COLUMNS, payment("P1")], "二月&三月": shifted}))
    assert [row.key for row in reading.rows] == ["P1", "P2", "P4"]
    assert faults(reading) == [("二月&三月", 7, "收款单位", "#N/A")]


def test_an_error_in_an_old_workbook_is_not_taken_for_a_blank_either(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("支付")
    for r, row in enumerate([COLUMNS, payment("P1"), payment("P2")], start=2):
        for c, cell in enumerate(row, start=1):
            sheet.write(r, c, str(cell))
    sheet.row(5).set_cell_text(1, "P3")
    for c, cell in enumerate(payment("P3", 收款单位=None)[1:], start=2):
        sheet.row(5).set_cell_error(c, 0x2A) if cell is None else sheet.write(5, c, str(cell))
    book.save(str(tmp_path / "支付台账.xls"))
    reading = reading_of(tmp_path / "支付台账.xls")
    assert [row.key for row in reading.rows] == ["P1", "P2"]
    assert faults(reading) == [("支付", 6, "收款单位", "#N/A")]


def test_a_sheet_of_nothing_but_errors_is_refused(
    sheets_file: Callable[[Sheets], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perf_pipeline.foreign.workbook.MOST_ERRORS", 2)
    rows = [COLUMNS, *(payment(f"P{n}", 用途="#REF!") for n in range(3))]
    with pytest.raises(UnreadableFileError, match=r"支付.*错误值.*多于2个"):
        list(files.open_sheets(sheets_file({"支付": rows})))


def test_a_quarantined_row_keeps_its_cells_by_their_labels(text_file: Callable[..., Path]) -> None:
    bad = payment("P1", 资金来源="贷款")
    (row,) = reading_of(text_file([COLUMNS, bad])).quarantined
    labelled = {str(label): str(cell) for label, cell in zip(COLUMNS, bad, strict=True)}
    assert json.loads(row.row_text) == labelled


def test_a_row_with_several_bad_cells_is_one_entry_that_names_them_all(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    bad = payment("P1", 支付日期="昨天", **{"支付金额（元）": None}, 资金来源="贷款")
    reading = reading_of(sheets_file({"支付": [COLUMNS, bad]}))
    assert faults(reading) == [("支付", 2, "支付日期", "昨天")]
    reason = reading.quarantined[0].reason
    assert reason.startswith("应为日期")
    assert "列“支付金额（元）”不能为空" in reason
    assert "列“资金来源”应为下列之一" in reason


def test_a_project_without_targets_is_quarantined_only_when_the_projects_are_known(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    path = sheets_file({"支付": [COLUMNS, payment("P1")]})
    assert len(reading_of(path).rows) == 1
    assert len(reading_of(path, projects=frozenset({"综治宣传"})).rows) == 1
    reading = reading_of(path, projects=frozenset({"雪亮工程"}))
    assert faults(reading) == [("支付", 2, "项目名称", "综治宣传")]
    reason = "项目“综治宣传”不在绩效目标文件中，没有预算和目标"
    assert reading.quarantined[0].reason == reason


def test_a_key_used_twice_with_other_content_names_the_first_row(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    sheets: Sheets = {
        "上半年": [COLUMNS, payment("P1")],
        "下半年": [COLUMNS, payment("P1", 用途="横幅")],
    }
    reading = reading_of(sheets_file(sheets))
    assert [row.sheet for row in reading.rows] == ["上半年"]
    assert faults(reading) == [("下半年", 2, "凭证号", "P1")]
    assert reading.quarantined[0].reason == "凭证号与工作表“上半年”第2行重复，而内容不同"


def test_an_exact_repeat_is_told_apart(text_file: Callable[..., Path]) -> None:
    reading = reading_of(text_file([COLUMNS, payment("P1"), payment("P1")]))
    assert faults(reading) == [(None, 3, "凭证号", "P1")]
    assert reading.quarantined[0].reason == "重复行：与第2行重复，内容完全相同"


def test_a_bad_row_does_not_reserve_its_key(text_file: Callable[..., Path]) -> None:
    reading = reading_of(text_file([COLUMNS, payment("P1", 资金来源="贷款"), payment("P1")]))
    assert [row.row_number for row in reading.rows] == [3]


def test_a_row_that_holds_only_what_a_template_came_with_is_skipped(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    rows: list[Row] = [
        ["分项工作", "指标名称", "截至日期", "完成值", "备注"],
        ["普法", "普法覆盖率", "2024-03-31", None, "待填"],
        ["普法", "普法覆盖率", "2024-06-30", "90%", None],
    ]
    reading = reading_of(sheets_file({"填报": rows}), register("reported_value"))
    assert [row.row_number for row in reading.rows] == [3]
    assert (reading.skipped, reading.quarantined) == (1, [])


@pytest.mark.parametrize(
    ("declared", "rows", "column", "reason"),
    [
        (
            CASES,
            [CASE_HEADER, ["T1", "柳林镇", "2024-03-05", "2024-03-04", "调解成功"]],
            "结案日期",
            "早于受理日期（2024-03-05）",
        ),
        (
            CASES,
            [CASE_HEADER, ["T1", "柳林镇", "2024-03-05", None, "调解成功"]],
            "调解结果",
            "调解结果与结案日期应同时填写或同时留空",
        ),
        (
            SURVEY,
            [
                ["调查编号", "调查日期", "调查对象", "有效问卷数", "满意人数", "知晓人数"],
                ["D1", "2024-03-05", "雪亮工程", 100, 101, 90],
            ],
            "满意人数",
            "大于有效问卷数",
        ),
        (
            register("reported_value"),
            [
                ["指标名称", "截至日期", "完成值", "佐证材料"],
                ["普法覆盖率", "2024-03-31", None, "花名册"],
            ],
            "完成值",
            "完成值与分子至少填写一项",
        ),
        (
            register("petition_case"),
            [
                ["信访编号", "收到日期", "受理日期", "办结日期", "延期天数"],
                ["X1", "2024-03-05", "2024-03-06", None, 31],
            ],
            "延期天数",
            "不能大于30天",
        ),
    ],
)
def test_a_row_that_breaks_a_declared_rule_is_quarantined(
    sheets_file: Callable[[Sheets], Path],
    declared: Register,
    rows: list[list[object]],
    column: str,
    reason: str,
) -> None:
    (found,) = reading_of(sheets_file({"登记": rows}), declared).quarantined
    assert (found.sheet, found.row_number, found.column_label) == ("登记", 2, column)
    assert reason in found.reason


def test_a_comma_without_quotes_does_not_move_values_into_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "支付台账.csv"
    line = "P1,2024-03-05,综治宣传,1,财政资金,甲,乙公司,宣传册"
    path.write_text(f"{LINE}\n{line}\n", "utf-8")
    (found,) = reading_of(path).quarantined
    assert (found.row_number, found.column_label) == (2, None)
    assert "有8个单元格，表头只有7列" in found.reason


def test_a_sheet_with_a_column_missing_is_not_lost_beside_a_good_one(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    short = ["凭证号", "支付日期", "项目名称", "资金来源"]
    reading = reading_of(
        sheets_file({"1月": [COLUMNS, payment("P1")], "2月": [["二月"], short, ["P2"]]})
    )
    assert len(reading.rows) == 1
    assert faults(reading) == [("2月", 2, None, None)]
    assert "缺少列“支付金额（元）”" in reading.quarantined[0].reason
