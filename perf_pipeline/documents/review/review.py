"""The review of a target document: all rules, in the order in which a person would read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from perf_pipeline.documents.as_json import said
from perf_pipeline.documents.model import Finding, TargetDocument
from perf_pipeline.documents.review import (
    completeness,
    consistency,
    filled,
    money,
    naming,
    targets,
    weights,
)
from perf_pipeline.documents.review.last_year import (
    IndicatorName,
    change_from_last_year,
    far_from_last_year,
)
from perf_pipeline.library.indicators import NO_LIBRARY, IndicatorLibrary

Rule = Callable[[TargetDocument], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    completeness.project_without_name,
    completeness.project_without_code,
    completeness.code_of_two_projects,
    completeness.project_without_budget,
    completeness.project_without_objective,
    completeness.project_without_indicators,
    completeness.form_with_few_indicators,
    completeness.form_without_output_or_benefit,
    completeness.form_without_satisfaction,
    completeness.indicator_without_name,
    completeness.indicator_without_value,
    money.plan_missing,
    money.plan_falls,
    money.plan_incomplete,
    money.budget_parts_differ,
    money.budget_not_positive,
    money.task_differs_from_project,
    money.tasks_differ_from_projects,
    targets.target_unmeasurable,
    targets.target_approximate,
    targets.rate_without_percent,
    targets.count_in_percent,
    targets.count_in_money,
    targets.value_without_unit,
    targets.rate_beyond_whole,
    targets.rate_at_least_whole,
    targets.everybody_content,
    targets.sign_against_direction,
    targets.count_at_most,
    targets.name_says_otherwise,
    targets.units_at_odds,
    targets.date_outside_year,
    change_from_last_year,
    naming.template_left,
    naming.level_as_name,
    naming.year_outside,
    targets.execution_as_indicator,
    naming.misfiled,
    naming.repeated,
    naming.nearly_repeated,
    consistency.project_below_department,
    consistency.forms_contradict,
    consistency.projects_contradict,
    weights.weight_missing,
    weights.weights_do_not_sum,
    weights.group_weights_differ,
    filled.below_target_with_full_marks,
    filled.score_beyond_weight,
    filled.total_differs,
    filled.all_exactly_on_target,
)


def review_document(
    document: TargetDocument,
    *,
    months: tuple[int, ...] | None = None,
    last_year: Mapping[IndicatorName, Fraction] | None = None,
    library: IndicatorLibrary = NO_LIBRARY,
) -> tuple[Finding, ...]:
    """Return what a reviewer (审核人员) should know: what reading found, then each rule's findings.

    `months` are the calendar's checkpoints, `last_year` the actual values of the year before; the
    `library` (指标库) guesses what forms leave out.
    """
    rules = [
        *RULES,
        money.plan_lacks_checkpoint(months),
        far_from_last_year(last_year or {}),
        completeness.left_out(library),
    ]
    found = [*document.findings, *(finding for rule in rules for finding in rule(document))]
    return tuple(dict.fromkeys(found))


def to_json_list(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings as `review --json` prints them."""
    return [said(f, "severity code message where rule proposal project") for f in findings]
