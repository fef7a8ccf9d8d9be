"""Which code, templates and declarations are at work: what they made is as they would make it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import perf_pipeline
from perf_pipeline.registers.declaration_folder import DeclarationFolder

LIBRARY = Path(perf_pipeline.__file__).parent


@cache
def code_digest() -> str:
    """Return a digest of the library, with all that lies beside its code, and the declarations."""
    own = DeclarationFolder().declarations
    return digest_of([LIBRARY, *([own] if own is not None else [])])


def digest_of(folders: Iterable[Path]) -> str:
    """Return a digest of the files in folders by name and content, without compiled ones."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if "__pycache__" not in path.parts and path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()
