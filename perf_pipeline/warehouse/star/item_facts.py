"""Facts (事实) of items: a cause with where it stands, and every change of that."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from perf_pipeline.warehouse.schema import department, item, item_event
from perf_pipeline.warehouse.star.view import View, all_shown, shown, view


def _items() -> Iterator[View]:
    newest = (
        select(item_event.c.item_id, func.max(item_event.c.id).label("event_id"))
        .group_by(item_event.c.item_id)
        .subquery("newest_item_event")
    )
    source = (
        item.join(department, department.c.id == item.c.department_id)
        .outerjoin(newest, newest.c.item_id == item.c.id)
        .outerjoin(item_event, item_event.c.id == newest.c.event_id)
    )
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
    events = [
        shown(item_event.c.id, "item_event_id", "行号"),
        *all_shown(item_event, "item_id", "state", "due_on", "words", "happened_at"),
    ]
    yield view(
        "fact_item_event",
        "整改事项的状态变化",
        "一个事项的一次状态变化",
        events,
        item_event,
        key=("item_event_id",),
        refers={"item_id": "fact_item"},
    )


ITEM_FACTS: tuple[View, ...] = (*_items(),)
