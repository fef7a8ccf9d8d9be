"""Where a column comes from: selects walked, steps in memory held to what they say they read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine, case, func, literal, select, union_all

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.lineage import steps
from perf_pipeline.lineage.columns import column_lineage
from perf_pipeline.lineage.selects import PLACE, column_sources
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.measures.open_cases import COUNTED
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicators import judge_indicator
from perf_pipeline.monitoring.outlook.judge import foretell_indicators, foretell_spending
from perf_pipeline.monitoring.pace import pace_of_spending
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.reasons import describe_indicator
from perf_pipeline.monitoring.rows import Read
from perf_pipeline.monitoring.scoring import score_year
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.monitoring.spending_words import describe_spending
from perf_pipeline.monitoring.targets import target_in_force
from perf_pipeline.quality.relations import read_frame
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.schema import (
    indicator_result,
    metadata,
    register_tables,
    spending_result,
)
from tests.frame_rows import rows_of
from tests.kept import empty_warehouse
from tests.year import QUARTERS, take_everything_in

pytestmark = pytest.mark.long(50)

PAYMENT, BUDGET = register_tables["payment"], register_tables["budget"]
MADE_UP = {  # of every table: its row's number, its version, when and for which quarter
    *("id", "snapshot_id", "department_id", "checkpoint_id", "version", "created_at")
}
NOT_MADE_OF_COLUMNS = {  # codes of the program, settings, order, and what people say
    "measure_value": {"measure"},
    "spending_line": {"level"},
    "case_limit": {"register", "limit_name", "label"},
    "audit_finding": {"source_table"},
    "rollup_result": {"level", "city", "district"},
    "outlook": {"subject"},
    "adjustment": {"quarter", "closed_version", "part"},
    "report": {"title", "monitoring_version"},
    "report_line": {"ordinal", "part", "figure"},
    "alert": {"rule", "since", "item_id"},
    "item": {"fiscal_year", "kind", "subject_key", "subject", "place", "first_seen", "opened_at"},
    "item_event": {"item_id", "state", "due_on", "words", "happened_at"},
    "item_told": {"item_event_id", "recipient", "message_id"},
    "alert_event": {"alert_id", "state", "happened_at", "person", "reason"},
    "alert_message": {
        *("recipient", "channel", "day", "part", "message_key", "state"),
        *("attempts", "not_before", "changed_at", "error", "left_to"),
    },
    "alert_told": {"event_id", "recipient", "message_id"},
    "quarter_lock": {"action", "actor", "reason"},
    "audit_verdict_said": {
        *("fiscal_year", "finding", "verdict", "words", "person", "rows_seen", "said_at")
    },
}
TAKEN_IN = {
    *register_tables,
    *("project", "indicator", "target", "target_area", "spending_plan"),
    *("source_file", "departure", "quarantined_row", "also_in_file"),
    *("department", "checkpoint", "snapshot"),
    # of forms handed in, which are files and no tables
    *("recheck_form", "recheck_line", "recheck_fault"),
    *("act", "seal", "erasure", "judged_until"),  # of all that is written
    *("recomputation", "recomputed_figure"),  # from files, not from tables
}
READ_WHILE_TAKING_IN = {  # no result's source: other files are read by one, the other is laid down
    "rectification",  # answers to items, of which no figure is made
    "column_map",  # which heading of another register is which of its columns
    "audit_verdict",  # what people came to about findings, told beside them
    "base_figure",  # of the whole department's lines, which are computed when asked for
    "spending_plan_entry",  # its plans stand in spending_plan, from whichever file they came
}


def test_a_select_is_followed_through_what_it_is_made_of() -> None:
    paid = select(
        PAYMENT.c.project_name,
        PAYMENT.c.amount_fen.label("fen"),
        literal("payment").label("register"),
    ).where(PAYMENT.c.paid_on > date(2024, 1, 1))
    planned = select(BUDGET.c.project_name, BUDGET.c.total_fen, literal("budget"))
    both = union_all(paid, planned).subquery().alias("both")
    largest = select(func.max(PAYMENT.c.amount_fen)).scalar_subquery()
    query = select(
        both.c.project_name.label("project"),
        case((both.c.fen > largest, func.sum(both.c.fen)), else_=0).label("fen"),
        both.c.register,
    )
    fen = {("payment", "amount_fen"), ("budget", "total_fen")}
    assert column_sources(query) == {
        "project": {("payment", "project_name"), ("budget", "project_name")},
        "fen": fen,
        "register": set(),
    }
    counted = column_sources(query, with_conditions=True)
    assert counted["fen"] == fen | {("payment", "paid_on")}


def test_every_column_of_a_result_has_sources_or_is_said_to_have_none() -> None:
    lineage = column_lineage()
    without = {
        name: {column.name for column in table.c} - set(lineage.get(name, {})) - MADE_UP
        for name, table in metadata.tables.items()
        if name not in TAKEN_IN
    }
    assert {name: columns for name, columns in without.items() if columns} == NOT_MADE_OF_COLUMNS


def test_every_source_is_a_column_of_an_earlier_table() -> None:
    for table, columns in column_lineage().items():
        for sources in columns.values():
            for source, column in sources:
                assert column in metadata.tables[source].c
                assert source != table


def roots(table: str, column: str) -> set[tuple[str, str]]:
    """Follow a column back until nothing is known to go into it."""
    sources = column_lineage().get(table, {}).get(column, frozenset())
    further = [roots(*each) for each in sources]
    return {(table, column)} if not sources else set().union(*further)


@pytest.mark.parametrize(
    ("column", "register_column"),
    [
        ("actual_text", ("payment", "amount_fen")),
        ("actual_text", ("petition_case", "closed_on")),
        ("judgement", ("budget", "total_fen")),
        ("judgement", ("satisfaction_survey", "satisfied")),
        ("reason", ("target_revision", "document_no")),
        ("target_text", ("spending_plan", "share_bp")),
    ],
)
def test_a_column_of_the_report_leads_back_to_the_registers(
    column: str, register_column: tuple[str, str]
) -> None:
    assert register_column in roots("report_line", column)


def test_a_figure_that_is_one_measure_leads_to_that_measure_s_register_alone() -> None:
    sources = column_lineage()["spending_result"]["paid_fen"]
    # zero or unknown: whether a ledger came at all, and whether a row of it waits in quarantine
    waiting = {"quarantined_row", "project"}
    assert {table for table, _ in sources} == {"measure_value", "payment", "source_file", *waiting}


@dataclass(frozen=True)
class Step:
    """A step in memory: what it is given, what it makes of it, and what it says that it reads."""

    given: dict[str, pd.DataFrame]  # by prefix; "" is the frame that is added to
    make: Callable[..., dict[str, pd.DataFrame]]
    reads: dict[str, steps.Reads]  # by the table that is made; "" is the frame
    keys: frozenset[str] = frozenset()  # columns that say which row, and nothing of it


def closure(reads: steps.Reads) -> dict[str, set[str]]:
    """Return what a column of a step reads, what it reads of the step's own columns included."""
    made: dict[str, set[str]] = {}
    for column, names in reads.items():
        made[column] = {name for each in names.split() for name in (each, *made.get(each, ()))}
    return made


def otherwise(column: pd.Series) -> Iterator[list[Any]]:
    """Give a column's values in other ways: moved on by a row, larger, later, or not there."""
    values = [None if pd.isna(value) else value for value in column]
    yield [*values[1:], *values[:1]]
    yield [_larger(value) for value in values]


def _larger(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return int(value) * 2 + 1
    return value + timedelta(days=40) if isinstance(value, date) else value


def changed(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> Iterator[Any]:
    """Give table and column wherever a row that both have says something else."""
    for table, frame in before.items():
        both = frame.index.intersection(after[table].index)
        olds, news = frame.loc[both], after[table].loc[both]
        for column in frame:
            old, new = olds[column].tolist(), news[column].tolist()
            if not all(
                a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(old, new, strict=True)
            ):
                yield table, str(column)


def undeclared(step: Step) -> set[tuple[str, str, str]]:
    """Change one column after the other; return what changed that is not said to read it."""
    before = step.make(**step.given)
    declared = {table: closure(reads) for table, reads in step.reads.items()}
    found = set()
    for prefix, frame in step.given.items():
        for column in set(frame) - PLACE - step.keys:
            name = f"{prefix}.{column}" if prefix != "rows" else str(column)
            for values in otherwise(frame[column]):
                other = frame.assign(**{str(column): pd.Series(values, frame.index, object)})
                try:
                    after = step.make(**{**step.given, prefix: other})
                except (KeyError, TypeError, ValueError, AttributeError):
                    continue  # a value that the step is never given
                for table, made in changed(before, after):
                    if made in declared[table] and name not in declared[table][made]:
                        found.add((table, made, name))
    return found


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = empty_warehouse(f"sqlite:///{tmp_path_factory.mktemp('lineage') / 'warehouse.db'}")
    take_everything_in(opened)
    for checkpoint in (QUARTERS[1], QUARTERS[3]):
        compute_measures(opened, checkpoint)
        evaluate_quarter(opened, checkpoint, Limits())
    yield opened
    opened.dispose()


def of_each(of: type[Read], step: Callable[[Read], Read]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Take a step for each row of a frame."""
    return lambda rows: pd.DataFrame(
        [step(of(**row)) for row in rows_of(rows)], columns=list(of._fields), dtype=object
    )


def one(make: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[..., dict[str, pd.DataFrame]]:
    return lambda rows: {"": make(rows)}


def test_no_step_of_the_judgement_reads_more_than_it_says(year: Engine) -> None:
    limits = {"gaoxin-zhengfawei": Limits(yellow_bp=-1)}
    at = QUARTERS[1]
    with year.connect() as connection:
        number = checkpoint_id(connection, at)
        projects = read_frame(connection, projects_to_judge(at, number))
        paid = read_frame(connection, paid_by_source(at))
        indicators = read_frame(connection, indicators_to_judge(at, number))

    judge = of_each(ProjectMoney, lambda row: judge_spending(row, Limits(), limits))
    pace = of_each(ProjectMoney, lambda row: pace_of_spending(row, at))
    describe = of_each(ProjectMoney, lambda row: describe_spending(row, at))
    aim = of_each(Indicator, lambda row: target_in_force(row, at))
    compare = of_each(Indicator, lambda row: judge_indicator(row, (), at))

    def roll_up(rows: pd.DataFrame, paid_by_source: pd.DataFrame) -> dict[str, pd.DataFrame]:
        of = ("department_id", "project_name", "source")
        paid = {tuple(row[name] for name in of): row["paid_fen"] for row in rows_of(paid_by_source)}
        made = spending_lines([ProjectMoney(**row) for row in rows_of(rows)], paid)
        sums = metadata.tables["spending_line"]
        lines = pd.DataFrame(made, columns=list(ProjectMoney._fields), dtype=object)
        lines = lines[["department_id", *(each for each in lines if each in sums.c)]]
        return {"": lines.set_index(["level", "project_name", "name"], drop=False)}

    judged, aimed = judge(projects), aim(indicators)
    paced, compared = pace(judged), compare(aimed)
    done = [
        (projects, judge, steps.SPENDING_JUDGED),
        (judged, pace, steps.SPENDING_PACED),
        (paced, describe, steps.SPENDING_DESCRIBED),
        (indicators, aim, steps.TARGETS_IN_FORCE),
        (aimed, compare, steps.INDICATORS_JUDGED),
        (
            compared,
            of_each(Indicator, lambda row: describe_indicator(row, at)),
            steps.INDICATORS_DESCRIBED,
        ),
    ]
    for frame, make, reads in done:
        assert undeclared(Step({"rows": frame}, one(make), {"": reads})) == set()
    parts = {"rows": describe(paced), "paid_by_source": paid}
    assert undeclared(Step(parts, roll_up, {"": steps.SPENDING_ROLLED_UP})) == set()


def test_no_step_after_the_judgement_reads_more_than_it_says(year: Engine) -> None:
    at = QUARTERS[3]
    year_end = select(spending_result.c.snapshot_id, func.count()).group_by("snapshot_id")
    with year.connect() as connection:
        snapshots = [row.snapshot_id for row in connection.execute(year_end)]
        spending, indicators = (
            read_frame(connection, select(table).where(table.c.snapshot_id == max(snapshots)))
            for table in (spending_result, indicator_result)
        )
    shared = {"department_id": 1, "fiscal_year": 2024}
    spending = spending.assign(**shared, month=12)
    indicators = indicators.assign(**shared, month=12)
    weights = pd.DataFrame({"weight_text": ["10分"] + [None] * (len(indicators) - 1)}, dtype=object)

    def score(
        spending_result: pd.DataFrame, indicator_result: pd.DataFrame, indicator: pd.DataFrame
    ) -> dict[str, pd.DataFrame]:
        rows = indicator_result.assign(weight_text=indicator["weight_text"])
        mine = rows[rows["project_name"].notna()]
        scores = score_year(rows_of(mine), rows_of(spending_result), ScoringRules())
        keys = ["project_name", "indicator_key"]
        results, projects, departments = (
            pd.DataFrame(each, dtype=object)
            for each in (scores.results, scores.projects, scores.departments)
        )
        return {
            "self_evaluation_result": results.set_index(keys, drop=False),
            "project_score": projects.set_index("project_name", drop=False),
            "department_score": departments,
        }

    def foretell(
        spending_result: pd.DataFrame, indicator_result: pd.DataFrame
    ) -> dict[str, pd.DataFrame]:
        limits = OutlookLimits()
        none_wait = pd.DataFrame(columns=["department_id", "measure", "project_name", *COUNTED])
        parts = [
            foretell_spending(spending_result, at, limits),
            foretell_indicators(indicator_result, at, limits, none_wait),
        ]
        columns = ["subject", *steps.FORETOLD]
        rows = pd.DataFrame([*parts[0], *parts[1]], columns=columns, dtype=object)
        return {"": rows.set_index(["subject", "subject_key"], drop=False)}

    given = {"spending_result": spending, "indicator_result": indicators}
    keys = frozenset({"project_name", "indicator_key", "month"})
    scored = Step({**given, "indicator": weights}, score, steps.SCORED, keys)
    assert undeclared(scored) == set()
    assert undeclared(Step(given, foretell, {"": steps.FORETOLD}, keys)) == set()


def test_the_lineage_of_no_shipped_register_is_left_out(tmp_path: Path) -> None:
    """Whatever is taken in and counted, or said of a result, appears as somebody's source."""
    used = {
        table
        for columns in column_lineage().values()
        for each in columns.values()
        for table, _ in each
    }
    assert set(register_tables) - used == READ_WHILE_TAKING_IN
    assert "spending_plan" in used
