"""Proposals for handling (结果应用): which rule asks for what, and the facts that each rests on.

A proposal is what a rule says of the facts; people decide. The four ways of handling are those of
the field: mend (整改), adjust by procedure (调整), hold money (暂缓拨付), take it back (收回).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.measures.case_limits import duties
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.model import IndicatorLine, Line, QuarterReport, SpendingLine
from perf_pipeline.reports.wording import outlook_words, short_place, subject_of

Facts = Callable[[QuarterReport], Iterator[str]]


class Rule(Declared):
    """A rule of `handling.yaml`: what it looks for and when, what it asks for, and by what text."""

    name: str
    action: str
    text: str
    basis: str
    facts: str  # of FACTS
    at: Literal["before", "year_end"] | None = None

    def applies(self, checkpoint: Checkpoint) -> bool:
        """Tell whether it speaks at a checkpoint."""
        return self.at is None or (self.at == "year_end") is checkpoint.last


@dataclass(frozen=True)
class Proposal:
    """A proposal (处理建议): a rule that found facts."""

    rule: Rule
    facts: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules in the order in which people are told of them."""
    text = (files("perf_pipeline.reports") / "handling.yaml").read_text("utf-8")
    return TypeAdapter(tuple[Rule, ...]).validate_python(yaml.safe_load(text))


def basis_of(name: str) -> str:
    """Return the text that the rule of a name rests on."""
    return next(rule.basis for rule in rules() if rule.name == name)


def proposals(report: QuarterReport) -> tuple[Proposal, ...]:
    """Return what the rules propose, in their order; a rule without facts proposes nothing."""
    return tuple(
        Proposal(rule, facts)
        for rule in rules()
        if rule.applies(report.checkpoint) and (facts := tuple(FACTS[rule.facts](report)))
    )


def advice(line: Line, checkpoint: Checkpoint) -> Rule | None:
    """Return the first rule that speaks of a line at a checkpoint: what is to be done about it."""
    for rule in rules():
        facts = FACTS[rule.facts]
        if isinstance(facts, _Of) and rule.applies(checkpoint) and facts.concerns(line):
            return rule
    return None


def _overspent(line: SpendingLine) -> bool:
    return (
        line.paid_fen is not None
        and line.budget_fen is not None
        and line.budget_fen >= 0
        and line.paid_fen > line.budget_fen
    )


def _twice(line: SpendingLine) -> bool:
    return line.history[-2:] == (Light.RED, Light.RED)


@dataclass(frozen=True)
class _Of:
    """The facts that are lines of a kind of which something is asked."""

    kind: type[SpendingLine] | type[IndicatorLine]
    asked: Callable[[Any], bool]

    def concerns(self, line: Line) -> bool:
        return isinstance(line, self.kind) and self.asked(line)

    def __call__(self, report: QuarterReport) -> Iterator[str]:
        lines: tuple[Line, ...] = (*report.spending, *report.indicators)
        return (_fact(line) for line in lines if self.concerns(line))


def _spending(asked: Callable[[SpendingLine], bool]) -> Facts:
    return _Of(SpendingLine, asked)


def _indicators(asked: Callable[[IndicatorLine], bool]) -> Facts:
    return _Of(IndicatorLine, asked)


def _fact(line: Line) -> str:
    """Name a line; what was found of it stands with the deviations."""
    left = ""
    if isinstance(line, SpendingLine) and _behind(line) and line.budget_fen is not None:
        left = f"未执行{wan(line.budget_fen - (line.paid_fen or 0))}万元，"
    return f"{subject_of(line)}（{left}{line.figure}）"


def _foretold(likelihood: Likelihood) -> Facts:
    def facts(report: QuarterReport) -> Iterator[str]:
        lines: list[Line] = [*report.spending, *report.indicators]
        for line in lines:
            if line.outlook is not None and line.outlook.likelihood is likelihood:
                yield f"{subject_of(line)}：{outlook_words(line.outlook)}（{line.figure}）"

    return facts


def _behind(line: SpendingLine) -> bool:
    return line.light in (Light.RED, Light.YELLOW) and not _overspent(line)


def _unexplained(report: QuarterReport) -> Iterator[str]:
    return (f"{subject_of(line)}（{line.figure}）" for line in report.unexplained)


def _cases(state: LimitState, word: str) -> Facts:
    def facts(report: QuarterReport) -> Iterator[str]:
        by_law = {(kept.label, limit.label): limit.source for kept, limit in duties()}
        for register, label, overdue, soon in report.limit_counts:
            count = overdue if state is LimitState.OVERDUE else soon
            source = by_law.get((register, label))
            if count:
                late = f"{word}{count}件"
                law = f"，期限依据{source}" if source else ""
                yield f"{register}：{late}（{label}{law}）"

    return facts


def _refused(report: QuarterReport) -> Iterator[str]:
    for file in report.files:
        if file.outcome != "loaded":
            yield f"{short_place(report, file.path)}：{file.reason or '原因未记录'}"


def _quarantined(report: QuarterReport) -> Iterator[str]:
    return (f"{note.kind}：{note.reason}（{note.rows}行）" for note in report.quarantine)


def _audited(report: QuarterReport) -> Iterator[str]:
    counted = Counter(line.label for line in report.audit if not line.settled)
    return (f"{label}{count}条" for label, count in counted.items())


# what a rule may look for
FACTS: dict[str, Facts] = {
    "overspent": _spending(_overspent),
    "red_twice": _spending(lambda line: _twice(line) and not _overspent(line)),
    "red": _spending(
        lambda line: line.light is Light.RED and not _twice(line) and not _overspent(line)
    ),
    "yellow": _spending(lambda line: line.light is Light.YELLOW),
    "behind": _spending(_behind),
    "ahead": _spending(lambda line: line.light is Light.AHEAD),
    "unknown_light": _spending(lambda line: line.light is Light.UNKNOWN),
    "missed": _indicators(lambda line: line.status is Status.MISSED),
    "unreached": _indicators(lambda line: line.status in (Status.MISSED, Status.BEHIND)),
    "behind_target": _indicators(lambda line: line.status is Status.BEHIND),
    "impossible": _foretold(Likelihood.IMPOSSIBLE),
    "possible": _foretold(Likelihood.POSSIBLE),
    "unexplained": _unexplained,
    "unmeasured": _indicators(lambda line: line.status is Status.NO_DATA and line.measure is None),
    "no_data": _indicators(lambda line: line.status is Status.NO_DATA and line.measure is not None),
    "overdue": _cases(LimitState.OVERDUE, "超期未办"),
    "soon": _cases(LimitState.SOON, "下一检查点之前到期"),
    "refused": _refused,
    "quarantined": _quarantined,
    "audited": _audited,
}
