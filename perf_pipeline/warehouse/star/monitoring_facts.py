"""Facts (事实) of what was judged: money, indicators, outlooks, measures, cases, audit, scores."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, null

from perf_pipeline.warehouse.derived import (
    Adjustment,
    DepartmentScore,
    OutlookResult,
    ProjectScore,
    ScoredLine,
)
from perf_pipeline.warehouse.findings import AuditFinding, CaseLimit, Report, ReportLine
from perf_pipeline.warehouse.judgements import (
    IndicatorResult,
    MeasureValue,
    SpendingResult,
    SpendingSum,
)
from perf_pipeline.warehouse.outlook_record import ended_outlooks
from perf_pipeline.warehouse.schema import snapshot
from perf_pipeline.warehouse.star.dimensions import INDICATOR_KEY, PROJECT_KEY
from perf_pipeline.warehouse.star.judged import (
    OF_INDICATOR,
    OF_PROJECT,
    OF_SNAPSHOT,
    figure,
    judged,
    key_of,
)
from perf_pipeline.warehouse.star.view import ONCE, View, decimal, ratio, shown, times_of_unit, view

OF_VERSION = ("department_id", "checkpoint_id", "version")
COMPARED = ("subject", "subject_key", "measured_in", "method", "point", "low80", "high80")
OWN = f"{PROJECT_KEY}；部门指标为空"
SCORED = "self_evaluation"


def _spending() -> Iterator[View]:
    lit = OF_PROJECT | {"light": "dim_light"}
    numbered = [figure("S", SpendingResult.table)]
    of = ("fact_spending", "预算执行", "一个项目在一个检查点", SpendingResult, "monitoring")
    yield from judged(*of, lit, before=numbered, with_versions=True)
    grain = "一个资金来源、分项工作或部门在一个检查点"
    keys = f"{PROJECT_KEY}；跨项目的汇总为空"
    of_lines = ("fact_spending_line", "预算执行汇总", grain, SpendingSum, "monitoring")
    yield from judged(*of_lines, lit, keys=keys)


def _indicators() -> Iterator[View]:
    table = IndicatorResult.table
    counted = table.c.target_kind.in_(["number", "range"])
    actual = ratio(table.c.numerator, table.c.denominator, times_of_unit(table.c.unit))
    value = shown(
        case((counted, actual), else_=null()),
        "actual_value",
        "实际值：分子除以分母，六位小数，与目标值同单位；没有数据或不是数值目标的为空",
    )
    yield from judged(
        "fact_indicator",
        "绩效指标结果",
        "一个指标在一个检查点",
        IndicatorResult,
        "monitoring",
        OF_INDICATOR | {"status": "dim_status"},
        keys=OWN,
        before=[figure("I", table)],
        after=[value],
        with_versions=True,
    )


def _outlooks() -> Iterator[View]:
    table = OutlookResult.table
    of_indicator = shown(
        case((table.c.subject == "indicator", key_of(table.c.subject_key))),
        "indicator_key",
        INDICATOR_KEY + "；项目支出为空",
    )
    grain = "一个项目的支出或一个指标在一个检查点"
    of = ("fact_outlook", "全年预计", grain, OutlookResult, "outlook")
    yield from judged(*of, OF_INDICATOR, keys=OWN, before=[of_indicator])
    ended = ended_outlooks()
    yield view(
        "fact_outlook_record",
        "全年预计的记录",
        f"{grain}，到年底可以核对的",
        [
            shown(ended.c.id, "outlook_id", "行号，即 fact_outlook 的行"),
            *(shown(ended.c[name], comment=snapshot.c[name].comment) for name in OF_VERSION),
            *(shown(ended.c[name], comment=table.c[name].comment) for name in COMPARED),
            shown(decimal(ended.c.probability_bp, 4), "probability", "当时说的可能性，1 为全部"),
            shown(ended.c.final_point, comment="年底的实际数，单位同预计值"),
            shown(ended.c.came_true, comment="年底是否完成：1 是，0 否"),
            shown(ended.c.in_interval, comment="年底的实际数是否在 80% 区间内：1 是，0 否"),
        ],
        ended,
        key=("outlook_id",),
        refers=OF_SNAPSHOT,
    )


def _measures() -> Iterator[View]:
    table = MeasureValue.table
    value = shown(
        ratio(table.c.numerator, table.c.denominator, ONCE),
        "value",
        "分子除以分母，六位小数；分母为零即没有数据",
    )
    grain = "一个度量（项目的或部门的）在一个检查点"
    of = ("fact_measure", "度量", grain, MeasureValue, "measures")
    yield from judged(*of, OF_PROJECT, keys=f"{PROJECT_KEY}；部门度量为空", after=[value])


def _evidence() -> Iterator[View]:
    grain = "一个案件的一个期限在一个检查点，只含已超期和下一检查点前到期的"
    yield from judged("fact_case_limit", "办理期限", grain, CaseLimit, "limits", OF_SNAPSHOT)
    grain, keys = "一条审计线索的一行证据在一个检查点", PROJECT_KEY + "；不属于项目的为空"
    of = ("fact_audit_evidence", "内部审计线索", grain, AuditFinding, "audit")
    yield from judged(*of, OF_PROJECT, keys=keys)


def _reports() -> Iterator[View]:
    grain = "一个部门在一个检查点的报告"
    yield from judged("fact_report", "季度报告", grain, Report, "report", OF_SNAPSHOT)
    of = ("fact_report_line", "季度报告各行", "季度报告的一行", ReportLine, "report")
    yield from judged(*of, OF_PROJECT, keys=OWN, with_versions=True)
    grain = "关账后一个项目或指标的变化，记入其后第一个未关账的检查点"
    yield from judged(
        "fact_adjustment", "调整", grain, Adjustment, "monitoring", OF_PROJECT, keys=OWN
    )


def _scores() -> Iterator[View]:
    of = ("fact_score", "项目自评得分", "一个项目在一个年度")
    yield from judged(*of, ProjectScore, SCORED, OF_PROJECT, with_versions=True)
    of = ("fact_score_line", "自评各项得分", "一个项目的一个指标，或其预算执行率，在一个年度")
    yield from judged(*of, ScoredLine, SCORED, OF_INDICATOR)
    of = ("fact_score_department", "部门自评得分", "一个部门在一个年度")
    yield from judged(*of, DepartmentScore, SCORED, OF_SNAPSHOT)


MONITORING_FACTS: tuple[View, ...] = (*_spending(), *_indicators(), *_outlooks(), *_measures())
EVIDENCE_FACTS: tuple[View, ...] = (*_evidence(), *_reports())
SCORE_FACTS: tuple[View, ...] = (*_scores(),)
