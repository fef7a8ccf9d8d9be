"""The views for BI tools: each says what it holds, and holds what the tables do."""

from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, column, func, inspect, select, text
from sqlalchemy import table as named_table

from perf_pipeline.alerts.stored import read_alerts
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.monitoring.self_evaluation import read_scores
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.history import SourcedRow, merge_rows
from perf_pipeline.warehouse.schema import (
    indicator_result,
    measure_value,
    metadata,
    outlook,
    register_tables,
    snapshot,
    spending_result,
)
from perf_pipeline.warehouse.star import STAR, View
from perf_pipeline.warehouse.views import OWN
from tests.integration.reports_fixture import fill, judge
from tests.integration.reports_year import LIGHTS, PROJECTS, Q1, Q2
from tests.integration.test_history import file_id, payment
from tests.integration.warehouse_year import year
from tests.judged import write_snapshot
from tests.year import QUARTERS

__all__ = ["year"]
BY_NAME = {each.name: each for each in STAR}
NOTHING = (
    "fact_audit_evidence",
    "fact_adjustment",
)  # the shipped year has no finding, no closed quarter
MILLIONTH = Decimal("0.000001")


def rows(engine: Engine, view: str) -> list[dict[str, Any]]:
    """All rows of a view, its columns with the types that are declared."""
    declared = BY_NAME[view]
    shown = [column(each.name, each.type) for each in declared.columns]
    with engine.connect() as connection:
        found = connection.execute(select(*shown).select_from(named_table(view)))
        return [dict(row) for row in found.mappings()]


def exact(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(
        MILLIONTH, ROUND_HALF_UP
    )


def test_the_shipped_year_fills_every_view_and_no_two_rows_have_one_key(year: Engine) -> None:
    for each in STAR:
        found = rows(year, each.name)
        keys = Counter(tuple(row[name] for name in each.key) for row in found)
        assert found or each.name in NOTHING, each.name
        assert not [key for key, times in keys.items() if times > 1 or None in key], each.name


def test_every_fact_finds_its_dimensions(year: Engine) -> None:
    for each in STAR:
        found = rows(year, each.name)
        for name, dimension in each.refers.items():
            [key] = BY_NAME[dimension].key
            known = {row[key] for row in rows(year, dimension)}
            lost = {row[name] for row in found} - known - {None}
            assert not lost, f"{each.name}.{name} → {dimension}: {lost}"


def described(engine: Engine) -> Iterator[tuple[str, str, str]]:
    with engine.connect() as connection:
        told = connection.execute(
            text("SELECT object_name, column_name, comment FROM data_dictionary")
        )
        yield from ((row.object_name, row.column_name, row.comment) for row in told)


def test_the_dictionary_describes_every_column_of_every_view_and_table(engine: Engine) -> None:
    told = list(described(engine))
    assert len({(name, column) for name, column, _ in told}) == len(told)
    assert not [row for row in told if not row[2].strip()]
    there = inspect(engine)
    views = set(there.get_view_names())
    assert views == BY_NAME.keys() | OWN.keys()
    tables = metadata.tables.keys() - register_tables.keys()
    assert {name for name, column, _ in told if not column} == views | tables
    for name in views | tables:
        columns = {each["name"] for each in there.get_columns(name)}
        assert {column for other, column, _ in told if other == name and column} == columns


def test_postgresql_keeps_the_same_comments_on_views_and_columns(postgresql_url: str) -> None:
    engine = open_warehouse(postgresql_url)
    kept = text(
        "SELECT c.relname, coalesce(a.attname, '') AS attname, d.description FROM pg_class c "
        "JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass "
        "LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND a.attnum > 0 "
        "WHERE c.relkind = 'v'"
    )
    with engine.connect() as connection:
        comments = {(row[0], row[1]): row[2] for row in connection.execute(kept)}
    views = BY_NAME.keys() | OWN.keys()
    assert comments == {(name, of): said for name, of, said in described(engine) if name in views}
    engine.dispose()


def test_spending_is_what_the_status_command_says_and_yuan_are_fen(year: Engine) -> None:
    judged = read_status(year)
    quarters = {row["checkpoint_id"]: row["quarter"] for row in rows(year, "dim_checkpoint")}
    expected = {
        line["figure"]: (judgement["quarter"], judgement["version"], line)
        for judgement in judged
        for line in judgement["spending"]
    }
    found = rows(year, "fact_spending")
    assert len(found) == len(expected) == 16
    for row in found:
        quarter, version, line = expected[row["figure"]]
        assert (quarters[row["checkpoint_id"]], row["version"]) == (quarter, version)
        for name in ("project_name", "light", "budget_fen", "paid_fen", "reason", "note", "cause"):
            assert row[name] == line[name]
        for fen, yuan in (("budget_fen", "budget_yuan"), ("paid_fen", "paid_yuan")):
            assert row[yuan] == (None if row[fen] is None else Decimal(row[fen]) / 100)
        for bp, share, whole in (
            ("actual_bp", "execution_rate", 10_000),
            ("planned_bp", "planned_share", 10_000),
            ("deviation_bp", "deviation_points", 100),
        ):
            assert row[share] == (None if line[bp] is None else Decimal(line[bp]) / whole)
        if row["execution_rate"] is not None:
            share = Decimal(row["paid_fen"]) / Decimal(row["budget_fen"])
            assert row["execution_rate"] == share.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_an_indicator_s_value_is_divided_last_and_stands_in_the_target_s_unit(
    year: Engine,
) -> None:
    lines = {line["figure"]: line for each in read_status(year) for line in each["indicators"]}
    found = rows(year, "fact_indicator")
    assert {row["figure"] for row in found} == lines.keys()
    compared = 0
    for row in found:
        line = lines[row["figure"]]
        for name in ("section", "raw_target", "actual_text", "status", "reason", "project_name"):
            assert row[name] == line[name]
        if row["target_kind"] in ("number", "range") and row["denominator"]:
            times = 100 if is_percent(row["unit"]) else 1
            value = Fraction(row["numerator"] * times, row["denominator"])
            assert row["actual_value"] == exact(value)
            compared += 1
            if row["status"] == "met" and row["operator"] == ">=":
                assert row["actual_value"] >= row["target_value"]
            if row["status"] == "missed" and row["operator"] == ">=":
                assert row["actual_value"] < row["target_value"]
        else:
            assert row["actual_value"] is None
    assert compared > 100


def test_ratios_and_amounts_are_the_same_exact_decimals_on_both_databases(engine: Engine) -> None:
    shares = [(1, 3), (2, 3), (1, 128), (-1, 128), (5, 2_000_000), (999_999, 10**6), (10**9, 7)]
    amounts = [1, -1, 99, 123_456_789, 99_999_999_999_999]  # up to a trillion yuan
    with write_transaction(engine) as connection:
        mine, at = department_id(connection, "bureau"), checkpoint_id(connection, Q1)
        values = [
            {"measure": f"m{n}", "numerator": part, "denominator": whole}
            for n, (part, whole) in enumerate(shares)
        ]
        write_snapshot(connection, "measures", mine, at, {measure_value: values})
        file = file_id(connection, "a.xlsx")
        paid = [payment(f"记-{n}", fen) for n, fen in enumerate(amounts)]
        merge_rows(connection, register_tables["payment"], file_id=file, rows=paid)
    told = {row["measure"]: row["value"] for row in rows(engine, "fact_measure")}
    assert told == {f"m{n}": exact(Fraction(*share)) for n, share in enumerate(shares)}
    yuan = {row["amount_fen"]: row["amount_yuan"] for row in rows(engine, "fact_payment")}
    assert yuan == {fen: Decimal(fen) / 100 for fen in amounts}


def test_vouchers_sum_to_what_was_judged_at_every_checkpoint(year: Engine) -> None:
    paid = rows(year, "fact_payment")
    for row in rows(year, "fact_spending"):
        [ends_on] = [
            each["ends_on"]
            for each in rows(year, "dim_checkpoint")
            if each["checkpoint_id"] == row["checkpoint_id"]
        ]
        mine = [
            each
            for each in paid
            if each["project_key"] == row["project_key"] and each["paid_on"] <= ends_on
        ]
        assert sum(each["amount_fen"] for each in mine) == row["paid_fen"]
        assert sum(each["amount_yuan"] for each in mine) == row["paid_yuan"]


def test_scores_outlooks_and_alerts_are_those_of_the_tables(year: Engine) -> None:
    [scored] = [each.to_dict() for each in read_scores(year, QUARTERS[-1])]
    assert {row["project_name"]: row["score_points"] * 100 for row in rows(year, "fact_score")} == {
        each["project_name"]: each["score_centi"] for each in scored["projects"]
    }
    [whole] = rows(year, "fact_score_department")
    assert whole["score_points"] * 100 == scored["score_centi"]
    of_projects = sum(len(each["results"]) for each in scored["projects"])
    of_department = len(scored["results"])
    assert (of_projects, of_department) == (36, 33)
    assert len(rows(year, "fact_score_line")) == of_projects + of_department
    with year.connect() as connection:
        stored = {row["id"]: row for row in connection.execute(select(outlook)).mappings()}
        alerts = {each.id: each for each in read_alerts(connection, range(1, 1_000))}
    for row in rows(year, "fact_outlook"):
        kept = stored[row["outlook_id"]]
        parts = {"fen": 100, "bp": 10_000}.get(kept["measured_in"], 1)
        for of, told in (("point", "point_value"), ("low80", "low80_value")):
            expected = None if kept[of] is None else Decimal(kept[of]) / parts
            assert row[told] == expected
    raised = rows(year, "fact_alert")
    assert {row["alert_id"] for row in raised} == alerts.keys()
    assert {(row["gap"], row["level"]) for row in raised} == {
        (each.gap, each.level) for each in alerts.values()
    }
    assert all((row["rule"] == "indicator") == (row["indicator_key"] is not None) for row in raised)
    assert all((row["rule"] == "spending") == (row["project_key"] is not None) for row in raised)


def test_lights_and_statuses_are_named_as_everywhere_else(engine: Engine) -> None:
    lights = {row["light"]: row["light_label"] for row in rows(engine, "dim_light")}
    assert lights == {str(light): label for light, label in LIGHT_LABELS.items()}
    statuses = {row["status"]: row["status_label"] for row in rows(engine, "dim_status")}
    assert statuses == {str(status): label for status, label in STATUS_LABELS.items()}
    deviations = {row["light"] for row in rows(engine, "dim_light") if row["is_deviation"]}
    assert deviations == {"yellow", "red", "ahead"}


def test_the_newest_version_stands_in_the_fact_and_every_version_beside_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    monkeypatch.setitem(LIGHTS, Q2, ["red", "red", "red", "red"])
    with write_transaction(engine) as connection:
        judge(connection, department_id(connection, "zhengfawei"), Q2)
    projects = len(PROJECTS)
    newest = rows(engine, "fact_spending")
    assert Counter(row["version"] for row in newest) == {1: projects, 2: projects}
    assert [row["light"] for row in newest if row["version"] == 2] == ["red"] * projects
    kept = rows(engine, "fact_spending_all_versions")
    with engine.connect() as connection:
        stored = connection.scalar(select(func.count()).select_from(spending_result))
        judged = connection.scalar(select(func.count()).select_from(indicator_result))
        versions = connection.scalar(select(func.count()).select_from(snapshot))
    assert len(kept) == stored == projects * 3
    assert len(rows(engine, "fact_indicator_all_versions")) == judged
    assert versions == 3
    shared = newest[0].keys()
    current = [{name: row[name] for name in shared} for row in kept if row["is_newest"]]
    assert sorted(current, key=lambda row: row["spending_id"]) == sorted(
        newest, key=lambda row: row["spending_id"]
    )


def test_a_corrected_payment_keeps_its_old_version_with_when_and_by_what_it_was_replaced(
    engine: Engine,
) -> None:
    table = register_tables["payment"]
    for version, fen in ((1, 100), (2, 250)):
        with write_transaction(engine) as connection:
            file = file_id(connection, "a.xlsx", version)
            merge_rows(connection, table, file_id=file, rows=[payment("1", fen)])
    [row] = rows(engine, "fact_payment")
    assert (row["amount_fen"], row["amount_yuan"]) == (250, Decimal("2.50"))
    old, new = sorted(
        rows(engine, "fact_payment_all_versions"), key=lambda each: each["payment_id"]
    )
    assert (old["amount_fen"], old["is_current"], old["closed_by_path"]) == (100, False, "a.xlsx")
    assert old["known_until"] == new["known_from"]
    assert (new["is_current"], new["known_until"]) == (True, None)


def test_a_project_that_left_the_document_keeps_its_dimension(engine: Engine) -> None:
    project = metadata.tables["project"]
    for version, names in ((1, ("甲", "乙")), (2, ("甲",))):
        with write_transaction(engine) as connection:
            file = file_id(connection, "a.docx", version)
            told = [
                SourcedRow(name, None, None, {"name": name, "ordinal": version}) for name in names
            ]
            merge_rows(connection, project, file_id=file, rows=told)
    found = {row["project_name"]: row for row in rows(engine, "dim_project")}
    assert {name: row["is_in_force"] for name, row in found.items()} == {"甲": True, "乙": False}
    assert found["甲"]["ordinal"] == 2
    assert found["乙"]["project_key"] == "bureau/2024/乙"


def test_every_view_s_name_says_what_it_is() -> None:
    assert all(each.name.startswith(("dim_", "fact_")) for each in STAR)
    assert all(isinstance(each, View) and each.grain and each.key for each in STAR)
