"""The messages of the sources, for catalogues: text in Chinese, with a hole for each value.

An f-string `f"第{row}行"` is the message `第{0}行`; `log.warning("拒收 %s", path)` is `拒收 {0}`.
Taken from whole modules where people are spoken to (`SPEAKS`), and everywhere else from what is
raised and logged. Docstrings are no messages, but those of commands are their help; nor are
patterns for reading documents.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from inspect import cleandoc
from itertools import count
from pathlib import Path
from typing import IO, Any

import yaml
from jinja2 import Environment, nodes

HAN = re.compile("[\u3400-\u9fff]")
TEMPLATE_TEXT = re.compile(r">([^<>{}]+)<")
SPEAKS = "speaks"  # option of a folder in babel.cfg: every text in it is a message
_HOLE = re.compile(r"%[srd]|\{\}")
_PATTERN = re.compile(r"\(\?[:P<=!]|\\d|\\s|\[\^|\)\?|\.\*|[\u3400-\u9fff]\||\|[\u3400-\u9fff]")
_LOGS = frozenset({"debug", "info", "warning", "error", "exception"})
Message = tuple[int, str]  # line, text
Extracted = Iterator[tuple[int, str, str, list[str]]]  # as Babel wants them
Words = Collection[str]
Options = Mapping[str, Any]


def in_python(source: str, *, speaks: bool) -> Iterator[Message]:
    """Give the messages of a module; where it does not `speak`, of what it raises and logs."""
    if not HAN.search(source):
        return
    tree = ast.parse(source)
    silent, helps = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
    logged = {id(part) for call in ast.walk(tree) if _is_log(call) for part in ast.walk(call)}
    places: list[ast.AST] = [tree]
    if not speaks:
        places = [node for node in ast.walk(tree) if isinstance(node, ast.Raise) or _is_log(node)]
    for place in places:
        for node in ast.walk(place):
            text = None if id(node) in silent else _text(node)
            if text is not None and HAN.search(text) and not _PATTERN.search(text):
                told = cleandoc(text) if id(node) in helps else text
                yield node.lineno, _numbered(told) if id(node) in logged else told  # type: ignore[attr-defined]


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


def extract_python(
    file: IO[bytes],
    _keywords: Mapping[str, Any],
    _tags: Collection[str],
    options: Mapping[str, Any],
) -> Extracted:
    """Babel's extractor for modules."""
    for line, text in in_python(file.read().decode(), speaks=bool(options.get(SPEAKS))):
        yield line, "", text, []


def extract_template(
    file: IO[bytes],
    _keywords: Mapping[str, Any],
    _tags: Collection[str],
    options: Mapping[str, Any],
) -> Extracted:
    """Babel's extractor for the templates of pages."""
    for line, text in in_template(file.read().decode()):
        yield line, "", text, []


def extract_declaration(
    file: IO[bytes],
    _keywords: Mapping[str, Any],
    _tags: Collection[str],
    options: Mapping[str, Any],
) -> Extracted:
    """Babel's extractor for declared registers: their names, which file names begin with."""
    yield 1, "", in_declaration(file.read().decode()), []


def in_declaration(source: str) -> str:
    """Return the name of a declared register."""
    return str(yaml.safe_load(source)["label"])


def _text(node: ast.AST) -> str | None:
    """Return the text of a literal, with {0}, {1} … for the values in it, now and later ({})."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values]
    return _numbered("".join(parts))


def _numbered(text: str) -> str:
    numbers = count()
    return _HOLE.sub(lambda _: f"{{{next(numbers)}}}", text)


def _is_log(node: ast.AST) -> bool:
    """Tell whether a node is a call like `log.warning(…)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    on = node.func.value
    name = on.id if isinstance(on, ast.Name) else on.attr if isinstance(on, ast.Attribute) else ""
    return node.func.attr in _LOGS and name == "log"


def _docstrings(tree: ast.AST) -> tuple[set[int], set[int]]:
    """Return the docstrings that are no command's help, and those that are."""
    found: tuple[set[int], set[int]] = (set(), set())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        is_help = isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list))
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            found[is_help].add(id(first.value))
    return found


def _is_command(decorator: ast.expr) -> bool:
    """Tell whether a decorator makes a command: `@app.command()`, `@files.callback(…)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in {"command", "callback"}


def of_file(path: Path, *, speaks: bool) -> list[str]:
    """Return the messages of a module or a template."""
    source = path.read_text("utf-8")
    if path.suffix == ".yaml":
        return [in_declaration(source)]
    found = in_python(source, speaks=speaks) if path.suffix == ".py" else in_template(source)
    return [text for _, text in found]
