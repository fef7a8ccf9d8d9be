"""One spelling for a project's name: two that look alike are one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

from perf_pipeline.registers.cells import Value

# 36072124T000001-: a code by which an export numbers projects, no year
_CODE = re.compile(r"^[\[(]?[0-9A-Za-z]{6,}[\])]?[-_:.|]?(?=.)")

# 001-, and no year either: 23-, 2023-
_NUMBERED = re.compile(r"^\s*(?!2\d[-_])\d{1,3}[-_:：.、|\s]+")


def one_spelling(known: Collection[str]) -> Callable[[Value], Value]:
    """Return what writes a name as it is known.

    Blanks, invisible signs and full-width letters are what two names may differ by, and a code that
    an export puts before it.
    """
    by_key = {name_key(each): each for each in sorted(known, reverse=True)}

    def spelled(value: Value) -> Value:
        if not isinstance(value, str) or value in known:
            return value
        key = name_key(value)
        bare = (_CODE.sub("", key, count=1), name_key(_NUMBERED.sub("", value)))
        return next((by_key[each] for each in (key, *bare) if each in by_key), value)

    return spelled


def name_key(name: str) -> str:
    """Reduce a name to what can be seen of it: no blanks, no invisible signs, half-width."""
    visible = unicodedata.normalize("NFKC", name)
    return "".join(c for c in visible if not c.isspace() and unicodedata.category(c) != "Cf")
