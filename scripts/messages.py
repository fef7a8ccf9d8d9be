"""The messages of the sources, for `make messages`: text in Chinese, with a hole for each value.

An f-string `f"第{row}行"` is the message `第{0}行`; `log.warning("拒收 %s", path)` is `拒收 {0}`.
Taken from whole modules where people are spoken to (`SPEAKS`), and everywhere else from what is
raised, logged and found. Docstrings are no messages, but those of commands are their help; nor are
patterns for reading documents. Templates and scripts of pages are read by the library itself.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from inspect import cleandoc
from itertools import count
from typing import IO

import yaml

from perf_pipeline.language.messages import Message, in_script, in_template
from perf_pipeline.language.template import HAN

SPEAKS = "speaks"  # option of a folder in babel.cfg: every text in it is a message
_HOLE = re.compile(r"%[srd]|\{\}")
_PATTERN = re.compile(r"\(\?[:P<=!]|\\d|\\s|\[\^|\)\?|\.\*|[\u3400-\u9fff]\||\|[\u3400-\u9fff]")
_BARE = (ast.Name, ast.expr_context, ast.operator, ast.cmpop)  # nodes without text in them
_LOGS = frozenset({"debug", "info", "warning", "error", "exception"})
# keys of declarations
_TOLD = frozenset({"name", "label", "under", "note", "called", "description", "safeguard"})
_TOLD |= {"consequence", "unit", "counted"}  # of columns, and of what a rate counts
_TOLD |= {"action", "text", "basis"}  # of proposals
Extracted = Iterator[tuple[int, str, str, list[str]]]  # as Babel wants them
Options = Mapping[str, object]


def in_python(source: str, *, speaks: bool) -> Iterator[Message]:
    """Give the messages of a module; where it does not `speak`, of what it raises and logs."""
    if not HAN.search(source):
        return
    waiting: list[tuple[ast.AST, bool, bool]] = [(ast.parse(source), speaks, False)]
    while waiting:
        node, speaks, logged = waiting.pop()
        if isinstance(node, ast.Constant | ast.JoinedStr):
            text = _text(node)
            if speaks and HAN.search(text) and not _PATTERN.search(text):
                yield node.lineno, _numbered(text) if logged else text
        elif _is_log(node):
            speaks = logged = True
        elif isinstance(node, ast.Raise) or _is_finding(node):
            speaks = True
        inner = _parts(node)
        first = _docstring(node)
        if first is not None:
            inner.remove(first)
            if speaks and _is_command(node):
                yield first.lineno, cleandoc(_text(first.value))
        waiting += [(each, speaks, logged) for each in reversed(inner)]


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the nodes in a node that may hold messages: of an f-string, only its values."""
    if isinstance(node, ast.JoinedStr):
        return [each for each in node.values if not isinstance(each, ast.Constant)]
    found: list[ast.AST] = []
    for name in node._fields:
        part = getattr(node, name)
        for each in part if isinstance(part, list) else (part,):
            if isinstance(each, ast.AST) and not isinstance(each, _BARE):
                found.append(each)
    return found


def extract_python(
    file: IO[bytes],
    _keywords: Mapping[str, object],
    _tags: Collection[str],
    options: Mapping[str, object],
) -> Extracted:
    """Babel's extractor for modules."""
    for line, text in in_python(file.read().decode(), speaks=bool(options.get(SPEAKS))):
        yield line, "", text, []


def _extractor(messages: Callable[[str], Iterator[Message]]) -> Callable[..., Extracted]:
    def extract(
        file: IO[bytes], _keywords: Mapping[str, object], _tags: Collection[str], options: Options
    ) -> Extracted:
        for line, text in messages(file.read().decode()):
            yield line, "", text, []

    return extract


def _in_declaration(source: str) -> Iterator[Message]:
    """Give what is declared, of registers and forms: names, labels and notes."""
    yield from ((1, text) for text in in_declaration(yaml.safe_load(source)))


def _in_query(source: str) -> Iterator[Message]:
    """Give what an example query answers: the comment in its first line."""
    yield 1, source.partition("\n")[0].removeprefix("--").strip()


# Babel's extractors for templates and scripts of pages, declarations and example queries
extract_template, extract_script = _extractor(in_template), _extractor(in_script)
extract_declaration, extract_query = _extractor(_in_declaration), _extractor(_in_query)


def in_declaration(declared: object) -> Iterator[str]:
    """Give what a declaration says to people, of any depth."""
    if isinstance(declared, list):
        for each in declared:
            yield from in_declaration(each)
    elif isinstance(declared, dict):
        # columns of registers and measures are called by their names, which are headings of files
        names = {"label"} if "english" in declared or "type" in declared else set()
        for key, value in declared.items():
            if key in names or (key == "unit" and "type" not in declared):
                continue
            if not isinstance(value, str):
                yield from in_declaration(value)
            elif key in _TOLD and HAN.search(value):
                yield value


def _text(node: ast.expr) -> str:
    """Return the text of a literal, with {0}, {1} … for the values in it, now and later ({})."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    assert isinstance(node, ast.JoinedStr)
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


def _is_finding(node: ast.AST) -> bool:
    """Tell what a reader of documents finds: Finding(…), report(…), message = …."""
    if isinstance(node, ast.Assign):
        return any(isinstance(to, ast.Name) and to.id == "message" for to in node.targets)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Finding", "report")
    )


def _docstring(node: ast.AST) -> ast.Expr | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    first = node.body[0] if node.body else None
    return first if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else None


def _is_command(node: ast.AST) -> bool:
    """Tell whether a function is a command: `@app.command()`, `@files.callback(…)`."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(called := each.func if isinstance(each, ast.Call) else each, ast.Attribute)
        and called.attr in {"command", "callback"}
        for each in node.decorator_list
    )
