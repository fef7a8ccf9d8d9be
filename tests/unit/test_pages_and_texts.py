"""Forms without a file format of cells: PDF, web pages, and plain text."""

import shutil
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.libreoffice import convert
from perf_pipeline.documents.model import Cell, Table
from perf_pipeline.documents.pdf_reader import read_pdf
from perf_pipeline.documents.text_reader import read_text
from perf_pipeline.domain.errors import UnreadableFileError
from tests.grids import page, word
from tests.small_form import FORM, NAMES, TITLE, UP, values

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
