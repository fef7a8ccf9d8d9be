"""Roll-ups add up; league tables rank only where ranks mean something."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from perf_pipeline.domain.league import Entry, rank_units, wilson
from perf_pipeline.domain.organisation import (
    UNLISTED,
    DepartmentFigure,
    Level,
    Member,
    Organisation,
    roll_up,
)

DEPARTMENTS = [f"d{n}" for n in range(8)]
RATE = st.integers(0, 10**15).flatmap(
    lambda below: st.tuples(st.integers(0, below), st.just(below))
)
FIGURES = st.lists(
    st.builds(
        lambda code, figure, rate: DepartmentFigure(
            code, code.upper(), figure, rate[0], rate[1] if figure == "rate" else None
        ),
        st.sampled_from(DEPARTMENTS),
        st.sampled_from(["rate", "fen"]),
        RATE,
    ),
    unique_by=lambda each: (each.department, each.figure),
)
ORGANISATIONS = st.none() | st.builds(
    lambda places: Organisation(
        departments=tuple(
            Member(code=code, name=code, district=f"{place}区", city=f"{place % 2}市")
            for code, place in places.items()
        )
    ),
    st.dictionaries(st.sampled_from(DEPARTMENTS), st.integers(0, 4)),
)


@given(FIGURES, ORGANISATIONS)
def test_the_parts_of_every_level_add_up_to_the_whole(
    figures: Sequence[DepartmentFigure], organisation: Organisation | None
) -> None:
    totals = roll_up(figures, organisation)
    levels = [Level.DEPARTMENT, Level.ALL]
    if organisation is not None:
        levels += [Level.DISTRICT, Level.CITY]
    for name in ("rate", "fen"):
        for part in ("numerator", "denominator"):
            whole = sum(getattr(each, part) or 0 for each in figures if each.figure == name)
            for level in levels:
                mine = [each for each in totals if (each.level, each.figure) == (level, name)]
                assert sum(getattr(each, part) or 0 for each in mine) == whole
    for city in {each.city for each in totals if each.level is Level.CITY}:
        inside = Counter[str]()
        for each in totals:
            if each.city == city and each.level in (Level.DISTRICT, Level.CITY):
                inside[f"{each.level} {each.figure}"] += each.numerator
        for name in ("rate", "fen"):
            assert inside[f"district {name}"] == inside[f"city {name}"]


def test_rates_are_not_averaged() -> None:
    figures = [
        DepartmentFigure("a", "a", "rate", 1, 1),
        DepartmentFigure("b", "b", "rate", 0, 99),
    ]
    whole = [each for each in roll_up(figures, None) if each.level is Level.ALL]
    assert [(each.numerator, each.denominator) for each in whole] == [(1, 100)]  # not 50 %


def test_a_department_that_the_organisation_does_not_list_is_told_apart() -> None:
    member = Member(code="a", name="甲局", district="东区", city="甲市")
    organisation = Organisation(departments=(member,))
    figures = [DepartmentFigure(code, code, "fen", 1, None) for code in ("a", "b")]
    districts = {e.unit for e in roll_up(figures, organisation) if e.level is Level.DISTRICT}
    assert districts == {"东区", UNLISTED}


@pytest.mark.parametrize(
    "departments",
    [
        [{"code": "a", "name": "甲", "district": "东", "city": "市"}] * 2,
        [{"code": "a", "name": "甲", "district": "", "city": "市"}],
        [{"code": "a", "name": "甲", "district": "东", "city": "市", "省": "x"}],
        "a",
    ],
)
def test_an_organisation_that_contradicts_itself_is_refused(departments: object) -> None:
    with pytest.raises(ValidationError):
        Organisation.model_validate({"departments": departments})


@given(RATE)
def test_the_wilson_interval_holds_the_rate_and_is_the_textbooks(rate: tuple[int, int]) -> None:
    above, below = rate
    lower, upper = wilson(above, below)
    assert 0 <= lower <= upper <= 10_000
    if below:
        assert lower * below <= above * 10_000 <= upper * below
        p, z = above / below, 1.96
        middle = (p + z * z / (2 * below)) / (1 + z * z / below)
        half = z * sqrt(p * (1 - p) / below + z * z / (4 * below**2)) / (1 + z * z / below)
        assert lower == pytest.approx(max(0, (middle - half) * 10_000), abs=1.01)
        assert upper == pytest.approx(min(10_000, (middle + half) * 10_000), abs=1.01)


def test_units_whose_rates_are_apart_are_ranked_and_ties_share_a_rank() -> None:
    entries = [
        Entry("甲", 95, 100),
        Entry("乙", 190, 200),
        Entry("丙", 40, 100),
        Entry("丁", 3, 4),
    ]
    league = rank_units(entries, least_cases=10)
    assert league.reason == ""
    assert [(row.unit, row.rank, row.best, row.worst) for row in league.rows] == [
        ("乙", 1, 1, 2),
        ("甲", 1, 1, 2),
        ("丙", 3, 3, 3),
        ("丁", None, None, None),
    ]
    assert "并列" in league.rows[0].reason
    assert league.rows[2].reason == "名次可靠"
    assert league.rows[3].reason == "仅4件，少于10件，不排名"


def test_nobody_is_ranked_where_chance_alone_may_tell_them_apart() -> None:
    league = rank_units([Entry("甲", 9, 12), Entry("乙", 10, 12), Entry("丙", 0, 0)], 10)
    assert "相互重叠" in league.reason
    assert all(row.rank is None for row in league.rows)
    assert league.rows[-1].reason == "没有数据，不排名"


def test_one_unit_alone_is_not_ranked() -> None:
    assert "不足两个" in rank_units([Entry("甲", 95, 100), Entry("乙", 1, 2)], 10).reason


def test_what_is_not_a_share_of_cases_is_not_ranked() -> None:
    with pytest.raises(ValueError, match="不是件数的比率"):
        rank_units([Entry("甲", 3, 2)], 1)


@given(st.lists(RATE.map(lambda rate: (rate[0] % 500, 500)), min_size=2, max_size=8))
def test_a_rank_lies_between_its_best_and_worst(rates: Sequence[tuple[int, int]]) -> None:
    league = rank_units([Entry(str(n), *rate) for n, rate in enumerate(rates)], 10)
    for row in league.rows:
        if row.rank is not None:
            assert row.best is not None
            assert row.worst is not None
            assert 1 <= row.best <= row.rank <= row.worst <= len(rates)
    ranks = [row.rank for row in league.rows]
    assert ranks == sorted(ranks, key=lambda rank: rank or 0)
