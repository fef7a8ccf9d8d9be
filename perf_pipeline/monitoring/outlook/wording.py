"""The sentence that says how a forecast was made and what it says."""

from __future__ import annotations

from typing import NamedTuple

from perf_pipeline.domain.money import format_wan
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.share import WHOLE_BP, percent
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.outlook.told import Measured, Method, card

TOO_LITTLE = "数据太少，暂不能预计"


class Sentence(NamedTuple):
    """What an outlook says: how it was made, and what it came to, as stored."""

    measured: Measured
    method: str  # a Method
    unit: str | None
    similar: int  # public cases that were alike
    years: int  # own past years
    low80: int
    point: int
    high80: int
    promise: str | None
    probability_bp: int | None
    likelihood: str | None


def written(amount: int, measured: Measured, unit: str | None) -> str:
    """Write a forecast value for people: 36.54万元, 96.53%, 343个, 3.20万人次."""
    if measured is Measured.SPENDING:
        return f"{format_wan(amount)}万元"
    if measured is Measured.RATE:
        return percent(amount)
    return write_actual(amount, 1, unit)


def fact_reason(actual: str, promise: str | None, reached: float | None) -> str:
    """Say what a year that is over came to, and whether that is what was promised."""
    known = f"已到年底，即为全年实际：{actual}"
    if promise is None or reached is None:
        return known
    return f"{known}；{promise}：{'是' if reached else '否'}"


def outlook_reason(said: Sentence) -> str:
    """Say how the forecast was made, its point and 80 % interval, and how likely the promise is."""
    low, point, high = (
        written(each, said.measured, said.unit) for each in (said.low80, said.point, said.high80)
    )
    if said.method == Method.FACT:
        return fact_reason(point, said.promise, said.probability_bp)
    own = f"，并计入本身往年{said.years}年" if said.years else "，没有本身的往年数据"
    version = card()["version"]
    made = f"按公开数据中同类{said.similar}个{said.measured.label}{own}（先验{version}版）"
    # one figure where nothing else is likely, also where only the far ends differ
    reach = (
        f"10个里有8个最终在{low}至{high}之间" if low != high else f"10个里有8个以上最终为{point}"
    )
    expected = f"预计全年{point}，{reach}"
    sentence = f"{made}：{expected}"
    if said.promise is None or said.probability_bp is None or said.likelihood is None:
        return sentence
    word = Likelihood(said.likelihood).label
    verdict = f"{said.promise}的可能性{chance(said.probability_bp)}（{word}）"
    if said.probability_bp == WHOLE_BP:
        verdict = f"{said.promise}：已经实现（{word}）"
    elif said.probability_bp == 0:
        verdict = f"{said.promise}：已不可能（{word}）"
    return f"{sentence}；{verdict}"


def chance(probability_bp: int) -> str:
    """Write a chance that is neither 0 nor 1, never surer than it is: 约93%, 超过99%, 不到1%."""
    whole = (probability_bp + 50) // 100
    if whole == 100:
        return "超过99%"
    return f"约{whole}%" if whole else "不到1%"
