"""What stands side by side: areas, terms, halves of a year, what was changed in it."""

from pathlib import Path

import pytest

from perf_pipeline.documents.as_json import to_json_dict
from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.warehouse import schema
from perf_pipeline.warehouse.target_rows import document_rows
from tests.grids import MAKERS, word
from tests.tables_of_2022 import BODY, SAID, TITLE, Read, reader, values
from tests.unit.test_layouts import rows


@pytest.fixture(params=MAKERS)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    return reader(request.param, tmp_path)


@pytest.mark.parametrize("side", ["绩效指标", "年度绩效指标", "绩 效 指 标"])
def test_a_first_level_that_spans_the_side_label_is_not_joined_with_it(
    tmp_path: Path, side: str
) -> None:
    form = f"""项目名称|修路|<|<|<
    一级指标|<|二级指标|三级指标|指标值
    {side}|产出指标|数量指标|修路长度|≥12公里
    ^|^|质量指标|验收合格率|100%"""
    assert rows(extract_document(word(tmp_path / "表.docx", TITLE, form))) == SAID[:2]


AREAS = """项目名称|修路|<|<|<|<
    一级指标|二级指标|三级指标|{}
    产出指标|数量指标|修路长度|{}
    ^|质量指标|验收合格率|{}"""


@pytest.mark.parametrize(
    ("heads", "first", "second", "whole"),
    [
        ("甲县|乙县|丙县", "2公里|3公里|1公里", "98%|97%|96%", ["", ""]),
        ("东街镇|西街镇|合计", "2公里|3公里|5公里", "98%|97%|97.5%", ["5公里", "97.5%"]),
        ("全市|城关区|河东区", "≥5公里|≥2公里|≥3公里", "98%|98%|98%", ["≥5公里", "98%"]),
        ("指标值|中期指标值|备注", "2公里|9公里|", "98%|99%|", ["2公里", "98%"]),
        ("2022年|2023年|2024年", "2公里|3公里|4公里", "96%|97%|98%", ["2公里", "96%"]),
    ],
)
def test_targets_of_areas_and_terms_are_never_joined_nor_the_first_one_taken(
    read: Read, heads: str, first: str, second: str, whole: list[str]
) -> None:
    document = read(AREAS.format(heads, first, second))
    indicators = document.projects[0].indicators
    assert [each.raw_value for each in indicators] == whole
    names, said = heads.split("|"), first.split("|")
    others = {n: s for n, s in zip(names, said, strict=True) if s and s != whole[0]}
    assert {area.area: area.raw_value for area in indicators[0].areas}.items() >= others.items()
    assert all(area.target.unit == "公里" for area in indicators[0].areas)
    assert "several_targets" in {finding.code for finding in document.findings}
    assert not [f for f in review_document(document) if "没有填写指标值" in f.message]


TWO = """项目名称|修路|<|<|<
    一级指标|二级指标|三级指标|{}
    产出指标|数量指标|修路长度|{}
    ^|质量指标|验收合格率|{}"""


@pytest.mark.parametrize(
    ("heads", "first", "second", "said"),
    [
        ("年初指标值|调整后指标值", "2公里|3公里", "98%|", ["3公里", "98%"]),
        ("指标值|变更后目标数", "2公里|3公里", "98%|不变", ["3公里", "98%"]),
        ("指标值|调整后", "2公里|3公里", "98%|未作调整", ["3公里", "98%"]),
        ("指标值|修订值", "2公里|3公里", "98%|同年初", ["3公里", "98%"]),
        ("指标值|第一次调整|第二次调整", "2公里|3公里|4公里", "98%|97%|", ["4公里", "97%"]),
    ],
)
def test_a_target_changed_in_the_year_counts_and_is_told(
    read: Read, heads: str, first: str, second: str, said: list[str]
) -> None:
    document = read(TWO.format(heads, first, second))
    assert [value for _, value, *_ in values(document)] == said
    assert "target_revised" in {finding.code for finding in document.findings}


@pytest.mark.parametrize(
    ("heads", "first", "second"),
    [
        ("指标值|调整后分值", "2公里|10", "98%|20"),
        ("指标值|调整后权重", "2公里|10", "98%|20"),
        ("指标值|调整日期", "2公里|2022年6月", "98%|2022年7月"),
        ("指标值|调整比例", "2公里|-20%", "98%|5%"),
        ("指标值|调整值", "2公里|-1公里", "98%|+1%"),
        ("指标值|上年调整后指标值", "2公里|9公里", "98%|91%"),
        ("2022年指标值|2021年调整后指标值", "2公里|9公里", "98%|91%"),
        ("指标值|下年调整目标", "2公里|9公里", "98%|91%"),
    ],
)
def test_what_else_was_changed_is_no_target(
    read: Read, heads: str, first: str, second: str
) -> None:
    document = read(TWO.format(heads, first, second))
    assert [value for _, value, *_ in values(document)] == ["2公里", "98%"]
    assert "target_revised" not in {finding.code for finding in document.findings}


@pytest.mark.parametrize(
    ("heads", "first", "second"),
    [
        ("符号|指标值|调整后符号|调整后指标值", "≥|2公里|≤|3公里", "≥|98%|≥|97%"),
        ("指标值（万元）|调整后指标值（亿元）", "8000|0.7", "9000|0.8"),
    ],
)
def test_a_changed_target_with_a_sign_or_unit_of_its_own_is_told_not_guessed(
    read: Read, heads: str, first: str, second: str
) -> None:
    document = read(TWO.format(heads, first, second))
    assert not values(document)
    assert document.rows.not_understood == 2


@pytest.mark.parametrize("lower", ["量化|描述", "定量|定性", "定量指标值|定性指标值"])
def test_figures_and_words_below_one_heading_are_one_value(read: Read, lower: str) -> None:
    document = read(f"""项目名称|修路|<|<|<
    一级指标|二级指标|三级指标|目标值|<
    ^|^|^|{lower}
    产出指标|数量指标|修路长度|≥2公里|修好村里的路
    效益指标|社会效益指标|出行条件||有效改善""")
    assert [value for _, value, *_ in values(document)] == ["≥2公里", "有效改善"]
    assert not document.projects[0].indicators[0].areas


def test_areas_below_one_heading_are_targets_of_their_own(read: Read) -> None:
    document = read("""项目名称|修路|<|<|<
    一级指标|二级指标|三级指标|区域目标值|<
    ^|^|^|甲片|乙片
    产出指标|数量指标|修路长度|2公里|3公里
    ^|质量指标|验收合格率|98%|97%""")
    [first, _] = document.projects[0].indicators
    assert first.raw_value == ""
    assert [(a.area, a.raw_value) for a in first.areas] == [("甲片", "2公里"), ("乙片", "3公里")]
    [printed, _] = to_json_dict(document)["projects"][0]["indicators"]
    assert [(a["area"], a["target"]["value"]) for a in printed["areas"]] == [
        ("甲片", "2"),
        ("乙片", "3"),
    ]


@pytest.mark.parametrize(
    ("heads", "first", "second"),
    [
        ("2021年指标值|2022年指标值", "90人次|280人次", "80%|95%"),
        ("上年指标值|本年指标值", "90人次|280人次", "80%|95%"),
        ("2021年实际|预期2022年", "—|280人次", "—|95%"),
        ("去年完成值|目标值", "90人次|280人次", "80%|95%"),
        ("年度指标值|实际完成值", "280人次|90人次", "95%|80%"),
        ("半年指标值|全年指标值", "90人次|280人次", "80%|95%"),
    ],
)
def test_the_years_column_is_read_and_not_the_one_beside_it(
    read: Read, heads: str, first: str, second: str
) -> None:
    document = read(f"""项目名称|培训|<|<|<
    一级指标|二级指标|三级指标|{heads}
    产出指标|数量指标|培训人次|{first}
    ^|质量指标|合格率|{second}""")
    assert values(document) == [("培训人次", "280人次"), ("合格率", "95%")]


ON_ITS_SIDE = """项目名称|修路|<
{first}|数量指标|质量指标
^|修路长度|合格率
{one}|2公里|98%
{two}|3公里|97%
{three}|1公里|96%"""


BESIDE_IT = "项目名称|造林|<|<\n一级指标|二级指标|三级指标|指标值" + BODY


@pytest.mark.parametrize(
    "areas", ["甲县 乙县 丙县", "东街镇 西街镇 北街镇", "城关区 河东区 河西区"]
)
def test_a_table_on_its_side_is_read_area_by_area(tmp_path: Path, areas: str) -> None:
    one, two, three = areas.split()
    form = ON_ITS_SIDE.format(first="区域", one=one, two=two, three=three)
    document = extract_document(word(tmp_path / "表.docx", TITLE, form, TITLE, BESIDE_IT))
    turned, beside = document.projects
    assert [(each.level2, each.level3, each.raw_value) for each in turned.indicators] == [
        ("数量指标", "修路长度", ""),
        ("质量指标", "合格率", ""),
    ]
    assert [(area.area, area.raw_value) for area in turned.indicators[0].areas] == [
        (one, "2公里"),
        (two, "3公里"),
        (three, "1公里"),
    ]
    assert len(beside.indicators) == 4


def test_a_table_on_its_side_whose_rows_nobody_knows_is_told(tmp_path: Path) -> None:
    form = ON_ITS_SIDE.format(first="学校", one="一中", two="二中", three="三中")
    document = extract_document(word(tmp_path / "表.docx", TITLE, form, TITLE, BESIDE_IT))
    assert len(rows(document)) == 4
    unread = [f for f in document.findings if f.code == "table_unread"]
    assert document.rows.not_understood + len(unread)


def test_each_areas_target_is_a_row_of_the_warehouse(tmp_path: Path) -> None:
    form = AREAS.format("甲县|乙县|合计", "2公里|3公里|5公里", "98%|97%|97.5%")
    made = document_rows(extract_document(word(tmp_path / "表.docx", TITLE, form)), 2022)
    indicators = {row.key for row in made[schema.indicator]}
    areas = [row.values for row in made[schema.target_area]]
    assert [(each["area"], each["raw_value"], each["value_micro"]) for each in areas[:2]] == [
        ("甲县", "2公里", 2_000_000),
        ("乙县", "3公里", 3_000_000),
    ]
    assert {each["indicator_key"] for each in areas} == indicators


@pytest.mark.parametrize("areas", ["甲县|乙县", "东街镇|西街镇", "和平街道|新华街道"])
def test_an_indicator_of_areas_alone_is_one_an_area(tmp_path: Path, areas: str) -> None:
    form = AREAS.format(f"{areas}", "2公里|3公里", "98%|97%").replace("|<|<|<|<", "|<|<|<")
    made = document_rows(extract_document(word(tmp_path / "表.docx", TITLE, form)), 2022)
    one, two = areas.split("|")
    named = [(row.values["name"], row.values["weight_text"]) for row in made[schema.indicator]]
    assert named[:2] == [(f"修路长度（{one}）", None), (f"修路长度（{two}）", None)]
    aims = {row.key: row.values["value_micro"] for row in made[schema.target]}
    assert [aims[row.key] for row in made[schema.indicator]][:2] == [2_000_000, 3_000_000]
    keys = {row.key for row in made[schema.indicator]}
    assert {row.values["indicator_key"] for row in made[schema.target_area]} == keys


def test_what_each_grade_asks_for_is_one_indicator(tmp_path: Path) -> None:
    form = AREAS.format("优|良|中", "≥5公里|≥4公里|≥3公里", "≥98%|≥95%|≥90%")
    made = document_rows(extract_document(word(tmp_path / "表.docx", TITLE, form)), 2022)
    assert [row.values["name"] for row in made[schema.indicator]] == ["修路长度", "验收合格率"]
    assert {row.values["kind"] for row in made[schema.target]} == {"text"}


@pytest.mark.parametrize(
    ("title", "heads", "values"),
    [
        ("专项业务经费绩效目标表", "2023年|2024年|2025年", "80万页|120万页|150万页"),
        ("项目绩效目标表", "2024年目标值|2025年目标值|2026年目标值", "≥3场|≥4场|≥5场"),
        ("2022年项目绩效目标表", "2024年|2025年|2026年", "≤3起|≤2起|≤1起"),
    ],
)
def test_of_several_years_none_is_taken_where_nobody_says_which(
    tmp_path: Path, title: str, heads: str, values: str
) -> None:
    form = f"""项目名称|档案数字化|<|<|<|<
    实施期限|2023年—2026年|<|<|<|<
    一级指标|二级指标|三级指标|{heads}
    产出指标|数量指标|完成数量|{values}
    ^|质量指标|另一数量|{values}"""
    document = extract_document(word(tmp_path / "表.docx", title, form))
    assert rows(document) == []
    assert document.rows.not_understood == 2


TARGETS_AND_ACTUALS = """项目名称|水土保持|<|<|<|<|<
    一级指标|二级指标|三级指标|{0}|<|{1}|<
    ^|^|^|{2}|{3}|{2}|{3}
    产出指标|数量指标|治理面积|≥40平方公里|42平方公里|≥30平方公里|31平方公里
    ^|质量指标|措施保存率|≥90%|93%|≥90%|91%"""


@pytest.mark.parametrize("areas", ["东宁市 西宁市", "甲县 乙县", "城关镇 板桥乡"])
@pytest.mark.parametrize("below", ["目标值 实际值", "年度指标值 全年完成值", "计划 完成"])
def test_each_area_has_the_target_below_it(tmp_path: Path, areas: str, below: str) -> None:
    one, two = areas.split()
    form = TARGETS_AND_ACTUALS.format(one, two, *below.split())
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    read = [
        (each.level3, each.raw_value, [(a.area, a.raw_value) for a in each.areas], each.filled)
        for each in document.projects[0].indicators
    ]
    assert read == [
        ("治理面积", "", [(one, "≥40平方公里"), (two, "≥30平方公里")], None),
        ("措施保存率", "", [(one, "≥90%"), (two, "≥90%")], None),
    ]


def test_targets_and_actuals_under_names_nobody_knows_are_told(tmp_path: Path) -> None:
    form = TARGETS_AND_ACTUALS.format("东线", "西线", "目标值", "实际值")
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert rows(document) == []
    assert document.rows.not_understood == 2


def test_of_two_halves_of_a_year_neither_is_the_year(tmp_path: Path) -> None:
    form = """项目名称|宣传|<|<|<
    一级指标|二级指标|三级指标|上半年目标|下半年目标
    产出指标|数量指标|宣传次数|≥2次|≥2次
    效益指标|社会效益指标|知晓率|≥80%|≥90%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert rows(document) == []
    assert document.rows.not_understood == 2


def test_a_lower_and_an_upper_bound_are_no_areas(tmp_path: Path) -> None:
    form = """项目名称|抽检|<|<|<|<
    一级指标|二级指标|三级指标|下限|上限|单位
    产出指标|数量指标|抽检批次|300|400|批次
    ^|质量指标|合格率|95|100|%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert rows(document) == []
    assert document.rows.not_understood == 2


def test_other_places_beside_areas_are_one_of_them(tmp_path: Path) -> None:
    form = """项目名称|水土保持|<|<|<|<|<|<|<
    一级指标|二级指标|三级指标|甲县|<|乙县|<|其他|<
    ^|^|^|目标值|实际值|目标值|实际值|目标值|实际值
    产出指标|数量指标|治理面积|≥40公顷|42公顷|≥30公顷|31公顷|≥5公顷|6公顷
    ^|质量指标|保存率|≥90%|93%|≥90%|91%|≥80%|85%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    (first, _) = document.projects[0].indicators
    assert [(a.area, a.raw_value) for a in first.areas][-1] == ("其他", "≥5公顷")
    assert (first.raw_value, first.filled) == ("", None)


@pytest.mark.parametrize("beside", ["单位", "符号"])
def test_a_sign_or_unit_of_each_area_is_told(tmp_path: Path, beside: str) -> None:
    form = TARGETS_AND_ACTUALS.format("甲县", "乙县", "目标值", beside)
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert rows(document) == []
    assert document.rows.not_understood == 2


def test_years_below_a_later_term_keep_their_names(tmp_path: Path) -> None:
    form = """项目名称|水|<|<|<|<
    一级指标|二级指标|三级指标|2022年目标值|中期目标|<
    ^|^|^|^|2023年|2024年
    产出指标|数量指标|治理面积|≥40公顷|≥45公顷|≥50公顷
    ^|质量指标|保存率|≥90%|≥91%|≥92%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    (first, _) = document.projects[0].indicators
    assert [(a.area, a.raw_value) for a in first.areas] == [
        ("2023年", "≥45公顷"),
        ("2024年", "≥50公顷"),
    ]


@pytest.mark.parametrize("headings", ["甲县 乙县", "上半年 全年"])
def test_what_a_part_reached_is_not_what_the_whole_did(tmp_path: Path, headings: str) -> None:
    one, two = headings.split()
    form = f"""项目名称|水|<|<|<|<
    一级指标|二级指标|三级指标|指标值|实际完成值|<
    ^|^|^|^|{one}|{two}
    产出指标|数量指标|治理面积|75公顷|40公顷|76公顷
    ^|质量指标|保存率|90%|91%|92%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    reached = [each.filled and each.filled.actual for each in document.projects[0].indicators]
    assert reached == ([None, None] if one == "甲县" else ["76公顷", "92%"])


@pytest.mark.parametrize("other", ["长期目标", "中长期目标", "实际完成情况", "上年完成"])
def test_clauses_of_another_term_or_of_what_was_done_are_told(read: Read, other: str) -> None:
    document = read(f"""项目名称|巡查|<
    年度目标|产出指标|巡查8次；培训2次
    ^|效益指标|满意率≥90%
    {other}|产出指标|巡查7次；培训1次
    ^|效益指标|满意率≥95%""")
    assert values(document) == [("巡查", "8次"), ("培训", "2次"), ("满意率", "≥90%")]
    assert document.rows.not_understood == 2
