"""The bound that a bare value (裸值: 343个, 180天, 50万元) is: at least, at most, or not told.

People leave the sign to the reader. What is to be brought about is a floor, what is to be spent a
ceiling; of a length of time only the name tells whether it is waited for (办理时限3个工作日) or
given (培训5天).
"""

from __future__ import annotations

import re
from dataclasses import replace

from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar.measure_words import is_time

_WAITED_FOR = re.compile(
    "响应|等[候待]|排队|办[理结]|审[批核]|答复|回复|修复|抢修|到达|到场|出警|处[置理]|送达|时限|限时|工期"
    "|耗时|用时|结案|受理|拨付|支付|反馈|滞留|停[电水机]|中断|延误|迟|逾期"
)
_GIVEN = re.compile(
    "年限|寿命|质保|质量保证|保修|公[示告]|培训|学习|服务|开放|运行|运营|使用|值班|值守|演练|保存|留存|存储"
    "|有效|供[水电热暖气]|保障|活动|展[览出]|宣传|播[出放]|巡[查逻]|压缩|缩短|提前|减少|节约|稳定|连续|任职"
)
_SPAN = re.compile("时间|期限|周期|时效|时长(?=控制|限)")  # by themselves rather waited for
_AMOUNT = re.compile("天数|时数|时长|课时|学时")  # by themselves rather given


_COST_NAMES = re.compile("成本|[单造均]价|[次件例笔床人生户].{0,1}均.{0,4}(?:费用?|支出|花费)$")
_PRICE = re.compile("元.*/(?:户|人)")
# money that comes in or is saved is to be reached
_GAINED = re.compile("收入|增收|创收|收益|产值|利润|盈利|节[约省支]|降低|下降|减少|压[减缩]|缩减")


def is_spent(unit: str | None, name: str, level: str = "") -> bool:
    """Tell whether money or time is spent: by name (次均费用), for each, among the costs."""
    if is_percent(unit) or _GAINED.search(name):
        return False
    listed = "成本" in level and ("元" in (unit or "") or is_time(unit))
    return bool(listed or _COST_NAMES.search(name) or _PRICE.search(unit or ""))


def bound_of_bare(unit: str | None, name: str, level: str = "", *, zero: bool = False) -> Operator:
    """Return what a bare value is compared by: `=` where only the value itself is surely good.

    `level` is the first and second level (一、二级指标); `zero` tells a value of 0.
    """
    if zero or is_spent(unit, name, level):
        return Operator.LE
    if not is_time(unit):
        return Operator.GE
    waited, given = bool(_WAITED_FOR.search(name)), bool(_GIVEN.search(name))
    if waited == given and not waited:
        waited, given = bool(_SPAN.search(name)), bool(_AMOUNT.search(name))
    if waited == given:
        return Operator.EQ
    return Operator.LE if waited else Operator.GE


def bounded(target: Target, name: str, level: str) -> Target:
    """Return a target with the bound that it has; a bare one gets what its indicator tells."""
    if target.kind is not TargetKind.NUMBER or target.operator is not Operator.EQ:
        return target
    bound = bound_of_bare(target.unit, name, level, zero=target.value == "0")
    return replace(target, operator=bound)
