"""The audit's findings (线索) at a checkpoint, each with the verdict (结论) that was come to.

A verdict is said at the command line or handed in by workbook (线索核查结论); the later one counts.
`confirmed` is what others raise from: the findings that are true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import Connection, Engine, insert, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.finding import (
    NUMBERED,
    FindingVerdict,
    finding_number,
)
from perf_pipeline.measures.audit_rules import RULE, RULE_LABELS
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.findings import AuditFinding
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.known import Departments, happened_by, in_force, latest_snapshots
from perf_pipeline.warehouse.known_people import as_told
from perf_pipeline.warehouse.schema import (
    audit_finding,
    audit_verdict_said,
    department,
    register_tables,
    source_file,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.seals.deed import Deed, What, named
from perf_pipeline.warehouse.typed import StoredRow

VERDICTS = {each.label: each for each in FindingVerdict}
_PLACE_OF_RULE = {code: place for place, code in enumerate(RULE_LABELS)}


@dataclass(frozen=True)
class SaidVerdict:
    """A verdict: what, why, who, when, and how many rows of evidence there were (None: unsaid)."""

    verdict: FindingVerdict
    words: str
    person: str
    rows_seen: int | None
    said_at: datetime


@dataclass(frozen=True)
class Finding:
    """A finding of the ledger's audit: what is odd, the rows that show it, and its verdict."""

    label: str
    subject: str
    project_name: str | None
    detail: str
    rows: int
    amount_fen: int | None
    place: str  # of the first row of evidence
    rule: str = ""
    number: str = ""
    id: int = 0  # of the first row of evidence
    department_id: int = 0
    department_code: str = ""
    said: SaidVerdict | None = None

    @property
    def address(self) -> str:
        """Name its first row of evidence in the warehouse: audit_finding/12."""
        return f"{audit_finding.name}/{self.id}"

    @property
    def grew(self) -> int:
        """Count the rows of evidence that came after the verdict."""
        seen = self.said.rows_seen if self.said else None
        return max(self.rows - seen, 0) if seen is not None else 0

    @property
    def settled(self) -> bool:
        """Tell whether it needs nobody: explained or mistaken, and nothing came after."""
        return self.said is not None and self.said.verdict in _DONE and not self.grew

    @property
    def verdict_text(self) -> str:
        """Write its verdict: 待核查, 属实（某某：……）, 误报…；此后新增2行证据."""
        if self.said is None:
            return "待核查"
        more = f"；此后新增{self.grew}行证据" if self.grew else ""
        return f"{self.said.verdict.label}（{self.said.person}：{self.said.words}）{more}"


class _Evidence(AuditFinding):
    """A row of evidence with the department whose ledger it is of."""

    department_id: int
    code: str


_DONE = (FindingVerdict.EXPLAINED, FindingVerdict.MISTAKEN)


def findings_at(
    connection: Connection, checkpoint: Checkpoint, only: Departments = None
) -> Mapping[int, tuple[Finding, ...]]:
    """Return the findings of each department (by its row number) at a checkpoint.

    By rule, in the rules' order; within a rule what is open or true first, by amount.
    """
    newest = latest_snapshots("audit", departments=only).subquery("newest")
    query = (
        select(audit_finding, newest.c.department_id, department.c.code)
        .join(newest, newest.c.id == audit_finding.c.snapshot_id)
        .join(checkpoint_table, checkpoint_table.c.id == newest.c.checkpoint_id)
        .join(department, department.c.id == newest.c.department_id)
        .where(checkpoint_table.c.name == checkpoint.name)
        .order_by(department.c.code, audit_finding.c.id)
    )
    said = _verdicts(connection, checkpoint, only)
    found: dict[int, list[Finding]] = {}
    for _, rows in groupby(
        _Evidence.read(connection, query),
        lambda row: (row.department_id, row.rule, row.subject_key),
    ):
        each = _finding(list(rows), checkpoint.fiscal_year)
        each = replace(each, said=said.get((each.department_id, each.number)))
        found.setdefault(each.department_id, []).append(each)
    return {whose: tuple(sorted(mine, key=_importance)) for whose, mine in found.items()}


def confirmed(
    connection: Connection, checkpoint: Checkpoint, only: Departments = None
) -> tuple[Finding, ...]:
    """Return the findings of departments that were found to be true (属实) at a checkpoint."""
    said = _verdicts(connection, checkpoint, only).items()
    whose = {number for (number, _), each in said if each.verdict is FindingVerdict.CONFIRMED}
    return tuple(  # evidence may be long: it is read only where somebody found something true
        each
        for mine in (findings_at(connection, checkpoint, whose) if whose else {}).values()
        for each in mine
        if each.said is not None and each.said.verdict is FindingVerdict.CONFIRMED
    )


def first_of_each_rule(findings: Iterable[Finding], most: int) -> tuple[Finding, ...]:
    """Return some findings of every rule, so that one rule with thousands hides no other."""
    return tuple(
        each
        for _, mine in groupby(findings, lambda finding: finding.label)
        for each in islice(mine, most)
    )


def say_verdict(
    engine: Engine,
    checkpoint: Checkpoint,
    number: str,
    verdict: FindingVerdict,
    *,
    person: str,
    words: str,
) -> Finding:
    """Keep a verdict on a finding of a checkpoint, and return the finding.

    Raises ConfigurationError for a number that no finding has, and without a person or words.
    """
    if not words.strip():
        raise ConfigurationError("核查结论要写明核查情况（--reason）")
    deed = Deed(What.VERDICT, number, named(person))
    with write_transaction(engine, deed) as connection:
        everything = (
            each for mine in findings_at(connection, checkpoint).values() for each in mine
        )
        found = next((each for each in everything if each.number == number.strip().upper()), None)
        if found is None:
            raise ConfigurationError(
                f"{checkpoint.name} 没有编号为 {number} 的审计线索，见 audit list"
            )
        said = SaidVerdict(verdict, words.strip(), named(person), found.rows, now())
        connection.execute(
            insert(audit_verdict_said).values(
                department_id=found.department_id,
                fiscal_year=checkpoint.fiscal_year,
                finding=found.number,
                **(asdict(said) | {"verdict": str(verdict)}),
            )
        )
    return replace(found, said=said)


def _verdicts(
    connection: Connection, checkpoint: Checkpoint, only: Departments
) -> dict[tuple[int, str], SaidVerdict]:
    """Return the last verdict on each finding known as the checkpoint is seen."""
    table, said = register_tables["audit_verdict"], audit_verdict_said
    names = ("department_id", "finding", "verdict", "words", "person", "rows_seen")
    written = (
        select(*(table.c[name] for name in names), source_file.c.loaded_at.label("said_at"))
        .join(source_file, source_file.c.id == table.c.source_file_id)
        .where(in_force(table, checkpoint), within(table.c.department_id, only))
    )
    spoken = select(*(said.c[name] for name in names), said.c.said_at).where(
        said.c.fiscal_year == checkpoint.fiscal_year,
        happened_by(said.c.said_at, checkpoint),
        within(said.c.department_id, only),
    )
    rows = [*connection.execute(written), *connection.execute(spoken.order_by(said.c.id))]
    rows.sort(key=lambda row: row.said_at)  # stable: of one moment the spoken one counts
    told = as_told(connection, [(row.department_id, row.words) for row in rows])
    return {
        (row.department_id, row.finding): _said(row, words or "")
        for row, words in zip(rows, told, strict=True)
    }


def _said(row: StoredRow, words: str) -> SaidVerdict:
    verdict = VERDICTS.get(row.verdict) or FindingVerdict(row.verdict)
    return SaidVerdict(verdict, words, row.person, row.rows_seen, row.said_at)


def _finding(evidence: list[_Evidence], fiscal_year: int) -> Finding:
    first = evidence[0]
    subject = first.subject_key.rpartition(NUMBERED)[2]
    amounts = [row.amount_fen for row in evidence if row.amount_fen is not None]
    return Finding(
        label=RULE_LABELS.get(first.rule, first.rule),
        subject=RULE[first.rule].told_subject(subject) if first.rule in RULE else subject,
        project_name=first.project_name,
        detail=first.detail,
        rows=len(evidence),
        amount_fen=sum(amounts) if amounts else None,
        place=first.place,
        rule=first.rule,
        number=finding_number(first.code, fiscal_year, first.rule, first.subject_key),
        id=first.id,
        department_id=first.department_id,
        department_code=first.code,
    )


def _importance(each: Finding) -> tuple[int, bool, int, str]:
    place = _PLACE_OF_RULE.get(each.rule, len(_PLACE_OF_RULE))
    return place, each.settled, -(each.amount_fen or 0), each.subject
