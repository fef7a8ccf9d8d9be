"""Values that staff report by hand (人工填报指标值), and the map from indicators to measures."""

from __future__ import annotations

from pathlib import Path

from sample_year.story import ENDS, INSURANCE, PETITION, XUELIANG, ZONGZHI
from sample_year.writing import Value, write_workbook

CORRECTION = "社区矫正稳防线，普法意识入人心"
MEDIATION = "法律援助助人民,人民调解解民忧"
OFFICE = "抓住重点扎实推进司法所规范化建设"
COUNSEL = "法律顾问进社区,服务便民暖人心"
RULES = "扎实推进社区矫正工作规范化"
STABILITY = "做好年度维护社会稳定工作"
VIDEO = "加强“雪亮工程”设备运维管理，提高视频监控实战化应用"
SAFETY = "增强人民群众安全感，提高预防各类风险能力"
NETWORK = "提高政法系统工作效率，实现互联互通"
COVER = "推进社会治安保险工作，实现参保全覆盖"
VISITS = "加大信访政策宣传，切实关心上访群众"
RESOLVE = "信访受理及案件化解"

Count = tuple[int, int]
Said = str | Count | None

# project or None, section or None, indicator: what was reported at each checkpoint; None, nothing
REPORTED: tuple[tuple[str | None, str | None, str, tuple[Said, Said, Said, Said]], ...] = (
    (XUELIANG, None, "网络连通性", ("是", "是", "是", "是")),
    (XUELIANG, None, "维护社会稳定", ("是", "是", "是", "是")),
    (XUELIANG, None, "工作效率不断提高", ("不断提高", "不断提高", "无明显变化", "不断提高")),
    (ZONGZHI, None, "信息采集覆盖率", ((58, 60), (60, 60), (60, 60), (60, 60))),
    (ZONGZHI, None, "账号数量", ("60个", "88个", "172个", "203个")),
    (ZONGZHI, None, "管理人数占比", ((402, 418), (405, 420), (409, 423), (410, 425))),
    (ZONGZHI, None, "参保率", ((391, 418), (400, 420), (405, 423), (408, 425))),
    (INSURANCE, None, "保险赔付率", (None, (14, 14), (26, 27), (41, 41))),
    (INSURANCE, None, "及时赔付", ("是", "是", "否", "是")),
    (INSURANCE, None, "出险服务", ("是", "是", "是", "是")),
    (INSURANCE, None, "自愿选择产品类别", ("是", "是", "是", "是")),
    (None, CORRECTION, "脱漏管", ("0人", "0人", "0人", "0人")),
    (None, CORRECTION, "重新犯罪", ("0人", "0人", "1人", "1人")),
    (None, CORRECTION, "普法工作覆盖率", ((33, 40), (36, 40), (37, 40), (38, 40))),
    (
        None,
        CORRECTION,
        "社区矫正人员达到规范化管理",
        ((96, 96), (101, 101), (104, 104), (103, 103)),
    ),
    (None, OFFICE, "创建规范化司法所", (None, None, "0个", "1个")),
    (None, OFFICE, "规范化司法所", (None, None, None, "达到省级要求标准")),
    (
        None,
        COUNSEL,
        "规定时限完成法律咨询、应诉方服务",
        ((47, 48), (91, 93), (150, 158), (188, 196)),
    ),
    (None, COUNSEL, "审核数量", ("9起", "21起", "46起", "57起")),
    (None, RULES, "脱漏管", ("0人", "0人", "0人", "0人")),
    (None, STABILITY, "当年信访敏感期任务完成率", ((11, 12), (11, 12), (18, 19), (25, 26))),
    (
        None,
        STABILITY,
        "信访敏感时期值班人员到位人数占值班人数百分比",
        ((84, 84), None, (126, 126), (96, 96)),
    ),
    (None, STABILITY, "实际涉法涉诉信访案件发生情况认定", ((6, 6), (13, 13), (21, 21), (25, 25))),
    (None, STABILITY, "根据涉法涉诉信访案件发生情况认定次数", ("1次", "2次", "2次", "4次")),
    (None, STABILITY, "开展涉法涉诉调度会", ("0次", "1次", "2次", "3次")),
    (None, NETWORK, "政法网络覆盖率", ((22, 23), (23, 23), (23, 23), (23, 23))),
    (None, RESOLVE, "信访苗头及隐患排查调处工作排查率", ((31, 31), (58, 58), (97, 99), (121, 121))),
)

# project, section, indicator, measure, and where it cannot be deduced: behaviour, pace
MAPPED: tuple[tuple[str | None, str | None, str, str, str | None, str | None], ...] = (
    (XUELIANG, None, "设备数量", "devices_inspected", "持续", None),
    (XUELIANG, None, "设备完好率", "device_intact_rate", None, None),
    (XUELIANG, None, "设备在线率", "device_online_rate", None, None),
    (XUELIANG, None, "工程质量完好率", "device_foundation_rate", None, None),
    (XUELIANG, None, "群众满意度", "survey_satisfaction_xueliang", None, None),
    (ZONGZHI, None, "矛盾纠纷化解率", "mediation_on_time_resolution", None, None),
    (ZONGZHI, None, "制作宣传品数量", "publicity_materials", "累计", None),
    (ZONGZHI, None, "活动次数", "publicity_activities", "累计", None),
    (ZONGZHI, None, "群众满意度", "survey_satisfaction_zongzhi", None, None),
    (INSURANCE, None, "参保完成率", "insurance_household_rate", "累计", "支出计划"),
    (INSURANCE, None, "保险覆盖率", "insurance_town_rate", "累计", "支出计划"),
    (INSURANCE, None, "宣传次数", "publicity_activities", "累计", None),
    (INSURANCE, None, "投保成本", "insurance_cost_per_household", "成本", None),
    (INSURANCE, None, "政策知晓率", "survey_awareness_insurance", None, None),
    (INSURANCE, None, "群众满意度", "survey_satisfaction_insurance", None, None),
    (PETITION, None, "信访事项按期受理情况", "petition_on_time_acceptance", None, None),
    (PETITION, None, "结案率", "petition_on_time_closing", None, None),
    (PETITION, None, "解决信访事项", "petition_key_resolved", None, None),
    (PETITION, None, "预算执行率", "execution_rate", "累计", "支出计划"),
    (PETITION, None, "按期受理率", "petition_on_time_acceptance", None, None),
    (PETITION, None, "信访群众满意度", "petition_satisfaction", None, None),
    (None, VISITS, "群众上访接待率", "petition_visits_hosted", None, None),
    (None, VISITS, "中央、省、市三级交办信访事项办结率", "petition_superior_closed", None, None),
    (None, VISITS, "区级领导批示信访案件办结率", "petition_leader_closed", None, None),
    (None, VISITS, "网上信访案件办理的及时受理率", "petition_online_acceptance", None, None),
    (None, VISITS, "网上信访案件办理的按期答复率", "petition_online_closing", None, None),
    (None, MEDIATION, "群众对人民调解工作满意度", "mediation_satisfaction", None, None),
    (
        None,
        MEDIATION,
        "案件调解成功数量占案件总数量百分比",
        "mediation_resolution_rate",
        None,
        None,
    ),
    (None, STABILITY, "完成各项防范宣传工作次数", "publicity_prevention", None, None),
    (None, STABILITY, "开展宣传活动的种类", "publicity_forms", None, None),
    (None, STABILITY, "维稳工作人民群众的满意度", "survey_satisfaction_stability", None, None),
    (None, STABILITY, "维稳工作人民群众的知晓率", "survey_awareness_stability", None, None),
    (None, STABILITY, "涉法涉诉人民群众的满意度", "survey_satisfaction_legal", None, None),
    (None, STABILITY, "涉法涉诉人民群众的知晓率", "survey_awareness_legal", None, None),
    (None, VIDEO, "视频监控点位设备在线率", "device_online_rate", None, None),
    (None, SAFETY, "广大群众满意度", "survey_satisfaction_zongzhi", None, None),
    (None, COVER, "治安保险参保率", "insurance_household_rate", "累计", "时间"),
    # how many cases were assessed is in no register and not reported: left uncovered on purpose
)
BY_HAND = {  # behaviour of reported indicators, where it is not that of their value
    "账号数量": "累计",
    "参保率": "累计",
    "普法工作覆盖率": "累计",
    "政法网络覆盖率": "累计",
    "信息采集覆盖率": "累计",
    "创建规范化司法所": "一次性",
    "规范化司法所": "一次性",
}
# of bare values whose names do not tell whether more is good
UPWARD = ("设备数量", "账号数量")


def write_reported(folder: Path) -> None:
    """Write what staff reported at each checkpoint."""
    rows: list[list[Value]] = []
    for position, end in enumerate(ENDS):
        for project, section, indicator, said in REPORTED:
            value = said[position]
            if value is None:
                continue
            counts = value if isinstance(value, tuple) else (None, None)
            text = None if isinstance(value, tuple) else value
            evidence = f"{end.month}月底工作台账（虚构）"
            rows.append(
                [project, section, indicator, end, text, *counts, evidence, "填报员（虚构）"]
            )
    header = [
        "项目名称",
        "分项工作",
        "指标名称",
        "截至日期",
        "完成值",
        "分子",
        "分母",
        "佐证材料",
        "填报人",
    ]
    write_workbook(folder / "人工填报指标值.xlsx", "人工填报指标值", header, rows)


def write_map(folder: Path) -> None:
    """Write the map from indicators to measures."""
    rows: list[list[Value]] = [[*line[:5], None, line[5]] for line in MAPPED]
    for project, section, indicator, _ in REPORTED:
        behaviour = BY_HAND.get(indicator)
        rows.append([project, section, indicator, "reported", behaviour, None, None])
    rows = [[*row, "正向" if row[2] in UPWARD else None, None] for row in rows]
    header = [
        "项目名称",
        "分项工作",
        "指标名称",
        "度量",
        "年内表现",
        "完成期限",
        "进度参照",
        "指标方向",
        "说明",
    ]
    write_workbook(folder / "指标与度量对照表.xlsx", "指标与度量对照表", header, rows)
