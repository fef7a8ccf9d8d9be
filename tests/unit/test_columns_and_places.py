"""Levels, amounts, columns and places of forms, in every format."""

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import FormKind, TargetDocument
from tests.grids import MAKERS, word, workbook
from tests.unit.test_layouts import rows

Read = Callable[..., TargetDocument]


@pytest.fixture(params=MAKERS)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    def made(*parts: str) -> TargetDocument:
        return extract_document(MAKERS[request.param](tmp_path / f"表{request.param}", *parts))

    return made


@pytest.mark.parametrize("last", ["自评得分", "得分"])
def test_a_score_for_each_area_makes_a_self_evaluation(read: Read, last: str) -> None:
    drawing = f"""
        项目名称|学前教育|<|<|<|<|<
        一级指标|二级指标|三级指标|区域目标值|<|{last}|<
        ^|^|^|甲镇|乙镇|甲镇|乙镇
        产出指标|数量指标|新增学位（个）|450|150|10|9
        ^|质量指标|一级园占比|≥55%|≥50%|10|10"""
    (project,) = read("2023年度绩效表", drawing).projects
    assert project.kind is FormKind.SELF_EVALUATION
    assert [area.raw_value for area in project.indicators[0].areas] == ["450个", "150个"]


@pytest.mark.parametrize(
    ("title", "heads", "first", "second"),
    [
        ("2023年度绩效表", "2022年实际完成值|2023年实际完成值", "410|440", "50%|56%"),
        ("绩效表", "2022年实际完成值|2023年实际完成值", "410|440", "50%|56%"),
        ("2023年度绩效表", "2023年实际完成值|2022年实际完成值", "440|410", "56%|50%"),
        ("2023年度绩效表", "2022年完成值|完成值", "410|440", "50%|56%"),
    ],
)
def test_what_another_year_reached_is_not_this_years(
    read: Read, title: str, heads: str, first: str, second: str
) -> None:
    drawing = f"""
        项目名称|学前教育|<|<|<|<
        一级指标|二级指标|三级指标|指标值|{heads}
        产出指标|数量指标|新增学位|≥450个|{first}
        ^|质量指标|一级园占比|≥55%|{second}"""
    (project,) = read(title, drawing).projects
    [filled, _] = [each.filled for each in project.indicators]
    assert filled is not None
    assert filled.actual == "440"


@pytest.mark.parametrize("last", ["2022年实际", "2022年完成值", "上年完成值"])
def test_last_years_figures_alone_make_no_self_evaluation(read: Read, last: str) -> None:
    drawing = f"""
        项目名称|学前教育|<|<|<
        一级指标|二级指标|三级指标|{last}|指标值
        产出指标|数量指标|新增学位|410|≥450个
        ^|质量指标|一级园占比|50%|≥55%"""
    (project,) = read("2023年度绩效表", drawing).projects
    assert project.kind is FormKind.PROJECT
    assert [each.filled for each in project.indicators] == [None, None]


@pytest.mark.parametrize("ditto", ["同上", "〃", '"', ""])
def test_a_level_said_to_be_as_above_is_that_of_the_row_above(read: Read, ditto: str) -> None:
    form = f"""
        项目名称|道路清扫|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|清扫里程|300公里
        {ditto}|{ditto}|清扫次数|2次
        {ditto}|质量指标|清扫合格率|98%
    """
    assert [row[:3] for row in rows(read("项目绩效目标表", form))] == [
        ("产出指标", "数量指标", "清扫里程"),
        ("产出指标", "数量指标", "清扫次数"),
        ("产出指标", "质量指标", "清扫合格率"),
    ]


def test_levels_written_as_rows_of_their_own_are_those_of_the_rows_below(read: Read) -> None:
    form = """
        项目名称|道路清扫|<|<
        序号|指标内容|计划值|评分标准
        一、产出指标|<|<|<
        （一）数量指标|<|<|<
        1|清扫里程|300公里|完成得分
        2|清扫次数|2次|完成得分
        （二）成本指标|<|<|<
        3|每公里成本|≤800元|完成得分
        二、满意度指标|<|<|<
        （一）服务对象满意度指标|<|<|<
        4|居民满意度|≥90%|完成得分
    """
    assert rows(read("项目绩效目标表", form)) == [
        ("产出指标", "数量指标", "清扫里程", "300公里"),
        ("产出指标", "数量指标", "清扫次数", "2次"),
        ("产出指标", "成本指标", "每公里成本", "≤800元"),
        ("满意度指标", "服务对象满意度指标", "居民满意度", "≥90%"),
    ]


def test_money_written_above_the_table_or_behind_its_label_in_one_cell_is_the_budget(
    read: Read,
) -> None:
    indicators = "一级指标|二级指标|三级指标|指标值\n产出指标|数量指标|清扫里程|300公里"
    above = read("项目绩效目标表", "项目名称：道路清扫", "预算金额：120.5万元", indicators)
    inside = read(
        "项目绩效目标表", f"项目名称：道路清扫|<|批复预算（元）：1,205,000|<\n{indicators}"
    )
    for document in (above, inside):
        assert [(p.name, p.budget and p.budget.total_fen) for p in document.projects] == [
            ("道路清扫", 120_500_000)
        ]


def test_a_column_called_the_target_holds_the_values_where_no_other_does(read: Read) -> None:
    document = read(
        "项目绩效目标表",
        "项目|道路清扫|<|<|<\n一级|二级|三级|目标|备注\n产出指标|数量指标|清扫里程|300公里|",
    )
    assert [p.name for p in document.projects] == ["道路清扫"]
    assert rows(document) == [("产出指标", "数量指标", "清扫里程", "300公里")]


def test_money_above_a_forms_title_is_not_the_forms(read: Read) -> None:
    document = read(
        "年度预算总额：3000万元",
        "项目绩效目标表",
        "项目名称|道路清扫|<|<\n一级指标|二级指标|三级指标|指标值\n产出指标|数量指标|清扫里程|300公里",
    )
    assert [(p.name, p.budget) for p in document.projects] == [("道路清扫", None)]


def test_labels_with_blanks_numbers_and_colons(read: Read) -> None:
    document = read(
        "2024年项目支出绩效目标表",
        """
        一、项 目 名 称：|春季造林|<|<
        二、项目资金（元）：|1200000|<|<
        （三）年度绩效目标：|造林一千亩|<|<
        1.一 级 指 标|2.二级\\n指标|3.三级指标|4.指标值（含计量单位）
        产 出 指 标|数量指标|造 林 面 积|≥ 1000 亩
        """,
    )
    [project] = document.projects
    assert (project.name, project.objectives) == ("春季造林", ("造林一千亩",))
    assert project.budget is not None
    assert project.budget.total_fen == 120_000_000
    assert rows(document) == [("产出指标", "数量指标", "造林面积", "≥ 1000 亩")]


@pytest.mark.parametrize(
    ("caption", "written", "fen"),
    [
        ("单位：元", "12345.67", 1_234_567),
        ("单位：万元", "12.5", 12_500_000),
        ("金额单位：亿元", "0.3", 3_000_000_000),
        ("单位：万元", "300元", 30_000),
    ],
)
def test_amounts_are_in_the_unit_of_the_caption_unless_they_say_so(
    tmp_path: Path, caption: str, written: str, fen: int
) -> None:
    form = f"""项目名称|造林|年度资金总额|{written}
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|面积|1亩"""
    document = extract_document(word(tmp_path / "a.docx", "2024年绩效目标表", caption, form))
    budget = document.projects[0].budget
    assert budget is not None
    assert budget.total_fen == fen


def test_a_table_split_over_pages_is_one_form(tmp_path: Path) -> None:
    head = """项目名称|造林|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|面积|1亩"""
    repeated = """一级指标|二级指标|三级指标|指标值
    ||成活株数|≥90株
    |质量指标|成活率|≥90%"""
    bare = """满意度指标|服务对象满意度指标|村民满意度|≥85%
    |||"""
    document = extract_document(
        word(tmp_path / "a.docx", "2024年绩效目标表", head, "- 2 -", repeated, "续表", bare)
    )
    assert rows(document) == [
        ("产出指标", "数量指标", "面积", "1亩"),
        ("产出指标", "数量指标", "成活株数", "≥90株"),
        ("产出指标", "质量指标", "成活率", "≥90%"),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "≥85%"),
    ]
    assert [i.where for i in document.projects[0].indicators][-1] == "表3第1行"


def test_places_left_to_write_on_are_no_indicators(tmp_path: Path) -> None:
    form = """项目名称|造林|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|指标1：|
    ^|^|指标2：面积|1亩
    ^|^|……|
    ^|质量指标||
    合计|||"""
    document = extract_document(word(tmp_path / "a.docx", "2024年绩效目标表", form))
    assert rows(document) == [("产出指标", "数量指标", "指标2：面积", "1亩")]


def test_nothing_is_dropped_in_silence(tmp_path: Path) -> None:
    form = """项目名称|造林|<|<|<
    一级指标|二级指标|三级指标|指标说明|指标值
    产出指标|数量指标|面积||
    ^|^||成活的株数|
    ^|^|||≥3株"""
    document = extract_document(word(tmp_path / "a.docx", "2024年绩效目标表", form))
    assert [row[2:] for row in rows(document)] == [("面积", "")]
    unread = [finding for finding in document.findings if finding.code == "row_unread"]
    assert [finding.where for finding in unread] == ["表1第4行"]


def test_a_table_like_a_form_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    readable = """项目名称|造林|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|面积|1亩"""
    odd = """绩效指标|甲|乙
    一|二|三"""
    document = extract_document(
        word(tmp_path / "a.docx", "2024年绩效目标表", readable, "另一张与此无关的表格说明", odd)
    )
    assert [f.where for f in document.findings if f.code == "table_unread"] == ["表2第1行"]


def test_a_document_without_a_year_is_read_with_a_finding(tmp_path: Path) -> None:
    form = """项目名称|造林|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|面积|1亩"""
    path = workbook(tmp_path / "a.xlsx", "项目绩效目标表", form)
    assert extract_document(path).fiscal_year is None
    assert "year_missing" in {f.code for f in extract_document(path).findings}
    assert extract_document(path, assumed_year=2026).fiscal_year == 2026


def test_the_years_amounts_count_beside_those_of_the_whole_term(read: Read) -> None:
    document = read(
        "项目支出绩效目标申报表（2024年度）",
        """
        项目名称|<|检测|<|<
        主管部门及代码|<|[066]某市农业局|<|<
        项目资金（万元）|中期资金总额：|68.50|年度资金总额：|51.35
        ^|其中：财政拨款|68.50|其中：财政拨款|50.35
        ^|其他资金|0|其他资金|1
        一级指标|二级指标|三级指标|指标值|备注
        产出指标|数量指标|批次|≥100组|
        """,
    )
    budget = document.projects[0].budget
    assert budget is not None
    assert astuple(budget)[:3] == (51_350_000, 50_350_000, 1_000_000)
    assert document.department == "某市农业局"
