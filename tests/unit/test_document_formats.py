"""What formats do to a form's cells: number formats, merges, hidden rows, old files."""

import subprocess
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.libreoffice import convert, with_last_paragraph
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.foreign.number_formats import shown
from tests.grids import word, workbook
from tests.small_form import FORM, NAMES, TITLE, UP, only, values

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
POWER = "<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>3</m:t></m:r></m:sup></m:sSup>"
PART = "<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.95, "0%", "95%"),
        (0.955, "0%", "95.5%"),
        (0.07, "0.00%", "7%"),
        (1, "0%", "100%"),
        (343, "General", "343"),
        (343.0, "0_ ", "343"),
        (50000.0, "#,##0", "50000"),
        (0.1 + 0.2, "General", "0.3"),
        (3, '0"个"', "3个"),
        (0.9, '"≥"0%', "≥90%"),
        (80, "0.00万元", "80万元"),
        (1234.5, "¥#,##0.00", "1234.5"),
        (True, "General", "是"),
        ("≥95%", "0%", "≥95%"),
        ("95%", '"≥"@', "≥95%"),
        ("120公里", '0;-0;0;"≥"@', "≥120公里"),
        (95, '"≥"@', "≥95"),
        ("", '"≥"@', ""),
        (0.95, '[>=1]0"次";[<1]"≥"0%', "≥95%"),
        (3, '[>=1]0"次";[<1]"≥"0%', "3次"),
        (0, '[=0]"无";0"件"', "无"),
        (7, '[=0]"无";0"件"', "7件"),
        (-3, '0"件";[红色]-0"件"', "-3件"),
        (120, 'General"万元"', "120万元"),
        (120, 'G/通用格式"万元"', "120万元"),
        (1200000, r"0\.0000", "120万"),
        (1200000, '0"."0000', "120万"),
        (1200000, "0!.0,", "120万"),
        (95, r"0\%", "95%"),
        (0, '"是";"是";"否"', "否"),
        (-1, '"是";"无";"否"', "无"),
        (0, '0"件";;"无"', "0件"),
    ],
)
def test_a_number_is_what_its_cell_shows_with_all_its_digits(
    value: object, number_format: str, text: str
) -> None:
    assert shown(value, number_format) == text  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_a_percentage_loses_nothing_on_its_way_through_a_float(whole: int, places: int) -> None:
    written = f"{whole / 10**places:.{places}f}"
    assert float(shown(float(written) / 100, "0%").rstrip("%")) == float(written)


@pytest.fixture(params=["xlsx", "xls"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A form on the second of three sheets, its rate a formatted number, one row hidden."""
    rows: list[list[object]] = [
        ["项目名称", "造林", "", ""],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "面积", "1000"],
        ["", "质量指标", "成活率", 0.95],
        ["", "", "合格率", 0.985],
        ["满意度指标", "满意度指标", "村民满意度", "≥90%"],
    ]
    path = tmp_path / f"a.{request.param}"
    if request.param == "xlsx":
        made = Workbook()
        made.active.title = "填表说明"
        sheet = made.create_sheet("绩效目标")
        for row in rows:
            sheet.append(row)
        sheet["D4"].number_format, sheet["D5"].number_format = "0%", "0.0%"
        sheet.merge_cells("A3:A5")
        sheet.row_dimensions[5].hidden = True
        made.create_sheet("空表")
        made.save(path)
    else:
        old = xlwt.Workbook()
        old.add_sheet("填表说明")
        page = old.add_sheet("绩效目标")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if (r, c) in ((2, 0), (3, 0), (4, 0)):
                    continue
                style = xlwt.easyxf(num_format_str={3: "0%", 4: "0.0%"}.get(r, "General"))
                page.write(r, c, value, style if isinstance(value, float) else xlwt.XFStyle())
        page.write_merge(2, 4, 0, 0, "产出指标")
        page.row(4).hidden = True
        old.save(str(path))
    return path


def test_a_workbook_shows_percents_merged_levels_and_hidden_rows(book: Path) -> None:
    project = only(book)
    assert [(i.level1, i.level2, i.level3, i.raw_value) for i in project.indicators] == [
        ("产出指标", "数量指标", "面积", "1000"),
        ("产出指标", "质量指标", "成活率", "95%"),
        ("产出指标", "质量指标", "合格率", "98.5%"),
        ("满意度指标", "满意度指标", "村民满意度", "≥90%"),
    ]
    where = project.indicators[1].where
    assert (str(where), where.sheet, where.row) == ("工作表“绩效目标”第4行", "绩效目标", 4)


def test_a_digit_raised_in_a_workbook_is_no_further_digit(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, raised = made.add_worksheet("绩效目标"), made.add_format({"font_script": 1})
        for r, row in enumerate([[TITLE], *(line.split("|") for line in FORM.split("\n"))]):
            for c, text in enumerate(row):
                sheet.write(r, c, "" if text == "<" else text)
        for r, name, text, up in ((3, "面积", "1000m", "2"), (4, "得分", "≥95", "2")):
            sheet.write(r, 0, "产出指标")
            sheet.write(r, 1, "数量指标")
            sheet.write(r, 2, name)
            sheet.write_rich_string(r, 3, text, raised, up)
    assert values(path) == ["1000m2", "≥95²"]
    assert [each.target.kind for each in only(path).indicators] == [
        TargetKind.NUMBER,
        TargetKind.TEXT,
    ]


def test_what_a_workbook_hides_is_told_and_a_hidden_sheet_left_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TITLE, FORM)
    made = load_workbook(path)
    last_year = made.copy_worksheet(made.active)
    last_year.title, last_year.sheet_state = "2023年", "hidden"
    made.create_sheet("空").sheet_state = "hidden"
    rows = made.active.max_row
    made.active.row_dimensions[rows].hidden = True
    made.active.column_dimensions["B"].hidden = True
    made.save(path)
    found = extract_document(path)
    assert [each.raw_value for each in only(path).indicators] == ["1亩"]
    told = {each.code: each.message for each in found.findings if each.code.startswith("hidden")}
    assert told == {
        "hidden_sheet": f"隐藏的工作表“2023年”里有{rows}行，没有读入；要读入请取消隐藏后重交",
        "hidden_rows": f"第{rows}行是隐藏的，照样读入；不该读的请删去后重交",
        "hidden_columns": "第2列是隐藏的，照样读入；不该读的请删去后重交",
    }


def test_a_formula_gives_its_last_value_and_text_that_looks_like_one_stays_text(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "a.xlsx", TITLE, FORM)
    made = load_workbook(path)
    made.active["A5"] = "=1+1"
    made.active.cell(4, 4).value = "=1+1"
    made.active.cell(4, 4).data_type = "s"
    made.save(path)
    assert values(path) == ["=1+1"]


def text_of(xml: str, tmp_path: Path) -> list[str]:
    path = word(tmp_path / "a.docx", TITLE, FORM)
    document = Document(str(path))
    document.styles.add_style("Note", WD_STYLE_TYPE.CHARACTER).font.superscript = True
    cell = document.tables[0].cell(2, 3)
    cell.paragraphs[0]._p.getparent().replace(cell.paragraphs[0]._p, parse_xml(xml))
    document.save(str(path))
    return values(path)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>95%</w:t></w:r>', "≥95%"),
        ("<m:oMath><m:r><m:t>≥</m:t></m:r></m:oMath><w:r><w:t>9</w:t></w:r>", "≥9"),
        ("<w:ins><w:r><w:t>≥95%</w:t></w:r></w:ins>", "≥95%"),
        ("<w:del><w:r><w:delText>1</w:delText></w:r></w:del><w:r><w:t>2次</w:t></w:r>", "2次"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>3</w:t></w:r><w:r><w:t>2次</w:t></w:r>", "2次"),
        (
            "<w:r><w:t>≥</w:t></w:r><w:r><w:rPr><w:b/><w:strike/></w:rPr><w:t>1</w:t></w:r>"
            "<w:r><w:rPr><w:strike w:val='0'/></w:rPr><w:t>20次</w:t></w:r>",
            "≥20次",
        ),
        ("<w:sdt><w:sdtContent><w:r><w:t>3个</w:t></w:r></w:sdtContent></w:sdt>", "3个"),
        ("<w:r><w:t>≥</w:t></w:r><w:r><w:t>9</w:t></w:r><w:r><w:t>5％</w:t></w:r>", "≥95％"),
        (f"<w:r><w:t>≥95</w:t></w:r>{UP.format(2)}", "≥95²"),  # the number of a note
        (f"<w:r><w:t>≥10</w:t></w:r>{UP.format(4)}<w:r><w:t>株</w:t></w:r>", "≥10⁴株"),
        (f"<w:r><w:t>≥1000m</w:t></w:r>{UP.format(2)}", "≥1000m2"),
        (
            '<w:r><w:t>≥95</w:t></w:r><w:r><w:rPr><w:position w:val="12"/></w:rPr>'
            "<w:t>2</w:t></w:r>",
            "≥95²",
        ),
        (
            '<w:r><w:t>≥95</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Note"/></w:rPr>'
            "<w:t>2</w:t></w:r>",
            "≥95²",
        ),
        (f"<m:oMath>{POWER}</m:oMath><w:r><w:t>株</w:t></w:r>", "10³株"),
        (f"<w:r><w:t>≥</w:t></w:r><m:oMath>{PART}</m:oMath>", "≥3/4"),
        (f"<w:r><w:t>2</w:t></w:r><m:oMath>{PART}</m:oMath>", "2 3/4"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>mǔ</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>3亩</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "3亩",
        ),
    ],
)
def test_signs_changes_and_controls_of_word_are_read_as_shown(
    tmp_path: Path, inside: str, text: str
) -> None:
    assert text_of(f"<w:p {NAMES}>{inside}</w:p>", tmp_path) == [text]


def test_a_form_inside_a_cell_or_a_text_box_is_found(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", TITLE, FORM)
    document = Document(str(path))
    form = document.tables[0]._tbl
    body = form.getparent()
    frame = parse_xml(f"<w:tbl {NAMES}><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>")
    body.replace(form, frame)
    frame[0][0].insert(0, form)
    document.save(str(path))
    assert values(path) == ["1亩"]
    box = parse_xml(f"<w:p {NAMES}><w:r><w:pict><w:txbxContent/></w:pict></w:r></w:p>")
    box[0][0][0].append(form)
    body.replace(frame, box)
    document.save(str(path))
    assert values(path) == ["1亩"]


def test_numbers_that_word_counts_for_itself_stand_before_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = Document()
    document.add_paragraph("2024年部门整体绩效目标")
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {NAMES} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {NAMES} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    )
    for text in ("总体绩效目标", "分项绩效目标"):
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {NAMES}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
        )
        document.add_paragraph("群众满意度达到90%以上。")
    document.save(str(path))
    found = extract_document(path).department_indicators
    assert [(each.section, each.level3, each.raw_value) for each in found] == [
        ("总体绩效目标", "群众满意度", "达到90%以上"),
        ("分项绩效目标", "群众满意度", "达到90%以上"),
    ]


def converted(path: Path, kind: str) -> Path:
    """Make a real file of another kind with LibreOffice."""
    profile = (path.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
    command += ["--outdir", str(path.parent / "made"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path.parent / "made" / f"{path.stem}.{kind}"


@pytest.mark.parametrize("last", [("（完）",), ()], ids=["ends with a note", "ends with a table"])
def test_an_old_word_file_is_read_through_libreoffice(
    tmp_path: Path, last: tuple[str, ...]
) -> None:
    path = word(tmp_path / "a.docx", TITLE, FORM, *last)
    assert values(converted(path, "doc")) == ["1亩"]
    assert values(converted(path, "rtf")) == ["1亩"]


@given(st.binary(max_size=2000), st.booleans())
def test_what_is_no_sound_old_word_file_is_left_as_it_is(content: bytes, signed: bool) -> None:
    file = OLE + content if signed else content
    assert with_last_paragraph(file) == file


def test_a_converter_whose_work_ran_out_is_not_said_to_have_read(tmp_path: Path) -> None:
    turning = tmp_path / "soffice"
    turning.write_text("#!/bin/sh\nwhile :; do :; done\n", "utf-8")
    turning.chmod(0o700)
    assert not convert(str(turning), [], "docx", tmp_path, 60, work=1)
