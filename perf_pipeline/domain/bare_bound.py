"""The bound that a bare value (裸值: 343个, 180天, 50万元) is: at least, at most, or not told.

People leave the sign to the reader. What is to be brought about is a floor, what is to be spent a
ceiling, and so is what there should be little of (差错率1%); of a length of time only the name
tells whether it is waited for (办理时限3个工作日) or given (培训5天).
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

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


_COST_NAMES = re.compile(
    "成本|[单造均]价|[次件例笔床人生户].{0,1}均.{0,4}(?:(?<!消)费用?|支出|花费)$"
    "|三公|(?:会议|接待|差旅|用车|公车|出国).{0,4}(?:费用?|经费|支出)"
)
_PRICE = re.compile("元.*/(?:户|人)")
# money that comes in or is saved is to be reached
_GAINED = re.compile(
    "[收税]入|[增创营税]收|收益|产值|总值|GDP|利润|利税|盈利|分红|销售|成交|营业|节[约省支]|降低|下降|减少"
    "|压[减缩]|缩减"
)
_ALLOWED = re.compile("补[助贴偿]|救[助济]|资助|奖[励补]|津贴|待遇|低保|保障|供养|发放")  # by rule
_PAID = re.compile("(?:(?<!消)费用?|支出|开支|经费)$")  # as much as was granted, or no more
# what there should be little of, unless it is what is done about it (投诉处理率, 事故下降率)
BAD = (
    "投诉|事故|差错|故障|失误|错误|逾期|违规|违约|返工|发病|死亡|失业|辍学|返贫|流失|复发|空置"
    "|犯罪|发案|超标|漏报|误报|延误"
)
_ILL = (
    f"{BAD}|[信上]访|重污染|火灾|偏差|超支|损耗|漏损|缺陷|不良|不合格|退货|超期|超时|伤亡|受伤|贫困(?=发生率|率)"
    "|[能水电油物药气煤]耗|排放|噪[声音]|等候人|等待人|PM2[.]?5|PM10"
)
_FEW = re.compile(
    f"(?:{_ILL})(?:发生|贷款|年均)*(?:率|量|强度|浓度|[次起件人天]?数|件次|人次|数量)?$"
)
_ODD = re.compile(
    f"{_ILL}|浓度|用[水电油气能煤]量|耗(?!材)|污染|事件|中毒|来访|纠纷|拖欠|负债|债务|赤字|恩格尔|缺勤|复吸|涨幅"
    "|药占比|费用.*(?:增长率|增幅)"
)
_HELPED = re.compile("帮扶|救|服务|培训|走访|安置|补|慰问|资助|治疗|受益|覆盖|保险|宣传|调解")
_ABATED = re.compile(
    "降低|下降|减少|控制率|处[理置]|办[理结]|压减|降幅|查处|回复|解决|整改|削减|减排|节[约省能水电]|防[治控范护疫汛]|预防|化解|监测|排查|治(?!安)"
    "|救援|演练|应急|(?<!不)[合及]格率|达标率|满意|响应|再就业|调解|[参社]保|保险|(?<!不)及时"
)

SMALL_SHARE = 20  # per cent, below which a bare share may as well be a ceiling
_SOUGHT = re.compile(
    "增[长加幅速]|提[高升]|上升|覆盖|抽[查检样]|普及|参与|贡献|转化|回报|收益|就业|达标|完成|实现"
)


def is_spent(unit: str | None, name: str, level: str = "") -> bool:
    """Tell whether money or time is spent: by name (次均费用), among the costs."""
    if is_percent(unit) or _GAINED.search(name) or _is_allowed(unit, name):
        return False
    listed = "成本" in level and ("元" in (unit or "") or is_time(unit))
    each = _PRICE.search(unit or "") and _PAID.search(name)
    return bool(listed or each or _COST_NAMES.search(name))


def bound_of_bare(
    unit: str | None, name: str, level: str = "", value: Fraction | None = None, raw: str = ""
) -> Operator:
    """Return what a bare value is compared by: `=` where only the value itself is surely good.

    `level` is the first and second level (一、二级指标), `raw` the target as written. A small share
    is open unless it is said to be sought: what there should be little of has more names than
    anybody lists.
    """
    if value == 0 or _is_ill(name, _FEW) or is_spent(unit, name, level):
        return Operator.LE
    if not is_time(unit):
        small = unit == "%" and value is not None and value < SMALL_SHARE
        small = small and not any(each.search(name + raw) for each in (_SOUGHT, _GAINED))
        return Operator.EQ if small or _is_open(unit, name, level) else Operator.GE
    waited, given = bool(_WAITED_FOR.search(name)), bool(_GIVEN.search(name))
    if waited == given and not waited:
        waited, given = bool(_SPAN.search(name)), bool(_AMOUNT.search(name))
    if waited == given:
        return Operator.EQ
    return Operator.LE if waited else Operator.GE


def _is_ill(name: str, words: re.Pattern[str]) -> bool:
    """Tell whether a name is of what there should be little of; not of those who are helped."""
    helped = words is _FEW and _HELPED.search(name)
    return bool(words.search(name)) and not helped and not _ABATED.search(name)


def _is_allowed(unit: str | None, name: str) -> bool:
    """Tell whether money is so much for each by rule (补助标准500元/人): neither less nor more."""
    return bool("元" in (unit or "") and "/" in (unit or "") and _ALLOWED.search(name))


def _is_open(unit: str | None, name: str, level: str) -> bool:
    """Tell whether neither more nor less than a bare value is surely good."""
    if _GAINED.search(name):
        return False
    money = "元" in (unit or "") and bool(_PRICE.search(unit or "") or _PAID.search(name))
    return money or "成本" in level or _is_allowed(unit, name) or _is_ill(name, _ODD)


def bounded(target: Target, name: str, level: str) -> Target:
    """Return a target with the bound that it has; a bare one gets what its indicator tells."""
    if target.kind is not TargetKind.NUMBER or target.operator is not Operator.EQ:
        return target
    value = Fraction(target.value or 0)
    return replace(target, operator=bound_of_bare(target.unit, name, level, value))
