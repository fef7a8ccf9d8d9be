"""A Word file that is written from top to bottom: headings, paragraphs, tables, pictures.

The same content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.document import Document as OpenDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from perf_pipeline.reports.word_look import LOOKS, WIDTH, set_look
from perf_pipeline.reports.word_table import Column, Row, plain, table_element

LONGEST_HEADER = 48  # characters
ZIP_TIME = (2020, 1, 1, 0, 0, 0)


class WordFile:
    """A document of official look, for one department and checkpoint."""

    def __init__(self, title: str, header: str, footer: str, as_of: date) -> None:
        """Begin a document; `as_of` is the date in its properties."""
        self.document: OpenDocument = Document()
        self._tables = self._pictures = 0
        set_look(self.document)
        self._style_ids = {name: self.document.styles[name].style_id for name in LOOKS}
        properties = self.document.core_properties
        properties.title, properties.author = plain(title), "perf-pipeline"
        properties.comments, properties.keywords, properties.language = "", "", "zh-CN"
        properties.created = properties.modified = datetime(as_of.year, as_of.month, as_of.day)
        section = self.document.sections[0]
        section.header.paragraphs[0].add_run(_shortened(header))
        _fill_footer(section.footer.paragraphs[0], _shortened(footer))

    def write(self, text: str, style: str = "Normal") -> Paragraph:
        """Write a paragraph in one of the styles of word_look."""
        paragraph = self.document.add_paragraph(plain(text))
        paragraph._p.style = self._style_ids[style]  # by name it would be looked up each time
        return paragraph

    def heading(self, text: str, level: int = 1) -> None:
        """Write a heading, which the navigation pane shows."""
        self.write(text, f"Heading {level}")

    def lead(self, label: str, text: str, style: str = "Normal") -> None:
        """Write a paragraph that begins with a label in bold."""
        paragraph = self.write(label, style)
        paragraph.runs[0].bold = True
        paragraph.add_run(plain(text))

    def points(self, texts: Iterable[str]) -> None:
        """Write a list."""
        for text in texts:
            self.write(text, "List Bullet")

    def table(self, caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
        """Write a numbered table."""
        self._tables += 1
        self.write(f"表{self._tables}　{caption}", "Caption")
        table = table_element(plain(caption), columns, rows)
        self.document.element.body.sectPr.addprevious(table)
        self.write("", "After Table")

    def picture(self, png: bytes, caption: str, words: str) -> None:
        """Write a numbered picture; `words` say it to those who cannot see it."""
        self._pictures += 1
        run = self.write("", "Picture").add_run()
        shown: Any = run.add_picture(io.BytesIO(png), width=Mm(WIDTH * 0.66))
        shown._inline.docPr.set("descr", plain(words))
        shown._inline.docPr.set("title", plain(caption))
        self.write(f"图{self._pictures}　{caption}", "Picture Caption")

    def to_bytes(self) -> bytes:
        """Return the file as bytes that depend on nothing but its content."""
        raw, fixed = io.BytesIO(), io.BytesIO()
        self.document.save(raw)
        with (
            zipfile.ZipFile(raw) as source,
            zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, source.read(name))
        return fixed.getvalue()


def _fill_footer(paragraph: Paragraph, text: str) -> None:
    paragraph.add_run(f"{text}　　第")
    _add_field(paragraph, "PAGE")
    paragraph.add_run("页　共")
    _add_field(paragraph, "NUMPAGES")
    paragraph.add_run("页")


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


def _shortened(text: str) -> str:
    said = plain(text)
    return said if len(said) <= LONGEST_HEADER else f"{said[: LONGEST_HEADER - 1]}…"
