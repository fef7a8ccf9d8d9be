"""Self-evaluation forms made up for tests: an honest one, and what may be changed in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from openpyxl import Workbook

from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.monitoring.recheck.model import OwnLine, OwnProject
from tests.result_rows import row_of

PROJECT = "便民服务经费"
MARKS = ("分值", "执行率", "得分")
HEADS = (
    *("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
    *("偏差原因分析及改进措施", "佐证材料"),
)


@dataclass(frozen=True)
class Row:
    """A row of the form, as a clerk types it."""

    level1: str
    level2: str
    name: str
    target: str
    actual: str
    weight: str
    score: str
    reason: str = ""
    evidence: str = ""


HONEST = (
    Row("产出指标", "数量指标", "办理事项数量", "≥1000件", "1100件", "20", "20"),
    Row("产出指标", "质量指标", "一次办结率", "≥95%", "96.5%", "20", "20"),
    Row("产出指标", "时效指标", "按时办结率", "≥90%", "81%", "10", "9", "人手不足，已增派"),
    Row("效益指标", "社会效益指标", "服务覆盖率", "≥80%", "88%", "30", "30"),
    Row("满意度指标", "服务对象满意度指标", "群众满意度", "≥85%", "90.2%", "10", "10"),
)
TOTAL = "98"


def own_line(row: Row, exact: Fraction, earned: Fraction, **more: object) -> OwnLine:
    """Return what our registers say of a row."""
    weight = int(Fraction(row.weight) * 100)
    line = row_of(
        OwnLine,
        name=row.name,
        level1=row.level1,
        level2=row.level2,
        raw_target=row.target,
        actual_text=row.actual,
        exact=exact,
        points_centi=weight,
        score_centi=int(weight * earned),
        verdict=Verdict.MET if earned == 1 else Verdict.UNMET,
        by_register=True,
        evidence=None,
    )
    return replace(line, **more)  # type: ignore[arg-type]


OWN = OwnProject(
    PROJECT,
    100_000_000,
    90_000_000,
    row_of(
        OwnLine,
        name="预算执行率",
        actual_text="90.00%",
        points_centi=1000,
        score_centi=900,
        verdict=Verdict.PARTLY,
        by_register=True,
        **dict.fromkeys(("level1", "level2", "raw_target"), ""),
    ),
    (
        own_line(HONEST[0], Fraction(1100), Fraction(1)),
        own_line(HONEST[1], Fraction("96.5"), Fraction(1)),
        own_line(HONEST[2], Fraction(81), Fraction(9, 10)),
        own_line(HONEST[3], Fraction(88), Fraction(1)),
        own_line(HONEST[4], Fraction("90.2"), Fraction(1)),
    ),
)


def write_form(
    path: Path,
    rows: tuple[Row, ...] = HONEST,
    *,
    total: str = TOTAL,
    executed: str = "90",
    execution_score: str = "9",
    project: str = PROJECT,
) -> Path:
    """Write a form as departments hand it in."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ("项目支出绩效自评表",),
        ("（2024年度）",),
        ("项目名称", project),
        ("主管部门", "某区政务局", "实施单位", "某区政务局"),
        (
            "项目资金（万元）",
            "",
            "年初预算数",
            "全年预算数",
            "全年执行数",
            "分值",
            "执行率",
            "得分",
        ),
        ("", "年度资金总额", "100", "100", executed, "10", "", execution_score),
        HEADS,
    ):
        sheet.append(line)
    for row in rows:
        sheet.append(list(vars(row).values()))
    sheet.append(("总分", "", "", "", "", "100", total))
    book.save(path)
    return path
