"""A catalogue: says in its language what was written in Chinese, fresh or long stored.

Sentences that the warehouse keeps are the record and stay Chinese; so it is the output that is
translated, by finding the message that produced a text. What no message produced (names,
quotations) stays as it is: whole, never half.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import concat

from babel.messages.mofile import read_mo

import perf_pipeline.language as places
from perf_pipeline.language.memory import MOST_KEPT, Memory, Said
from perf_pipeline.language.template import (
    HAN,
    HOLE,
    IN_MARKS,
    Filling,
    Template,
    marked,
    sentence_ends,
    template,
)

DOMAIN = "perf_pipeline"
QUOTED = re.compile("“[^“”]*”|《[^《》]*》(?:（[^（）]*）)?(?:第[一二三四五六七八九十百]+条)?")
QUANTITY = re.compile("[-−]?[\\d,.]+[\u3400-\u9fff]{1,2}")  # in a unit of the document's
# a word or a name, its figure with a unit, and what the figure was made of
FIGURE = re.compile(
    "([\u3400-\u9fff]{2,20}?)([\\d,.]+%?)([\u3400-\u9fff]{0,2})(?:（([\\d,/.]+)）)?"
)
TAG = r"\[/?[a-z][a-z ]*\]|\[/\]"  # of the terminal: [bold red]…[/]
PLACES = re.compile(
    rf"[。；\n：｜\u3000]+| · |[●▲■◆◇○] ?|\s*→ |{TAG}"
)  # between what stands by itself
SENTENCES = re.compile(r"[。；\n]+")
CLAUSES = re.compile("，")
MOST_CLAUSES = 12
PIECES = (
    (re.compile("[，、]"), ", "),
    (re.compile("(?<=月底) ?(?=.)"), ": "),
    (re.compile(" "), " "),
    (re.compile("—"), "–"),
    (re.compile("＝"), " = "),
    (re.compile("＋"), " + "),
    (re.compile("×"), " × "),
)
IN_BRACKETS = (re.compile(r"(.+?)（(.*)）", re.DOTALL), re.compile("(.+)（([^（）]*)）"))
PATH = re.compile(r"(?:[A-Za-z]:|\.{1,2}|~)?[/\\]")  # what is typed again stays as it is
WORD_BEHIND = re.compile(" [\u3400-\u9fff]+$")  # a path, and what is said of it
BEFORE_MARK = re.compile(r" +(?=[,;.](?: |$))| +(?= \()")  # where a value was left out
EDGES = "。；，、：　 \n"


class Catalogue:
    """The messages of a language, and what was said with them."""

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        """Index messages by their translations."""
        self.language = language
        self.messages = {
            _core(message): said.strip(" ;,:." if message.endswith("。") else " ;,:")
            for message, said in messages.items()
        }
        self.whole = dict(messages)
        self._filling = Filling(language)
        self._memory = Memory(language, messages)
        self._kept = lru_cache(MOST_KEPT)(self._read)  # four of five texts of pages come again
        self._by_key: dict[str, list[tuple[int, Template]]] = defaultdict(list)
        made = [
            template(message, said)
            for message, said in self.messages.items()
            if HOLE.search(message) and HAN.search(HOLE.sub("", message))
        ]
        made.sort(key=lambda each: (-each.weight, len(each.holes), each.literals))
        in_messages = Counter(pair for each in made for pair in set(_pairs(each.literals)))
        for rank, each in enumerate(made):
            rarest = min(_pairs(each.literals), key=in_messages.__getitem__)
            self._by_key[rarest].append((rank, each))
        self._keys = frozenset(self._by_key)

    def say(self, text: str) -> str:
        """Return a text in this language; what is not understood stays Chinese."""
        try:
            return self._kept(text).text
        except RecursionError:  # of some hundred sentences: whole, never half
            return text

    def title(self, message: str, *values: str) -> str:
        """Return a message that stands by itself, with its values: it begins with a capital."""
        translation = self.whole.get(message)
        if translation is None:
            said = self.say(message.format(*values) if values else message)
        elif values:
            said = self._filling.fill(
                translation, {str(n): self.say(v) for n, v in enumerate(values)}
            )
        else:
            said = translation
        return said[:1].upper() + said[1:]

    def understands(self, text: str) -> bool:
        """Tell whether all of a text is understood; names in the catalogue are."""
        return self._kept(text).whole

    def _read(self, text: str) -> Said:
        if text.isascii():
            return Said(text, True)
        if not HAN.search(text):
            return Said(text if PATH.match(text) else marked(text), True)
        cut = self._memory.cut(text)
        said = self._memory.said_of(text, cut)
        if said is None:
            said = self._said(text)
            self._memory.learn(text, cut, said)
        return said

    def _said(self, text: str) -> Said:
        if PATH.match(text) and _is_name(text) and not WORD_BEHIND.search(text):
            return Said(text, True)
        if text in self.whole:
            return Said(self.whole[text], True)
        core = _core(text)
        if core != text:
            before, _, after = text.partition(core)
            said = self._read(core)
            if not said.whole and said.text == core:
                return Said(text)
            return Said(marked(before) + said.text + marked(after), said.whole)
        if core in self.messages:
            return Said(self.messages[core], True)
        ways = (
            self._by_message,
            self._in_two,
            self._in_brackets,
            self._of_pieces,
            self._with_figure,
        )
        for way in ways:
            said_so = way(text)
            if said_so is not None:
                return said_so
        return Said(text, any(known.fullmatch(text) for known in (QUOTED, QUANTITY)))

    def _by_message(self, text: str) -> Said | None:
        """Fill in the message with most words of its own that can have produced a text.

        Of messages as long, and ways to read them, the first understood whole, else with names.
        """
        second, weight = None, 0
        for made in self._candidates(text):
            if second is not None and made.weight < weight:
                break
            for values in made.readings(text):
                said = None if text in values.values() else self._filled(made, values)
                if said is not None and said.whole:
                    return said
                if said is not None and second is None and made.is_certain:
                    second, weight = said, made.weight
        return second

    def _filled(self, made: Template, values: Mapping[str, str]) -> Said | None:
        """Return a message with its values; None where one is neither understood nor a name."""
        in_order = tuple(values.values())
        said: dict[str, Said] = {}
        last = len(values) - 1 if made.has_tail else None
        for nth, (name, value) in enumerate(values.items()):
            said[name] = each = self._in_hole(made, nth, in_order)
            if not (each.whole or nth == last or _is_name(value)):
                return None
        if any(not (said[one].whole and said[other].whole) for one, other in made.cuts(values)):
            return None
        told = list(said.items())
        try:
            texts = {name: each.text for name, each in told}
            filled = self._filling.fill(made.translation, texts)
        except ValueError:
            return None
        if "" in in_order:  # {0}{1}件 without its first part
            filled = filled.strip(" ")
        return Said(BEFORE_MARK.sub("", filled), all(each.whole for _, each in told))

    def _in_hole(self, made: Template, nth: int, values: Sequence[str]) -> Said:
        """Say what stands in a hole; quotations and units of a document's own stay."""
        said = Said(values[nth], True) if made.is_quoted(nth) else self._read(values[nth])
        is_own = not said.whole and made.is_unit(nth, values)
        return Said(values[nth], True) if is_own else said

    def _candidates(self, text: str) -> list[Template]:
        """Return the messages that can have produced a text, the one with most words first."""
        keys = {*text, *map(concat, text, text[1:])}
        ends = sentence_ends(text)
        found = [
            ranked
            for key in keys & self._keys
            for ranked in self._by_key[key]
            if ranked[1].ends in (None, ends) and ranked[1].can_be(text)
        ]
        return [made for _, made in sorted(found)]

    def _in_two(self, text: str) -> Said | None:
        """Say what stands before and after the first mark; None where neither is understood.

        Where the first does not part a text that is understood, the first end of a sentence does.
        """
        best = None
        for pattern in (PLACES, SENTENCES):
            mark = next(_outside_quotations(pattern, text), None)
            if mark is None:
                continue
            parts = text[: mark.start()], text[mark.end() :]
            before, after = map(self._read, parts)
            if (before.text, after.text) == parts:
                continue
            whole = before.whole and after.whole
            best = Said(before.text + marked(mark[0]) + after.text, whole)
            if whole:
                return best
        return best

    def _in_brackets(self, text: str) -> Said | None:
        """Say a text with another in brackets behind it, where both are understood."""
        for pattern in IN_BRACKETS:
            found = pattern.fullmatch(text)
            if found and all(map(self.understands, found.groups())):
                return Said("{} ({})".format(*map(self.say, found.groups())), True)
        if found is not None and found[2].isascii():  # a figure's number
            said = self._read(found[1])
            return None if said.text == found[1] else Said(f"{said.text} ({found[2]})")
        return None

    def _of_pieces(self, text: str) -> Said | None:
        """Say clauses and words side by side, where each of them is understood.

        Of clauses, some may belong together: then what stands before and after a comma is.
        """
        commas, best = list(_outside_quotations(CLAUSES, text)), None
        for mark in reversed(commas if len(commas) <= MOST_CLAUSES else []):
            before, after = text[: mark.start()], text[mark.end() :]
            if before and after and self.understands(after):
                said = self._read(before)
                told = Said(f"{said.text}, {self.say(after)}", said.whole)
                if said.whole:
                    return told
                if best is None and said.text != before:
                    best = told
        if best is not None:
            return best
        for marks, between in PIECES:
            parts, at = [], 0
            for mark in _outside_quotations(marks, text):
                parts.append(text[at : mark.start()])
                at = mark.end()
            parts.append(text[at:])
            if len(parts) > 1 and all(parts) and all(map(self.understands, parts)):
                return Said(between.join(map(self.say, parts)), True)
        label, space, name = text.partition(" ")
        is_key = label.isascii() and self.understands(name)  # and what is said of it
        if space and (is_key or (HAN.search(label) and self.understands(label))):
            return Said(f"{self.say(label)} {self.say(name)}", is_key)
        return None

    def _with_figure(self, text: str) -> Said | None:
        """Say a word or a name with its figure: 南湖街道82.66%（143/173）, 支出正常2个."""
        found = FIGURE.fullmatch(text)
        if found is None:
            return None
        word, figure, unit, beside = found.groups()
        said, count = self._read(word), self._read(figure + unit)
        if not (said.whole or beside):
            return None  # 达到100% is a target as it is written
        of = f" ({beside})" if beside else ""
        return Said(f"{said.text} {count.text}{of}", True)


def _outside_quotations(marks: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    has_quotation = "“" in text or "《" in text
    quoted = [range(*found.span()) for found in QUOTED.finditer(text)] if has_quotation else []
    for mark in marks.finditer(text):
        if not quoted or not any(mark.start() in quote for quote in quoted):
            yield mark


def _core(text: str) -> str:
    return text.strip(EDGES)


def _is_name(text: str) -> bool:
    """Tell whether a text can be a name or a quotation: no sentence, no clauses with figures."""
    bare = IN_MARKS.sub("", text)
    return not (re.search("[。；：\n]", bare) or ("，" in bare and re.search(r"\d", bare)))


def _pairs(literals: Iterable[str]) -> list[str]:
    """Give the characters of literals by two: of the Chinese ones, where there are no two, one."""
    pairs = [each[at : at + 2] for each in literals for at in range(len(each) - 1)]
    return [each for each in pairs if HAN.search(each)] or HAN.findall("".join(literals))


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language."""
    path = places.CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with path.open("rb") as file:
        read = [each for each in read_mo(file) if each.id and each.string]
    return Catalogue(language, {str(each.id): str(each.string) for each in read})
