"""Proposals for handling (结果应用): which rule asks for what, and the facts that each rests on.

A proposal is what a rule says of the facts; people decide. The four ways of handling are those of
the field: mend (整改), adjust by procedure (调整), hold money (暂缓拨付), take it back (收回).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.measures.case_limits import duties
from perf_pipeline.reports import handling_bases as bases
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.model import IndicatorLine, Line, QuarterReport, SpendingLine
from perf_pipeline.reports.wording import outlook_words, short_place, subject_of

Facts = Callable[[QuarterReport], Iterator[str]]
Applies = Callable[[Checkpoint], bool]


@dataclass(frozen=True)
class Rule:
    """A rule: what it looks for, what it asks for, and by what text."""

    name: str
    action: str
    text: str
    basis: str
    facts: Facts
    applies: Applies = lambda checkpoint: True


@dataclass(frozen=True)
class Proposal:
    """A proposal (处理建议): a rule that found facts."""

    rule: str
    action: str
    text: str
    basis: str
    facts: tuple[str, ...]


def proposals(report: QuarterReport) -> tuple[Proposal, ...]:
    """Return what the rules propose, in their order; a rule without facts proposes nothing."""
    return tuple(
        Proposal(rule.name, rule.action, rule.text, rule.basis, facts)
        for rule in RULES
        if rule.applies(report.checkpoint) and (facts := tuple(rule.facts(report)))
    )


def advice(line: Line, checkpoint: Checkpoint) -> Rule | None:
    """Return the first rule that speaks of a line at a checkpoint: what is to be done about it."""
    speaking = (
        rule
        for rule in RULES
        if isinstance(rule.facts, _Of) and rule.applies(checkpoint) and rule.facts.concerns(line)
    )
    return next(speaking, None)


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


RULES: tuple[Rule, ...] = (
    Rule(
        "支出超出预算",
        "核实纠正",
        "核对支付依据和预算指标；没有按法定程序调整预算的，停止超出部分的支付。",
        bases.BUDGET_BINDS,
        _spending(_overspent),
    ),
    Rule(
        "连续两个检查点支出预警",
        "整改，研究暂缓拨付",
        "由主管部门会同财政部门查明原因，限期整改；整改到位之前，研究是否暂缓拨付后续资金。",
        bases.HOLDING,
        _spending(lambda line: _twice(line) and not _overspent(line)),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "支出预警",
        "督促整改",
        "说明原因，重排支出计划，在下一检查点之前加快执行；因客观原因不能执行的，"
        "按程序调减预算，同步调整绩效目标。",
        bases.MONITORING,
        _spending(
            lambda line: line.light is Light.RED and not _twice(line) and not _overspent(line)
        ),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "支出偏慢",
        "督促加快",
        "核对支出计划和合同付款节点，逐月跟踪，防止年底集中支付。",
        bases.MONITORING,
        _spending(lambda line: line.light is Light.YELLOW),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "年终未按计划执行",
        "结转或收回",
        "核定未执行的资金：项目延续的办理结转并说明原因，不再需要的按规定收回。",
        bases.LEFT_OVER,
        _spending(_behind),
        lambda checkpoint: checkpoint.last,
    ),
    Rule(
        "支出超前",
        "核实",
        "核对是否有提前支付或超进度付款，确认支出计划是否仍然适用。",
        bases.MONITORING,
        _spending(lambda line: line.light is Light.AHEAD),
    ),
    Rule(
        "支出无法判断",
        "补充资料",
        "补报缺少的预算数、支出计划或支付台账；预算为0的，核对是否属实。",
        bases.DATA,
        _spending(lambda line: line.light is Light.UNKNOWN),
    ),
    Rule(
        "指标未达标",
        "督促整改",
        "查明差距出在哪个环节，提出措施和完成时间，下一检查点复核。",
        bases.MONITORING,
        _indicators(lambda line: line.status is Status.MISSED),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "年终指标未完成",
        "整改，计入自评",
        "在绩效自评中说明未完成的原因和改进措施，作为下一年度设定目标、安排预算的参考。",
        bases.EVALUATION,
        _indicators(lambda line: line.status in (Status.MISSED, Status.BEHIND)),
        lambda checkpoint: checkpoint.last,
    ),
    Rule(
        "指标进度落后",
        "督促加快",
        "对照全年目标补排工作计划，明确下一检查点之前应完成的数量。",
        bases.MONITORING,
        _indicators(lambda line: line.status is Status.BEHIND),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "预计完不成全年目标",
        "补救，或按程序调整",
        "核实预计，尽早补救；因客观原因确实不能完成的，按程序调整绩效目标，相应调整预算。",
        f"{bases.ADJUSTING}；{bases.MONITORING}",
        _foretold(Likelihood.IMPOSSIBLE),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "能否完成全年目标没有把握",
        "重点跟踪",
        "列入下一检查点重点跟踪范围，提前安排补救措施。",
        bases.MONITORING,
        _foretold(Likelihood.POSSIBLE),
        lambda checkpoint: not checkpoint.last,
    ),
    Rule(
        "偏差没有说明原因",
        "补充说明",
        "在“偏差原因说明”中填写原因类别、原因说明和改进措施。",
        bases.MONITORING,
        _unexplained,
    ),
    Rule(
        "指标没有对应的度量",
        "补充资料",
        "在指标与度量对照表中确认由哪个度量或人工填报值计算。",
        bases.DATA,
        _indicators(lambda line: line.status is Status.NO_DATA and line.measure is None),
    ),
    Rule(
        "指标没有数据",
        "补充资料",
        "补报相应的台账或填报值及佐证材料。",
        bases.DATA,
        _indicators(lambda line: line.status is Status.NO_DATA and line.measure is not None),
    ),
    Rule(
        "案件超期未办",
        "督办",
        "逐件列明承办人和办结时间，优先办理超期最长的。",
        bases.LIMITS_BIND,
        _cases(LimitState.OVERDUE, "超期未办"),
    ),
    Rule(
        "案件即将到期",
        "提醒",
        "在期限之前办理；依法可以延期的，按程序办理延期。",
        bases.LIMITS_BIND,
        _cases(LimitState.SOON, "下一检查点之前到期"),
    ),
    Rule(
        "文件未能读取",
        "重新提交",
        "按所列原因改正后重新提交，系统按新版本读入。",
        bases.DATA,
        _refused,
    ),
    Rule(
        "有隔离的行",
        "改正重报",
        "按所列原因改正后重新提交，未改正之前不计入任何数字。",
        bases.DATA,
        _quarantined,
    ),
    Rule(
        "台账审计线索",
        "核实",
        "由内部审计逐条核实，属实的按财务制度处理，不属实的注明理由。",
        bases.AUDITING,
        _audited,
    ),
)
