"""What a person marks in an .xlsx sheet beside its values: struck out, red, a note, a page header.

None of it is a value, and each may change what a value means: a row that is struck out (删除线), a
red amount (红字), a note (批注) that says void, a unit that stands in the page header (页眉).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from perf_pipeline.domain.raised_digits import SMALL, raised_behind
from perf_pipeline.foreign.workbook import At, Looks

MOST_NOTES = 10_000
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&\d+|&[A-Za-z]')
_OFF = ("0", "false")


@dataclass(frozen=True)
class Fonts:
    """The cell styles, by their number, whose font is struck out, and those whose font is red.

    `texts` are the numbers of shared texts of which a part is struck out; `raised` spells those
    in which a digit is raised behind another.
    """

    struck: frozenset[str] = frozenset()
    red: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    raised: Mapping[str, str] = field(default_factory=dict)


def fonts(styles: etree._Element) -> Fonts:
    """Return which cell styles of a workbook's styles part are struck out or red."""
    declared = styles.find("{*}fonts")
    cells = styles.find("{*}cellXfs")
    if declared is None or cells is None:
        return Fonts()
    struck = {str(n) for n, each in enumerate(declared) if _is_struck(each)}
    red = {str(n) for n, each in enumerate(declared) if _is_red(each)}
    used = [(str(n), each.get("fontId") or "0") for n, each in enumerate(cells)]
    return Fonts(
        frozenset(style for style, font in used if font in struck),
        frozenset(style for style, font in used if font in red),
    )


def marked_texts(
    texts: Iterable[etree._Element],
) -> tuple[frozenset[str], dict[str, str]]:
    """Return the numbers of shared texts partly struck out, and how those raised are spelled."""
    struck, raised = set[str](), dict[str, str]()
    for number, text in enumerate(texts):
        if is_partly_struck(text):
            struck.add(str(number))
        if (spelled := raised_text(text)) is not None:
            raised[str(number)] = spelled
    return frozenset(struck), raised


def raised_text(text: etree._Element) -> str | None:
    """Spell a text in whose runs a digit is raised behind another (上标); None for any other."""
    plain = spelled = ""
    for run in text.iter("{*}r"):
        said = str(run.findtext("{*}t") or "")
        looks = run.find("{*}rPr/{*}vertAlign")
        small = looks is not None and looks.get("val") in SMALL
        plain += said
        spelled += raised_behind(spelled, said) if small else said
    return spelled if spelled != plain else None


def is_partly_struck(text: etree._Element) -> bool:
    """Tell whether a run of a text is struck out: its signs are read like all others."""
    return any(
        "".join(map(str, run.itertext("{*}t"))).strip()
        for run in text.iter("{*}r")
        if (looks := run.find("{*}rPr")) is not None and _is_struck(looks)
    )


def _is_struck(font: etree._Element) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val") not in _OFF


def _is_red(font: etree._Element) -> bool:
    color = font.find("{*}color")
    if color is None:
        return False
    if color.get("indexed") in ("2", "10"):
        return True
    rgb = color.get("rgb") or ""
    if not re.fullmatch(r"[0-9A-Fa-f]{8}", rgb):
        return False
    red, green, blue = (int(rgb[at : at + 2], 16) for at in (2, 4, 6))
    return red >= 0xC0 and green <= 0x40 and blue <= 0x40


def page_words(element: etree._Element) -> list[str]:
    """Return what a sheet's page headers and footers say, without their codes."""
    parts = [re.split(r"&[LCR]", each.text or "") for each in element]
    said = [_CODES.sub("", text).strip() for texts in parts for text in texts]
    return [text for text in said if text]


def notes(
    archive: zipfile.ZipFile,
    names: Mapping[str, str],
    part: str,
    xml: Callable[[str], etree._Element],
) -> dict[At, str]:
    """Return a sheet's notes by their cell; `part` is the sheet's, in lower case."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in names:
        return {}
    found: dict[At, str] = {}
    for each in xml(names[relations]):
        if not str(each.get("Type") or "").endswith("/comments"):
            continue
        target = str(each.get("Target") or "").replace("\\", "/")
        of = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
        if of not in names:
            continue
        for note in xml(names[of]).iter("{*}comment"):
            at = _ADDRESS.fullmatch(note.get("ref") or "")
            if at is not None and len(found) < MOST_NOTES:
                found[int(at[2]) - 1, column_of(at[1]) - 1] = "".join(
                    str(text.text or "") for text in note.iter("{*}t")
                )
    return found


def column_of(letters: str) -> int:
    """Return the number of a column, from 1: AB is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def mark(looks: Looks, at: At, cell: etree._Element, known: Fonts) -> None:
    """Remember that a cell is struck out or red, or a digit in it raised, in style or in part."""
    style = (cell.get("s") or "").strip()
    shared = (cell.findtext("{*}v") or "").strip() if cell.get("t") == "s" else None
    if style in known.struck or shared in known.texts or is_partly_struck(cell):
        looks.struck.add(at)
    if style in known.red:
        looks.red.add(at)
    spelled = known.raised.get(shared) if shared is not None else raised_text(cell)
    if spelled is not None:
        looks.raised[at] = spelled
