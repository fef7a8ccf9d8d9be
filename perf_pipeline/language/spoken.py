"""The language of an installation (PERF_LANGUAGE), and what speaks it: terminal and logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

import perf_pipeline.language as places

CHINESE, ENGLISH = "zh", "en"


def languages() -> list[str]:
    """Return Chinese, and the languages that have a catalogue: a folder each."""
    return [CHINESE, *sorted(each.name for each in places.CATALOGUES.iterdir() if each.is_dir())]


class _Spoken:
    """The language of the process: every thread of it speaks the same."""

    language = CHINESE


def language() -> str:
    """Return the language spoken now."""
    return _Spoken.language


def beside_chinese() -> str:
    """Return the language that pages have beside Chinese: the one spoken, else English."""
    return ENGLISH if language() == CHINESE else language()


def speak(wanted: str) -> None:
    """Speak a language from now on."""
    _Spoken.language = wanted


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = language()
    speak(wanted)
    try:
        yield
    finally:
        speak(before)


def say(text: str) -> str:
    """Return a text, fresh or stored, in the language spoken now."""
    if language() == CHINESE:
        return text
    from perf_pipeline.language.catalogue import catalogue  # costs nothing where Chinese is spoken

    return catalogue(language()).say(text)


def beside(text: str) -> str:
    """Return a text with what it is in the language spoken on the lines below it.

    For forms that stay Chinese: each cell stands by itself, so it begins with a capital. Where no
    word comes of it (200个, 67.90%), the text alone.
    """
    said = say(text)
    has_words = any(sign.isalpha() and not "\u3400" <= sign <= "\u9fff" for sign in said)
    return f"{text}\n{said[:1].upper()}{said[1:]}" if said != text and has_words else text


class SpokenConsole(Console):
    """A terminal: every text that is printed, in tables too, is said in the language spoken."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Lay out a text in the language spoken."""
        return super().render_str(say(text), **how)


class SpokenFormatter(logging.Formatter):
    """Another formatter's lines, with what they tell in the language spoken."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        if language() == CHINESE:
            return self._inner.format(record)
        told = logging.makeLogRecord(
            record.__dict__ | {"msg": say(record.getMessage()), "args": ()}
        )
        return self._inner.format(told)
