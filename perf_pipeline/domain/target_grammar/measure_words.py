"""Units (单位) of target values: which words are units, and where a unit ends and a noun begins."""

from __future__ import annotations

import re

from perf_pipeline.domain.share import MULTIPLES

_MEASURE_WORDS = (
    "个 次 人次 人 户 户次 场 场次 期 期次 项 项次 件 件次 起 份 套 台 台套 辆 辆次 条 座 处",
    "家 家次 所 名 位 篇 本 册 册次 张 块 只 头 羽 尾 株 棵 盏 盆 根 支 枚 间 幅 幢 栋 层",
    "套次 组 队 班 班次 批 批次 趟 轮 遍 回 例 宗 部 门 类 种 种次 款 类别 版 集 首 卷 页 字",
    "号 席 亩 公顷 公里 千米 米 厘米 毫米 里 平方米 平方公里 平米 立方米 方 吨 公斤 千克 克",
    "毫克 微克 个自然日 自然日 剂 剂次 册件 年一遇",
    "斤 升 毫升 度 千瓦 千瓦时 兆瓦 小时 分钟 秒 天 日 个工作日 工作日 个月 周 年 年度 季度",
    "个季度 学时 课时 学期 学年 元 角 分 百分点 个百分点 百分比 比例 倍 折 级 岁 家庭 村 点",
    "点位 站 段 标段 片 箱 桶 袋 瓶 包 盒 车 车次 航次 架次 架 艘 床 床位 床日 门次 人日 人天",
    "人月 人年 人份 人·次 标箱 标准箱 m km cm mm m² m2 ㎡ km² m³ m3 ㎞ M t kg g L ml kW",
    "口 孔 眼 匹 顶 kWh 兆瓦时 MW MWh GB TB MB h min s ℃ mg/L μg/m³ dB",
)
_TIMES = f"(?:{'|'.join(MULTIPLES)})"
_LONGEST_FIRST = "|".join(
    map(re.escape, sorted(" ".join(_MEASURE_WORDS).split(), key=len, reverse=True))
)
_KNOWN = re.compile(
    rf"(?:{_LONGEST_FIRST}|{_TIMES}(?:{_LONGEST_FIRST}))(?:\((?:{_LONGEST_FIRST})\))?"
    rf"|{_TIMES}(?:[㐀-鿿](?![㐀-鿿]))?"
)
_EACH = rf"{_TIMES}?(?:{_LONGEST_FIRST}|月)"
_KNOWN_QUOTIENT = re.compile(rf"(?:{_KNOWN.pattern})/{_EACH}(?:[/·*•、.]{_EACH})*")
_AND = "且|并(?![网发购轨联入])|同时(?!段)"  # another condition, no part of what is counted
# what stands in brackets behind a number is a note, but for 8台(套), 30人(次) and (且无投诉)
NOTE = re.compile(rf"\((?!(?:{_LONGEST_FIRST})\)|{_AND})[^()±]*\)")
_PERCENT = re.compile("[%‰‱]")
_PARTS = re.compile("/万")  # 万分之三
UNIT = re.compile(
    f"{_KNOWN_QUOTIENT.pattern}|/(?:10|100|十|百)?万|{_PERCENT.pattern}|{_KNOWN.pattern}"
)
_NAMED = r"[^\s0-9/,;、。:<>=≤≥()~以内之余多或且每左-]"
_QUOTIENT = re.compile(
    rf"{_NAMED}{{0,8}}(?:/(?:10{{1,5}})?{_NAMED}{{1,8}}){{1,3}}|[万亿]?元每[㐀-鿿]{{1,4}}"
)
_UNKNOWN = re.compile(
    r"(?![²³])(?!.*(?:[以之内余多几或且每前]|左右))[㐀-鿿A-Za-z²³µμ°·*•]{1,4}(?<![前后内外上下底末])"
)
_NOUN = re.compile(r"(?![前后外每])[㐀-鿿A-Za-z“”\"]{0,16}")
_NO_NOUN = re.compile(
    f"或|和|及(?!时)|不等|另|其中|^(?:{_AND})|[且并](?=[无不未])|^(?:[及或含]?以[上下内]|之内)"
)
_TIME = re.compile(r"(?:个?工作日|个?自然日|个月|个小时|小时|分钟|秒|天|日|月|年|周|季度)")


def is_measure_word(text: str) -> bool:
    """Tell whether a text is a unit that people use, and nothing else: 人次, 万元, %, 元/户."""
    return any(known.fullmatch(text) for known in (_KNOWN, _PERCENT, _KNOWN_QUOTIENT, _PARTS))


def is_time(unit: str | None) -> bool:
    """Tell whether a unit is a length of time (5个工作日内 has an upper limit)."""
    return unit is not None and _TIME.fullmatch(unit) is not None


def is_noun(text: str) -> bool:
    """Tell whether a text may follow a unit as what is counted: 5000亩高标准农田."""
    return bool(_NOUN.fullmatch(text)) and not _NO_NOUN.search(text)


def split_unit(text: str) -> tuple[str | None, str] | None:
    """Split what follows a number into its unit and a noun; None where it is neither.

    A unit nobody knows is kept as written when it is short: 0.97比例 and 3标箱 have one.
    """
    if not text:
        return None, ""
    known = _KNOWN_QUOTIENT.match(text)
    if _QUOTIENT.fullmatch(text) and not (known and is_noun(text[known.end() :])):
        return text, ""
    known = known or _PERCENT.match(text) or _KNOWN.match(text)
    if known and is_noun(text[known.end() :]):
        return known[0], text[known.end() :]
    return (text, "") if _UNKNOWN.fullmatch(text) else None
