"""Indicators as public bodies published them: sound ones raise no finding.

Names, levels and values are facts from the pages named; each was looked at as a clerk would.
"""

from dataclasses import replace

import pytest

from perf_pipeline.documents.review.review import review_document
from tests.clean_document import CLEAN, LIBRARY, ROADS, indicator

SOUND = {
    "qingshan.gov.cn 2021-01-05 农村义务教育薄弱学校改造补助资金": [
        ("数量指标", "农村义务教育学校改造覆盖率", "100%"),
        ("质量指标", "校舍维修改造质量合格率", "100%"),
        ("质量指标", "购置设施设备质量合格率", "100%"),
        ("时效指标", "预算资金当年下达率", "100%"),
        ("时效指标", "项目按计划完成率", "100%"),
        ("成本指标", "建设项目成本控制率", "100%"),
        ("满意度指标", "学生家长满意度", "≥90%"),
        ("满意度指标", "学校满意度", "≥90%"),
    ],
    "chacewang.com 中江县水利局 2022 农业水价综合改革": [
        ("数量指标", "安装坡面水标尺", "≥266米"),
        ("数量指标", "水标尺宽度", "≥50厘米"),
        ("质量指标", "项目(工程)验收合格率", "100%"),
        ("时效指标", "及时(按期)开工率", "≥90%"),
        ("时效指标", "及时(按期)完工率", "≥90%"),
        ("成本指标", "项目计划总投资", "20万元"),
        ("社会效益指标", "受益脱贫(含监测对象)户人口数", "≥1000人"),
    ],
    "gxs.wuhai.gov.cn 2022-09-12 再生资源回收市场管理经费": [
        ("数量指标", "出差人次", "24人/次"),
        ("质量指标", "工作任务完成率", "100%"),
        ("时效指标", "财政资金到位及时支付率", "100%"),
        ("成本指标", "出差总成本", "1万元"),
        ("成本指标", "劳务人员总成本", "2万元"),
    ],
    "dyrmt.com 132779 自评表": [
        ("数量指标", "足额保障率", "=100%"),
        ("数量指标", "科目调整次数", "≤10次"),
        ("时效指标", "按时发放率", "=100%"),
        ("经济效益指标", "结余率(计算方法为:结余数/预算数)", "≤5%"),
    ],
    "desk33.com 245426 鄂州市2022年市直部门预算项目": [
        ("数量指标", "办公大楼日常维修维护次数", "2280次"),
        ("数量指标", "大楼安检巡察次数", "200次"),
        ("质量指标", "经常性大型设备更新验收合格率", "≥92%"),
        ("成本指标", "成本控制率", "不超预算"),
    ],
    "anthempetcare.com 池州市贵池区棠溪镇 2022 委托业务": [
        ("数量指标", "基建工程委托业务项目数量", "≥50个"),
        ("时效指标", "提交报告及时性", "在项目计划完成时间内完成"),
        ("成本指标", "项目总成本", "≤90万元"),
        ("成本指标", "单项业务成本", "符合相关规定"),
    ],
    "xtcg.xiangtan.gov.cn 2023-10-13 雾炮车降尘抑尘服务": [
        ("数量指标", "雾炮车降尘抑尘服务配备车辆数", "10辆"),
        ("数量指标", "雾炮车风炮射程", "≥80M"),
        ("质量指标", "服务周期内空气质量", "优良"),
        ("满意度指标", "市民满意度", "≥90%"),
    ],
    "ningjin.gov.cn 2020-12-02 高中助学金": [
        ("数量指标", "享受资助人数", "2100人"),
        ("质量指标", "建档立卡学生全面覆盖", "100%"),
        ("时效指标", "及时发放率", "100%"),
        ("成本指标", "资助标准达标率", "100%"),
    ],
    "clix4bitcoin.com 方法研究 表1 通用共性指标库示例": [
        ("数量指标", "会议通过议题、提案、文件等数量", "≥6件"),
        ("质量指标", "购置设备的验收通过率", "≥98%"),
        ("质量指标", "培训出勤率", "≥95%"),
        ("时效指标", "采购计划完成时间", "10月底前"),
        ("时效指标", "按时完成率", "≥95%"),
        ("成本指标", "人均培训成本", "≤400元"),
        ("成本指标", "政府采购节支率", "≥3%"),
        ("社会效益指标", "研究性成果被引用次数", "≥5次"),
        ("社会效益指标", "研究性成果应用率", "≥60%"),
    ],
}
FAULTY = [
    ("ningjin", "质量指标", "资助对象满意度", "95%以上", "misfiled"),
    ("xtcg", "社会效益指标", "市民对空气质量改善的满意程度", "≥85%", "misfiled"),
    ("anthempetcare", "社会效益指标", "维护市场公平", "效果明显", "target_unmeasurable"),
    ("chacewang", "社会效益指标", "生产生活条件改善", "显著提升", "target_unmeasurable"),
    ("qingshan", "数量指标", "重点建设工程安排数量", "2", "value_without_unit"),
    ("ningjin", "数量指标", "资金支出率", "95%", "execution_as_indicator"),
]


def codes(*lines: tuple[str, str, str]) -> list[str]:
    """Review the lines as one more set of indicators in a document with nothing wrong."""
    added = tuple(
        indicator(f"{_first(level2)}/{level2}", name, raw, row)
        for row, (level2, name, raw) in enumerate(lines, start=40)
    )
    kept = tuple(each for each in LIBRARY.indicators)
    project = replace(LIBRARY, indicators=(*kept, *added))
    return [f.code for f in review_document(replace(CLEAN, projects=(ROADS, project)))]


def _first(level2: str) -> str:
    outputs = ("数量指标", "质量指标", "时效指标", "成本指标")
    return "产出指标" if level2 in outputs else level2 if "满意" in level2 else "效益指标"


@pytest.mark.parametrize("source", SOUND)
def test_sound_indicators_raise_no_finding(source: str) -> None:
    assert codes(*SOUND[source]) == []


@pytest.mark.parametrize(("source", "level2", "name", "raw", "code"), FAULTY)
def test_what_a_clerk_would_send_back_is_found(
    source: str, level2: str, name: str, raw: str, code: str
) -> None:
    assert codes((level2, name, raw)) == [code]
