"""What the command line prints of a year's re-check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import write_points
from perf_pipeline.monitoring.recheck.recheck_year import Refused
from perf_pipeline.monitoring.recheck.results import DepartmentResult, proposal
from perf_pipeline.printing.marks import or_dash, picked


def print_results(
    console: Console, results: Sequence[DepartmentResult], refused: Sequence[Refused]
) -> None:
    """Print each department's forms, with their scores and faults."""
    for each in results:
        title = f"{each.name}：{len(each.projects)}个项目，交表{each.handed_in}个"
        table = Table("项目", "自评", "复核", "等级", "自评质量", "抽中", title=title)
        table.add_column("问题", overflow="fold")
        for found in each.forms:
            form = found.form
            counted = Counter(fault.label for fault in found.faults)
            faults = "、".join(f"{label}{count}" for label, count in counted.items())
            marks = (form.self_score_centi, form.score_centi, form.quality_centi)
            own, ours, quality = (or_dash(each, write_points) for each in marks)
            judged = (own, ours, form.grade or "—", quality, "是" if form.sampled else "")
            table.add_row(escape(found.name), *judged, escape(faults))
        console.print(table)
    for file in refused:
        console.print(f"[yellow]没有复核[/] {escape(file.path)}：{escape(file.reason)}")


def as_rows(
    results: Sequence[DepartmentResult], refused: Sequence[Refused], rules: RecheckRules
) -> dict[str, object]:
    """Return a re-check for scripts."""
    return {
        "departments": [
            {
                "department": each.code,
                **picked(each, "score_centi", "grade", "quality_centi"),
                "projects": len(each.projects),
                "handed_in": each.handed_in,
                "forms": [
                    {
                        **found.form.stored(),
                        "proposal": proposal(found, rules)[0],
                        "lines": [line.stored() for line in found.lines],
                        "faults": [fault.stored() for fault in found.faults],
                    }
                    for found in each.forms
                ],
            }
            for each in results
        ],
        "refused": [vars(each) for each in refused],
    }
