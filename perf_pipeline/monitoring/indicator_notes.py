"""What stands beside an indicator's judgement (补充说明): facts that a reader must not miss.

A target changed late or to the department's favour, a phase that is over, and what contradicts
it: another indicator of the same figure, a like one with another target, a plan of 100 %.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, combinations

from perf_pipeline.documents.review.naming import contains, essence
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP, is_percent, percent
from perf_pipeline.domain.status import Status
from perf_pipeline.domain.target import CEILINGS, FLOORS, MICRO, TargetKind
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.indicator import Indicator

SHORTEST = 2  # characters of what is measured: 办结
NAMED_AT_MOST = 3
_WHEN = re.compile("完成|时间|日期|期限|时限|成本")  # says nothing of what it is about
_STEP = re.compile(
    "开工|启动|招标|采购|验收|竣工|交付|支付|拨付|结算|审计|印发|申报|公示|初|终|[前后]期|上线"
    "|平均|[一二三四五六七八九十0-9]+[期批]|[上下]半年|[一二三四]季度"
)
_EXECUTION = re.compile("(?:预算|资金).*(?:执行|支出|支付|完成)率")


def note_indicators(
    rows: Sequence[Indicator], before: Iterable[Indicator], checkpoint: Checkpoint
) -> list[Indicator]:
    """Add `note`, in Chinese, to described indicators; None where there is nothing to say.

    `before` are the indicators whose target was revised, judged by the target that was in force
    before the checkpoint's period, or at the year's beginning where it was revised earlier.
    """
    beside, once = _beside(rows), {each.key: each for each in before}
    notes = (
        [*_of_target(row, once.get(row.key), checkpoint), *beside.get(place, ())]
        for place, row in enumerate(rows)
    )
    return [
        row._replace(note="；".join(of)) if of else row for row, of in zip(rows, notes, strict=True)
    ]


def _of_target(row: Indicator, before: Indicator | None, checkpoint: Checkpoint) -> Iterator[str]:
    if before is not None and row.revised_on is not None:
        on = row.revised_on
        if on >= checkpoint.period_starts_on:
            yield f"目标于{on.month}月{on.day}日（本期内）调整"
        if before.status != row.status:
            yield f"按调整前的目标“{before.raw_target}”为{Status(before.status).label}"
    if row.phase_text is not None and row.phase_micro is None:
        yield f"阶段目标：{row.phase_text}"
    whole = row.plan_end_bp
    if not whole or not _is_floor(row) or not _EXECUTION.search(row.name):
        return
    if (row.target_micro or 0) * WHOLE_BP < 100 * MICRO * whole:
        yield f"目标“{row.raw_target}”低于支出计划全年的{percent(whole)}，两处不一致"


def _is_floor(row: Indicator) -> bool:
    return row.target_micro is not None and row.operator in FLOORS and is_percent(row.unit)


def _beside(rows: Sequence[Indicator]) -> dict[int, list[str]]:
    """Return by place what contradicts each indicator, at most NAMED_AT_MOST others."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    figures, limits = _pairs(rows, _figure, _differs), _pairs(rows, _limit, _other_limit)
    for one, other in (*figures, *_of_like_names(rows), *limits):
        for at, beside in ((one, other), (other, one)):
            if beside not in found[at] and len(found[at]) < NAMED_AT_MOST:
                found[at][beside] = _told(rows[at], rows[beside])
    return {at: list(each.values()) for at, each in found.items()}


def _told(row: Indicator, other: Indicator) -> str:
    place = other.project_name or other.section or "部门"
    named = f"“{other.name}”（{place}）"
    if _figure(row) is not None and _figure(row) == _figure(other):
        judged = Status(other.status).label
        return f"与{named}是同一数字，该处目标为“{other.raw_target}”，判为{judged}"
    return f"与{named}说法相近而目标不同（“{other.raw_target}”），请核对"


def _figure(row: Indicator) -> Hashable:
    """Tell which measured figure it is; None where it is reported or not known."""
    if row.measure in (None, REPORTED) or row.denominator is None:
        return None
    return row.department_id, row.measure, row.numerator, row.denominator


def _differs(row: Indicator, other: Indicator) -> bool:
    names = ("status", "target_micro", "upper_micro", "unit")
    return any(getattr(row, name) != getattr(other, name) for name in names)


def _pairs(
    rows: Sequence[Indicator],
    group_of: Callable[[Indicator], Hashable],
    contradict: Callable[[Indicator, Indicator], bool],
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a group that contradict each other; a group of None is none."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        groups[group_of(row)].append(at)
    groups.pop(None, None)
    for one, other in chain.from_iterable(combinations(mine, 2) for mine in groups.values()):
        if contradict(rows[one], rows[other]):
            yield one, other


def _of_like_names(rows: Sequence[Indicator]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rates of a department of which one names the other, with other targets.

    结案率 ≥80% and 信访事项办结率 100% are about one thing; 满意度 asks different publics.
    """
    by_name: dict[tuple[int, str], list[int]] = defaultdict(list)
    named = [
        (at, essence(row.name))
        for at, row in enumerate(rows)
        if _is_floor(row) and "满意" not in row.name
    ]
    for at, name in named:
        by_name[rows[at].department_id, name].append(at)
    for at, name in named:
        for start in range(len(name) - SHORTEST + 1):
            for other in by_name.get((rows[at].department_id, name[start:]), ()):
                if other != at and rows[other].target_micro != rows[at].target_micro:
                    yield min(at, other), max(at, other)


def _limit(row: Indicator) -> Hashable:
    """Tell which limits one can be held against: ceilings of one unit, or dates."""
    limited = row.target_kind == TargetKind.DATE or row.operator in CEILINGS
    return (row.department_id, row.target_kind, row.unit) if limited else None


def _other_limit(row: Indicator, other: Indicator) -> bool:
    """Tell whether two limits of one place, for what is called alike, differ.

    A place is a project, or the department's words beside any of its projects. What is a part
    (重大事故数 of 事故数) may be allowed less than the whole, but for a share.
    """
    places = {row.project_name, other.project_name}
    limit, its = ((each.target_micro or 0, each.value_text or "") for each in (row, other))
    part_first = row.name.endswith(other.name) and limit < its
    part = part_first or (other.name.endswith(row.name) and its < limit)
    differ = limit != its and not (part and row.name != other.name and not is_percent(row.unit))
    return differ and (len(places) == 1 or None in places) and _called_alike(row.name, other.name)


def _called_alike(*names: str) -> bool:
    """Tell whether one name says what the other says, and no other step of the work (开工)."""
    shorter, longer = sorted(map(essence, names), key=len)
    steps = set(_STEP.findall(longer)) == set(_STEP.findall(shorter))
    return steps and len(_WHEN.sub("", shorter)) >= SHORTEST and contains(longer, shorter)
