"""Counts in ten thousands (计数单位): 单位：万人, 参保户数（百户）.

A count is read as it stands. Where a sheet says that its counts are in tens, hundreds or thousands
of something, what is meant is not guessed: the file waits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from perf_pipeline.domain.errors import LayoutError, Place

COUNTED = r"(?:人次|人|户次|户|份|件|次|台|套|个|例|起|名|家|宗|册|张|辆|处|场)"
_SCALED = rf"((?:十万|百万|千万|[十百千万亿]){COUNTED})"
_STATED = re.compile(
    rf"(?:单位|计量|unit)[^。;；]{{0,20}}?{_SCALED}(?![一-鿿])"
    rf"|[(\[【][^)\]】]{{0,12}}?(?<![0-9一二三四五六七八九几数]){_SCALED}[)\]】、,，]"
    rf"|^{_SCALED}$|[以按]{_SCALED}(?:为|计)|为{_SCALED}(?![一-鿿])"
)


def refuse_scaled_counts(lines: Iterable[Sequence[str]], place: Place) -> None:
    """Raise LayoutError where captions or names say that counts are in tens or more."""
    for texts in lines:
        for text in (*texts, " ".join(texts)):
            bare = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
            if found := _STATED.search(bare):
                unit = next(filter(None, found.groups()))
                raise LayoutError(
                    f"写着计数单位“{unit}”，本表的数按个数读；请换算成不带“万”“百”的数，"
                    "改掉单位后重交",
                    place,
                )
