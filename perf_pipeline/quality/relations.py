"""What is validated of each table: its current rows, and the columns that rules compare."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Integer,
    Table,
    and_,
    case,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.share import WHOLE_BP, is_percent
from perf_pipeline.domain.status import Status
from perf_pipeline.domain.target import MICRO
from perf_pipeline.quality.plausible import (
    LESS,
    MORE,
    bare_fraction,
    budget,
    ledgers,
    month_left_out,
    paid_by_project,
    reported,
)
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.registers.rules import filled_together
from perf_pipeline.warehouse.known import checkpoint_id_of, current, latest_snapshots, newest_files
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import (
    indicator_result,
    metadata,
    register_tables,
    source_file,
    spending_plan,
    spending_result,
)
from perf_pipeline.warehouse.typed import Expression, Query

UNDECIDED = (str(Status.NO_DATA), str(Status.NOT_DUE), str(Status.ON_TRACK))
JUDGED = (spending_result.name, indicator_result.name)


def relation(name: str) -> Query:
    """Select the rows of a sourced table that are validated, with the columns rules compare.

    Every date column comes with its year as `<column>_year`, and what rules ask to be filled
    together with `asks`.
    """
    table = metadata.tables[name]
    if table is source_file:
        return _source_files()
    query = select(table, *_years(table)).where(current(table))
    if name in register_tables:
        asked = list(_asked(table, declaration_of(name)))
        of_file = source_file.c.id == table.c.source_file_id
        query = query.add_columns(*asked).join(source_file, of_file) if asked else query
    if table is reported:
        query = query.add_columns(bare_fraction())
    if table is budget:
        query = query.add_columns(*_spent(table))
    return query.add_columns(*_plan_neighbours()) if table is spending_plan else query


def asks(given: str, asked: str) -> str:
    """Name the column that is 1 where a column is filled and another must be, too."""
    return f"{given}_asks_{asked}"


def _asked(table: Table, declared: Register) -> Iterator[Expression]:
    """Give what rules ask to be filled together, of rows whose file has both columns."""
    lacking = func.coalesce(literal("\n") + source_file.c.lacking_columns + literal("\n"), "")
    for given, asked in chain.from_iterable(map(filled_together, declared.rules)):
        has = not_(or_(*(lacking.like(f"%\n{name}\n%") for name in (given, asked))))
        both = and_(table.c[given].is_not(None), has)
        yield case((both, 1), else_=0).label(asks(given, asked))


def _years(table: Table) -> list[Expression]:
    return [
        sql_cast(extract("year", column), Integer).label(f"{column.name}_year")
        for column in table.c
        if isinstance(column.type, Date)
    ]


def _source_files() -> Query:
    """Select the newest version of each file that still says something."""
    accounted = (
        source_file.c.rows_loaded + source_file.c.rows_quarantined + source_file.c.rows_skipped
    )
    before = source_file.alias("version_before")
    twice_before = (
        select(before.c.rows_loaded * 2)
        .where(
            before.c.path == source_file.c.path,
            before.c.version == source_file.c.version - 1,
            before.c.outcome == "loaded",
            before.c.rows_loaded > 0,
            source_file.c.outcome == "loaded",
        )
        .correlate(source_file)
        .scalar_subquery()
    )
    ledger = ledgers()
    is_ledger = and_(
        source_file.c.kind == "payment", same(ledger, source_file, "department_id", "fiscal_year")
    )
    return (
        select(
            source_file,
            ledger.c.paid_fen.label("ledger_paid_fen"),
            ((ledger.c.budget_fen + (LESS - 1)) // LESS).label("ledger_budget_thousandth"),
            month_left_out(ledger),
            accounted.label("rows_accounted_for"),
            (source_file.c.rows_loaded * 4).label("rows_fourfold"),
            twice_before.label("twice_rows_before"),
            (twice_before * 5).label("tenfold_rows_before"),
        )
        .outerjoin(ledger, is_ledger)
        .where(source_file.c.id.in_(newest_files()), source_file.c.outcome != "withdrawn")
    )


def _spent(table: Table) -> list[Expression]:
    """Columns that set what was paid of each budget beside ten times the budget."""
    each = paid_by_project()
    paid = (
        select(each.c.paid_fen)
        .where(same(each, table, "department_id", "fiscal_year", "project_name"))
        .scalar_subquery()
    )
    # a fen less: ten times the budget to the fen is in another unit, too
    return [paid.label("paid_fen"), (table.c.total_fen * MORE - 1).label("budget_tenfold")]


def _plan_neighbours() -> list[Expression]:
    """Columns that set each planned share beside the one before it, and the last beside 100%."""
    plan = spending_plan.c
    of_project = [plan.department_id, plan.fiscal_year, plan.project_name]
    before = func.lag(plan.share_bp).over(partition_by=of_project, order_by=plan.due_on)
    after = func.lead(plan.share_bp).over(partition_by=of_project, order_by=plan.due_on)
    return [
        func.coalesce(before, 0).label("share_before_bp"),
        case((after.is_(None), plan.share_bp), else_=WHOLE_BP).label("last_share_bp"),
        literal(WHOLE_BP, BigInteger).label("whole_bp"),
    ]


def read_frame(connection: Connection, query: Query) -> pd.DataFrame:
    """Read a select into a frame of dtype object: whole numbers stay whole, None stays None."""
    result = connection.execute(query)
    return pd.DataFrame(list(map(tuple, result.all())), columns=list(result.keys()), dtype=object)


def judged_frame(
    connection: Connection, name: str, checkpoint: Checkpoint, limits: Limits
) -> pd.DataFrame:
    """Read a quarter's newest judgement with both sides of each comparison, in whole numbers."""
    rows = read_frame(connection, judged_rows(connection, name, checkpoint))
    return _spending(rows, limits) if name == spending_result.name else _indicators(rows)


def judged_rows(connection: Connection, name: str, checkpoint: Checkpoint) -> Query:
    """Select the rows of a quarter's newest judgement."""
    at = checkpoint_id_of(connection, checkpoint.name)
    newest = latest_snapshots("monitoring", at if at is not None else -1).subquery()
    table = metadata.tables[name]
    return select(table).join(newest, newest.c.id == table.c.snapshot_id).order_by(table.c.id)


def _spending(rows: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    known = rows["paid_fen"].notna() & rows["budget_fen"].notna() & rows["planned_bp"].notna()
    rows["paid_scaled"] = (rows["paid_fen"][known] * WHOLE_BP).reindex(rows.index)
    # the limits that the row was judged by; the general ones where an old version kept none
    yellow = rows["yellow_bp"].where(rows["yellow_bp"].notna(), limits.yellow_bp)
    lowest = rows["planned_bp"][known] + yellow[known]
    rows["lowest_scaled"] = (lowest * rows["budget_fen"][known]).reindex(rows.index)
    begun = known & (rows["paid_fen"].fillna(0) > 0)
    rows["paid_hundredfold"] = (rows["paid_fen"][begun] * WHOLE_BP * 100).reindex(rows.index)
    rows["planned_scaled"] = (rows["planned_bp"][begun] * rows["budget_fen"][begun]).reindex(
        rows.index
    )
    rows["budget_tenfold"] = (rows["budget_fen"][known] * 10).reindex(rows.index)
    return _none_for_missing(rows)


def _indicators(rows: pd.DataFrame) -> pd.DataFrame:
    numeric = rows["target_micro"].notna() & rows["numerator"].notna()
    scale = rows["unit"].map(lambda unit: 100 if is_percent(unit) else 1)
    numbers = rows[numeric]
    denominator = numbers["denominator"]
    rows["actual_scaled"] = (numbers["numerator"] * scale[numeric] * MICRO).reindex(rows.index)
    rows["target_scaled"] = (numbers["target_micro"] * denominator).reindex(rows.index)
    ranged = numbers[numbers["upper_micro"].notna()]
    upper = ranged["upper_micro"] * ranged["denominator"]
    rows["upper_scaled"] = upper.reindex(rows.index)
    decided = ~rows["status"].isin(UNDECIDED)
    rows["enforced"] = rows["operator"].where(numeric, "word").where(decided, None)
    return _none_for_missing(rows)


def _none_for_missing(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(object).where(rows.notna(), None)
