"""A department's document with nothing wrong in it, built in memory."""

from dataclasses import replace
from decimal import Decimal

from perf_pipeline.documents.model import (
    Budget,
    Confidence,
    Indicator,
    PlanPoint,
    Project,
    TargetDocument,
    Task,
    Where,
)
from perf_pipeline.domain.target_grammar import parse_target

MONTHS = (3, 6, 9, 12)
YUAN_10_000 = 1_000_000  # 万元 in fen


def indicator(levels: str, name: str, raw: str, row: int, weight: str = "") -> Indicator:
    level1, level2 = levels.split("/")
    return Indicator(
        level1=level1,
        level2=level2,
        level3=name,
        description="",
        raw_value=raw,
        basis="工作计划",
        target=parse_target(raw, fiscal_year=2025),
        where=Where(f"表1第{row}行"),
        confidence=Confidence.RULE,
        weight=weight,
    )


def indicators(*lines: tuple[str, str, str, str]) -> tuple[Indicator, ...]:
    return tuple(indicator(*line[:3], row, line[3]) for row, line in enumerate(lines, start=12))


def plan(*shares: str, months: tuple[int, ...] = MONTHS) -> tuple[PlanPoint, ...]:
    return tuple(
        PlanPoint(f"{month}月底", month, Decimal(share), Where("表1第6行"))
        for month, share in zip(months, shares, strict=True)
    )


ROADS = Project(
    code="530112200001",
    name="农村公路养护",
    purpose="养护乡道和村道",
    objectives=("完成乡道、村道日常养护，路况保持良好。",),
    budget=Budget(100 * YUAN_10_000, 80 * YUAN_10_000, 20 * YUAN_10_000, Where("表1第3行")),
    spending_plan=plan("0.2", "0.5", "0.8", "1"),
    indicators=indicators(
        ("产出指标/数量指标", "养护里程", "≥120公里", "15"),
        ("产出指标/数量指标", "巡查次数", "24次", "10"),
        ("产出指标/质量指标", "路面验收合格率", "100%", "10"),
        ("产出指标/质量指标", "标志牌设置", "达到省级标准", "5"),
        ("产出指标/时效指标", "完工时间", "2025年11月底前", "5"),
        ("产出指标/成本指标", "每公里养护成本", "≤8000元/公里", "5"),
        ("效益指标/社会效益指标", "交通事故起数", "≤2起", "10"),
        ("效益指标/社会效益指标", "通车村庄覆盖率", "≥98%", "10"),
        ("效益指标/可持续影响指标", "管护制度健全", "是", "10"),
        ("满意度指标/服务对象满意度指标", "沿线群众满意度", "≥90%", "10"),
    ),
    where=Where("表1"),
)
LIBRARY = replace(
    ROADS,
    code="530112200002",
    name="图书馆免费开放",
    where=Where("表2"),
    budget=Budget(50 * YUAN_10_000, 50 * YUAN_10_000, None, Where("表2第3行")),
    indicators=indicators(
        ("产出指标/数量指标", "讲座场次", "12场", ""),
        ("产出指标/数量指标", "新增图书", "3000-5000册", ""),
        ("产出指标/质量指标", "设备完好率", "≥95%", ""),
        ("产出指标/时效指标", "图书上架及时率", "≥95%", ""),
        ("产出指标/成本指标", "每册购置成本", "≤40元", ""),
        ("效果指标/社会效益指标", "到馆人次", "≥10万人次", ""),
        ("效果指标/社会效益指标", "读者投诉率", "≤1%", ""),
        ("满意度指标/服务对象满意度指标", "读者满意度", "≥92%", ""),
    ),
)
CLEAN = TargetDocument(
    path="clean.docx",
    sha256="0" * 64,
    department="某区交通文化局",
    fiscal_year=2025,
    title="2025年部门整体绩效目标",
    notice=None,
    department_indicators=(
        Indicator(
            "农村公路路面验收合格率",
            "达到100%",
            parse_target("达到100%"),
            Where("第12段"),
            Confidence.RULE,
            section="做好养护",
            evidence="农村公路路面验收合格率达到100%",
        ),
        Indicator(
            "零安全责任",
            "零事故",
            parse_target("零事故"),
            Where("第13段"),
            Confidence.RULE,
            section="做好服务",
        ),
    ),
    projects=(ROADS, LIBRARY),
    findings=(),
    tasks=(
        Task("农村公路养护", "养护120公里", 100 * YUAN_10_000, Where("表3第5行")),
        Task("公共文化服务", "免费开放", 50 * YUAN_10_000, Where("表3第6行")),
    ),
)
