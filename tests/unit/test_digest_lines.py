"""The lines of a digest: one an item, the weightiest first; resolved is only what was told."""

from dataclasses import replace
from datetime import date
from math import ceil
from unicodedata import east_asian_width

from perf_pipeline.alerts.digest_lines import Told, count, lines
from perf_pipeline.alerts.state import AlertState
from perf_pipeline.items.state import State

NEW, REPEATED, RESOLVED = AlertState.NEW, AlertState.REPEATED, AlertState.RESOLVED


def told(number: int, *states: AlertState, **more: object) -> Told:
    known = {"level": "未达标", "gap": "再多12件", "since": "3月底", **more}
    return Told(number, f"某局：指标{number}", states, **known)  # type: ignore[arg-type]


def numbers(written: list[str]) -> list[int]:
    return [int(each.split("｜")[0].removeprefix("事项")) for each in written if "｜" in each]


def test_a_line_begins_with_the_number_to_answer() -> None:
    (line,) = lines([told(12, NEW, state=State.OPENED, due_on=date(2024, 4, 22))], 10)
    assert line == "事项12｜未达标｜某局：指标12。再多12件。自3月底起。2024-04-22前处置"


def test_missed_deadlines_come_first_then_money_then_broken_zeros_then_what_goes_on() -> None:
    items = [
        told(1, NEW),
        told(2, REPEATED),
        told(3, NEW, broken_zero=True),
        told(4, NEW, state=State.OPENED, gap_fen=100),
        told(5, NEW, state=State.OPENED, gap_fen=900),
        told(6, state=State.ESCALATED, words="没有作出处置选择"),
    ]
    assert numbers(lines(items, 10)) == [6, 5, 4, 3, 2, 1]


def test_what_is_beyond_a_screen_is_counted() -> None:
    written = lines([told(n, NEW) for n in range(1, 15)], 10)
    assert numbers(written) == list(range(1, 11))
    assert written[-1] == "其余4项：未达标4项"


def test_nothing_is_resolved_that_was_never_told_or_that_still_stands() -> None:
    never = told(1, RESOLVED, open=False)
    stands = told(2, RESOLVED, open=True, was_told=True)
    over = told(3, RESOLVED, open=False, was_told=True, words="6月底的评价不再显示问题")
    passed = told(4, RESOLVED, open=False, was_told=True, state=State.PASSED)
    assert lines([never, stands, over, passed], 10) == [
        "事项3｜已解除｜某局：指标3。6月底的评价不再显示问题"
    ]


def test_office_and_deadline_that_all_share_are_said_once() -> None:
    due = date(2024, 4, 22)
    asked = [
        replace(told(n, NEW, state=State.OPENED, due_on=due), name=f"某局／某项目：指标{n}")
        for n in (1, 2)
    ]
    assert lines(asked, 10) == [
        "事项1｜未达标｜某项目：指标1。再多12件。自3月底起",
        "事项2｜未达标｜某项目：指标2。再多12件。自3月底起",
        "以上各项请在2024-04-22前处置",
    ]
    other = replace(told(3, NEW), name="另一局／某项目：指标3", gap="再多3件（现为5/8）")
    assert lines([asked[0], other], 10) == [
        "事项1｜未达标｜某局／某项目：指标1。再多12件。自3月底起。2024-04-22前处置",
        "事项3｜未达标｜另一局／某项目：指标3。再多3件。自3月底起",
    ]


def test_the_fullest_digest_fits_a_phone_s_screen() -> None:
    """390 × 844: 32 lines of 22 characters below the bars, with names as long as the year's."""
    subject = "涉法涉诉人民群众的知晓率"
    items = [
        replace(
            told(n, NEW, state=State.OPENED, due_on=date(2024, 4, 22)),
            name=f"高新区政法委／增强人民群众安全感，提高预防各类风险能力：{subject}",
            gap="再多130件（现为1589/1910）",
        )
        for n in range(1, 19)
    ]
    shown = [f"绩效运行监控预警 2024-04-08：{count(items)}（高新区政法委）"]
    shown += ["数据说明：项目预算表（模拟数据：按固定种子随机生成，非真实数据，仅供演示）"]
    shown += [*lines(items, 10), "答复：填报整改台账，或 perf-pipeline items answer 事项编号"]
    assert sum(ceil(width(each) / 44) for each in shown) <= 32


def width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)
