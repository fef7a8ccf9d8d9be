"""Which code this is: what was made by other code may have to be made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parent


@cache
def library_digest() -> str:
    """Return a digest of the library with all that lies beside its modules: some 40 ms."""
    return digest_of([LIBRARY])


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
