"""Indicators in the sentences of departments: what is promised, under its name, no more."""

import pytest

from perf_pipeline.documents.model import Paragraph
from perf_pipeline.documents.prose import read_prose

YEAR = 2024


def found(*sentences: str) -> list[tuple[str, str]]:
    """Read paragraphs and return each indicator's name and value as written."""
    paragraphs = [Paragraph(text, number) for number, text in enumerate(sentences, start=1)]
    return [(each.level3, each.raw_value) for each in read_prose(paragraphs, YEAR)]


PROMISES = {
    "群众对社区矫正工作满意度达95%。": [("群众对社区矫正工作满意度", "达95%")],
    "开展反诈宣传活动的种类≥3种；": [("开展反诈宣传活动的种类", "≥3种")],
    "全面落实帮教责任，确保“零脱漏管”。": [("脱漏管", "零脱漏管")],
    "社区戒毒人员做到零脱失": [("脱失", "零脱失")],
    "确保全年无重大安全事故。": [("重大安全事故", "无重大安全事故")],
    "初次来信来访事项办结率和答复率达到95%以上。": [
        ("初次来信来访事项办结率", "达到95%以上"),
        ("初次来信来访事项答复率", "达到95%以上"),
    ],
    "政务服务事项受理率、办结率分别达到98%、95%。": [
        ("政务服务事项受理率", "达到98%"),
        ("政务服务事项办结率", "95%"),
    ],
    "城区生活垃圾清运率、无害化处理率均达到100%": [
        ("城区生活垃圾清运率", "达到100%"),
        ("城区生活垃圾无害化处理率", "达到100%"),
    ],
    "完成5000亩高标准农田建设，亩均增产不低于50公斤。": [
        ("完成高标准农田建设", "5000亩"),
        ("亩均增产", "不低于50公斤"),
    ],
    "举办电工技能培训10期、800人次。": [
        ("举办电工技能培训", "10期"),
        ("举办电工技能培训", "800人次"),
    ],
    "开展送戏下乡60场，惠及群众3万人次以上": [
        ("开展送戏下乡", "60场"),
        ("惠及群众", "3万人次以上"),
    ],
    "力争将刑事案件发案率控制在3%以内。": [("刑事案件发案率", "控制在3%以内")],
    "三公经费支出控制在12万元以内。": [("三公经费支出", "控制在12万元以内")],
    "粮食播种面积不低于上年。": [("粮食播种面积", "不低于上年")],
    "村集体经营性收入平均增收达到10万元以上": [("村集体经营性收入平均增收", "达到10万元以上")],
    "服务对象诉求3个工作日内答复": [("服务对象诉求答复", "3个工作日内")],
    "PM2.5年均浓度不高于50微克/立方米": [("PM2.5年均浓度", "不高于50微克/立方米")],
    "目标1：造林1.2万亩，其中：森林抚育3000亩": [("造林", "1.2万亩"), ("森林抚育", "3000亩")],
    "孕产妇死亡率不高于12/10万。": [("孕产妇死亡率", "不高于12/10万")],
    "苗木成活率(≥**%)>=85": [("苗木成活率(≥**%)", ">=85%")],
    "单株养护成本≤28.40/株；巡查次数≥3": [("单株养护成本", "≤28.40/株"), ("巡查次数", "≥3")],
    "改造农村户用卫生厕所1,200座。": [("改造农村户用卫生厕所", "1,200座")],
    "绩效目标：6月底前完成危房改造200户。": [("6月底前完成危房改造", "200户")],
    "居民健康素养水平较上年提高２个百分点以上": [("居民健康素养水平", "较上年提高２个百分点以上")],
}

NO_PROMISES = [
    "根据区财政局关于编制绩效目标的通知（区财预〔2024〕12号）要求，编制本目标。",
    "2023年共办理各类案件120件，办结率98%。",
    "截至目前，建成综治中心15个。",
    "我局现有在编人员45人，下设5个科室。",
    "2024年部门预算收入1200万元，其中财政拨款1100万元。",
    "全年安排培训经费30万元。",
    "按照合同约定支付合同总价款的3%。",
    "实行24小时值班制度，2024年10月31日前上报总结。",
    "为16岁以下儿童建立档案。",
    "去年群众满意度为93%。",
    "对全区12个镇街、156个村居开展督导。",
    "实行零距离服务，坚持“零容忍”。",
    "加强第3期工程管理，争创前3名。",
    "落实一个办结时限、一套办理纪要、一个办结报告。",
]


@pytest.mark.parametrize(("sentence", "indicators"), PROMISES.items())
def test_a_promise_is_found_under_its_name(
    sentence: str, indicators: list[tuple[str, str]]
) -> None:
    assert found(sentence) == indicators


@pytest.mark.parametrize("sentence", NO_PROMISES)
def test_what_is_no_promise_is_no_indicator(sentence: str) -> None:
    assert found(sentence) == []


def test_an_indicator_knows_its_section_and_sentence() -> None:
    heading, text = "（二）加强信访工作", "信访事项按期办结率达到98%；来访接待率100%。"
    paragraphs = [Paragraph(heading, 4), Paragraph(text, 5)]
    first, second = read_prose(paragraphs, YEAR)
    assert (first.section, first.evidence, first.where) == (
        "加强信访工作",
        "信访事项按期办结率达到98%",
        "第5段",
    )
    assert (second.level3, second.target.value, second.target.unit) == ("来访接待率", "100", "%")


def test_the_safeguards_hold_no_indicators() -> None:
    assert found("二、分项绩效目标", "三、工作保障措施", "每季度开展绩效监控不少于1次。") == []


def test_a_repeated_promise_stands_once_in_its_section() -> None:
    sentence = "群众满意度达到95%。"
    assert found("（一）综治", sentence, sentence, "（二）信访", sentence) == [
        ("群众满意度", "达到95%"),
        ("群众满意度", "达到95%"),
    ]


def test_numbers_of_a_list_are_no_figures_of_its_goals() -> None:
    counted = ("4.2024年底前完成改造450户。", "5、巡查1.5万次；", "6.100%完成古树建档。")
    names = ["2024年底前完成改造", "巡查", "完成古树建档"]
    assert found("(3)造林2万亩", *counted)[1:] == [
        *zip(names, ["450户", "1.5万次", "100%"], strict=True)
    ]
    assert found("1.2万亩草原得到修复。", "2.造林3亩")[0][1] == "2万亩"
    assert found("1.2万亩草原得到修复。", "造林3亩")[0][1] == "1.2万亩"


def test_blanks_part_no_value_from_its_bound() -> None:
    assert found("全年完成造林 1.5万亩 以上") == [("全年完成造林", "1.5万亩以上")]


def test_a_numbered_goal_that_ends_with_words_is_no_heading() -> None:
    said = found("（一）实施3大工程", "1.完成5000亩高标准农田建设", "（2）新建村史馆3个并开放")
    assert said == [("完成高标准农田建设", "5000亩"), ("新建村史馆并开放", "3个")]
