"""Foreign files: hostile ledgers and documents; whatever happens is a refusal."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from perf_pipeline.documents.reading import read_file, read_opened
from perf_pipeline.domain.errors import UnreadableFileError
from perf_pipeline.foreign import process
from perf_pipeline.registers.declaration import register
from tests.hostile import (
    LEDGER,
    REFUSED_LEDGERS,
    circle_of_pages,
    ledger,
    swelling_page,
    with_part,
)
from tests.read_register import read_register

GOOD: list[object] = ["1", date(2024, 2, 1), "甲", 5, "财政资金"]


@pytest.mark.parametrize("kind", REFUSED_LEDGERS)
def test_a_hostile_ledger_is_refused_by_name_and_the_next_is_read(
    kind: str, tmp_path: Path
) -> None:
    path = REFUSED_LEDGERS[kind](tmp_path)
    with pytest.raises(UnreadableFileError) as refused:
        read_register(path, register("payment"), fiscal_year=2024)
    assert path.name in str(refused.value)
    assert not any(word in str(refused.value) for word in ("Traceback", "object", "0x"))
    good = ledger(tmp_path / "支付台账.xlsx", [*LEDGER, GOOD])
    assert len(read_register(good, register("payment"), fiscal_year=2024).rows) == 1


def test_readers_outlive_the_thread_that_began_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = process._Pool()
    monkeypatch.setattr(process, "_pool", pool)
    good = ledger(tmp_path / "支付台账.xlsx", [*LEDGER, GOOD])

    def read() -> int:
        return len(read_register(good, register("payment"), fiscal_year=2024).rows)

    with ThreadPoolExecutor(1) as short:
        assert short.submit(read).result() == 1
    begun = pool._zygote
    assert begun is not None
    with pytest.raises(subprocess.TimeoutExpired):  # it goes on
        begun._process.wait(0.2)
    assert read() == 1
    assert pool._zygote is begun


def test_a_moment_beyond_all_calendars_stops_its_row_alone(tmp_path: Path) -> None:
    far = pyarrow.array([1706745600000000, 400_000_000_000_000_000], pyarrow.timestamp("us"))
    columns = {"凭证号": ["1", "2"], "支付日期": far, "项目名称": ["甲", "甲"]}
    columns |= {"支付金额（元）": ["5.00", "6.00"], "资金来源": ["财政资金"] * 2}
    path = tmp_path / "支付台账.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    reading = read_register(path, register("payment"), fiscal_year=2024)
    assert [row.key for row in reading.rows] == ["1"]
    assert "应为日期" in reading.quarantined[0].reason


def test_what_is_shown_otherwise_than_it_is_kept_is_asked_about(tmp_path: Path) -> None:
    struck = CellRichText([TextBlock(InlineFont(strike=True), "900"), "100"])
    for amount in ("\u202e001", "\u20670", struck):
        row: list[object] = [*GOOD[:3], amount, GOOD[4]]
        path = ledger(tmp_path / "支付台账.xlsx", [*LEDGER, row, ["2", *GOOD[1:]]])
        reading = read_register(path, register("payment"), fiscal_year=2024)
        assert [each.key for each in reading.rows] == ["2"]
        assert re.search("倒着|删除线", reading.quarantined[0].reason)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r='-1'/>".encode("utf-16")),
        ("xl/workbook.xml", b"<workbook>\xb2\xe2</workbook>"),
        ("xl/workbook.xml", b"<workbook"),
    ],
)
def test_a_damaged_workbook_is_refused_without_a_library_s_words(
    part: str, content: bytes, tmp_path: Path
) -> None:
    path = with_part(ledger(tmp_path / "支付台账.xlsx", [*LEDGER, GOOD]), part, content)
    with pytest.raises(UnreadableFileError) as refused:
        read_register(path, register("payment"), fiscal_year=2024)
    said = str(refused.value).replace("支付台账.xlsx", "").replace("Excel", "").replace(".xlsx", "")
    assert not re.search("[a-zA-Z]{4,}", said), said


def test_a_pdf_that_swells_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="解压后超过48MB"):
        read_file(swelling_page(tmp_path), read_opened)


def test_a_circle_of_pages_is_not_called_a_scan(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="没有一页"):
        read_file(circle_of_pages(tmp_path), read_opened)
