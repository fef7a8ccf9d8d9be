"""The internal audit of the ledger: every rule over all departments, kept as findings."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Engine, exists, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.measures.audit_evidence import payment
from perf_pipeline.measures.audit_rules import AUDIT_RULES, RULE
from perf_pipeline.warehouse.changed import Kind, judge_changed
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.schema import PAYEE_ERASED, audit_finding, erasure
from perf_pipeline.warehouse.typed import CompoundQuery, StoredRow
from perf_pipeline.warehouse.whole_table import Judged

AUDIT = Kind("audit", reads=("measures",))


def audit_ledgers(
    engine: Engine, checkpoint: Checkpoint, limits: AuditLimits
) -> tuple[JudgedSnapshot, ...]:
    """Look for what is odd in the year's registers up to a checkpoint, for all departments.

    Each row written is a row of evidence; rows of one rule and subject are one finding. A new
    version of a department's findings is written only where they changed, and none where the
    ledger's payees were erased: whom nobody names are all alike.
    """
    with write_transaction(engine) as connection:

        def judge(seen: Checkpoint) -> Judged:
            rows = evidence_rows(seen.of_some, limits)
            found = [_finding(row) for row in connection.execute(rows, seen.whose)]
            # one order on every database, whatever its collation
            found.sort(key=lambda each: (each["rule"], each["subject_key"], each["row_key"]))
            return {audit_finding: found}

        return judge_changed(
            connection,
            AUDIT,
            checkpoint,
            judge,
            limits=limits,
            except_for=erased(connection, checkpoint),
        )


def erased(connection: Connection, checkpoint: Checkpoint) -> frozenset[int]:
    """Return the departments of whose payments of the year the payees were erased.

    A ledger may say so itself (（已删除）): of its department everything is looked at.
    """
    of_year = payment.c.fiscal_year == checkpoint.fiscal_year
    by_us = exists().where(erasure.c.table_name == payment.name, erasure.c.row_id == payment.c.id)
    theirs = select(payment.c.department_id).where(of_year, PAYEE_ERASED, by_us)
    return frozenset(connection.scalars(theirs.distinct()))


@lru_cache(maxsize=8)
def evidence_rows(checkpoint: Checkpoint, limits: AuditLimits) -> CompoundQuery:
    """Select the evidence of every rule."""
    return union_all(*(rule.rows(checkpoint, limits) for rule in AUDIT_RULES))


def _finding(row: StoredRow) -> dict[str, object]:
    found = {**row._mapping, "detail": RULE[row.rule].detail(row)}
    place = Place(*(found.pop(name) for name in ("path", "sheet", "row_number")))
    del found["other"]
    return found | {"place": str(place)}
