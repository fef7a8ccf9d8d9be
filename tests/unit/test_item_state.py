"""An item's state follows from its facts, the rules and the day, and from nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from perf_pipeline.domain.working_days import working_day_after
from perf_pipeline.items.facts import Answer, Choice, Facts, Promise, Warning
from perf_pipeline.items.rules import ItemRules
from perf_pipeline.items.state import Standing, State, standing

RULES = ItemRules(demands={"spending": ("red",)}, consequence="建议暂缓拨付或收回预算")
TOLD = date(2024, 4, 8)  # a Monday
RED = Warning(1, "spending", "red", TOLD)
CHOSEN = Answer(date(2024, 4, 15), Choice.CONTINUE, "其他", "供货商延期交货两个月", "王某")


def at(day: date, *warnings: Warning, answers: tuple[Answer, ...] = ()) -> Standing:
    return standing(Facts(warnings, answers), day, RULES, working_day_after)


def promising(by: date, reached: bool | None) -> Answer:
    return replace(CHOSEN, measures="换一家供货商并分批验收", promise=Promise("57个", by, reached))


def test_a_warning_that_asks_for_nothing_is_only_watched() -> None:
    yellow = Warning(1, "spending", "yellow", TOLD)
    assert at(date(2024, 12, 31), yellow).state is State.WATCHED


def test_silence_is_overdue_then_escalated_then_a_proposal() -> None:
    opened = at(TOLD, RED)
    assert (opened.state, opened.due_on) == (State.OPENED, date(2024, 4, 22))  # ten working days
    assert at(date(2024, 4, 22), RED).state is State.OPENED
    assert at(date(2024, 4, 23), RED).state is State.OVERDUE
    # five more, over May Day and the Sunday worked before it
    assert at(date(2024, 4, 28), RED).state is State.OVERDUE
    assert at(date(2024, 4, 29), RED).state is State.ESCALATED
    assert at(date(2024, 5, 8), RED).state is State.ESCALATED
    proposed = at(date(2024, 5, 9), RED)
    assert proposed.state is State.CONSEQUENCE
    assert "建议暂缓" in proposed.words


def test_a_choice_waits_for_measures_and_measures_for_a_promise() -> None:
    chosen = at(date(2024, 4, 16), RED, answers=(CHOSEN,))
    assert (chosen.state, chosen.due_on) == (State.CHOSEN, date(2024, 5, 8))
    assert at(date(2024, 5, 9), RED, answers=(CHOSEN,)).state is State.OVERDUE
    measured = replace(CHOSEN, measures="换一家供货商并分批验收")
    assert at(date(2024, 6, 1), RED, answers=(measured,)).state is State.MEASURES


def test_an_answer_counts_from_the_day_on_which_it_came() -> None:
    assert at(date(2024, 4, 14), RED, answers=(CHOSEN,)).state is State.OPENED


@pytest.mark.parametrize(
    ("reached", "state"),
    [(True, State.CHECKED), (False, State.ESCALATED)],
)
def test_on_its_day_the_registers_say_what_became_of_a_promise(reached: bool, state: State) -> None:
    answer = promising(date(2024, 6, 30), reached)
    assert at(date(2024, 7, 9), RED, answers=(answer,)).state is state


def test_a_promise_that_runs_keeps_new_warnings_from_asking_again() -> None:
    answer = promising(date(2024, 10, 31), reached=False)
    again = Warning(2, "spending", "red", date(2024, 7, 5))
    assert at(date(2024, 9, 1), RED, again, answers=(answer,)).state is State.PROMISED


def test_registers_come_five_working_days_after_the_day_of_a_promise() -> None:
    answer = promising(date(2024, 6, 30), reached=False)
    assert at(date(2024, 7, 5), RED, answers=(answer,)).state is State.PROMISED
    assert at(date(2024, 7, 6), RED, answers=(answer,)).state is State.ESCALATED
    assert at(date(2024, 8, 6), RED, answers=(answer,)).state is State.CONSEQUENCE


def test_a_broken_promise_is_answered_by_a_new_one_only() -> None:
    broken = replace(promising(date(2024, 6, 30), reached=False), replaced_on=date(2024, 7, 10))
    new = replace(promising(date(2024, 9, 30), reached=False), on=date(2024, 7, 10))
    assert at(date(2024, 7, 12), RED, answers=(broken, new)).state is State.PROMISED


def test_what_the_data_no_longer_show_is_closed_and_asks_anew_when_it_comes_back() -> None:
    mended = replace(RED, until=date(2024, 7, 5))
    closed = at(date(2024, 7, 5), mended, answers=(CHOSEN,))
    assert closed.state is State.CLOSED
    back = Warning(3, "spending", "red", date(2024, 11, 7))
    again = at(date(2024, 11, 8), mended, back, answers=(CHOSEN,))
    assert (again.state, again.due_on) == (State.OPENED, date(2024, 11, 21))


def test_a_closed_item_that_nobody_answered_says_so() -> None:
    words = at(date(2024, 7, 5), replace(RED, until=date(2024, 7, 5))).words
    assert words == "2024-07-05核对时不再显示问题，没有填报过处置"


def test_what_time_leaves_behind_is_not_closed() -> None:
    over = date(2025, 1, 2)
    mended = Warning(4, "cases", "soon", date(2024, 12, 20), over)
    passed = replace(mended, level="overdue", passed_by="年度终了，转入下一年度")
    left = at(over, mended, passed)
    assert (left.state, left.words) == (State.PASSED, "年度终了，转入下一年度，没有填报过处置")
    earlier = replace(passed, until=date(2024, 12, 30))
    assert at(over, earlier, mended).state is State.CLOSED


def test_three_warnings_in_a_row_and_a_broken_zero_ask_for_an_answer() -> None:
    days = (date(2024, 4, 8), date(2024, 7, 5), date(2024, 11, 7))
    yellow = [Warning(n, "spending", "yellow", day) for n, day in enumerate(days, start=1)]
    assert at(days[1], *yellow[:2]).state is State.WATCHED
    third = at(days[2], *yellow)
    assert third.state is State.OPENED
    assert "连续3个检查点" in third.words
    zero = Warning(1, "indicator", "missed", TOLD, broken_zero=True)
    assert "零容忍" in at(TOLD, zero).words


def test_an_adjustment_is_checked_by_the_document_that_a_register_names() -> None:
    adjusted = replace(
        CHOSEN, choice=Choice.ADJUST, document="高财预〔2024〕18号", measures="按程序调减预算"
    )
    waiting = at(date(2024, 5, 6), RED, answers=(adjusted,))
    assert waiting.state is State.MEASURES
    assert "还没有文号" in waiting.words
    found = replace(adjusted, documented=True)
    assert at(date(2024, 5, 6), RED, answers=(found,)).state is State.CHECKED


def test_a_choice_without_measures_goes_the_way_of_silence() -> None:
    states = [
        (day, at(day, RED, answers=(CHOSEN,)))
        for day in (date(2024, 5, 9), date(2024, 5, 15), date(2024, 5, 16))
    ]
    assert [each.state for _, each in states] == [
        *(State.OVERDUE, State.ESCALATED, State.CONSEQUENCE),
    ]
    assert all("2024-05-08已过，没有报送整改措施" in each.words for _, each in states)
    assert "建议暂缓" in states[-1][1].words


@pytest.mark.parametrize("day", [date(2024, 4, 16), date(2024, 7, 9)])
def test_a_promise_that_no_register_can_judge_asks_for_a_person_at_once(day: date) -> None:
    answer = promising(date(2024, 6, 30), reached=None)
    assert answer.promise is not None
    before = replace(answer, promise=replace(answer.promise, doubt="作出承诺时已为57个"))
    said = at(day, RED, answers=(before,))
    assert said.state is State.MEASURES
    assert "所作承诺无法由台账核对（作出承诺时已为57个），请人工核对" in said.words
    unmeasured = at(date(2024, 4, 16), RED, answers=(replace(before, measures=None),))
    assert unmeasured.state is State.CHOSEN
    assert "所作承诺无法由台账核对" in unmeasured.words


def test_a_promise_that_nobody_can_check_keeps_no_new_warning_from_asking() -> None:
    answer = promising(date(2024, 10, 31), reached=None)
    assert answer.promise is not None
    doubted = replace(answer, promise=replace(answer.promise, doubt="看不懂“尽力”"))
    again = Warning(2, "spending", "red", date(2024, 7, 5))
    assert at(date(2024, 7, 6), RED, again, answers=(doubted,)).state is State.OPENED


def test_a_promise_replaced_before_its_day_is_not_broken() -> None:
    given_up = replace(promising(date(2024, 6, 30), reached=False), replaced_on=date(2024, 6, 20))
    new = replace(promising(date(2024, 9, 30), reached=False), on=date(2024, 6, 20))
    assert at(date(2024, 7, 12), RED, answers=(given_up, new)).state is State.PROMISED
    assert at(date(2024, 10, 20), RED, answers=(given_up, new)).state is State.ESCALATED


def test_after_a_kept_promise_a_new_warning_asks_anew() -> None:
    kept = promising(date(2024, 6, 30), reached=True)
    assert at(date(2024, 7, 4), RED, answers=(kept,)).state is State.CHECKED
    again = Warning(2, "spending", "red", date(2024, 7, 5))
    assert at(date(2024, 7, 9), RED, again, answers=(kept,)).state is State.OPENED


@pytest.mark.parametrize(
    ("reached", "by", "said"),
    [
        (True, date(2024, 6, 30), "承诺已兑现"),
        (False, date(2024, 6, 30), "承诺未兑现"),
        (False, date(2024, 10, 31), "承诺未到期"),
    ],
)
def test_what_became_of_a_promise_is_told_when_an_item_closes(
    reached: bool, by: date, said: str
) -> None:
    mended = replace(RED, until=date(2024, 7, 5))
    closed = at(date(2024, 7, 8), mended, answers=(promising(by, reached),))
    assert closed.state is State.CLOSED
    assert said in closed.words
