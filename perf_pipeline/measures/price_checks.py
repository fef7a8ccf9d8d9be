"""The check of what was paid a thing (每户多少元) against what the target promises.

An indicator may promise a price (10元/户) that its register keeps, while the ledger paid another
amount for the same things: the two are held against each other, payments over the things counted.
"""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import (
    Date,
    literal,
    or_,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.target import MICRO
from perf_pipeline.measures.audit_evidence import audit_rule, evidence, joined
from perf_pipeline.measures.catalogue import MEASURES, code_of
from perf_pipeline.measures.coverage import figure_of, of_indicator
from perf_pipeline.measures.coverage import indicator_measure as mapped
from perf_pipeline.measures.execution import paid_by
from perf_pipeline.registers.measure_declaration import Money
from perf_pipeline.warehouse.known import in_force, latest_snapshots
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import indicator, measure_value, target
from perf_pipeline.warehouse.typed import Query, StoredRow


def _another_price(row: StoredRow) -> str:
    fen, denominator, promised = row.other.split("｜", 2)
    paid = write_beside(Fraction(int(fen), int(denominator)))
    total = format_yuan(int(fen))
    return f"项目累计付款{total}元，按台账的数量合每单位{paid}元，目标为“{promised}”"


@audit_rule(
    "实付单价与承诺不符",
    "目标承诺了单价（如10元/户），而项目累计付款除以台账的数量与它相差超过界限；少付的只在年底说",
    _another_price,
)
def other_price(checkpoint: Checkpoint, limits: AuditLimits) -> Query:
    """Promised prices from which the ledger's amount a thing is far; too little only at year end.

    The row of evidence is the target; `other` is what was paid in fen, the measure's denominator
    (fen over it are yuan a thing) and the promise as written.
    """
    prices = [each.code for each in MEASURES if each.money is Money.PRICE]
    spent = paid_by(checkpoint).subquery("spent")
    newest = latest_snapshots("measures", None, checkpoint.departments).subquery("newest_measures")
    counted, named = measure_value, code_of(mapped.c.measure)
    project_name = indicator.c.project_name
    micro = target.c.value_micro
    promises = (
        select(
            *(target.c[name] for name in ("department_id", "row_key", "sheet", "row_number")),
            target.c.source_file_id,
            project_name,
            indicator.c.name.label("indicator_name"),
            target.c.raw_value,
            literal(checkpoint.ends_on, Date).label("counted_on"),
            spent.c.paid_fen.label("amount_fen"),
            counted.c.denominator,
            (spent.c.paid_fen * MICRO).label("paid_micro"),
            (micro * counted.c.denominator).label("promised_micro"),
        )
        .select_from(target)
        .join(indicator, of_indicator(target, checkpoint))
        .join(mapped, of_indicator(mapped, checkpoint))
        .join(spent, same(spent, indicator, "department_id", "project_name"))
        .join(newest, newest.c.department_id == target.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == newest.c.checkpoint_id)
        .join(counted, figure_of(counted, newest))
        .where(
            in_force(indicator, checkpoint),
            named.in_(prices),
            target.c.kind == "number",
            micro > 0,
            target.c.unit.startswith("元"),  # not 万元
            counted.c.denominator > 0,
            checkpoint_table.c.name == checkpoint.name,
        )
        .subquery("promises")
    )
    slack = limits.price_slack_bp
    more = promises.c.paid_micro * WHOLE_BP > promises.c.promised_micro * (WHOLE_BP + slack)
    less = promises.c.paid_micro * WHOLE_BP < promises.c.promised_micro * (WHOLE_BP - slack)
    return evidence(
        promises,
        subject=promises.c.row_key,
        dated="counted_on",
        other=joined(promises.c.amount_fen, promises.c.denominator, promises.c.raw_value),
        table=target,
    ).where(or_(more, less) if checkpoint.last else more)
