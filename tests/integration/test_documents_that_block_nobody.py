"""What one department's document says wrongly is put aside, and stops no other department.

Everything here is made up. Whatever a document holds, checks that block what follows must pass:
a scheduled run takes in and judges all departments together.
"""

from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine, select

from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import (
    department,
    project,
    quarantined_row,
    register_tables,
    spending_plan,
    target,
)
from tests.blocking import blocked
from tests.year import load_everything

Rows = Sequence[Sequence[str]]
TRAINING: Rows = [["产出指标", "数量指标", "培训场次", "≥20场"]]
MONEY = ("100", "100", "")
PLAN = ("20%", "50%", "100%")


def hand_in(
    folder: Path,
    *,
    name: str = "培训经费",
    money: Sequence[str] = MONEY,
    plan: Sequence[str] = PLAN,
    indicators: Rows = TRAINING,
) -> None:
    """Lay down one project's form as a Word document."""
    total, fiscal, other = money
    rows: Rows = [
        ["项目名称", name, "", ""],
        ["项目资金（万元）", "年度资金总额", total, ""],
        ["", "其中：财政拨款", fiscal, ""],
        ["", "其他资金", other, ""],
        ["资金支出计划（累计%）", "3月底", "6月底", "12月底"],
        ["", *plan],
        ["总体目标", "完成年度任务", "", ""],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        *indicators,
    ]
    document = docx.Document()
    document.add_paragraph("2024年部门整体绩效目标")
    table = document.add_table(rows=0, cols=4)
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    folder.mkdir(parents=True)
    document.save(str(folder / "2024年部门整体绩效目标.docx"))


ODD: dict[str, dict[str, object]] = {
    "a plan that falls": {"plan": ("25%", "20%", "100%")},
    "shares of single periods": {"plan": ("40%", "40%", "20%")},
    "shares of single periods that rise": {"plan": ("20%", "30%", "50%")},
    "a plan that stops short": {"plan": ("25%", "50%", "95%")},
    "a plan beyond the whole": {"plan": ("25%", "50%", "120%")},
    "a plan in yuan": {"plan": ("250000", "500000", "999999")},
    "a plan whose end cannot be read": {"plan": ("25%", "50%", "—")},
    "a part beyond the total": {"money": ("100", "120", "")},
    "another part beyond the total": {"money": ("100", "", "120")},
    "no name": {"name": ""},
    "a target too large to be stored": {
        "indicators": [["产出指标", "数量指标", "培训场次", f"≥{10**22}场"]]
    },
    "a range too large to be stored": {
        "indicators": [["产出指标", "数量指标", "培训场次", f"3-{10**22}场"]]
    },
}
TABLES = ("project", "indicator", "target", "spending_plan", "budget", "source_file")


def test_no_document_stops_other_departments(engine: Engine, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for nth, odd in enumerate(ODD.values()):
        hand_in(inbox / "2024" / f"d{nth}" / "targets", **odd)  # type: ignore[arg-type]
    hand_in(inbox / "2024" / "plain" / "targets")
    assert {each.outcome for each in load_everything(engine, inbox)} == {"loaded"}
    assert blocked(engine, TABLES, tmp_path / "results") == []
    with engine.connect() as connection:
        plans = connection.execute(
            select(department.c.code, spending_plan.c.share_bp)
            .join(department, department.c.id == spending_plan.c.department_id)
            .where(current(spending_plan))
        ).all()
    shares = {share for code, share in plans if code == "plain"}
    assert shares == {2000, 5000, 10000}


@pytest.mark.parametrize("odd", [name for name in ODD if "plan" in name or "periods" in name])
def test_a_plan_that_is_none_is_put_aside_point_by_point(
    engine: Engine, tmp_path: Path, odd: str
) -> None:
    hand_in(tmp_path / "2024" / "d" / "targets", **ODD[odd])  # type: ignore[arg-type]
    [outcome] = load_everything(engine, tmp_path)
    assert outcome.rows_read == outcome.rows_loaded + outcome.rows_quarantined
    assert outcome.rows_quarantined == 3
    with engine.connect() as connection:
        assert connection.scalar(select(spending_plan.c.id)) is None
        assert connection.scalar(select(project.c.name)) == "培训经费"
        told = connection.scalars(select(quarantined_row.c.reason)).all()
    assert any("没有采用" in reason for reason in told)


@pytest.mark.parametrize("odd", ["a part beyond the total", "another part beyond the total"])
def test_a_budget_whose_part_is_larger_is_put_aside(
    engine: Engine, tmp_path: Path, odd: str
) -> None:
    hand_in(tmp_path / "2024" / "d" / "targets", **ODD[odd])  # type: ignore[arg-type]
    load_everything(engine, tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(select(register_tables["budget"].c.id)) is None
        [told] = connection.scalars(select(quarantined_row.c.reason)).all()
    assert "大于资金总额" in told


def test_a_project_without_a_name_is_put_aside(engine: Engine, tmp_path: Path) -> None:
    hand_in(tmp_path / "2024" / "d" / "targets", name="")
    load_everything(engine, tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(select(project.c.id)) is None
        [told] = connection.scalars(select(quarantined_row.c.reason)).all()
    assert "没有项目名称" in told


def test_a_target_beyond_what_is_stored_is_compared_with_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    odd = ODD["a target too large to be stored"]
    hand_in(tmp_path / "2024" / "d" / "targets", **odd)  # type: ignore[arg-type]
    load_everything(engine, tmp_path)
    with engine.connect() as connection:
        row = connection.execute(select(target)).one()
    assert (row.kind, row.value_micro, row.raw_value) == ("text", None, f"≥{10**22}场")
