"""Registers from real files: rows are typed and know their place; nothing is lost."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from perf_pipeline.domain.errors import LayoutError, UnreadableFileError
from perf_pipeline.registers.batch import Told
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.sheet_reading import read_batches
from tests.unit.register_files import (
    COLUMNS,
    GOOD,
    HEADER,
    Row,
    Sheets,
    payment,
    read,
    reading_of,
    workbook,
)


def test_a_workbook_with_a_title_blanks_and_a_total_is_read_whole(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "支付台账.xlsx",
        ["支付台账（模拟数据）"],
        HEADER,
        GOOD,
        [],
        ["合计", None, None, 1234.56],
    )
    reading = read(path)
    assert [row.values["amount_fen"] for row in reading.rows] == [123456]
    assert reading.rows[0].row_number == 3
    assert reading.notice == "支付台账（模拟数据）"
    assert (reading.rows_read, reading.skipped, len(reading.quarantined)) == (3, 2, 0)


def test_headers_are_found_by_alias_and_unknown_columns_are_told(tmp_path: Path) -> None:
    header = ["凭证编号", "付款 日期", "项目名称", "金额(元)", "资金性质", "经办人"]
    row = ["1", "2024/3/5", "信访维稳经费", "1,000", "财政资金", "张"]
    reading = read(workbook(tmp_path / "支付台账.xlsx", header, row))
    assert reading.rows[0].values["paid_on"] == date(2024, 3, 5)
    assert reading.ignored_columns == ("经办人",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_tables_are_read_in_the_encodings_that_people_use(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "支付台账.csv"
    rows = [HEADER, ["1", "2024-03-05", "信访维稳经费", "5", "财政资金", "", ""]]
    path.write_bytes("\n".join(",".join(row) for row in rows).encode(encoding))
    assert len(read(path).rows) == 1


@pytest.mark.parametrize(
    ("position", "cell", "label", "reason"),
    [
        (0, None, "凭证号", "不能为空"),
        (1, date(2023, 12, 31), "支付日期", "日期不在2024年度内"),
        (1, "三月", "支付日期", "应为日期"),
        (2, "无名项目", "项目名称", "不在绩效目标文件中"),
        (3, "八十元整", "支付金额（元）", "不是金额"),
        (4, "捐款", "资金来源", "应为下列之一"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_place_and_the_others_are_read(
    tmp_path: Path, position: int, cell: object, label: str, reason: str
) -> None:
    bad = [*GOOD]
    bad[0], bad[position] = "记-2", cell
    reading = read(workbook(tmp_path / "支付台账.xlsx", HEADER, GOOD, bad))
    assert len(reading.rows) == 1
    (row,) = reading.quarantined
    assert (row.sheet, row.row_number, row.column_label) == ("支付", 3, label)
    assert reason in row.reason
    assert "财政资金" in row.row_text or position == 4


def test_the_second_row_of_a_voucher_is_quarantined_and_names_the_first(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path / "支付台账.xlsx", HEADER, GOOD, GOOD))
    assert "第2行重复" in reading.quarantined[0].reason


def test_an_acceptance_before_receipt_is_quarantined(tmp_path: Path) -> None:
    path = tmp_path / "信访事项台账.csv"
    path.write_text(
        "信访编号,收到日期,信访渠道,交办来源,重要事项,受理日期,办结日期\n"
        "1,2024-03-05,网上,无,否,2024-03-01,\n2,2024-03-05,网上,无,否,,2024-04-01\n",
        "utf-8",
    )
    reasons = [row.reason for row in read(path, "petition_case").quarantined]
    assert reasons == ["早于收到日期（2024-03-05）", "有办结日期而没有受理日期"]


def test_a_missing_column_names_file_sheet_row_and_what_is_there(tmp_path: Path) -> None:
    path = workbook(tmp_path / "支付台账.xlsx", ["标题"], HEADER[:3], GOOD[:3])
    with pytest.raises(LayoutError) as refused:
        read(path)
    for word in ("支付台账.xlsx", "支付", "第2行", "支付金额（元）", "资金来源", "凭证号"):
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("支付台账.xlsx", b"not a workbook"),
        ("支付台账.xlsx", b""),
        ("支付台账.csv", b"PK\x03\x04...."),
        ("支付台账.csv", bytes(range(128, 256))),
        ("支付台账.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="支付台账"):
        read(path)


def test_a_workbook_row_is_typed_and_knows_where_it_stood(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    reading = reading_of(sheets_file({"支付": [["2024年支付台账"], COLUMNS, payment("P1")]}))
    (row,) = reading.rows
    assert (row.sheet, row.row_number, row.key) == ("支付", 3, "P1")
    assert row.values == {
        "voucher_no": "P1",
        "paid_on": date(2024, 3, 5),
        "project_name": "综治宣传",
        "amount_fen": 123456,
        "funding_source": "财政资金",
        "payee": "某印务公司",
        "purpose": "宣传册",
        "contract_no": None,
        "belongs_to_year": None,
    }
    assert reading.rows_read == 1


def test_row_and_column_are_as_a_person_sees_them_when_the_table_starts_elsewhere(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    shifted: list[Row] = [[]] * 4 + [[None, None, *row] for row in (COLUMNS, payment("P1"))]
    (row,) = reading_of(sheets_file({"支付": shifted})).rows
    assert (row.row_number, row.values["amount_fen"]) == (6, 123456)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_text_is_read_in_the_encodings_and_separators_that_offices_use(
    text_file: Callable[..., Path], encoding: str, delimiter: str
) -> None:
    path = text_file([COLUMNS, payment("P1")], encoding=encoding, delimiter=delimiter)
    (row,) = reading_of(path).rows
    assert (row.sheet, row.row_number) == (None, 2)
    assert (row.values["amount_fen"], row.values["payee"]) == (123456, "某印务公司")


def test_labels_are_found_by_alias_in_any_order_and_any_width_of_brackets(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    rows: list[Row] = [
        ["资 金\n来源", "金额(元)", "凭证编号", "付款日期", "项目"],
        ["财政资金", 1, "P1", "2024.3.5", "甲"],
    ]
    (row,) = reading_of(sheets_file({"支付": rows})).rows
    assert row.values["amount_fen"] == 100
    assert row.values["payee"] is None


def test_columns_nobody_declared_are_ignored_and_reported(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    rows: list[Row] = [[*COLUMNS, "备注", None, "经办人"], [*payment("P1"), "x", None, "y"]]
    assert reading_of(sheets_file({"支付": rows})).ignored_columns == ("备注", "经办人")


def test_a_notice_above_the_header_is_kept_and_a_mere_title_is_not(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    table = [COLUMNS, payment("P1")]
    assert reading_of(sheets_file({"支付": [["支付台账"], *table]})).notice is None
    noted = reading_of(sheets_file({"支付": [["支付台账"], ["模拟数据，仅供演示"], *table]}))
    assert noted.notice == "支付台账 模拟数据，仅供演示"


def test_every_sheet_with_the_header_is_read_and_the_others_are_left(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    sheets: Sheets = {
        "说明": [COLUMNS, payment("例")],
        "封面": [["某部门"], ["2024年"]],
        "上半年": [COLUMNS, payment("P1")],
        "空": [],
        "下半年": [COLUMNS, payment("P2")],
    }
    reading = reading_of(sheets_file(sheets))
    assert [(row.sheet, row.key) for row in reading.rows] == [("上半年", "P1"), ("下半年", "P2")]
    assert not reading.quarantined


@pytest.mark.parametrize(
    ("second", "without"),
    [([], {"counted_in"}), ([["2", "2024-03-06", "纸", 5, "某某"]], {"counted_in", "approved_by"})],
)
def test_a_file_is_without_what_a_sheet_of_it_with_rows_is_without(
    tmp_path: Path, second: list[Row], without: set[str]
) -> None:
    header = ["领用单号", "领用日期", "耗材名称", "数量", "领用人"]
    path = tmp_path / "耗材领用台账.xlsx"
    workbook(path, [*header, "批准人"], ["1", "2024-03-05", "纸", 5, "某某", "某某"])
    book = load_workbook(path)
    sheet = book.create_sheet("四月")
    for line in (header, *second):
        sheet.append(line)
    book.save(path)
    *_, told = read_batches(path, register("consumable_issue"), 2024, Known(None))
    assert isinstance(told, Told)
    assert set(told.lacking_columns) == without


def test_blank_rows_and_totals_are_skipped_and_counted(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    rows: list[Row] = [
        COLUMNS,
        payment("P1"),
        [None, "  "],
        ["小 计", None, None, 1234.56],
        [None, None, "合计：", 1234.56],
        payment("P2"),
        ["总计", None, None, 2469.12],
    ]
    reading = reading_of(sheets_file({"支付": rows}))
    assert [row.row_number for row in reading.rows] == [2, 6]
    assert (reading.skipped, reading.rows_read) == (4, 6)


def test_a_key_of_several_columns_joins_their_stored_values(tmp_path: Path) -> None:
    declared = register("reported_value")
    path = tmp_path / "a.csv"
    path.write_text("指标名称,截至日期,完成值\n普法覆盖率,2024/3/31,95%\n", "utf-8")
    (row,) = reading_of(path, declared).rows
    assert row.key == "｜｜普法覆盖率｜2024-03-31"
