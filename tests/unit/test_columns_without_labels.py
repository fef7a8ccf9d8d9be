"""Columns that no label names are known by what stands below them."""

from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import Cell, Confidence, Paragraph, Table, TargetDocument
from perf_pipeline.documents.segments import segments
from perf_pipeline.domain.errors import LayoutError
from tests.grids import tabbed, word, workbook
from tests.unit.test_layouts import rows

TITLE = "2024年项目支出绩效目标表"


def in_word(folder: Path, form: str) -> TargetDocument:
    return extract_document(word(folder / "表.docx", TITLE, form))


@pytest.mark.parametrize(
    ("heads", "first", "second"),
    [
        ("三级指标|半年（程）指标值|全年（程）指标值", "面积|50亩|≥100亩", "成活率|40%|95%以上"),
        ("三级指标|上年度实际水平|本年度计划水平", "面积|90亩|≥100亩", "成活率|优|95%以上"),
        ("具体指标内容|是否核心指标|应达到标准", "面积|是|≥100亩", "成活率|否|95%以上"),
        ("指标|评（扣）分标准|要求", "面积|少1亩扣1分|≥100亩", "成活率|未完成不得分|95%以上"),
    ],
)
def test_the_years_value_is_found_under_any_heading(
    tmp_path: Path, heads: str, first: str, second: str
) -> None:
    document = in_word(
        tmp_path,
        f"""项目名称|造林|<|<|<
        一级指标|二级指标|{heads}
        产出指标|数量指标|{first}
        ^|质量指标|{second}""",
    )
    assert [row[2:] for row in rows(document)] == [("面积", "≥100亩"), ("成活率", "95%以上")]


def test_a_column_of_signs_and_one_of_units_make_the_value_between_them(tmp_path: Path) -> None:
    document = in_word(
        tmp_path,
        """项目名称|造林|<|<|<|<|<
        一级指标|二级指标|三级指标|指标值类型|指标内容|度量单位|完成时限
        产出指标|数量指标|面积|≥|100|亩|2024年12月
        ^|质量指标|成活率|≤|95|%|2024年12月""",
    )
    assert [row[2:] for row in rows(document)] == [("面积", "≥100亩"), ("成活率", "≤95%")]


def test_second_levels_headed_as_first_are_second_levels(tmp_path: Path) -> None:
    document = in_word(
        tmp_path,
        """项目名称|造林|<|<|<
        绩效指标|一级指标|二级指标|绩效标准|当年预期实现值
        ^|数量指标|面积|造林的面积|100亩
        ^|社会效益指标|受益人数|受益的人数|20人""",
    )
    assert rows(document) == [
        ("产出指标", "数量指标", "面积", "100亩"),
        ("效益指标", "社会效益指标", "受益人数", "20人"),
    ]
    assert {i.confidence for i in document.projects[0].indicators} == {Confidence.GUESSED}


def test_a_band_of_headings_above_the_levels_is_no_header(tmp_path: Path) -> None:
    path = tabbed(
        tmp_path / "表.txt",
        TITLE,
        """项目名称|造林||||
        绩效指标|||年度指标值||分值
        一级指标|二级指标|三级指标|指标值|度量单位|
        产出指标|数量指标|面积|100|亩|10
        |质量指标|成活率|95|%|10""",
    )
    assert [row[2:] for row in rows(extract_document(path))] == [
        ("面积", "100亩"),
        ("成活率", "95%"),
    ]


def test_a_heading_over_several_columns_keeps_them_in_text(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    lines = [
        TITLE,
        "项目名称\t造林",
        "一级指标\t二级指标\t三级指标\t年度指标值\t备注",  # the heading's other cells are lost
        "\t\t\t2023年\t2024年\t",
        "产出指标\t数量指标\t面积\t80亩\t100亩\t无",
    ]
    path.write_text("\n".join(lines), "utf-8")
    assert rows(extract_document(path)) == [("产出指标", "数量指标", "面积", "100亩")]


def test_a_hidden_column_and_unseen_signs_part_nothing(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "表.xlsx",
        TITLE,
        """项目名称||造林|<|<
        一级指标||二级指标|三级指标|指标值
        产出指标||数量指标|面\u200b积|100亩""",
    )
    document = extract_document(path)
    assert document.projects[0].name == "造林"
    assert rows(document) == [("产出指标", "数量指标", "面积", "100亩")]


def test_a_form_whose_head_ends_a_page_is_one_form(tmp_path: Path) -> None:
    document = extract_document(
        word(
            tmp_path / "表.docx",
            TITLE,
            "项目名称|造林|<|<",
            "- 2 -",
            """主管部门|某县林业局|<|<
            项目资金（万元）|年度资金总额|80|<
            年度目标|造林。|<|<
            一级指标|二级指标|三级指标|指标值
            产出指标|数量指标|面积|100亩""",
        )
    )
    [project] = document.projects
    assert project.name == "造林"
    assert project.budget is not None
    assert project.budget.total_fen == 80_000_000


def test_a_list_names_its_projects_however_the_column_is_called(tmp_path: Path) -> None:
    document = in_word(
        tmp_path,
        """单位（专项）名称|年度目标|一级指标|二级指标|三级指标|指标值
        造林|绿化。|产出指标|数量指标|面积|100亩
        防火|防护。|产出指标|数量指标|巡查|12次""",
    )
    assert [project.name for project in document.projects] == ["造林", "防火"]


@pytest.mark.parametrize("heads", ["绩效标准|考核要求", "标准|要求", "考核标准|工作要求"])
@pytest.mark.parametrize("levels", ["", "二级指标|"])
def test_of_two_columns_of_standards_none_is_the_target(
    tmp_path: Path, heads: str, levels: str
) -> None:
    level = "数量指标|" if levels else ""
    document = in_word(
        tmp_path,
        f"""项目名称|文化下乡|<
        {levels}指标名称|{heads}
        {level}演出|≥60场|≥50场
        {level}放映|≥95%|≥85%
        {level}培训|11月底前|12月底前""",
    )
    assert document.rows.not_understood == 3
    assert document.projects[0].indicators == ()


@pytest.mark.parametrize("heads", ["评分标准", "补助标准", "行业标准", "评价标准"])
def test_a_standard_of_something_else_heads_no_targets(tmp_path: Path, heads: str) -> None:
    form = f"""项目名称|文化下乡|<
        指标名称|{heads}|备注
        演出|≥200元/场|村
        放映|≥50元/场|镇
        培训|≥8元/人|街道"""
    with pytest.raises(LayoutError, match="第3–5行像指标，没有读懂"):
        extract_document(word(tmp_path / "表.docx", TITLE, form))


@pytest.mark.parametrize("levels", ["", "一级指标|二级指标|"])
def test_what_the_year_asks_for_stands_beside_a_standard(tmp_path: Path, levels: str) -> None:
    first, second = ("产出指标|数量指标|", "^|质量指标|") if levels else ("", "")
    document = in_word(
        tmp_path,
        f"""项目名称|文化下乡|<
        {levels}指标名称|评价标准|年度要求
        {first}演出|≥50场|≥60场
        {second}放映|≥85%|≥95%""",
    )
    assert [row[2:] for row in rows(document)] == [("演出", "≥60场"), ("放映", "≥95%")]


@pytest.mark.parametrize(("places", "forms"), [("第1页表1 第2页表2", 1), ("表1 表2", 2)])
def test_a_table_without_levels_goes_on_on_the_next_page(places: str, forms: int) -> None:
    one = (("项目名称", "公交"), ("指标名称", "指标值"), ("补贴车辆", "420辆"))
    other = (("车辆完好率", "≥98%"), ("乘客满意度", "≥90%"))  # in Word another table may be a plan
    tables = [
        Table(tuple((Cell(name, 0), Cell(value, 1)) for name, value in drawn), place)
        for drawn, place in zip((one, other), places.split(), strict=True)
    ]
    assert len(list(segments([Paragraph(TITLE, 1), *tables]))) == forms
