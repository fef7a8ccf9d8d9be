"""How good the outlook is against LightGBM, on places that its prior was not learned from.

Usage: python -m tests.benchmarks.bench_outlook_rivals TABLES [--aside] [PLACE …]. TABLES is the
folder that scripts/outlook_prior.py learns from. For each place the prior is learned anew without
its source (all places that stand together in prior_card.json); LightGBM quantile models read the
same features and learn from the place's own earlier years, all scored entities together. Scored are
some 2,400 rows of a table, whole entities drawn by their name: of those that the outlook was tuned
on, and with --aside also of the third that it was not. First years are also told as the pool's:
where the first years of other sources ended at that time of the year, on the same scale. Prints one
table: by history class the coverage of the 80 % interval (all rows, where an outcome on an atom at
the interval's end counts by the part of the atom that lies within, and where the others fell), the
mean CRPS against LightGBM's where both foretell, plain and by size (each row's divided by it), and
how often what was called ≥ 99 % or ≤ 1 % came true of what was undecided. The plain mean is a
proper score, but a table's largest rows decide it. A size that knows the outcome makes none: who
foretells too little is forgiven, but rows of all sizes count.
"""

import argparse
import zlib
from pathlib import Path

import lightgbm
import numpy as np

from perf_pipeline.monitoring.backtest.moments import Moments
from perf_pipeline.monitoring.backtest.scoring import CLASSES, pinball_loss
from perf_pipeline.monitoring.outlook.amounts import BudgetScale, TotalsScale
from perf_pipeline.monitoring.outlook.distribution import LEVELS
from perf_pipeline.monitoring.outlook.forecast import Forecast, Kind, forecast, scales
from perf_pipeline.monitoring.outlook.forest import forest_of
from perf_pipeline.monitoring.outlook.rates import RatesScale
from scripts.outlook_prior import SOURCES, learn, read

AT = np.array([0.0125, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.9875])
TUNED = {"num_leaves": 15, "n_estimators": 80, "learning_rate": 0.08, "subsample": 0.8}
TUNED |= {"subsample_freq": 1, "colsample_bytree": 0.8, "n_jobs": 1, "verbose": -1}
ABOUT = 0.1  # of a year
FEWEST = 60  # rows that LightGBM is asked to learn from
FEW = 30  # rows that are not scored apart
MOST_ROWS = 2_400  # of a table, scored
Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def features(kind: Kind, part: Moments) -> Rows:
    """Return features, outcome, what it is measured from, and its size."""
    known = part.known
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind is Kind.RATES:
            rates = RatesScale(known)
            raw = np.nan_to_num(
                np.column_stack([known.so_far / known.base, rates.rates[:, 0]]), nan=-9
            )
            outcome = part.final / part.final_base
            return np.hstack([rates.features(), raw]), outcome, rates.expected, np.ones(len(raw))
        totals = TotalsScale(known, counted=kind is Kind.COUNTS)
        table = totals.features()
        size = np.maximum(np.nan_to_num(totals.level), np.abs(known.so_far)) + 1e-9
        if kind is Kind.SPENDING:
            table = np.hstack([table, BudgetScale(known).features()])
            size = np.maximum(size, np.nan_to_num(known.base))
        else:
            size = size + 1
    return table, part.final, known.so_far, size


def rival(kind: Kind, parts: list[Moments]) -> np.ndarray:
    """Return LightGBM's quantiles, each year's from the years before it."""
    made = [features(kind, part) for part in parts]
    table, outcome, start, size = (np.concatenate(each) for each in zip(*made, strict=True))
    year = np.concatenate([part.year for part in parts])
    aim = np.clip((outcome - start) / size, -5, 20)
    found = np.full((len(year), len(LEVELS)), np.nan)
    for each in np.unique(year)[1:]:
        past, now = (year < each) & np.isfinite(aim), year == each
        if past.sum() < FEWEST:
            continue
        least = min(30, max(5, int(past.sum()) // 20))
        told = [
            lightgbm.LGBMRegressor(
                objective="quantile", alpha=level, min_child_samples=least, random_state=1, **TUNED
            )
            .fit(table[past], aim[past])
            .predict(table[now])
            for level in AT
        ]
        found[now] = [np.interp(LEVELS, AT, row) for row in np.sort(np.array(told).T, axis=1)]
    quantiles = found * size[:, None] + start[:, None]
    return np.clip(quantiles, 0, 1) if kind is Kind.RATES else quantiles


def pooled(kind: Kind, parts: list[Moments], others: list[Moments]) -> np.ndarray:
    """Return the quantiles of other places' first years at about the same time of the year."""
    pool: dict[str, list[np.ndarray]] = {}
    for other in others:
        first = other.rows(other.known.years == 0)
        for rows, scale in scales(kind, first.known):
            points = scale.points(first.final[rows], first.final_base[rows])
            pool.setdefault(scale.tells, []).append(
                np.column_stack([first.known.time[rows], points])
            )
    made = []
    for part in parts:
        found = np.full((len(part.year), len(LEVELS)), np.nan)
        for rows, scale in scales(kind, part.known):
            time, points = np.concatenate(pool[scale.tells]).T
            off = np.where(np.isfinite(points), np.abs(time - part.known.time[0]), np.inf)
            near = points[off <= max(off.min(), ABOUT)]
            told = np.quantile(near, LEVELS, method="nearest")
            found[rows] = np.sort(scale.amounts(np.repeat(told[None, :], rows.sum(), axis=0)))
        made.append(found)
    return np.concatenate(made)


def compare(
    name: str, parts: list[Moments], arrays: dict[str, np.ndarray], others: list[Moments]
) -> None:
    """Print the methods' scores on a table, a row a history class."""
    kind = Kind(name.split("-")[0])
    made = [
        forecast(kind, part.known, learned=lambda each: forest_of(arrays, each)) for part in parts
    ]
    ours, theirs = np.concatenate([each.quantiles for each in made]), rival(kind, parts)
    pool = pooled(kind, parts, others)
    _, outcome, _, size = (
        np.concatenate(each) for each in zip(*(features(kind, part) for part in parts), strict=True)
    )
    size = np.ones_like(size) if kind is Kind.RATES else np.maximum(size, np.abs(outcome))
    earlier = np.concatenate([part.earlier for part in parts])
    near = 1e-9 * np.maximum(np.abs(outcome), 1)
    crps, below, above, middle = {}, {}, {}, {}
    for method, quantiles in (("ours", ours), ("LightGBM", theirs), ("pool", pool)):
        crps[method] = 2 * pinball_loss(quantiles, outcome)
        below[method] = outcome < quantiles[:, 7] - near
        above[method] = outcome > quantiles[:, 71] + near
        upto = (
            (quantiles <= (outcome + off)[:, None]).mean(axis=1)[:, None] for off in (-near, near)
        )
        middle[method] = part_between(*upto)
    said = words(kind, parts, made)
    for group, (least, most) in CLASSES.items():
        mine = np.isfinite(crps["ours"]) & (earlier >= least) & (earlier <= most)
        both = mine & np.isfinite(crps["LightGBM"])
        if mine.sum() < FEW:
            continue
        row = [
            name,
            group,
            str(mine.sum()),
            f"{1 - (below['ours'] | above['ours'])[mine].mean():.0%}",
            f"{middle['ours'][mine].mean():.0%}",
        ]
        row += [f"{each['ours'][mine].mean():.0%}" for each in (below, above)]
        row += [f"{(crps['ours'] / size)[mine].mean():.4f}"]
        for method, rows in (("LightGBM", both), ("pool", mine & (earlier == 0))):
            for each in (1.0, size):
                told = [(crps[of] / each)[rows].sum() for of in ("ours", method)]
                row.append(f"{told[0] / told[1]:.2f}" if rows.sum() >= FEW else "–")
        row += [said] if group == "all" else [""]
        print("| " + " | ".join(row) + " |", flush=True)


def part_between(before: np.ndarray, upto: np.ndarray) -> np.ndarray:
    """Return which part of what an outcome takes of the levels (n × 1) lies between 10 and 90 %."""
    width = np.maximum(upto - before, 1e-9)
    return (np.clip(np.minimum(upto + 1e-9, 0.9) - np.maximum(before, 0.1), 0, None) / width)[:, 0]


def words(kind: Kind, parts: list[Moments], made: list[Forecast]) -> str:
    """Tell how often what was called sure came true: last year's value, or 90 % of the budget."""
    said = []
    for part, each in zip(parts, made, strict=True):
        known, rates = part.known, kind is Kind.RATES
        with np.errstate(divide="ignore", invalid="ignore"):
            outcome = part.final / part.final_base if rates else part.final
            last = known.past_final[:, 0] / (known.past_final_base[:, 0] if rates else 1)
        wanted = np.where(known.base > 0, known.base * 0.9, last) if kind is Kind.SPENDING else last
        open_ = np.isfinite(wanted) & np.isfinite(outcome) & (rates | (known.so_far < wanted))
        chance = each.reaching(np.nan_to_num(wanted))
        said.append(np.column_stack([chance, outcome >= wanted])[open_ & np.isfinite(chance)])
    chance, came = np.concatenate(said).T
    called = (("≥99 %", chance >= 0.99), ("≤1 %", chance <= 0.01))
    return "; ".join(f"{of}: {int(came[rows].sum())} of {rows.sum()}" for of, rows in called)


def scored(parts: list[Moments], *, aside: bool) -> list[Moments]:
    """Return the rows to score: whole entities, of those kept aside or of the others."""
    drawn = [
        np.array([zlib.crc32(each.encode()) % 3 == 0 for each in part.entity]) == aside
        for part in parts
    ]
    kept = min(1.0, MOST_ROWS / max(sum(int(each.sum()) for each in drawn), 1))
    return [
        part.rows(
            mine
            & np.array([zlib.crc32(f"x{e}".encode()) % 1000 < 1000 * kept for e in part.entity])
        )
        for part, mine in zip(parts, drawn, strict=True)
    ]


def main() -> None:
    """Compare on each place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path)
    parser.add_argument("places", nargs="*")
    parser.add_argument("--aside", action="store_true")
    given = parser.parse_intermixed_args()
    tables = read(given.tables, None, 9999)
    chosen = given.places or sorted({_place(name) for name in tables})
    print(
        "| table | years | rows | covers | atoms shared | below | above | CRPS by size "
        "| ÷ LightGBM's | by size | ÷ pool's | by size | words |"
    )
    print("|---" * 13 + "|")
    for source in sorted({SOURCES[place] for place in chosen}):
        held = [name for name in tables if SOURCES[_place(name)] == source]
        rates = any(name.startswith("rates") for name in held)
        others = {n: parts for n, parts in tables.items() if n not in held}
        arrays = learn({n: p for n, p in others.items() if rates or not n.startswith("rates")})
        for name in held:
            if _place(name) in chosen:
                alike = [part for each in others if each[:4] == name[:4] for part in others[each]]
                for aside in sorted({False, given.aside}):
                    told = f"{name} aside" if aside else name
                    compare(told, scored(tables[name], aside=aside), arrays, alike)


def _place(table: str) -> str:
    return table.split("-")[1]


if __name__ == "__main__":
    main()
