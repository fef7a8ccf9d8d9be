"""Regular expressions that few who load a module ever use, and that take long to compile."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


class _Later:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern)
        self.__dict__ |= {each: getattr(compiled, each) for each in _METHODS}
        return getattr(compiled, name)


def compiled_later(pattern: str) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first asked for more than its spelling."""
    return cast(re.Pattern[str], _Later(pattern))
