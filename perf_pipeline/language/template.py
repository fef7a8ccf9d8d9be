"""A message with holes, and its translation: what produced a text is found by its literal parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import get_month_names
from babel.numbers import format_decimal

HAN = re.compile("[\u3400-\u9fff]")
HOLE = re.compile(r"\{(\w*)\}")
BETWEEN = "。；\n"  # a value within a sentence holds none of these
BEFORE = BETWEEN + "：｜\u3000["  # nor does one at the beginning hold what the text is about
LABEL_ENDS = "： "
JOINTS = "，；。、："  # a value of a short message does not begin with one
HEAVY = 10  # of what TELLING counts: known whatever stands between
MOST_READINGS = 60
TELLING = 4  # characters and brackets that make a message certain, whatever its holes hold
_TELL = re.compile("[\u3400-\u9fff（）“”【】｜]")
ONE_WORD = re.compile(r"[\w.,-]{2}|.[/\\]|[/\\].", re.ASCII)
TEN_THOUSAND = 10_000
LARGEST = 30  # digits of a number that is counted with
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
        """Whether it begins with its own words and ends with a hole, which may hold anything."""
        return len(self.literals[0]) > 1 and not self.literals[-1]

    def readings(self, text: str) -> Iterator[Holes]:
        """Give what may stand in the holes of a text, shortest first, some ways at most.

        Nothing where the text is none of this message. A hole at the beginning (the longest
        first) holds no part of another sentence, and neither do others but the one of a tail.
        """
        first, last = self.literals[0], self.literals[-1]
        if not (text.startswith(first) and text.endswith(last)):
            return
        end = len(text) - len(last)
        for found in islice(_between(text, len(first), end, self.literals[1:-1]), MOST_READINGS):
            if self._fits(found):
                yield dict(zip(self.holes, found, strict=True))

    def _fits(self, found: Sequence[str]) -> bool:
        if not self.literals[0] and any(mark in found[0] for mark in BEFORE):
            return False
        if self.weight < TELLING and any(value[:1] in JOINTS for value in found if value):
            return False
        if self.weight < TELLING and not self.literals[0] and "，" in found[0]:
            return False  # {0}{1}项 is one count, not a list of them
        within = found[:-1] if self.has_tail else found
        return self.weight >= HEAVY or not any(
            mark in value for value in within for mark in BETWEEN
        )

    def is_quoted(self, nth: int) -> bool:
        """Tell whether a hole stands in quotation marks: what is in it is quoted."""
        return self.literals[nth].endswith("“") and self.literals[nth + 1].startswith("”")


def _between(text: str, at: int, end: int, literals: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the ways to cut text[at:end] at literals, in their order."""
    if at > end:
        return
    if not literals:
        yield (text[at:end],)
        return
    literal, rest = literals[0], literals[1:]
    places = range(at, end - len(literal) + 1)
    for found in places if at else reversed(places):
        if not literal and (found == at or ONE_WORD.match(text, found - 1)):
            continue  # two holes side by side do not part a word, a number or a path
        if text.startswith(literal, found):
            for after in _between(text, found + len(literal), end, rest):
                yield (text[at:found], *after)


def template(message: str, translation: str) -> Template:
    """Make a template of a message with holes."""
    pieces = HOLE.split(message)
    holes = [name or str(nth) for nth, name in enumerate(pieces[1::2])]
    literals = tuple(pieces[::2])
    return Template(literals, tuple(holes), translation, len(_TELL.findall("".join(literals))))


class Filling(Formatter):
    """Fills a translation's holes, by the numbers and months of a language.

    `{0:row|rows}` is the form of a word that the number in hole 0 asks for, `{0:month}` the name of
    a month, `{0:wan}` an amount in 万元 as the language writes it out. ValueError where a value is
    none of that.
    """

    def __init__(self, language: str) -> None:
        """Fill in a language."""
        self._locale = Locale.parse(language)
        self._months: Mapping[int, str] = get_month_names("wide", locale=self._locale)

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Return a hole's value: all are kept by name."""
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a hole's value as the translation asks."""
        if not format_spec:
            return str(value)
        number = _number(str(value))
        if "|" in format_spec:
            forms = format_spec.split("|")
            return forms[0 if self._locale.plural_form(number) == "one" else -1]
        if format_spec == "month":
            if number not in self._months:
                raise ValueError(value)
            return self._months[int(number)]
        if format_spec == "wan":
            return str(format_decimal(number * TEN_THOUSAND, locale=self._locale))
        raise ValueError(format_spec)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "").replace("−", "-"))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or number.adjusted() > LARGEST:
        raise ValueError(text)
    return number
