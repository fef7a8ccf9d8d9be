"""The Chinese messages of a page's own template and script, for its switch of language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perf_pipeline.language.template import HAN

TEMPLATE_TEXT = re.compile(r">([^<>{}]+)<")
_CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_STRING = re.compile(r'"([^"]*)"')
_SCRIPT_TEXT = re.compile(r'"([^"]*[\u3400-\u9fff][^"]*)"')
Message = tuple[int, str]  # line, text


def in_template(source: str) -> Iterator[Message]:
    """Give the messages of a page's template: what its filters translate, and its plain text.

    Cut by signs, since to parse all templates takes a process twenty times as long.
    """
    line = 1
    for nth, part in enumerate(_CODE.split(source)):  # text, code, text, …
        if nth % 2 == 0:
            found = [(line, text.strip()) for text in TEMPLATE_TEXT.findall(f">{part}<")]
        elif part.startswith("{#"):
            found = []
        else:
            strings = _STRING.finditer(part)
            found = [(line + part.count("\n", 0, each.start()), each[1]) for each in strings]
        yield from ((at, text) for at, text in found if HAN.search(text))
        line += part.count("\n")


def in_script(source: str) -> Iterator[Message]:
    """Give the messages of a page's script: its Chinese strings."""
    for line, code in enumerate(source.splitlines(), start=1):
        yield from ((line, text) for text in _SCRIPT_TEXT.findall(code))
