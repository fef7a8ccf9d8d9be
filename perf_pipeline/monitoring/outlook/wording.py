"""The sentence that says how a forecast was made and what it says."""

from __future__ import annotations

from perf_pipeline.domain.money import format_wan
from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS, Likelihood
from perf_pipeline.domain.share import percent
from perf_pipeline.monitoring.outlook.subjects import Measured, Method

HOW: dict[Method, str] = {
    Method.FACT: "已到年底，即为全年实际",
    Method.PAST_YEARS: "按往年同期占全年的比重和往年全年水平推算，本年至今的快慢按往年经验部分保留",
    Method.PLAN: "没有往年数据，按预算和支出计划的进度推算",
    Method.PACE: "没有往年数据，按年内已过时间和至今数量推算",
    Method.CASES: "没有往年数据，按至今的件数和比率推算年底前还会发生的部分",
}
TOO_LITTLE = "数据太少，暂不能预计"


def written(amount: int, measured: Measured, unit: str | None) -> str:
    """Write a forecast value for people: 36.54万元, 96.53%, 343个."""
    if measured is Measured.SPENDING:
        return f"{format_wan(amount)}万元"
    if measured is Measured.RATE:
        return percent(amount)
    return f"{amount}{unit or ''}"


def outlook_reason(
    method: Method,
    measured: Measured,
    unit: str | None,
    interval: tuple[int, int, int],
    promise: str | None,
    probability_bp: int | None,
    likelihood: Likelihood | None,
) -> str:
    """Say how the forecast was made, its point and 80 % interval, and how likely the promise is."""
    low, point, high = (written(each, measured, unit) for each in interval)
    said = f"{HOW[method]}：预计全年{point}"
    if method is Method.FACT:
        said = f"{HOW[method]}：{point}"
    elif low != high:
        said += f"，八成可能在{low}至{high}之间"
    if promise is None or probability_bp is None or likelihood is None:
        return said
    chance = (probability_bp + 50) // 100
    if method is Method.FACT:
        return f"{said}；{promise}：{'是' if probability_bp else '否'}"
    # never more sure in words than the number is
    about = "超过99%" if chance == 100 and probability_bp < 10_000 else f"约{chance}%"
    about = "不到1%" if chance == 0 and probability_bp > 0 else about
    return f"{said}；{promise}的可能性{about}（{LIKELIHOOD_LABELS[likelihood]}）"
