"""The Chinese messages of a page's own template and script, for its switch of language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

from perf_pipeline.language.template import HAN

TEMPLATE_TEXT = re.compile(r">([^<>{}]+)<")
_SCRIPT_TEXT = re.compile(r'"([^"]*[\u3400-\u9fff][^"]*)"')
Message = tuple[int, str]  # line, text


def in_template(source: str) -> Iterator[Message]:
    """Give the messages of a page's template: what its filters translate, and its plain text."""
    for node in (
        Environment(autoescape=True).parse(source).find_all((nodes.Const, nodes.TemplateData))
    ):
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            found = [node.value]
        elif isinstance(node, nodes.TemplateData):
            found = [text.strip() for text in TEMPLATE_TEXT.findall(f">{node.data}<")]
        else:
            continue
        yield from ((node.lineno, text) for text in found if HAN.search(text))


def in_script(source: str) -> Iterator[Message]:
    """Give the messages of a page's script: its Chinese strings."""
    for line, code in enumerate(source.splitlines(), start=1):
        yield from ((line, text) for text in _SCRIPT_TEXT.findall(code))
