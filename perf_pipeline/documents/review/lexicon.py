"""The words by which the review knows what an indicator measures: plain lists, open to dispute.

A word counts only in the indicator's own name. A list errs on the side of silence: a word that
fits several second levels names them all, and an indicator that no word knows is not judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from perf_pipeline.documents.model import Indicator
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word


class FirstLevel(StrEnum):
    """The first levels (一级指标); cost is one of its own since 财预〔2021〕101号."""

    COST = "成本指标"
    OUTPUT = "产出指标"
    BENEFIT = "效益指标"
    SATISFACTION = "满意度指标"


class SecondLevel(StrEnum):
    """The second levels (二级指标) as forms name them."""

    QUANTITY = "数量指标"
    QUALITY = "质量指标"
    TIMELINESS = "时效指标"
    COST = "成本指标"
    ECONOMIC = "经济效益指标"
    SOCIAL = "社会效益指标"
    ECOLOGICAL = "生态效益指标"
    LASTING = "可持续影响指标"
    SATISFACTION = "满意度指标"


BENEFITS = frozenset(
    {SecondLevel.ECONOMIC, SecondLevel.SOCIAL, SecondLevel.ECOLOGICAL, SecondLevel.LASTING}
)

_FIRST = (
    ("满意", FirstLevel.SATISFACTION),
    ("成本", FirstLevel.COST),
    ("产出", FirstLevel.OUTPUT),
    *((word, FirstLevel.BENEFIT) for word in ("效益", "效果", "效应", "效能")),
)
_SECOND = (
    ("满意", SecondLevel.SATISFACTION),
    ("成本", SecondLevel.COST),  # before 社会 and 生态: 社会成本指标 is a cost
    ("数量", SecondLevel.QUANTITY),
    ("质量", SecondLevel.QUALITY),
    ("时效", SecondLevel.TIMELINESS),
    ("可持续", SecondLevel.LASTING),
    ("经济", SecondLevel.ECONOMIC),
    ("社会", SecondLevel.SOCIAL),
    ("生态", SecondLevel.ECOLOGICAL),
    ("环境", SecondLevel.ECOLOGICAL),
)


def first_level(indicator: Indicator) -> FirstLevel | None:
    """Return an indicator's first level; satisfaction filed under 效益指标 is satisfaction."""
    if second_level(indicator) is SecondLevel.SATISFACTION:
        return FirstLevel.SATISFACTION
    return standard_first(indicator.level1)


def standard_first(level1: str) -> FirstLevel | None:
    """Return the standard's first level that one is, however a form calls it."""
    return next((level for word, level in _FIRST if word in level1), None)


def second_level(indicator: Indicator) -> SecondLevel | None:
    """Return an indicator's second level; None where the form has none or another one."""
    found = next((level for word, level in _SECOND if word in indicator.level2), None)
    if found is None and not indicator.level2 and "满意" in indicator.level1:
        return SecondLevel.SATISFACTION
    if found is None and "成本" in indicator.level1:
        return SecondLevel.COST
    return found


_QUANTITY, _QUALITY = SecondLevel.QUANTITY, SecondLevel.QUALITY
_TIMELINESS, _COST = SecondLevel.TIMELINESS, SecondLevel.COST


@dataclass(frozen=True)
class Sort:
    """A sort of indicator: the words that tell it, and the second levels where it belongs.

    The first of `levels` is the one to propose.
    """

    what: str
    words: re.Pattern[str]
    levels: tuple[SecondLevel, ...]


# the first that fits decides: how a name ends says more than what it is about
SORTS = (
    Sort("满意度", re.compile(r"满意(?:度|率|程度)"), (SecondLevel.SATISFACTION,)),
    Sort(
        "投诉",
        re.compile(r"投诉"),
        (_QUALITY, _QUANTITY, _TIMELINESS, SecondLevel.SATISFACTION, *BENEFITS),
    ),
    Sort(
        "时效",
        re.compile(
            r"及时[率性]|(?:及时|按期|按时|准时|限时|如期).*(?:率|情况)$|(?:完成|完工)时间$|工期$"
        ),
        (_TIMELINESS,),
    ),
    Sort(
        "数量",
        re.compile(r"(?:次数|数量|人数|人次|户数|个数|件数|份数|场次|场数|面积|里程|长度|套数)$"),
        (_QUANTITY, _QUALITY, *BENEFITS),
    ),
    Sort(
        "质量",
        re.compile(
            r"(?<!标准)(?:合格|完好|优良|达标|准确|正确|在线|正常运行|正常运转|通过|完整|规范|故障|差错|返工)率$"
            r"|质量(?:情况|水平|等级)?$"
        ),
        (_QUALITY, *BENEFITS),
    ),
    Sort(
        "开支的比例或节约",
        re.compile(r"(?:成本|费用|经费|造价|支出|管理费).*(?:率|占比|比例|数|额)$|节约|节支|负担"),
        (_COST, _QUANTITY, _QUALITY, _TIMELINESS, *BENEFITS),
    ),
    Sort("成本", re.compile(r"成本|单价|造价|费用标准"), (_COST, *BENEFITS)),
    Sort("比例", re.compile(r"(?:占比|比例|比重|覆盖率)$"), (_QUALITY, _QUANTITY, *BENEFITS)),
)
DATED = Sort("完成时间", re.compile(""), (_TIMELINESS, *BENEFITS))  # told by its value

COUNTED = re.compile(r"(?:次数|数量|人数|人次|户数|个数|件数|份数|场次|场数|套数|台数)$")
RATE = re.compile(r"(?:率|占比|百分比|比例|比重|满意度|知晓度|覆盖度)$")
NOT_PER_CENT = re.compile(  # 频率 is counted, 效率 and 功率 have units of their own
    r"(?:频率|效率|功率|分辨率|速率|汇率|倍率|税率|利率|容积率|死亡率|发病率|出生率)$"
    r"|(?:师生|床护|医护|性价)比"
)
PER_CENT_UNITS = re.compile(r"%|‰|‱|百分|成|分|倍|/|每")  # of a rate; 分 is how surveys score
MONEY_UNIT = re.compile(r"(?:^|[百千万亿])元")
UNITLESS = re.compile(
    r"指数|系数|评分|得分|排名|名次|位次|倍数|级别|等级|pH|PH|比值|比例|[0-9]:[0-9]"
)
UNIT_IN_NAME = re.compile(r"[（(]\s*(?:单位\s*[:：])?\s*(?P<unit>[^（）()\s]{1,8})\s*[）)]")
_COUNTED_THING = re.compile(
    r"(?P<unit>[㐀-鿿]{1,2})数$"
)  # 培训人数, 场次数: the unit is in the word


def names_unit(name: str) -> bool:
    """Tell whether a name brings its unit: 投资额（万元）, 完成时限（月）, 培训人数."""
    written = UNIT_IN_NAME.search(name)
    counted = _COUNTED_THING.search(name)
    units = [found["unit"] for found in (written, counted) if found]
    units += [unit[-1] for unit in units if counted and unit == counted["unit"]]
    return any(is_measure_word(unit) or unit in "年月日" for unit in units)


PART_OF_A_WHOLE = re.compile(  # rates that end at 100%
    r"满意(?:度|率)|知晓率|覆盖率|合格率|完好率|达标率|优良率|准确率|正确率|及时率|在线率|办结率"
    r"|化解率|参保率|受理率|通过率|入学率"
)
BEYOND_A_WHOLE = re.compile(
    r"完成|增长|增幅|增速|收益|回报|执行|负荷|杠杆|偿债|上座"
)  # may pass 100%
MORE_IS_BETTER = re.compile(PART_OF_A_WHOLE.pattern + r"|完成率|就业率")

TEMPLATE = re.compile(r"[*＊×xX]{2,}|[_＿]{2,}|[?？]{2,}|（请填写|请填写|示例[:：]|[*＊](?=[%％])")
KEPT_FEW = re.compile(r"调整|变更|会议|接待|出国|出访|用车|控制|压减|精简|上限|检查|扰|公文|发文")

COMPARED = re.compile(r"[增升降减]|提高|较上年|同比|环比")  # with another year: a percentage

# what a person can confirm or deny, though no number is given
VERIFIABLE = re.compile(
    r"不超|不突破|标准|验收|合格|通过|完成|建成|建立|符合|达标|零|无|不发生|未发生|全覆盖|达到"
)
