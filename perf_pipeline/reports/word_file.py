"""A Word file that is written from top to bottom: headings, paragraphs, tables, pictures.

The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from xml.sax.saxutils import quoteattr

from perf_pipeline.language.spoken import language, say
from perf_pipeline.reports.curve import HEIGHT as PICTURE_HEIGHT
from perf_pipeline.reports.curve import WIDTH as PICTURE_WIDTH
from perf_pipeline.reports.word_look import WIDTH
from perf_pipeline.reports.word_table import Column, Row, plain, run, table_xml
from perf_pipeline.reports.word_template import FOOTER, HEADER, TITLE, empty_report

LONGEST_HEADER = 48  # characters
LONGEST_TITLE = 255  # characters, of a property
EMU_PER_MM = 36_000
WIDE = round(WIDTH * 0.5 * EMU_PER_MM)  # a picture
HIGH = round(WIDE * PICTURE_HEIGHT / PICTURE_WIDTH)
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"


class WordFile:
    """A document of official look, for one department and checkpoint."""

    def __init__(self, title: str, header: str, footer: str, as_of: date) -> None:
        """Begin a document; `as_of` is the date in its properties."""
        self._template = empty_report(language())
        self._marked = {
            TITLE: plain(say(title))[:LONGEST_TITLE],
            HEADER: _shortened(say(header)),
            FOOTER: _shortened(say(footer)),
        }
        self._as_of = datetime(as_of.year, as_of.month, as_of.day)
        self._body: list[str] = []
        self._tables = 0
        self._shown = 0
        self._pictures: dict[bytes, str] = {}

    def write(self, text: str, style: str = "Normal") -> None:
        """Write a paragraph in one of the styles of word_look."""
        self._paragraph(run(plain(say(text))), style)

    def heading(self, text: str, level: int = 1) -> None:
        """Write a heading, which the navigation pane shows."""
        self.write(text, f"Heading {level}")

    def lead(self, label: str, text: str, style: str = "Normal") -> None:
        """Write a paragraph that begins with a label in bold."""
        runs = run(_label(plain(say(label))), bold=True) + run(plain(say(text)))
        self._paragraph(runs, style)

    def points(self, texts: Iterable[str]) -> None:
        """Write a list."""
        for text in texts:
            self.write(text, "List Bullet")

    def table(self, caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
        """Write a numbered table."""
        self._tables += 1
        self.write(f"{say(f'表{self._tables}')}　{say(caption)}", "Caption")
        self._body.append(table_xml(plain(say(caption)), columns, rows))
        self.write("", "After Table")

    def picture(self, png: bytes, caption: str, words: str) -> None:
        """Write a numbered picture; `words` say it to those who cannot see it."""
        self._shown += 1
        id_ = self._pictures.setdefault(png, f"picture{len(self._pictures) + 1}")
        drawn = _drawing(id_, self._shown, plain(say(caption)), plain(say(words)))
        self._paragraph(f"<w:r>{drawn}</w:r>", "Picture")
        self.write(f"{say(f'图{self._shown}')}　{say(caption)}", "Picture Caption")

    def to_bytes(self) -> bytes:
        """Return the file as bytes that depend on nothing but its content."""
        pictures = {id_: png for png, id_ in self._pictures.items()}
        return self._template.filled("".join(self._body), self._marked, self._as_of, pictures)

    def _paragraph(self, runs: str, style: str) -> None:
        id_ = self._template.style_ids[style]
        self._body.append(f'<w:p><w:pPr><w:pStyle w:val="{id_}"/></w:pPr>{runs}</w:p>')


def _label(said: str) -> str:
    """Leave room behind a label that no full-width colon ends."""
    return said if said.endswith("：") else f"{said} "


def _drawing(id_: str, number: int, title: str, words: str) -> str:
    """Return a picture that stands in the text (wp:inline), half as wide as it."""
    return (
        f'<w:drawing><wp:inline xmlns:a="{_DRAWN}/main" xmlns:pic="{_DRAWN}/picture">'
        f'<wp:extent cx="{WIDE}" cy="{HIGH}"/>'
        f'<wp:docPr id="{number}" name="Picture {number}" descr={quoteattr(words)} '
        f"title={quoteattr(title)}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_DRAWN}/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="0" name="{id_}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{id_}"/><a:stretch><a:fillRect/></a:stretch>'
        '</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{WIDE}" cy="{HIGH}"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _shortened(text: str) -> str:
    said = plain(text)
    return said if len(said) <= LONGEST_HEADER else f"{said[: LONGEST_HEADER - 1]}…"
