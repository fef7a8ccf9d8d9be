"""A new department with ordinary files sees its first judgement: init, check, one run.

The department, its form, its export and its petition list are made up.
"""

from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.checking import check_inbox
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.quality.open_points import Open
from perf_pipeline.settings import Settings
from perf_pipeline.starting import start_inbox
from tests.grids import word
from tests.year import take_everything_in

PROJECT = "农村公路养护"
FORM = (
    "项目支出绩效目标表",
    "（2024年度）",
    "单位：万元",
    f"""
    项目名称|<|{PROJECT}|<|<|<
    主管部门及代码|<|103-某县交通运输局|<|实施单位|县公路养护中心
    项目资金|年度资金总额：|<|85.50|<|<
    ^|其中：财政拨款|<|80.00|<|<
    ^|其他资金|<|5.5|<|<
    年度绩效目标|养护乡道120公里。|<|<|<|<
    绩 效 指 标|一级指标|二级指标|三级指标|指标值|分值
    ^|产出指标|数量指标|养护里程|≥120公里|50
    ^|效益指标|社会效益指标|信访事项按期办结率|≥95%|30
    ^|满意度指标|服务对象满意度指标|沿线群众满意度|≥90%|10
    """,
)


def lay_down(of_year: Path) -> None:
    """What the department has: a Word form, its accounting export, its petition list."""
    word(of_year / "targets" / "项目绩效目标申报表.docx", *FORM)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["某县交通运输局支付明细"])
    sheet.append(["凭证号数", "记账日期", "摘要", "核算项目名称", "资金性质", "借方金额"])
    sheet.append(["记-0012", "2024-02-18", "养护材料款", PROJECT, "财政资金", 128_450.5])
    sheet.append(["记-0047", "2024-03-06", "养护工程进度款", PROJECT, "财政资金", 90_000])
    sheet.append(["合计", None, None, None, None, 218_450.5])
    book.save(of_year / "registers" / "2024年支付明细.xlsx")
    (of_year / "registers" / "信访登记.csv").write_text(
        "信访编号,收到日期,受理日期,办结日期\nX1,2024-01-08,2024-01-10,2024-02-20\n", "gb18030"
    )


def judge_march(engine: Engine, inbox: Path) -> None:
    """Take in what is there, and judge the first quarter with its alerts and items."""
    take_everything_in(engine, inbox)
    calendar = FiscalCalendar(Settings(inbox=inbox).calendar_file().checkpoint_months)
    march = calendar.checkpoints(2024)[0]
    compute_measures(engine, march)
    evaluate_quarter(engine, march, Limits())
    raise_alerts(engine, march, load_configuration(inbox))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    start_inbox(made, 2024, "jiaotongju")
    lay_down(made / "2024" / "jiaotongju")
    return made


def test_init_check_and_one_run_end_in_a_judgement_and_one_list_of_what_is_open(
    engine: Engine, inbox: Path
) -> None:
    checked = check_inbox(Settings(inbox=inbox), compare=False)
    assert all(each.passed for each in checked.settings)
    taken_for = {each["path"].rpartition("/")[2]: each["register"] for each in checked.files}
    assert taken_for == {
        "项目绩效目标申报表.docx": "target_document",
        "2024年支付明细.xlsx": "payment",
        "信访登记.csv": "petition_case",
    }
    kinds = {each.kind for each in checked.points}
    assert {Open.NO_PLAN, Open.UNCOVERED} <= kinds
    assert Open.NO_BUDGET not in kinds  # the form gives it
    assert all(each.action for each in checked.points)

    judge_march(engine, inbox)
    (judged,) = read_status(engine)
    (line,) = judged["spending"]
    assert (line["budget_fen"], line["paid_fen"]) == (85_500_000, 21_845_050)
    assert line["light"] == "unknown"  # until it has a plan, which stands in the list
    assert "没有支出计划" in line["reason"]
    assert len(judged["indicators"]) == 3


def test_with_its_plan_by_template_the_light_is_known(engine: Engine, inbox: Path) -> None:
    plan = inbox / "2024/jiaotongju/registers/资金支出计划表.csv"
    lines = ("2024-03-31,20%", "2024-06-30,50%", "2024-12-31,100%")
    rows = "".join(f"{PROJECT},{line}\n" for line in lines)
    plan.write_text(f"项目名称,截至日期,累计支出比例\n{rows}", "utf-8")
    judge_march(engine, inbox)
    (judged,) = read_status(engine)
    assert [line["light"] for line in judged["spending"]] == ["green"]
