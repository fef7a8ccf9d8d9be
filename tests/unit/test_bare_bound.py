"""A bare value is a floor or a ceiling only where its name, unit or level surely says so."""

from fractions import Fraction

import pytest

from perf_pipeline.domain.bare_bound import bound_of_bare
from perf_pipeline.domain.target import Operator

GE, LE, EQ = Operator.GE, Operator.LE, Operator.EQ
OUTPUT = "产出指标数量指标"


@pytest.mark.parametrize(
    ("name", "unit", "value", "bound"),
    [
        ("游客增长率", "%", 8, GE),
        ("抽检率", "%", 5, GE),
        ("新技术覆盖率", "%", 15, GE),
        ("验收合格率", "%", 95, GE),
        ("差错率", "%", 1, LE),
        ("行政复议纠错率", "%", 10, EQ),
        ("撤稿率", "%", 2, EQ),
        ("床位周转缺口率", "%", 5, EQ),
        ("巡查次数", "次", 5, GE),
        ("安全事故", "起", 0, LE),
        ("某项率", "%", 0, LE),
    ],
)
def test_a_small_bare_share_is_asked_about(
    name: str, unit: str, value: int, bound: Operator
) -> None:
    assert bound_of_bare(unit, name, "产出指标", Fraction(value)) is bound


@pytest.mark.parametrize(
    ("name", "unit", "level", "bound"),
    [
        ("住院患者跌倒发生率", "%", "效益指标", EQ),
        ("剖宫产率", "%", "产出指标质量指标", EQ),
        ("高危漏洞数", "个", "产出指标数量指标", EQ),
        ("漏洞修复率", "%", "产出指标质量指标", GE),
        ("馆藏损坏册数", "册", "产出指标数量指标", EQ),
        ("图书修复册数", "册", "", GE),
        ("帮扶失业人数", "人", "产出指标数量指标", EQ),
        ("案件起数", "起", "产出指标数量指标", EQ),
        ("中心数", "个", "产出指标数量指标", EQ),
        ("中心数", "个", "效益指标", EQ),
        ("投诉处理率", "%", "", GE),
        ("投诉增长率", "%", "", LE),
        ("处理差错率", "%", "", LE),
        ("网页加载时间", "秒", "", LE),
        ("库存周转天数", "天", "", EQ),
        ("病床使用率", "%", "", GE),
        ("培训脱岗率", "%", "产出指标质量指标", EQ),
        ("耗材收入占比", "%", "效益指标", EQ),
        ("抢修台次", "台次", "产出指标数量指标", GE),
        ("台区跳闸次数", "次", "产出指标数量指标", EQ),
        ("仪器跑偏台次", "台次", "产出指标数量指标", EQ),
        ("管网渗水处数", "处", "产出指标数量指标", EQ),
        ("管网渗水修复处数", "处", "产出指标数量指标", GE),
        ("科普活动次数", "次", "产出指标数量指标", GE),
        ("学生作弊人数", "人", "产出指标数量指标", EQ),
        ("烂尾楼栋数", "栋", "产出指标数量指标", EQ),
    ],
)
def test_the_last_telling_word_of_a_name_decides(
    name: str, unit: str, level: str, bound: Operator
) -> None:
    assert bound_of_bare(unit, name, level, Fraction(40)) is bound


@pytest.mark.parametrize(
    ("unit", "name", "raw", "bound"),
    [
        ("件", "投诉件数", "减少30件", GE),
        ("万元", "公用经费", "压减20万元", GE),
        ("个工作日", "办理时限", "缩短3个工作日", GE),
        ("件", "投诉件数", "10件（较上年减少5件）", EQ),
        ("%", "投诉量", "10%（较上年下降）", EQ),
        ("人", "教师跳槽人数", "30人（新增培训）", EQ),
        ("台", "升降机采购成本", "升降机30台", LE),
    ],
)
def test_a_fall_is_promised_by_the_value_not_by_a_note_beside_it(
    unit: str, name: str, raw: str, bound: Operator
) -> None:
    assert bound_of_bare(unit, name, "", Fraction(30), raw) is bound


def test_a_promised_fall_is_reached_by_falling_further() -> None:
    assert bound_of_bare("%", "投诉量", "", Fraction(10), "下降10%") is GE
    assert bound_of_bare("%", "投诉量", "", Fraction(10), "10%") is LE


def test_no_unit_and_no_level_makes_a_floor_of_what_no_word_says_is_good() -> None:
    names = """
        教师跳槽人数 食品抽检阳性数 二审改判件数 空置公房间数 道路坑洼处数 进京访人次
        物业矛盾纠纷升级件数 采购流标次数 检查问题单位数 考核末位单位数 就业困难人数
        验收整改项目数 未就业毕业生数 违规发放补贴金额 组织活动取消场次 超期办结件数
        骗取补贴户数 截留补助资金 超范围发放金额 培训缺勤人数 建设项目停工数
        培育企业退库家数 体检异常人数 新增积水点数 新增患者数 减少服务网点数 教师跳槽增长率
        服务掉线次数 网络运行宕机台数 供水管网爆管次数 监测点离线数 维修返修台数 维修渗水间数
        服务溺水人员数 锅炉带病运行台数 采购举报件数 超载运输车次 建设占地亩数
        服务过期药品数 故障设备数量
        停止服务次数 整改反弹处数 户籍人口数 在册车辆数 编制数 结婚登记对数
    """
    taken = [n for n in names.split() if bound_of_bare("个", n, OUTPUT, Fraction(9)) is GE]
    assert taken == []


def test_what_is_made_mended_or_brought_down_is_a_floor() -> None:
    names = """
        新增停车泊位数 惠企企业数 开展法律援助案件数 危房改造竣工户数 减少投诉件数
        年减少碳排放量 违规查处件数 投诉办结件数 审计报告数量 培训骨干人数 失业保险参保人数
        舆情监测次数 会议压减次数 图书册数 设备台套数 养老床位数 仪器采购数量 食品检验批次
        安全生产检查企业家数 超限超载检测车次 孕妇产检人数
    """
    assert [n for n in names.split() if bound_of_bare("个", n, "", Fraction(9)) is not GE] == []


def test_less_of_what_may_be_good_is_asked_about() -> None:
    names = """
        减少湿地面积 压缩体育课时 降低绿地率 缩减公园绿地面积 减少耕地 削减病床数 减少停车位
        减少公交班次 缩减服务网点 减少学位数 降低森林覆盖率 压减编制人员 裁撤教学点 关闭服务窗口
        减少义务教育学位 降低居民参保覆盖率
    """
    assert [n for n in names.split() if bound_of_bare("%", n, "", Fraction(9)) is not EQ] == []
    of_these = """
        减少水土流失面积 降低火灾受害率 减少占道经营 压缩审批时限 降低物流成本 减少农药用量
        减少粮食损失 降低企业融资成本 压减公务接待费
    """
    assert [n for n in of_these.split() if bound_of_bare("%", n, "", Fraction(9)) is not GE] == []
    fallen = ("粮食产量", "森林覆盖率", "耕地面积", "群众满意度")
    assert {bound_of_bare("%", n, "", Fraction(9), "下降9%") for n in fallen} == {EQ}
    assert bound_of_bare("%", "投诉下降率", "", Fraction(9), "下降9%") is GE


def test_what_is_laid_down_for_each_pupil_is_no_ceiling() -> None:
    assert bound_of_bare("元/人", "生均公用经费", OUTPUT, Fraction(1150)) is EQ
    assert bound_of_bare("元/人", "生均培养成本", OUTPUT, Fraction(1150)) is LE
    cost = "成本指标经济成本指标"
    for name in ("生均公用经费标准", "每床位补助", "困难群众救助标准"):
        assert bound_of_bare("元", name, cost, Fraction(800)) is EQ
    assert bound_of_bare("元", "宣传费用", cost, Fraction(800)) is LE


def test_a_service_that_stops_is_not_given() -> None:
    assert bound_of_bare("小时/件", "许可办理时间", OUTPUT, Fraction(9)) is EQ
    assert bound_of_bare("小时/周", "场馆开放时间", OUTPUT, Fraction(9)) is GE
    assert bound_of_bare("小时", "停止服务时间", OUTPUT, Fraction(9)) is EQ
    assert bound_of_bare("小时", "便民服务时间", OUTPUT, Fraction(9)) is GE
