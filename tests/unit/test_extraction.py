"""The shipped document, as Word, workbook and text: every project, plan, budget, indicator."""

from pathlib import Path
from typing import Any

import pytest
from docx import Document

from perf_pipeline.documents.as_json import to_json_dict
from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.errors import LayoutError, UnreadableFileError
from tests.year import DATA

UNMEASURABLE = "target_unmeasurable"  # of the line about petitions
NAME = "2024年部门整体绩效目标"
WORD = DATA / "2024/gaoxin-zhengfawei/targets" / f"{NAME}.docx"
TEXT = DATA / "renditions" / f"{NAME}.txt"
BOOK = DATA / "renditions" / f"{NAME}.xlsx"

INDICATORS = {
    "雪亮工程二期尾款及维修保养项目": [
        ("产出指标", "数量指标", "设备数量", "343个"),
        ("产出指标", "质量指标", "设备完好率", "≥95%"),
        ("产出指标", "时效指标", "设备在线率", "≥95%"),
        ("产出指标", "成本指标", "工程质量完好率", "≥95%"),
        ("产出指标", "质量指标", "网络连通性", "是"),
        ("效果指标", "社会效益指标", "维护社会稳定", "是"),
        ("效果指标", "可持续影响指标", "工作效率不断提高", "不断提高"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
    ],
    "综治重点工作经费": [
        ("产出指标", "质量指标", "信息采集覆盖率", "100%"),
        ("产出指标", "质量指标", "矛盾纠纷化解率", "100%"),
        ("产出指标", "数量指标", "账号数量", "200个"),
        ("产出指标", "数量指标", "制作宣传品数量", "≥50000张/册"),
        ("产出指标", "时效指标", "活动次数", "≥3次"),
        ("产出指标", "成本指标", "管理人数占比", "≥95%"),
        ("效果指标", "可持续影响指标", "参保率", "≥95%"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥85%"),
    ],
    "社会治安保险": [
        ("产出指标", "质量指标", "参保完成率", "≥95%"),
        ("产出指标", "质量指标", "保险覆盖率", "100%"),
        ("产出指标", "质量指标", "保险赔付率", "100%"),
        ("产出指标", "数量指标", "宣传次数", "≥3次"),
        ("产出指标", "成本指标", "投保成本", "10元/户"),
        ("产出指标", "时效指标", "及时赔付", "是"),
        ("效果指标", "社会效益", "政策知晓率", "≥90%"),
        ("效果指标", "社会效益", "出险服务", "是"),
        ("效果指标", "可持续影响指标", "自愿选择产品类别", "是"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
    ],
    "信访维稳经费": [
        ("产出指标", "数量指标", "信访事项按期受理情况", "≥90%"),
        ("产出指标", "质量指标", "结案率", "≥80%"),
        ("产出指标", "时效指标", "解决信访事项", "≥80%"),
        ("产出指标", "成本指标", "预算执行率", "≥95%"),
        ("效果指标", "社会效益指标", "按期受理率", "≥90%"),
        ("满意度指标", "服务对象满意度指标", "信访群众满意度", "≥85%"),
    ],
}
PLANS = {
    "雪亮工程二期尾款及维修保养项目": ["0.00", "0.00", "1.00", "1.00"],
    "综治重点工作经费": ["0.30", "0.70", "0.90", "1.00"],
    "社会治安保险": ["0.00", "1.00", "1.00", "1.00"],
    "信访维稳经费": ["0.20", "0.50", "0.80", "1.00"],
}
STABILITY = "做好年度维护社会稳定工作"
DEPARTMENT = [
    ("加大信访政策宣传，切实关心上访群众", "群众上访接待率", "达到100%"),
    ("加大信访政策宣传，切实关心上访群众", "中央、省、市三级交办信访事项办结率", "达到100%"),
    ("加大信访政策宣传，切实关心上访群众", "区级领导批示信访案件办结率", "达到100%"),
    ("加大信访政策宣传，切实关心上访群众", "网上信访案件办理的及时受理率", "达到95%以上"),
    ("加大信访政策宣传，切实关心上访群众", "网上信访案件办理的按期答复率", "达到95%以上"),
    ("社区矫正稳防线，普法意识入人心", "脱漏管", "零脱漏管"),
    ("社区矫正稳防线，普法意识入人心", "重新犯罪", "无重新犯罪"),
    ("社区矫正稳防线，普法意识入人心", "普法工作覆盖率", "达到90%"),
    ("社区矫正稳防线，普法意识入人心", "社区矫正人员达到规范化管理", "达到100%"),
    ("法律援助助人民,人民调解解民忧", "群众对人民调解工作满意度", "达95%"),
    ("法律援助助人民,人民调解解民忧", "案件调解成功数量占案件总数量百分比", "达到95%"),
    ("抓住重点扎实推进司法所规范化建设", "创建规范化司法所", "1个"),
    ("抓住重点扎实推进司法所规范化建设", "规范化司法所", "达到省级要求标准"),
    ("法律顾问进社区,服务便民暖人心", "规定时限完成法律咨询、应诉方服务", "达到95%"),
    ("法律顾问进社区,服务便民暖人心", "审核数量", "达到50起"),
    ("扎实推进社区矫正工作规范化", "脱漏管", "0脱漏管"),
    (STABILITY, "当年信访敏感期任务完成率", "≥90%"),
    (STABILITY, "完成各项防范宣传工作次数", "≥3种"),
    (STABILITY, "信访敏感时期值班人员到位人数占值班人数百分比", "达100%"),
    (STABILITY, "开展宣传活动的种类", "≥2种"),
    (STABILITY, "维稳工作人民群众的满意度", "≥90%"),
    (STABILITY, "维稳工作人民群众的知晓率", "≥90%"),
    (STABILITY, "实际涉法涉诉信访案件发生情况及时进行评查", "≥98%"),
    (STABILITY, "实际涉法涉诉信访案件发生情况认定", "达100%"),
    (STABILITY, "根据涉法涉诉信访案件发生情况认定次数", "≥3次"),
    (STABILITY, "开展涉法涉诉调度会", "≥2次"),
    (STABILITY, "涉法涉诉人民群众的满意度", "≥90%"),
    (STABILITY, "涉法涉诉人民群众的知晓率", "≥90%"),
    (
        "加强“雪亮工程”设备运维管理，提高视频监控实战化应用",
        "视频监控点位设备在线率",
        "需达到95%以上",
    ),
    ("增强人民群众安全感，提高预防各类风险能力", "广大群众满意度", "达90%以上"),
    ("提高政法系统工作效率，实现互联互通", "政法网络覆盖率", "达到100%"),
    ("推进社会治安保险工作，实现参保全覆盖", "治安保险参保率", "达到100%"),
    ("信访受理及案件化解", "信访苗头及隐患排查调处工作排查率", "100%"),
]


@pytest.fixture(params=[WORD, TEXT, BOOK], ids=["word", "text", "workbook"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return to_json_dict(extract_document(request.param))


def test_the_head_names_department_year_and_title(document: dict[str, Any]) -> None:
    head = document["document"]
    assert (head["department"], head["fiscal_year"], head["title"]) == ("高新区政法委", 2024, NAME)
    assert len(head["sha256"]) == 64
    assert "演示" in head["notice"]


def test_all_thirty_two_indicators_are_read_with_their_levels(document: dict[str, Any]) -> None:
    levels = ("level1", "level2", "level3", "raw_value")
    read = {
        project["name"]: [tuple(i[level] for level in levels) for i in project["indicators"]]
        for project in document["projects"]
    }
    assert read == INDICATORS


def test_plans_budget_and_codes_are_read(document: dict[str, Any]) -> None:
    plans = {
        project["name"]: [point["share"] for point in project["spending_plan"]]
        for project in document["projects"]
    }
    assert plans == PLANS
    months = [point["month"] for point in document["projects"][0]["spending_plan"]]
    assert months == [3, 6, 10, 12]
    budgets = {project["name"]: project["budget"] for project in document["projects"]}
    assert budgets.pop("信访维稳经费") == {
        "total_fen": 80_000_000,
        "fiscal_fen": 80_000_000,
        "other_fen": None,
    }
    assert set(budgets.values()) == {None}
    assert [project["code"] for project in document["projects"]] == [None, None, None, "2010308"]
    assert document["projects"][3]["objectives"][1] == "做好信访活动的宣传工作。"


def test_the_departments_indicators_are_read_from_its_sentences(document: dict[str, Any]) -> None:
    read = [(i["section"], i["name"], i["raw_value"]) for i in document["department_indicators"]]
    assert read == DEPARTMENT
    assert all(i["raw_value"] in i["evidence"] for i in document["department_indicators"])


def test_nothing_in_it_is_left_unread_but_a_promise_that_cannot_be_measured(
    document: dict[str, Any],
) -> None:
    (said,) = document["findings"]
    assert said["code"] == UNMEASURABLE
    assert "力求辖区内没有大规模群体性上访" in said["message"]


def without_places(document: dict[str, Any]) -> Any:
    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(each) for key, each in value.items() if not key.endswith("where")}
        return [strip(each) for each in value] if isinstance(value, list) else value

    return strip({key: document[key] for key in ("projects", "department_indicators")})


def test_word_workbook_and_text_say_the_same() -> None:
    word, book, text = (to_json_dict(extract_document(path)) for path in (WORD, BOOK, TEXT))
    assert without_places(word) == without_places(text)
    assert without_places(word) == without_places(book)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04 truncated"),
        ("a.docx", b""),
        ("a.txt", b"\x00\x01\x02"),
        ("a.doc", b"\xd0\xcf\x11\xe0"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=name):
        extract_document(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="打不开"):
        extract_document(tmp_path / "no.docx")


def test_a_document_without_targets_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "信.docx"
    document = Document()
    document.add_paragraph("关于开会的通知")
    document.save(str(letter))
    with pytest.raises(LayoutError, match="既没有项目绩效目标表"):
        extract_document(letter)
    empty = tmp_path / "空.txt"
    empty.write_text("2024年部门整体绩效目标\n", "utf-8")
    with pytest.raises(LayoutError, match="既没有项目绩效目标表"):
        extract_document(empty)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("\t70%", "\t20%", None),  # read as written; judged by the review
        ("\t100%\n\n\t绩效\n", "\t95%\n\n\t绩效\n", None),
        ("\t10月底", "\t13月底", "checkpoint_unreadable"),
        ("\t30%", "\t三成", "share_unreadable"),
        ("\t80万\n", "\t八十\n", "amount_unreadable"),
    ],
)
def test_a_fault_in_a_form_is_a_finding_and_the_rest_is_read(
    tmp_path: Path, before: str, after: str, code: str | None
) -> None:
    path = tmp_path / "有误.txt"
    text = TEXT.read_text("utf-8")
    path.write_text(text.replace(before, after), "utf-8")
    read = to_json_dict(extract_document(path))
    assert len(read["projects"]) == 4
    found = {finding["code"] for finding in read["findings"]}
    assert found == {UNMEASURABLE, *([code] if code else [])}
