"""Facts (事实) of monitoring: spending, indicators, outlooks, measures, cases, audit, reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, case, null

from perf_pipeline.warehouse.schema import (
    audit_finding,
    case_limit,
    indicator_result,
    measure_value,
    outlook,
    report_line,
    spending_result,
)
from perf_pipeline.warehouse.star.dimensions import INDICATOR_KEY, PROJECT_KEY
from perf_pipeline.warehouse.star.judged import (
    OF_INDICATOR,
    OF_PROJECT,
    OF_SNAPSHOT,
    figure,
    judged,
    key_of,
    project_key,
)
from perf_pipeline.warehouse.star.view import (
    ONCE,
    View,
    all_shown,
    decimal,
    ratio,
    shown,
    times_of_unit,
)

TARGET_VALUE = "评价时的数值目标；百分数为百分之几，万人等已化为个数"
EXPLAINED = ("cause", "cause_words", "cause_measures", "hint")


def _spending() -> Iterator[View]:
    table = spending_result
    columns = [
        figure("S", table),
        project_key(table),
        *all_shown(table, "project_name", "line_of_work"),
        *all_shown(table, "budget_fen", "initial_budget_fen", "carry_over_fen", "paid_fen"),
        *all_shown(table, "payments", "planned_label"),
        shown(decimal(table.c.planned_bp, 4), "planned_share", "计划累计比例，1 为全部"),
        shown(
            decimal(table.c.actual_bp, 4),
            "execution_rate",
            "执行率，1 为全部，四位小数",
        ),
        shown(decimal(table.c.deviation_bp, 2), "deviation_points", "偏差，百分点"),
        *all_shown(table, "light", "reason", "reaches_on", "days_behind"),
        *all_shown(
            table, "due_next_fen", "contracts_fen", "committed_fen", "late_paid_fen", "note"
        ),
        *all_shown(table, *EXPLAINED),
    ]
    yield from judged(
        "fact_spending",
        "预算执行",
        "一个项目在一个检查点",
        table,
        "monitoring",
        columns,
        OF_PROJECT | {"light": "dim_light"},
        with_versions=True,
    )


def _indicators() -> Iterator[View]:
    table = indicator_result
    counted = table.c.target_kind.in_(["number", "range"])
    actual = ratio(table.c.numerator, table.c.denominator, times_of_unit(table.c.unit))
    columns = [
        figure("I", table),
        shown(key_of(table.c.indicator_key), "indicator_key", INDICATOR_KEY),
        project_key(table, f"{PROJECT_KEY}；部门指标为空"),
        *all_shown(table, "project_name", "section", "level1", "level2"),
        shown(table.c.name, "indicator_name"),
        *all_shown(table, "raw_target", "target_kind", "operator"),
        shown(
            decimal(table.c.target_micro, 6), "target_value", "评价时的目标值，按单位；%为百分之几"
        ),
        shown(decimal(table.c.upper_micro, 6), "target_upper", "评价时的区间上限"),
        *all_shown(table, "unit", "measure", "behaviour", "numerator", "denominator"),
        shown(
            case((counted, actual), else_=null()),
            "actual_value",
            "实际值：分子除以分母，六位小数，与目标值同单位；没有数据或不是数值目标的为空",
        ),
        *all_shown(table, "actual_text", "status", "reason", "initial_target", "revised_by"),
        *all_shown(table, "phase_text", *EXPLAINED),
    ]
    yield from judged(
        "fact_indicator",
        "绩效指标结果",
        "一个指标在一个检查点",
        table,
        "monitoring",
        columns,
        OF_INDICATOR | {"status": "dim_status"},
        with_versions=True,
    )


def _outlooks() -> Iterator[View]:
    table = outlook
    of_indicator = case((table.c.subject == "indicator", key_of(table.c.subject_key)))

    def value(column: ColumnElement[Any]) -> ColumnElement[Any]:
        told: ColumnElement[Any] = case(
            (table.c.measured_in == "fen", decimal(column, 2)),
            (table.c.measured_in == "bp", decimal(column, 4)),
            else_=column,
        )
        return told

    told_in = "金额为元，比率 1 为全部，其他为个数"
    columns = [
        *all_shown(table, "subject"),
        project_key(table, f"{PROJECT_KEY}；部门指标为空"),
        shown(of_indicator, "indicator_key", f"{INDICATOR_KEY}；项目支出为空"),
        *all_shown(table, "project_name", "measured_in", "point"),
        shown(value(table.c.point), "point_value", f"预计值（中位数）：{told_in}"),
        shown(value(table.c.low80), "low80_value", f"80%区间下限：{told_in}"),
        shown(value(table.c.high80), "high80_value", f"80%区间上限：{told_in}"),
        shown(value(table.c.low95), "low95_value", f"95%区间下限：{told_in}"),
        shown(value(table.c.high95), "high95_value", f"95%区间上限：{told_in}"),
        shown(decimal(table.c.probability_bp, 4), "probability", "完成目标的可能性，1 为必定"),
        *all_shown(table, "likelihood", "method", "reason"),
    ]
    grain = "一个项目的支出或一个指标在一个检查点"
    yield from judged("fact_outlook", "全年预计", grain, table, "outlook", columns, OF_INDICATOR)


def _measures() -> Iterator[View]:
    table = measure_value
    columns = [
        *all_shown(table, "measure"),
        project_key(table, f"{PROJECT_KEY}；部门度量为空"),
        *all_shown(table, "project_name", "numerator", "denominator"),
        *all_shown(table, "year_numerator", "year_denominator"),
        shown(
            ratio(table.c.numerator, table.c.denominator, ONCE),
            "value",
            "分子除以分母，六位小数；分母为零即没有数据",
        ),
    ]
    grain = "一个度量（项目的或部门的）在一个检查点"
    yield from judged("fact_measure", "度量", grain, table, "measures", columns, OF_PROJECT)


def _cases() -> Iterator[View]:
    columns = list(
        all_shown(
            case_limit,
            *("register", "case_key", "town", "limit_name", "label", "starts_on", "due_on"),
            *("days_overdue", "state", "place"),
        )
    )
    grain = "一个案件的一个期限在一个检查点，只含已超期和下一检查点前到期的"
    yield from judged(
        "fact_case_limit", "办理期限", grain, case_limit, "limits", columns, OF_SNAPSHOT
    )


def _audit() -> Iterator[View]:
    table = audit_finding
    columns = [
        *all_shown(table, "rule", "subject_key"),
        project_key(table, f"{PROJECT_KEY}；不属于项目的为空"),
        *all_shown(table, "project_name", "detail", "source_table", "row_key", "happened_on"),
        *all_shown(table, "amount_fen", "place"),
    ]
    grain = "一条审计线索的一行证据在一个检查点"
    yield from judged(
        "fact_audit_evidence", "内部审计线索", grain, table, "audit", columns, OF_PROJECT
    )


def _reports() -> Iterator[View]:
    table = report_line
    columns = [
        *all_shown(table, "ordinal", "part"),
        project_key(table, f"{PROJECT_KEY}；部门指标为空"),
        *all_shown(table, "project_name", "section", "name", "target_text", "actual_text"),
        *all_shown(table, "judgement", "reason", "figure"),
    ]
    yield from judged(
        "fact_report_line",
        "季度报告各行",
        "季度报告的一行",
        table,
        "report",
        columns,
        OF_PROJECT,
        with_versions=True,
    )


MONITORING_FACTS: tuple[View, ...] = (*_spending(), *_indicators(), *_outlooks(), *_measures())
EVIDENCE_FACTS: tuple[View, ...] = (*_cases(), *_audit(), *_reports())
