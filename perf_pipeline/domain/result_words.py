"""Words by which staff say how a qualitative indicator came out (定性指标的完成情况).

One declared table. The three bands are those of 财预〔2020〕10号 (达成…, 部分达成…, 未达成…),
written with 达成, 达到 or 完成 and with 年度 or 预期; the others are answers seen in published
self-evaluation forms. What no row knows is not understood, and is said so: it is never taken for
missed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Degree(StrEnum):
    """How far a target was attained, in words (达成, 部分达成, 未达成).

    基本达成 (`MOSTLY`) is none of the three bands: whether it counts as reached is asked about.
    """

    ATTAINED = "attained"
    PARTLY = "partly"
    MOSTLY = "mostly"
    UNMET = "unmet"


@dataclass(frozen=True)
class ResultWords:
    """Words that say one degree.

    `upward` ones praise a height and say nothing of a reduction; `still` ones deny a change, which
    is bad where one was asked for and may be good elsewhere (不下降, 保持稳定).
    """

    degree: Degree
    words: re.Pattern[str]
    source: str
    upward: bool = False
    still: bool = False


_BANDS, _FORMS = "财预〔2020〕10号", "已公开的绩效自评表"
_REACHED = "(?:达成|达到|完成|实现|达标|落实|达(?=预期|目标|要求|标准))"
_GOAL = (
    "(?:了)?(?:年度|全年|预期|既定|年初|规定|计划|预定)*(?:的)?(?:绩效)?"
    "(?:指标|目标|要求|任务|效果|标准|水平|值)?"
)
_CHECK = "(?:(?:竣工|项目|专家|综合)?(?:验收|审核|评审|考核|检查|审查|鉴定))"
_CHANGE = "(?:变化|改善|提高|提升|改观|进展|好转|下降|降低|减少|增长|增强)"
_HARM = "负面|不利|消极|不良|副作用|负效应"
_EFFECT = f"(?:(?![^，]*(?:{_HARM}))[㐀-鿿]{{0,4}}(?:效益|效果|成效|作用|成果|影响))"

TABLE = (
    ResultWords(Degree.PARTLY, re.compile(rf"(?:部分|大部分){_REACHED}?.*"), _BANDS),
    ResultWords(Degree.MOSTLY, re.compile("基本(?!没|无|未|不).*"), _FORMS),
    ResultWords(
        Degree.UNMET,
        re.compile(
            rf"{_CHECK}?(?:未能?|没有|没能|尚未|均未)(?:按[期时])?(?:全部)?"
            rf"(?:得到|得以)?(?:{_REACHED}|通过).*"
            "|不达标|不合格"
        ),
        _BANDS,
    ),
    ResultWords(
        Degree.ATTAINED,
        re.compile(
            rf"(?:按[期时]|如期|提前|及时|保质(?:保量)?|高质量|全部|全面|超额|圆满|顺利)*{_REACHED}{_GOAL}|合格"
            rf"|{_CHECK}?(?:一次性|顺利|全部)?通过{_CHECK}?"
        ),
        _BANDS,
    ),
    ResultWords(
        Degree.ATTAINED,
        re.compile(
            rf"{_EFFECT}?(?:非常|十分|较为|比较)?(?:显著|明显|突出|凸显)|{_EFFECT}(?:较|很)?好|{_EFFECT}良好"
        ),
        _FORMS,
    ),
    ResultWords(Degree.ATTAINED, re.compile("(?:很|非常)?[高好]|较高"), _FORMS, upward=True),
    ResultWords(
        Degree.UNMET,
        re.compile(
            r"(?:无|没有|未见|未有)(?:明显|显著|太大|大)?(?:的)?(?:效果|成效)"
            rf"|{_EFFECT}(?:不明显|不显著|不大|不佳|较差|差)"
        ),
        _FORMS,
    ),
    ResultWords(
        Degree.UNMET,
        re.compile(
            rf"(?:无|没有|未见|未有)(?:明显|显著|太大|大)?(?:的)?{_CHANGE}|未(?:明显|有效)?{_CHANGE}"
            rf"|(?:与(?:上年|去年|往年)(?:同期)?(?:基本)?)?持平|不变"
            rf"|{_CHANGE}(?:不明显|不显著|不大|不佳|较差|差)|不明显|不显著"
        ),
        _FORMS,
        still=True,
    ),
)
_OTHER_WAY = {
    "提高": re.compile("下降|降低|减少"),
    "降低": re.compile("提高|提升|增长|增强"),
}
# a result that is wished for or foretold and did not come yet; 达到预期 and 模拟 tell of no wish
HOPED = re.compile(
    "力争|争取|尽量|尽力|预[计估]|估计|有望|可望|打算|(?<![模虚草])拟(?!定|合)"
    "|(?<![达到合超成])预期(?!的?(?:绩效)?(?:目标|指标|效果|要求|值|成果))"
)
_STRONG = re.compile("明显|显著|大幅|较大|根本|全面|有力|极大")
_BEFORE = re.compile("^(?:已经|均已|都已|已|均|都|得到|得以)+")
_AFTER = re.compile("[。．.!；;，,]+$")


def plain_words(text: str) -> str:
    """Return what was written without blanks, 已, 均 or 得到 before it and a full stop after it."""
    spelled = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return _BEFORE.sub("", _AFTER.sub("", spelled))


@lru_cache(maxsize=1 << 16)
def degree_of(text: str, *, way: str | None = None) -> Degree | None:
    """Return the degree that words say; None where no row of the table knows them.

    `way` is the direction that the target asks for (提高, 降低): 未增长 denies the one alone.
    """
    said = plain_words(text)
    for each in TABLE:
        if each.words.fullmatch(said):
            denies = way in _OTHER_WAY and not _OTHER_WAY[way].search(said)
            other = (each.upward and way == "降低") or (each.still and not denies)
            return None if other else each.degree
    return None


def is_weaker(text: str, target: str) -> bool:
    """Tell whether words say less than a target asks for: 有所提升 and 提升 of 明显提升."""
    return bool(_STRONG.search(target) and not _STRONG.search(text))
