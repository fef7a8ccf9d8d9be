"""Restatement: what changed between two versions and why; closed quarters and their adjustments."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.catalogue import measure
from perf_pipeline.measures.compute import compute_measures, figure_query
from perf_pipeline.monitoring.cause import cause_text
from perf_pipeline.monitoring.comparison import Kind
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.restatement import Restated, Restatement, diff_quarter
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.monitoring.tracing import trace_figure
from perf_pipeline.reports.restatement_page import render_restatement, write_restatements
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
from perf_pipeline.warehouse.locks import close_quarter, lock_history, reopen_quarter
from perf_pipeline.warehouse.schema import metadata, source_file
from tests.kept import empty_warehouse, stand

pytestmark = pytest.mark.long

CALENDAR = FiscalCalendar((3, 6, 10, 12))
MARCH, JUNE = CALENDAR.checkpoint("2024-03"), CALENDAR.checkpoint("2024-06")
NAME, KEY = "信访维稳经费", "信访维稳经费||按期受理率"
Rows = Mapping[str, Mapping[str, object]]


def load(
    engine: Engine, table: str, rows: Rows, *, version: int = 1, bureau: str = "bureau"
) -> None:
    """Load one file of a department: rows of one table by key, in the order of the sheet."""
    with write_transaction(engine) as connection:
        file_id = add_file(connection, table, version, bureau)
        sourced = [
            SourcedRow(key, "表", number, values)
            for number, (key, values) in enumerate(rows.items(), start=2)
        ]
        merge_rows(connection, metadata.tables[table], file_id=file_id, rows=sourced)


def add_file(connection: Connection, table: str, version: int, bureau: str) -> int:
    return connection.execute(
        insert(source_file)
        .values(
            department_id=department_id(connection, bureau),
            fiscal_year=2024,
            kind=table,
            path=f"2024/{bureau}/registers/{table}.xlsx",
            sha256=f"{table}{version}",
            size=1,
            read_with="",
            version=version,
            outcome="loaded",
            rows_read=0,
            rows_loaded=0,
            rows_quarantined=0,
            rows_skipped=0,
            loaded_at=now(),
        )
        .returning(source_file.c.id)
    ).scalar_one()


def payments(**fen: int) -> dict[str, dict[str, object]]:
    """Payments of March by voucher."""
    return {
        voucher: {
            "voucher_no": voucher,
            "paid_on": date(2024, 3, 5),
            "project_name": NAME,
            "amount_fen": amount,
            "funding_source": "财政资金",
        }
        for voucher, amount in fen.items()
    }


def budget(fen: int) -> Rows:
    return {NAME: {"project_name": NAME, "total_fen": fen}}


def goal(percent: int) -> Rows:
    return {
        KEY: {
            "raw_value": f"≥{percent}%",
            "kind": "number",
            "operator": ">=",
            "value_text": str(percent),
            "value_micro": percent * 1_000_000,
            "upper_micro": None,
            "unit": "%",
        }
    }


def case(number: int, in_time: bool) -> Mapping[str, object]:
    return {
        "case_no": str(number),
        "received_on": date(2024, 2, 1),
        "channel": "网上",
        "assigned_by": "无",
        "is_key": False,
        "accepted_on": date(2024, 2, 10 if in_time else 28),
        "closed_on": None,
    }


def cases(*in_time: bool) -> Rows:
    return {str(n): case(n, each) for n, each in enumerate(in_time)}


def set_up(engine: Engine) -> None:
    """Let an empty warehouse hold the project; it is loaded once on each database."""
    stand(engine, "one-project", load_project)


def load_project(engine: Engine, bureau: str = "bureau") -> None:
    """One project with a plan, a budget and an indicator that cases feed."""
    load(engine, "project", {NAME: {"name": NAME, "ordinal": 1}}, bureau=bureau)
    named = {"project_name": NAME, "section": None, "name": "按期受理率", "ordinal": 1}
    load(engine, "indicator", {KEY: {**named, "level1": "产出指标"}}, bureau=bureau)
    load(engine, "target", goal(90), bureau=bureau)
    mapped = {
        "project_name": NAME,
        "indicator_name": "按期受理率",
        "measure": "petition_on_time_acceptance",
    }
    load(engine, "indicator_measure", {KEY: mapped}, bureau=bureau)
    plan = {"project_name": NAME, "label": "3月底", "due_on": date(2024, 3, 31), "share_bp": 2000}
    load(engine, "spending_plan", {f"{NAME}|3": plan}, bureau=bureau)
    load(engine, "budget", budget(100_000), bureau=bureau)
    load(engine, "payment", payments(a=20_000), bureau=bureau)
    load(engine, "petition_case", cases(True, True), bureau=bureau)


def judge(engine: Engine, *checkpoints: object) -> None:
    for checkpoint in checkpoints or (MARCH,):
        compute_measures(engine, checkpoint)  # type: ignore[arg-type]
        evaluate_quarter(engine, checkpoint, Limits())  # type: ignore[arg-type]


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
    assert "取消" not in cause_text(told["b"])
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
            ("来源行移动", "收到日期由2024-02-01改为2024-04-01"),
        ),
        (  # it turns out to be no online petition, and leaves the rate of those
            {"indicator_measure": {KEY: MAPPED}},
            {"petition_case": {"0": {**case(0, True), "channel": "来信"}}},
            ("来源行移动", "信访渠道由网上改为来信"),
        ),
        (
            {},
            {"phase_target": {KEY: {**ABOUT, "due_on": date(2024, 3, 31), "raw_value": "≥95%"}}},
            ("阶段目标新增", "2024-03-31 ≥95%"),
        ),
        (  # an adjustment of a later day moved nothing yet
            {},
            {"budget": budget(50_000), "budget_adjustment": {NAME: LATE}},
            ("预算更正", "1000.00元 → 500.00元"),
        ),
        (
            {},
            {"indicator_measure": {KEY: {**MAPPED, "year_rule": "每期都须达到"}}},
            ("指标与度量对照更正", "petition_online_acceptance 每期都须达到"),
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
    kinds = {each.partition(" ")[0] for each in causes}
    assert kinds <= {told[0], "来源行取消"}  # the other case is no longer in the file
    assert any(all(word in each for word in told) for each in causes), causes


def test_a_status_that_changed_is_told_with_the_cases_that_changed_it(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "petition_case", cases(True, True, False), version=2)
    judge(engine)
    (figure,) = restated(engine).figures
    assert (figure.old_judgement, figure.new_judgement) == ("met", "missed")
    assert fields(figure)["actual_text"] == ("100.00%", "66.67%", "-33.33个百分点")
    assert [(each.key, each.old, each.new) for each in figure.causes] == [("2", None, "0/1")]
    assert figure.explained


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


def test_a_change_of_the_limits_alone_has_no_row_to_blame_and_says_so(engine: Engine) -> None:
    set_up(engine)
    judge(engine)
    load(engine, "payment", payments(a=10_000), version=2)
    judge(engine)
    evaluate_quarter(engine, MARCH, Limits(yellow_bp=-500, red_bp=-800))
    (figure,) = restated(engine).figures
    assert (figure.old_judgement, figure.new_judgement) == ("green", "red")
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


def test_a_closed_quarter_is_not_restated_and_late_data_are_adjustments_of_the_next(
    engine: Engine, tmp_path: Path
) -> None:
    set_up(engine)
    judge(engine, MARCH, JUNE)
    (event,) = close_quarter(engine, MARCH, actor="张三")
    assert (event.department, event.version) == ("bureau", 1)
    assert close_quarter(engine, MARCH, actor="张三") == ()
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    load(engine, "petition_case", cases(True, False), version=2)
    judge(engine, MARCH, JUNE)
    march, june = read_status(engine)
    assert (march["version"], march["closed"], march["adjustments"]) == (1, True, [])
    assert march["spending"][0]["paid_fen"] == 20_000
    assert june["spending"][0]["paid_fen"] == 27_000  # what is known by June holds the late row
    assert (june["closed"], june["version"]) == (False, 2)
    spending, rate = june["adjustments"]
    assert spending["quarter"] == "2024-03"
    assert (spending["closed_numerator"], spending["known_numerator"]) == (20_000, 27_000)
    assert spending["difference_text"] == "+70.00元"
    (row,) = spending["sources"]["rows"]
    assert (row["key"], row["row"], row["new"]) == ("late", 3, "70.00元")
    assert (rate["closed_text"], rate["known_text"]) == ("100.00%", "50.00%")
    assert (rate["closed_judgement"], rate["known_judgement"]) == ("met", "missed")
    (page,) = write_quarter(engine, JUNE, tmp_path)
    told = page.page.read_text("utf-8")
    assert '<h2 id="adjustments">' in told
    assert "+70.00元" in told
    judge(engine, MARCH, JUNE)  # nothing came since: no version, no further adjustment
    assert [each["version"] for each in read_status(engine)] == [1, 2]


def test_where_the_next_quarter_is_closed_too_adjustments_go_to_the_first_open_one(
    engine: Engine,
) -> None:
    october = CALENDAR.checkpoint("2024-10")
    set_up(engine)
    judge(engine, MARCH, JUNE, october)
    for checkpoint in (MARCH, JUNE):
        close_quarter(engine, checkpoint, actor="张三")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    judge(engine, MARCH, JUNE, october)
    *closed, last = read_status(engine)
    assert all(each["closed"] and not each["adjustments"] for each in closed)
    assert [each["quarter"] for each in last["adjustments"]] == ["2024-03", "2024-06"]


def test_a_reopened_quarter_is_restated_and_its_adjustments_are_gone(engine: Engine) -> None:
    set_up(engine)
    judge(engine, MARCH, JUNE)
    close_quarter(engine, MARCH, actor="张三", reason="一季度结账")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    judge(engine, MARCH, JUNE)
    with pytest.raises(ConfigurationError, match="理由"):
        reopen_quarter(engine, MARCH, actor="李四", reason=" ")
    reopen_quarter(engine, MARCH, actor="李四", reason="补记凭证")
    judge(engine, MARCH, JUNE)
    march, june = read_status(engine)
    assert (march["version"], march["spending"][0]["paid_fen"]) == (2, 27_000)
    assert june["adjustments"] == []
    with engine.connect() as connection:
        history = lock_history(connection, MARCH)
    assert [(each["action"], each["actor"], each["reason"]) for each in history] == [
        ("closed", "张三", "一季度结账"),
        ("reopened", "李四", "补记凭证"),
    ]
    with pytest.raises(ConfigurationError, match="没有关账"):
        reopen_quarter(engine, MARCH, actor="李四", reason="再来")


def test_one_department_can_be_closed_while_another_stays_open(engine: Engine) -> None:
    for bureau in ("east", "west"):
        load_project(engine, bureau)
    judge(engine)
    close_quarter(engine, MARCH, actor="张三", department_code="east")
    for bureau in ("east", "west"):
        load(engine, "payment", payments(a=1), version=2, bureau=bureau)
    judge(engine)
    assert [each["version"] for each in read_status(engine)] == [1, 2]
    with pytest.raises(NothingJudgedError, match="还没有评价"):
        close_quarter(engine, JUNE, actor="张三")


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


def test_the_report_of_a_closed_quarter_stays_as_it_was_when_it_was_closed(
    engine: Engine, tmp_path: Path
) -> None:
    set_up(engine)
    judge(engine)
    (first,) = write_quarter(engine, MARCH, tmp_path / "before")
    close_quarter(engine, MARCH, actor="张三")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    load(engine, "spending_plan", {}, version=2)
    judge(engine)
    (again,) = write_quarter(engine, MARCH, tmp_path / "after")
    assert (again.version, again.is_new) == (first.version, False)
    assert again.page.read_bytes() == first.page.read_bytes()
    assert again.forms[0].read_bytes() == first.forms[0].read_bytes()
    reopen_quarter(engine, MARCH, actor="李四", reason="补记凭证")
    judge(engine)
    (restated,) = write_quarter(engine, MARCH, tmp_path / "after")
    assert (restated.version, restated.is_new) == (2, True)


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
