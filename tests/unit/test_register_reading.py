"""Registers from real files: typed rows, quarantined rows, refusals; nothing lost."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwt
from openpyxl import Workbook

from perf_pipeline.domain.errors import LayoutError, PerfPipelineError, UnreadableFileError
from perf_pipeline.foreign import zipped_workbook
from perf_pipeline.registers import files
from perf_pipeline.registers.declaration import Register, load_registers, register
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.registers.reading import RegisterReading, read_register

HEADER = ["凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源", "收款单位", "用途"]
GOOD = ["记-1", date(2024, 3, 5), "信访维稳经费", 1234.56, "财政资金", "某公司", "差旅"]
PROJECTS = ("信访维稳经费",)


def workbook(path: Path, *lines: Sequence[object], sheet: str = "支付") -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.title = sheet
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def read(path: Path, name: str = "payment") -> RegisterReading:
    return read_register(path, register(name), fiscal_year=2024, known_projects=PROJECTS)


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
    assert reasons == ["早于收到日期2024-03-05", "有办结日期而没有受理日期"]


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


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "支付台账.xlsx", HEADER, GOOD)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PerfPipelineError, match=r"支付台账\.xlsx"):
        read(path)


def test_a_register_is_known_by_its_files_name() -> None:
    named = {"支付台账.xlsx": "payment", "1-6月支付台账（更正）.csv": "payment", "杂项.xlsx": None}
    for name, expected in named.items():
        found = register_for_file(Path(name))
        assert (found.name if found else None) == expected


PAYMENT = register("payment")
CASES = register("mediation_case")
SURVEY = register("satisfaction_survey")
COLUMNS: list[object] = [*HEADER]
CASE_HEADER: list[object] = ["案件编号", "镇（办）", "受理日期", "结案日期", "调解结果"]
LINE = ",".join(map(str, COLUMNS))
Row = Sequence[object]
Sheets = dict[str, Sequence[Row]]


def payment(number: str, **changed: object) -> list[object]:
    values: dict[str, object] = {
        "凭证号": number,
        "支付日期": date(2024, 3, 5),
        "项目名称": "综治宣传",
        "支付金额（元）": 1234.56,
        "资金来源": "财政资金",
        "收款单位": "某印务公司",
        "用途": "宣传册",
    }
    return list((values | changed).values())


@pytest.fixture
def sheets_file(tmp_path: Path) -> Callable[[Sheets], Path]:
    def write(sheets: Sheets) -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "支付台账.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Sequence[Row], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
        path = tmp_path / "支付台账.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
        return path

    return write


def reading_of(
    path: Path, declared: Register = PAYMENT, projects: frozenset[str] | None = None
) -> RegisterReading:
    reading = read_register(path, declared, fiscal_year=2024, known_projects=projects)
    kept = len(reading.rows) + len(reading.quarantined) + reading.skipped
    assert reading.rows_read == kept
    return reading


def faults(reading: RegisterReading) -> list[tuple[str | None, int, str | None, str | None]]:
    return [(q.sheet, q.row_number, q.column_label, q.value) for q in reading.quarantined]


# --- what is read


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


# --- rows that go to quarantine, each with its place


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
            "早于受理日期2024-03-05",
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
                ["信访编号", "收到日期", "信访渠道", "交办来源", "重要事项", "延期天数"],
                ["X1", "2024-03-05", "来信", "无", "否", 31],
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


# --- files that are refused


def test_a_missing_column_names_file_sheet_row_and_the_columns_found(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    path = sheets_file({"封面": [["某部门"]], "支付": [["标题"], ["凭证号", "支付日期", "备注"]]})
    with pytest.raises(LayoutError) as caught:
        reading_of(path)
    message = str(caught.value)
    assert message.startswith("文件“支付台账.xlsx” 工作表“支付” 第2行：缺少列")
    for word in ("项目名称", "支付金额（元）", "资金来源", "表头有：凭证号、支付日期、备注"):
        assert word in message


def test_a_column_that_stands_twice_is_refused(text_file: Callable[..., Path]) -> None:
    with pytest.raises(LayoutError, match="第1行：列“金额”出现了两次"):
        reading_of(text_file([[*COLUMNS, "金额"], payment("P1")]))


def test_a_file_without_the_header_in_its_first_twenty_rows_is_refused(
    text_file: Callable[..., Path],
) -> None:
    late = [["说明"]] * 20 + [COLUMNS, payment("P1")]
    with pytest.raises(LayoutError, match=r"文件“支付台账\.csv”：前20行里没有找到表头"):
        reading_of(text_file(late))
    assert len(reading_of(text_file(late[1:])).rows) == 1


def test_a_file_without_any_content_is_refused(sheets_file: Callable[[Sheets], Path]) -> None:
    with pytest.raises(LayoutError, match=r"支付台账\.xlsx.*没有数据"):
        reading_of(sheets_file({"支付": [[None]]}))


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9, 0.99])
def test_a_workbook_cut_short_is_refused_by_name(
    sheets_file: Callable[[Sheets], Path], kept: float
) -> None:
    path = sheets_file({"支付": [COLUMNS, *(payment(f"P{n}") for n in range(200))]})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(UnreadableFileError, match=r"文件“支付台账\.xlsx”"):
        reading_of(path)


def test_a_workbook_with_any_byte_range_damaged_is_read_or_refused_and_nothing_else(
    sheets_file: Callable[[Sheets], Path],
) -> None:
    path = sheets_file({"支付": [COLUMNS, *(payment(f"P{n}") for n in range(200))]})
    content = path.read_bytes()
    refusals = []
    for start in range(0, len(content), len(content) // 60):
        path.write_bytes(content[:start] + b"\xff" * 8 + content[start + 8 :])
        try:
            reading_of(path)
        except (UnreadableFileError, LayoutError) as error:
            refusals.append(str(error))
    assert refusals
    assert all("支付台账.xlsx" in message for message in refusals)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"a,b\n1,2\n", "名为工作簿，内容却不是"),
        ("a.xls", b"<html></html>", "名为工作簿，内容却不是"),
        ("a.xls", b"PK\x03\x04", "实为新版工作簿"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "实为旧版 .xls，或已加密"),
        ("a.csv", b"PK\x03\x04", "名为文本，实为工作簿"),
        ("a.xlsx", b"", "文件是空的"),
        ("a.pdf", b"%PDF-1.7", "不支持的文件类型“.pdf”"),
        ("a.csv", b"\xff\xfe\xff\xff\xff", "既不是 UTF-8 也不是 GB18030"),
        ("a.csv", "凭证号,支付日".encode()[:-1], "没有传完整"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=f"文件“{name}”：.*{reason}"):
        reading_of(tmp_path / name)


def test_a_quote_left_open_is_refused_at_its_row_and_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "支付台账.csv"
    good = "P{},2024-03-05,综治宣传,1,财政资金,甲,宣传"
    lines = [LINE, good.format(1), good.format(2)[:-2] + '"宣传', good.format(3)]
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(UnreadableFileError, match="第3行：双引号没有配对"):
        reading_of(path)


def test_a_panic_in_the_workbook_reader_refuses_the_file_and_an_interrupt_passes(
    sheets_file: Callable[[Sheets], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheets_file({"支付": [COLUMNS, payment("P1")]})
    for raised, expected in (
        (type("PanicException", (BaseException,), {}), UnreadableFileError),
        (KeyboardInterrupt, KeyboardInterrupt),
    ):

        def broken(_path: Path, raised: type[BaseException] = raised) -> None:
            raise raised

        opened = SimpleNamespace(from_path=broken)
        monkeypatch.setattr(zipped_workbook, "CalamineWorkbook", opened)
        with pytest.raises(expected):
            list(files.open_sheets(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in ("没有.xlsx", "没有.csv"):
        with pytest.raises(UnreadableFileError, match="文件不存在"):
            reading_of(tmp_path / name)


def test_a_forgotten_cell_in_the_last_corner_is_named_and_not_laid_out(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(COLUMNS)
    book.worksheets[0]["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFileError, match="XFD1048576"):
        reading_of(tmp_path / "a.xlsx")


def test_a_wide_sheet_of_few_rows_is_read(sheets_file: Callable[[Sheets], Path]) -> None:
    rows: list[Row] = [[*COLUMNS, *(f"列{n}" for n in range(40))], payment("P1")]
    assert len(reading_of(sheets_file({"支付": rows})).rows) == 1


def test_files_beyond_the_bounds_are_refused(
    text_file: Callable[..., Path],
    sheets_file: Callable[[Sheets], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [COLUMNS, payment("P1"), payment("P2")]
    paths = [text_file(rows), sheets_file({"支付": rows})]
    with monkeypatch.context() as bounded:
        bounded.setattr(files, "MOST_ROWS", 2)
        for path in paths:
            with pytest.raises(UnreadableFileError, match="多于2行"):
                [list(sheet.rows()) for sheet in files.open_sheets(path)]
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    for path in paths:
        with pytest.raises(UnreadableFileError, match="最大"):
            list(files.open_sheets(path))


# --- which register a file is


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("支付台账2024.xlsx", "payment"),
        ("支付台账（1-6月）.csv", "payment"),
        ("2024年信访事项台账.xls", "petition_case"),
        ("政法委-设备巡检记录.csv", "device_inspection"),
        ("会议纪要.xlsx", None),
    ],
)
def test_a_file_is_known_by_the_label_in_its_name(name: str, expected: str | None) -> None:
    found = register_for_file(Path(name))
    assert (found.name if found else None) == expected


def test_every_register_is_known_by_its_own_label() -> None:
    for declared in load_registers():
        assert register_for_file(Path(f"{declared.label}.xlsx")) == declared
