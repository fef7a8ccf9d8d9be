"""Files of registers that are refused, with what to do."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from perf_pipeline.domain.errors import LayoutError, PerfPipelineError, UnreadableFileError
from perf_pipeline.foreign import zipped_workbook
from perf_pipeline.registers import files
from tests.unit.register_files import (
    COLUMNS,
    GOOD,
    HEADER,
    LINE,
    Row,
    Sheets,
    payment,
    read,
    reading_of,
    workbook,
)


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "支付台账.xlsx", HEADER, GOOD)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PerfPipelineError, match=r"支付台账\.xlsx"):
        read(path)


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


def test_a_file_taken_away_while_it_is_read_is_told_as_such(
    text_file: Callable[..., Path],
) -> None:
    path = text_file([COLUMNS, payment("P1")])
    for sheet in files.open_sheets(path):
        path.unlink()
        with pytest.raises(UnreadableFileError, match="文件变了"):
            list(sheet.rows())


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
