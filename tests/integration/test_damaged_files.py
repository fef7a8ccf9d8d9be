"""Every kind of damage ends in quarantine or refusal, in words, and the file beside it loads."""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select

from perf_pipeline.registers.batch import Batch
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import quarantined_row
from tests.hostile import open_document_of
from tests.kept import empty_warehouse

HEADER = ["镇（办）", "截至日期", "常住户数", "参保户数", "累计保费（元）"]
GOOD = ["甲镇", "2024-03-31", "100", "50", "1000.00"]
Cells = list[object]


def csv_of(*lines: Cells, newline: str = "\n", header: Cells | None = None) -> bytes:
    table = [header or HEADER, *lines]
    return newline.join(",".join(map(str, line)) for line in table).encode()


def changed(position: int, cell: object) -> Cells:
    """A second row, good but for one cell."""
    row: Cells = ["乙镇", *GOOD[1:]]
    row[position] = cell
    return row


def book_of(
    *lines: Cells, name: str = "参保", change: Callable[[Workbook], None] | None = None
) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for line in lines:
        sheet.append(line)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


BOOK = book_of(HEADER, GOOD)


def zip_with(**entries: bytes) -> bytes:
    """A workbook in which some entries are others: sheet, workbook."""
    paths = {
        "sheet": "xl/worksheets/sheet1.xml",
        "workbook": "xl/workbook.xml",
    }
    replaced = {paths[name]: content for name, content in entries.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, replaced.get(entry, old.read(entry)))
    return stream.getvalue()


def zip_bomb() -> bytes:
    """A workbook whose first entry says that it unpacks to almost 4 GB."""
    content = bytearray(BOOK)
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 0xF0000000)
    return bytes(content)


def plain_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    return stream.getvalue()


def parquet_of(rows: list[Cells], header: list[str] = HEADER) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(rows, columns=header).to_parquet(stream)
    return stream.getvalue()


with zipfile.ZipFile(io.BytesIO(BOOK)) as _book:
    SHEET = _book.read("xl/worksheets/sheet1.xml")
STRINGS_LOST = re.sub(rb't="inlineStr"><is>.*?</is>', b't="s"><v>7</v>', SHEET)
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>"""
CUT = SHEET.replace(b"<t>100</t>", b"<t>1<!-- -->00</t>")
NUMBERS = {
    "element": b"1<x/>00",
    "second": b"1</v><v>00",
    "remark": b"<!-- -->100",
}
ODDLY = {
    name: SHEET.replace(b'"inlineStr"><is><t>100</t></is>', b'"n"><v>%s</v>' % number)
    for name, number in NUMBERS.items()
}
WRITTEN_ODDLY = SHEET.replace(b'"inlineStr"><is><t>100</t></is>', b'"n"><v>1&#48;0</v>')
BOMB = ENTITIES + SHEET.replace(b"<t>100</t>", b"<t>&e;</t>")
CELL = '<table:table-cell office:value-type="string"><text:p>1'
LONG = "字" * 2_001

# what is wrong: (file name's ending, content, what the refusal says)
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "nothing in it": (".csv", b"", "文件是空的"),
    "blank lines only": (".csv", b"\n\n,,\n", "没有数据"),
    "no header": (".csv", csv_of(GOOD, header=GOOD), "没有找到表头"),
    "a column missing": (".csv", csv_of(GOOD[:3], header=HEADER[:3]), "缺少列“参保户数”"),
    "a column twice": (".csv", csv_of([*GOOD, 1], header=[*HEADER, "镇办"]), "出现了两次"),
    "UTF-8 cut in a character": (".csv", csv_of(GOOD, ["乙镇"])[:-1], "没有传完整"),
    "GB18030 cut in a character": (
        ".csv",
        csv_of(GOOD, ["乙镇"]).decode().encode("gb18030")[:-1],
        "没有传完整",
    ),
    "random bytes": (".csv", bytes(range(128, 256)), "既不是 UTF-8 也不是 GB18030"),
    "gzip under another name": (".csv", b"\x1f\x8b\x08\x00\xff\xff\xff\xff\xff", "既不是 UTF-8"),
    "workbook named text": (".csv", BOOK, "名为文本，实为工作簿"),
    "100,000 columns": (".csv", csv_of(GOOD, ["1"] * 100_000), "100000列"),
    "quote left open": (".csv", csv_of(GOOD, changed(0, '"乙镇'), GOOD), "双引号没有配对"),
    "quote closed too early": (".csv", csv_of(GOOD, changed(0, '"乙"镇')), "双引号没有配对"),
    "a cell without end": (".csv", csv_of(GOOD, changed(0, "字" * 200_000)), "单元格过长"),
    "binary zeros": (".csv", bytes(5_000), "没有找到表头"),
    "text named workbook": (".xlsx", csv_of(GOOD), "名为工作簿，内容却不是"),
    "web page named workbook": (".xls", b"<html><table></table></html>", "内容却不是"),
    "new workbook named old": (".xls", BOOK, "请把扩展名改成 .xlsx"),
    "old or encrypted named new": (".xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "已加密"),
    "old workbook damaged": (".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "损坏"),
    "workbook cut to a tenth": (".xlsx", BOOK[: len(BOOK) // 10], "损坏"),
    "workbook without its end": (".xlsx", BOOK[:-30], "损坏"),
    "zip that is no workbook": (".xlsx", plain_zip(), "损坏"),
    "sheet that is no XML": (".xlsx", zip_with(sheet=b"<worksheet><row"), "损坏"),
    "sheet of another kind of XML": (".xlsx", zip_with(sheet=b"<html/>"), "没有数据"),
    "workbook list empty": (".xlsx", zip_with(workbook=b""), "损坏"),
    "strings missing": (".xlsx", zip_with(sheet=STRINGS_LOST), "损坏"),
    "entity bomb": (".xlsx", zip_with(sheet=BOMB), "损坏"),
    "comment in a value": (".xlsx", zip_with(sheet=CUT), "夹着注释"),
    "CDATA in an open document": (
        ".ods",
        open_document_of(
            f"<table:table-row>{CELL}<![CDATA[00]]></text:p></table:table-cell></table:table-row>"
        ),
        "夹着注释",
    ),
    "digit written as its number": (".xlsx", zip_with(sheet=WRITTEN_ODDLY), "夹着注释"),
    **{
        f"{name} in a number": (".xlsx", zip_with(sheet=each), "夹着注释")
        for name, each in ODDLY.items()
    },
    "zip bomb": (".xlsx", zip_bomb(), "解压后有"),
    "far cell": (
        ".xlsx",
        book_of(HEADER, GOOD, change=lambda book: book.worksheets[0].cell(1_048_576, 16_384, 1)),
        "XFD1048576",
    ),
    "no sheet with cells": (".xlsx", book_of(), "没有数据"),
    "only instructions": (".xlsx", book_of(HEADER, GOOD, name="填表说明"), "没有数据"),
    "Parquet cut short": (".parquet", parquet_of([GOOD])[:-20], "Parquet"),
    "text named Parquet": (".parquet", csv_of(GOOD), "Parquet"),
    "Parquet of lists": (".parquet", parquet_of([[["甲镇"], *GOOD[1:]]]), "不是单元格"),
    "a kind nobody hands in": (".pdf", b"%PDF-1.7", "不支持的文件类型"),
}

# what is wrong: (file name's ending, content, what the quarantined row's reason says)
QUARANTINED: dict[str, tuple[str, bytes, str]] = {
    "NUL in a cell": (".csv", csv_of(GOOD, changed(0, "乙\x00镇")), "无法保存的字符"),
    "mark of another file inside": (".csv", csv_of(GOOD, changed(0, "\ufeff乙镇")), "看不见的字符"),
    "30 February": (".csv", csv_of(GOOD, changed(1, "2024-02-30")), "只有29天"),
    "thirteenth month": (".csv", csv_of(GOOD, changed(1, "2024-13-01")), "没有这一天"),
    "a word for a date": (".csv", csv_of(GOOD, changed(1, "三月底")), "应为日期"),
    "another year": (".csv", csv_of(GOOD, changed(1, "2023-12-31")), "不在2024年度内"),
    "a number that is no day of the year": (".csv", csv_of(GOOD, changed(1, "99999")), "不在2024"),
    "infinity": (".csv", csv_of(GOOD, changed(4, "inf")), "不是金额"),
    "not a number": (".csv", csv_of(GOOD, changed(2, "NaN")), "应为整数"),
    "an impossible number": (".csv", csv_of(GOOD, changed(2, "9" * 30)), "大得不可能"),
    "half a household": (".csv", csv_of(GOOD, changed(2, "1.5")), "应为整数"),
    "fewer than none": (".csv", csv_of(GOOD, changed(3, "-1")), "不能小于0"),
    "part of a fen": (".csv", csv_of(GOOD, changed(4, "0.001")), "最多两位小数"),
    "about": (".csv", csv_of(GOOD, changed(4, "约5万")), "不是金额"),
    "more than all": (".csv", csv_of(GOOD, changed(3, "101")), "大于常住户数"),
    "a blank that must be filled": (".csv", csv_of(GOOD, changed(0, " ")), "不能为空"),
    "a text too long": (".csv", csv_of(GOOD, changed(0, LONG)), "最多2000字"),
    "comma without quotes": (".csv", csv_of(GOOD, changed(0, "乙镇,丙镇")), "表头只有5列"),
    "row cut short": (".csv", csv_of(GOOD, ["乙镇", "2024-03-31"]), "不能为空"),
    "row twice": (".csv", csv_of(GOOD, GOOD), "内容完全相同"),
    "error in a cell": (".xlsx", book_of(HEADER, GOOD, changed(2, "#REF!")), "错误值#REF!"),
    "formula never calculated": (
        ".xlsx",
        book_of(HEADER, GOOD, changed(2, "=1+1")),
        "没有保存结果",
    ),
    "number with lost digits": (".xlsx", book_of(HEADER, GOOD, changed(0, 1.2e17)), "丢失尾数"),
    "truth for a date": (".xlsx", book_of(HEADER, GOOD, changed(1, True)), "应为日期"),
    "a sheet without a column": (
        ".xlsx",
        book_of(HEADER, GOOD, change=lambda book: book.create_sheet("二").append(HEADER[:3])),
        "整个工作表没有读入",
    ),
}

# what looks damaged and is none: (file name's ending, content, rows loaded)
READ: dict[str, tuple[str, bytes, int]] = {
    "newlines of all kinds": (
        ".csv",
        csv_of(GOOD)
        + b"\r\n"
        + csv_of(changed(0, "丙镇"), header=changed(0, "乙镇"), newline="\r"),
        3,
    ),
    "header printed again": (".csv", csv_of(GOOD, [*HEADER], changed(0, "乙镇")), 2),
    "header merged over two rows": (
        ".xlsx",
        book_of(
            ["镇（办）", "截至日期", "参保情况", None, "累计保费（元）"],
            [None, None, "常住户数", "参保户数", None],
            GOOD,
        ),
        1,
    ),
    "formula as a name": (".csv", csv_of(changed(0, "=1+1")), 1),
    "Parquet": (".parquet", parquet_of([GOOD, changed(0, "乙镇")]), 2),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One warehouse for all damage, as it would be."""
    engine = empty_warehouse(f"sqlite:///{tmp_path_factory.mktemp('damaged') / 'warehouse.db'}")
    yield engine
    engine.dispose()


def take_in(
    warehouse: Engine, inbox: Path, kind: str, ending: str, content: bytes
) -> tuple[str, int, list[str]]:
    """Hand in the damaged file and a good one; return outcome, rows loaded and reasons."""
    folder = inbox / "2024" / re.sub(r"\W", "-", kind) / "registers"
    folder.mkdir(parents=True)
    (folder / f"治安保险参保台账（坏）{ending}").write_bytes(content)
    (folder / "治安保险参保台账（好）.csv").write_bytes(csv_of(["良镇", *GOOD[1:]]))
    bad, good = sorted(
        load_register(warehouse, inbox, "insurance_enrolment"), key=lambda each: "好" in each.path
    )
    assert (good.outcome, good.rows_loaded, good.rows_quarantined) == ("loaded", 1, 0)
    assert bad.rows_read == bad.rows_loaded + bad.rows_quarantined + bad.rows_skipped
    with warehouse.connect() as connection:
        rows = connection.execute(
            select(quarantined_row.c.reason).order_by(quarantined_row.c.id.desc())
        )
        reasons = list(rows.scalars())[: bad.rows_quarantined]
    return bad.outcome, bad.rows_loaded, [*reasons, *([bad.reason] if bad.reason else [])]


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    warehouse: Engine, tmp_path: Path, kind: str
) -> None:
    ending, content, says = REFUSED[kind]
    outcome, loaded, (reason,) = take_in(warehouse, tmp_path, kind, ending, content)
    assert (outcome, loaded) == ("refused", 0)
    assert says in reason
    assert reason.startswith(f"文件“治安保险参保台账（坏）{ending}”")


@pytest.mark.parametrize("kind", QUARANTINED)
def test_a_row_that_cannot_be_read_is_quarantined_in_words(
    warehouse: Engine, tmp_path: Path, kind: str
) -> None:
    ending, content, says = QUARANTINED[kind]
    outcome, loaded, (reason,) = take_in(warehouse, tmp_path, kind, ending, content)
    assert (outcome, loaded) == ("loaded", 1)
    assert says in reason


def test_of_two_values_of_one_day_neither_is_taken(warehouse: Engine, tmp_path: Path) -> None:
    content = csv_of(GOOD, [*GOOD[:4], "2"])
    _, loaded, reasons = take_in(warehouse, tmp_path, "key twice", ".csv", content)
    assert (loaded, len(reasons)) == (0, 2)
    assert all("内容不同" in each for each in reasons)


@pytest.mark.parametrize("kind", READ)
def test_what_only_looks_damaged_is_read(warehouse: Engine, tmp_path: Path, kind: str) -> None:
    ending, content, rows = READ[kind]
    outcome, loaded, reasons = take_in(warehouse, tmp_path, kind, ending, content)
    assert (outcome, loaded, reasons) == ("loaded", rows, [])


def test_a_file_written_to_while_it_is_read_is_refused_and_read_whole_later(
    warehouse: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "2024" / "busy" / "registers"
    folder.mkdir(parents=True)
    path = folder / "治安保险参保台账.csv"
    path.write_bytes(csv_of(GOOD))
    draw = RegisterBatches.__iter__

    def disturbed(self: RegisterBatches) -> Iterator[Batch]:
        yield from draw(self)
        path.write_bytes(csv_of(GOOD, changed(0, "乙镇")))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(RegisterBatches, "__iter__", disturbed)
        (refused,) = load_register(warehouse, tmp_path, "insurance_enrolment")
    assert (refused.outcome, refused.rows_loaded) == ("refused", 0)
    assert "读取期间文件有变动" in (refused.reason or "")
    (loaded,) = load_register(warehouse, tmp_path, "insurance_enrolment")
    assert (loaded.outcome, loaded.rows_loaded) == ("loaded", 2)


def test_fifty_kinds_of_damage_are_tried() -> None:
    assert len(REFUSED) + len(QUARANTINED) >= 50
