"""What formats do to a form's cells: number formats, merges, hidden rows, old files."""

import shutil
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
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from openpyxl import Workbook, load_workbook

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.libreoffice import convert, with_last_paragraph
from perf_pipeline.documents.model import Cell, Project, Table
from perf_pipeline.documents.pdf_reader import read_pdf
from perf_pipeline.documents.text_reader import read_text
from perf_pipeline.domain.errors import UnreadableFileError
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.foreign.number_formats import shown
from tests.grids import page, word, workbook

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TITLE = "2024年项目支出绩效目标表"
FORM = """项目名称|造林|<|<
一级指标|二级指标|三级指标|指标值
产出指标|数量指标|面积|1亩"""

UP = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
POWER = "<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>3</m:t></m:r></m:sup></m:sSup>"
PART = "<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>"


def only(path: Path) -> Project:
    [project] = extract_document(path).projects
    return project


def values(path: Path) -> list[str]:
    return [each.raw_value for each in only(path).indicators]


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


Box = tuple[float, float, float, float, str]  # column, row from below, width, height, text


def ruled(boxes: list[Box], foot: str = "") -> Figure:
    """Draw a page with a ruled table."""
    figure = Figure(figsize=(8, 4))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for column, row, width, height, text in boxes:
        left, bottom = 0.1 + column * 0.2, 0.1 + row * 0.2
        axes.add_patch(
            Rectangle((left, bottom), width * 0.2, height * 0.2, fill=False, edgecolor="black")
        )
        axes.text(left + 0.02, bottom + height * 0.2 - 0.1, text)
    axes.text(0.5, 0.02, foot)
    return figure


def test_a_pdf_with_ruled_tables_is_read_with_its_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    boxes: list[Box] = [(0, 2, 1, 1, "Project"), (1, 2, 3, 1, "Trees"), (0, 0, 1, 2, "Output")]
    boxes += [(c, r, 1, 1, f"c{c}r{r}") for c in (1, 2, 3) for r in (0, 1)]
    ruled(boxes).savefig(path)
    [table] = [block for block in read_pdf(path) if isinstance(block, Table)]
    assert table.rows == (
        (Cell("Project", 0), Cell("Trees", 1, 3)),
        (Cell("Output", 0), Cell("c1r1", 1), Cell("c2r1", 2), Cell("c3r1", 3)),
        (Cell("Output", 0, 1, True), Cell("c1r0", 1), Cell("c2r0", 2), Cell("c3r0", 3)),
    )


def test_a_table_over_pages_of_a_pdf_keeps_its_columns_and_a_row_torn_between_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.pdf"
    first: list[Box] = [(0, 2, 1.5, 1, "Code"), (1.5, 2, 2.5, 1, "Trees")]
    first += [(0, 1, 1, 1, "Output"), (1, 1, 3, 1, "Trees plan")]
    first += [(0, 0, 1, 1, "Output"), (1, 0, 1, 1, "Trees"), (2, 0, 2, 1, "9")]
    second: list[Box] = [(0, 2, 1, 1, ""), (1, 2, 1, 1, "alive"), (2, 2, 2, 1, "")]
    second += [(0, 1, 1, 1, "Output"), (1, 1, 1, 1, "Acres"), (2, 1, 2, 1, "7")]
    with PdfPages(path) as pages:
        pages.savefig(ruled(first, "- 1 -"))
        pages.savefig(ruled(second, "- 2 -"))
        pages.savefig(ruled([(0, 0, 1, 1, ""), (1, 0, 1, 1, ""), (2, 0, 2, 1, "t")], "- 3 -"))
    one, two = read_pdf(path)
    assert isinstance(one, Table)
    assert isinstance(two, Table)
    assert one.rows[2] == (Cell("Output", 0), Cell("Treesalive", 1, 2), Cell("9", 3))
    assert two.rows == ((Cell("Output", 0), Cell("Acres", 1, 2), Cell("7t", 3)),)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("≥<del>120</del>150次", "≥150次"),
        ('≥<span style="text-decoration: line-through">120</span>150次', "≥150次"),
        ('≥12<span style="display:none">0</span>次', "≥12次"),
        ("≥12<span hidden>0</span>次", "≥12次"),
        ("≥95<sup>2</sup>", "≥95²"),
        ("≥1000m<sup>2</sup>", "≥1000m2"),
        ("≥<ruby>120<rt>2</rt></ruby>次", "≥120次"),
        ("≥<ins>150</ins>次", "≥150次"),
    ],
)
def test_a_web_page_is_read_as_it_is_seen(tmp_path: Path, inside: str, text: str) -> None:
    path = page(tmp_path / "a.html", TITLE, FORM)
    path.write_text(path.read_text("utf-8").replace("1亩", inside), "utf-8")
    assert values(path) == [text]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:r><w:t>≥95</w:t></w:r>" + UP.format(2), "≥95²"),
        ("<w:r><w:t>≥10</w:t></w:r>" + UP.format(12) + "<w:r><w:t>株</w:t></w:r>", "≥10¹²株"),
        ("<w:r><w:t>≥1000m</w:t></w:r>" + UP.format(2), "≥1000m2"),
        (
            "<w:r><w:t>≥</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>120</w:t></w:r>"
            "<w:r><w:t>150次</w:t></w:r>",
            "≥〔120〕150次",
        ),
        ('<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>≥120次</w:t></w:r>', "≥120次"),
    ],
)
def test_what_a_pdf_draws_small_or_strikes_out_is_spelled(
    tmp_path: Path, inside: str, text: str
) -> None:
    path = word(tmp_path / "a.docx", TITLE, FORM)
    document = Document(str(path))
    document.tables[0].style = "Table Grid"
    cell = document.tables[0].cell(2, 3)._tc
    cell.replace(cell.p_lst[0], parse_xml(f"<w:p {NAMES}>{inside}</w:p>"))
    document.save(str(path))
    assert convert(str(shutil.which("soffice")), [path], "pdf", tmp_path, 120)
    assert [each.replace(" ", "") for each in values(tmp_path / "a.pdf")] == [text]


def test_a_pdf_without_text_is_said_to_be_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "扫描.pdf"
    Figure().savefig(path)
    with pytest.raises(UnreadableFileError, match="扫描件"):
        extract_document(path)


def test_text_of_aligned_columns_falls_under_its_headings() -> None:
    text = (
        "项目名称    造林\n"
        "一级指标    二级指标    三级指标      指标值\n"
        "产出指标    数量指标    造林面积      1000亩\n"
        "                        植树株数      ≥9000株\n"
        "            质量指标    成活率        ≥95%\n"
    )
    [table] = read_text(text)
    assert [[cell.text for cell in row] for row in table.rows[1:]] == [  # type: ignore[union-attr]
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "造林面积", "1000亩"],
        ["", "", "植树株数", "≥9000株"],
        ["", "质量指标", "成活率", "≥95%"],
    ]


def test_text_of_aligned_columns_above_the_header_falls_under_the_line_above() -> None:
    text = (
        "项目名称      造林\n"
        "资金支出计划            3月底    6月底    12月底\n"
        "                        10%      40%      100%\n"
        "绩效指标      三级指标  二级指标      指标值\n"
        "                                      中期    年度\n"
        "              造林面积  数量指标      9亩     3亩\n"
    )
    [table] = read_text(text)
    assert [[cell.text for cell in row] for row in table.rows[2:]] == [  # type: ignore[union-attr]
        ["", "10%", "40%", "100%"],
        ["绩效指标", "三级指标", "二级指标", "指标值", ""],
        ["", "", "", "中期", "年度"],
        ["", "造林面积", "数量指标", "9亩", "3亩"],
    ]


@pytest.mark.parametrize(
    "form",
    [
        "┌────┬────┐\n│项目名称│造林│\n├────┼────┤\n│三级指标││\n└────┴────┘",
        "+----+----+\n| 项目名称 | 造林 |\n+====+====+\n| 三级指标 | |\n+----+----+",
        "｜项目名称｜造林｜\n｜三级指标｜｜",
        "项目名称｜造林\n三级指标｜",
    ],
    ids=["drawn", "plus signs", "full width", "full width bare"],
)
def test_text_in_a_drawn_frame_is_a_table(form: str) -> None:
    [table] = read_text(form)
    assert [[cell.text for cell in row] for row in table.rows] == [  # type: ignore[union-attr]
        ["项目名称", "造林"],
        ["三级指标", ""],
    ]


@pytest.mark.parametrize("frame", ["{}", "| {} |"], ids=["bare", "framed"])
def test_text_with_bars_keeps_its_empty_cells(frame: str) -> None:
    rows = (
        "项目名称 | 造林",
        "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值",
        " | 产出指标 | 数量指标 | 面积 | 1亩",
        " | | | 株数 | 9株",
    )
    [table] = read_text("\n".join(frame.format(row) for row in rows))
    assert [[cell.text for cell in row] for row in table.rows[2:]] == [  # type: ignore[union-attr]
        ["", "产出指标", "数量指标", "面积", "1亩"],
        ["", "", "", "株数", "9株"],
    ]


def test_a_converter_whose_work_ran_out_is_not_said_to_have_read(tmp_path: Path) -> None:
    turning = tmp_path / "soffice"
    turning.write_text("#!/bin/sh\nwhile :; do :; done\n", "utf-8")
    turning.chmod(0o700)
    assert not convert(str(turning), [], "docx", tmp_path, 60, work=1)
