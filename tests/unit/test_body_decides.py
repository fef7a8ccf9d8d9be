"""What stands in a table's body says what its columns are, in every format; all cases made up."""

from pathlib import Path

import pytest

from perf_pipeline.documents.as_json import to_json_dict
from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.review import review_document
from tests.grids import MAKERS, word
from tests.tables_of_2022 import BODY, SAID, TITLE, Read, reader, values
from tests.unit.test_layouts import rows


@pytest.fixture(params=MAKERS)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    return reader(request.param, tmp_path)


@pytest.mark.parametrize(
    "heads",
    [
        "一级指标|二级指标|<|指标值",  # the second spans the names
        "一级指标|二级指标||指标值",
        "指标|指标|指标|预期完成情况",
        "指标|指标|指标|计划完成情况",
        "类别|分类|内容|要求",
        "甲|乙|丙|丁",
        "|一级指标|二级指标|三级指标",  # moved by a column
        "二级指标|三级指标|指标值|备注",
        "一级指标|二级指标|三级指标|备注",
    ],
)
def test_the_body_decides_whatever_the_headings_say(read: Read, heads: str) -> None:
    assert rows(read(f"项目名称|修路|<|<\n{heads}{BODY}")) == SAID


def test_a_body_without_any_heading_is_read_and_told(read: Read) -> None:
    document = read(f"项目名称|修路|<|<\n年度目标|修好村里的路|<|<{BODY}")
    assert rows(document) == SAID
    assert "header_guessed" in {finding.code for finding in document.findings}


@pytest.mark.parametrize(
    ("upper", "lower", "cells"),
    [
        ("2021年|2022年", "实际|预期", "—|280人次"),
        ("年度|实际", "指标值|完成值", "280人次|90人次"),
        ("上年|本年", "完成值|目标值", "90人次|280人次"),
    ],
)
def test_a_heading_of_two_rows_is_read_as_one(
    read: Read, upper: str, lower: str, cells: str
) -> None:
    document = read(f"""项目名称|培训|<|<|<
    一级指标|二级指标|三级指标|{upper}
    ^|^|^|{lower}
    产出指标|数量指标|培训人次|{cells}
    ^|质量指标|合格率|95%|95%""")
    assert values(document)[0] == ("培训人次", "280人次")


@pytest.mark.parametrize(
    ("behind", "first", "second"),
    [
        ("上年实际", "9公里", "96%"),
        ("分值", "10", "20"),
        ("全省平均", "9公里", "96%"),
        ("标准值", "9公里", "96%"),
        ("完成时限", "6月", "7月"),
        ("备注", "", ""),
    ],
)
def test_values_before_the_names_are_read_whatever_stands_behind(
    read: Read, behind: str, first: str, second: str
) -> None:
    document = read(f"""项目名称|修路|<|<|<
    指标值|一级指标|二级指标|三级指标|{behind}
    ≥2公里|产出指标|数量指标|修路长度|{first}
    ≥98%|产出指标|质量指标|验收合格率|{second}""")
    assert values(document) == [("修路长度", "≥2公里"), ("验收合格率", "≥98%")]


def test_a_year_with_places_to_write_on_is_blank_and_its_midterm_is_told(read: Read) -> None:
    document = read("""项目名称|修路|<|<|<|<
    中期目标|<|<|年度目标|<|<
    二级指标|三级指标|指标值|二级指标|三级指标|指标值
    数量指标|修路长度|≥9公里|数量指标|指标1：|
    质量指标|验收合格率|≥98%|质量指标|指标1：|""")
    assert not values(document)
    assert document.rows.not_understood == 2


@pytest.mark.parametrize(
    "foot", ["业务科室(盖章)|<|<|李某", "填表人|<|<|李某", "主管部门初审意见|<|<|同意"]
)
def test_a_foot_is_no_indicator(read: Read, foot: str) -> None:
    document = read(f"项目名称|修路|<|<\n一级指标|二级指标|三级指标|指标值{BODY}\n{foot}")
    assert rows(document) == SAID


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("苗木成活率(≥**%)", "85", "≥85%"),
        ("项目总投入（≥**万元）", "6070", "≥6070万元"),
        ("发放人数≥**人", "29", "≥29人"),
        ("拖欠比例(≤**%)", "5", "≤5%"),
        ("苗木成活率(≥**%)", "≥85", "≥85%"),
        ("苗木成活率(≥**%)", ">=85%", ">=85%"),
        ("苗木成活率(≥**%)", "0.85", "0.85"),
        ("补助标准(≤___元/亩)", "30", "≤30元/亩"),
        ("举办不少于X场活动", "5", "不少于5场活动"),
        ("优质苗木批次(>国标)", "5", "5"),
        ("达标苗木(≥国家标准)", "95", "95"),
        ("苗木_组", "5", "5"),
        ("培训_线上", "≥300", "≥300"),
    ],
)
def test_the_sign_and_unit_that_a_name_leaves_room_for_belong_to_the_value(
    read: Read, name: str, raw: str, said: str
) -> None:
    document = read(f"""项目名称|造林|<|<
    一级指标|二级指标|三级指标|指标值
    产出指标|质量指标|{name}|{raw}
    ^|数量指标|造林面积|20亩""")
    assert values(document)[0][1] == said


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("目标值（万元）", ["95", "90", "80", "30", "12", "300万元"]),
        ("目标值（人次）", ["95", "90", "80人次", "30", "12", "300人次"]),
        ("目标值（%）", ["95%", "90%", "80", "30", "12", "300"]),
    ],
)
def test_the_unit_over_the_values_goes_to_those_whose_names_speak_of_no_other(
    read: Read, heading: str, said: list[str]
) -> None:
    document = read(f"""项目名称|造林|<|<
    一级指标|二级指标|三级指标|{heading}
    产出指标|质量指标|苗木成活率|95
    满意度指标|服务对象满意度指标|群众满意度|90
    产出指标|数量指标|培训人次|80
    ^|^|巡查次数|30
    ^|时效指标|完成时间|12
    效益指标|经济效益指标|直接带动|300""")
    assert [value for _, value in values(document)] == said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "【产出指标-数量指标】指标1:机柜数量(≥77台)；指标2：线路条数（≥12条）",
            [("机柜数量", "≥77台"), ("线路条数", "≥12条")],
        ),
        (
            "【产出指标-质量指标】指标1：合格率（100%）【效益指标-社会效益指标】指标1：投诉（≤3件）",
            [("合格率", "100%"), ("投诉", "≤3件")],
        ),
        ("【满意度指标-服务对象满意度指标】指标1：满意度(≥90%)", [("满意度", "≥90%")]),
    ],
)
def test_several_indicators_in_one_cell_are_each_read(
    read: Read, cell: str, said: list[tuple[str, str]]
) -> None:
    assert values(read(f"项目名称|机房|<\n年度目标|建好机房|<\n绩效指标|{cell}|<")) == said


@pytest.mark.parametrize(
    "banner", ["207101某某局|<|<|单位：万元", "某某市财政局|<|<|单位：元", "0|0|0|0"]
)
def test_a_banner_among_the_rows_is_no_indicator(read: Read, banner: str) -> None:
    form = f"项目名称|修路|<|<\n一级指标|二级指标|三级指标|指标值\n{banner}{BODY}"
    assert rows(read(form))[-4:] == SAID
    assert len(rows(read(form))) == 4


@pytest.mark.parametrize("value", ["2公里|3公里", "≥2|≥3", "90%|95%"])
def test_rows_that_are_not_understood_are_told_with_their_place(tmp_path: Path, value: str) -> None:
    form = f"""项目名称|修路|<|<|<
    一级指标|二级指标|三级指标|指标值|<
    产出指标|数量指标|修路长度|≥12公里|<
    ^|质量指标|合格率|≥12%|<
    ^|时效指标|完工率|98%|<
    ^|成本指标|成本|{value}"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert (document.rows.seen, document.rows.read, document.rows.not_understood) == (4, 3, 1)
    [told] = [f for f in document.findings if f.code == "row_unread"]
    assert "第6行像指标，没有读懂" in told.message


@pytest.mark.parametrize("count", [1, 3, 7])
def test_rows_read_and_not_understood_are_the_rows_seen(read: Read, count: int) -> None:
    body = "\n".join(f"产出指标|数量指标|第{n}条路|≥{n}公里" for n in range(1, count + 1))
    document = read(
        f"项目名称|修路|<|<\n一级指标|二级指标|三级指标|指标值\n{body}\n产出指标|质量指标|123|≥9公里"
    )
    assert to_json_dict(document)["rows"] == {
        "seen": count + 1,
        "read": count,
        "not_understood": 1,
    }
    assert not [f for f in review_document(document) if "没有绩效指标" in f.message]


@pytest.mark.parametrize("above", ["省级主管部门", "中央主管部门", "上级主管部门"])
def test_the_maker_of_a_form_goes_before_the_authority_above_it(read: Read, above: str) -> None:
    document = read(f"""项目名称|修路|<|<
    {above}|某省交通厅|<|<
    填报单位|某县交通局|<|<
    一级指标|二级指标|三级指标|指标值{BODY}""")
    assert document.department == "某县交通局"


@pytest.mark.parametrize("side", ["年度绩效目标2（40分）", "目标2", "第2项目标：服务"])
def test_a_heading_again_for_another_goal_is_no_indicator(tmp_path: Path, side: str) -> None:
    form = f"""项目名称|修路|<|<|<
    年度绩效目标1（40分）|一级指标|二级指标|三级指标|指标值
    ^|产出指标|数量指标|修路长度|≥12公里
    {side}|一级指标|二级指标|三级指标|指标值
    ^|产出指标|质量指标|验收合格率|100%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert values(document) == [("修路长度", "≥12公里"), ("验收合格率", "100%")]
    assert document.rows.not_understood == 0


@pytest.mark.parametrize(
    ("head", "office"),
    [
        ("县级主管部门|某县粮食局|实施单位|粮食储备股", "某县粮食局"),
        ("区级主管部门|某区教育局|实施单位|某区一小", "某区教育局"),
        ("省级主管部门|某省教育厅|<|<", "某省教育厅"),
    ],
)
def test_the_countys_office_is_the_department(tmp_path: Path, head: str, office: str) -> None:
    form = f"项目名称|储备|<|<\n{head}\n一级指标|二级指标|三级指标|指标值" + BODY
    assert extract_document(word(tmp_path / "表.docx", TITLE, form)).department == office


def test_clauses_of_a_goal_above_the_heading_are_no_indicators(tmp_path: Path) -> None:
    form = """项目名称|宣传|<|<
    年度目标|产出指标|完成宣传4次；培训100人|<
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|宣传次数|≥4次
    效益指标|社会效益指标|知晓率|≥90%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert [row[2:] for row in rows(document)] == [("宣传次数", "≥4次"), ("知晓率", "≥90%")]


@pytest.mark.parametrize(("fourth", "named"), [("培训期数|培训人次", True), ("|", False)])
def test_a_fourth_level_holds_the_names_if_it_is_filled(
    tmp_path: Path, fourth: str, named: bool
) -> None:
    one, two = fourth.split("|")
    form = f"""项目名称|培训|<|<|<
    一级指标|二级指标|三级指标|四级指标|指标值
    产出指标|数量指标|培训班|{one}|≥4期
    产出指标|数量指标|学员|{two}|≥200人次"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    names = (one, two) if named else ("培训班", "学员")
    assert [row[2:] for row in rows(document)] == [(names[0], "≥4期"), (names[1], "≥200人次")]


@pytest.mark.parametrize("before", ["工作任务", "责任科室"])
@pytest.mark.parametrize("names", ["指标内容", "绩效指标"])
def test_names_stand_below_their_heading(tmp_path: Path, before: str, names: str) -> None:
    form = f"""项目名称|水|<|<|<
    一级指标|二级指标|{before}|{names}|指标值
    产出指标|数量指标|水土保持|治理面积|≥40公顷
    ^|质量指标|林草管护|保存率|≥90%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert values(document) == [("治理面积", "≥40公顷"), ("保存率", "≥90%")]


def test_what_is_expected_is_not_what_is_asked(tmp_path: Path) -> None:
    form = """项目名称|水|<|<|<|<
    一级指标|二级指标|三级指标|指标值|1-7月完成值|全年预计完成值
    产出指标|数量指标|治理面积|75公顷|40公顷|76公顷
    ^|质量指标|保存率|90%|91%|92%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert values(document) == [("治理面积", "75公顷"), ("保存率", "90%")]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("巡查≥8次\\n培训≥2次", [("巡查", "≥8次"), ("培训", "≥2次")]),
        ("维修道路3公里，新建公厕5座；培训2次", []),
        ("巡查不少于8次，培训不少于2次", []),
    ],
)
def test_no_value_stays_in_the_name_of_a_clause(
    tmp_path: Path, said: str, read: list[tuple[str, str]]
) -> None:
    form = f"""项目名称|巡查|<
    年度目标|产出指标|{said}
    ^|效益指标|满意率≥90%"""
    document = extract_document(word(tmp_path / "表.docx", TITLE, form))
    assert values(document) == [*read, ("满意率", "≥90%")]
