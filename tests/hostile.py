"""Files that mean harm, or were harmed: each builder writes one and returns its path."""

import io
import zipfile
from pathlib import Path

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
