"""A made-up city's year by pandas written by hand, beside this package: same files, same figures.

Usage: python -m tests.benchmarks.bench_by_hand [--departments 100] [--payments N] [--cases N]

By hand is what a good data person writes for this city alone: each file is read with pandas where
it is known to stand, four checkpoints are computed for all departments at once, and rows and
figures are stored in SQLite with `to_sql`. Ours takes the same inbox in, computes its measures and
judges. Then both do so again, with nothing new and with one late file: by hand that is everything
anew, ours keeps what stands. Each is a process of its own (imports left out), and all figures are
compared. By hand nothing is checked, quarantined, kept as history, sealed or led to its source row,
and no other office's file would be read.
"""

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sqlalchemy import Engine, create_engine, select

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.warehouse.engine import connect, open_warehouse
from perf_pipeline.warehouse.known import checkpoint_id_of, newest_results
from perf_pipeline.warehouse.plans import know_sizes
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    spending_result,
)
from tests.benchmarks.bench_city import QUARTERS
from tests.benchmarks.made_city import CASES, PAYMENTS, hand_in_late, make_city
from tests.benchmarks.measuring import do, measure
from tests.year import load_everything

KEYS = ["department", "checkpoint", "project"]
IN_TIME = {  # of petitions: from, done, days
    "petition_on_time_acceptance": ("收到日期", "受理日期", 15),
    "petition_on_time_closing": ("受理日期", "办结日期", 60),
}
OWN_NAMES = {"project_name": "project", "name": "indicator", "paid_fen": "paid"}
OWN_NAMES |= {"budget_fen": "budget"}
COMPARED = {
    (spending_result, "monitoring"): ("spending", [], ["paid", "budget", "payments"]),
    (indicator_result, "monitoring"): ("judged", ["indicator"], ["numerator", "denominator"]),
}
CHUNK = 100_000  # rows stored at once; all at once a city's take more memory than a machine has
SATISFIED = ["满意", "基本满意"]


def by_hand(url: str, folder: Path) -> None:
    """Read the city's files, compute what was paid and reached at each checkpoint, and store it."""
    tables: dict[str, list[pd.DataFrame]] = {}
    for place in sorted((folder / "inbox").glob("*/*")):
        for path in sorted((place / "registers").glob("*.csv")):
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            name = path.stem.removesuffix("-补报")
            tables.setdefault(name, []).append(rows.assign(department=place.name))
        for path in (place / "targets").glob("*.xlsx"):
            sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object)
            for project, cells in list(sheets.items())[1:]:
                named = {"department": place.name, "project": project}
                tables.setdefault("targets", []).append(_targets(cells).assign(**named))
                tables.setdefault("plan", []).append(_plan(cells).assign(**named))
    whole = {name: pd.concat(some, ignore_index=True) for name, some in tables.items()}
    paid, budget = whole["支付台账"], whole["项目预算表"]
    paid["fen"] = (paid["支付金额（元）"].astype(float) * 100).round().astype("int64")
    paid["on"] = pd.to_datetime(paid["支付日期"])
    budget["budget"] = budget["预算数（元）"].astype("int64") * 100
    cases = whole["信访事项台账"]
    for column in ("收到日期", "受理日期", "办结日期"):
        cases[column] = pd.to_datetime(cases[column])
    engine = create_engine(url)
    for name, frame in whole.items():
        frame.to_sql(name, engine, index=False, if_exists="append", chunksize=CHUNK)
    for nth, each in enumerate(QUARTERS):
        spent = _spent(paid, budget, whole["plan"], pd.Timestamp(each.ends_on), nth)
        spent.assign(checkpoint=each.name).to_sql(
            "spending", engine, index=False, if_exists="append"
        )
        judged = _judged(whole, cases, spent, pd.Timestamp(each.ends_on))
        judged.assign(checkpoint=each.name).to_sql(
            "judged", engine, index=False, if_exists="append"
        )


def _targets(cells: pd.DataFrame) -> pd.DataFrame:
    rows = cells.iloc[7:, [2, 4]].dropna()
    rows.columns = pd.Index(["indicator", "target"])
    return rows


def _plan(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"nth": range(4), "planned": cells.iloc[4, 1:5].astype(float).to_list()})


def _spent(
    paid: pd.DataFrame, budget: pd.DataFrame, plan: pd.DataFrame, until: pd.Timestamp, nth: int
) -> pd.DataFrame:
    keys = ["department", "项目名称"]
    so_far = paid[paid["on"] <= until].groupby(keys)["fen"].agg(paid="sum", payments="count")
    spent = budget.set_index(keys)[["budget"]].join(so_far).fillna(0).reset_index()
    spent = spent.rename(columns={"项目名称": "project"})
    spent = spent.merge(plan[plan["nth"] == nth], on=["department", "project"])
    spent["light"] = "green"
    behind = spent["planned"] - spent["paid"] / spent["budget"]
    spent.loc[behind > 0, "light"] = "yellow"
    spent.loc[behind > 0.1, "light"] = "red"
    return spent.astype({"paid": "int64", "payments": "int64"})


def _in_time(
    cases: pd.DataFrame, start: str, done: str, days: int, until: pd.Timestamp
) -> pd.DataFrame:
    limit = cases[start] + timedelta(days=days)
    decided = pd.concat([cases[done], limit + timedelta(days=1)], axis=1).min(axis=1)
    counted = decided[decided <= until].index
    some = cases.loc[counted]
    hit = some[done] <= limit.loc[counted]
    return hit.groupby(some["department"]).agg(numerator="sum", denominator="count")


def _judged(
    whole: dict[str, pd.DataFrame], cases: pd.DataFrame, spent: pd.DataFrame, until: pd.Timestamp
) -> pd.DataFrame:
    keys = ["department", "project", "indicator"]
    renamed = {"项目名称": "project", "指标名称": "indicator", "度量": "measure"}
    mapped = whole["指标与度量对照表"].rename(columns=renamed)[[*keys, "measure"]]
    rows = whole["targets"].merge(mapped, on=keys)
    figures = [_in_time(cases, *how, until).assign(measure=name) for name, how in IN_TIME.items()]
    rated = cases[(cases["群众评价"] != "") & (cases["办结日期"] <= until)]
    happy = rated["群众评价"].isin(SATISFIED).groupby(rated["department"])
    figures.append(
        happy.agg(numerator="sum", denominator="count").assign(measure="petition_satisfaction")
    )
    measured = rows.merge(pd.concat(figures).reset_index(), on=["department", "measure"])
    money = spent.rename(columns={"paid": "numerator", "budget": "denominator"})
    money = money[["department", "project", "numerator", "denominator"]]
    executed = rows[rows["measure"] == "execution_rate"].merge(money, on=["department", "project"])
    told = whole["人工填报指标值"].rename(columns=renamed)
    told = told[told["截至日期"] == f"{until:%Y-%m-%d}"]
    told = rows[rows["measure"] == "reported"].merge(told, on=keys)
    counted = told["完成值"] != ""
    told["numerator"] = told["完成值"].str.extract(r"(\d+)", expand=False)
    told.loc[~counted, "numerator"] = told["分子"]
    told["denominator"] = told["分母"].replace("", 1)
    found = pd.concat([measured, executed, told[[*rows.columns, "numerator", "denominator"]]])
    found = found.astype({"numerator": "int64", "denominator": "int64"})
    limit = found["target"].str.extract(r"(\d+)", expand=False).astype(float)
    found["met"] = found["numerator"] * found["target"].str.contains("%").map(
        {True: 100, False: 1}
    ) >= (limit * found["denominator"])
    return found


def ours(url: str, folder: Path) -> None:
    """Take the city in, compute its measures and judge it at each checkpoint."""
    engine = connect(url)
    load_everything(engine, folder / "inbox")
    know_sizes(engine)
    for each in QUARTERS:
        compute_measures(engine, each)
        evaluate_quarter(engine, each, Limits())


def differing(mine: Engine, theirs: Engine) -> tuple[int, int]:
    """Return how many figures are compared and how many of them differ."""
    compared = differ = 0
    with mine.connect() as kept, theirs.connect() as by_hand:
        for (table, kind), (name, index, columns) in COMPARED.items():
            found = []
            for each in QUARTERS:
                at = checkpoint_id_of(kept, each.name)
                assert at is not None
                rows = newest_results(table, kind, at).subquery()
                chosen = select(rows, department.c.code.label("department"))
                of = department.c.id == rows.c.department_id
                found.append(pd.read_sql(chosen.join(department, of), kept))
                found[-1]["checkpoint"] = each.name
            own = pd.concat(found).rename(columns=OWN_NAMES)
            keys = [*KEYS, *index]
            theirs_of = pd.read_sql(name, by_hand)
            both = own.merge(theirs_of, on=keys, suffixes=("", "_hand"), how="outer")
            compared += len(both) * len(columns)
            hand = both[[f"{each}_hand" for each in columns]].to_numpy(float)
            own_figures = both[columns].to_numpy(float)
            same = (own_figures == hand) | (np.isnan(own_figures) & np.isnan(hand))
            differ += int((~same).sum())
    return compared, differ


def main() -> None:
    """Measure both, first and again, and print a row of each time."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--departments", type=int, nargs="+", default=[100])
    asked.add_argument("--payments", type=int, default=PAYMENTS)
    asked.add_argument("--cases", type=int, default=CASES)
    told = asked.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])  # for the processes measured
    print("departments | | by hand: wall s, CPU s, MB | ours | CPU | figures differ")
    for many in told.departments:
        with TemporaryDirectory() as name:
            folder = Path(name)
            make_city(folder / "inbox", many, payments=told.payments, cases=told.cases)
            own_url = f"sqlite:///{folder / 'ours.db'}"
            open_warehouse(own_url).dispose()
            for time in ("first", "nothing new", "one late file"):
                if time == "one late file":
                    hand_in_late(folder / "inbox", many // 2)
                hand_url = f"sqlite:///{folder / time}.db"
                hand = measure(__file__, "hand", hand_url, folder)
                own = measure(__file__, "ours", own_url, folder)
                compared, differ = differing(create_engine(own_url), create_engine(hand_url))
                print(
                    f"{many} | {time} | {hand.wall:.1f}, {hand.cpu:.1f}, {hand.memory:.0f} | "
                    f"{own.wall:.1f}, {own.cpu:.1f}, {own.memory:.0f} | {own.cpu / hand.cpu:.2f} | "
                    f"{differ} of {compared}",
                    flush=True,
                )


TASKS = {"hand": by_hand, "ours": ours}

if __name__ == "__main__":
    if "--task" in sys.argv:
        do(TASKS)
    else:
        main()
