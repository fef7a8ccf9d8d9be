"""The bound that a bare value (裸值: 343个, 180天, 50万元) is: at least, at most, or not told.

People leave the sign to the reader. What is to be brought about is a floor, what is to be spent a
ceiling, and so is what there should be little of (差错率1%); of a length of time only the name
tells whether it is waited for (办理时限3个工作日) or given (培训5天).
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from perf_pipeline.domain.name_words import GAINED, Meaning, falls_well, meaning_of
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar.measure_words import NOTE, is_time
from perf_pipeline.domain.target_grammar.signs import normalise

_WAITED_FOR = re.compile(
    "响应|加载|等[候待]|排队|办[理结]|审[批核]|答复|回复|修复|抢修|到达|到场|出警|处[置理]|送达|时限|限时|工期"
    "|耗时|用时|结案|受理|拨付|支付|反馈|滞留|[停断][电水机网气]|中断|延误|迟|逾期"
)
_GIVEN = re.compile(
    "年限|寿命|质保|质量保证|保修|公[示告]|培训|训练|学习|服务|开放|运行|运营|使用|值班|值守|演练|保存|留存|存储"
    "|有效|供[水电热暖气]|保障|活动|展[览出]|宣传|播[出放]|巡[查逻]|压缩|缩短|提前|减少|节约|稳定|连续|任职"
)

_COST_NAMES = re.compile(
    "成本|[单造]价|[次件例笔床人生户].{0,1}均.{0,4}(?:(?<!消)费用?|支出|花费)$"
    "|三公|(?:会议|接待|差旅|用车|公车|出国).{0,4}(?:费用?|经费|支出)"
)
_PRICE = re.compile("元.*/(?:户|人)")
_GAINED = re.compile("|".join(GAINED.split()))  # is to be reached
_ALLOWED = re.compile(
    "生均.{0,2}(?:经费|拨款)|补[助贴偿]|救[助济]|资助|奖[励补]|津贴|待遇|低保|保障|供养|发放"
)  # by rule
_EACH = re.compile("/|每|[人生户床班村亩]均|标准")  # said by the unit, or by the name
_PAID = re.compile("(?:(?<!消)费用?|支出|开支|经费)$")  # as much as was granted, or no more
DIRECTIONS = {"正向": Operator.GE, "反向": Operator.LE}  # of the map's 指标方向
# nobody plans that so much of what is bad happens: a share from here on is to be reached
LARGE_SHARE = 80
_OF_A_WHOLE = re.compile("(?<!控制)[率度性](?:[（(][%％][)）])?$")
_FALL = re.compile(  # promised of what there should be less of: 减少30件, 同比下降10%
    "(?:下降|降低|降幅|减少|减轻|减幅|压减|压降|压缩|缩减|缩短|[降减](?=[0-9]))[㐀-鿿]{0,6}"
    "[0-9一二三四五六七八九十两百]"
)
# told by a note only: 10件（较上年减少5件）, 10%（较上年下降）
_FALL_BESIDE = re.compile(r"\([^()]*(?:降|减|压[减降缩]|缩)")


def is_spent(unit: str | None, name: str, level: str = "") -> bool:
    """Tell whether money or time is spent: by name (次均费用), among the costs."""
    if is_percent(unit) or _GAINED.search(name) or _is_allowed(unit, name):
        return False
    listed = "成本" in level and ("元" in (unit or "") or is_time(unit))
    each = _PRICE.search(unit or "") and _PAID.search(name)
    return bool(listed or each or _COST_NAMES.search(name))


def bound_of_bare(
    unit: str | None,
    name: str,
    level: str = "",
    value: Fraction | None = None,
    raw: str = "",
) -> Operator:
    """Return what a bare value is compared by: `=` where only the value itself is surely good.

    `level` is the first and second level (一、二级指标), `raw` the target as written. What its name
    does not say to be sought is open (`=`), but for large shares: neither the unit nor the level
    tells, since what is bad is counted in 人, 家 and 间 among the outputs too.
    """
    spelled = normalise(raw)
    plain = NOTE.sub("", spelled)
    if value != 0 and _FALL.search(plain):
        well = falls_well(name) or falls_well(plain) or is_spent(unit, name, level) or is_time(unit)
        return Operator.GE if well else Operator.EQ
    if value != 0 and _FALL_BESIDE.search(spelled):
        return Operator.EQ
    said = meaning_of(name) or meaning_of(plain)
    if value == 0 or said is Meaning.LITTLE or is_spent(unit, name, level):
        return Operator.LE
    if not is_time(unit):
        sought = said is Meaning.SOUGHT or (said is None and _is_large_share(unit, name, value))
        rate = is_percent(unit) and said is Meaning.SOUGHT  # 达标率, of costs too
        return Operator.GE if sought and (rate or not _is_open(unit, name, level)) else Operator.EQ
    waited = bool(_WAITED_FOR.search(name))
    given = bool(_GIVEN.search(name)) and said is not Meaning.DOUBTFUL  # 停止服务时间
    if waited == given:
        return Operator.EQ
    return Operator.LE if waited else Operator.GE


def _is_large_share(unit: str | None, name: str, value: Fraction | None) -> bool:
    """Tell whether a share whose name says nothing is so large that it is surely to be reached."""
    large = unit == "%" and value is not None and value >= LARGE_SHARE
    return large and (value == 100 or bool(_OF_A_WHOLE.search(name)))


def _is_allowed(unit: str | None, name: str) -> bool:
    """Tell whether money is so much for each by rule (补助标准500元/人): neither less nor more."""
    money = "元" in (unit or "") and _EACH.search(f"{unit}{name}")
    return bool(money and _ALLOWED.search(name))


def _is_open(unit: str | None, name: str, level: str) -> bool:
    """Tell whether neither more nor less of some money or cost is surely good."""
    if _GAINED.search(name):
        return False
    money = "元" in (unit or "") and bool(_PRICE.search(unit or "") or _PAID.search(name))
    return money or "成本" in level or _is_allowed(unit, name)


def bounded(target: Target, name: str, level: str, raw: str = "") -> Target:
    """Return a target with the bound that it has; a bare one gets what its indicator tells."""
    if target.kind is not TargetKind.NUMBER or target.operator is not Operator.EQ:
        return target
    value = Fraction(target.value or 0)
    return replace(target, operator=bound_of_bare(target.unit, name, level, value, raw))
