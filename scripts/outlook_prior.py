"""Learn the outlook's prior (perf_pipeline/monitoring/outlook/prior.npz) from public data.

Usage: python scripts/outlook_prior.py TABLES OUT.npz [--without PLACE] [--until YEAR]

TABLES is a folder of tables as `perf-pipeline backtest` reads them, named KIND-PLACE-NAME.csv
(spending-vitoria-lines.csv). KIND is spending, counts or rates. What the shipped prior was
learned from stands in prior_card.json. scikit-learn is needed here, not to forecast.

A tree's splits are those that tell cumulative distributions apart: the target is whether a year
ended at or below each of some places, so the squared error of a split is a CRPS. Leaves keep the
weights of all places. Places weigh by the square root of their rows, so that no single one decides.
Money without a budget and counts are each learned from all that has none, and from spending whose
budget is left out: few sources of counts tell what large ones do, few of money what comes rarely.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from perf_pipeline.monitoring.backtest.moments import Moments, moments
from perf_pipeline.monitoring.backtest.table import read_past_years
from perf_pipeline.monitoring.outlook.amounts import BudgetScale, TotalsScale
from perf_pipeline.monitoring.outlook.forecast import Kind, Scale
from perf_pipeline.monitoring.outlook.known import Rows
from perf_pipeline.monitoring.outlook.rates import RatesScale
from perf_pipeline.monitoring.outlook.told import Tells, card

MOST_ROWS = 7_000  # of one table, drawn by chance
TREES = {Tells.BUDGET: 32, Tells.COUNT: 32, Tells.USUAL: 32, Tells.RATE: 40}
LEAVES = {Tells.BUDGET: 150, Tells.COUNT: 300, Tells.USUAL: 300, Tells.RATE: 110}
STEPS = 100  # that a place weighs at most in a leaf
LEAST = {Tells.BUDGET: 30, Tells.COUNT: 15, Tells.USUAL: 15, Tells.RATE: 30}  # cases in a leaf
SEED = {Tells.BUDGET: 17, Tells.COUNT: 17, Tells.USUAL: 17, Tells.RATE: 16}  # of what is drawn
SPLIT_AT = 16  # places that splits look at
SOURCES = {  # number in the card of the source that each place of the tables belongs to
    place: number for number, source in enumerate(card()["sources"]) for place in source["tables"]
}


@dataclass(frozen=True)
class Lessons(Rows):
    """Features, the place where each year ended, what is told of each case, how heavy it is.

    Told are the source's number in the card, the year, and the value then and at the year's end.
    """

    features: np.ndarray
    points: np.ndarray
    told: np.ndarray
    weight: np.ndarray


def lessons(tables: dict[str, list[Moments]]) -> Iterator[tuple[Tells, Lessons]]:
    """Return what each table teaches: the forest's kind and its lessons."""
    for name, parts in tables.items():
        kind, place = name.split("-")[:2]
        source = SOURCES[place]
        nothing = any((part.final == 0).any() for part in parts)
        for part in parts:
            if kind == Kind.RATES:
                yield Tells.RATE, _lesson(RatesScale(part.known), part, source)
                continue
            if kind == Kind.SPENDING:
                some = part.rows(BudgetScale.fits(part.known))
                yield Tells.BUDGET, _lesson(BudgetScale(some.known), some, source)
            # without a budget who first appears in a year has something in it, and so has everyone
            # in a table that leaves out years of nothing: nothing so far would then mean that
            # something comes
            some = part.rows((nothing & (part.known.years > 0)) | (part.known.so_far != 0))
            scale = TotalsScale(some.known, counted=kind == Kind.COUNTS)
            yield Tells.COUNT, _lesson(scale, some, source)
            # what comes but now and then, few sources of money tell, and counts do
            yield Tells.USUAL, _lesson(TotalsScale(some.known, counted=False), some, source)


def _lesson(scale: Scale, part: Moments, source: int) -> Lessons:
    points = scale.points(part.final, part.final_base)
    n = len(points)
    told = np.column_stack(
        [np.full(n, source), part.year, *scale.told(part.final, part.final_base)]
    )
    found = Lessons(scale.features(), points, told.astype(np.int32), np.ones(n))
    return found.rows(np.isfinite(points))


def read(folder: Path, without: str | None, until: int) -> dict[str, list[Moments]]:
    """Read the tables, without one place, and without the years after `until`."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem.split("-")[1] == without:
            continue
        parts = moments(read_past_years(path))
        found[path.stem] = [part.rows(part.year <= until) for part in parts]
    return found


def _still_there(parts: list[Moments]) -> Iterator[Moments]:
    """Leave out the year in which it ended, of what has no base: nothing came, nor ever again.

    Who is gone is not looked at: a forecast is asked for where something is expected. What was
    nothing in the year before is kept: nine years of nothing are mostly followed by a tenth.
    """
    last: dict[str, int] = {}
    for part in parts:
        some = (part.final != 0) | np.isfinite(part.known.base)
        for entity, year in zip(part.entity[some], part.year[some], strict=True):
            last[entity] = max(last.get(entity, 0), year)
    for part in parts:
        there = part.year <= [last.get(entity, 0) for entity in part.entity]
        yield part.rows(there | (part.known.past_final[:, 0] == 0))


def learn(tables: dict[str, list[Moments]]) -> dict[str, np.ndarray]:
    """Return the arrays of all forests (perf_pipeline/monitoring/outlook/forest.py)."""
    gathered: dict[Tells, list[Lessons]] = {}
    for name, parts in tables.items():
        mine: dict[Tells, list[Lessons]] = {}
        for forest, each in lessons({name: list(_still_there(parts))}):
            mine.setdefault(forest, []).append(each)
        for forest, several in mine.items():
            joined = _joined(several)
            if not len(joined.points):
                continue
            if len(joined.points) > MOST_ROWS:
                random = np.random.default_rng(SEED[forest])
                joined = joined.rows(random.choice(len(joined.points), MOST_ROWS, replace=False))
            heavy = np.full(len(joined.points), 1e3 / np.sqrt(len(joined.points)))
            gathered.setdefault(forest, []).append(replace(joined, weight=heavy))
    arrays: dict[str, np.ndarray] = {}
    for forest, several in gathered.items():
        for field, value in _forest(forest, _joined(several)).items():
            arrays[f"{forest}.{field}"] = value
    return arrays


def _joined(several: list[Lessons]) -> Lessons:
    return Lessons(
        *(np.concatenate([getattr(each, of.name) for each in several]) for of in fields(Lessons))
    )


def _forest(kind: Tells, lesson: Lessons) -> dict[str, np.ndarray]:
    places = {Tells.BUDGET: BudgetScale, Tells.RATE: RatesScale}.get(kind, TotalsScale).places
    at = np.unique(np.quantile(lesson.points, np.arange(1, SPLIT_AT) / SPLIT_AT))
    model = RandomForestRegressor(
        TREES[kind],
        min_samples_leaf=LEAST[kind],
        max_leaf_nodes=LEAVES[kind],
        max_features=0.4,
        max_samples=0.6,
        random_state=SEED[kind],
    )
    ended = (lesson.points[:, None] <= at).astype(float)
    model.fit(lesson.features, ended, sample_weight=lesson.weight)
    place = places.of(lesson.points)
    arrays: dict[str, list[np.ndarray]] = {
        each: [] for each in ("roots", "feature", "threshold", "left", "leaves", "cases", "told")
    }
    nodes = rows = 0
    random = np.random.default_rng(SEED[kind])
    for each in model.estimators_:
        tree = each.tree_
        order, left = _breadth_first(tree)
        inner = tree.children_left[order] >= 0
        leaf = np.cumsum(~inner) - 1 + rows
        new = np.empty(tree.node_count, dtype=int)
        new[order] = np.arange(tree.node_count)
        reached = new[each.apply(lesson.features)]
        weights = np.zeros((tree.node_count, len(places.lower)))
        np.add.at(weights, (reached, place), lesson.weight)
        weights = weights[~inner]
        whole = np.maximum(weights.max(axis=1, keepdims=True), 1e-12)
        arrays["roots"].append(np.array([nodes], dtype=np.int32))
        arrays["feature"].append(np.where(inner, tree.feature[order], -1).astype(np.int8))
        arrays["threshold"].append(tree.threshold[order].astype(np.float32))
        arrays["left"].append(np.where(inner, left + nodes, leaf).astype(np.int32))
        arrays["leaves"].append(np.rint(weights / whole * STEPS).astype(np.uint8))
        arrays["cases"].append(
            np.bincount(reached, minlength=tree.node_count)[~inner].astype(np.int32)
        )
        # of each leaf one case is told, drawn by chance: its first in an order of this tree's own
        drawn = random.permutation(len(place))
        leaves, first = np.unique(leaf[reached[drawn]], return_index=True)
        assert len(leaves) == len(weights)
        arrays["told"].append(lesson.told[drawn[first]])
        nodes, rows = nodes + tree.node_count, rows + len(weights)
    return {field: np.concatenate(values) for field, values in arrays.items()}


def _breadth_first(tree: object) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes so ordered that a right child follows its left one, and left children."""
    children = np.stack([tree.children_left, tree.children_right])  # type: ignore[attr-defined]
    order, left = [0], []
    for node in order:
        left.append(len(order))
        if children[0, node] >= 0:
            order += [int(children[0, node]), int(children[1, node])]
    return np.array(order), np.array(left)


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without")
    parser.add_argument("--until", type=int, default=9999)
    given = parser.parse_args()
    arrays = learn(read(given.tables, given.without, given.until))
    np.savez_compressed(given.out, **arrays)
    print(f"{given.out}: {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
