"""The empty Word report: python-docx makes it once a process, reports fill its XML.

Its parts stand ready as bytes; what differs from report to report are a few marked places.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from perf_pipeline.language.spoken import CHINESE, say
from perf_pipeline.reports.word_look import LOOKS, set_look

TITLE, HEADER, FOOTER = "@TITLE@", "@HEADER@", "@FOOTER@"
DATED = datetime(2020, 1, 1)
BODY, CORE, TYPES = "word/document.xml", "docProps/core.xml", "[Content_Types].xml"
RELATIONS = "word/_rels/document.xml.rels"
PLACES = {CORE: TITLE, "word/header": HEADER, "word/footer": FOOTER}  # where each mark stands
ZIP_TIME = (2020, 1, 1, 0, 0, 0)
_PNG = '<Default Extension="png" ContentType="image/png"/>'
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


@dataclass(frozen=True)
class Template:
    """The parts of an empty report by name, in order, and the ids of its styles by name."""

    parts: Mapping[str, bytes]
    style_ids: Mapping[str, str]

    def filled(
        self, body: str, marked: Mapping[str, str], as_of: datetime, pictures: Mapping[str, bytes]
    ) -> bytes:
        """Return the report: `body` its XML, `marked` the texts in the marked places.

        `pictures` are PNG files by the id that the body names them by.
        """
        parts = dict(self.parts)
        before, after = parts[BODY].split(b"<w:sectPr", 1)
        parts[BODY] = b"".join((before, body.encode(), b"<w:sectPr", after))
        moment = f"{DATED:%Y-%m-%d}".encode()
        parts[CORE] = parts[CORE].replace(moment, f"{as_of:%Y-%m-%d}".encode())
        links = "".join(
            f'<Relationship Id="{id_}" Type="{_IMAGE}" Target="media/{id_}.png"/>'
            for id_ in pictures
        )
        end = b"</Relationships>"
        parts[RELATIONS] = parts[RELATIONS].replace(end, links.encode() + end)
        for name in parts:
            mark = next((mark for start, mark in PLACES.items() if name.startswith(start)), None)
            if mark is not None:
                parts[name] = parts[name].replace(mark.encode(), escape(marked[mark]).encode())
        parts |= {f"word/media/{id_}.png": png for id_, png in pictures.items()}
        return _zipped(parts)


TAGS = {CHINESE: "zh-CN"}
LETTERS = 0.85  # sizes are those of Chinese characters: letters are read smaller, and are more


@cache
def empty_report(spoken: str) -> Template:
    """Return the template: page, styles, fonts, header and footer of official look.

    `spoken` is the language of the process, which counts the pages.
    """
    document = Document()
    set_look(document, 1.0 if spoken == CHINESE else LETTERS)
    properties = document.core_properties
    properties.title, properties.author = TITLE, "perf-pipeline"
    properties.comments, properties.keywords, properties.language = "", "", TAGS.get(spoken, spoken)
    properties.created = properties.modified = DATED
    section = document.sections[0]
    section.header.paragraphs[0].add_run(HEADER)
    _fill_footer(section.footer.paragraphs[0])
    raw = io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    first, types, rest = parts[TYPES].partition(b"<Default ")
    parts[TYPES] = b"".join((first, _PNG.encode(), types, rest))
    style_ids = {name: str(document.styles[name].style_id) for name in LOOKS}
    return Template(parts, style_ids)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts into bytes that depend on nothing but them; pictures are packed already."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            is_packed = name.endswith((".png", ".jpeg"))
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _fill_footer(paragraph: Paragraph) -> None:
    before = say(f"{FOOTER}　　第")
    paragraph.add_run(f"{before} " if before[-1].isascii() else before)
    _add_field(paragraph, "PAGE")
    paragraph.add_run(say("页　共"))
    _add_field(paragraph, "NUMPAGES")
    paragraph.add_run(say("页"))


def _add_field(paragraph: Paragraph, code: str) -> None:
    """Add a number that the program that opens the file works out."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {code} ")
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)
