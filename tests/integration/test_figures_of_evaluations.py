"""A column of the scores or of the re-check taken for another is noticed in their workbooks."""

import os
from pathlib import Path
from shutil import rmtree

import pytest

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.rechecks import RecheckFault, RecheckForm, RecheckLine
from tests.figure_places import PLACES, differences
from tests.figure_workbooks import EVALUATED, write_evaluations
from tests.figure_writings import Said, Truth
from tests.integration.figures_year import (
    alike,
    of_columns,
    said_everywhere,
    swap,
    tampered,
    written,
)

__all__ = ["said_everywhere", "tampered", "written"]
pytestmark = pytest.mark.long(25)
EVALUATIONS = (
    *(ScoredLine, ProjectScore, DepartmentScore),
    *(RecheckForm, RecheckLine, RecheckFault),
)


def test_two_columns_of_scores_and_of_the_re_check_swapped_are_noticed_or_stop_the_writing(
    said_everywhere: dict[str, Said], tampered: Path
) -> None:
    truth = Truth(tampered)
    places = {name: PLACES[name] for name in ("自评表", "复核表")}
    shown = {each[:1] + each[2:] for name in places for each, _ in said_everywhere[name]}
    swaps = [
        (of, *pair)
        for of in EVALUATIONS
        for pair in alike(of, list(truth.rows[of.table.name].values()))
        if any((of.table.name, column) in shown for column in pair)
    ]
    assert len(swaps) >= 10
    every = os.environ.get("PERF_TEST_SWAPS") == "all"
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    noticed = 0
    for of, *pair in swaps if every else [s for s in swaps if s[0] is RecheckLine][-2:]:
        rmtree(tampered / EVALUATED, ignore_errors=True)
        with pytest.MonkeyPatch.context() as patch:
            swap(patch, of, *pair)
            try:
                write_evaluations(engine, tampered)
            except (ConfigurationError, KeyError, StopIteration):
                continue  # what does not fit together is not written
            assert of_columns(differences(tampered, places), of, pair), pair
        noticed += 1
    engine.dispose()
    assert noticed >= 2
