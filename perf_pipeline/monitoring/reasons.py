"""The sentence that says why an indicator has its status."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.measures.catalogue import REPORTED


def indicator_reason(row: Mapping[Hashable, Any], checkpoint: Checkpoint) -> str:
    """Say in Chinese why an indicator has its status at a checkpoint, from its judged row."""
    actual, target = row["actual_text"], row["raw_target"]
    match row["status"]:
        case Status.NO_DATA:
            return _why_no_data(row, checkpoint)
        case Status.NOT_DUE:
            return f"完成期限未到（{row['due_on'] or f'{checkpoint.fiscal_year}年底'}）"
        case Status.MET:
            return f"实际{actual}{_counts(row)}，达到目标（{target}）"
        case Status.ON_TRACK if row["behaviour"] == Behaviour.COST:
            return f"累计{actual}，未超过全年控制数（{target}）"
        case Status.ON_TRACK:
            return f"累计{actual}{_counts(row)}，与{_pace(row)}相符，全年目标（{target}）"
        case Status.BEHIND:
            return f"累计{actual}{_counts(row)}，落后于{_pace(row)}，全年目标（{target}）"
        case _:
            return f"实际{actual}{_counts(row)}，未达到目标（{target}）"


def _counts(row: Mapping[Hashable, Any]) -> str:
    numerator, denominator = row["numerator"], row["denominator"]
    if not isinstance(denominator, int) or denominator == 1 or row["behaviour"] == Behaviour.COST:
        return ""
    return f"（{numerator}/{denominator}）"


def _pace(row: Mapping[Hashable, Any]) -> str:
    return "支出计划进度" if row["pace"] == "支出计划" else "时间进度"


def _why_no_data(row: Mapping[Hashable, Any], checkpoint: Checkpoint) -> str:
    if not row["measure"]:
        return "没有度量与该指标对应，也未列为人工填报"
    if row["measure"] != REPORTED:
        return f"截至{checkpoint.label}，台账中没有可计数的记录"
    if row["word"] is not None:
        return f"填报值“{row['word']}”无法与目标“{row['raw_target']}”比较"
    return f"截至{checkpoint.label}，没有收到填报值"
