"""What a leader reads first in a quarter's report: the matters (事项), and four sentences of them.

The sentences say what is worst and by how much, why, what is asked of whom by when, and what was
promised or is overdue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perf_pipeline.domain.status import DEVIATIONS, Light, Status
from perf_pipeline.items.gap import Gap
from perf_pipeline.items.gravity import Gravity, gravity
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.noted import Noted
from perf_pipeline.items.points import breaks_zero, gap_of
from perf_pipeline.items.state import LATE, OVER, State
from perf_pipeline.reports.handling import Rule, advice
from perf_pipeline.reports.model import Line, QuarterReport, SpendingLine
from perf_pipeline.reports.wording import subject_of

_OF_JUDGEMENTS = ("spending", "indicator", "data_missing")  # others are of what is foretold
_UNJUDGED = frozenset({Light.UNKNOWN, Status.NO_DATA})
_AWAITED = LATE | {State.OPENED, State.CHOSEN}


@dataclass(frozen=True)
class Matter:
    """A matter of a report: a result that deviates or an item of files, and its standing.

    `line` is None for an item that is not of one result; `noted` for a result that was not told.
    """

    subject: str
    line: Line | None
    noted: Noted | None
    gap: Gap | None
    advice: Rule | None
    since: str
    gravity: Gravity

    @property
    def judgement(self) -> Light | Status | None:
        """The light or status of the result."""
        return None if self.line is None else _judgement(self.line)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say what was found, and how far it is from what was promised."""
        if self.line is None or self.judgement not in DEVIATIONS:
            told = [(self.noted.warning or self.noted.words) if self.noted else ""]
        else:
            told = [self.line.reason, self.gap.words if self.gap else ""]
        return tuple(filter(None, told))

    @property
    def reason(self) -> str:
        """The reasons in one sentence."""
        return "，".join(self.reasons)

    @property
    def unexplained(self) -> bool:
        """Tell whether staff are to give a reason and have not."""
        return self.judgement in DEVIATIONS and self.line is not None and self.line.cause is None

    @property
    def awaited(self) -> bool:
        """Tell whether the department is to answer."""
        return self.noted is not None and self.noted.state in _AWAITED


@dataclass(frozen=True)
class Answers:
    """The four sentences that a leader reads first."""

    worst: str
    why: str
    asked: str
    promised: str


def matters(report: QuarterReport) -> tuple[Matter, ...]:
    """Return the matters of a report, the gravest first: what deviates, and what was warned of."""
    items = {(each.kind, each.key): each for each in report.items}
    lines: list[Line] = [*report.spending, *report.indicators]
    found = []
    for line in lines:
        noted = items.pop(_cause(line), None)
        if _judgement(line) in DEVIATIONS or (_stands(noted) and not _mended(line, noted)):
            found.append(_matter(report, line, noted))
    found += [_of_files(report, each) for each in items.values() if _stands(each)]
    return tuple(sorted(found, key=lambda each: each.gravity))


def _stands(noted: Noted | None) -> bool:
    return noted is not None and noted.warning is not None and noted.state not in OVER


def _mended(line: Line, noted: Noted | None) -> bool:
    """Tell whether a warning was of a judgement that a later version of it takes back."""
    of_judgement = noted is not None and noted.rule in _OF_JUDGEMENTS
    return of_judgement and _judgement(line) not in _UNJUDGED


def _judgement(line: Line) -> Light | Status:
    return line.light if isinstance(line, SpendingLine) else line.status


def _of_files(report: QuarterReport, noted: Noted) -> Matter:
    place = noted.place.removeprefix(report.department).removeprefix("／")
    subject = "：".join(filter(None, (place, noted.subject)))
    grave = gravity(noted.state, None, broken_zero=False, history=())
    return Matter(subject, None, noted, None, None, noted.first_seen, grave)


def _matter(report: QuarterReport, line: Line, noted: Noted | None) -> Matter:
    gap = gap_of(line) if _judgement(line) in DEVIATIONS else None
    history = [each for each in line.history if each is not None]
    state = noted.state if noted else None
    return Matter(
        subject_of(line),
        line,
        noted,
        gap,
        advice(line, report.checkpoint),
        _since(report, line),
        gravity(state, gap, broken_zero=breaks_zero(line), history=history),
    )


def _cause(line: Line) -> tuple[ItemKind, str]:
    if isinstance(line, SpendingLine):
        return ItemKind.PROJECT, line.project_name
    return ItemKind.INDICATOR, line.indicator_key


def _since(report: QuarterReport, line: Line) -> str:
    """Return the first checkpoint of those in a row at which a result deviates, or is unknown."""
    since, now = report.checkpoint.label, _judgement(line)
    alike = DEVIATIONS if now in DEVIATIONS else _UNJUDGED & {now}
    for label, judged in zip(reversed(report.history_labels), reversed(line.history), strict=True):
        if judged not in alike:
            break
        since = label
    return since


def answers(report: QuarterReport, found: Sequence[Matter]) -> Answers | None:
    """Say what is worst, why, what is asked and promised; None where there is nothing."""
    if not found:
        return None
    worst = found[0]
    more = f"连同它共有{len(found)}项需要关注。" if len(found) > 1 else ""
    said = f"{worst.subject}：{worst.reason}。{more}"
    return Answers(said, _why(worst), _asked(report, found), _promised(found))


def _why(worst: Matter) -> str:
    line = worst.line
    if line is None:
        return "原因见该事项所列的文件和行。"
    unsaid = "部门还没有说明原因" if worst.judgement in DEVIATIONS else ""
    said = f"部门说明为{line.said}" if line.said else unsaid
    shown = f"台账数据显示：{line.hint}" if line.hint else ""
    told = "；".join(each.rstrip("。") for each in (said, shown) if each)
    return f"{told or '这一项不是偏差，不要求说明原因'}。"


def _asked(report: QuarterReport, found: Sequence[Matter]) -> str:
    """Say who is to do what by when: what is late first, then the nearest day."""
    awaited = [each.noted for each in found if each.noted is not None and each.awaited]
    parts = []
    late = [each for each in awaited if each.state in LATE]
    if late:
        parts.append(f"{len(late)}项已经过了期限，请{report.department}立即答复")
    for state, what in (
        (State.OPENED, "选择继续执行、调整或取消"),
        (State.CHOSEN, "报送整改措施"),
    ):
        due = [each.due_on for each in awaited if each.state is state and each.due_on]
        if due:
            first = min(due)
            day = f"{first}" if first == max(due) else f"{first}（最早一项的期限）"
            parts.append(f"请{report.department}在{day}前对{len(due)}项{what}")
    unexplained = len(report.unexplained)
    if unexplained:
        parts.append(f"{unexplained}项偏差还要说明原因")
    advised = found[0].advice
    if advised is not None:
        parts.append(f"最突出的一项：{advised.text.rstrip('。')}")
    return "；".join(parts or ["目前没有要求答复的事项"]) + "。"


def _promised(found: Sequence[Matter]) -> str:
    """Say what was promised and by when, and what is overdue, each with its number."""
    noted = [each.noted for each in found if each.noted is not None]
    promised = [each for each in noted if each.state is State.PROMISED]
    late = [each for each in noted if each.state in LATE]
    days = [each.due_on for each in promised if each.due_on]
    soonest = f"，最早{min(days)}到期" if days else ""
    parts = [
        f"已承诺{len(promised)}项{soonest}（编号{_numbers(promised)}）"
        if promised
        else "还没有承诺",
        f"超过期限{len(late)}项（编号{_numbers(late)}）" if late else "没有超过期限的事项",
    ]
    return "；".join(parts) + "。"


def _numbers(noted: Sequence[Noted]) -> str:
    return "、".join(str(each.number) for each in noted)
