"""Build the shipped target document, as Word, as text and as a workbook, from its facts.

The text follows the layout of text taken out of a Word file: a tab begins a cell, a blank line
ends a row, an empty cell is a line with a tab. All come out the same, byte for byte, every time.

Usage: python scripts/build_documents.py [FOLDER]   (default: data)
"""

from __future__ import annotations

import io
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from same_bytes import FIXED, with_fixed_dates
from target_workbook import build_workbook

ROOT = Path(__file__).resolve().parent.parent
NAME = "2024年部门整体绩效目标"
ORDINALS = "一二三四五六七八九十"
WIDTHS = (1.6, 2.4, 2.9, 4.9, 2.5, 2.2)
Facts = dict[str, Any]


def main(data: Path) -> None:
    """Write the renditions below the data folder."""
    facts = yaml.safe_load((ROOT / "data/source/gaoxin-2024.yaml").read_text("utf-8"))
    word = data / "2024/gaoxin-zhengfawei/targets" / f"{NAME}.docx"
    text = data / "renditions" / f"{NAME}.txt"
    book = data / "renditions" / f"{NAME}.xlsx"
    made = (
        (word, build_word(facts)),
        (text, build_text(facts).encode()),
        (
            book,
            build_workbook(
                facts["title"],
                facts["notice"],
                [text for _, text in prose(facts)],
                {p["caption"]: (p["name"], _form_rows(p)) for p in facts["projects"]},
            ),
        ),
    )
    for path, content in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def prose(facts: Facts) -> list[tuple[str, str]]:
    """Return the paragraphs before the forms, each with its style: title, part, section, body."""
    lines = [
        ("body", f"{facts['maker']}编制"),
        ("title", facts["title"]),
        ("body", facts["notice"]),
    ]
    lines.append(("part", "一、总体绩效目标"))
    for ordinal, goal in zip(ORDINALS, facts["goals"], strict=False):
        lines += [("section", f"（{ordinal}）{goal['title']}"), ("body", goal["text"])]
    lines.append(("part", "二、分项绩效目标"))
    for line in facts["lines"]:
        heading = line.get("subsection") or f"{line['number']}{line['title']}"
        lines.append(("section", heading))
        lines.append(("body", f"绩效目标：{line['objective']}"))
        lines.append(("body", f"绩效指标：{line['indicators']}"))
    lines.append(("part", "三、工作保障措施"))
    for ordinal, safeguard in zip(ORDINALS, facts["safeguards"], strict=False):
        lines.append(("body", f"（{ordinal}）{safeguard['title']}。{safeguard['text']}"))
    return lines


def build_text(facts: Facts) -> str:
    """Lay the document out as text."""
    parts = [" " + "\n\n".join(text for _, text in prose(facts)[:1])]
    parts += [text for _, text in prose(facts)[1:]]
    text = "\n".join([parts[0], "", "", *parts[1:]])
    for project in facts["projects"]:
        text += "\n\n\n\n\n" + project["caption"] + "\n\n"
        text += "\n".join(_text_row(row) for row in _form_rows(project))
    return text + "\n"


def _text_row(cells: list[str]) -> str:
    return "".join(f"\t{cell}\n" for cell in cells)


def _form_rows(project: Facts) -> list[list[str]]:
    rows = [["项目编码", project["code"], "项目名称", project["name"]]]
    if "budget" in project:
        amounts = [cell for pair in project["budget"].items() for cell in pair]
        rows += [["预算规模及资金用途", *amounts], ["", project["purpose"]]]
        goals = [[f"目标{n}", text] for n, text in enumerate(project["objectives"], start=1)]
    else:
        rows.append(["资金用途", project["purpose"]])
        goals = [[text] for text in project["objectives"]]
    rows.append([project["plan_label"], *project["plan"].keys()])
    rows.append(["", *project["plan"].values()])
    rows += [["绩效目标" if n == 0 else "", *goal] for n, goal in enumerate(goals)]
    headers = ["一级指标", "二级指标", "三级指标", "绩效指标描述", project["value_label"]]
    rows.append([*headers, "指标值确定依据"])
    above: list[str] = []
    for indicator in project["indicators"]:
        first = "" if above and above[0] == indicator[0] else indicator[0]
        second = "" if above and above[:2] == indicator[:2] else indicator[1]
        rows.append([first, second, *indicator[2:]])
        above = indicator
    return rows


def build_word(facts: Facts) -> bytes:
    """Lay the document out as such forms are: A4, Chinese fonts, cells merged both ways."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    for style, text in prose(facts):
        _paragraph(document.add_paragraph(), style, text)
    for project in facts["projects"]:
        document.add_page_break()
        _paragraph(document.add_paragraph(), "caption", project["caption"])
        _form(document.add_table(rows=0, cols=6), project)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "perf_pipeline"
    properties.title, properties.comments = facts["title"], facts["notice"]
    properties.created = properties.modified = FIXED
    properties.revision = 1
    stream = io.BytesIO()
    document.save(stream)
    return with_fixed_dates(stream.getvalue())


def _paragraph(paragraph: Paragraph, style: str, text: str) -> None:
    run = paragraph.add_run(text)
    if style in ("title", "caption"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run.font.size = Pt(20 if style == "title" else 16)
        run.bold = True
    elif style in ("part", "section"):
        run.bold = True
    if style in ("title", "caption", "part"):
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
    if style == "body":
        paragraph.paragraph_format.first_line_indent = Pt(24)


def _form(table: Table, project: Facts) -> None:
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _row(table, ["项目编码", project["code"], "项目名称", project["name"]], (1, 2, 1, 2))
    if "budget" in project:
        (total, fiscal, other) = project["budget"].items()
        cells = ["预算规模及资金用途", *total, *fiscal, "".join(other)]
        top = _row(table, cells, (1,) * 6)
        below = _row(table, ["", project["purpose"]], (1, 5))
        top[0].merge(below[0])
    else:
        _row(table, ["资金用途", project["purpose"]], (1, 5))
    top = _row(table, [project["plan_label"], *project["plan"].keys()], (2, 1, 1, 1, 1))
    below = _row(table, ["", *project["plan"].values()], (2, 1, 1, 1, 1))
    top[0].merge(below[0])
    _objectives(table, project)
    headers = ["一级指标", "二级指标", "三级指标", "绩效指标描述", project["value_label"]]
    for cell in _row(table, [*headers, "指标值确定依据"], (1,) * 6):
        cell.paragraphs[0].runs[0].bold = True
    rows = [_row(table, ["", "", *each[2:]], (1,) * 6) for each in project["indicators"]]
    for level in (0, 1):
        numbered = list(enumerate(project["indicators"]))
        for words, group in groupby(numbered, key=lambda each: each[1][: level + 1]):
            members = [n for n, _ in group]
            _write(rows[members[0]][level], words[-1])
            if len(members) > 1:
                rows[members[0]][level].merge(rows[members[-1]][level])


def _objectives(table: Table, project: Facts) -> None:
    many = len(project["objectives"]) > 1
    rows = []
    for n, text in enumerate(project["objectives"], start=1):
        cells = ["" if n > 1 else "绩效目标", *([f"目标{n}"] if many else []), text]
        rows.append(_row(table, cells, (1, 1, 4) if many else (1, 5)))
    if many:
        rows[0][0].merge(rows[-1][0])


def _row(table: Table, texts: list[str], spans: tuple[int, ...]) -> list[_Cell]:
    """Add a row whose cells span so many of the six columns; return its cells."""
    cells = table.add_row().cells
    made, start = [], 0
    for text, span in zip(texts, spans, strict=True):
        cell = cells[start]
        if span > 1:
            cell = cell.merge(cells[start + span - 1])
        cell.width = Cm(sum(WIDTHS[start : start + span]))
        _write(cell, text)
        made.append(cell)
        start += span
    return made


def _write(cell: _Cell, text: str) -> None:
    paragraph = cell.paragraphs[0]
    for run in paragraph.runs:
        run.text = ""
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    run = paragraph.add_run(text)
    run.font.size = Pt(10.5)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data")
