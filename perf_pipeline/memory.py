"""How often a process looks for memory to free.

Judging builds millions of small objects, nearly all of which live until its step ends; looking at
all of them again after every seven hundred new ones took a fifth of a late file's time.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 10_000  # between two looks; Python's own is 700


def collect_seldom() -> None:
    """Have this process look for circles of unused objects less often."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
