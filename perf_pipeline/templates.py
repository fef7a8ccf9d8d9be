"""Every template of every department: the registers' workbooks, filled with what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.items.answers import LEDGER as LEDGER_OF_ITEMS
from perf_pipeline.items.handout import items_to_answer
from perf_pipeline.library.indicators import NO_LIBRARY, IndicatorLibrary, LibraryIndicator
from perf_pipeline.measures.catalogue import (
    MEASURES,
    REPORTED,
    REPORTED_LABEL,
    measure,
    measure_label,
)
from perf_pipeline.measures.coverage import MappedIndicator, mapped_indicators
from perf_pipeline.measures.expected import LEDGER, expected_registers
from perf_pipeline.measures.proposals import Proposal, propose, propose_direction, propose_year_rule
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.registers.handed_back import PROPOSED
from perf_pipeline.registers.template import Handout, Note, Page, template_workbook
from perf_pipeline.starting import Made
from perf_pipeline.warehouse.inbox import REGISTERS
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import department, project, register_tables

KNOWN = 95  # the library names the measure; a person still confirms it
SURE = 70  # below, two measures of different trades may be as like
Indicators = Sequence[MappedIndicator]


def write_templates(
    engine: Engine,
    folder: Path,
    calendar: FiscalCalendar,
    *,
    every: bool = False,
    library: IndicatorLibrary = NO_LIBRARY,
) -> list[Made]:
    """Write the templates below `folder`, laid out as the inbox is; nothing is overwritten.

    Departments and years are those of the target documents in the warehouse. Only what their
    indicators and projects need is written, unless `every` asks for all registers. The map's
    proposals come from the `library` (指标库) where it knows an indicator.
    """
    with engine.connect() as connection:
        indicators = mapped_indicators(connection)
        projects = _projects(connection)
        planless = _planless(connection)
        expected = _expected(connection, {each.fiscal_year for each in indicators})
        asked = items_to_answer(connection)
    written = []
    for (year, code), group in groupby(
        indicators, lambda each: (each.fiscal_year, each.department)
    ):
        mine = list(group)
        here = projects.get((year, code), {})
        unplanned = planless.get((year, code), [])
        needed = needed_registers(mine, here, unplanned) | expected.get((year, code), set())
        to_answer = asked.get((year, code), ())
        needed |= {LEDGER_OF_ITEMS} if to_answer else set()
        for declared in load_registers():
            if not every and declared.name not in needed:
                continue
            path = folder / str(year) / code / REGISTERS / f"{declared.label}.xlsx"
            if path.exists():
                written.append(Made(path, is_new=False))
                continue
            handout = handout_for(declared, mine, here, calendar, unplanned, to_answer, library)
            path.parent.mkdir(parents=True, exist_ok=True)
            template_workbook(declared, handout).save(path)
            written.append(Made(path, is_new=True))
    return written


def needed_registers(
    indicators: Indicators, projects: Mapping[str, bool], unplanned: Sequence[str]
) -> set[str]:
    """Return the registers that a department has something to fill in, beside what it counts."""
    needed = {LEDGER, "indicator_measure"}
    if any(each.by_hand or each.uncovered for each in indicators):
        needed.add("reported_value")
    if not all(projects.values()):
        needed.add("budget")
    if unplanned:
        needed.add("spending_plan_entry")
    return needed


def _expected(connection: Connection, years: set[int]) -> dict[tuple[int, str], set[str]]:
    codes = {row.id: row.code for row in connection.execute(select(department))}
    found: dict[tuple[int, str], set[str]] = {}
    for year in years:
        for whose, name in expected_registers(connection, year):
            found.setdefault((year, codes[whose]), set()).add(name)
    return found


def _planless(connection: Connection) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    for each in open_points(connection):
        if each.kind is Open.NO_PLAN:
            found.setdefault((each.fiscal_year, each.department), []).append(each.subject)
    return found


def handout_for(
    declared: Register,
    indicators: Indicators,
    projects: Mapping[str, bool],
    calendar: FiscalCalendar,
    unplanned: Sequence[str] = (),
    to_answer: Sequence[Mapping[str, Value]] = (),
    library: IndicatorLibrary = NO_LIBRARY,
) -> Handout:
    """Return what a register's template is filled with for the department of the indicators.

    `projects` are the department's, each with whether its budget is known; `unplanned` are those
    without a spending plan; `to_answer` the items of which an answer is asked for.
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
            choices["section"] = [
                *dict.fromkeys(each.section for each in indicators if each.section)
            ]
        case "rectification":
            rows = to_answer
        case "budget":
            rows = [{"project_name": name} for name, known in projects.items() if not known]
        case "spending_plan_entry":
            rows = [
                {"project_name": name, "due_on": checkpoint.ends_on}
                for name in unplanned
                for checkpoint in calendar.checkpoints(first.fiscal_year)
            ]
        case "indicator_measure":
            rows = [_mapped(each) for each in indicators]
            choices |= {"measure": [REPORTED_LABEL, *(each.label for each in MEASURES)]}
            notes, pages = _proposals(indicators, library), [_catalogue()]
    return Handout(first.department_name, first.fiscal_year, choices, rows, notes, pages)


def _projects(connection: Connection) -> dict[tuple[int, str], dict[str, bool]]:
    budget = register_tables["budget"]
    known = (
        select(budget.c.id)
        .where(
            same(budget, project, "department_id", "fiscal_year"),
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


def _mapped(each: MappedIndicator) -> dict[str, Value]:
    return {
        "project_name": each.project_name,
        "section": each.section,
        "indicator_name": each.name,
        "measure": measure_label(each.measure),
        "behaviour": each.behaviour,
        "due_on": each.due_on,
        "pace": each.pace,
        # a row to be filled in holds nothing beside its name: the proposal stands beside it
        "year_rule": propose_year_rule(each).label if each.measure else None,
        "direction": each.direction,
        "note": each.note,
    }


def _proposals(indicators: Indicators, library: IndicatorLibrary) -> list[Note]:
    """Set beside each indicator without a measure what it may mean, for a person to confirm.

    What the library knows comes first: its usual measure, or that staff report it. Where nothing
    fits surely, that is to report it by hand.
    """
    columns = zip(*(_proposed(each, library) for each in indicators), strict=True)
    found = [
        Note(head, list(said), width)
        for (head, width), said in zip(PROPOSED.items(), columns, strict=True)
    ]
    return found if any(found[-1].texts) else found[:-1]


def _proposed(each: MappedIndicator, library: IndicatorLibrary) -> tuple[str, ...]:
    known = library.find(each.name)
    rule, way = propose_year_rule(each).label, propose_direction(each, known)
    if not each.uncovered:
        return "", "", rule, way, "", ""
    offered = propose(each.name, each.surroundings)
    best = _sure(offered, known)
    others = [one for one in offered if best is None or one.measure.code != best.measure.code]
    by = (f"推测为{known.kind}", known.formula, known.source) if known else ()
    label, sure = (best.measure.label, f"{best.confidence}%") if best else (REPORTED_LABEL, "")
    also = "；".join(f"{one.measure.label}（{one.confidence}%）" for one in others)
    return label, sure, rule, way, also, "；".join(filter(None, by))


def _sure(offered: Sequence[Proposal], known: LibraryIndicator | None) -> Proposal | None:
    """Return the measure to propose: the library's, one that is like, or None to report by hand."""
    if known is not None:
        return Proposal(measure(known.measure), KNOWN) if known.measure else None
    return offered[0] if offered and offered[0].confidence >= SURE else None


def _catalogue() -> Page:
    rows = [("名称", "如何计算", "代码")]
    rows.append((REPORTED_LABEL, "由业务人员填在人工填报指标值里", REPORTED))
    rows += [(each.label, each.description, each.code) for each in MEASURES]
    return Page("度量目录", rows)
