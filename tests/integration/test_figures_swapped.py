"""A column of a result that is taken for another is noticed wherever either is shown."""

import os
from pathlib import Path
from random import Random

import pytest

from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.derived import Adjustment, OutlookResult
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.findings import AuditFinding, CaseLimit
from perf_pipeline.warehouse.judgements import (
    IndicatorResult,
    MeasureValue,
    SpendingResult,
    SpendingSum,
)
from perf_pipeline.warehouse.result import Result
from tests.figure_places import PLACES, differences
from tests.figure_writings import AT, JUDGED, Said, Truth
from tests.integration.figures_year import (
    WRITTEN,
    Swap,
    alike,
    of_columns,
    places_of,
    said_everywhere,
    shown_in,
    spared,
    swap,
    tampered,
    without_common_columns,
    written,
)
from tests.year import QUARTERS

__all__ = ["said_everywhere", "tampered", "written"]
pytestmark = pytest.mark.long(25)
SHOWN = (
    *(SpendingResult, IndicatorResult, OutlookResult, CaseLimit),
    *(AuditFinding, Adjustment, MeasureValue, SpendingSum),
)


def test_two_columns_swapped_are_noticed_in_every_place_that_shows_them(
    said_everywhere: dict[str, Said], tampered: Path
) -> None:
    """A sample of the pairs that a reader could confuse; `make swaps` tries them all."""
    truth = Truth(tampered)
    swaps = without_common_columns(
        [(of, *pair) for of in SHOWN for pair in alike(of, truth.at(of))]
    )
    chosen = swaps if os.environ.get("PERF_TEST_SWAPS") == "all" else [Random(13).choice(swaps)]
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    for at_once in chosen:
        with pytest.MonkeyPatch.context() as patch:
            for each in at_once:
                swap(patch, *each)
            try:
                write_quarter(engine, AT, tampered / "reports")
                write_site(engine, QUARTERS[:2], tampered / "reports")
            except (KeyError, IndexError, ValueError):
                continue  # what does not fit together is not written
            found = differences(tampered, WRITTEN)
        for of, *pair in at_once:
            shown = shown_in(said_everywhere, of, pair, truth)
            noticed = places_of(of_columns(found, of, pair))
            assert noticed - spared(of, pair) == shown, pair
    engine.dispose()


@pytest.mark.parametrize("of", JUDGED)
def test_any_two_columns_that_a_reader_could_confuse_are_told_apart(
    written: Path, of: type[Result]
) -> None:
    truth = Truth(written)
    swaps: list[Swap] = [(of, *pair) for pair in alike(of, truth.at(of), codes=True)]
    assert len(swaps) >= 12
    for at_once in without_common_columns(swaps):
        with pytest.MonkeyPatch.context() as patch:
            for each in at_once:
                swap(patch, *each)
            said = PLACES["status --json"].read(written)
        for _, *pair in at_once:
            mine = [each for each in said if each[0].column in pair]
            wrong = {each.column for each, text in mine if truth.denies(each, text)}
            assert wrong == set(pair)
