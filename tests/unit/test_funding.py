"""A budget by its sources: written in either way, the parts make the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.funding import by_source

FEN = st.integers(0, 10**17)


@given(FEN, FEN, FEN)
def test_however_what_was_carried_over_is_written_the_sources_make_the_total(
    fiscal: int, carried: int, other: int
) -> None:
    total = fiscal + carried + other
    beside = by_source(total, fiscal, other, carried)
    held = by_source(total, fiscal + carried, other, carried)
    if other + fiscal != total:  # else nothing was carried over
        assert beside == held == (fiscal + carried, other)
    assert by_source(total, total, None, carried) == (total, 0)


@pytest.mark.parametrize(
    ("budget", "parts"),
    [
        ((100, 60, 20, 20), (80, 20)),
        ((100, 80, 20, 20), (80, 20)),
        ((100, 100, None, 20), (100, 0)),
        ((150, 120, None, 20), (140, 10)),
        ((100, None, None, 20), (None, None)),
        ((100, None, 30, None), (None, 30)),
        ((None, 60, None, 20), (80, None)),
    ],
)
def test_what_is_not_written_is_the_rest_where_the_rest_is_known(
    budget: tuple[int | None, int | None, int | None, int | None],
    parts: tuple[int | None, int | None],
) -> None:
    assert by_source(*budget) == parts
