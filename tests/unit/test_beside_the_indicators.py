"""What stands below, beside or instead of a table of indicators is no indicator, and is told."""

import struct
import zlib
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Cm
from openpyxl import Workbook

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.prose import is_row
from tests.grids import MAKERS

HEAD = "项目名称|河道清淤|<|<|<\n绩效指标|一级指标|二级指标|三级指标|指标值\n"
BODY = "^|产出指标|数量指标|清淤长度|≥12公里\n^|效益指标|生态效益指标|水质达标率|≥90%\n"
SAID = [("清淤长度", "≥12公里"), ("水质达标率", "≥90%")]
BELOW = [
    "支出明细|名称|数量|单价（元）|金额（万元）\n^|挖机台班|180台班|1200|21.6",
    "项目组成员|姓名|职务|分工|联系电话\n^|王某|科长|负责全面|13900000000",
    "分季度工作安排|时间|工作内容|完成比例|资金支出计划\n^|第一季度|完成招标|10%|5%",
    "风险分析|风险点|发生可能性|防控措施|责任科室\n汛期风险|汛期停工|较大|提前施工|工程科",
    "分年度资金（万元）|2022年|2023年|2024年|合计\n财政资金|100|200|150|450",
]


def read(tmp_path: Path, drawing: str, suffix: str = ".html") -> list[tuple[str, str]]:
    parts = ("项目支出绩效目标表（2024年度）", *drawing.split("\n\n"))
    document = extract_document(MAKERS[suffix](tmp_path / f"表{suffix}", *parts))
    return [(i.level3, i.raw_value) for p in document.projects for i in p.indicators]


@pytest.mark.parametrize("suffix", [".html", ".txt"])
@pytest.mark.parametrize("below", BELOW)
def test_another_table_below_the_indicators_gives_none(
    tmp_path: Path, below: str, suffix: str
) -> None:
    assert read(tmp_path, HEAD + BODY + below, suffix) == SAID
    bare = HEAD.replace("绩效指标|", "") + BODY.replace("^|", "")
    assert read(tmp_path, bare.replace("河道清淤|<|<|<", "河道清淤|<|<") + below, suffix) == SAID


THIRD = (
    "项目名称|桥梁检测|<|<",
    "一级指标|二级指标|三级指标|指标值",
    "产出指标|数量指标|检测|≥3座",
)
UNHEADED = [
    "设备清单|显微镜|XSP-2CA|30台\n^|离心机|TD5A|4台",
    "经费测算|授课费|12场次|3.6万元\n经费测算|食宿费|260人|7.8万元",
    "人员分工|组长|负责统筹|1人",
    "进度安排|一季度|清淤3公里|25%\n进度安排|二季度|清淤6公里|50%",
]


@pytest.mark.parametrize("below", UNHEADED)
def test_rows_of_another_table_without_a_heading_are_told(tmp_path: Path, below: str) -> None:
    bare = HEAD.replace("绩效指标|", "") + BODY.replace("^|", "")
    assert read(tmp_path, bare.replace("|<|<|<", "|<|<") + below) == SAID
    own = "履职效果|公众评价|清淤知晓率|≥95%"
    assert read(tmp_path, bare.replace("|<|<|<", "|<|<") + own) == [*SAID, ("清淤知晓率", "≥95%")]


def test_a_row_without_cells_is_no_fault(tmp_path: Path) -> None:
    drawing = "<|<\n清淤长度|≥12公里\n水质达标率|≥90%"
    assert read(tmp_path, drawing) == SAID


def test_levels_of_an_office_s_own_are_no_other_table(tmp_path: Path) -> None:
    body = "^|履职效能|档案接收|接收内容说明|完整准确\n^|社会效应|公众评价|查档登记名称|100%"
    assert read(tmp_path, HEAD + body) == [("接收内容说明", "完整准确"), ("查档登记名称", "100%")]


def test_forms_side_by_side_are_each_its_own_or_told(tmp_path: Path) -> None:
    heads = "一级指标|二级指标|三级指标|指标值"
    body = f"{heads}|{heads}\n产出指标|数量指标|维护路灯|≥8盏|产出指标|数量指标|管养公园|≥2公顷"
    named = "项目名称|路灯维护|<|<|项目名称|公园管养|<|<\n"
    more = [f"{line}|{own}" for line, own in zip((named + body).split("\n"), THIRD, strict=True)]
    path = MAKERS[".html"](tmp_path / "表.html", "2024年项目支出绩效目标表", "\n".join(more))
    assert [p.name for p in extract_document(path).projects] == ["路灯维护", "公园管养", "桥梁检测"]
    path = MAKERS[".html"](tmp_path / "表.html", "2024年项目支出绩效目标表", named + body)
    found = {p.name: [i.raw_value for i in p.indicators] for p in extract_document(path).projects}
    assert found == {"路灯维护": ["≥8盏"], "公园管养": ["≥2公顷"]}
    unnamed = "路灯维护|<|<|<|公园管养|<|<|<\n"
    path = MAKERS[".html"](tmp_path / "表.html", "2024年项目支出绩效目标表", unnamed + body)
    document = extract_document(path)
    assert document.rows.not_understood == 1
    assert not any(project.indicators for project in document.projects)


@pytest.mark.parametrize("suffix", [".html", ".xlsx"])
def test_a_continued_table_carries_on(tmp_path: Path, suffix: str) -> None:
    more = "项目支出绩效目标表（续）|<|<|<|<\n绩效指标|一级指标|二级指标|三级指标|指标值\n"
    drawing = f"{HEAD}{BODY}\n{more}^|||岸线绿化率|≥85%"
    assert read(tmp_path, drawing, suffix) == [*SAID, ("岸线绿化率", "≥85%")]


@pytest.mark.parametrize(
    "heads",
    [
        ("第一季度目标值", "第二季度目标值"),
        ("上半年目标值", "下半年目标值"),
        ("第一阶段目标值", "第二阶段目标值"),
        ("6月底指标值", "12月底指标值"),
        ("一科目标值", "二科目标值"),
        ("试点期目标值", "推广期目标值"),
    ],
)
def test_parts_of_the_year_are_none_of_them_the_year_s(
    tmp_path: Path, heads: tuple[str, str]
) -> None:
    body = "产出指标|数量指标|接入车场|60个|140个\n^|质量指标|及时率|≥90%|≥95%"
    drawing = f"一级指标|二级指标|三级指标|{'|'.join(heads)}\n{body}"
    path = MAKERS[".html"](tmp_path / "表.html", "2024年项目支出绩效目标表", drawing)
    document = extract_document(path)
    assert document.rows.not_understood == 2
    assert not any(project.indicators for project in document.projects)
    year = drawing.replace(heads[1], "年度目标值")
    assert read(tmp_path, year) == [("接入车场", "140个"), ("及时率", "≥95%")]


@pytest.mark.parametrize(
    "row",
    [
        "产出指标 数量指标 修路长度 ≥12公里 10",
        "产出指标数量指标修路长度≥12公里10质量指标验收合格率100%20",
        "培训人次 280人次 300人次",
        "培训人次     按计划    ≥300人次",
        "1-1 两所完成 按照工期计划 按时完成率 100% 按照项目进程",
    ],
)
def test_rows_whose_lines_are_lost_are_no_sentences(tmp_path: Path, row: str) -> None:
    path = tmp_path / "目标.txt"
    path.write_text(f"2024年部门绩效目标\n一、绩效目标\n群众满意度达到95%。\n{row}\n", "utf-8")
    document = extract_document(path)
    assert [i.level3 for i in document.department_indicators] == ["群众满意度"]
    assert "form_unread" in {each.code for each in document.findings}


@pytest.mark.parametrize(
    "text", ["开展宣传活动 12 场次", "城镇新增就业 ≥4200人", "数量指标:种植 17600株;成活率>=85"]
)
def test_sentences_with_blanks_are_no_rows(text: str) -> None:
    assert not is_row(text)


@pytest.mark.parametrize("number", ["{}.", "（{}）", "{}、"])
def test_numbered_goals_with_values_are_read(tmp_path: Path, number: str) -> None:
    goals = ("城镇新增就业≥4200人", "职业培训3000人次")
    lines = [number.format(n) + goal for n, goal in enumerate(goals, 1)]
    path = tmp_path / "目标.txt"
    path.write_text("\n".join(["2024年部门绩效目标", "一、绩效目标", *lines]), "utf-8")
    found = extract_document(path).department_indicators
    said = [("城镇新增就业", "≥4200人"), ("职业培训", "3000人次")]
    assert [(i.level3, i.raw_value) for i in found] == said


@pytest.mark.parametrize(("width", "told"), [(15, True), (4, False)])
def test_a_table_in_a_picture_is_told_and_a_seal_is_not(
    tmp_path: Path, width: int, told: bool
) -> None:
    path = MAKERS[".docx"](tmp_path / "表.docx", "2024年项目支出绩效目标表", HEAD + BODY)
    word = Document(str(path))
    (tmp_path / "图.png").write_bytes(_blank_picture())
    word.add_picture(str(tmp_path / "图.png"), Cm(width), Cm(4))
    word.save(str(path))
    codes = {each.code for each in extract_document(path).findings}
    assert ("picture_unread" in codes) is told


def _blank_picture() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 72)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


OTHERS = [
    "费用构成|占比|金额\n人工费|60%|6万元\n车辆费|40%|4万元",
    "进度安排|完成时间|责任人\n资料收集|3月底|张某\n成果上报|12月20日|李某",
    "品名|规格|数量|金额\n交互平板|86英寸|36台|72万元\n交换机|24口|12台|6万元",
]


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".txt"])
@pytest.mark.parametrize("below", OTHERS)
def test_a_table_of_money_dates_or_goods_below_gives_neither_rows_nor_money(
    tmp_path: Path, below: str, suffix: str
) -> None:
    form = "指标名称|目标值|备注\n巡查次数|120次|\n整改率|95%|\n"
    parts = ("2024年度绩效目标", form + below)
    document = extract_document(MAKERS[suffix](tmp_path / f"表{suffix}", *parts))
    assert [i.level3 for p in document.projects for i in p.indicators] == ["巡查次数", "整改率"]
    assert document.rows.not_understood == 0
    assert document.projects[0].budget is None


def test_a_target_below_such_a_table_is_told(tmp_path: Path) -> None:
    drawing = f"指标名称|目标值|备注\n巡查次数|≥120次|\n{OTHERS[0]}\n回访率|≥90%|"
    document = extract_document(MAKERS[".html"](tmp_path / "表.html", "绩效目标", drawing))
    assert [f.code for f in document.findings if "回访率" in f.message] == ["row_unread"]


BANNERS = ["二、管护部分", "（二）管护部分", "单位：亩、次", "第二部分 管护"]


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".txt"])
@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_between_rows_is_no_indicator_and_no_end(
    tmp_path: Path, banner: str, suffix: str
) -> None:
    drawing = (
        f"指标|单位|目标值\n植树|万株|3\n育苗|亩|500\n{banner}|<|<\n抚育|亩|1200\n防火巡查|次|60"
    )
    document = extract_document(MAKERS[suffix](tmp_path / f"表{suffix}", "2024年目标", drawing))
    read = [(i.level3, i.raw_value) for p in document.projects for i in p.indicators]
    said = [("植树", "3万株"), ("育苗", "500亩"), ("抚育", "1200亩"), ("防火巡查", "60次")]
    assert read == said


def test_numbered_names_without_values_stay_indicators(tmp_path: Path) -> None:
    drawing = "指标|单位|目标值\n一、植树|万株|3\n二、育苗|亩|500\n三、抚育||"
    document = extract_document(MAKERS[".xlsx"](tmp_path / "表.xlsx", "2024年目标", drawing))
    assert [i.level3 for p in document.projects for i in p.indicators][-1] == "三、抚育"


@pytest.mark.parametrize(("second", "projects"), [("第2页", 1), ("路灯", 2)])
def test_a_sheet_called_a_page_carries_the_table_on(
    tmp_path: Path, second: str, projects: int
) -> None:
    book = Workbook()
    first, other = book.worksheets[0], book.create_sheet(second)
    for line in (
        "项目名称|湿地",
        "一级指标|二级指标|三级指标|指标值",
        "产出指标|数量指标|巡护|1万公里",
    ):
        first.append(line.split("|"))
    other.append(["产出指标", "质量指标", "设备完好", "良好"])
    other.append(["效益指标", "生态效益指标", "湿地面积", "不减少"])
    book.save(tmp_path / "表.xlsx")
    document = extract_document(tmp_path / "表.xlsx")
    assert [len(p.indicators) for p in document.projects] == ([3] if projects == 1 else [1, 2])


def test_clauses_below_a_level_in_sentences_keep_it_with_their_dates(tmp_path: Path) -> None:
    said = "1.产出指标：举办赛事不少于30场；更新器材200件；设施于9月底前完成。"
    path = tmp_path / "表.txt"
    path.write_text(
        f"2024年全民健身项目绩效目标\n项目名称：全民健身\n绩效目标：\n{said}\n", "utf-8"
    )
    document = extract_document(path)
    read = [(i.level1, i.level3, i.raw_value) for p in document.projects for i in p.indicators]
    assert ("产出指标", "设施", "9月底前完成") in read
    assert len(read) == 3


BARE = "指标名称|目标值|备注|责任科室\n巡查次数|≥120次||港口科\n"


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".txt"])
@pytest.mark.parametrize(
    "table",
    [
        "年度|财政资金|自筹资金|合计\n2023年|200万元|50万元|250万元",
        "资金安排|<|<|<\n年度|财政资金|自筹资金|合计\n2023年|200万元|50万元|250万元",
        "设备名称|规格|数量|单价\n无人机|M30|4架|5万元",
        "姓名|职称|承担内容|\n张某|工程师|总负责|",
    ],
)
def test_counts_below_such_a_table_are_told(tmp_path: Path, table: str, suffix: str) -> None:
    drawing = f"{BARE}{table}\n受训人数|560人||\n事故起数|0起||"
    path = MAKERS[suffix](tmp_path / f"表{suffix}", "2024年项目支出绩效目标表", drawing)
    document = extract_document(path)
    assert [i.level3 for p in document.projects for i in p.indicators] == ["巡查次数"]
    assert document.rows.not_understood == 2


def test_words_of_money_and_duty_in_a_row_head_no_table(tmp_path: Path) -> None:
    rows = "资金管理|规范使用资金||按制度说明\n隐患排查|落实整改措施||各责任单位\n事故起数|0起||"
    names = ["巡查次数", "资金管理", "隐患排查", "事故起数"]
    assert [name for name, _ in read(tmp_path, BARE + rows)] == names


@pytest.mark.parametrize("suffix", [".html", ".xlsx"])
@pytest.mark.parametrize("banner", ["2023年完成情况", "上年度绩效情况"])
def test_what_stands_below_a_banner_of_last_year_is_told(
    tmp_path: Path, banner: str, suffix: str
) -> None:
    drawing = f"{BARE}{banner}|<|<|<\n充电桩|80台||港口科\n完好率|95%||港口科"
    path = MAKERS[suffix](tmp_path / f"表{suffix}", "2024年项目支出绩效目标表", drawing)
    document = extract_document(path)
    assert [i.level3 for p in document.projects for i in p.indicators] == ["巡查次数"]
    assert document.rows.not_understood == 2


@pytest.mark.parametrize("suffix", [".html", ".xlsx"])
def test_a_banner_right_below_a_heading_parts_it_from_no_row(tmp_path: Path, suffix: str) -> None:
    drawing = BARE.replace("\n巡", "\n港口部分|<|<|<\n巡", 1) + "完好率|95%||港口科"
    assert read(tmp_path, drawing, suffix) == [("巡查次数", "≥120次"), ("完好率", "95%")]


@pytest.mark.parametrize(
    ("said", "shares", "told"),
    [
        ("3月底10%；6月底累计支出40%；12月底100%", ["0.10", "0.40", "1.00"], False),
        ("一季度10%，二季度30%，三季度30%，四季度30%", [], True),
        ("2024年6月底30%，2025年12月底100%", [], True),
        ("6月底20%，3月底50%，12月底100%", [], True),
        ("6月底50%，6月底80%，12月底100%", [], True),
        ("6月底完成工程量50%，12月底100%", [], True),
        ("一季度完成本季计划50%，四季度完成本季计划100%", [], True),
        ("上半年支付合同款的40%，全年支付合同款的100%", [], True),
        ("上半年支付50万元，下半年支付50万元", [], True),
        ("按合同支付", [], False),
    ],
)
def test_a_plan_in_a_cell_rises_to_the_whole_of_one_year_or_is_told(
    tmp_path: Path, said: str, shares: list[str], told: bool
) -> None:
    drawing = HEAD.replace("\n", f"\n资金支出计划|{said}|<|<|<\n", 1) + BODY
    path = MAKERS[".html"](tmp_path / "表.html", "2024年项目支出绩效目标表", drawing)
    document = extract_document(path)
    assert [str(point.share) for point in document.projects[0].spending_plan] == shares
    assert ("plan_unread" in {each.code for each in document.findings}) is told
