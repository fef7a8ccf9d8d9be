"""How a Word report looks: page, fonts and styles, after the format of official documents.

GB/T 9704: 小标宋 for the title, 黑体 and 楷体 for headings, 仿宋 for the text, A4. Where a machine
lacks a font, Word takes the one that the font table names in its stead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml import etree

TITLE_FONT, HEAD_FONT, SUBHEAD_FONT = "方正小标宋简体", "黑体", "楷体_GB2312"
BODY_FONT, TABLE_FONT, LATIN_FONT = "仿宋_GB2312", "宋体", "Times New Roman"
INSTEAD = {  # what stands in where a font is missing
    TITLE_FONT: "方正小标宋_GBK,华文中宋,STZhongsong,Noto Serif CJK SC",
    HEAD_FONT: "SimHei,微软雅黑,Noto Sans CJK SC",
    SUBHEAD_FONT: "楷体,KaiTi,Noto Serif CJK SC",
    BODY_FONT: "仿宋,FangSong,Noto Serif CJK SC",
    TABLE_FONT: "SimSun,Noto Serif CJK SC",
}
TOP, BOTTOM, SIDE = 25, 22, 20  # margins in mm
WIDTH = 210 - 2 * SIDE  # mm between the margins
MUTED = "5A6470"
CENTER = WD_ALIGN_PARAGRAPH.CENTER


@dataclass(frozen=True)
class Look:
    """A paragraph style: font, size in points, and the room around it in points."""

    font: str
    size: float
    bold: bool = False
    align: WD_ALIGN_PARAGRAPH | None = None
    before: float = 0
    after: float = 0
    line: float = 1.0
    indent_chars: int = 0  # of the first line
    with_next: bool = False
    color: str = "000000"


# nothing is justified: LibreOffice then loses a comma that ends a full line
LOOKS: dict[str, Look] = {
    "Normal": Look(BODY_FONT, 12, line=1.2, indent_chars=2),
    "Title": Look(TITLE_FONT, 22, align=CENTER, before=18, after=8, line=1.2, with_next=True),
    "Subtitle": Look(SUBHEAD_FONT, 14, align=CENTER, after=4, with_next=True),
    "Heading 1": Look(HEAD_FONT, 15, before=12, after=4, line=1.2, with_next=True),
    "Heading 2": Look(SUBHEAD_FONT, 13, bold=True, before=8, after=2, line=1.2, with_next=True),
    "Caption": Look(HEAD_FONT, 10.5, align=CENTER, before=8, after=3, with_next=True),
    "List Bullet": Look(BODY_FONT, 11, after=1, line=1.2),
    "Facts": Look(BODY_FONT, 10.5, after=2, line=1.2, indent_chars=2),
    "Picture": Look(BODY_FONT, 10.5, align=CENTER, before=6, with_next=True),
    "Picture Caption": Look(HEAD_FONT, 10.5, align=CENTER, after=8),
    "After Table": Look(BODY_FONT, 6),
    "TableText": Look(TABLE_FONT, 9),
    "Notice": Look(BODY_FONT, 11, before=10, after=8, line=1.2),
    "Header": Look(TABLE_FONT, 9, align=CENTER, color=MUTED),
    "Footer": Look(TABLE_FONT, 9, color=MUTED),
}


def set_look(document: Document, part: float = 1.0) -> None:
    """Give a new document its page, styles and fonts, which are so large a part of their sizes."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.header_distance, section.footer_distance = Mm(14), Mm(12)
    for name, look in LOOKS.items():
        sized = replace(look, size=round(look.size * part * 2) / 2)
        _set_style(_style(document, name), sized)
    _frame(document.styles["Notice"].element.get_or_add_pPr(), "top left bottom right", "B7791F")
    _frame(document.styles["Header"].element.get_or_add_pPr(), "bottom", "9AA3AD")
    _set_defaults(document)
    _set_font_table(document)


def set_fonts(properties: Any, east_asian: str) -> None:
    """Name the fonts of a run or style (its rPr), by name alone and not by the theme."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN_FONT)
    fonts.set(qn("w:eastAsia"), east_asian)
    fonts.set(qn("w:hint"), "eastAsia")  # “ ” — and … are Chinese signs here


def _style(document: Document, name: str) -> ParagraphStyle:
    if name in document.styles:
        style = document.styles[name]
    else:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = None
    assert isinstance(style, ParagraphStyle)
    return style


def _set_style(style: ParagraphStyle, look: Look) -> None:
    properties = style.element.get_or_add_rPr()
    for spacing in properties.findall(qn("w:spacing")) + properties.findall(qn("w:kern")):
        properties.remove(spacing)
    set_fonts(properties, look.font)
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, False
    style.font.color.rgb = RGBColor.from_string(look.color)
    paragraph = style.element.get_or_add_pPr()
    for border in paragraph.findall(qn("w:pBdr")):
        paragraph.remove(border)
    form = style.paragraph_format
    form.alignment, form.line_spacing = look.align, look.line
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.keep_with_next, form.widow_control = look.with_next, True
    if style.name != "List Bullet":
        form.left_indent = form.first_line_indent = None
        indent = paragraph.get_or_add_ind()
        indent.set(qn("w:firstLineChars"), str(look.indent_chars * 100))
        indent.set(qn("w:firstLine"), str(round(look.indent_chars * look.size * 20)))


def _frame(paragraph: Any, sides: str, color: str) -> None:
    borders = OxmlElement("w:pBdr")
    for side in sides.split():
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", color)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    # the schema wants borders before spacing, indent and alignment
    after = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
    paragraph.insert_element_before(borders, *after)


def _set_defaults(document: Document) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for properties in defaults.iter(qn("w:rPr")):
        set_fonts(properties, BODY_FONT)
    settings = document.settings.element
    for theme in settings.iter(qn("w:themeFontLang")):
        theme.set(qn("w:eastAsia"), "zh-CN")


def _set_font_table(document: Document) -> None:
    """Name, for each font, those that stand in for it; python-docx keeps this part as bytes."""
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            table = parse_xml(part.blob)
            for name, instead in INSTEAD.items():
                family = "modern" if name == HEAD_FONT else "roman"
                table.append(
                    parse_xml(
                        f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{instead}"/>'
                        f'<w:charset w:val="86"/><w:family w:val="{family}"/>'
                        f'<w:pitch w:val="variable"/></w:font>'
                    )
                )
            part._blob = etree.tostring(table, encoding="UTF-8", standalone=True)
