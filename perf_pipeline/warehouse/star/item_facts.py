"""Facts (事实) of items: a cause with where it stands, and every change of that."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.warehouse.schema import department, item, item_event
from perf_pipeline.warehouse.star.view import (
    View,
    all_shown,
    events_view,
    shown,
    view,
    with_last_event,
)


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


ITEM_FACTS: tuple[View, ...] = (*_items(),)
