"""Which code, templates and declarations are at work: what they made is as they would make it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import perf_pipeline
from perf_pipeline.registers.declaration import load_registers

COUNTED = (".py", ".j2", ".css", ".js", ".yaml")


@cache
def code_digest() -> str:
    """Return a digest of the library's code, its templates and the declarations in force."""
    digest = hashlib.sha256(repr(load_registers()).encode())
    for path in sorted(Path(perf_pipeline.__file__).parent.rglob("*")):
        if path.suffix in COUNTED:
            digest.update(path.read_bytes())
    return digest.hexdigest()
