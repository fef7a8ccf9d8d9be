"""The version of the code that makes an asset: the UI tells by them what is stale."""

import hashlib
import re
from functools import cache
from pathlib import Path

import perf_pipeline

LIBRARY = Path(perf_pipeline.__file__).parent
DIGITS = 12
IMPORTED = re.compile(r"^[ \t]*from (perf_pipeline[.\w]*) import (?:\(([^)]*)\)|([^\n(]+))", re.M)
NAMES = re.compile(r"(?<![\w.])(?<! as )\w+")


@cache
def code_version(module: str, *declared: str) -> str:
    """Return a digest of a module of the library and of all that it imports from the library.

    Files beside the modules that are not Python (declarations, templates) count with them;
    `declared` is what else the asset is made by.
    """
    digest = hashlib.sha256("\n".join(declared).encode())
    for path in sorted(_reached(module)):
        digest.update(_digest(path))
    return digest.hexdigest()[:DIGITS]


def _reached(module: str) -> set[Path]:
    waiting, found = [module], set[Path]()
    while waiting:
        path = _file(waiting.pop())
        if path is not None and path not in found:
            found |= {path, *_beside(path.parent)}
            waiting += _imported(path)
    return found


@cache
def _file(module: str) -> Path | None:
    """Return where a module of the library stands; None for what is no such module."""
    package, *inner = module.split(".")
    stem = LIBRARY.joinpath(*inner)
    places = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((each for each in places if package == LIBRARY.name and each.is_file()), None)


@cache
def _imported(path: Path) -> tuple[str, ...]:
    """Return what a module imports; a name that is taken from one may be a module itself.

    Found by how imports are written: parsing every module takes a second of each process.
    """
    return tuple(
        name
        for module, *names in IMPORTED.findall(path.read_text("utf-8"))
        for name in (module, *(f"{module}.{each}" for each in NAMES.findall("".join(names))))
    )


@cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _beside(folder: Path) -> tuple[Path, ...]:
    """Return the files that belong to a package's modules and are no modules."""
    inner = (each for each in folder.iterdir() if each.is_dir())
    data = (each for each in inner if not list(each.glob("*.py")) and each.name != "__pycache__")
    return tuple(
        file
        for each in (folder, *data)
        for file in each.iterdir()
        if file.is_file() and file.suffix != ".py"
    )
