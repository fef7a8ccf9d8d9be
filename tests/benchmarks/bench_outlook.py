"""How long the outlook of a checkpoint takes, against a bare pro-rata of the same numbers.

Usage: python tests/benchmarks/bench_outlook.py [indicators] [projects]. Prints seconds and ratios:
the forecast alone (arrays in, quantiles out), with five past years and with none, and the whole
judgement (intervals, probabilities, sentences). How good it is against LightGBM:
bench_outlook_rivals.py.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.measures.open_cases import COUNTED
from perf_pipeline.monitoring.outlook.forecast import Kind, forecast
from perf_pipeline.monitoring.outlook.judge import foretell_indicators, foretell_spending
from perf_pipeline.monitoring.outlook.known import Known

JUNE = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)[1]


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest of three runs."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(indicators: int, projects: int) -> None:
    random = np.random.default_rng(1)
    years = 6
    cases = random.poisson(300, (indicators, years)).astype(float)
    won = random.binomial(cases.astype(int), 0.92).astype(float)
    final_cases, final_won = cases * 2.1, won * 2.1
    bare = seconds(lambda: np.round(won[:, -1] * 12 / 6))
    print(f"bare pro-rata of {indicators} numbers: {bare:.5f} s")

    def known(past: int, *, based: bool) -> Known:
        nothing = np.full_like(cases, np.nan)
        base, final_base = (cases, final_cases) if based else (nothing, nothing)
        years = (each[:, :past] for each in (won, base, final_won, final_base))
        return Known(np.full(indicators, 0.5), won[:, -1], base[:, -1], nothing[:, -1], *years)

    for name, work in (
        ("rates, five past years", lambda: forecast(Kind.RATES, known(5, based=True))),
        ("counts, five past years", lambda: forecast(Kind.COUNTS, known(5, based=False))),
        ("rates, no past year", lambda: forecast(Kind.RATES, known(0, based=True))),
    ):
        taken = seconds(work)
        print(f"{name}: {taken:.2f} s, {taken / bare:,.0f} times the bare computation")
    frames = (_indicators(won[:, -1], cases[:, -1]), _spending(projects, random))
    none_wait = pd.DataFrame(columns=["department_id", "measure", "project_name", *COUNTED])
    limits = OutlookLimits()
    judged: dict[str, Callable[[pd.DataFrame], object]] = {
        "indicators": lambda frame: foretell_indicators(frame, JUNE, limits, none_wait),
        "projects": lambda frame: foretell_spending(frame, JUNE, limits),
    }
    for (label, judge), frame in zip(judged.items(), frames, strict=True):
        taken = seconds(partial(judge, frame))
        print(f"whole judgement of {len(frame)} {label}, sentences and all: {taken:.2f} s")


def _indicators(won: np.ndarray, cases: np.ndarray) -> pd.DataFrame:
    n = len(won)
    return pd.DataFrame(
        {
            "department_id": 1,
            "indicator_key": [f"i{number}" for number in range(n)],
            "project_name": "p",
            "fiscal_year": 2024,
            "month": 6,
            "numerator": won.astype(int),
            "denominator": cases.astype(int),
            "target_kind": "number",
            "behaviour": "持续",
            "unit": "%",
            "measure": "petition_on_time_closing",
            "target_micro": 90_000_000,
            "upper_micro": None,
            "operator": ">=",
            "raw_target": "≥90%",
            "status": "met",
        }
    ).astype(object)


def _spending(n: int, random: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "department_id": 1,
            "project_name": [f"p{number}" for number in range(n)],
            "fiscal_year": 2024,
            "month": 6,
            "budget_fen": 10**8,
            "paid_fen": random.integers(0, 10**8, n),
            "planned_bp": 5000,
        }
    ).astype(object)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [150_000, 15_000][len(given) :]))
