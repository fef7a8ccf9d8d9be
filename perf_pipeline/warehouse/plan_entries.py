"""A spending plan by template (资金支出计划表): project by project in place of the document's.

The table `spending_plan` holds the plan in force, whichever file it came by. A plan that falls,
or does not end at 100 %, is not taken and told; the document's then stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, and_, select, update

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.spending_plan import plan_fault
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.dimensions import by_department
from perf_pipeline.warehouse.history import SourcedRow
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, source_file, spending_plan

if TYPE_CHECKING:
    from perf_pipeline.registers.batch import Batch
    from perf_pipeline.registers.declaration import Register
    from perf_pipeline.warehouse.inbox import InboxFile
    from perf_pipeline.warehouse.staged_file import Staged

_BARE = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
PLAN_REGISTER = "spending_plan_entry"


@dataclass(frozen=True)
class PlanEntry:
    """One line: by when which part of a project's budget is to be spent, and where it stands."""

    project: str
    due_on: date
    written: str
    sheet: str | None
    row_number: int


def plan_entries(batch: Batch, declared: Register) -> Iterator[PlanEntry]:
    """Give the lines of a batch of the register."""
    names = [column.name for column in declared.columns]
    columns = (batch.columns[names.index(n)] for n in ("project_name", "due_on", "share_text"))
    for project, due_on, written, number in zip(*columns, batch.row_numbers, strict=True):
        assert isinstance(due_on, date)
        yield PlanEntry(str(project), due_on, str(written), batch.sheet, number)


def stage_plans(staged: Staged, entries: Sequence[PlanEntry], file: InboxFile) -> None:
    """Stage the plans that a file of the register gives, in place of the document's."""
    if not entries:
        return
    rows: list[SourcedRow] = []
    taken: list[str] = []
    notices: list[str] = []
    of_documents = _of_documents(file)
    documented = set(
        staged.connection.execute(
            select(spending_plan.c.project_name).where(of_documents)
        ).scalars()
    )
    ordered = sorted(entries, key=lambda each: (each.project, each.due_on))
    for project, group in groupby(ordered, key=lambda each: each.project):
        lines = list(group)
        shares, fault = plan_shares([each.written for each in lines])
        if fault:
            notices.append(f"项目“{project}”的支出计划没有采用：{fault}")
            continue
        taken.append(project)
        if project in documented:
            notices.append(f"项目“{project}”以本表的支出计划为准，不用绩效目标文件里的")
        rows += map(_row, lines, shares)
    staged.derive(spending_plan, rows)
    staged.notices = [*staged.notices, *notices]
    close = update(spending_plan).where(
        of_documents, spending_plan.c.project_name.in_(taken), current(spending_plan)
    )
    staged.before_merge = lambda file_id: staged.connection.execute(
        close.values(closed_by_id=file_id)
    )


def plan_shares(written: Sequence[str]) -> tuple[list[int], str | None]:
    """Return a plan's cumulative shares in basis points, or what is wrong with it."""
    from perf_pipeline.documents.plan import read_shares

    shares: list[Decimal] = []
    bare = [Decimal(text) for text in map(str.strip, written) if _BARE.fullmatch(text)]
    if any(0 < each < 1 for each in bare) and any(each > 1 for each in bare):
        return [], "累计支出比例有的像小数（0.25），有的像百分数（25），请都写成25%的样子"
    for text, share in zip(written, read_shares(written), strict=True):
        if share is None:
            return [], f"累计支出比例“{text}”不是0到100%之间的比例"
        shares.append(share)
    fault = plan_fault(shares)
    return [] if fault else [int(share * WHOLE_BP) for share in shares], fault


def planned_elsewhere(
    connection: Connection, codes: Collection[str]
) -> dict[tuple[int, str], set[str]]:
    """Return departments' projects whose plan in force came by a file of the register."""
    of_register = (
        source_file.c.id == spending_plan.c.source_file_id,
        source_file.c.kind == PLAN_REGISTER,
    )
    in_force = current(spending_plan)
    return by_department(connection, codes, spending_plan.c.project_name, in_force, *of_register)


def _row(entry: PlanEntry, share_bp: int) -> SourcedRow:
    label = f"{entry.due_on.month}月底"
    values: dict[str, object] = {
        "project_name": entry.project,
        "label": label,
        "due_on": entry.due_on,
        "share_bp": share_bp,
    }
    key = f"{entry.project}{KEY_MARK}{label}"
    return SourcedRow(key, entry.sheet, entry.row_number, values)


def _of_documents(file: InboxFile) -> ColumnElement[bool]:
    """Choose the plans that target documents of a file's department and year gave."""
    whose = select(department.c.id).where(department.c.code == file.department)
    of_document = select(source_file.c.id).where(source_file.c.kind != PLAN_REGISTER)
    return and_(
        spending_plan.c.department_id == whose.scalar_subquery(),
        spending_plan.c.fiscal_year == file.fiscal_year,
        spending_plan.c.source_file_id.in_(of_document),
    )
