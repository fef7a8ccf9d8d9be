"""Files that mean harm, or were harmed: each builder writes one and returns its path."""

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from openpyxl import Workbook

from tests.grids import word, workbook

FORM = """项目名称|造林|<|<
一级指标|二级指标|三级指标|指标值
产出指标|数量指标|面积|1亩"""
TITLE = "2024年项目支出绩效目标表"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
STEALS = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def with_part(source: Path, part: str, content: bytes | str) -> Path:
    """Write a package again with one part replaced or added."""
    with zipfile.ZipFile(source) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept[part] = content.encode() if isinstance(content, str) else content
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    return source


def blank_part(source: Path, part: str, head: bytes, unit: bytes, size: int, tail: bytes) -> Path:
    """Replace a part by one of so many bytes of the same thing, without holding it."""
    with zipfile.ZipFile(source) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if name != part}
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
        with archive.open(part, "w", force_zip64=True) as stream:
            stream.write(head)
            block = unit * (1024**2 // len(unit))
            for _ in range(size // len(block)):
                stream.write(block)
            stream.write(tail)
    return source


W = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
S = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
MEGABYTE = 1024**2


def zip_bomb(folder: Path) -> Path:
    path = word(folder / "炸弹.docx", TITLE, FORM)
    end = b"</w:body></w:document>"
    return blank_part(path, "word/document.xml", W, b"<w:p/>", 1000 * MEGABYTE, end)


def word_of_blank_paragraphs(folder: Path) -> Path:
    path = word(folder / "空段.docx", TITLE, FORM)
    end = b"</w:body></w:document>"
    return blank_part(path, "word/document.xml", W, b"<w:p/>", 31 * MEGABYTE, end)


def sheet_of_blanks(folder: Path) -> Path:
    path = workbook(folder / "空白.xlsx", TITLE, FORM)
    end = b"</sheetData></worksheet>"
    return blank_part(path, "xl/worksheets/sheet1.xml", S, b"<row><c/></row>", 500 * MEGABYTE, end)


def sheet_with_a_far_cell(folder: Path) -> Path:
    path = workbook(folder / "远处.xlsx", TITLE, FORM)
    far = S + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    return with_part(path, "xl/worksheets/sheet1.xml", far)


def sheet_merged_over_everything(folder: Path) -> Path:
    path = workbook(folder / "合并.xlsx", TITLE, FORM)
    merged = S + (
        b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    )
    return with_part(path, "xl/worksheets/sheet1.xml", merged)


def laughing_word(folder: Path) -> Path:
    body = W.decode() + "<w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
    return with_part(word(folder / "实体.docx", TITLE), "word/document.xml", LAUGHS + body)


def thieving_word(folder: Path) -> Path:
    body = W.decode() + "<w:p><w:r><w:t>2024年绩效目标&i;</w:t></w:r></w:p></w:body></w:document>"
    return with_part(word(folder / "外部.docx", TITLE), "word/document.xml", STEALS + body)


def laughing_in_utf_16(folder: Path) -> Path:
    body = LAUGHS + W.decode() + "<w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
    content = ('<?xml version="1.0" encoding="UTF-16"?>' + body).encode("utf-16")
    return with_part(word(folder / "编码.docx", TITLE), "word/document.xml", content)


def laughing_sheet(folder: Path) -> Path:
    body = S.decode() + '<row r="1"><c r="A1" t="str"><v>&i;</v></c></row></sheetData></worksheet>'
    path = workbook(folder / "实体.xlsx", TITLE, FORM)
    return with_part(path, "xl/worksheets/sheet1.xml", LAUGHS + body)


def tables_in_tables(folder: Path) -> Path:
    deep = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 80
    body = W.decode() + deep + "</w:body></w:document>"
    return with_part(word(folder / "嵌套.docx", TITLE), "word/document.xml", body)


def cut_short(folder: Path) -> Path:
    path = word(folder / "截断.docx", TITLE, FORM)
    path.write_bytes(path.read_bytes()[:-400])
    return path


def cut_short_workbook(folder: Path) -> Path:
    path = workbook(folder / "截断.xlsx", TITLE, FORM)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def lying_about_its_size(folder: Path) -> Path:
    """The directory says a kilobyte; the part itself unpacks to a gigabyte."""
    path = sheet_of_blanks(folder).rename(folder / "谎报.xlsx")
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size > MEGABYTE
    content[at + 24 : at + 28] = (1024).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    return path


def blanks_in_a_text(folder: Path) -> Path:
    path = folder / "空格.txt"
    path.write_text("2024年绩效目标\n" + " " * (20 * MEGABYTE) + "x\n一级指标\t" + "(" * MEGABYTE)
    return path


def not_a_pdf(folder: Path) -> Path:
    path = folder / "坏.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj << /Length 99999999 >> stream\n" + b"\x00" * 1000)
    return path


REFUSED = (
    zip_bomb,
    word_of_blank_paragraphs,
    sheet_of_blanks,
    sheet_with_a_far_cell,
    sheet_merged_over_everything,
    laughing_word,
    thieving_word,
    laughing_in_utf_16,
    laughing_sheet,
    tables_in_tables,
    cut_short,
    cut_short_workbook,
    lying_about_its_size,
    blanks_in_a_text,
    not_a_pdf,
)


# --- registers: each a ledger that would take all memory, or all time, or end its reader

LEDGER: list[list[object]] = [["凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源"]]
FAR_CELLS = {
    "单引号": "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "换行": '<row\nr="1048576"><c\nr="XFD1048576"\n><v>1</v></c></row>',
    "小写": '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
    "空格": '<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
    "行号四十亿": '<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
    "实体": '<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>',
    "前缀": '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "五个字母": '<row r="9"><c r="ZZZZZ9"><v>1</v></c></row>',
    "远行": '<row r="1048576"><c r="Z1048576"><v>1</v></c><c r="ALL1048576"><v>1</v></c></row>',
}


def ledger(path: Path, rows: list[list[object]] | None = None) -> Path:
    book = Workbook()
    for row in rows or LEDGER:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def far_cell(folder: Path, spelling: str) -> Path:
    path = ledger(folder / f"支付台账_{spelling}.xlsx")
    sheet = S.decode() + FAR_CELLS[spelling] + "</sheetData></worksheet>"
    return with_part(path, "xl/worksheets/sheet1.xml", sheet)


def strings_of_a_gigabyte(folder: Path) -> Path:
    path = ledger(folder / "支付台账_字符串.xlsx")
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    unit = b"<si><t>" + b"a" * 60 + b"</t></si>"
    return blank_part(path, "xl/sharedStrings.xml", head, unit, 700 * MEGABYTE, b"</sst>")


def laughing_strings(folder: Path) -> Path:
    head = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    body = f"{LAUGHS}{head}<si><t>&i;</t></si></sst>"
    return with_part(ledger(folder / "支付台账_实体.xlsx"), "xl/sharedStrings.xml", body)


def open_document_of(table: str) -> bytes:
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    body = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="s">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
    return stream.getvalue()


def open_document(folder: Path, name: str, table: str) -> Path:
    path = folder / f"支付台账_{name}.ods"
    path.write_bytes(open_document_of(table))
    return path


def cells_repeated(folder: Path) -> Path:
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return open_document(folder, "重复", row)


def rows_repeated(folder: Path) -> Path:
    cell = f'<table:table-cell office:value-type="string"><text:p>{"字" * 500}</text:p>'
    row = (
        f'<table:table-row table:number-rows-repeated="90000000">{cell}'
        "</table:table-cell></table:table-row>"
    )
    return open_document(folder, "重复行", row)


def rows_alike(folder: Path) -> Path:
    """A small workbook whose sheet unpacks to the same row again and again."""
    path = ledger(folder / "支付台账_同行.xlsx")
    row = b"<row>" + b'<c t="inlineStr"><is><t>x</t></is></c>' * 5 + b"</row>"
    end = b"</sheetData></worksheet>"
    return blank_part(path, "xl/worksheets/sheet1.xml", S, row, 70 * MEGABYTE, end)


def a_million_rows_repeated(folder: Path) -> Path:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell * 5}</table:table-row>'
    return open_document(folder, "百万行", row)


def cells_in_cells(folder: Path) -> Path:
    path = ledger(folder / "支付台账_深.xlsx")
    deep = S + b"<row>" + b"<c>" * 400_000 + b"</c>" * 400_000 + b"</row></sheetData></worksheet>"
    return with_part(path, "xl/worksheets/sheet1.xml", deep)


def styles_in_styles(folder: Path) -> Path:
    head = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    deep = head + b"<fonts>" * 200_000 + b"</fonts>" * 200_000 + b"</styleSheet>"
    return with_part(ledger(folder / "支付台账_样式.xlsx"), "xl/styles.xml", deep)


def one_line(folder: Path, megabytes: int) -> Path:
    """A text file of one line, of which the disk holds nearly nothing."""
    path = folder / f"支付台账_一行{megabytes}.csv"
    with path.open("wb") as stream:
        stream.write("凭证号,支付日期,项目名称,支付金额（元）,资金来源\n".encode())
        stream.seek(megabytes * MEGABYTE)
        stream.write(b"x\n")
    return path


def rows_of_nothing(folder: Path) -> Path:
    nothing = pyarrow.nulls(2_100_000, pyarrow.string())
    path = folder / "支付台账_空行.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"凭证号": nothing, "支付日期": nothing}), path)
    return path


def columns_without_end(folder: Path) -> Path:
    path = folder / "支付台账_宽.parquet"
    pyarrow.parquet.write_table(pyarrow.table({f"c{n}": ["x"] for n in range(2_000)}), path)
    return path


def a_pipe(folder: Path) -> Path:
    path = folder / "支付台账_管道.csv"
    os.mkfifo(path)
    return path


def a_device(folder: Path) -> Path:
    path = folder / "支付台账_设备.csv"
    path.symlink_to("/dev/zero")
    return path


def dictionary_bomb(folder: Path) -> Path:
    indices = pyarrow.array([0] * 200_000, pyarrow.int32())
    words = pyarrow.array(["x" * 200_000], pyarrow.string())
    column = pyarrow.DictionaryArray.from_arrays(indices, words)
    path = folder / "支付台账_字典.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"凭证号": column, "支付日期": column}), path)
    return path


def locked_workbook(folder: Path) -> Path:
    """A zip whose parts say that they are encrypted."""
    path = ledger(folder / "支付台账_密码.xlsx")
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + at] |= 1
            start += 4
    path.write_bytes(bytes(content))
    return path


def part_twice(folder: Path) -> Path:
    """A sheet that a zip holds twice: some readers take the first, some the last."""
    path = ledger(folder / "支付台账_两份.xlsx")
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(part, content)
    return path


def row_twice(folder: Path) -> Path:
    row = '<row r="2"><c r="A2"><v>{}</v></c></row>'
    sheet = S.decode() + row.format(1) + row.format(2) + "</sheetData></worksheet>"
    return with_part(ledger(folder / "支付台账_重行.xlsx"), "xl/worksheets/sheet1.xml", sheet)


def half_a_ledger(folder: Path) -> Path:
    path = ledger(folder / "支付台账_一半.xlsx", LEDGER * 500)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def old_ledger_of_noise(folder: Path) -> Path:
    path = folder / "支付台账_旧.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40)
    return path


REFUSED_LEDGERS: dict[str, Callable[[Path], Path]] = {
    **{f"far cell {name}": partial(far_cell, spelling=name) for name in FAR_CELLS},
    "strings of a gigabyte": strings_of_a_gigabyte,
    "laughing strings": laughing_strings,
    "cells repeated": cells_repeated,
    "rows repeated": rows_repeated,
    "a million rows repeated": a_million_rows_repeated,
    "rows alike": rows_alike,
    "cells in cells": cells_in_cells,
    "styles in styles": styles_in_styles,
    "a line of 20 MB": partial(one_line, megabytes=20),
    "a line of 500 MB": partial(one_line, megabytes=500),
    "rows of nothing": rows_of_nothing,
    "columns without end": columns_without_end,
    "a pipe": a_pipe,
    "a device": a_device,
    "dictionary bomb": dictionary_bomb,
    "locked": locked_workbook,
    "part twice": part_twice,
    "row twice": row_twice,
    "half": half_a_ledger,
    "old noise": old_ledger_of_noise,
}


def swelling_page(folder: Path) -> Path:
    """A PDF of a few kilobytes, of which one page unpacks to sixty megabytes."""
    packed = zlib.compress(b"0 0 m 1 1 l S\n" * (60 * MEGABYTE // 14), 1)
    path = folder / "膨胀.pdf"
    path.write_bytes(
        b"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n"
        b"4 0 obj\n<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream\nendobj\n"
        b"trailer<</Root 1 0 R/Size 5>>\n%%%%EOF" % (len(packed), packed)
    )
    return path


def circle_of_pages(folder: Path) -> Path:
    path = folder / "绕圈.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>endobj\n"
        b"trailer<</Root 1 0 R/Size 4>>\n%%EOF"
    )
    return path
