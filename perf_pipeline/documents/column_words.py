"""What the columns of a table of indicators are called, and the names of levels (级次)."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from perf_pipeline.documents.labels import label, squeeze


class Part(StrEnum):
    """What a column of a table of indicators holds."""

    PROJECT = "project"
    UNIT_NAME = "unit_name"
    OBJECTIVE = "objective"
    AMOUNT = "amount"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    DESCRIPTION = "description"
    OPERATOR = "operator"
    VALUE = "value"
    REVISED = "revised"  # what the value was changed to in the year, where it was
    UNIT = "unit"
    WEIGHT = "weight"
    BASIS = "basis"
    ACTUAL = "actual"
    OUTLOOK = "outlook"
    SCORE = "score"
    REASON = "reason"
    LIKELIHOOD = "likelihood"
    REMARK = "remark"


LEVELS = frozenset({Part.LEVEL1, Part.LEVEL2, Part.LEVEL3})
ABOUT_INDICATORS = LEVELS | {Part.VALUE, Part.OPERATOR, Part.UNIT, Part.WEIGHT, Part.ACTUAL}
ABOUT_INDICATORS |= {Part.OUTLOOK, Part.SCORE, Part.REASON, Part.LIKELIHOOD, Part.BASIS}
# what heads the names where no column is called 三级指标, the surer first
NAMES_INSTEAD = {"指标内容": 6, "绩效指标内容": 6, "三级指标内容": 5, "绩效指标": 4}
NAMES_INSTEAD |= {
    "年度指标": 3,
    "年度绩效指标": 4,
    "考核指标": 4,
    "评价指标": 4,
    "指标": 3,
    "具体内容": 3,
    "指标描述": 3,
    **dict.fromkeys(("考核内容", "考核事项", "工作事项", "重点工作", "事项"), 2),
}

_YEAR = (
    r"(?:\d{4}年?|年度|全年|本年度?|本期|当年|年初|预期|计划|设定|绩效|考核|目标|项目|三级|指标"
    r"|预计)*"
)
_YEARS_VALUE = (
    _YEAR + r"(?:指标值|目标值|绩效值|预期值|计划值|标准值|值)(?:/描述|/内容|及单位|内容)?"
)
_LABELS: tuple[tuple[Part, str], ...] = (
    (Part.LEVEL1, r"[一1I]级(?:绩效)?(?:指标|目标)?(?:名称)?|指标类型|指标类别"),
    (Part.LEVEL2, r"(?:[二2]|II)级(?:绩效)?(?:指标|目标)?(?:名称)?"),
    (
        Part.LEVEL3,
        r"(?:[三3]|III)级(?:绩效)?(?:指标|目标)?(?:名称|内容)?|"
        r"(?:三级|绩效)?指标(?:名称|内容)?[及和与、](?:指标|目标)值|(?:绩效|具体|末级|四级)?指标名称|具体指标",
    ),
    (
        Part.VALUE,
        r"(?!全年预计)(?:20\d{2}年度?|年度|全年|当年|本年度?)*(?:(?:计划|目标|预期|预计|应)(?:完成|实现|达到)值"
        r"|(?:预期|计划|目标)(?:完成情况|实现情况|完成数|数)|(?:预期|计划)20\d{2}年|目标任务)",
    ),
    (
        Part.OPERATOR,
        r"(?:绩效)?(?:指标)?(?:值)?(?:符号|运算符号?|计算符号?|比较符号?|逻辑符号?|性质|方向性?)",
    ),
    (Part.UNIT, r"(?:绩效)?(?:指标)?值?(?:计量|度量|计算)?单位"),
    (
        Part.WEIGHT,
        r"(?:绩效)?(?:指标)?(?:标准|设定)?(?:权重|分值)(?:权重|分值)?(?:比例)?|权值|标准分",
    ),
    (
        Part.BASIS,
        r"绩效标准|.*(?:确定|设定|设置|制定|来源|取值|指标值)(?:的)?依据.*|指标来源|数据来源|依据|证明材料|佐证材料",
    ),
    (Part.OUTLOOK, r"(?:全年|年度|年底)?预计(?:全年)?(?:完成|实现)(?:情况|值|程度|结果)?"),
    (
        Part.ACTUAL,
        r".*(?:实际完成|执行情况|实际值|实际实现|实际达到).*|.{0,12}"
        r"(?:完成值|完成情况|实现值|完成结果)|自评完成.*|已(?!.*(?:目标|指标|值))[一-鿿]{1,8}|.{0,8}实际(?:数|情况|水平|20\d{2}年)?",
    ),
    (Part.SCORE, r"(?:自评|评价|实际|指标|最终)?(?:得分|评分|自评分|分数)"),
    (Part.REASON, r".*(?:偏差|未完成|差异|偏离).*|原因(?:说明|分析)?|改进措施"),
    (Part.LIKELIHOOD, r".*可能性.*"),
    (Part.REMARK, r"备注|说明|其他|备注说明"),
    (Part.VALUE, _YEARS_VALUE),
    (
        Part.DESCRIPTION,
        r"(?:绩效)?(?:指标)?(?:值)?(?:描述|说明|解释|内容|定义|内涵|释义|备注)|(?:评价|评分|打分|计分|考核)?"
        r"(?:标准|规则|办法)|计算公式|计算方法|评扣分标准|评分标准|指标解释及计算方法",
    ),
    (Part.PROJECT, r"(?!.*指标).{0,8}(?:项目|专项).{0,6}名称|项目"),
    (Part.UNIT_NAME, r"(?:预算|主管|项目|实施)?(?:单位|部门)(?:名称|编码)?"),
    (Part.OBJECTIVE, r"(?:项目|年度|总体|绩效|支出|整体)*目标"),
    (Part.AMOUNT, r"(?:项目|年度|预算|资金|财政)*(?:金额|预算数|预算|资金|总额)"),
    (Part.VALUE, r".{0,12}(?:指标值|目标值|绩效值|计划值)"),
)
_ALSO_PROJECT = re.compile(r"[(（]项目名称[)）]\s*$")
_PARTS = tuple((part, re.compile(pattern)) for part, pattern in _LABELS)

_BETWEEN_LEVELS = re.compile("[-—–/]+")
_MAY_STAND_IN_FRONT = re.compile("[:：【/—–-]")
_IN_FRONT = re.compile(  # 产出/数量/改厕 in a chain needs both, lest 成本/效益分析 name a level
    r"(?:【(?P<marked>[^】]+)】[:：]?|(?P<front>[^:]+):|(?P<chain>[^/—–-]+[/—–-]+[^/—–-]+)[/—–-]+)(?=.)"
)
_OF_LEVEL = r"类?(?:(?:指标?|目标)(?:\d{1,2}分)?)?"  # 产出指标40分
_CODE = r"(?:[A-Z]\d{0,2}|\d(?:\.\d{1,2})+)?[-.、]?"  # A1数量指标, 1.1数量指标
_FIRST_LEVEL = re.compile(
    rf"{_CODE}(?:成本|产出|效益|效果|影响力|投入(?:管理)?|过程|决策|履职效[能益果]|管理效率|运行成本|社会效应|可持续(?:性|发展能力)|"
    rf"(?:社会公众|服务对象|社会公众或服务对象)?满意度){_OF_LEVEL}"
)
# second levels, by the first under which the standard form has them
_SECOND_LEVELS = (
    ("产出指标", re.compile(rf"{_CODE}(?:产出)?(?:数量|质量|时效|进度|成本){_OF_LEVEL}")),
    ("成本指标", re.compile(rf"{_CODE}(?:经济|社会|生态环境|生态)成本{_OF_LEVEL}")),
    (
        "效益指标",
        re.compile(
            rf"{_CODE}(?:(?:经济|社会|生态|环境)效益|可持续(?:影响|发展)(?:能力)?){_OF_LEVEL}"
        ),
    ),
    (
        "满意度指标",
        re.compile(rf"{_CODE}(?:社会公众|服务对象|社会公众或服务对象)?满意度{_OF_LEVEL}"),
    ),
)
_INSIDE = (
    ("成本", "产出"),
    ("成本", "成本"),
    ("满意", "满意"),
    ("可持续", "效益"),
)  # second levels named like first


def part_of(text: str) -> Part | None:
    """Return what a column of that label holds."""
    bare = label(text)
    if "项目名称" in text and bare and _ALSO_PROJECT.search(text):  # 项目单位（项目名称）
        return Part.PROJECT
    return _part(bare)


@lru_cache(maxsize=8192)
def _part(bare: str) -> Part | None:
    if not bare:
        return None
    whole = re.sub(r"\([^()]*\)", "", bare)  # 评(扣)分标准, 半年(程)指标值
    spelled = (bare,) if whole == bare else (bare, whole)
    found = (part for words in spelled for part, pattern in _PARTS if pattern.fullmatch(words))
    return next(found, None)


_OTHER_TERM = re.compile(
    r"上年|上一?年|前[一二三]?年|去年|往年|历史|基期|[上下前]?半年|中期|实施期|实施周期|长期|总目标|三年|项目期|全周期"
)
_TERM = re.compile(
    rf"(?:{_OTHER_TERM.pattern}|20\d{{2}}年?|年度|全年|当年|本年度?|预计当年)(?:[度末]|平均|实现|目标值?|指标值?|值)*"
)
_PART_OF_YEAR = re.compile(
    r"季度?(?:目标|指标)?值?$|[年月][初中末底]|半年|\d月|^q[1-4]|20\d\d年?", re.I
)
_YEAR_NAMED = re.compile(r"20\d{2}(?=年|$)")
_AREA = re.compile(
    r"(?!.*(?:单位|部门|指标|目标|名称|值))(?:[一-鿿]{1,10}(?:省|市|州|盟|区|县|旗|镇|乡|街道|村|社区|办事处)"
    r"|[省市区县州]?本级|[A-Za-z甲乙丙丁]{1,2}[区县市镇乡村])"
)
_ALL_AREAS = re.compile(r"合计|总计|小计|总体|总量|总数|全(?!年)[一-鿿](?:合计|总计)?|汇总")
_GRADE = re.compile("优秀?|良好?|中等?|差|合格|不合格|及格|不及格|一般|较[好差]")
_PROMISES = re.compile(r"目标|预期|预计|计划|应达|要求|当年|本年")


def of_other_term(text: str) -> bool:
    """Tell whether a heading is of last year, half a year or several years (上年, 中期, 实施期)."""
    return _OTHER_TERM.match(label(text)) is not None


def is_term(text: str) -> bool:
    """Tell whether a heading names a time only: 2024年, 上年, 中期, 年度."""
    return _TERM.fullmatch(label(text)) is not None


def year_of(text: str) -> int | None:
    """Return the year that a heading names: 2024年指标值."""
    found = _YEAR_NAMED.search(label(text))
    return int(found[0]) if found else None


def is_of_years_value(text: str) -> bool:
    """Tell whether a heading is of the year's value and of no part of it: not 一季度目标值."""
    return re.fullmatch(_YEARS_VALUE, label(text)) is not None


def is_area(text: str) -> bool:
    """Tell whether a heading is the name of an area: 某某县, 东街镇, 市本级."""
    named = _AREA.fullmatch(label(text)) is not None and not is_all_areas(text)
    return named and part_of(text) is None


def is_all_areas(text: str) -> bool:
    """Tell whether a heading is that of all areas together: 合计, 全市."""
    return _ALL_AREAS.fullmatch(label(text)) is not None


def is_grade(text: str) -> bool:
    """Tell whether a heading is a grade (优, 良, 中, 差), below which stands what earns it."""
    return _GRADE.fullmatch(label(text)) is not None


def is_area_of_targets(text: str) -> bool:
    """Tell whether a target's heading is of an area, not of a term (中期, 第一季度) or a grade."""
    other = is_grade(text) or is_term(text) or of_other_term(text)
    return not other and _PART_OF_YEAR.search(label(text)) is None


def promises(text: str) -> bool:
    """Tell whether a heading is of what shall be: 应达到标准, 预期."""
    return _PROMISES.search(label(text)) is not None


def names_level(text: str) -> bool:
    """Tell whether a text is the name of a first or second level, numbered or not."""
    return _names_level(label(text))


@lru_cache(maxsize=8192)
def _names_level(bare: str) -> bool:
    each = _BETWEEN_LEVELS.split(bare)  # 产出指标-数量指标 names both
    return len(each) < 3 and all(_FIRST_LEVEL.fullmatch(e) or first_level_of(e) for e in each)


def two_levels(text: str) -> tuple[str, str]:
    """Return the levels that stand in one cell: 产出指标-数量指标; one is the first, as written."""
    levels = _BETWEEN_LEVELS.split(text)
    both = len(levels) == 2 and all(map(names_level, levels))
    return (levels[0], levels[1]) if both else (text, "")


def level_in_front(text: str) -> tuple[str, str]:
    """Return the levels that stand in front of a name: 产出指标-数量指标：宣传场次; else blanks."""
    return levels_and_name(text)[:2]


def levels_and_name(text: str) -> tuple[str, str, str]:
    """Part a name from levels in front of it: 数量指标：改厕, 【产出-数量】改厕, 产出/数量/改厕.

    Blank levels and the whole text where none stand there.
    """
    found = _IN_FRONT.match(squeeze(text)) if _MAY_STAND_IN_FRONT.search(text) else None
    front = found["marked"] or found["front"] or found["chain"] if found else ""
    levels = [level for level in _BETWEEN_LEVELS.split(front) if level]
    if found is None or not 0 < len(levels) < 3 or not all(map(names_level, levels)):
        return "", "", text
    name = found.string[found.end() :]
    if len(levels) == 2:
        return levels[0], levels[1], name
    first = first_level_of(front)
    second = bool(first) and not _FIRST_LEVEL.fullmatch(label(front))
    return (first, front, name) if second else (front, "", name)


def first_level_of(second: str) -> str:
    """Return the first level under which the standard form has a second; empty for another."""
    bare = label(second)
    return next((one for one, pattern in _SECOND_LEVELS if pattern.fullmatch(bare)), "")


def is_first_level(name: str, above: str) -> bool:
    """Tell a first level from a second; cost and satisfaction are both, by what stands above."""
    below = any(inner in name and outer in above for inner, outer in _INSIDE)
    return _FIRST_LEVEL.fullmatch(name) is not None and not below
