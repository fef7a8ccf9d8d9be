"""How people write a cell's signs, and which words stand for them (以上, 不低于, 控制在).

以上, 以下 and 以内 include the number itself, 超过 and 不足 do not: 民法典 article 1259.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from perf_pipeline.domain.target import Operator

SIGNS = {
    "≥": Operator.GE,
    "≤": Operator.LE,
    ">": Operator.GT,
    "<": Operator.LT,
    "=": Operator.EQ,
}
SIGN_OF = {operator: sign for sign, operator in SIGNS.items()}
_WORDS = {
    Operator.GE: (
        "大于等于 大于或等于 大于或者等于 高于等于 高于或等于 多于等于 达到 达 至少 最少 最低 "
        "提高到 提高至 提升到 提升至 突破 增加到 增加至 增长到 增长至 上升到 上升至 增至 升至"
    ),
    Operator.LE: (
        "小于等于 小于或等于 小于或者等于 低于等于 低于或等于 少于等于 控制在 控制到 至多 最多 "
        "最高 降低到 降低至 降到 降至 下降到 下降至 减少到 减少至 减至 减到 缩减到 缩减至 压降到 "
        "压降至 压减到 压减至 压缩到 压缩至"
    ),
    Operator.GT: "高于 超过 大于 多于 超出 超",
    Operator.LT: "低于 小于 少于 不足 不到 不满",
    Operator.EQ: "等于",
}
WORDS = {word: operator for operator, words in _WORDS.items() for word in words.split()}
# whatever denies one of these turns it round: 不应低于, 严禁超过
_DENIALS = (
    "不 不得 不能 不可 不应 不应当 不许 不准 不宜 不会 不该 不要 不允许 不再 未 未能 未曾 没 没能 "
    "没有 勿 切勿 严禁 禁止 避免 杜绝"
)
_OR_EQUAL = "{0}等于 {0}或等于 {0}或者等于"
_DENIED = {
    Operator.LE: "超过 超出 突破 高于 多于 大于 超",
    Operator.GE: "下于 低于 少于 小于",
    Operator.LT: " ".join(["达到", *map(_OR_EQUAL.format, ("高于", "多于", "大于"))]),
    Operator.GT: " ".join(map(_OR_EQUAL.format, ("低于", "少于", "小于"))),
}
WORDS |= {
    denial + word: operator
    for operator, words in _DENIED.items()
    for word in words.split()
    for denial in _DENIALS.split()
}
_SILENT = (
    "全年 年度 年内 本年 总计 共计 合计 累计 总共 共 约 大约 大概 约为 为 各 均 平均 计划",
    "预计 介于 目标值 指标值 目标 争取 力争 确保 保证 实现 做到 保持在 保持 稳定在 维持在 并保持在",
    "并稳定在 须 需 应 要 在 数量 完成 新增 建设 新建 开展 举办 组织 组织开展 举行 发放 培训",
    "制作 采购 购置 安装 较上年 比上年 较去年 比去年 较上年度 比上年度 与上年相比 同比 环比",
    "逐年 每年递增 提高 提升 增长 增加 上升 下降 降低 减少 递增",
)
_THINGS = (
    "人次|平方米|社区|街道办|街道|单位|半年|季度|学期|公里|乡镇|镇街|县市区|县区|区县|县市|村居"
    "|班级|学校|企业|机构|科室|项目|人|户|镇|乡|县|区|亩|年|季|月|周|天|日|村|件|次|场"
    "|名|个|台|校|班|生|期|套|所"
)
PER = re.compile(  # 每人, 每个村, 各镇, 户均, and 季度2次
    rf"(?:[每各]一?个|[每各逐])(?:{_THINGS})|(?:{_THINGS})均|(?:季度|半年|月度)(?=[0-9])"
)
_WHOSE = re.compile("^(?:[每各]一?个(?!$)|[每各逐])|[均度]$(?<!季度)")
_EACH_BEHIND = re.compile(rf"(?<=[^()])\((每(?:{_THINGS}))\)$")  # 2次（每季度）
_SHORT = "超(?=[0-9])"  # 超95%, 不得超80万元; not 超额完成10%


def _any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of these words, the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(_SHORT if word == "超" else re.escape(word) for word in longest_first)


_MAY_BE_DENIED = " ".join(_DENIED.values()).split()
_DENIED_WORD = f"(?:{_any_of(_DENIALS.split())})(?:{_any_of(_MAY_BE_DENIED)})"
_PLAIN_WORDS = [*SIGNS, *" ".join(_WORDS.values()).split()]
_LEADING = re.compile(f"{_DENIED_WORD}|{_any_of([*_PLAIN_WORDS, *' '.join(_SILENT).split()])}|:")
COMPARISON = re.compile(f"{_DENIED_WORD}|{_any_of(_PLAIN_WORDS)}")

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_VARIANTS: dict[str, str] = {
    **dict.fromkeys("≧⩾≽", "≥"),
    **dict.fromkeys("≦⩽≼", "≤"),
    **dict.fromkeys("﹥》〉", ">"),
    **dict.fromkeys("﹤《〈", "<"),
    **dict.fromkeys("﹦═", "="),
    **dict.fromkeys("～〜∼", "~"),
    **dict.fromkeys("—–―−‐‑", "-"),
    **dict(zip("仟佰萬億", "千百万亿", strict=True)),
    "﹪": "%",
    "﹣": "-",
}
PLAIN = str.maketrans(_VARIANTS) | _HALF_WIDTH
_UNSEEN = "\u200b\u200c\u200d\ufeff\u00ad"
_TWO_NUMBERS = re.compile(rf"(?<=[0-9])[\s{_UNSEEN}]+(?=[0-9])")
_BLANK = re.compile(rf"[\s{_UNSEEN}]+")
_TWO_SIGNS = {
    ">=": "≥",
    "=>": "≥",
    "<=": "≤",
    "=<": "≤",
    "≥=": "≥",
    "=≥": "≥",
    "≤=": "≤",
    "=≤": "≤",
}
_DOUBLED = re.compile("|".join(map(re.escape, _TWO_SIGNS)))
_DASHES = re.compile("-{2,}")
_LABEL = re.compile(r"^[★☆*●◆•·]+|^\(?[0-9]{1,2}[.、)](?=[≥≤<>=])")


def normalise(raw: str) -> str:
    """Write a cell with half-width signs and without blanks; units such as ㎡ stay as they are.

    Two numbers with a blank between them stay apart: 95 98 is not 9598.
    """
    plain = _TWO_NUMBERS.sub(";", raw.translate(PLAIN))
    plain = _DOUBLED.sub(lambda two: _TWO_SIGNS[two[0]], _BLANK.sub("", plain))
    plain = _LABEL.sub("", _DASHES.sub("-", plain)).strip("。;,、")
    if behind := _EACH_BEHIND.search(plain):
        plain = behind[1] + plain[: behind.start()]
    inside = plain[1:-1]
    enclosed = plain.startswith("(") and plain.endswith(")") and not re.search("[()]", inside)
    return inside if enclosed else plain


def is_sign(text: str) -> bool:
    """Tell whether a cell holds a sign or the words for one, and nothing else: ≥, >=, 小于等于."""
    plain = normalise(text)
    return plain in SIGNS or plain in WORDS


def begins_with_sign(text: str) -> bool:
    """Tell whether a value brings its sign with it: ≥95%, 不超过预算数."""
    return COMPARISON.match(normalise(text)) is not None


def read_leading(text: str, start: int = 0) -> tuple[Operator | None, bool, str, int]:
    """Read the signs and words in front of a number.

    Returns the operator, whether a sign gave it, what each the number is for (每人每月), and where
    the number should begin.
    """
    operator, signed, per = None, False, ""
    while True:
        if each := PER.match(text, start):
            per += "/" + _WHOSE.sub("", each[0])
            start = each.end()
            continue
        found = _LEADING.match(text, start)
        if found is None:
            return operator, signed, per, start
        start = found.end()
        if found[0] in SIGNS:
            operator, signed = SIGNS[found[0]], True
        elif found[0] in WORDS and not signed:
            operator = WORDS[found[0]]
