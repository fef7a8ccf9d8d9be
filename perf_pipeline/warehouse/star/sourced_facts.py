"""Facts (事实) of what was handed in and told: files, payments, spending plans, alerts, items."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, FromClause, Table, and_, case, func, select

from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    checkpoint,
    department,
    departure,
    item,
    item_event,
    register_tables,
    source_file,
    spending_plan,
)
from perf_pipeline.warehouse.star.dimensions import INDICATOR_KEY, PROJECT_KEY
from perf_pipeline.warehouse.star.judged import OF_INDICATOR, key_of
from perf_pipeline.warehouse.star.view import (
    View,
    ViewColumn,
    all_shown,
    decimal,
    events_view,
    shown,
    thing_key,
    view,
    with_last_event,
)

PAYMENT = register_tables["payment"]


def _source(table: Table) -> Iterator[ViewColumn]:
    """Show where a row stood."""
    yield shown(source_file.c.path, "source_path", "来源文件，相对于收件文件夹")
    yield shown(source_file.c.sha256, "source_sha256", "来源文件的 SHA-256")
    yield from all_shown(table, "sheet", "row_number")


def _sourced(table: Table) -> FromClause:
    return table.join(department, department.c.id == table.c.department_id).join(
        source_file, source_file.c.id == table.c.source_file_id
    )


def _project_key(table: Table) -> ViewColumn:
    key = thing_key(department.c.code, table.c.fiscal_year, table.c.project_name)
    return shown(key, "project_key", PROJECT_KEY)


def _payments() -> Iterator[View]:
    table = PAYMENT
    shared = [
        shown(table.c.id, "payment_id", "行号"),
        *all_shown(table, "department_id", "fiscal_year"),
        _project_key(table),
        *all_shown(table, "project_name", "voucher_no", "paid_on"),
        shown(table.c.amount_fen, comment="支付金额，分；红字凭证为负数"),
        shown(decimal(table.c.amount_fen, 2), "amount_yuan", "支付金额，元；红字凭证为负数"),
        *all_shown(table, "funding_source", "payee", "purpose", "contract_no", "belongs_to_year"),
        *_source(table),
    ]
    refers = {"department_id": "dim_department", "project_key": "dim_project"}
    key = ("payment_id",)
    yield view(
        "fact_payment",
        "支付",
        "支付台账现行的一笔",
        shared,
        _sourced(table),
        current(table),
        key=key,
        refers=refers,
    )
    closing = source_file.alias("closing_file")
    history = [
        shown(current(table), "is_current", "是否现行"),
        shown(source_file.c.loaded_at, "known_from", "何时入库（UTC）"),
        shown(closing.c.loaded_at, "known_until", "何时被后来的文件取代（UTC）；空为现行"),
        shown(closing.c.path, "closed_by_path", "被哪个文件取代；空为现行"),
    ]
    yield view(
        "fact_payment_all_versions",
        "支付，全部版本",
        "支付台账的一笔的一个版本，含已被更正和撤下的",
        [*shared, *history],
        _sourced(table).outerjoin(closing, closing.c.id == table.c.closed_by_id),
        key=key,
        refers=refers,
    )


def _plans() -> Iterator[View]:
    table = spending_plan
    columns = [
        shown(table.c.id, "spending_plan_id", "行号"),
        *all_shown(table, "department_id", "fiscal_year"),
        _project_key(table),
        *all_shown(table, "project_name", "label", "due_on"),
        shown(decimal(table.c.share_bp, 4), "planned_share", "累计支出比例，1 为全部"),
        *_source(table),
    ]
    yield view(
        "fact_spending_plan",
        "资金支出计划",
        "一个项目的现行计划的一个时点",
        columns,
        _sourced(table),
        current(table),
        key=("spending_plan_id",),
        refers={"department_id": "dim_department", "project_key": "dim_project"},
    )


def _files() -> Iterator[View]:
    table = source_file
    columns = [
        shown(table.c.id, "file_id", "行号"),
        *all_shown(table, "department_id", "fiscal_year", "kind", "path", "version", "sha256"),
        *all_shown(table, "size", "outcome", "reason", "notice", "rows_read", "rows_loaded"),
        *all_shown(table, "rows_quarantined", "rows_skipped", "unit", "ignored_columns"),
        *all_shown(table, "notices", "loaded_at"),
        shown(departure.c.state, "departure", f"是否还在收件文件夹：{departure.c.state.comment}"),
    ]
    event = departure.alias("an_event")
    last = select(func.max(event.c.id)).group_by(event.c.source_file_id).scalar_subquery()
    left = and_(departure.c.source_file_id == table.c.id, departure.c.id.in_(last))
    yield view(
        "fact_file",
        "收到的文件",
        "一个文件的一个版本",
        columns,
        table.outerjoin(departure, left),
        key=("file_id",),
        refers={"department_id": "dim_department"},
    )


def _alerts() -> Iterator[View]:
    placed = alert.join(department, department.c.id == alert.c.department_id).join(
        checkpoint, checkpoint.c.id == alert.c.checkpoint_id
    )
    source = with_last_event(placed, alert, alert_event, "newest_event")

    def about(rule: str) -> ColumnElement[str]:
        key: ColumnElement[str] = case((alert.c.rule == rule, key_of(alert.c.subject_key)))
        return key

    columns = [
        shown(alert.c.id, "alert_id", "行号"),
        *all_shown(alert, "department_id", "checkpoint_id", "item_id"),
        shown(about("spending"), "project_key", PROJECT_KEY + "；不是预算执行预警的为空"),
        shown(about("indicator"), "indicator_key", INDICATOR_KEY + "；不是指标预警的为空"),
        *all_shown(alert, "rule", "subject_key", "level", "subject", "place", "gap", "since"),
        *all_shown(alert, "evidence"),
        shown(alert.c.created_at, "raised_at", "发出时间（UTC）"),
        shown(alert_event.c.state, "state", f"现状：{alert_event.c.state.comment}"),
        shown(alert_event.c.happened_at, "state_since", "现状自何时起（UTC）"),
        shown(alert_event.c.person, "state_by", "现状由谁造成；系统自己为空"),
        shown(alert_event.c.reason, "state_reason", "现状的理由"),
    ]
    yield view(
        "fact_alert",
        "预警",
        "一条预警及其现状",
        columns,
        source,
        key=("alert_id",),
        refers=OF_INDICATOR | {"item_id": "fact_item"},
    )
    columns_of_event = ("happened_at", "person", "reason")
    yield events_view(alert, alert_event, "预警", "一条预警", *columns_of_event)


def _items() -> Iterator[View]:
    placed = item.join(department, department.c.id == item.c.department_id)
    source = with_last_event(placed, item, item_event, "newest_item_event")
    columns = [
        shown(item.c.id, "item_id", "事项编号"),
        *all_shown(item, "department_id", "fiscal_year", "kind", "subject_key", "subject"),
        *all_shown(item, "place", "first_seen", "opened_at"),
        shown(item_event.c.state, "state", f"现状：{item_event.c.state.comment}"),
        *all_shown(item_event, "due_on", "words"),
        shown(item_event.c.happened_at, "state_since", "现状自何时起（UTC）"),
    ]
    yield view(
        "fact_item",
        "整改事项",
        "一个部门一年中的一个原因及其现状",
        columns,
        source,
        key=("item_id",),
        refers={"department_id": "dim_department"},
    )
    columns_of_event = ("due_on", "words", "happened_at")
    yield events_view(item, item_event, "整改事项", "一个事项", *columns_of_event)


SOURCED_FACTS: tuple[View, ...] = (*_payments(), *_plans(), *_files(), *_alerts(), *_items())
