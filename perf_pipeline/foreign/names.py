"""Names of files and folders that are handed in: one rule, before anything is opened.

Names become parts of paths, pages and messages. One that a system or a reader could take for
something else is refused, and spoken of in a spelling that shows what is odd about it.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from perf_pipeline.domain.personal import has_number_of_person, without_numbers

LONGEST = 120  # characters
LONGEST_BYTES = 240  # in UTF-8: a system's limit is 255
LONGEST_FOLDER_BYTES = 180  # what is written for a department gets suffixes
FORBIDDEN = '<>:"|?*\\{}'
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")
_KEPT = 60


@lru_cache(maxsize=4096)
def fault_of(name: str) -> str | None:
    """Say what is wrong with the name of a file or folder, and what to do; None where nothing."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "名称不是 UTF-8 编码；请改用通常的汉字、字母和数字"
    odd = sorted({char for char in name if char in FORBIDDEN})
    if odd:
        return f"名称里有符号 {' '.join(odd)}；请去掉"
    if any(unicodedata.category(char) in _UNSEEN for char in name):
        return "名称里有看不见的字符；请重新输入名称"
    if name != name.strip() or name.endswith("."):
        return "名称的开头或末尾有空格或句点；请去掉"
    if len(name) > LONGEST or size > LONGEST_BYTES:
        return f"名称有{len(name)}个字，最多{LONGEST}个字（{LONGEST_BYTES}字节）；请改短"
    return None


@lru_cache(maxsize=4096)
def fault_of_folder(name: str) -> str | None:
    """Say what is wrong with the name of a department's folder: its reports lie in one so named."""
    if fault := fault_of(name):
        return fault
    if name.startswith("."):
        return "名称以句点开头，这样的文件夹是隐藏的；请去掉句点"
    if len(name.encode()) > LONGEST_FOLDER_BYTES:
        return f"名称有{len(name)}个字，最多{LONGEST_FOLDER_BYTES // 3}个汉字；请改短"
    return None


@lru_cache(maxsize=4096)
def safe(name: str) -> str:
    """Return a name as it is, or, where something is wrong with it, spelled so that it is safe.

    So is one that holds a number of a person, which is masked. Two such names never become one: the
    spelling ends with a digest of the name's bytes.
    """
    fault = fault_of(name)
    if fault is None and not has_number_of_person(name):
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    shown = without_numbers(name).replace("*", "_")
    if fault is None:
        return f"{Path(shown).stem}~{digest}{Path(shown).suffix}"
    if shown == name or fault_of(shown) is not None:
        shown = quote(os.fsencode(shown), safe=" ()（）-_.")[:_KEPT].strip(" .%") or "%"
    return f"{shown}~{digest}"


def called(path: Path) -> Path:
    """Return the file that is spelled so, in its folder; the path itself where there is none."""
    if path.exists() or "~" not in path.name or not path.parent.is_dir():
        return path
    return next((each for each in path.parent.iterdir() if safe(each.name) == path.name), path)
