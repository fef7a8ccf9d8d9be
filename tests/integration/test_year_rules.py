"""The year's rule through real files: what broke once is broken, what is told stands beside it."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.warehouse.known import checkpoint_id_of, latest_snapshots
from perf_pipeline.warehouse.schema import alert, indicator_result, snapshot
from tests.kept import stand
from tests.year import DATA, DEPARTMENT, judge, take_everything_in

pytestmark = [pytest.mark.on_sqlite, pytest.mark.long(10)]

REPORT = ("项目名称", "分项工作", "指标名称", "截至日期", "完成值", "填报口径")
CORRECTION = "社区矫正稳防线，普法意识入人心"
INSURANCE = "社会治安保险"
RULES = "扎实推进社区矫正工作规范化"


@pytest.fixture
def judged(engine: Engine, tmp_path: Path) -> Engine:
    """A year in which an offence and a late payment of October are followed by a good December.

    It is judged once on each database; each test has a copy of the warehouse.
    """
    stand(engine, "a-bad-october", lambda made: judge_a_bad_october(made, tmp_path / "inbox"))
    return engine


def judge_a_bad_october(engine: Engine, inbox: Path) -> None:
    shutil.copytree(DATA, inbox)
    registers = inbox / "2024" / DEPARTMENT / "registers"
    (registers / "人工填报指标值.xlsx").unlink()
    rows = [
        (None, CORRECTION, "重新犯罪", "2024-10-31", "1人", None),
        (None, CORRECTION, "重新犯罪", "2024-12-31", "0人", None),
        (INSURANCE, None, "及时赔付", "2024-10-31", "否", None),
        (INSURANCE, None, "及时赔付", "2024-12-31", "是", None),
        (INSURANCE, None, "出险服务", "2024-10-31", "是", None),
        (INSURANCE, None, "出险服务", "2024-12-31", "是", "年初以来"),
        (INSURANCE, None, "自愿选择产品类别", "2024-03-31", "是", None),
        (INSURANCE, None, "自愿选择产品类别", "2024-12-31", "是", None),
        (None, RULES, "脱漏管", "2024-06-30", "1人", None),
    ]
    with (registers / "人工填报指标值.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([REPORT, *rows])
    revised = ("项目名称", "指标名称", "生效日期", "调整后指标值", "批复文号")
    lowered = ("综治重点工作经费", "群众满意度", "2024-12-20", "≥80%", "调〔2024〕9号")
    with (registers / "绩效目标调整表.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([revised, lowered])
    take_everything_in(engine, inbox)
    judge(engine)


def found(
    engine: Engine,
    quarter: str,
    name: str,
    project: str | None = None,
    section: str | None = None,
) -> Any:
    with engine.connect() as connection:
        newest = latest_snapshots("monitoring", checkpoint_id_of(connection, quarter)).subquery()
        rows = connection.execute(
            select(indicator_result)
            .join(newest, newest.c.id == indicator_result.c.snapshot_id)
            .where(indicator_result.c.name == name)
        ).all()
    return next(
        row
        for row in rows
        if project in (None, row.project_name) and section in (None, row.section)
    )


def test_a_year_does_not_forget(judged: Engine) -> None:
    offence = found(judged, "2024-12", "重新犯罪")
    assert (offence.status, offence.year_rule, offence.numerator) == ("missed", "every", 1)
    assert "12月底0人，不改变全年结论" in offence.reason
    assert found(judged, "2024-12", "及时赔付").status == "missed"
    with judged.connect() as connection:
        states = connection.execute(
            select(alert.c.subject_key, alert.c.level).where(alert.c.rule == "indicator")
        ).all()
    assert sum("重新犯罪" in key and level == "missed" for key, level in states) >= 1


def test_a_period_that_nobody_reported_on_is_told_and_not_met(judged: Engine) -> None:
    assert found(judged, "2024-10", "出险服务").status == "no_data"
    assert found(judged, "2024-12", "出险服务").status == "met"  # told of the year so far
    chosen = found(judged, "2024-12", "自愿选择产品类别")
    assert (chosen.status, found(judged, "2024-03", "自愿选择产品类别").status) == (
        "no_data",
        "met",
    )
    assert "6月底没有填报值、10月底没有填报值；请补报" in chosen.reason
    lost = found(judged, "2024-06", "脱漏管", section=RULES)
    assert lost.status == "missed"
    assert "3月底没有填报值" in lost.reason


def test_the_year_of_a_period_rate_is_pooled(judged: Engine) -> None:
    online = found(judged, "2024-12", "设备在线率")
    assert (online.numerator, online.denominator) == (3914, 4116)
    assert "其中本期661/686" in online.reason


def test_a_target_lowered_late_is_told_beside_the_result(judged: Engine) -> None:
    lowered = found(judged, "2024-12", "群众满意度", "综治重点工作经费")
    assert lowered.status == "met"
    assert "12月20日（本期内）调整" in lowered.note
    assert "按调整前的目标“≥85%”为未达标" in lowered.note


def test_contradictions_of_the_document_stand_beside_both(judged: Engine) -> None:
    assert "中央、省、市三级交办信访事项办结率" in found(judged, "2024-12", "结案率").note
    execution = found(judged, "2024-12", "预算执行率", "信访维稳经费")
    assert "低于支出计划全年的100.00%" in execution.note
    assert "785600.00元/800000.00元" in execution.reason


def test_judging_again_writes_nothing(judged: Engine) -> None:
    def versions() -> list[Any]:
        with judged.connect() as connection:
            return list(connection.execute(select(snapshot.c.id).order_by(snapshot.c.id)).all())

    before = versions()
    judge(judged)
    assert versions() == before
