"""An item's state (整改状态): a pure function of its facts, the rules and the day.

Nobody sets a state. A choice, measures and promises come in as rows of a register; that a promise
was kept, the other registers say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.words import Word
from perf_pipeline.items.facts import Answer, Choice, Facts, Warning, last_episode
from perf_pipeline.items.levels import LEVEL_LABELS
from perf_pipeline.items.rules import ItemRules

WorkingDayAfter = Callable[[date, int], date]


class State(Word):
    """Where an item stands."""

    WATCHED = "watched", "提示"  # told, and no answer is asked for
    OPENED = "opened", "待处置"
    CHOSEN = "chosen", "已处置"
    MEASURES = "measures", "整改中"
    PROMISED = "promised", "已承诺"
    CHECKED = "checked", "已核对"
    CLOSED = "closed", "已销号"
    # not resolved: its checkpoint or year is over, and what comes carries it on
    PASSED = "passed", "已接续"
    OVERDUE = "overdue", "超时未处置"
    ESCALATED = "escalated", "已升级"
    CONSEQUENCE = "consequence", "建议处理"


LATE = frozenset({State.OVERDUE, State.ESCALATED, State.CONSEQUENCE})
OVER = frozenset({State.CLOSED, State.PASSED})
ASKS = frozenset(State) - OVER - {State.WATCHED}  # an answer is asked for, or was given


@dataclass(frozen=True)
class Standing:
    """An item's state on a day: the next deadline, and why, in a sentence."""

    state: State
    words: str
    due_on: date | None = None


@dataclass(frozen=True)
class Demand:
    """A day on which an answer was asked for, and why."""

    on: date
    why: str


def demands(warnings: Sequence[Warning], rules: ItemRules) -> Iterator[Demand]:
    """Give each day on which a stretch of warnings asked for an answer, oldest first."""
    ordinals: set[int] = set()
    for each in warnings:
        before = len(ordinals)
        ordinals.add(each.ordinal)
        row = all(each.ordinal - back in ordinals for back in range(rules.in_a_row))
        if each.level in rules.demands.get(each.rule, ()):
            yield Demand(each.on, LEVEL_LABELS.get(each.level, each.level))
        elif rules.broken_zero and each.broken_zero:
            yield Demand(each.on, "零容忍目标被突破")
        elif row and len(ordinals) > before:
            yield Demand(each.on, f"连续{rules.in_a_row}个检查点预警")


def standing(facts: Facts, day: date, rules: ItemRules, after: WorkingDayAfter) -> Standing:
    """Return where an item stands on a day; `after` gives the n-th working day after a day.

    Only what had come in by then counts. An answer is to the demands before it; while a promise
    runs, new warnings of the same cause ask for nothing more.
    """
    warnings, ended = last_episode(facts.warnings, day)
    asked = list(demands(warnings, rules))
    begins = warnings[0].on if warnings else date.max
    answers = [each for each in facts.answers if begins <= each.on <= day]
    if ended is not None:
        passed_by = next((w.passed_by for w in warnings if w.until == ended and w.passed_by), None)
        if passed_by is not None:
            return Standing(State.PASSED, _with_promise(passed_by, answers, day))
        words = _with_promise(f"{ended}核对时不再显示问题", answers, day)
        return Standing(State.CLOSED, words)
    broken = _broken(answers, day, rules, after)
    standing_now = [e for e in answers if e.replaced_on is None or e.replaced_on > day]
    answer = _standing(standing_now)
    answered_on = standing_now[-1].on if standing_now else date.min
    if broken is not None and (answer is None or answer.promise is broken.promise):
        return _late(broken, day, rules, after)
    if answer is not None and answer.promise is not None:
        if answer.promise.reached is not True and answer.promise.doubt is None:
            words = f"承诺{answer.promise.said}，到期由台账核对"
            return Standing(State.PROMISED, words, answer.promise.by)
        if answer.promise.reached and not any(each.on > answered_on for each in asked):
            return Standing(State.CHECKED, f"承诺已兑现：{_against(answer)}；问题消除后销号")
    open_demands = [each for each in asked if each.on > answered_on]
    if open_demands:
        first = open_demands[0]
        due = after(first.on, rules.choose_within)
        waiting = Standing(State.OPENED, f"{first.why}，{due}前选择继续执行、调整或取消", due)
        return _by_deadline(waiting, "没有作出处置选择", first.on, day, rules, after)
    if answer is None:
        return Standing(State.WATCHED, "已提示，暂不要求处置")
    return _answered(answer, day, rules, after)


def _standing(answers: Sequence[Answer]) -> Answer | None:
    """Return the answer that stands: a reason without a promise takes the place of none running."""
    for each in reversed(answers):
        promise = each.promise
        if promise is not None and promise.by >= answers[-1].on:
            return each
        if not each.volunteered:
            break
    return answers[-1] if answers else None


def _answered(answer: Answer, day: date, rules: ItemRules, after: WorkingDayAfter) -> Standing:
    """Return where an item stands whose demands are answered without a promise."""
    if answer.choice is Choice.ADJUST and answer.documented:
        return Standing(State.CHECKED, f"调整文号{answer.document}已见于台账；问题消除后销号")
    doubt = answer.promise.doubt if answer.promise else None
    doubted = f"；所作承诺无法由台账核对（{doubt}），请人工核对" if doubt else ""
    if answer.measures:
        missing = f"；台账中还没有文号{answer.document}" if answer.document else ""
        missing += doubted
        return Standing(State.MEASURES, f"{answer.choice}，已有整改措施，尚无可核对的承诺{missing}")
    due = after(answer.on, rules.measures_within)
    words = f"已选择{answer.choice}，{due}前报送整改措施" + doubted
    waiting = Standing(State.CHOSEN, words, due)
    return _by_deadline(waiting, "没有报送整改措施", answer.on, day, rules, after)


def _broken(
    answers: Sequence[Answer], day: date, rules: ItemRules, after: WorkingDayAfter
) -> Answer | None:
    """Return the newest answer whose promise was broken: its day over, its value not reached.

    A promise that another took the place of before its day is not broken; one that was replaced
    afterwards is, and the later answer is to it.
    """
    for each in reversed(answers):
        promise = each.promise
        if promise is None or promise.reached is not False:
            continue
        checked_on = after(promise.by, rules.check_after)
        if day > checked_on and (each.replaced_on is None or each.replaced_on > promise.by):
            return each
    return None


def _late(answer: Answer, day: date, rules: ItemRules, after: WorkingDayAfter) -> Standing:
    promise = answer.promise
    assert promise is not None
    words = f"承诺未兑现：{_against(answer)}"
    if day > _months_after(after(promise.by, rules.check_after), rules.consequence_after_months):
        return Standing(State.CONSEQUENCE, f"{words}；{rules.consequence}")
    return Standing(State.ESCALATED, f"{words}，请重新处置")


def _by_deadline(
    waiting: Standing,
    missing: str,
    since: date,
    day: date,
    rules: ItemRules,
    after: WorkingDayAfter,
) -> Standing:
    """Return the standing that waits for a deadline, or what has become of it by a day."""
    due = waiting.due_on
    assert due is not None
    if day <= due:
        return waiting
    words = f"{due}已过，{missing}"
    proposed_on = max(_months_after(since, rules.consequence_after_months), due)
    if day > proposed_on:
        return Standing(State.CONSEQUENCE, f"{words}；{rules.consequence}", due)
    if day > after(due, rules.escalate_after):
        return Standing(State.ESCALATED, words, due)
    return Standing(State.OVERDUE, words, due)


def _with_promise(words: str, answers: Sequence[Answer], day: date) -> str:
    """Add to the words of an end what had been answered, and what became of it."""
    if not answers:
        return f"{words}，没有填报过处置"
    promise = answers[-1].promise
    if promise is None or promise.reached is None:
        return words
    kept = "承诺已兑现" if promise.reached else "承诺未兑现" if promise.by < day else "承诺未到期"
    return f"{words}；{kept}：{_against(answers[-1])}"


def _against(answer: Answer) -> str:
    promise = answer.promise
    assert promise is not None
    return f"承诺{promise.said}，台账为{promise.actual or '无数据'}"


def _months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the month's last where it has none such."""
    years, month = divmod(day.month - 1 + months, 12)
    last = month_end(day.year + years, month + 1)
    return last if last.day < day.day else last.replace(day=day.day)
