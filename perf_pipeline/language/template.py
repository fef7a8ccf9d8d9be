"""A message with holes, and its translation: what produced a text is found by its literal parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from itertools import count, islice
from string import Formatter

from babel import Locale
from babel.dates import get_month_names
from babel.numbers import format_decimal

HAN = re.compile("[\u3400-\u9fff]")
HOLE = re.compile(r"\{(\w*)\}")
BETWEEN = "。；\n\u3000"  # a value within a sentence holds none of these
BEFORE = BETWEEN + "：｜["  # nor does one at the beginning hold what the text is about
LABEL_ENDS = "： "
JOINTS = "，；。、："  # a value of a short message does not begin with one
ENDS = ("，", "；", "。", "：", "（", "｜", "\u3000", "\n")  # of a clause
IN_MARKS = re.compile("“[^“”]*”|《[^《》]*》|（[^（）]*）")
IN_BRACKETS = re.compile("（[^（）]*）")
# of two others, or two quotations: what stands between is not the value's
BRACKET = re.compile("[（）].*[（）]|^[^“]*”.*“")
HEAVY = 10  # of what TELLING counts: known whatever stands between
MOST_READINGS, FEW_READINGS = 60, 8  # of a message; where two holes stand side by side
MOST_PARSED = 4_000
TELLING = 4  # characters and brackets that make a message certain, whatever its holes hold
# a figure with its unit at the end, or the unit alone, which goes on: 人次 is no number of times
CUT_UNIT = re.compile("(?:^|[\\d.])[\u3400-\u9fff](?<![年月日天周时分秒])$")
_TELL = re.compile("[\u3400-\u9fff（）“”【】｜]")
ONE_WORD = re.compile(r"[\w.,-]{2}|.[/\\]|[/\\].|[0-9.][万亿]|[万亿]元", re.ASCII)
PARTS_BEGIN = re.compile(r".(?=[（，])|[^\d.,\s](?=\d)")  # where two values part most likely
UNIT = re.compile("[\u3400-\u9fff]{1,2}")  # of a document's
FIGURE = re.compile("[-−]?[\\d,.]+%?")
TEN_THOUSAND = 10_000
LARGEST = 30  # digits of a number that is counted with
# how the punctuation between parts that are translated is written
MARKS = {
    "，": ", ",
    "；": "; ",
    "。": ". ",
    "：": ": ",
    "、": ", ",
    "｜": " | ",
    "\u3000": "  ",
    "（": " (",
    "）": ")",
    "＝": "=",
    "＋": "+",
    "－": "−",
}
FULL_WIDTH = re.compile("[" + "".join(MARKS) + "]")
Holes = dict[str, str]


@dataclass(frozen=True)
class Template:
    """A message and its translation; `literals` stand around the holes, one more than `holes`."""

    literals: tuple[str, ...]
    holes: tuple[str, ...]
    translation: str
    weight: int = field(compare=False)  # Chinese characters and brackets in it

    @property
    def is_certain(self) -> bool:
        """Whether its words are enough to know it, when a name stands in a hole."""
        label = self.literals[0] if self.literals[1:] == ("",) else ""
        return self.weight >= TELLING or bool(label and label[-1] in LABEL_ENDS)

    @property
    def has_tail(self) -> bool:
        """Whether it begins with its own words and ends with a hole, which may hold anything.

        Not where the translation goes on behind the hole: it would go on behind the next sentence.
        """
        return len(self.literals[0]) > 1 and not self.literals[-1] and self.translation[-1:] == "}"

    @cached_property
    def ends(self) -> int | None:
        """How many sentences end in its words, and in a text that it can be; None for any."""
        if self.weight >= HEAVY or self.has_tail:
            return None
        return sentence_ends("".join(self.literals))

    def can_be(self, text: str) -> bool:
        """Tell whether its words stand in a text, in their order, the outer ones at its ends."""
        first, *between, last = self.literals
        if not (text.startswith(first) and text.endswith(last)):
            return False
        at, end = len(first), len(text) - len(last)
        for literal in between:
            found = text.find(literal, at, end)
            if found < 0:
                return False
            at = found + len(literal)
        return at <= end

    def readings(self, text: str) -> Iterator[Holes]:
        """Give what may stand in the holes of a text that it can be, some ways at most.

        The shortest first. A hole at the beginning (the longest
        first) holds no part of another sentence, and neither do others but the one of a tail.
        """
        at, end = len(self.literals[0]), len(text) - len(self.literals[-1])
        behind = [nth for nth, each in enumerate(self.literals[1:-1], start=1) if not each]
        most = FEW_READINGS if behind else MOST_READINGS
        ways: Iterable[tuple[str, ...]] = islice(_between(text, at, end, self.literals[1:-1]), most)
        if behind:  # a year is cut from the name before it, not from a number in that name
            ways = sorted(ways, key=lambda found: -sum(_is_figure(found[nth]) for nth in behind))
        for found in ways:
            if self._fits(found):
                yield dict(zip(self.holes, found, strict=True))

    def _fits(self, found: Sequence[str]) -> bool:
        if not self.literals[0] and any(mark in found[0] for mark in BEFORE):
            return False
        if self.weight < HEAVY and any(value[:1] in JOINTS for value in found if value):
            return False
        if self.weight < TELLING and not self.literals[0] and self._is_a_list(found):
            return False  # {0}{1}项 is one count, not a list of them
        if self.weight < TELLING and any(map(_cuts_a_unit, found, self.literals[1:])):
            return False
        if self.literals[-1] == "元" and found[-1].endswith(("万", "亿")):
            return False  # 126.00万元 is an amount of its own
        if not self.literals[0] and self.weight < HEAVY and self._cuts_a_clause(found[0]):
            return False
        within = found[:-1] if self.has_tail else found
        if any(BRACKET.search(_bare(value)) for value in within):
            return False
        if self.weight >= HEAVY:
            return True
        return not any(mark in value for value in within for mark in BETWEEN)

    def _is_a_list(self, found: Sequence[str]) -> bool:
        """Tell whether what holes side by side would hold are clauses; the first hole's too."""
        beside = (nth for nth, each in enumerate(self.literals[1:-1]) if not each)
        held = {0, *(at for nth in beside for at in (nth, nth + 1))}
        return any("，" in found[at] for at in held)

    def _cuts_a_clause(self, first: str) -> bool:
        """Tell whether a value at the beginning holds clauses, of which the last goes on."""
        return "，" in IN_MARKS.sub("", first) and not self.literals[1].startswith(ENDS)

    def cuts(self, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Give holes side by side between which Chinese is cut: where a name ends is not seen."""
        for one, other, literal in zip(self.holes, self.holes[1:], self.literals[1:], strict=False):
            if not literal and HAN.match(values[other]) and HAN.match(values[one][-1:]):
                yield one, other

    def is_unit(self, nth: int, values: Sequence[str]) -> bool:
        """Tell whether a hole holds the unit of the figure in the hole before it: 再多30人次."""
        beside = nth > 0 and not self.literals[nth] and _is_figure(values[nth - 1])
        return beside and UNIT.fullmatch(values[nth]) is not None

    def is_quoted(self, nth: int) -> bool:
        """Tell whether a hole stands in quotation marks: what is in it is quoted."""
        return self.literals[nth].endswith("“") and self.literals[nth + 1].startswith("”")


def marked(text: str) -> str:
    """Write the punctuation of a text without Chinese words as other languages do."""
    return FULL_WIDTH.sub(lambda mark: MARKS[mark[0]], text)


def sentence_ends(text: str) -> int:
    """Count what ends a sentence or clause in a text."""
    return sum(map(text.count, BETWEEN))


def _cuts_a_unit(value: str, after: str) -> bool:
    return HAN.match(after) is not None and CUT_UNIT.search(value) is not None


def _is_figure(value: str) -> bool:
    return FIGURE.fullmatch(value) is not None


def _bare(value: str) -> str:
    """Leave out what stands in brackets, however deep."""
    without = IN_BRACKETS.sub("", value)
    return value if without == value else _bare(without)


def _between(text: str, at: int, end: int, literals: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the ways to cut text[at:end] at literals, in their order."""
    if not literals:
        if at <= end:
            yield (text[at:end],)
        return
    literal, rest = literals[0], literals[1:]
    for found in _places(text, literal, at, end):
        for after in _between(text, found + len(literal), end, rest):
            yield (text[at:found], *after)


def _places(text: str, literal: str, at: int, end: int) -> Iterator[int]:
    """Give the places of a literal in text[at:end]; of none (two holes side by side), the cuts.

    What stands before the first words of a text is taken as long as can be, all else as short. Two
    holes part first where a number, bracket or clause begins; they part no word, number or path.
    """
    if not literal:
        likely = [found.end() for found in PARTS_BEGIN.finditer(text, at, end)]
        yield from likely
        for cut in range(at, end + 1) if at else range(end, -1, -1):
            if cut not in (at, *likely) and not ONE_WORD.match(text, cut - 1):
                yield cut
        return
    found = text.find(literal, at, end) if at else text.rfind(literal, 0, end)
    while found >= 0:
        yield found
        found = (
            text.find(literal, found + 1, end)
            if at
            else text.rfind(literal, 0, found + len(literal) - 1)
        )


def template(message: str, translation: str) -> Template:
    """Make a template of a message with holes."""
    pieces = HOLE.split(message)
    holes = [name or str(nth) for nth, name in enumerate(pieces[1::2])]
    literals = tuple(pieces[::2])
    return Template(literals, tuple(holes), translation, len(_TELL.findall("".join(literals))))


class Filling:
    """Fills a translation's holes, by the numbers and months of a language.

    `{0:row|rows}` is the form of a word that the number in hole 0 asks for, `{0:month}` the name of
    a month, `{0:wan}` an amount in 万元 as the language writes it out.
    """

    def __init__(self, language: str) -> None:
        self._locale = Locale.parse(language)
        self._months: Mapping[int, str] = get_month_names("wide", locale=self._locale)

    def fill(self, translation: str, values: Mapping[str, str]) -> str:
        """Return a translation with its values; ValueError where one is not what it asks for."""
        return "".join(
            literal
            + (self._written(values[hole], form and self.fill(form, values)) if hole else "")
            for literal, hole, form in _pieces(translation)
        )

    def _written(self, value: str, form: str) -> str:
        """Write a value as the translation asks."""
        if not form:
            return value
        number = _number(value)
        if "|" in form:
            forms = form.split("|")
            return forms[0 if self._locale.plural_form(number) == "one" else -1]
        if form == "month":
            if number not in self._months:
                raise ValueError(value)
            return self._months[int(number)]
        if form == "wan":
            return write_wan(number, self._locale)
        raise ValueError(form)


@lru_cache(maxsize=MOST_PARSED)
def _pieces(translation: str) -> tuple[tuple[str, str, str], ...]:
    """Cut a translation at its holes: words, the hole behind them (if any), and its form."""
    numbers = map(str, count())
    return tuple(
        (literal, "" if hole is None else hole or next(numbers), form or "")
        for literal, hole, form, _ in Formatter().parse(translation)
    )


def write_wan(number: Decimal, language: Locale | str) -> str:
    """Write so many 万 out, as a language writes numbers; ValueError for more digits than count."""
    try:
        return str(format_decimal(number * TEN_THOUSAND, locale=language))
    except InvalidOperation as error:
        raise ValueError(str(number)) from error


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "").replace("−", "-"))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or number.adjusted() > LARGEST:
        raise ValueError(text)
    return number
