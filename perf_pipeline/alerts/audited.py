"""What the audit found to be true (属实): each such finding is an alert of its pattern's item."""

from __future__ import annotations

from sqlalchemy import Connection, select

from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.finding import FindingVerdict
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.measures.findings import Finding, confirmed
from perf_pipeline.warehouse.dimensions import shown_names
from perf_pipeline.warehouse.known import Departments
from perf_pipeline.warehouse.schema import snapshot

AUDIT = "audit"


def select_confirmed(
    connection: Connection,
    checkpoint: Checkpoint,
    configuration: AlertConfiguration,
    only: Departments = None,
) -> list[dict[str, object]]:
    """Return the findings that were found to be true at a checkpoint, as misses.

    Findings of one rule are one item of the department: the pattern is what has to be mended.
    Without the number of the checkpoint, which the caller knows. `only` are departments by row
    number; None: all.
    """
    level = str(FindingVerdict.CONFIRMED)
    if level not in configuration.rules[AUDIT].levels:
        return []
    found = confirmed(connection, checkpoint, only)
    names = shown_names(connection) if found else {}
    return [
        {
            "department_id": each.department_id,
            "ordinal": checkpoint.ordinal,
            "label": checkpoint.label,
            "snapshot_id": None,  # a verdict is no part of a judgement
            "rule": AUDIT,
            "subject_key": each.number,
            "level": level,
            "subject": f"{each.label} {each.subject}",
            "place": names[each.department_id],
            "gap": _gap(each),
            "evidence": f"线索{each.number}，首行{each.place}",
            "about": str(ItemKind.PATTERN),
            "about_key": each.rule,
        }
        for each in found
    ]


def audited_at(connection: Connection, at: int) -> set[int]:
    """Return the departments whose ledgers were audited at a checkpoint (its row number)."""
    made = select(snapshot.c.department_id).where(
        snapshot.c.kind == AUDIT, snapshot.c.checkpoint_id == at
    )
    return set(connection.execute(made).scalars())


def _gap(found: Finding) -> str:
    amount = "" if found.amount_fen is None else f"，{format_yuan(found.amount_fen)}元"
    assert found.said is not None
    return f"{found.detail}（{found.rows}行{amount}）；{found.said.person}核查：{found.said.words}"
