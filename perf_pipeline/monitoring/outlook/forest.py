"""The learned prior (先验): a forest whose leaves hold where similar public cases ended.

Read from prior.npz, made by scripts/outlook_prior.py; its card is prior_card.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.monitoring.outlook.distribution import Floats


@dataclass(frozen=True)
class Forest:
    """Trees one after another: node arrays, and of each leaf the weights of places and its cases.

    A node is inner where `feature` ≥ 0; then `left` is taken when the feature is ≤ `threshold`,
    else the node after `left`. Of a leaf, `left` is its row in `leaves` (uint8), `cases`, and
    `told`: one of its cases, drawn by chance, as source, year, value then and at the year's end.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int8]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    leaves: NDArray[np.uint8]
    cases: NDArray[np.int32]
    told: NDArray[np.int32]

    @cached_property
    def anywhere(self) -> Floats:
        """Return the weights of places of all leaves together (places)."""
        share = self.leaves / self.leaves.sum(axis=1, keepdims=True)
        mean: Floats = np.average(share, axis=0, weights=self.cases)
        return mean

    def weights(self, features: NDArray[np.float32]) -> tuple[Floats, NDArray[np.int32]]:
        """Return the weights of places (n × places, each row 1), and the leaf in each tree."""
        from scipy.sparse import csr_array  # slow to import: only who foretells pays for it

        reached = self._leaves(features)
        share = self.leaves / self.leaves.sum(axis=1, keepdims=True)
        rows, trees = reached.shape
        part, begins = np.full(reached.size, 1 / trees), np.arange(rows + 1) * trees
        drawn = csr_array((part, reached.ravel(), begins), shape=(rows, len(share)))
        return drawn @ share, reached

    def _leaves(self, features: NDArray[np.float32]) -> NDArray[np.int32]:
        """Return the leaf of each row in each tree."""
        node = np.repeat(self.roots[None, :], len(features), axis=0).ravel()
        row = np.repeat(np.arange(len(features), dtype=np.int32), len(self.roots))
        going = np.arange(len(node), dtype=np.int32)
        while len(going):
            at = node[going]
            feature = self.feature[at]
            inner = feature >= 0
            going, at, feature = going[inner], at[inner], feature[inner]
            right = features[row[going], feature] > self.threshold[at]
            node[going] = self.left[at] + right
        return self.left[node].reshape(len(features), -1)


@cache
def prior(kind: str) -> Forest:
    """Return the shipped forest of a kind of cases (told.Tells)."""
    with resources.files(__package__).joinpath("prior.npz").open("rb") as file:
        return forest_of(np.load(file), kind)


def forest_of(arrays: Mapping[str, NDArray[Any]], kind: str) -> Forest:
    """Return the forest of a kind from arrays named kind.field."""
    read = {field.name: arrays[f"{kind}.{field.name}"] for field in fields(Forest)}
    return Forest(**read)
