"""The indicator library: every row whole, names found as people write them, faults named."""

from pathlib import Path

import pytest

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.target import Operator
from perf_pipeline.domain.target_grammar.measure_words import split_unit
from perf_pipeline.library.indicators import FILE, HEADER, load_library, plain_name
from perf_pipeline.measures.catalogue import known_codes

SHIPPED = Path(__file__).parents[2] / "data" / FILE
LIBRARY = load_library(SHIPPED)


def test_several_hundred_indicators_of_many_trades_each_with_its_source() -> None:
    assert len(LIBRARY.indicators) >= 450
    assert len({each.trade for each in LIBRARY.indicators}) >= 25
    assert all(each.source and each.level1 and each.level2 for each in LIBRARY.indicators)


def test_no_trade_has_an_indicator_twice_and_units_are_units() -> None:
    keys = [(each.trade, plain_name(each.name), each.level1) for each in LIBRARY.indicators]
    assert len(set(keys)) == len(keys)
    units = {each.unit for each in LIBRARY.indicators if each.unit}
    odd = {unit for unit in units if split_unit(unit) != (unit, "")}
    assert odd == set()


def test_the_usual_measures_are_measures() -> None:
    named = {each.measure for each in LIBRARY.indicators if each.measure}
    assert named <= known_codes()
    assert len(named) >= 15


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("义务教育巩固率", "义务教育巩固率"),
        ("本区义务教育巩固率", "义务教育巩固率"),
        ("义务教育巩固率（%）", "义务教育巩固率"),
        ("学生家长满意度", "学生家长满意度"),
        ("治安保险满意度", "治安保险满意度"),
        ("公路 养护里程", "公路养护里程"),
    ],
)
def test_a_name_is_found_as_people_write_it(written: str, found: str) -> None:
    indicator = LIBRARY.find(written)
    assert indicator is not None
    assert indicator.name == found


@pytest.mark.parametrize("name", ["家长会次数统计表编号", "满意度", "率", "", "巩固率提升措施"])
def test_likeness_alone_finds_nothing(name: str) -> None:
    assert LIBRARY.find(name) is None


def test_costs_point_down_and_satisfaction_up() -> None:
    satisfied = [each for each in LIBRARY.indicators if each.level1 == "满意度指标"]
    assert {each.direction for each in satisfied} == {Operator.GE}
    accidents = [
        each for each in LIBRARY.indicators if "事故" in each.name and "下降" not in each.name
    ]
    assert {each.direction for each in accidents} == {Operator.LE}


ROW = "教育,巩固率,效益指标,社会效益指标,%,≥,甲÷乙,,统计公报"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["行业,名称", ROW], "表头应为"),
        ([",".join(HEADER), ROW.replace("≥", "高")], r"第2行：方向“高”"),
        ([",".join(HEADER), ROW, ROW + ",多"], r"第3行：应有9列"),
        ([",".join(HEADER), ROW.replace("统计公报", "")], r"第2行：指标名称和来源"),
    ],
)
def test_a_library_that_cannot_be_used_is_told_by_row(
    tmp_path: Path, lines: list[str], told: str
) -> None:
    path = tmp_path / FILE
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_library(path)


def test_an_installation_without_a_library_has_an_empty_one(tmp_path: Path) -> None:
    assert load_library(tmp_path / FILE).find("义务教育巩固率") is None
