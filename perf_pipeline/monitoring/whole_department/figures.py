"""The figures that the lines of the whole-department form are made of, each from its register.

What is not in a register comes from the base figures (部门基础数据) that a department hands in;
what neither says is unknown, never nought.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection, and_, case, func, or_, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.whole_department import Known
from perf_pipeline.measures.waiting import waiting_files
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.budgets import budget_in_force
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.same import of_project
from perf_pipeline.warehouse.schema import project, register_tables
from perf_pipeline.warehouse.typed import Query

BASE = "base_figure"
LEDGER, BUDGETS, ASSETS = "支付台账", "项目预算表", "固定资产台账"
COMPUTED = {
    "paid_fen": ("全年执行数", LEDGER),
    "budget_fen": ("全年预算数", BUDGETS),
    "initial_fen": ("年初预算数", BUDGETS),
    "adjusted_fen": ("预算调整数", BUDGETS),
    "assets_fen": ("固定资产原值", ASSETS),
    "assets_used_fen": ("在用固定资产原值", ASSETS),
}
OF_FILES = {"payment": ("paid_fen",), "fixed_asset": ("assets_fen", "assets_used_fen")}
HANDED_IN = register(BASE).column("figure").choices
NAMES = frozenset({*COMPUTED, *HANDED_IN})


def read_figures(connection: Connection, year_end: Checkpoint) -> dict[int, dict[str, Known]]:
    """Return every figure of each department that has projects in the year, by its row number."""
    departments = select(project.c.department_id).where(in_force(project, year_end))
    values: dict[int, dict[str, int | None]] = {
        whose: {} for whose in connection.scalars(departments.distinct())
    }
    for query in (_budgets(year_end), _paid(year_end), _assets(year_end)):
        for row in connection.execute(query).mappings():
            mine = values.get(row["department_id"])
            if mine is not None:
                mine |= {name: row[name] for name in COMPUTED if name in row}
    waiting = waiting_files(connection, year_end)
    for whose, mine in values.items():
        for name, figures in OF_FILES.items():
            mine |= dict.fromkeys(figures) if waiting.is_part_of(whose, (name,)) else {}
    table = register_tables[BASE]
    handed = select(table).where(in_force(table, year_end))
    for said in connection.execute(handed):
        if said.department_id in values:
            value = said.people if said.amount_fen is None else said.amount_fen
            values[said.department_id][said.figure] = value
    return {whose: _known(mine) for whose, mine in values.items()}


def _known(values: dict[str, int | None]) -> dict[str, Known]:
    computed = {
        name: Known(_whole(values.get(name)), label, origin)
        for name, (label, origin) in COMPUTED.items()
    }
    handed = {name: Known(values.get(name), name, "部门基础数据") for name in HANDED_IN}
    return computed | handed


def _whole(value: int | Decimal | None) -> int | None:
    return None if value is None else int(value)


def _budgets(year_end: Checkpoint) -> Query:
    """Sum budgets, unless a project has none: a part is not the whole."""
    force = budget_in_force(year_end)
    moved = func.abs(force.c.total_fen - force.c.initial_fen)
    whole = func.count() == func.count(force.c.total_fen)
    began = func.count() == func.count(force.c.initial_fen)
    return (
        select(
            project.c.department_id,
            case((whole, func.sum(force.c.total_fen))).label("budget_fen"),
            case((began, func.sum(force.c.initial_fen))).label("initial_fen"),
            case((and_(whole, began), func.sum(moved))).label("adjusted_fen"),
        )
        .outerjoin(force, of_project(force, project))
        .where(in_force(project, year_end))
        .group_by(project.c.department_id)
    )


def _paid(year_end: Checkpoint) -> Query:
    payment = register_tables["payment"]
    return (
        select(payment.c.department_id, func.sum(payment.c.amount_fen).label("paid_fen"))
        .where(
            in_force(payment, year_end),
            payment.c.paid_on <= year_end.ends_on,
        )
        .group_by(payment.c.department_id)
    )


def _assets(year_end: Checkpoint) -> Query:
    asset = register_tables["fixed_asset"]
    # where nobody wrote when anything was put to use, that is unknown and no zero
    later = asset.c.in_use_on.is_not(None)
    used = case((asset.c.in_use_on <= year_end.ends_on, asset.c.cost_fen), (later, 0))
    return (
        select(
            asset.c.department_id,
            func.sum(asset.c.cost_fen).label("assets_fen"),
            func.sum(used).label("assets_used_fen"),
        )
        .where(
            in_force(asset, year_end),
            asset.c.acquired_on <= year_end.ends_on,
            or_(asset.c.disposed_on.is_(None), asset.c.disposed_on > year_end.ends_on),
        )
        .group_by(asset.c.department_id)
    )
