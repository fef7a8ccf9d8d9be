"""Targets of areas (区域目标值): each judged, printed and rolled up as an indicator of its own."""

from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import select

from perf_pipeline.domain.organisation import Level
from perf_pipeline.monitoring.rollup import ATTAINMENT, read_rollup, roll_up_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.warehouse.schema import indicator, target_area
from tests.grids import word
from tests.kept import empty_warehouse
from tests.offices import MEASURES, OFFICES, PAYMENTS, REPORTED, STREETS, Offices
from tests.year import CALENDAR

PROJECT = OFFICES[STREETS][1]
YEAR_END = CALENDAR.checkpoints(2024)[-1]
FORM = f"""项目名称 | {PROJECT} | < | < | <
资金总额（万元） | 100 | < | < | <
资金支出计划（%） | 3月底 | 6月底 | 10月底 | 12月底
^ | 20% | 50% | 80% | 100%
绩效目标 | 做好两镇环境整治。 | < | < | <
一级指标 | 二级指标 | 三级指标 | 区域目标值 | <
^ | ^ | ^ | 东街镇 | 西街镇
产出指标 | 数量指标 | 巡查次数 | ≥12次 | ≥8次
产出指标 | 质量指标 | 整改合格率 | ≥90% | ≥95%"""
# each area's value at the year's end, and how it is judged
DONE = {
    "巡查次数（东街镇）": ("13次", "met"),
    "巡查次数（西街镇）": ("5次", "missed"),
    "整改合格率（东街镇）": ("92%", "met"),
    "整改合格率（西街镇）": ("94%", "missed"),
}


def handed_in(folder: Path) -> Offices:
    """An office's targets of two towns, what each reached, and its payments."""
    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    offices = Offices(engine, folder, day=date(2025, 1, 8))
    targets = offices.inbox / "2024" / STREETS / "targets"
    targets.mkdir(parents=True)
    (offices.inbox / "calendar.yaml").write_text("checkpoint_months: [3, 6, 10, 12]\n", "utf-8")
    made_by = f"编制单位：{OFFICES[STREETS][0]}"
    word(targets / "目标.docx", "2024年度部门绩效目标", made_by, "项目绩效目标表", FORM)
    ways = {"次": "累计", "%": "持续"}
    maps = [f"{PROJECT},{name},reported,{ways[done[-1]]}" for name, (done, _) in DONE.items()]
    offices.hand_in(STREETS, "指标与度量对照表", MEASURES, *maps)
    values = [f"{PROJECT},{name},2024-12-31,{done},王某" for name, (done, _) in DONE.items()]
    offices.hand_in(STREETS, "人工填报指标值", REPORTED, *values)
    offices.hand_in(STREETS, "支付台账", PAYMENTS, f"记-1,2024-12-01,{PROJECT},1000000,财政资金")
    return offices


def test_each_areas_target_reaches_the_warehouse_the_form_and_the_rollup(tmp_path: Path) -> None:
    offices = handed_in(tmp_path)
    for step in [*offices.intake(), *offices.judging(YEAR_END)]:
        step()
    with offices.engine.connect() as connection:
        assert connection.scalars(select(indicator.c.name)).all() == list(DONE)
        areas = connection.execute(
            select(target_area.c.indicator_key, target_area.c.area, target_area.c.raw_value)
        ).all()
    assert [(area, raw) for _, area, raw in areas] == [
        ("东街镇", "≥12次"),
        ("西街镇", "≥8次"),
        ("东街镇", "≥90%"),
        ("西街镇", "≥95%"),
    ]
    (judged,) = [each for each in read_status(offices.engine) if each["quarter"] == YEAR_END.name]
    statuses = {each["name"]: each["status"] for each in judged["indicators"]}
    assert statuses == {name: status for name, (_, status) in DONE.items()}

    [form] = offices.reports.rglob("项目支出绩效目标执行监控表*.xlsx")
    printed = list(load_workbook(form).active.values)
    for name, (done, _) in DONE.items():
        [row] = [cells for cells in printed if name in cells]
        assert {done, done.replace("%", ".00%")} & set(row)

    roll_up_quarter(offices.engine, YEAR_END, None)
    rollup = read_rollup(offices.engine, YEAR_END, ATTAINMENT, least_cases=1)
    [unit] = [each for each in rollup.units if each.level is Level.DEPARTMENT]
    assert unit.figures[ATTAINMENT] == (2, 4)
