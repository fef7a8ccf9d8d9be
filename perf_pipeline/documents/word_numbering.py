"""The numbers that Word counts for itself in numbered lists: 一、 (一) 1. and their like.

They stand in no paragraph's text; without them a heading cannot be told from a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from lxml import etree

from perf_pipeline.foreign.package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 9

_DIGITS = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCountingThousand",
}


@dataclass(frozen=True)
class _Level:
    start: int
    style: str
    text: str


@dataclass
class Numbering:
    """Counts a document's numbered paragraphs in their order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    of_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> Self:
        """Read the lists that a Word file declares, and the styles that number by themselves."""
        numbering = cls()
        if "word/numbering.xml" in package.names:
            numbering.levels = _levels(package.xml("word/numbering.xml"))
        if numbering.levels and "word/styles.xml" in package.names:
            for style in package.xml("word/styles.xml").iter(f"{W}style"):
                properties = style.find(f"{W}pPr")
                used = _used(properties) if properties is not None else None
                name = style.get(f"{W}styleId")
                if used is not None and name:
                    numbering.of_style[name] = used
        return numbering

    def label(self, properties: etree._Element) -> str:
        """Return the number before the paragraph of these properties, and count it; often none."""
        if not self.levels:
            return ""
        used = _used(properties)
        if used is None:
            style = properties.find(f"{W}pStyle")
            used = self.of_style.get(style.get(f"{W}val") or "") if style is not None else None
        if used is None or used[0] not in self.levels:
            return ""
        listed, depth = used
        levels = self.levels[listed]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(listed, [None] * DEEPEST)
        before = counts[depth]
        counts[depth] = level.start if before is None else before + 1
        counts[depth + 1 :] = [None] * (DEEPEST - depth - 1)
        label = level.text
        for upper in range(depth + 1):
            shown = levels.get(upper)
            count = counts[upper]
            if shown is not None:
                number = _spell(shown.start if count is None else count, shown.style)
                label = label.replace(f"%{upper + 1}", number)
        return label


def _levels(root: etree._Element) -> dict[str, dict[int, _Level]]:
    abstract: dict[str, dict[int, _Level]] = {}
    for each in root.iter(f"{W}abstractNum"):
        levels = {}
        for level in each.iter(f"{W}lvl"):
            depth = level.get(f"{W}ilvl") or ""
            if depth.isascii() and depth.isdigit() and int(depth) < DEEPEST:
                start = _value(level, f"{W}start")
                levels[int(depth)] = _Level(
                    int(start) if start.isascii() and start.isdigit() else 1,
                    _value(level, f"{W}numFmt"),
                    _value(level, f"{W}lvlText"),
                )
        abstract[each.get(f"{W}abstractNumId") or ""] = levels
    return {
        each.get(f"{W}numId") or "": abstract.get(_value(each, f"{W}abstractNumId"), {})
        for each in root.iter(f"{W}num")
    }


def _value(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return (found.get(f"{W}val") or "") if found is not None else ""


def _used(properties: etree._Element) -> tuple[str, int] | None:
    number = properties.find(f"{W}numPr")
    if number is None:
        return None
    listed, depth = _value(number, f"{W}numId"), _value(number, f"{W}ilvl") or "0"
    if not listed or not depth.isascii() or not depth.isdigit() or int(depth) >= DEEPEST:
        return None
    return listed, int(depth)


def _spell(number: int, style: str) -> str:
    if style in _CHINESE:
        return _chinese(number)
    if style.startswith("decimalEnclosedCircle"):
        return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else str(number)
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if style == "upperLetter" else letter
    return "" if style in ("bullet", "none") else str(number)


def _chinese(number: int) -> str:
    """Write 1 to 99 as they are counted: 一, 十, 十一, 二十, 二十一."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones or not tens else "")
