"""What files say about themselves (数据说明), told once for all that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

_OF_A_FILE = re.compile(r"(?P<file>[^（）]+)（(?P<says>[^（）]+)）")


def combine_notices(notices: Iterable[str]) -> str | None:
    """Join notices: 甲（虚构） and 乙（虚构） become 虚构（甲、乙）; None for none."""
    files: dict[str, list[str]] = {}
    for notice in dict.fromkeys(each.strip() for each in notices):
        found = _OF_A_FILE.fullmatch(notice)
        if found:
            files.setdefault(found["says"], []).append(found["file"].strip())
        elif notice:
            files.setdefault(notice, [])
    said = [f"{says}（{'、'.join(of)}）" if of else says for says, of in files.items()]
    return "；".join(said) or None
