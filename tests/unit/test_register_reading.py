"""Registers from real files: typed rows, quarantined rows, refusals; nothing lost."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from perf_pipeline.domain.errors import LayoutError, PerfPipelineError, UnreadableFileError
from perf_pipeline.registers.declaration import register
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
