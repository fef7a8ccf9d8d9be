"""The lineage of every table that is judged: each column, and the columns that it is made of.

A column that nothing in the warehouse goes into (a rule's code, a row's place in order, a limit
from a settings file) has no sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import union_all

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.misses import select_misses
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.lineage import steps
from perf_pipeline.lineage.selects import Sources, column_sources, fixed_values
from perf_pipeline.measures.audit import evidence_rows
from perf_pipeline.measures.case_limits import open_cases
from perf_pipeline.measures.catalogue import MEASURES, measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.hints import missing_by_group
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.rollup import department_figures
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.warehouse.schema import metadata

HERE = Path(__file__).parent  # no inbox: the rules as they are shipped
Columns = Mapping[str, Sources]

# selects differ between checkpoints in dates alone; this one has another after it
ANY = FiscalCalendar((6, 12)).checkpoints(2024)[0]


@cache
def column_lineage() -> dict[str, Columns]:
    """Return, by table and column, the columns of other tables that each is made of directly."""
    made = {
        "measure_value": _counted(union_all(*(figure_query(each, ANY) for each in MEASURES))),
        **_spending(),
        "indicator_result": _indicators(),
        "case_limit": _follow(column_sources(open_cases(ANY, ANY.ends_on)), steps.CASES_LISTED),
        "audit_finding": _audit(),
        "rollup_result": column_sources(department_figures(0)),
        "alert": column_sources(select_misses(ANY.fiscal_year, load_configuration(HERE), ANY)),
        **{name: _follow({}, reads) for name, reads in (steps.SCORED | steps.TOLD).items()},
    }
    return {
        table: {
            column.name: columns[column.name]
            for column in metadata.tables[table].c
            if columns.get(column.name)
        }
        for table, columns in made.items()
    }


def _follow(frame: Columns, *declared: steps.Reads) -> dict[str, Sources]:
    """Lead a frame's columns through steps in memory, in the order in which they are declared."""
    made = dict(frame)
    for reads in declared:
        for column, names in reads.items():
            read = (_named(made, name) for name in names.split())
            made[column] = frozenset().union(*read)
    return made


def _named(frame: Columns, name: str) -> Sources:
    if name in frame:
        return frame[name]
    table, column = name.split(".")
    return frozenset({(table, metadata.tables[table].c[column].name)})


def _prefixed(prefix: str, frame: Columns) -> dict[str, Sources]:
    return {f"{prefix}.{name}": sources for name, sources in frame.items()}


def _counted(figures: object) -> dict[str, Sources]:
    """Return a figure's columns: what is counted or summed, and what says which rows count."""
    whole = column_sources(figures, with_conditions=True)  # type: ignore[arg-type]
    names = ("numerator", "denominator")
    return column_sources(figures) | {name: whole[name] for name in names}  # type: ignore[arg-type]


def _spending() -> dict[str, Columns]:
    query = projects_to_judge(ANY, 0)
    figures = {
        alias: _counted(figure_query(measure(code), ANY))
        for alias, code in fixed_values(query, "measure").items()
    }
    judged = _follow(
        column_sources(query, figures=figures), steps.SPENDING_JUDGED, steps.SPENDING_PACED
    )
    sources = _prefixed("paid_by_source", column_sources(paid_by_source(ANY)))
    return {
        "spending_result": _follow(judged, steps.SPENDING_DESCRIBED),
        "spending_line": _follow(judged | sources, steps.SPENDING_ROLLED_UP),
    }


def _indicators() -> dict[str, Sources]:
    rates = [each for each in MEASURES if each.is_rate]
    missing = union_all(*(part for each in rates for part in missing_by_group(each, ANY)))
    return _follow(
        column_sources(indicators_to_judge(ANY, 0)) | _prefixed("missing", column_sources(missing)),
        steps.TARGETS_IN_FORCE,
        steps.INDICATORS_JUDGED,
        steps.INDICATORS_DESCRIBED,
        steps.INDICATORS_NOTED,
        steps.INDICATORS_HINTED,
    )


def _audit() -> dict[str, Sources]:
    """Return a finding's columns; its rule is found by what the rule looks at."""
    evidence = evidence_rows(ANY, AuditLimits())
    because = column_sources(evidence, with_conditions=True)["rule"]
    return _follow({**column_sources(evidence), "rule": because}, steps.FINDINGS_WORDED)
