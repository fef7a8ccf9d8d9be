"""Forms as departments draw them: each layout says the same in Word, Excel, a page and text."""

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import Filled, FormKind, TargetDocument
from tests.grids import MAKERS

Read = Callable[..., TargetDocument]


CENTRAL = (
    "项目支出绩效目标表",
    "（2023年度）",
    "单位：万元",
    """
    项目名称|<|农村公路养护|<|<|<
    主管部门及代码|<|103-市交通运输局|<|实施单位|市公路养护中心
    项目资金|年度资金总额：|<|85.50|<|<
    ^|其中：财政拨款|<|80.00|<|<
    ^|其他资金|<|5.5|<|<
    年度绩效目标|目标1：养护乡道120公里。\\n目标2：群众出行满意。|<|<|<|<
    绩 效 指 标|一级指标|二级指标|三级指标|指标值|分值
    ^|产出指标|数量指标|养护里程|≥120公里|20
    ^|^|^|巡查次数|24次|10
    ^|^|质量指标|验收合格率|＝100％|10
    ^|成本指标|经济成本指标|每公里养护成本|≤8000元/公里|20
    ^|效益指标|社会效益指标|通车村庄覆盖率|≥98%|20
    ^|满意度指标|服务对象满意度指标|群众满意度|≥90%|10
    """,
)


LISTED = (
    "2025年部门预算项目绩效目标表",
    """
    单位名称|项目名称|预算数（元）|年度目标|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|权重|指标方向性
    某县农业局|良种补贴|1200000|完成补贴发放。|产出指标|数量指标|补贴农户数|≥|3500|户|30|正向指标
    ^|^|^|^|^|质量指标|发放准确率|＝|100|%|20|正向指标
    ^|^|^|^|效益指标|社会效益指标|粮食增产|定性|有所提高||30|正向指标
    ^|农技推广|50000.5|培训农民。|产出指标|数量指标|培训人次|≥|200|人次|40|正向指标
    ^|^|^|^|^|成本指标|人均成本|≤|250|元|10|反向指标
    """,
)


DEPARTMENT = (
    "部门整体支出绩效目标表",
    "（2024年度）",
    """
    部门（单位）名称|某市水利局|<|<|<|<
    年度主要任务|任务名称|主要内容|预算金额（万元）|<|<
    ^|^|^|总额|财政拨款|其他资金
    ^|防汛抗旱|储备物资，检修闸门|300|280|20
    ^|河道治理|疏浚河道12公里|1,200.5|1200.5|0
    ^|金额合计|<|1500.5|1480.5|20
    年度总体目标|目标1：安全度汛。\\n目标2：河道畅通。|<|<|<|<
    年度绩效指标|一级指标|二级指标|三级指标|<|绩效指标值
    ^|产出指标|数量指标|疏浚河道长度|<|≥12公里
    ^|^|质量指标|工程验收合格率|<|100%
    ^|满意度指标|服务对象满意度指标|群众满意度|<|≥90%
    """,
)


SELF_EVALUATION = (
    "项目支出绩效自评表",
    "（2022年度）",
    """
    项目名称|校舍维修|<|<|<|<|<|<|<
    主管部门|某县教育局|<|<|<|实施单位|某中学|<|<
    项目资金（万元）||年初预算数|全年预算数|<|全年执行数|分值|执行率|得分
    ^|年度资金总额|100|120|<|90|10|75%|7.5
    ^|其中：当年财政拨款|100|120|<|90|-|75%|-
    ^|上年结转资金|0|0|<|0|-||-
    年度总体目标|预期目标|<|<|<|实际完成情况|<|<|<
    ^|维修校舍3000平方米。|<|<|<|已维修2800平方米。|<|<|<
    绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
    ^|产出指标（50分）|数量指标|维修面积|≥3000平方米|2800平方米|20|18.67|雨季停工
    ^|^|质量指标|验收合格率|100%|100%|15|15|
    ^|效益指标（30分）|社会效益指标|受益学生数|≥1200人|1260人|30|30|
    总分|<|<|<|<|<|100|93.17|
    填表人：张三|<|<|<|联系电话：12345|<|<|<|<
    """,
)


MONITORING = (
    "项目支出绩效目标执行监控表",
    "（2019年度）",
    """
    项目名称|<|<|基层党建经费|<|<|<|<|<|<|<|<|<
    主管部门及代码|<|<|某委（101）|<|<|<|实施单位|<|某中心|<|<|<
    项目资金（万元）|||年初预算数|1-7月执行数|<|1-7月执行率|全年预计执行数|<|<|<|<|<
    ^|年度资金总额：|<|60|30|<|50%|60|<|<|<|<|<
    ^|其中：本年一般公共预算拨款|<|60|30|<|50%|60|<|<|<|<|<
    年度总体目标|<|<|完成党建各项工作。|<|<|<|<|<|<|<|<|<
    绩效指标|一级指标|二级指标|三级指标|年度指标值|1-7月执行情况|全年预计完成情况|偏差原因分析|<|<|完成目标可能性|<|备注
    ^|^|^|^|^|^|^|经费保障|人员保障|原因说明|确定能|有可能|^
    ^|产出指标|数量指标|培训党员|≥500人|260人|500人||√|讲师不足|√||
    ^|^|质量指标|考核合格率|≥95%|96%|96%||||√||按期
    ^|满意度指标|服务对象满意度|党员满意度|≥90%|未调查|≥90%|√||||√|
    """,
)


TWO_TERMS = (
    "项目支出绩效目标申报表（2016年度）",
    """
    项目名称|<|图书采购|<|<|<|<|<
    总体目标|实施期目标（2016年-2018年）|<|<|<|年度目标|<|<
    ^|三年采购图书三万册|<|<|<|采购图书一万册|<|<
    绩效指标|一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值
    ^|产出指标|数量指标|采购册数|≥30000册|数量指标|采购册数|≥10000册
    ^|^|质量指标|合格率|≥98%|质量指标|合格率|≥97%
    """,
)


@pytest.fixture(params=MAKERS)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    def made(*parts: str) -> TargetDocument:
        return extract_document(MAKERS[request.param](tmp_path / f"表{request.param}", *parts))

    return made


def rows(document: TargetDocument) -> list[tuple[str, ...]]:
    return [
        (i.level1, i.level2, i.level3, i.raw_value) for p in document.projects for i in p.indicators
    ]


def test_the_form_with_cost_as_a_first_level(read: Read) -> None:
    document = read(*CENTRAL)
    assert (document.fiscal_year, document.department) == (2023, "市交通运输局")
    [project] = document.projects
    assert (project.name, project.kind) == ("农村公路养护", FormKind.PROJECT)
    assert project.objectives == ("养护乡道120公里。", "群众出行满意。")
    assert project.budget is not None
    assert astuple(project.budget)[:3] == (85_500_000, 80_000_000, 5_500_000)
    assert rows(document) == [
        ("产出指标", "数量指标", "养护里程", "≥120公里"),
        ("产出指标", "数量指标", "巡查次数", "24次"),
        ("产出指标", "质量指标", "验收合格率", "＝100％"),
        ("成本指标", "经济成本指标", "每公里养护成本", "≤8000元/公里"),
        ("效益指标", "社会效益指标", "通车村庄覆盖率", "≥98%"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
    ]
    assert [i.weight for i in project.indicators] == ["20", "10", "10", "20", "20", "10"]


def test_a_list_of_projects_with_values_in_three_cells(read: Read) -> None:
    document = read(*LISTED)
    assert document.department == "某县农业局"
    assert [(p.name, p.budget.total_fen if p.budget else None) for p in document.projects] == [
        ("良种补贴", 120_000_000),
        ("农技推广", 5_000_050),
    ]
    assert [p.objectives for p in document.projects] == [("完成补贴发放。",), ("培训农民。",)]
    assert rows(document) == [
        ("产出指标", "数量指标", "补贴农户数", "≥3500户"),
        ("产出指标", "质量指标", "发放准确率", "=100%"),
        ("效益指标", "社会效益指标", "粮食增产", "有所提高"),
        ("产出指标", "数量指标", "培训人次", "≥200人次"),
        ("产出指标", "成本指标", "人均成本", "≤250元"),
    ]


def test_the_departments_form_with_its_tasks(read: Read) -> None:
    document = read(*DEPARTMENT)
    assert (document.department, document.projects) == ("某市水利局", ())
    assert [(t.name, t.content, t.amount_fen) for t in document.tasks] == [
        ("防汛抗旱", "储备物资，检修闸门", 300_000_000),
        ("河道治理", "疏浚河道12公里", 1_200_500_000),
    ]
    found = document.department_indicators
    assert [(i.level1, i.level2, i.level3, i.raw_value) for i in found] == [
        ("产出指标", "数量指标", "疏浚河道长度", "≥12公里"),
        ("产出指标", "质量指标", "工程验收合格率", "100%"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
    ]


def test_a_self_evaluation_is_read_back_with_what_was_done(read: Read) -> None:
    document = read(*SELF_EVALUATION)
    [project] = document.projects
    assert project.kind is FormKind.SELF_EVALUATION
    assert project.objectives == ("维修校舍3000平方米。",)
    money = project.budget
    assert money is not None
    assert (money.total_fen, money.adjusted_fen, money.executed_fen, money.fiscal_fen) == (
        100_000_000,
        120_000_000,
        90_000_000,
        100_000_000,
    )
    assert rows(document) == [
        ("产出指标（50分）", "数量指标", "维修面积", "≥3000平方米"),
        ("产出指标（50分）", "质量指标", "验收合格率", "100%"),
        ("效益指标（30分）", "社会效益指标", "受益学生数", "≥1200人"),
    ]
    assert project.indicators[0].filled == Filled("2800平方米", "", "18.67", "雨季停工")


def test_a_monitoring_form_is_read_back_with_its_ticks(read: Read) -> None:
    document = read(*MONITORING)
    [project] = document.projects
    assert (project.kind, document.fiscal_year) == (FormKind.MONITORING, 2019)
    money = project.budget
    assert money is not None
    assert (money.total_fen, money.executed_fen, money.expected_fen) == (
        60_000_000,
        30_000_000,
        60_000_000,
    )
    assert [i.filled for i in project.indicators] == [
        Filled("260人", "500人", "", "人员保障；讲师不足", "确定能", ""),
        Filled("96%", "96%", "", "", "确定能", "按期"),
        Filled("未调查", "≥90%", "", "经费保障", "有可能", ""),
    ]


def test_of_two_terms_side_by_side_the_years_indicators_are_read(read: Read) -> None:
    document = read(*TWO_TERMS)
    assert document.projects[0].objectives == ("采购图书一万册",)
    assert rows(document) == [
        ("产出指标", "数量指标", "采购册数", "≥10000册"),
        ("产出指标", "质量指标", "合格率", "≥97%"),
    ]
    assert "midterm_indicators" in {finding.code for finding in document.findings}


def test_an_objective_that_speaks_of_the_year_is_no_heading(read: Read) -> None:
    title, grid = TWO_TERMS
    document = read(title, grid.replace("三年采购图书三万册", "三年内全面完成年度采购任务"))
    assert rows(document)[0] == ("产出指标", "数量指标", "采购册数", "≥10000册")


@pytest.mark.parametrize(
    "terms", [("中期", "年度"), ("上年实际值", "本年目标值"), ("实施期", "年度")]
)
def test_of_a_value_for_two_terms_the_years_is_read(read: Read, terms: tuple[str, str]) -> None:
    document = read(
        "项目支出绩效目标表（2024年度）",
        """
        项目名称|图书采购|<|<|<|<
        绩效指标|一级指标|二级指标|三级指标|指标值|<
        ^|^|^|^|{}|{}
        ^|产出指标|数量指标|采购册数|≥20000册|≥10000册
        ^|^|质量指标|合格率|≥99%|≥97%
        """.format(*terms),
    )
    assert [i.raw_value for i in document.projects[0].indicators] == ["≥10000册", "≥97%"]


SECTIONS = """
    项目名称|{name}|<|预算安排|{amount}万元
    一、绩效目标|按期完成。|<|<|<
    二、绩效指标|<|<|<|<
    序号|二级指标|三级指标|目标值|分值
    1|数量指标|{name}户数|≥{amount}户|100
    合计|<|<||100
    单位负责人：王五|<|填报日期：2024年1月10日|<|<
"""


def test_titles_sums_and_signatures_around_the_indicators_are_none(read: Read) -> None:
    forms = (SECTIONS.format(name=name, amount=at) for name, at in [("甲项目", 7), ("乙项目", 8)])
    document = read(*(part for form in forms for part in ("专项资金绩效目标表", form)))
    assert [(p.name, p.budget and p.budget.total_fen) for p in document.projects] == [
        ("甲项目", 7_000_000),
        ("乙项目", 8_000_000),
    ]
    assert [[(i.level3, i.raw_value) for i in p.indicators] for p in document.projects] == [
        [("甲项目户数", "≥7户")],
        [("乙项目户数", "≥8户")],
    ]


def test_a_name_after_its_label_over_the_whole_width_begins_a_form(read: Read) -> None:
    form = """
        项目名称：{0}|<|<
        年度目标|完成采购。|<
        绩效目标指标|<|<
        二级指标|三级指标|指标值
        数量指标|{0}册数|9册
    """
    document = read(
        "项目绩效目标表", form.format("甲项目"), "项目绩效目标表", form.format("乙项目")
    )
    assert [(p.name, [i.level3 for i in p.indicators]) for p in document.projects] == [
        ("甲项目", ["甲项目册数"]),
        ("乙项目", ["乙项目册数"]),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "校园保安服务2024年度绩效目标表",
        "附件2：校园保安服务绩效目标表",
        "3.校园保安服务项目绩效目标申报表（2024年度）",
        "二、校园保安服务绩效目标表",
        "（三）校园保安服务项目绩效目标表",
    ],
)
def test_a_numbered_or_dated_title_names_its_project(read: Read, title: str) -> None:
    document = read(title, "二级指标|指标名称|计划值\n数量指标|保安人数|12人")
    assert [(p.name, [i.level3 for i in p.indicators]) for p in document.projects] == [
        ("校园保安服务", ["保安人数"])
    ]


@pytest.mark.parametrize(
    ("heading", "notes"),
    [
        ("备注", ("上年10次", "力争98%")),
        ("指标值确定依据", ("", "上年93%")),
        ("指标说明", ("全年", "")),
    ],
)
def test_a_note_beside_names_that_say_their_targets_is_no_target(
    read: Read, heading: str, notes: tuple[str, str]
) -> None:
    document = read(
        "校园保安服务绩效目标表",
        f"一级指标|二级指标|三级指标|{heading}\n"
        f"产出指标|数量指标|巡查不少于12次|{notes[0]}\n"
        f"产出指标|质量指标|合格率≥95%|{notes[1]}",
    )
    assert [(i.level3, i.raw_value) for p in document.projects for i in p.indicators] == [
        ("巡查", "不少于12次"),
        ("合格率", "≥95%"),
    ]


@pytest.mark.parametrize(
    ("money", "total"),
    [
        ("资金总额（万元）|300|<|<\n其中：2024年预算|100|<|<", None),
        ("资金总额（万元）|300|其中：2024年|100", None),
        ("项目资金总额（万元）|300|<|<\n其中：本年度资金|100|<|<", None),
        ("资金总额（万元）|300（其中2024年100）|<|<", None),
        ("资金总额（万元）|100|<|<\n其中：本年度安排|100|<|<", 100),
        ("资金总额（万元）|100|<|<\n其中：本年度安排|80|上年结转|20", 100),
        ("资金总额（万元）|100|<|<\n其中：当年财政拨款|80|上年结转|20", 100),
        ("实施期资金总额（万元）|300|<|<\n年度资金总额（万元）|100|<|<", 100),
    ],
)
def test_a_total_of_several_years_is_not_the_year_s_budget(
    read: Read, money: str, total: int | None
) -> None:
    drawn = f"项目名称|校园保安服务|<|<\n{money}\n一级指标|二级指标|三级指标|指标值\n"
    (project,) = read("项目绩效目标表", drawn + "产出指标|数量指标|巡查次数|≥12次").projects
    found = None if project.budget is None else project.budget.total_fen
    assert found == (None if total is None else total * 1_000_000)


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        ("3月底前支出20%，6月底前支出50%，12月底前支出100%。", {3: "20", 6: "50", 12: "100"}),
        ("一季度25%、二季度50%、三季度75%、四季度100%", {3: "25", 6: "50", 9: "75", 12: "100"}),
        ("上半年完成支付60%；年底100%", {6: "60", 12: "100"}),
        ("一季度25%、二季度25%、三季度25%、四季度25%", {}),  # of each quarter, so no plan so far
        ("6月底前支付首付款30万元的50%，12月底前100%", {}),  # of something else
    ],
)
def test_a_plan_in_one_cell_is_read_where_it_rises_to_the_whole(
    read: Read, written: str, shares: dict[int, str]
) -> None:
    drawn = f"""
    项目名称|农村公路养护|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|养护里程|≥120公里
    用款计划|{written}|<|<"""
    (project,) = read("项目支出绩效目标表（2024年度）", drawn).projects
    plan = {point.month: f"{point.share * 100:.0f}" for point in project.spending_plan}
    assert plan == shares


def test_forms_after_one_another_in_one_table(read: Read) -> None:
    drawn = "\n".join(
        f"""项目编码|53011{n}|项目名称|{name}
        资金支出计划|3月底|9月底|12月底
        ^|10%|60.5%|100%
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|{name}次数|≥{n}次"""
        for n, name in enumerate(("巡河", "植树", "普查"), start=1)
    )
    document = read("2024年项目绩效目标表", drawn)
    assert [(p.code, p.name) for p in document.projects] == [
        ("530111", "巡河"),
        ("530112", "植树"),
        ("530113", "普查"),
    ]
    assert [[i.raw_value for i in p.indicators] for p in document.projects] == [
        ["≥1次"],
        ["≥2次"],
        ["≥3次"],
    ]
    plan = document.projects[1].spending_plan
    assert [(point.month, str(point.share)) for point in plan] == [
        (3, "0.10"),
        (9, "0.605"),
        (12, "1.00"),
    ]
