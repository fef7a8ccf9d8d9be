"""The bound that a bare value (裸值: 343个, 180天, 50万元) is: at least, at most, or not told.

People leave the sign to the reader. What is to be brought about is a floor, what is to be spent a
ceiling; of a length of time only the name tells whether it is waited for (办理时限3个工作日) or
given (培训5天).
"""

from __future__ import annotations

import re

from perf_pipeline.domain.target import Operator
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


def bound_of_bare(unit: str | None, name: str, *, zero: bool, cost: bool) -> Operator:
    """Return what a bare value is compared by: `=` where only the value itself is surely good.

    `cost` tells what is spent (成本), `zero` a value of 0: both are at most.
    """
    if zero or cost:
        return Operator.LE
    if not is_time(unit):
        return Operator.GE
    waited, given = bool(_WAITED_FOR.search(name)), bool(_GIVEN.search(name))
    if waited == given and not waited:
        waited, given = bool(_SPAN.search(name)), bool(_AMOUNT.search(name))
    if waited == given:
        return Operator.EQ
    return Operator.LE if waited else Operator.GE
