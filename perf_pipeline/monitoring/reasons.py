"""The words of an indicator's judgement: its actual value, and why it has its status."""

from __future__ import annotations

import re

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.measures.catalogue import REPORTED, known_codes, why_not
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.broken_periods import point
from perf_pipeline.monitoring.counted import IN_FEN, SUMS_IN_FEN, counts_all
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicators import PACE_OF_PLAN

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def describe_indicator(row: Indicator, checkpoint: Checkpoint) -> Indicator:
    """Add actual_text and reason, in Chinese, to a judged indicator."""
    actual = _actual_text(row)
    reason = _said(row, actual, checkpoint)
    if row.initial_target is not None:
        reason += f"；目标经{row.revised_by}由“{row.initial_target}”调整"
    return row._replace(actual_text=actual, reason=reason)


def _actual_text(row: Indicator) -> str | None:
    if not row.has_number or row.numerator is None or row.denominator is None:
        return row.word
    aim = (row.unit, row.target_micro, row.upper_micro)
    return write_actual(row.numerator, row.denominator, *aim)


def _said(row: Indicator, actual: str | None, checkpoint: Checkpoint) -> str:
    """Say in Chinese why an indicator has its status at a checkpoint."""
    target = row.raw_target
    if row.broken is not None:
        after = f"；{row.after_break}，不改变全年结论" if row.after_break else ""
        after += f"；{row.unsettled}" if row.unsettled else ""
        return f"{row.broken}，未达到目标（{target}），每期都须达到{after}"
    match row.status:
        case Status.NO_DATA:
            return _why_no_data(row, actual, checkpoint)
        case Status.NOT_DUE:
            own = row.value_text if row.target_kind == TargetKind.DATE else None
            return f"完成期限未到（{row.due_on or own or f'{checkpoint.fiscal_year}年底'}）"
        case Status.MET:
            return f"实际{actual}{_counts(row)}，达到目标（{target}）"
        case Status.ON_TRACK if row.behaviour == Behaviour.COST and row.phase_micro is None:
            return f"累计{actual}，未超过全年控制数（{target}）"
        case Status.ON_TRACK:
            return f"累计{actual}{_counts(row)}，与{_pace(row)}相符，全年目标（{target}）"
        case Status.BEHIND:
            return f"累计{actual}{_counts(row)}，落后于{_pace(row)}，全年目标（{target}）"
        case _:
            return f"实际{actual}{_counts(row)}，未达到目标（{target}）"


def _counts(row: Indicator) -> str:
    if row.denominator is None or row.denominator == 1 or row.behaviour == Behaviour.COST:
        return ""
    written = row.reported_text is not None and row.reported_denominator is None
    if row.measure == REPORTED and written:
        return ""  # a percentage as staff wrote it has no counts
    if row.measure in SUMS_IN_FEN:
        return ""
    if row.measure in IN_FEN:
        return f"（{format_yuan(row.numerator or 0)}元/{format_yuan(row.denominator)}元）"
    if row.period_denominator is None:
        return f"（{row.numerator}/{row.denominator}）"
    period = f"{row.period_numerator}/{row.period_denominator}"
    return f"（全年合并{row.numerator}/{row.denominator}，其中本期{period}）"


def _pace(row: Indicator) -> str:
    if row.phase_micro is not None:
        return f"阶段目标（{row.phase_text}）"
    by_plan = row.pace == PACE_OF_PLAN and row.planned_bp is not None
    return "支出计划进度" if by_plan else "时间进度"


def _spelling(row: Indicator) -> str:
    """Show the unit that a figure is to have where its target asks for it of each: 1期/季度."""
    if "/" not in (row.unit or ""):
        return ""
    number = _NUMBER.search(row.word or "") or _NUMBER.search(row.raw_target)
    return f"；数字请连单位写，如“{number[0] if number else 1}{row.unit}”"


def _why_no_data(row: Indicator, actual: str | None, checkpoint: Checkpoint) -> str:
    if not row.measure:
        return "没有度量与该指标对应，也未列为人工填报"
    if row.measure not in known_codes():
        return why_not(row.measure)
    if counts_all(row.measure, row.unit):
        return f"度量计的是总数，无法与目标“{row.raw_target}”比较，请改为人工填报"
    bare = (
        f"目标“{row.raw_target}”没有写明是“≥”还是“≤”，名称也说不清，不相等的值无法判断；"
        "请在指标与度量对照表的“指标方向”写明“正向”（至少）或“反向”（至多）"
    )
    bare = bare if row.operator == Operator.EQ and row.target_kind == TargetKind.NUMBER else ""
    if bare and row.numerator is not None:
        return f"实际{actual}，{bare}"
    if row.denominator and not row.numeric:
        counts = f"{row.numerator}/{row.denominator}"
        return f"{counts}无法与目标“{row.raw_target}”比较，请核对目标和度量"
    if row.measure != REPORTED:
        return f"截至{checkpoint.label}，台账中没有可计数的记录"
    if row.not_added is not None:
        return row.not_added
    if row.unsettled is not None:
        return (
            f"每期都须达到（{row.raw_target}），{row.unsettled}；请补报，"
            f"或在报年初以来的数时把填报口径写作“年初以来”{_spelling(row)}"
        )
    if row.word is not None:
        said = f"填报值“{row.word}”无法与目标“{row.raw_target}”比较，请按目标的写法填报"
        return f"{said}；{bare}" if bare else f"{said}{_spelling(row)}"
    if row.reported_on is not None and row.reported_on < checkpoint.period_starts_on:
        return f"截至{checkpoint.label}，{point(row.reported_on)}以后没有收到填报值"
    return f"截至{checkpoint.label}，没有收到填报值"
