"""The review of targets: each rule finds its fault, and is silent once the fault is mended."""

from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from perf_pipeline.documents import review
from perf_pipeline.documents.model import (
    Budget,
    Confidence,
    Filled,
    Finding,
    FormKind,
    Indicator,
    Severity,
    TargetDocument,
    Task,
    Where,
)
from perf_pipeline.documents.review.forms import Rule
from perf_pipeline.documents.review.review import RULES, review_document, to_json_list
from perf_pipeline.documents.review.targets import IndicatorName
from perf_pipeline.domain.target_grammar import parse_target
from tests.clean_document import (
    CLEAN,
    LIBRARY,
    MONTHS,
    ROADS,
    YUAN_10_000,
    indicator,
    plan,
)


def roads(**changes: Any) -> TargetDocument:
    """The clean document with its first project changed."""
    return replace(CLEAN, projects=(replace(ROADS, **changes), LIBRARY))


def line(old: str, **changes: Any) -> TargetDocument:
    """The clean document with one indicator of the first project changed."""
    if "raw_value" in changes:
        changes["target"] = parse_target(changes["raw_value"], fiscal_year=2025)
    changed = [replace(i, **changes) if i.level3 == old else i for i in ROADS.indicators]
    assert tuple(changed) != ROADS.indicators
    return roads(indicators=tuple(changed))


def more(levels: str, name: str, raw: str, **changes: Any) -> TargetDocument:
    """The clean document with one more indicator in its unweighted project."""
    added = replace(indicator(levels, name, raw, 30), **changes)
    return replace(
        CLEAN, projects=(ROADS, replace(LIBRARY, indicators=(*LIBRARY.indicators, added)))
    )


def without(*names: str) -> tuple[Indicator, ...]:
    return tuple(i for i in LIBRARY.indicators if i.level3 not in names)


def library(**changes: Any) -> TargetDocument:
    return replace(CLEAN, projects=(ROADS, replace(LIBRARY, **changes)))


def stated(name: str, raw: str) -> TargetDocument:
    """The clean document whose prose states one thing more."""
    target = parse_target(raw, fiscal_year=2025)
    added = Indicator(name, raw, target, Where("第20段"), Confidence.RULE, section="做好工作")
    return replace(CLEAN, department_indicators=(*CLEAN.department_indicators, added))


def budget(total: int, fiscal: int | None, other: int | None) -> Budget:
    fen = [None if wan is None else wan * YUAN_10_000 for wan in (fiscal, other)]
    return Budget(total * YUAN_10_000, *fen, Where("表1第3行"))


def self_evaluation(*lines: Indicator, total: str = "") -> TargetDocument:
    """A self-evaluation form of the second project, its execution rate worth 10 of 10."""
    form = replace(
        LIBRARY,
        kind=FormKind.SELF_EVALUATION,
        indicators=lines,
        budget=replace(budget(50, 50, None), weight="10", score="10"),
        spending_plan=(),
        score=total,
    )
    return replace(CLEAN, projects=(ROADS, form))


MARKS = ("8", "8", "8", "8", "8", "15", "15", "10")
OTHERS = tuple(
    replace(each, weight=marks, filled=Filled(actual="见台账", score=marks))
    for each, marks in zip(LIBRARY.indicators, MARKS, strict=True)
)


def evaluated(name: str, raw: str, actual: str, score: str, *, total: str = "") -> TargetDocument:
    """A self-evaluation form with one indicator of 10 marks beside eight others."""
    line = indicator("产出指标/质量指标", name, raw, 30)
    filled = replace(line, weight="10", filled=Filled(actual=actual, score=score))
    return self_evaluation(*OTHERS, filled, total=total)


def copied() -> TargetDocument:
    """A form whose every actual value is its target."""
    lines = (
        replace(each, filled=Filled(actual=each.raw_value.lstrip("≥≤")))
        for each in LIBRARY.indicators
    )
    return self_evaluation(*lines)


OUTPUT, BENEFIT = "产出指标/", "效益指标/社会效益指标"
FAULTS: list[tuple[str, TargetDocument]] = [
    ("project_name_missing", roads(name="", code="1")),
    ("project_code_missing", roads(code="")),
    ("project_code_repeated", roads(code=LIBRARY.code)),
    ("budget_missing", roads(budget=None)),
    ("objective_missing", roads(objectives=())),
    ("indicators_missing", roads(indicators=())),
    ("indicators_few", library(indicators=without("讲座场次", "新增图书", "设备完好率",
                                                  "每册购置成本", "到馆人次"))),
    ("level_missing", library(indicators=without("到馆人次", "读者投诉率"))),
    ("satisfaction_missing", library(indicators=without("读者满意度"))),
    ("target_missing", line("管护制度健全", raw_value="")),
    ("indicator_name_missing", line("管护制度健全", level3="")),
    ("plan_missing", roads(spending_plan=())),
    ("plan_falls", roads(spending_plan=plan("0.5", "0.4", "0.8", "1"))),
    ("plan_incomplete", roads(spending_plan=plan("0.2", "0.5", "0.8", "0.95"))),
    ("plan_checkpoint_missing", roads(spending_plan=plan("0.3", "0.7", "1", months=(3, 6, 12)))),
    ("budget_parts_differ", roads(budget=budget(100, 80, 10))),
    ("budget_parts_differ", roads(budget=budget(100, 80, None))),
    ("budget_not_positive", replace(roads(budget=budget(0, 0, 0)), tasks=())),
    ("task_differs_from_project",
     replace(CLEAN, tasks=(replace(CLEAN.tasks[0], amount_fen=90 * YUAN_10_000),
                           replace(CLEAN.tasks[1], amount_fen=60 * YUAN_10_000)))),
    ("tasks_differ_from_projects",
     replace(CLEAN, tasks=(CLEAN.tasks[0], replace(CLEAN.tasks[1], amount_fen=49 * YUAN_10_000)))),
    ("target_unmeasurable", line("管护制度健全", raw_value="不断提高")),
    ("target_unmeasurable", line("管护制度健全", raw_value="效果良好明显")),
    ("target_unmeasurable", stated("服务水平", "逐步提升")),
    ("rate_without_percent", line("通车村庄覆盖率", raw_value="98")),
    ("rate_without_percent", line("通车村庄覆盖率", raw_value="≥0.98")),
    ("rate_without_percent", line("通车村庄覆盖率", raw_value="98个")),
    ("count_in_percent", line("巡查次数", raw_value="≥95%")),
    ("count_in_money", line("巡查次数", raw_value="5万元")),
    ("target_approximate", line("巡查次数", raw_value="约50次")),
    ("target_approximate", line("巡查次数", raw_value="50次左右")),
    ("value_without_unit", line("养护里程", raw_value="120")),
    ("rate_beyond_whole", line("通车村庄覆盖率", raw_value="≥105%")),
    ("rate_at_least_whole", line("通车村庄覆盖率", raw_value="≥100%")),
    ("everybody_content", line("沿线群众满意度", raw_value="100%")),
    ("sign_against_direction", line("沿线群众满意度", raw_value="≤90%")),
    ("sign_against_direction", line("交通事故起数", raw_value="≥2起")),
    ("count_at_most", more(OUTPUT + "数量指标", "读书活动次数", "≤4次")),
    ("count_at_most", more(OUTPUT + "数量指标", "下乡服务人次", "不超过300人次")),
    ("name_says_otherwise", more(OUTPUT + "质量指标", "馆舍消防验收合格率达到100%", "≥98%")),
    ("name_says_otherwise", more(BENEFIT, "流通率提升到80%", "≥75%")),
    ("units_at_odds", more(OUTPUT + "质量指标", "资金到位率（万元）", "≥95%")),
    ("units_at_odds", more(OUTPUT + "成本指标", "装修成本控制（%）", "≤30万元")),
    ("template_left", more(OUTPUT + "数量指标", "流动书车", "≥**辆")),
    ("template_left", more(OUTPUT + "数量指标", "XX活动覆盖街道", "8个")),
    ("template_left", more(OUTPUT + "质量指标", "图书破损情况", "××%以内")),
    ("level_as_name", more(OUTPUT + "数量指标", "数量指标", "3场")),
    ("level_as_name", more(OUTPUT + "质量指标", "指标1", "≥95%")),
    ("level_as_name", more(BENEFIT, "社会效益指标", "≥3000人次")),
    ("year_outside", more(OUTPUT + "数量指标", "2023年新增座席", "30个")),
    ("year_outside", more(OUTPUT + "数量指标", "2019年度送书下乡村庄", "30个")),
    ("below_target_with_full_marks", evaluated("图书上架准确率", "≥95%", "92%", "10")),
    ("below_target_with_full_marks", evaluated("读者投诉件数", "≤5件", "6件", "10分")),
    ("score_beyond_weight", evaluated("图书上架准确率", "≥95%", "97%", "12")),
    ("total_differs", evaluated("图书上架准确率", "≥95%", "97%", "10", total="98")),
    ("all_exactly_on_target", copied()),
    ("date_outside_year", line("完工时间", raw_value="2026年3月底前")),
    ("change_from_last_year", more(OUTPUT + "质量指标", "馆藏图书借阅率", "较上年提高3%")),
    ("execution_as_indicator", more(OUTPUT + "成本指标", "预算执行率", "≥95%")),
    ("misfiled", more(OUTPUT + "成本指标", "工程质量完好率", "≥95%")),
    ("misfiled", more(OUTPUT + "时效指标", "监控设备在线率", "≥95%")),
    ("misfiled", more(OUTPUT + "时效指标", "宣传活动次数", "≥3次")),
    ("misfiled", more(OUTPUT + "数量指标", "借阅申请按期受理情况", "≥90%")),
    ("misfiled", more(OUTPUT + "质量指标", "学生满意度", "≥90%")),
    ("misfiled", more(OUTPUT + "质量指标", "布展", "10月底前")),
    ("misfiled", more(OUTPUT + "质量指标", "单位布展成本", "≤300元/平方米")),
    ("repeated", more(OUTPUT + "数量指标", "讲座场次", "≥20场")),
    ("nearly_repeated", more(OUTPUT + "时效指标", "新书图书上架按时率", "≥95%")),
    ("project_below_department", stated("农村公路通车村庄覆盖率", "达到100%")),
    ("forms_contradict",
     replace(CLEAN, projects=(*CLEAN.projects, replace(
         LIBRARY, kind=FormKind.MONITORING, where="表9",
         indicators=(*LIBRARY.indicators[1:],
                     indicator("产出指标/数量指标", "讲座场次", "10场", 40)))),
             tasks=())),
    ("projects_contradict",
     replace(CLEAN, projects=(
         replace(ROADS, indicators=(*[replace(i, weight="") for i in ROADS.indicators], replace(
             indicator(BENEFIT, "文明创建知晓率", "≥90%", 41), description="居民对创建的知晓"))),
         replace(LIBRARY, indicators=(*LIBRARY.indicators, replace(
             indicator(BENEFIT, "文明创建知晓率", "≥80%", 42), description="居民对创建的知晓")))))),
    ("weight_missing", line("管护制度健全", weight="")),
    ("weight_missing", line("管护制度健全", weight="十分")),
    ("weights_do_not_sum", line("管护制度健全", weight="20.5")),
    ("group_weights_differ", roads(indicators=tuple(
        replace(i, weight={"养护里程": "20", "管护制度健全": "5"}.get(i.level3, i.weight))
        for i in ROADS.indicators))),
]  # fmt: skip


def codes(document: TargetDocument, **options: Any) -> list[str]:
    return [finding.code for finding in review_document(document, **options)]


def test_a_clean_document_has_no_finding_at_all() -> None:
    assert review_document(CLEAN) == ()
    assert review_document(CLEAN, months=MONTHS) == ()


@pytest.mark.parametrize(
    ("code", "document"), FAULTS, ids=[f"{n} {code}" for n, (code, _) in enumerate(FAULTS)]
)
def test_one_fault_gives_its_finding_and_no_other(code: str, document: TargetDocument) -> None:
    assert set(codes(document)) == {code}


def test_every_rule_finds_something_in_the_faults() -> None:
    silent = set(RULES)
    for _, document in FAULTS:
        silent -= {rule for rule in RULES if list(rule(document))}
    assert silent == set()


def test_every_rule_that_is_written_is_one_of_the_review() -> None:
    """Rules are found in the modules that the review names: one in another is never asked."""
    modules = [
        import_module(f"{review.__name__}.{each.name}") for each in iter_modules(review.__path__)
    ]
    written = {
        each for module in modules for each in vars(module).values() if isinstance(each, Rule)
    }
    assert written == set(RULES)


@pytest.mark.parametrize("document", [document for _, document in FAULTS])
def test_a_finding_says_where_why_and_what_to_do(document: TargetDocument) -> None:
    for finding in review_document(document):
        assert finding.message
        assert finding.where.startswith(("表", "第"))
        assert finding.rule
        assert finding.proposal


@pytest.mark.parametrize(
    "document",
    [
        more(OUTPUT + "成本指标", "成本节约率", "≥5%"),
        more(OUTPUT + "数量指标", "培训频率", "2次"),
        more(OUTPUT + "数量指标", "高质量发展论文数量", "≥6篇"),
        more(OUTPUT + "质量指标", "预算编制准确率", "≥98%"),
        more(OUTPUT + "时效指标", "费用报销及时率", "≥98%"),
        more(OUTPUT + "成本指标", "管理费占比", "≤5%"),
        more(OUTPUT + "成本指标", "成本控制", "不超预算"),
        more("满意度指标/服务对象满意度指标", "有效投诉次数", "≤3次"),
        more(OUTPUT + "数量指标", "巡回展览", "每季度1次以上，全年不断档"),
        more(BENEFIT, "新馆开放", "12月底前"),
        more(OUTPUT + "质量指标", "任务完成率", "≤100%"),
        more(OUTPUT + "质量指标", "活动完成率", "≥100%"),
        library(
            indicators=(
                *LIBRARY.indicators,
                indicator(OUTPUT + "质量指标", "1号馆设施验收合格率", "≥95%", 30),
                indicator(OUTPUT + "质量指标", "11号馆设施验收合格率", "≥95%", 31),
            )
        ),
        more(OUTPUT + "质量指标", "服务评分", "≥90"),
        more(OUTPUT + "数量指标", "培训人数（人）", "≥60"),
        more(OUTPUT + "质量指标", "重大差错", "零差错"),
        more(OUTPUT + "质量指标", "投诉处理率", "≥95%"),
        more(BENEFIT, "投诉率降低幅度", "≥5%"),
        more(BENEFIT, "宣传活动参与人次", "≥3000人次"),
        more("满意度指标/服务对象满意度指标", "来访者不满意率", "≤5%"),
        more("满意度指标/服务对象满意度指标", "教师满意度", "≥92%"),
        stated("图书馆读者满意度", "≥85%"),  # the project does better
        stated("讲座场次", "≥20场"),  # counts: the project's is a part of the department's
        stated("城市道路通车村庄覆盖率", "100%"),  # another road
        roads(budget=budget(100, None, None)),
        roads(code=None),  # its form has no cell for a code
        more(OUTPUT + "数量指标", "新增座席数（个）", "≥60"),
        more(OUTPUT + "成本指标", "装修成本（万元）", "≤30"),
        more(OUTPUT + "数量指标", "培训人数", "≥60"),
        more(OUTPUT + "数量指标", "科目调整次数", "≤10次"),
        more(OUTPUT + "数量指标", "较2023年新增座席", "30个"),
        more(OUTPUT + "数量指标", "家庭医生服务户数", "签约200户"),
        more(OUTPUT + "数量指标", "线上讲座人次", "不少于约300人次"),
        more(OUTPUT + "质量指标", "馆舍消防验收合格率达到100%", "100%"),
        replace(CLEAN, tasks=(*CLEAN.tasks, Task("基本支出", "工资", 7_000, Where("表3第7行")))),
        evaluated("图书上架准确率", "≥95%", "97%", "95%"),  # a share of its marks, not 95 of 10
        replace(CLEAN, tasks=(*CLEAN.tasks, Task("其他", "", None, Where("表3第7行")))),
        replace(
            CLEAN,
            tasks=(),
            projects=(replace(ROADS, kind=FormKind.SELF_EVALUATION, code=None, spending_plan=()),),
        ),
        replace(
            CLEAN, projects=tuple(replace(each, spending_plan=()) for each in CLEAN.projects)
        ),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_fault_is_none(document: TargetDocument) -> None:
    assert codes(document) == []


def department_form(*lines: tuple[str, str, str, str]) -> TargetDocument:
    """The clean document with a department's own form: levels, name, value, weight."""
    form = tuple(
        Indicator(
            name,
            raw,
            parse_target(raw, fiscal_year=2025),
            Where(f"表5第{row}行", "表5", row),
            Confidence.RULE,
            *levels.split("/"),
            weight=weight,
        )
        for row, (levels, name, raw, weight) in enumerate(lines, start=8)
    )
    return replace(CLEAN, department_indicators=(*CLEAN.department_indicators, *form))


SOUND_FORM = (
    ("产出指标/数量指标", "养护任务", "2项", "30"),
    ("产出指标/时效指标", "任务按期完成率", "≥95%", "30"),
    ("效益指标/社会效益指标", "群众出行便利", "是", "30"),
    ("满意度指标/满意度指标", "服务对象满意率", "≥90%", "10"),
)


def test_the_departments_own_form_is_reviewed_like_a_projects() -> None:
    assert codes(department_form(*SOUND_FORM)) == []
    assert codes(department_form(*SOUND_FORM[:3])) == [
        "indicators_few",
        "satisfaction_missing",
    ]
    misfiled = ("产出指标/成本指标", "任务按期完成率", "≥95%", "30")
    assert codes(department_form(SOUND_FORM[0], misfiled, *SOUND_FORM[2:])) == ["misfiled"]
    heavy = (*SOUND_FORM[0][:3], "40")
    assert codes(department_form(heavy, *SOUND_FORM[1:])) == ["weights_do_not_sum"]


def test_a_calendar_says_which_checkpoints_a_plan_must_have() -> None:
    found = review_document(CLEAN, months=(3, 6, 10, 12))
    assert [finding.project for finding in found] == ["农村公路养护", "图书馆免费开放"]
    assert all("10月底" in finding.message for finding in found)


def test_a_target_far_from_last_years_actual_is_too_easy_or_too_hard() -> None:
    def reached(name: str, value: Fraction) -> list[str]:
        return codes(CLEAN, last_year={IndicatorName("农村公路养护", "", name): value})

    assert reached("通车村庄覆盖率", Fraction(80, 100)) == ["target_too_hard"]
    assert reached("通车村庄覆盖率", Fraction(89, 100)) == []
    assert reached("养护里程", Fraction(300)) == ["target_too_easy"]
    assert reached("养护里程", Fraction(130)) == []
    assert reached("交通事故起数", Fraction(10)) == ["target_too_hard"]
    assert reached("每公里养护成本", Fraction(5000)) == ["target_too_easy"]
    assert reached("管护制度健全", Fraction(1)) == []
    department = IndicatorName("", "做好养护", "农村公路路面验收合格率")
    assert codes(CLEAN, last_year={department: Fraction(70, 100)}) == ["target_too_hard"]


def test_what_reading_found_comes_first_and_nothing_comes_twice() -> None:
    unread = Finding(Severity.ERROR, "amount_unreadable", "读不出", Where("表1第3行"))
    found = review_document(replace(roads(code=""), findings=(unread, unread)))
    assert [finding.code for finding in found] == ["amount_unreadable", "project_code_missing"]


def test_json_has_every_part_of_a_finding() -> None:
    (found,) = to_json_list(review_document(roads(code="")))
    assert found == {
        "severity": "warning",
        "code": "project_code_missing",
        "message": "没有填写项目编码，或只画了横线",
        "where": "表1",
        "rule": found["rule"],
        "proposal": "填写预算管理系统中的项目编码",
        "project": "农村公路养护",
    }
    assert "财预〔2015〕88号" in found["rule"]
