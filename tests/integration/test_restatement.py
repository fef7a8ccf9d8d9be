"""Restatement: what changed between two versions of a quarter, and which rows did it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.catalogue import measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.cause import cause_text
from perf_pipeline.monitoring.causes import Restated
from perf_pipeline.monitoring.comparison import Kind
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.restatement import Restatement, diff_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.monitoring.tracing import trace_figure
from perf_pipeline.reports.restatement_page import render_restatement, write_restatements
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import metadata
from tests.kept import empty_warehouse
from tests.one_project import (
    KEY,
    MARCH,
    NAME,
    Rows,
    budget,
    case,
    cases,
    goal,
    judge,
    load,
    load_project,
    payments,
    set_up,
)

pytestmark = pytest.mark.long(25)


def restated(engine: Engine, **versions: int) -> Restatement:
    (found,) = diff_quarter(engine, MARCH, **versions)  # type: ignore[arg-type]
    return found


def fields(figure: Restated) -> dict[str, tuple[str, str, str | None]]:
    return {
        each.field: (each.old_text, each.new_text, each.difference) for each in figure.change.fields
    }


def test_measures_count_what_was_known_at_a_moment(engine: Engine) -> None:
    set_up(engine)
    between = now()
    load(engine, "payment", payments(a=25_000, b=5_000), version=2)
    with engine.connect() as connection:

        def paid(moment: object) -> list[int]:
            query = figure_query(measure("paid_fen"), MARCH.as_known(moment))  # type: ignore[arg-type]
            return [row.numerator for row in connection.execute(query)]

        assert paid(between) == [20_000]
        assert paid(None) == paid(now()) == [30_000]
        assert paid(between.replace(year=2000)) == []


def test_a_late_and_a_corrected_payment_are_named_with_file_row_and_amounts(
    engine: Engine,
) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "payment", payments(a=25_000, b=5_000), version=2)
    judge(engine)
    (figure,) = restated(engine).figures
    assert figure.explained
    assert fields(figure)["paid_fen"] == ("200.00元", "300.00元", "+100.00元")
    assert fields(figure)["actual_bp"] == ("20.00%", "30.00%", "+10.00个百分点")
    told = {cause.key: cause for cause in figure.causes}
    assert {key: (each.old, each.new, each.change) for key, each in told.items()} == {
        "a": ("200.00元", "250.00元", "changed"),
        "b": (None, "50.00元", "added"),
    }
    assert {each.file for each in figure.causes} == {"2024/bureau/registers/payment.xlsx"}
    assert [each.row for each in figure.causes] == [2, 3]


@pytest.mark.on_sqlite
def test_a_payment_moved_to_a_later_date_is_told_as_moved_and_a_withdrawn_one_as_cancelled(
    engine: Engine,
) -> None:
    set_up(engine)
    load(engine, "payment", payments(a=20_000, b=5_000, c=700), version=2)
    judge(engine)
    later = payments(a=20_000, b=5_000)
    later["b"] = {**later["b"], "paid_on": date(2024, 7, 3)}
    load(engine, "payment", later, version=3)
    judge(engine)
    (figure,) = restated(engine).figures
    told = {cause.key: cause for cause in figure.causes}
    assert told["b"].change is Kind.MOVED
    assert "支付日期由2024-03-05改为2024-07-03" in cause_text(told["b"])
    assert "不再有" not in cause_text(told["b"])
    assert told["c"].change is Kind.REMOVED
    assert figure.explained


ABOUT = {"project_name": NAME, "indicator_name": "按期受理率"}
MAPPED = {**ABOUT, "measure": "petition_online_acceptance"}
CAME = ("received_on", "accepted_on")
LATE = {"project_name": NAME, "effective_on": date(2024, 7, 1), "total_fen": 500_000}


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        (  # it came in later than was written, and leaves the quarter
            {},
            {"petition_case": {"0": {**case(0, True), **dict.fromkeys(CAME, date(2024, 4, 1))}}},
            ("来源行（移动）", "收到日期由2024-02-01改为2024-04-01"),
        ),
        (  # it turns out to be no online petition, and leaves the rate of those
            {"indicator_measure": {KEY: MAPPED}},
            {"petition_case": {"0": {**case(0, True), "channel": "来信"}}},
            ("来源行（移动）", "信访渠道由网上改为来信"),
        ),
        (
            {},
            {"phase_target": {KEY: {**ABOUT, "due_on": date(2024, 3, 31), "raw_value": "≥95%"}}},
            ("阶段目标（新增）", "2024-03-31 ≥95%"),
        ),
        (  # an adjustment of a later day moved nothing yet
            {},
            {"budget": budget(50_000), "budget_adjustment": {NAME: LATE}},
            ("预算（更正）", "1000.00元 → 500.00元"),
        ),
        (
            {},
            {"indicator_measure": {KEY: {**MAPPED, "year_rule": "每期都须达到"}}},
            ("指标与度量对照（更正）", "petition_online_acceptance 每期都须达到"),
        ),
    ],
)
def test_what_moved_a_figure_is_told_as_it_is_and_nothing_else(
    engine: Engine, first: Mapping[str, Rows], then: Mapping[str, Rows], told: tuple[str, ...]
) -> None:
    set_up(engine)
    for version, files in ((2, first), (3, then)):
        for table, rows in files.items():
            load(engine, table, rows, version=version)
        judge(engine)
    causes = {cause_text(each) for figure in restated(engine).figures for each in figure.causes}
    kinds = {each.partition("：")[0] for each in causes}
    assert kinds <= {told[0], "来源行（不再有）"}  # the other case is no longer in the file
    assert any(all(word in each for word in told) for each in causes), causes


@pytest.mark.on_sqlite
def test_a_status_that_changed_is_told_with_the_cases_that_changed_it(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "petition_case", cases(True, True, False), version=2)
    judge(engine)
    (figure,) = restated(engine).figures
    assert (figure.change.old_judgement, figure.change.new_judgement) == ("met", "missed")
    assert fields(figure)["actual_text"] == ("100.00%", "66.67%", "-33.33个百分点")
    assert [(each.key, each.old, each.new) for each in figure.causes] == [("2", None, "0/1")]
    assert figure.explained


@pytest.mark.on_sqlite
def test_revised_targets_and_budgets_are_causes_and_unchanged_rows_are_not(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "target", goal(100), version=2)
    load(engine, "budget", budget(50_000), version=2)
    judge(engine)
    found = {figure.change.part: figure for figure in restated(engine).figures}
    assert [(c.kind, c.old, c.new) for c in found["spending"].causes] == [  # type: ignore[index]
        ("budget", "1000.00元", "500.00元")
    ]
    assert [(c.kind, c.old, c.new) for c in found["indicator"].causes] == [  # type: ignore[index]
        ("target", "≥90%", "≥100%")
    ]
    assert all(figure.explained for figure in found.values())


@pytest.mark.on_sqlite
def test_a_change_of_the_limits_alone_has_no_row_to_blame_and_says_so(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "payment", payments(a=10_000), version=2)
    judge(engine)
    evaluate_quarter(engine, MARCH, Limits(yellow_bp=-500, red_bp=-800))
    (figure,) = restated(engine).figures
    assert (figure.change.old_judgement, figure.change.new_judgement) == ("green", "red")
    assert figure.causes == ()
    assert not figure.explained
    # version 1 to 3 spans both the correction and the limits
    (whole,) = restated(engine, from_version=1, to_version=3).figures
    assert fields(whole)["paid_fen"] == ("200.00元", "100.00元", "-100.00元")
    assert whole.explained


def test_departments_are_told_apart_and_those_of_one_version_say_so(engine: Engine) -> None:
    for bureau in ("east", "west"):
        load_project(engine, bureau)
    judge(engine)
    load(engine, "payment", payments(a=1), version=2, bureau="west")
    judge(engine)
    east, west = diff_quarter(engine, MARCH)
    assert (east.department_code, east.from_version, east.figures) == ("east", None, ())
    assert (west.from_version, west.to_version, len(west.figures)) == (1, 2, 1)
    assert [each.department_code for each in diff_quarter(engine, MARCH, department_code="east")]
    for wrong in ({"from_version": 7}, {"from_version": 1, "to_version": 1}):
        with pytest.raises(ConfigurationError):
            diff_quarter(engine, MARCH, **wrong)  # type: ignore[arg-type]


@pytest.mark.on_sqlite
def test_the_page_is_self_contained_and_escapes_what_files_say(
    engine: Engine, tmp_path: Path
) -> None:
    set_up(engine)
    judge(engine)
    evil = "<script>x</script>"
    load(engine, "payment", payments(**{evil: 5_000, "a": 20_000}), version=2)
    judge(engine)
    page = render_restatement(restated(engine))
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.split("</style>")[1]
    assert "第1版与第2版比较" in page
    assert "on_track" not in page.split("</style>")[1]
    assert "200.00元" in page
    (path,) = write_restatements([restated(engine)], tmp_path)
    assert path == tmp_path / "bureau" / "2024-03" / "2024-03-重述-1至2.html"
    assert json.dumps(restated(engine).to_dict(), ensure_ascii=False)


def test_a_figure_traces_to_the_rows_known_when_it_was_written(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    (before,) = read_status(engine, MARCH)
    load(engine, "payment", payments(a=25_000, b=5_000), version=2)
    judge(engine)
    (after,) = read_status(engine, MARCH)
    old = trace_figure(engine, before["spending"][0]["figure"])
    new = trace_figure(engine, after["spending"][0]["figure"])
    assert [(row.key, row.numerator) for row in old.rows] == [("a", 20_000)]
    assert (old.adds_up, old.still_so) == (True, False)
    assert sum(row.numerator for row in new.rows) == 30_000
    assert (new.adds_up, new.still_so) == (True, True)


AMOUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**9), min_size=1)
OUTCOMES = st.lists(st.booleans(), min_size=1, max_size=6)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(AMOUNTS, OUTCOMES), min_size=2, max_size=3))
def test_the_rows_told_always_add_up_to_the_change(
    tmp_path_factory: pytest.TempPathFactory,
    contents: Sequence[tuple[dict[str, int], list[bool]]],
) -> None:
    path = tmp_path_factory.mktemp("property") / "warehouse.db"
    engine = empty_warehouse(f"sqlite:///{path}")
    set_up(engine)
    for version, (amounts, outcomes) in enumerate(contents, start=2):
        load(engine, "payment", payments(**amounts), version=version)
        load(engine, "petition_case", cases(*outcomes), version=version)
        judge(engine)
    with engine.connect() as connection:
        last = connection.scalar(
            select(metadata.tables["snapshot"].c.version).order_by(
                metadata.tables["snapshot"].c.id.desc()
            )
        )
    found = diff_quarter(engine, MARCH, from_version=1, to_version=last) if last != 1 else []
    for figure in (figure for each in found for figure in each.figures):
        assert figure.explained, (figure, contents)
    engine.dispose()
