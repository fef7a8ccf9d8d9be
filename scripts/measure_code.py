"""Measure a code base, as a row of the table in docs/architecture.md.

    python scripts/measure_code.py NAME LIBRARY[,LIBRARY…] TESTS

Lines are all lines of Python. Complexity is ruff's C901; a docstring is asked of what is public.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
MOST_COMPLEX = 15
HEAD = (
    "| | lines | modules | median module | largest | functions above complexity 15 "
    "| `Any` in 1,000 lines | public things with a docstring | lines of tests a line |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def row(name: str, library: list[Path], tests: Path) -> str:
    """Return a code base's row."""
    files = [path for folder in library for path in sorted(folder.rglob("*.py"))]
    own = [path for path in files if path not in set(tests.rglob("*.py"))]
    lengths = {path: _lines(path) for path in own}
    trees = [ast.parse(path.read_text("utf-8", "replace")) for path in own]
    total = sum(lengths.values())
    public = [node for tree in trees for node in _public(tree)]
    told = sum(ast.get_docstring(node) is not None for node in public)
    loose = sum(isinstance(n, ast.Name) and n.id == "Any" for tree in trees for n in ast.walk(tree))
    tested = sum(map(_lines, tests.rglob("*.py"))) if tests.exists() else 0
    cells = (
        name,
        f"{total:,}",
        f"{len(own):,}",
        f"{median(lengths.values()):.0f}",
        f"{max(lengths.values()):,}",
        str(_too_complex(own)),
        f"{1000 * loose / total:.1f}",
        f"{100 * told / len(public):.0f} %",
        f"{tested / total:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8", "replace").splitlines())


def _public(tree: ast.Module) -> Iterable[Documented]:
    """Give the module, and its classes, functions and methods whose names do not begin with _."""
    yield tree
    waiting: list[ast.Module | ast.ClassDef] = [tree]
    while waiting:
        for node in waiting.pop().body:
            if isinstance(node, Documented) and not getattr(node, "name", "_").startswith("_"):
                yield node
                waiting += [node] if isinstance(node, ast.ClassDef) else []


def _too_complex(files: list[Path]) -> int:
    """Count functions above the complexity that this project allows."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    limit = f"lint.mccabe.max-complexity={MOST_COMPLEX}"
    asked = [ruff, "check", "--isolated", "--select", "C901", "--config", limit, "--no-cache"]
    told = ["--output-format", "json", "--exit-zero", "--no-respect-gitignore"]
    paths = [str(path) for path in files]
    found = subprocess.run([*asked, *told, *paths], capture_output=True, text=True, check=True)
    return len(json.loads(found.stdout))


if __name__ == "__main__":
    called, folders, tests_folder = sys.argv[1:]
    print(HEAD)
    print(row(called, [Path(each) for each in folders.split(",")], Path(tests_folder)))
