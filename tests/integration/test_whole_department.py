"""The common lines of the whole-department form: from registers, scored, never guessed."""

from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import Overspending
from perf_pipeline.domain.whole_department import (
    Direction,
    Known,
    LineDeclaration,
    ScoredLine,
    Step,
    WholeDepartmentRules,
    score_line,
)
from perf_pipeline.monitoring.whole_department.evaluate import declared_lines, whole_departments
from perf_pipeline.reports.whole_department_form import write_whole_departments
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.targets import load_targets
from tests.year import DATA, DEPARTMENT, QUARTERS

RULES = WholeDepartmentRules()
COUNSEL, PATROL = "信访维稳经费", "综治重点工作经费"
OTHERS = ("雪亮工程二期尾款及维修保养项目", "社会治安保险")
ASSETS = "资产编号,资产名称,取得日期,原值（元）,领用日期,处置日期,处置方式"
EXPENSES = ["三公经费决算数,,90,", "上年三公经费决算数,,100,"]


def line(**given: object) -> LineDeclaration:
    usual = {
        "code": "some",
        "label": "某率",
        "numerator": ("a",),
        "denominator": ("b",),
        "direction": Direction.AT_MOST,
        "limit_bp": 10_000,
        "points": 2,
        "source": "测试",
    }
    return LineDeclaration.model_validate({**usual, **given})


@pytest.mark.parametrize(
    ("given", "a", "b", "score"),
    [
        ({}, 100, 100, 200),
        ({}, 101, 100, 0),
        ({"each_point_centi": 50}, 101, 100, 150),
        ({"each_point_centi": 50}, 200, 100, 0),
        ({"direction": Direction.AT_LEAST}, 75, 100, 150),
        ({"direction": Direction.AT_LEAST, "limit_bp": 9_000}, 90, 100, 200),
        ({"direction": Direction.AT_LEAST, "most_bp": 10_000}, 125, 100, 160),  # overspent
        ({"direction": Direction.AT_LEAST, "most_bp": 10_000}, 10**9 + 1, 10**9, 199),
        ({"direction": Direction.AT_LEAST, "most_bp": 10_000}, 100, 100, 200),
        ({"limit_bp": 0, "steps": (Step(up_to_bp=1_000, share_bp=8_000),)}, 10, 100, 160),
        ({"limit_bp": 0, "steps": (Step(up_to_bp=1_000, share_bp=8_000),)}, 11, 100, 0),
        ({"limit_bp": 0, "numerator": ("a", "-b")}, 90, 100, 200),
        ({}, None, 100, None),
        ({}, 1, 0, None),
    ],
)
def test_lines_are_scored_by_their_rules(
    given: dict[str, object], a: int | None, b: int, score: int | None
) -> None:
    figures = {"a": Known(a, "甲数", "某表"), "b": Known(b, "乙数", "某表")}
    found = score_line(line(**given), figures, RULES)
    assert found.score_centi == score
    assert (found.text == "无数据") == (score is None)


def test_spending_beyond_the_budget_earns_what_the_places_rule_says() -> None:
    figures = {"a": Known(125, "甲数", "某表"), "b": Known(100, "乙数", "某表")}
    declared = line(direction=Direction.AT_LEAST, limit_bp=10_000, most_bp=10_000)
    scored = [score_line(declared, figures, RULES, rule) for rule in Overspending]
    assert [each.score_centi for each in scored] == [160, 0, 200]
    assert [each.words.rpartition("，")[2] for each in scored] == [
        *("按其与实际之比计分", "不得分", "按满分计")
    ]


def test_a_line_takes_one_rule_beyond_its_limit() -> None:
    with pytest.raises(ValueError, match="只能有一个"):
        line(each_point_centi=1, steps=(Step(up_to_bp=1, share_bp=1),))
    with pytest.raises(ValueError, match="须递增"):
        line(steps=(Step(up_to_bp=2, share_bp=1), Step(up_to_bp=1, share_bp=1)))


def filled(engine: Engine, inbox: Path, **registers: list[str]) -> dict[str, ScoredLine]:
    folder = inbox / "2024" / DEPARTMENT / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    load_targets(engine, DATA)
    files = {
        "budget": ("项目预算表", "项目名称,预算数（元）"),
        "budget_adjustment": ("预算调整表", "项目名称,生效日期,调整后预算数（元）"),
        "payment": ("支付台账", "凭证号,支付日期,项目名称,支付金额（元）,资金来源"),
        "fixed_asset": ("固定资产台账", ASSETS),
        "base_figure": ("部门基础数据", "数据名称,人数,金额（元）,数据来源"),
    }
    for name, (label, header) in files.items():
        if name in registers:
            text = "\n".join([header, *registers[name]]) + "\n"
            (folder / f"{label}.csv").write_text(text, "utf-8")
            for outcome in load_register(engine, inbox, name):
                assert outcome.rows_quarantined == 0, outcome
    with engine.connect() as connection:
        (found,) = whole_departments(connection, QUARTERS[3], RULES)
    return {each.declared.code: each for each in found.lines}


def test_what_registers_do_not_say_is_no_data(engine: Engine, tmp_path: Path) -> None:
    lines = filled(engine, tmp_path, fixed_asset=["A1,电脑,2024-01-01,900,,,"])
    # the document gives the budget of one project only: a part is not the whole; and nobody wrote
    # of any asset when it was put to use
    assert {each.text for each in lines.values()} == {"无数据"}
    assert lines["staff"].words == "缺“在职人员数”、“编制数”"
    assert "全年预算数" in lines["budget_execution"].words


def test_lines_come_from_registers_and_base_figures(engine: Engine, tmp_path: Path) -> None:
    lines = filled(
        engine,
        tmp_path,
        budget=[f"{name},100" for name in (COUNSEL, PATROL, *OTHERS)],
        budget_adjustment=[f"{PATROL},2024-09-01,150", f"{COUNSEL},2024-09-01,70"],
        payment=[f"记-1,2024-03-01,{PATROL},105,财政资金"],
        fixed_asset=[
            "A1,电脑,2024-01-01,900,2024-01-02,,",
            "A2,电脑,2024-01-01,100,,,",
            "A3,电脑,2020-01-01,500,2020-01-02,2024-05-01,报废",
        ],
        base_figure=["编制数,20,,", "在职人员数,21,,", *EXPENSES],
    )
    values = {code: each.value for code, each in lines.items() if each.value is not None}
    assert values == {
        "budget_execution": Fraction(105, 420),
        "budget_adjustment": Fraction(80, 400),
        "official_expenses_change": Fraction(-1, 10),
        "assets_in_use": Fraction(900, 1000),
        "staff": Fraction(21, 20),
    }
    scores = {code: lines[code].score_centi for code in values}
    assert scores == {
        "budget_execution": 250,
        "budget_adjustment": 300,
        "official_expenses_change": 200,
        "assets_in_use": 200,
        "staff": 0,
    }


def test_points_are_settings_and_the_form_says_what_lacks(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path, base_figure=["编制数,20,,", "在职人员数,20,,"])
    rules = WholeDepartmentRules(points={"staff": 7})
    with engine.connect() as connection:
        found = whole_departments(connection, QUARTERS[3], rules)
        with pytest.raises(ConfigurationError, match="没有指标“staffs”"):
            whole_departments(connection, QUARTERS[3], WholeDepartmentRules(points={"staffs": 7}))
    (path,) = write_whole_departments(found, 2024, tmp_path / "out")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=4, max_row=12)}
    assert [cell.value for cell in rows["在职人员控制率"]][2:6] == ["≤100.00%", "100.00%", 7, 7]
    assert rows["政府采购执行率"][5].value == "无数据"
    assert len(rows) == len(declared_lines())
