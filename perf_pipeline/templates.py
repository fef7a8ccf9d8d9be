"""Every template of every department: the registers' workbooks, filled with what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.measures.catalogue import MEASURES, REPORTED
from perf_pipeline.measures.coverage import MappedIndicator, mapped_indicators
from perf_pipeline.measures.proposals import Proposal, propose, propose_year_rule
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.registers.template import Handout, Note, Page, template_workbook
from perf_pipeline.warehouse.inbox import REGISTERS
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, project, register_tables

Indicators = Sequence[MappedIndicator]


@dataclass(frozen=True)
class Written:
    """A template's place, and whether it was written: one that is there is never overwritten."""

    path: Path
    is_new: bool


def write_templates(engine: Engine, folder: Path, calendar: FiscalCalendar) -> list[Written]:
    """Write the templates below `folder`, laid out as the inbox is; nothing is overwritten.

    Departments and years are those of the target documents in the warehouse.
    """
    with engine.connect() as connection:
        indicators = mapped_indicators(connection)
        projects = _projects(connection)
    written = []
    for (year, code), group in groupby(
        indicators, lambda each: (each.fiscal_year, each.department)
    ):
        mine = list(group)
        for declared in load_registers():
            path = folder / str(year) / code / REGISTERS / f"{declared.label}.xlsx"
            if path.exists():
                written.append(Written(path, is_new=False))
                continue
            handout = handout_for(declared, mine, projects.get((year, code), {}), calendar)
            path.parent.mkdir(parents=True, exist_ok=True)
            template_workbook(declared, handout).save(path)
            written.append(Written(path, is_new=True))
    return written


def handout_for(
    declared: Register,
    indicators: Indicators,
    projects: Mapping[str, bool],
    calendar: FiscalCalendar,
) -> Handout:
    """Return what a register's template is filled with for the department of the indicators.

    `projects` are the department's, each with whether its budget is known.
    """
    first = indicators[0]
    choices: dict[str, Sequence[str]] = {
        column.name: list(projects) for column in declared.columns if column.known_project
    }
    rows: Sequence[Mapping[str, Value]] = ()
    notes: Sequence[Note] = ()
    pages: Sequence[Page] = ()
    match declared.name:
        case "reported_value":
            rows = _to_report(indicators, calendar)
            choices["section"] = _sections(indicators)
        case "budget":
            rows = [{"project_name": name} for name, known in projects.items() if not known]
        case "indicator_measure":
            rows = [_mapped(each) for each in indicators]
            choices |= {"measure": [*(each.code for each in MEASURES), REPORTED]}
            notes, pages = _proposals(indicators), [_catalogue()]
    return Handout(first.department_name, first.fiscal_year, choices, rows, notes, pages)


def _projects(connection: Connection) -> dict[tuple[int, str], dict[str, bool]]:
    budget = register_tables["budget"]
    known = (
        select(budget.c.id)
        .where(
            budget.c.department_id == project.c.department_id,
            budget.c.fiscal_year == project.c.fiscal_year,
            budget.c.project_name == project.c.name,
            current(budget),
        )
        .exists()
        .label("budgeted")
    )
    found: dict[tuple[int, str], dict[str, bool]] = {}
    rows = connection.execute(
        select(project.c.fiscal_year, department.c.code, project.c.name, known)
        .join(department, department.c.id == project.c.department_id)
        .where(current(project))
        .order_by(project.c.fiscal_year, department.c.code, project.c.ordinal)
    )
    for row in rows:
        found.setdefault((row.fiscal_year, row.code), {})[row.name] = row.budgeted
    return found


def _to_report(indicators: Indicators, calendar: FiscalCalendar) -> list[dict[str, Value]]:
    """Return a row for each checkpoint and indicator that no register feeds."""
    return [
        {
            "project_name": each.project_name,
            "section": each.section,
            "indicator_name": each.name,
            "as_of": checkpoint.ends_on,
        }
        for checkpoint in calendar.checkpoints(indicators[0].fiscal_year)
        for each in indicators
        if each.by_hand or each.uncovered
    ]


def _sections(indicators: Indicators) -> list[str]:
    return list(dict.fromkeys(each.section for each in indicators if each.section))


def _mapped(each: MappedIndicator) -> dict[str, Value]:
    return {
        "project_name": each.project_name,
        "section": each.section,
        "indicator_name": each.name,
        "measure": each.measure,
        "behaviour": each.behaviour,
        "due_on": each.due_on,
        "pace": each.pace,
        # a row to be filled in holds nothing beside its name: the proposal stands beside it
        "year_rule": propose_year_rule(each).label if each.measure else None,
        "note": each.note,
    }


def _proposals(indicators: Indicators) -> list[Note]:
    """Set beside each indicator without a measure what it may mean, for a person to confirm."""
    offered = [
        propose(each.name, each.surroundings) if each.uncovered else () for each in indicators
    ]
    return [
        Note("建议", [each[0].measure.code if each else "" for each in offered], 34),
        Note("建议的度量", [each[0].measure.label if each else "" for each in offered], 24),
        Note("把握", [f"{each[0].confidence}%" if each else "" for each in offered], 8),
        Note("建议的年度口径", [propose_year_rule(each).label for each in indicators], 16),
        Note("其他可能", ["；".join(map(_offer, each[1:])) for each in offered], 90),
    ]


def _offer(proposal: Proposal) -> str:
    return f"{proposal.measure.label}（{proposal.measure.code}）{proposal.confidence}%"


def _catalogue() -> Page:
    rows = [("代码", "名称", "如何计算")]
    rows += [(each.code, each.label, each.description) for each in MEASURES]
    rows.append((REPORTED, "人工填报", "由业务人员填在人工填报指标值里"))
    return Page("度量目录", rows)
