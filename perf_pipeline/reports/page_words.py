"""The words of pages in two languages: Chinese, and the one that the page's switch changes to.

Both come from the catalogue. Marked words of the templates, scripts and declared labels travel
once, in the page's data; a sentence carries what it is in the other language where it stands first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files

from babel import Locale
from markupsafe import Markup, escape

from perf_pipeline.domain.finding import FindingVerdict
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.domain.words import Word
from perf_pipeline.items.state import State
from perf_pipeline.language.catalogue import catalogue
from perf_pipeline.language.messages import in_script, in_template
from perf_pipeline.language.spoken import ENGLISH, beside_chinese, language
from perf_pipeline.language.template import HOLE, MARKS
from perf_pipeline.quality.open_points import Open
from perf_pipeline.warehouse.schema import DECLARED

WORDS: tuple[type[Word], ...] = (
    *(Light, Status, Likelihood, Verdict, LimitState, FindingVerdict, State, Open),
)


@dataclass
class _Page:
    """What a page being made holds in the language beside Chinese.

    And how its sentences are written from their second time on.
    """

    held: dict[str, str] = field(default_factory=dict)
    again: dict[str | tuple[object, ...], Markup] = field(default_factory=dict)


CLAUSE = "；"
_PAGE: ContextVar[_Page] = ContextVar("_PAGE")
# makes markup of what is marked up; Markup itself first asks whether it is, thousands of times
markup: Callable[[str], Markup] = partial(str.__new__, Markup)


@contextmanager
def page_with(words: dict[str, str]) -> Iterator[None]:
    """Make a page whose data hold `words`: of other sentences the first tells the other language.

    The page's script learns from it what those alike are.
    """
    before = _PAGE.set(_Page(dict(words)))
    try:
        yield
    finally:
        _PAGE.reset(before)


def page_words() -> dict[str, str]:
    """Return what pages may say, in the language beside Chinese."""
    return _words(beside_chinese())


def page_languages() -> dict[str, str]:
    """Return how a page begins: its language, the other one, and what that calls itself."""
    other = beside_chinese()
    return {
        "language": language(),
        "other": other,
        "called": str(Locale.parse(other).language_name),
    }


@cache
def _words(other: str) -> dict[str, str]:
    of = catalogue(other)
    said = {word: of.title(word) for word in sorted(set(_own_words()))}
    known = {word: each for word, each in said.items() if each != word}
    # a figure says itself what it is called in English: it may be newer than the catalogue
    return (_declared() if other == ENGLISH else {}) | known


def _declared() -> dict[str, str]:
    declared = {of.label: of.english for row in DECLARED.values() for of in row.columns.values()}
    return dict(sorted(declared.items()))  # whichever class was imported first


def _own_words() -> Iterator[str]:
    """Give the words of templates, rows and scripts, of lights, states and points, of columns."""
    rows = files("perf_pipeline.reports") / "page_rows.py"
    yield from (word for _, word in in_script(rows.read_text("utf-8")) if not HOLE.search(word))
    for file in (files("perf_pipeline.reports") / "templates").iterdir():
        if file.name.endswith(".j2"):
            words = in_template(file.read_text("utf-8"))
            yield from (word for _, word in words if not HOLE.search(word))
        elif file.name.endswith(".js"):
            yield from (word for _, word in in_script(file.read_text("utf-8")))
    for kind in WORDS:
        yield from (each.label for each in kind)
    yield from _declared()
    yield from (f"{month}月底" for month in range(1, 13))
    # what a template says without a value is said once a process, by the first of its pages
    yield from MARKS


def translated(word: str, *values: object) -> Markup:
    """Mark a word of the interface, and what it is filled with, for the language switch."""
    page, filled = _page(), (word, *values)
    if (known := page.again.get(filled)) is not None:
        return known
    if not values and word in page_words():
        page.again[filled] = marked = markup(f"<span data-t>{escape(word)}</span>")
        return marked
    said = catalogue(beside_chinese()).title(word, *map(str, values))
    return _remembered(page, filled, word.format(*values) if values else word, said)


def said(text: str) -> str:
    """Say a title in the language beside Chinese."""
    return catalogue(beside_chinese()).title(text)


def said_beside(text: str) -> str:
    """Say a sentence in the language beside Chinese; what is not understood stays Chinese."""
    return text if text.isascii() else catalogue(beside_chinese()).say(text)


def spoken(text: object) -> Markup:
    """Write a sentence, and what it is in the language beside Chinese for the language switch."""
    chinese, page = str(text), _page()
    if (known := page.again.get(chinese)) is not None:
        return known
    return _remembered(page, chinese, chinese, said_beside(chinese))


def spoken_clauses(text: str) -> Markup:
    """Write clauses (甲；乙), each said by itself, since they come again in other company.

    A text of which one clause is not understood is said whole.
    """
    page = _page()
    if (known := page.again.get(text)) is not None:
        return known
    clauses = text.split(CLAUSE)
    said = [said_beside(each) for each in clauses]
    is_known = all(one != other for one, other in zip(clauses, said, strict=True))
    return _remembered(
        page, text, text, MARKS[CLAUSE].join(said) if is_known else said_beside(text)
    )


def _remembered(page: _Page, asked: str | tuple[object, ...], chinese: str, said: str) -> Markup:
    """Mark what is asked for; the page remembers how it is written from now on."""
    if said == chinese:
        page.again[asked] = marked = escape(chinese)
        return marked
    is_new = chinese not in page.held
    marked = markup(f"<span{marked_once(chinese, said)}>{escape(chinese)}</span>")
    if not is_new:
        page.again[asked] = marked
    return marked


def marked_once(chinese: str, said: str) -> str:
    """Return what marks an element for the language switch, with what it says where that is new."""
    held = _page().held
    if held.get(chinese) == said:
        return " data-t"
    held.setdefault(chinese, said)
    return f' data-t data-said="{escape(said)}"'


def _page() -> _Page:
    return _PAGE.get(None) or _Page()


@cache
def translated_attribute(word: str, name: str) -> Markup:
    """Write an attribute whose value the language switch changes."""
    return Markup(f'{name}="{escape(word)}" data-ta="{name}"')


def spoken_attribute(sentences: Iterable[str], name: str) -> Markup:
    """Write an attribute that holds sentences, with what they are in the language beside Chinese.

    Each is said by itself: most stand elsewhere in the page too.
    """
    chinese, said = zip(*((each, said_beside(each)) for each in sentences), strict=True)
    return markup(
        f'{name}="{escape("".join(chinese))}" data-ta="{name}" '
        f'data-said-in="{escape(" ".join(map(str.strip, said)))}"'
    )


def told_in_both(texts: Iterable[str]) -> dict[str, str]:
    """Return sentences that a page's script writes, in the language beside Chinese."""
    return {text: said for text in texts if (said := said_beside(text)) != text}
