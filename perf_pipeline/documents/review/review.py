"""The review of a target document: the rules of all modules, one after another."""

from __future__ import annotations

from collections.abc import Iterable

from perf_pipeline.documents.as_json import said
from perf_pipeline.documents.model import Finding, TargetDocument
from perf_pipeline.documents.review import (
    completeness,
    consistency,
    marks,
    money,
    naming,
    targets,
)
from perf_pipeline.documents.review.forms import Rule
from perf_pipeline.documents.review.targets import Actuals, far_from_last_year
from perf_pipeline.library.indicators import NO_LIBRARY, IndicatorLibrary

# in the order in which a person would read what they find
_MODULES = (completeness, money, targets, naming, consistency, marks)
RULES = tuple(
    rule for module in _MODULES for rule in vars(module).values() if isinstance(rule, Rule)
)


def review_document(
    document: TargetDocument,
    *,
    months: tuple[int, ...] | None = None,
    last_year: Actuals | None = None,
    library: IndicatorLibrary = NO_LIBRARY,
) -> tuple[Finding, ...]:
    """Return what a reviewer (审核人员) should know: what reading found, then each rule's findings.

    `months` are the calendar's checkpoints, `last_year` the actual values of the year before; the
    `library` (指标库) guesses what forms leave out.
    """
    rules = [
        *RULES,
        money.plan_lacks_checkpoint(months),
        *far_from_last_year(last_year or {}),
        completeness.left_out(library),
    ]
    found = [*document.findings, *(finding for rule in rules for finding in rule(document))]
    return tuple(dict.fromkeys(found))


def to_json_list(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings as `review --json` prints them."""
    return [said(f, "severity code message where rule proposal project") for f in findings]
