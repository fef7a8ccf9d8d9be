"""Opening items: each miss is given the item of its cause, which is opened where it is new."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from perf_pipeline.items.kind import RECOMPUTED, TO_COME, ItemKind
from perf_pipeline.measures.audit_rules import RULE_LABELS
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.schema import alert, checkpoint, item

Miss = dict[str, Any]
OTHER_FILES = {
    "target_document": "绩效目标文件",
    TO_COME: "应报送的台账",
    RECOMPUTED: "复算不一致的数",
}


def open_items(
    connection: Connection, fiscal_year: int, missed: Iterable[Miss], moment: datetime
) -> None:
    """Set `item_id` of each miss of a year, and of alerts raised before there were items.

    An item's first checkpoint is the earliest that a miss of it stands at when it is opened.
    """
    misses = sorted(missed, key=lambda miss: (miss["department_id"], miss["ordinal"]))
    if not misses:
        return
    whose = {miss["department_id"] for miss in misses}
    numbers = _numbers(connection, fiscal_year, whose)
    new: dict[tuple[int, str, str], dict[str, object]] = {}
    for miss in misses:
        if _cause(miss) not in numbers:
            new.setdefault(_cause(miss), _item(miss))
    if new:
        common = {"fiscal_year": fiscal_year, "opened_at": moment}
        connection.execute(insert(item), [row | common for row in new.values()])
        numbers = _numbers(connection, fiscal_year, whose)
    for miss in misses:
        miss["item_id"] = numbers[_cause(miss)]
    _adopt(connection, fiscal_year, misses)


def _adopt(connection: Connection, fiscal_year: int, misses: list[Miss]) -> None:
    """Give alerts that have no item yet, of before an upgrade, that of the miss they tell."""
    rows = connection.execute(
        select(alert.c.id, alert.c.department_id, alert.c.rule, alert.c.subject_key)
        .join(checkpoint, checkpoint.c.id == alert.c.checkpoint_id)
        .where(alert.c.item_id.is_(None), checkpoint.c.fiscal_year == fiscal_year)
    ).all()
    if not rows:
        return
    of = {(m["department_id"], m["rule"], m["subject_key"]): m["item_id"] for m in misses}
    for row in rows:
        found = of.get((row.department_id, row.rule, row.subject_key))
        if found is not None:
            connection.execute(update(alert).where(alert.c.id == row.id).values(item_id=found))


def _cause(miss: Miss) -> tuple[int, str, str]:
    return miss["department_id"], miss["about"], miss["about_key"]


def _numbers(
    connection: Connection, fiscal_year: int, departments: Collection[int]
) -> dict[tuple[int, str, str], int]:
    of = (item.c.id, item.c.department_id, item.c.kind, item.c.subject_key)
    mine = among(item.c.department_id, departments)
    rows = connection.execute(select(*of).where(item.c.fiscal_year == fiscal_year, mine))
    return {(row.department_id, row.kind, row.subject_key): row.id for row in rows}


def _item(miss: Miss) -> dict[str, Any]:
    kind = ItemKind(miss["about"])
    key = miss["about_key"]
    if kind is ItemKind.PROJECT:
        subject, place = "预算执行", f"{miss['place'].split('／')[0]}／{key}"
    elif kind is ItemKind.INDICATOR:
        subject, place = miss["subject"], miss["place"]
    else:
        labels = {each.name: each.label for each in load_registers()} | OTHER_FILES | RULE_LABELS
        subject, place = labels.get(key) or str(key), miss["place"]
    return {
        "department_id": miss["department_id"],
        "kind": str(kind),
        "subject_key": key,
        "subject": subject,
        "place": place,
        "first_seen": miss["label"],
    }
