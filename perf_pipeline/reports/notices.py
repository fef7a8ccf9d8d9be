"""What files say about themselves (数据说明), told once for all that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MADE_UP = re.compile("模拟|演示|示例|样例|虚构|测试|非真实")
_PARTS = re.compile(r"[\s（）()，,。；;：:]+")
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


def made_up(notices: Iterable[str]) -> str | None:
    """Return the words that say that figures are not real (模拟数据); None for none.

    What is published says these alone: names of files and of people stand beside them.
    """
    parts = _PARTS.split(combine_notices(notices) or "")
    return "，".join(dict.fromkeys(part for part in parts if _MADE_UP.search(part))) or None
