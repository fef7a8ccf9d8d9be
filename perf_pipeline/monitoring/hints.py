"""What the data say of an indicator that falls short (系统提示): who is missing in its numerator.

For a rate counted from a register with columns that tell a shortfall (`tells_shortfall`: a town, a
channel), the rates of the groups that lack most are told. It is a hint of the system's own, never a
reason given by staff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial

from sqlalchemy import CTE, Connection, Table, func, literal, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import percent
from perf_pipeline.domain.status import Status
from perf_pipeline.domain.target import Operator
from perf_pipeline.domain.unit import share_bp
from perf_pipeline.measures.catalogue import MEASURES, measure
from perf_pipeline.measures.declared_rows import judged_rows
from perf_pipeline.monitoring.counted import write_counted
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.measure_declaration import MeasureDeclaration as Measure
from perf_pipeline.registers.register_parts import Column
from perf_pipeline.warehouse.typed import Query, StoredRow

SHORT = (Status.MISSED, Status.BEHIND)
NAMED_AT_MOST = 3

Subject = tuple[int, str, str | None]  # department, measure, project (None: of all projects)
Missing = list[tuple[str, int, int]]  # group, numerator, denominator
Groups = Mapping[str, Missing]  # by column


def hint_shortfalls(
    connection: Connection, rows: Sequence[Indicator], checkpoint: Checkpoint
) -> list[Indicator]:
    """Add a hint to each judged indicator that falls short of a rate."""
    short = [at for at, row in enumerate(rows) if _falls_short(row)]
    wanted = {rows[at].measure for at in short}
    selects = [
        found
        for each in MEASURES
        if each.code in wanted and each.is_rate
        for found in missing_by_group(each, checkpoint)
    ]
    missing = _by_subject(connection.execute(union_all(*selects)).all() if selects else ())
    said = cache(partial(_said, missing))  # many indicators may ask for one figure
    found = list(rows)
    for at in short:
        if hint := said(*_asked(rows[at], missing)):
            found[at] = rows[at]._replace(hint=hint)
    return found


def _falls_short(row: Indicator) -> bool:
    counted = row.numerator is not None and row.denominator is not None
    return counted and row.status in SHORT and row.operator in (Operator.GE, Operator.GT)


def _asked(row: Indicator, missing: Mapping[Subject, Groups]) -> tuple[Subject, int | None]:
    """Return whose groups tell of an indicator, its project's or all, and what it counts of."""
    subject = (row.department_id, row.measure or "", row.project_name)
    return subject if subject in missing else (*subject[:2], None), row.denominator


def _said(
    missing: Mapping[Subject, Groups], subject: Subject, denominator: int | None
) -> str | None:
    if (groups := missing.get(subject)) is None:
        return None
    # in the declaration's order: that of the union's rows is no one's
    known = [(kind, groups.get(kind.name, [])) for kind in telling(subject[1])]
    known = [(kind, of) for kind, of in known if of and of[0][2] != denominator]  # not of all
    return "；".join(_hint(kind.label, subject[1], of) for kind, of in known) or None


def telling(code: str) -> tuple[Column, ...]:
    """Return the columns by which a shortfall of a measure is told.

    Left out are those that it asks for itself: a measure of one channel is not told by channels.
    """
    of = measure(code)
    asked = {each.column for each in of.where}
    columns = register(of.of_register).columns
    return tuple(each for each in columns if each.tells_shortfall and each.name not in asked)


def missing_by_group(of: Measure, checkpoint: Checkpoint) -> list[Query]:
    """Select how many numerators each group lacks, for each column that tells a shortfall."""
    rows = judged_rows(of, checkpoint)
    tables = [each for each in rows.columns_clause_froms if isinstance(each, Table)]
    if len(tables) != 1:
        return []
    names = [each.name for each in telling(of.code) if each.name in tables[0].c]
    found = rows.add_columns(*(tables[0].c[name].label(f"of_{name}") for name in names)).subquery()
    groups = [found.c[f"of_{name}"] for name in names]
    adds = (func.sum(found.c[name]).label(name) for name in ("numerator", "denominator"))
    by = (found.c.department_id, found.c.project_name, *groups)
    summed = select(*by, *adds).group_by(*by).cte()  # read once for all columns
    return [_missing(of, summed, name) for name in names]


def _missing(of: Measure, found: CTE, column: str) -> Query:
    counted, base = func.sum(found.c.numerator), func.sum(found.c.denominator)
    group = found.c[f"of_{column}"]
    return (
        select(
            found.c.department_id,
            literal(of.code).label("measure"),
            found.c.project_name,
            literal(column).label("kind"),
            group.label("group_name"),
            counted.label("counted"),
            base.label("base"),
        )
        .where(group.is_not(None))
        .group_by(found.c.department_id, found.c.project_name, group)
        .having(base > counted)
    )


def _by_subject(rows: Iterable[StoredRow]) -> dict[Subject, dict[str, Missing]]:
    found: dict[Subject, dict[str, Missing]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject = (row.department_id, row.measure, row.project_name)
        found[subject][row.kind].append((row.group_name, int(row.counted), int(row.base)))
    return found


def _hint(label: str, code: str, groups: Missing) -> str:
    """Say which groups lack most and what their rates are: 柳林镇57.50%（46/80）."""
    groups = sorted(groups, key=lambda each: (each[1] - each[2], each[0]))
    said = "、".join(
        f"{name}{percent(share_bp(counted, base))}"
        f"（{write_counted(counted, code)}/{write_counted(base, code)}）"
        for name, counted, base in groups[:NAMED_AT_MOST]
    )
    return f"按{label}，差得最多的是{said}"
