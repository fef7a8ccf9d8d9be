"""Whether words say something: 知道了 and 收到 are no reason."""

from __future__ import annotations

import re
import unicodedata

SHORTEST = 4  # characters of content, beside empty words: 招标延期 is a reason
_EMPTY = re.compile(
    r"(?:已经|已|我|们|都|均|会|将|正在|尽快|及时|马上|抓紧|认真|进一步|加强|继续|积极|相关|工作|"
    r"知道|知悉|知晓|了解|收到|收悉|已阅|阅示|阅|明白|清楚|同意|确认|处理|办理|落实|整改|跟进|关注|"
    r"重视|核实|好的|好|是的|是|行|可以|情况|属实|见附件|如题|同上|无|没有|暂无|谢谢|"
    r"了|的|中|吧|ok|okay|yes|noted|none|n/a|na|done|received|acknowledged|tbd|todo|test)",
    re.IGNORECASE,
)


def says_something(words: str | None) -> bool:
    """Tell whether words say why or what: beside empty ones, so many characters are left.

    Figures, names and reasons are content; 收到，正在处理 and 已阅知 are not.
    """
    left = _content(words or "")
    return len(left) >= SHORTEST and len(set(left)) > 2


def is_empty(words: str | None) -> bool:
    """Tell whether there is nothing but empty words and signs: 无, /, 已整改; not 疫情."""
    return not _content(words or "")


def _content(words: str) -> str:
    letters = "".join(
        each
        for each in unicodedata.normalize("NFKC", words)
        if unicodedata.category(each)[0] in "LN"
    )
    return _EMPTY.sub("", letters)
