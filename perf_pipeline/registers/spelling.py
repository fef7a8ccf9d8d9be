"""One spelling for a project's name, and for the key of a row: two that look alike are one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from perf_pipeline.registers.cells import Value

# 36072124T000001-: a code by which an export numbers projects, no year
_CODE = re.compile(r"^[\[(]?[0-9A-Za-z]{6,}[\])]?[-_:.|]?(?=.)")

# 001-, and no year either: 23-, 2023-
_NUMBERED = re.compile(
    r"^\s*(?:[(（\[【]\d{1,3}[)）\]】]|(?!2\d[-_])\d{1,3}(?=[-_:：.、|/\s]))[-_:：.、|/\s]*"
)

# 【项目：甲】【部门：乙】, 项目:甲;部门:乙: how exports write auxiliary accounts into one cell
_TAGGED = re.compile(r"(?:^|[\[【;；,，|/\s])(?:专项|项目)(?:名称)?\s*[:：]\s*([^\]】;；]+)")

# XM2024-02 and a blank or a dash: parted from the name, and no year; 5G and 3D are words
_PARTED = re.compile(
    r"^\s*[\[(【（]?(?!(?:19|20)\d\d(?!\d))(?=(?:[A-Za-z./_-]*\d){2})[A-Za-z\d]+(?:[./_-][A-Za-z\d]+)*"
    r"[\])】）]?[-_:：.、|/\s]+(?=[一-鿿])"
)
_OF_YEAR = re.compile("(?:[(]?0年?度?[)]?)")
MOST_REMEMBERED = 200_000  # keys: a file of more is an export, which writes each its one way
_QUOTED = re.compile("[“”\"'‘’「」『』《》]")


def one_spelling(known: Collection[str], year: int | None) -> Callable[[Value], Value]:
    """Return what writes a name as it is known, in a file of a year.

    Blanks, invisible signs and full-width letters are what two names may differ by, a code that
    an export puts before it, quotes, the file's own year and 项目 at its end: of those alone that
    leave one known name.
    """
    by_key = {name_key(each): each for each in sorted(known, reverse=True)}
    of_year = re.compile(_OF_YEAR.pattern.replace("0", str(year)) if year else "(?!)")
    bare_of = {each: _bare(each, of_year) for each in known}
    times = Counter(bare_of.values())
    by_bare = {bare: each for each, bare in bare_of.items() if times[bare] == 1}

    def spelled(value: Value) -> Value:
        if not isinstance(value, str) or value in known:
            return value
        key = name_key(value)
        tagged = _TAGGED.findall(value)
        said = tagged[0] if len(tagged) == 1 else value
        codeless = (_CODE.sub("", key, count=1), _NUMBERED.sub("", said), _PARTED.sub("", said))
        keys = [key, *map(name_key, codeless)]
        if found := next((by_key[each] for each in keys if each in by_key), None):
            return found
        bare = [_bare(each, of_year) for each in keys]
        return next((by_bare[each] for each in bare if each in by_bare), value)

    return spelled


def _bare(name: str, of_year: re.Pattern[str]) -> str:
    """Reduce a name to what is left without quotes, the year and 项目 at its end."""
    bare = _QUOTED.sub("", of_year.sub("", name_key(name)))
    return bare.removesuffix("项目") or bare


def name_key(name: str) -> str:
    """Reduce a name to what can be seen of it: no blanks, no invisible signs, half-width."""
    visible = unicodedata.normalize("NFKC", name)
    return "".join(c for c in visible if not c.isspace() and unicodedata.category(c) != "Cf")


@dataclass
class Spellings:
    """The keys of a file's rows so far, as written and as a reader takes them to be."""

    written: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)

    def add(self, meant: str, written: str) -> None:
        """Remember a key, and of a large file the later ones."""
        if len(self.written) >= MOST_REMEMBERED:
            self.written.clear()
            self.meant.clear()
        self.meant.add(meant)
        self.written.add(written)
